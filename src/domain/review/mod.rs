//! The review: one scheduled examination of a document, and everything that leads from a draft to its publication.
//!
//! - [`timetable`]: when it is due, opens, and what is planned for when (T1 to T3, T7)
//! - [`position`]: what a seat says on a text, and whether that still counts (S2, S3, S5, S6, S8, S10, S11)
//! - [`cell`]: section x discipline, the smallest thing that can be met or missing (S1, S12)
//! - [`examination`]: what each cell has been given and still needs (S1, S8, S9)
//! - [`gate`]: the typed blockers between a draft and its publication (S14)
//! - [`opening`]: open and move (T2, T3)
//! - [`assignment`]: cells handed to single seats
//! - [`task`]: what waits for one person (T4)
//! - [`request`]: to accept, then to complete (T4)
//! - [`ladder`]: who is reminded of what, and when (T4, T5)
//! - [`notice`]: who is told of an act
//! - [`ballot`]: the recorded end of a deadlock (S13)
//! - [`participation`]: what is done about interests, and who takes no part
//! - [`opinion`]: what advisers say, without a vote
//! - [`progress`]: how far it has come, by discipline and by seat
//! - [`stage`]: what was planned for when, and when it was (T2)
//! - [`conclusion`]: publish, reaffirm, cancel, withdraw (S14 to S16, D7)
//!
//! Everything is computed from [`ReviewFacts`] and `now`. No flag is stored that could be computed.

pub mod assignment;
pub mod ballot;
pub mod cell;
pub mod conclusion;
pub mod examination;
pub mod gate;
pub mod ladder;
pub mod notice;
pub mod opening;
pub mod opinion;
pub mod participation;
pub mod position;
pub mod progress;
pub mod request;
pub mod stage;
pub mod task;
pub mod timetable;

use assignment::Assignment;
use ballot::Ballot;
use cell::Scope;
use participation::Actions;
use position::Positions;
use request::Acceptance;
use timetable::Timetable;

use super::{
    absence::Absence,
    access::Obstacle,
    document::{
        Audience,
        change::DraftText,
        content::Digest,
        edition::{Edition, EditionNumber},
        outline::Outline,
        policy::Rules,
    },
    id::{DocumentId, EditionId, GroupId, PersonId, ReviewId, SectionId},
    role::{Seat, words},
    text::Prose,
    time::{PartialDate, Timestamp},
};

words! {
    /// How much of the document a review examines.
    ReviewKind {
        /// All of it.
        Full = "FULL",
        /// Chosen sections.
        Partial = "PARTIAL",
        /// Starts at once, for a reason that cannot wait.
        Exceptional = "EXCEPTIONAL",
        /// Wording only.
        Correction = "CORRECTION",
    }
}

/// One scheduled examination of a document, with the rules frozen when it opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Review {
    /// Identity.
    pub id: ReviewId,
    /// The document under review.
    pub document: DocumentId,
    /// The group that owns it.
    pub group: GroupId,
    /// Who may read the document once published.
    pub audience: Audience,
    /// How much it examines.
    pub kind: ReviewKind,
    /// The due date it answers to.
    pub due: PartialDate,
    /// Days between the last cell being met and publication, frozen (S14).
    pub final_window_days: u32,
    /// What else it works by, frozen when it opened or when its rules were last re-opened.
    pub rules: Rules,
    /// What is planned for when.
    pub timetable: Timetable,
    /// Until when its ladder of reminders was walked (T4).
    pub walked_at: Timestamp,
    /// When a seat first accepted what it asks, in so many words (T4).
    pub first_accepted_at: Option<Timestamp>,
    /// When something was first decided about somebody's interest.
    pub first_weighed_at: Option<Timestamp>,
    /// When a cell was first handed to somebody.
    pub first_assigned_at: Option<Timestamp>,
    /// The draft under review; gone after a reaffirmation, which needs none.
    pub draft: Option<EditionId>,
    /// The edition in force when it opened.
    pub base: Option<EditionId>,
    /// When it opened.
    pub opened_at: Timestamp,
    /// Who opened it; none is the system (T2).
    pub opened_by: Option<PersonId>,
    /// Whether it goes on.
    pub state: ReviewState,
}

