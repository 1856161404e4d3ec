//! Notices: what one person is told, once. They are written in the transaction of what they tell, and delivered later.
//!
//! A notice says where to look and never what stands there: whoever reads it reads the rest with their own eyes, and what
//! they may no longer read is not in it.

use super::{
    access::{Actor, Denied},
    id::{DocumentId, NoticeId, PersonId, ReviewId},
    role::words,
    time::Timestamp,
};

words! {
    /// What a notice tells.
    NoticeKind {
        /// Something waits, at a rung of the ladder; or waits for others and has come to this person too (T4, T5).
        Reminder = "REMINDER",
        /// A review opened that asks for this person, or that they answer for.
        ReviewOpened = "REVIEW_OPENED",
        /// The dates of a review were moved.
        ReviewMoved = "REVIEW_MOVED",
        /// The rules of an open review were re-opened.
        RulesReopened = "RULES_REOPENED",
        /// A text was changed after this person had taken a position on it: they are asked again.
        AskedAgain = "ASKED_AGAIN",
        /// The secretariat recorded a position for this person, who can undo it (S10).
        PositionRecorded = "POSITION_RECORDED",
        /// Somebody objected.
        ObjectionRaised = "OBJECTION_RAISED",
        /// A ballot on an objection was opened in which this person has a vote, or was closed (S13).
        BallotHeld = "BALLOT_HELD",
        /// A cell was handed to this person.
        CellAssigned = "CELL_ASSIGNED",
        /// It was decided what this person takes part in, because of an interest of theirs.
        InterestWeighed = "INTEREST_WEIGHED",
        /// A review ended with a new edition.
        EditionPublished = "EDITION_PUBLISHED",
        /// A review ended with a reaffirmation.
        DocumentReaffirmed = "DOCUMENT_REAFFIRMED",
        /// A review was cancelled.
        ReviewCancelled = "REVIEW_CANCELLED",
    }
}

words! {
    /// How a notice leaves the house.
    Channel {
        /// By e-mail.
        Email = "EMAIL",
    }
}

words! {
    /// How a delivery ended.
    DeliveryOutcome {
        /// It was handed over.
        Sent = "SENT",
        /// The person does not want it this way, or has no address.
        NotWanted = "NOT_WANTED",
        /// It failed too often.
        GivenUp = "GIVEN_UP",
    }
}

/// What somebody is to be told.
#[derive(Clone, PartialEq, Debug)]
pub struct Notice {
    /// Who.
    pub to: PersonId,
    /// What kind of thing.
    pub kind: NoticeKind,
    /// The document it is about.
    pub document: Option<DocumentId>,
    /// The review it is about; of a reminder, the first of those in it.
    pub review: Option<ReviewId>,
    /// The facts of it: ids, words, dates and counts, never a text of the advice or a reason somebody gave.
    pub data: serde_json::Value,
}

/// A notice as its reader finds it.
#[derive(Clone, PartialEq, Debug)]
pub struct KeptNotice {
    /// Identity.
    pub id: NoticeId,
    /// What it tells.
    pub notice: Notice,
    /// When it was written.
    pub at: Timestamp,
    /// When its reader said that they have read it.
    pub read_at: Option<Timestamp>,
}

/// That somebody has read notices of theirs, ready to be recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoticesRead {
    by: PersonId,
    notices: Option<Vec<NoticeId>>,
    at: Timestamp,
}

impl NoticesRead {
    /// Who.
    pub fn by(&self) -> PersonId {
        self.by
    }

    /// Which; all of theirs if not given.
    pub fn notices(&self) -> Option<&[NoticeId]> {
        self.notices.as_deref()
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Marks an actor's own notices as read: those named, with whose they are, or all. It concerns nobody else, so whoever has
/// notices may; a notice of somebody else's does not exist for them (A2).
pub fn mark_read(
    actor: &Actor,
    notices: Option<Vec<(NoticeId, Option<PersonId>)>>,
    now: Timestamp,
) -> Result<NoticesRead, Denied> {
    let by = actor.person().ok_or(Denied::Hidden)?;
    if notices.iter().flatten().any(|(_, whose)| *whose != Some(by)) {
        return Err(Denied::Hidden);
    }
    let notices = notices.map(|notices| notices.into_iter().map(|(notice, _)| notice).collect());
    Ok(NoticesRead { by, notices, at: now })
}
