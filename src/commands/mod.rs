//! Acts that change something, one file each: load, permit, decide, record, commit.
//!
//! ```text
//! tx.lock_document ─> permitted() ─> permit.on(facts) ─> domain decision ─> tx.record(outcome) ─> tx.commit
//!                      Denied                            problem              (+ event)
//! ```
//!
//! A command may be tried again from the start when the database asks for it; until `commit` nothing has happened.

mod accept_invitation;
mod accept_request;
mod add_client_key;
mod admit_client;
mod appoint_lead;
mod assign_cell;
mod ballot;
mod cancel_review;
mod confirm_editorial;
mod create_client;
mod create_section;
mod declare_absence;
mod declare_interest;
mod end_seat;
mod enter_affiliation;
mod enter_organisations;
mod found_group;
mod give_opinion;
mod grant_role;
mod grant_seat;
mod import;
mod invite_to_seat;
mod mark_notices_read;
mod move_review;
mod move_section;
mod open_review;
mod publish;
mod publish_interim;
mod reaffirm;
mod record_instruction;
mod remove_section;
mod reopen_rules;
mod replace_calendar_link;
mod revise_section;
mod revoke_client;
mod revoke_client_key;
mod revoke_invitation;
mod revoke_role;
mod schedule_review;
mod set_contact;
mod settle_comment;
mod stand_down;
mod stop_letters;
mod take_position;
mod weigh_interest;
mod withdraw_edition;
mod write_change_note;
mod write_comment;

pub use accept_invitation::{AcceptInvitation, accept_invitation};
pub use accept_request::{AcceptRequest, accept_request};
pub use add_client_key::{AddClientKey, add_client_key};
pub use admit_client::{Admission, AdmitClient, VerifiedBy, admit_client};
pub use appoint_lead::appoint_lead;
pub use assign_cell::{AssignCell, SetLoadLimit, assign_cell, set_load_limit};
pub use ballot::{BallotOn, BallotStep, hold_ballot};
pub use cancel_review::{CancelReview, cancel_review};
pub use confirm_editorial::{ConfirmEditorial, confirm_editorial};
pub use create_client::{CreateClient, GivenKeys, create_client};
pub use create_section::{CreateSection, create_section};
pub use declare_absence::{DeclareAbsence, declare_absence, end_absence};
pub use declare_interest::{
    DeclareInterest, EndInterest, WithholdInterest, confirm_interests, declare_interest, end_interest,
    withhold_interest,
};
pub use end_seat::{EndSeat, end_seat};
pub use enter_affiliation::{EnterAffiliation, enter_affiliation};
pub use enter_organisations::{NewOrganisation, enter_organisations};
pub use found_group::found_group;
pub use give_opinion::{GiveOpinion, give_opinion};
pub use grant_role::{GrantRole, GrantTo, grant_role};
pub use grant_seat::{GrantSeat, grant_seat};
pub use import::{Import, import};
pub use invite_to_seat::{InviteToSeat, invite_to_seat};
pub use mark_notices_read::{MarkNoticesRead, mark_notices_read};
pub use move_review::{MoveReview, move_review};
pub use move_section::{MoveSection, move_section};
pub use open_review::{OpenReview, open_review};
pub use publish::{Publish, publish};
pub use publish_interim::publish_interim;
pub use reaffirm::{Reaffirm, reaffirm};
pub use record_instruction::{RecordInstruction, record_instruction};
pub use remove_section::{RemoveSection, remove_section};
pub use reopen_rules::{ReopenRules, reopen_rules};
pub use replace_calendar_link::{ReplaceCalendarLink, replace_calendar_link};
pub use revise_section::{ReviseSection, revise_section};
pub use revoke_client::revoke_client;
pub use revoke_client_key::{RevokeClientKey, revoke_client_key};
pub use revoke_invitation::revoke_invitation;
pub use revoke_role::revoke_role;
pub use schedule_review::{ScheduleReview, schedule_review};
pub use set_contact::{SetContact, set_contact};
pub use settle_comment::{SettleComment, settle_comment};
pub use stand_down::{StandDown, stand_down};
pub use stop_letters::stop_letters;
pub use take_position::{TakePosition, take_position};
pub use weigh_interest::{WeighInterest, weigh_interest};
pub use withdraw_edition::{WithdrawEdition, withdraw_edition};
pub use write_change_note::{WriteChangeNote, write_change_note};
pub use write_comment::{WriteComment, write_comment};

use crate::{
    domain::{
        access::{ActKind, Actor, Denied, Exposure, Permit, SignedIn, Thing, permit},
        document::{
            Document,
            change::{DraftText, Edit},
            draft::Draft,
            outline::Placement,
        },
        id::{DocumentId, ReviewId, SeatId, SectionId},
        review::{Review, ReviewFacts, cell::Scope},
        role::Seat,
        time::Timestamp,
    },
    store::{LockedDocument, Signer, Store, StoreError, Tx},
};

/// Why a command did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refused<P> {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It cannot be done so; a user can do something about it.
    #[error("{0}")]
    Problem(P),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks the rulebook with what the actor holds by now, read again in the transaction: an act that waited for its turn while
/// a seat ended or a role was taken back is refused (A5).
async fn permitted<A: ActKind, P>(tx: &Tx, actor: &Actor, thing: Thing) -> Result<Permit<A>, Refused<P>> {
    let actor = tx.actor_again(actor).await?;
    Ok(permit(&actor, thing, tx.now())?)
}

/// What may not be read does not exist.
const HIDDEN: Denied = Denied::Hidden;

/// A draft open for editing, with its document locked.
struct Desk {
    tx: Tx,
    draft: Draft,
    review: Option<Review>,
}