/// Whether a review goes on, with the facts of its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReviewState {
    /// Positions can be taken.
    Open,
    /// Over.
    Concluded {
        /// When.
        at: Timestamp,
        /// Who concluded it.
        by: Option<PersonId>,
        /// How.
        outcome: Outcome,
    },
}

/// How a review ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A new edition was published.
    Published,
    /// Nothing had to change; the edition in force stays, with a statement of currency (S16).
    Reaffirmed {
        /// What the public is told.
        statement: Prose,
    },
    /// Stopped without a result.
    Cancelled {
        /// Why.
        reason: Prose,
    },
}

/// What a draft is compared with.
#[derive(Clone, Debug)]
pub struct Base {
    /// The number of the edition published last before the review opened.
    pub number: EditionNumber,
    /// Whether that edition is in force, and not withdrawn.
    pub is_in_force: bool,
    /// Its tree.
    pub outline: Outline,
}

/// Everything that a question about an open review depends on.
#[derive(Clone, Debug)]
pub struct ReviewFacts {
    /// The review.
    pub review: Review,
    /// The draft under review, if it still exists.
    pub draft: Option<Edition>,
    /// The text under review.
    pub text: DraftText,
    /// The edition in force when it opened; none for a document never published.
    pub base: Option<Base>,
    /// Every seat of the group, past and future ones included.
    pub seats: Vec<Seat>,
    /// Every absence in the group, past and future ones included. Nothing that is decided in a review depends on them.
    pub absences: Vec<Absence>,
    /// Every act in its cells, in the order of (time, id).
    pub positions: Positions,
    /// The sections that a partial review examines; none of any other.
    pub chosen: Vec<SectionId>,
    /// Who said that they will do what they are asked.
    pub acceptances: Vec<Acceptance>,
    /// The ballots on its objections, in the order in which they were opened (S13).
    pub ballots: Vec<Ballot>,
    /// What was decided about interests, and what of it stands.
    pub actions: Actions,
    /// The cells that are in the hands of single seats.
    pub assignments: Vec<Assignment>,
}

impl ReviewFacts {
    /// Whether positions can be taken.
    pub fn is_open(&self) -> bool {
        match self.review.state {
            ReviewState::Open => true,
            ReviewState::Concluded { .. } => false,
        }
    }

    /// What keeps everybody from acting in it.
    pub fn obstacle(&self) -> Option<Obstacle> {
        (!self.is_open()).then_some(Obstacle::ReviewOver)
    }

    /// The digest of the text that a signature would be bound to now; none if the section is not in the draft.
    pub fn current_digest(&self, scope: Scope) -> Option<Digest> {
        match scope {
            Scope::Whole => Some(self.text.outline.digest()),
            Scope::Section(section) => self.text.outline.find(section).map(|placement| placement.digest),
        }
    }

    /// Who may read all of what is signed: for the whole, only whoever may read its narrowest section.
    pub fn audience(&self, scope: Scope) -> Audience {
        let (outline, document) = (&self.text.outline, self.review.audience);
        match scope {
            Scope::Whole => {
                outline.iter().map(|placement| placement.audience.unwrap_or(document)).fold(document, Audience::min)
            }
            Scope::Section(section) => outline.audience(section, document),
        }
    }

    /// The digests that signatures may be on and still count, see [`DraftText`].
    fn carried(&self, scope: Scope) -> Vec<Digest> {
        match scope {
            Scope::Whole => self.text.carried_for_whole(),
            Scope::Section(section) => self.text.carried_for_section(section),
        }
    }

    /// The seat with this identity.
    pub fn seat(&self, id: super::id::SeatId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.id == id)
    }
}

#[cfg(test)]
mod tests;
