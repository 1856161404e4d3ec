//! Table shapes, one file per table: columns, and the relations that joins go along. Nothing here decides anything.
//!
//! What rows may hold is said by the `migration` crate and enforced by the database. Words of the domain, such as a state
//! or a discipline, are plain text here; turning them into domain values, and refusing what cannot be, is the store's.
//! Instants are `*_at`; dates that people may know to the month only are text such as `2017-08`.

pub mod absence;
pub mod acceptance;
pub mod assignment;
pub mod ballot;
pub mod calendar_link;
pub mod client;
pub mod client_assertion;
pub mod client_key;
pub mod comment;
pub mod contact;
pub mod delivery;
pub mod document;
pub mod draft_step;
pub mod edition;
pub mod editorial_confirmation;
pub mod elector;
pub mod event;
pub mod expert_group;
pub mod interest;
pub mod interest_action;
pub mod invitation;
pub mod keyed_act;
pub mod notice;
pub mod opinion;
pub mod organisation;
pub mod person;
pub mod placement;
pub mod position;
pub mod recommendation;
pub mod requirement;
pub mod review;
pub mod review_section;
pub mod revision;
pub mod revision_row;
pub mod revision_text;
pub mod role_grant;
pub mod rung;
pub mod seat;
pub mod section;
pub mod shelf;
pub mod shelf_placement;