impl Desk {
    /// Takes the draft of a document.
    async fn of_document<P>(store: &Store, document: DocumentId) -> Result<Self, Refused<P>> {
        let tx = store.begin().await?;
        let locked = tx.lock_document(document).await?.ok_or(HIDDEN)?;
        let draft = tx.draft(&locked, None).await?.ok_or(HIDDEN)?;
        Ok(Self { tx, draft, review: locked.open_review })
    }

    /// Takes the draft that a section stands in.
    async fn of_section<P>(store: &Store, section: SectionId) -> Result<(Self, Placement), Refused<P>> {
        Self::with_section(store.begin().await?, section).await
    }

    /// The same in a transaction that found the section.
    async fn with_section<P>(tx: Tx, section: SectionId) -> Result<(Self, Placement), Refused<P>> {
        let document = tx.document_of_section(section).await?.ok_or(HIDDEN)?;
        let locked = tx.lock_document(document).await?.ok_or(HIDDEN)?;
        let draft = tx.draft(&locked, Some(section)).await?.ok_or(HIDDEN)?;
        let placement = draft.text.outline.find(section).cloned().ok_or(HIDDEN)?;
        Ok((Self { tx, draft, review: locked.open_review }, placement))
    }

    /// The section as the rulebook sees it.
    fn thing(&self, placement: &Placement) -> Thing {
        section_thing(&self.draft.document, &self.draft.text, placement)
    }

    fn edit(&self, class: crate::domain::document::revision::ChangeClass) -> Edit {
        Edit { revision: self.tx.id(), class, next_number: self.draft.next_number, now: self.tx.now() }
    }
}

/// A document as the rulebook sees it: by its edition in force, or else by its draft.
fn document_thing(locked: &LockedDocument) -> Thing {
    let document = &locked.document;
    let exposure = match locked.in_force() {
        Some(_) => Exposure::Published(document.audience),
        None => Exposure::Draft(document.audience),
    };
    Thing::document(document.group, document.id, exposure)
}

/// A section of a draft as the rulebook sees it.
fn section_thing(document: &Document, text: &DraftText, placement: &Placement) -> Thing {
    let audience = text.outline.audience(placement.section, document.audience);
    Thing {
        section: Some(placement.section),
        disciplines: placement.requirements.disciplines().collect(),
        author: text.author(placement.section),
        ..Thing::document(document.group, document.id, Exposure::Draft(audience))
    }
}

/// A review with its document locked.
struct Table {
    tx: Tx,
    document: Document,
    facts: ReviewFacts,
}

impl Table {
    async fn of_review<P>(store: &Store, review: ReviewId) -> Result<Self, Refused<P>> {
        let tx = store.begin().await?;
        let document = tx.review(review).await?.ok_or(HIDDEN)?.document;
        let locked = tx.lock_document(document).await?.ok_or(HIDDEN)?;
        // Read again: it may have been concluded while the lock was waited for.
        let review = tx.review(review).await?.ok_or(HIDDEN)?;
        let facts = tx.review_facts(review).await?;
        Ok(Self { tx, document: locked.document, facts })
    }

    /// A review in which somebody takes a position. Only what that depends on is there, and of the positions only those
    /// that matter to it: cells without their sign-offs are not met, so nothing could be published by mistake.
    async fn of_text<P>(store: &Store, actor: &Actor, position: &TakePosition) -> Result<Self, Refused<P>> {
        let mut tx = store.begin().await?;
        let signer = Signer { person: actor.person(), seat: position.seat };
        let ready = tx.ready_to_sign(position.review, position.scope, signer).await?;
        let (document, facts) = ready.ok_or(HIDDEN)?;
        Ok(Self { tx, document, facts })
    }

    /// Asks the rulebook with the seats that the actor has by now, which are held until the transaction ends (A5). What is
    /// done from a seat needs nothing else that they hold.
    fn permitted_from_seat<A: ActKind, P>(&self, actor: &Actor, thing: Thing) -> Result<Permit<A>, Refused<P>> {
        let now = self.tx.now();
        let Actor::Person(signed_in) = actor else { return Ok(permit(actor, thing, now)?) };
        let group = self.facts.review.group;
        let elsewhere = signed_in.seats.iter().filter(|seat| seat.group != group);
        let here = self.facts.seats.iter().filter(|seat| seat.holder == signed_in.person);
        let seats = elsewhere.chain(here).cloned().collect();
        Ok(permit(&Actor::Person(SignedIn { seats, ..signed_in.clone() }), thing, now)?)
    }

    /// The review as a whole, as the rulebook sees it.
    fn thing(&self) -> Thing {
        let document = &self.document;
        Thing::document(document.group, document.id, Exposure::Draft(document.audience))
    }

    /// A text of the review as the rulebook sees it. A section that is not in the draft is not there.
    fn thing_of(&self, scope: Scope) -> Result<Thing, Denied> {
        let Some(section) = scope.section() else { return Ok(self.thing()) };
        let placement = self.facts.text.outline.find(section).ok_or(HIDDEN)?;
        Ok(section_thing(&self.document, &self.facts.text, placement))
    }

    /// The seat meant: the one named, or else the actor's only one that votes.
    fn voting_seat(&self, actor: &Actor, named: Option<SeatId>, now: Timestamp) -> Option<&Seat> {
        if let Some(named) = named {
            return self.facts.seat(named);
        }
        let is_own = |seat: &&Seat| Some(seat.holder) == actor.person() && seat.term.covers(now);
        let mut own = self.facts.seats.iter().filter(is_own).filter(|seat| seat.post.discipline().is_some());
        own.next().filter(|_| own.next().is_none())
    }
}
