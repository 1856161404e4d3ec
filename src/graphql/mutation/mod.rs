//! Changing things: one mutation for each act, one file each, with its input, its payload and its resolver.
//!
//! ```text
//! input ─> parse ids and texts ─> perform(command) ─> settle ─> read back what changed ─> payload
//!             NOT_FOUND  user error   Denied  problem
//! ```
//!
//! What the user can mend stands in the payload's `userErrors`; a refusal or a fault is an error of the field, with its
//! code. There is no rule here: what an act may do is decided by the command.

mod ballot;
mod client_keys;
mod concluding;
mod perform;
mod person;
mod position;
mod problem;
mod reading;
mod root;
#[cfg(test)]
mod tests;
mod user_error;
mod wording;

mod abstain;
mod accept_invitation;
mod accept_request;
mod add_client_key;
mod appoint_lead;
mod assign_cell;
mod cancel_review;
mod cast_vote;
mod close_ballot;
mod confirm_editorial;
mod confirm_interests;
mod create_calendar_link;
mod create_client;
mod create_section;
mod declare_absence;
mod declare_interest;
mod end_absence;
mod end_interest;
mod end_seat;
mod give_opinion;
mod grant_role;
mod grant_seat;
mod import_document;
mod invite_to_seat;
mod lift_objection;
mod mark_notices_read;
mod move_review;
mod move_section;
mod object;
mod open_ballot;
mod open_review;
mod publish_edition;
mod publish_interim_notice;
mod reaffirm_document;
mod record_instructed_position;
mod recuse;
mod remove_section;
mod reopen_rules;
mod request_time;
mod revise_section;
mod revoke_calendar_link;
mod revoke_client;
mod revoke_client_key;
mod revoke_invitation;
mod revoke_role;
mod schedule_review;
mod set_contact;
mod set_load_limit;
mod settle_comment;
mod sign_off;
mod stand_down_recommendation;
mod weigh_interest;
mod withdraw_edition;
mod withdraw_position;
mod withhold_interest;
mod write_change_note;
mod write_comment;

pub use person::{LocalIssuer, LoggedIn};

/// Where others reach this service; links begin with it.
#[derive(Clone, Debug)]
pub struct PublicUrl(pub String);
pub use root::Mutation;
