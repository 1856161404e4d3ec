//! The append-only record of acts, and who may know of them (A6). An event is written in the act's own transaction and never
//! edited.

use super::{
    id::{DocumentId, EventId, GroupId, PersonId, ReviewId},
    role::words,
    time::Timestamp,
};

words! {
    /// What was done.
    EventKind {
        /// A document was brought in.
        DocumentImported = "DOCUMENT_IMPORTED",
        /// A section was written for the first time.
        SectionCreated = "SECTION_CREATED",
        /// A section got a new text.
        SectionRevised = "SECTION_REVISED",
        /// A section went to another place.
        SectionMoved = "SECTION_MOVED",
        /// A section left the draft.
        SectionRemoved = "SECTION_REMOVED",
        /// A change was confirmed as editorial.
        EditorialConfirmed = "EDITORIAL_CONFIRMED",
        /// A recommendation was stood down.
        RecommendationStoodDown = "RECOMMENDATION_STOOD_DOWN",
        /// The change note of a draft was written.
        ChangeNoteWritten = "CHANGE_NOTE_WRITTEN",
        /// A seat was granted.
        SeatGranted = "SEAT_GRANTED",
        /// A seat's term was ended.
        SeatEnded = "SEAT_ENDED",
        /// A seat was made the lead of its discipline.
        LeadAppointed = "LEAD_APPOINTED",
        /// The holder of a seat said when they are away, or the secretariat for them.
        AbsenceDeclared = "ABSENCE_DECLARED",
        /// An absence was ended before its time.
        AbsenceEnded = "ABSENCE_ENDED",
        /// An interest was declared.
        InterestDeclared = "INTEREST_DECLARED",
        /// The end of an interest was declared.
        InterestEnded = "INTEREST_ENDED",
        /// The holder of a seat said that the register of interests is true and complete.
        InterestsConfirmed = "INTERESTS_CONFIRMED",
        /// An entry of the register was withheld from the public, or published again.
        InterestWithheld = "INTEREST_WITHHELD",
        /// It was decided what is done about an interest in a review.
        InterestWeighed = "INTEREST_WEIGHED",
        /// A seat was offered to whoever brings a code.
        SeatOffered = "SEAT_OFFERED",
        /// Somebody brought the code of an offered seat and took it.
        InvitationAccepted = "INVITATION_ACCEPTED",
        /// An offered seat was taken back.
        InvitationRevoked = "INVITATION_REVOKED",
        /// A role on a document was given.
        RoleGranted = "ROLE_GRANTED",
        /// A role on a document was taken back.
        RoleRevoked = "ROLE_REVOKED",
        /// A client was registered.
        ClientRegistered = "CLIENT_REGISTERED",
        /// A client got another key.
        ClientKeyAdded = "CLIENT_KEY_ADDED",
        /// A key of a client was revoked.
        ClientKeyRevoked = "CLIENT_KEY_REVOKED",
        /// A client was revoked.
        ClientRevoked = "CLIENT_REVOKED",
        /// The next review of a document was scheduled.
        ReviewScheduled = "REVIEW_SCHEDULED",
        /// A review opened.
        ReviewOpened = "REVIEW_OPENED",
        /// The timetable of a review was moved.
        ReviewMoved = "REVIEW_MOVED",
        /// The rules of an open review were re-opened.
        RulesReopened = "RULES_REOPENED",
        /// A seat said that it will do what a review asks.
        RequestAccepted = "REQUEST_ACCEPTED",
        /// A review was cancelled.
        ReviewCancelled = "REVIEW_CANCELLED",
        /// A position was taken, lifted or withdrawn.
        PositionTaken = "POSITION_TAKEN",
        /// An adviser said something of a section.
        OpinionGiven = "OPINION_GIVEN",
        /// A ballot on an objection was opened.
        BallotOpened = "BALLOT_OPENED",
        /// A vote was cast in a ballot.
        VoteCast = "VOTE_CAST",
        /// A ballot was closed.
        BallotClosed = "BALLOT_CLOSED",
        /// A cell was handed to seats, or back to everybody.
        CellAssigned = "CELL_ASSIGNED",
        /// The holder of a seat said how much they take on, or the secretariat for them.
        LoadLimitSet = "LOAD_LIMIT_SET",
        /// A comment was written on a section.
        CommentWritten = "COMMENT_WRITTEN",
        /// A comment was settled.
        CommentSettled = "COMMENT_SETTLED",
        /// An edition was published.
        EditionPublished = "EDITION_PUBLISHED",
        /// A review found nothing to change.
        DocumentReaffirmed = "DOCUMENT_REAFFIRMED",
        /// An edition was withdrawn.
        EditionWithdrawn = "EDITION_WITHDRAWN",
    }
}

/// Who may know that an act was done: everybody who may read what it was done to (A6), and nobody else (A2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Whoever may read what is published.
    Published,
    /// Whoever may read drafts.
    Drafts,
    /// Whoever may read that section of the draft.
    Section,
    /// Whoever gives and takes back roles.
    Roles,
    /// Whoever may know who holds which seat; such acts are on a group, not on a document.
    Seats,
    /// Whoever registers machine clients; such acts are on a group as well.
    Clients,
}

impl EventKind {
    /// Who may know of such an act.
    pub fn reach(self) -> Reach {
        match self {
            Self::EditionPublished | Self::DocumentReaffirmed | Self::EditionWithdrawn => Reach::Published,
            Self::DocumentImported
            | Self::ReviewScheduled
            | Self::ChangeNoteWritten
            | Self::ReviewOpened
            | Self::ReviewMoved
            | Self::RequestAccepted
            | Self::RulesReopened
            | Self::ReviewCancelled => Reach::Drafts,
            Self::SectionCreated
            | Self::SectionRevised
            | Self::SectionMoved
            | Self::SectionRemoved
            | Self::EditorialConfirmed
            | Self::RecommendationStoodDown
            | Self::PositionTaken
            | Self::OpinionGiven
            | Self::BallotOpened
            | Self::VoteCast
            | Self::BallotClosed
            | Self::InterestWeighed
            | Self::CellAssigned
            | Self::CommentWritten
            | Self::CommentSettled => Reach::Section,
            Self::RoleGranted
            | Self::AbsenceDeclared
            | Self::AbsenceEnded
            | Self::LoadLimitSet
            | Self::InterestDeclared
            | Self::InterestEnded
            | Self::InterestsConfirmed
            | Self::InterestWithheld
            | Self::RoleRevoked
            | Self::SeatOffered
            | Self::InvitationAccepted
            | Self::InvitationRevoked => Reach::Roles,
            Self::SeatGranted | Self::SeatEnded | Self::LeadAppointed => Reach::Seats,
            Self::ClientRegistered | Self::ClientKeyAdded | Self::ClientKeyRevoked | Self::ClientRevoked => {
                Reach::Clients
            }
        }
    }
}

/// One record of an act.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// Identity.
    pub id: EventId,
    /// What was done.
    pub kind: EventKind,
    /// Who did it; none is the system.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// The group it concerns.
    pub group: Option<GroupId>,
    /// The document it concerns.
    pub document: Option<DocumentId>,
    /// The review it concerns.
    pub review: Option<ReviewId>,
    /// The facts of it: ids, keys, words and dates, never a text of the advice.
    pub data: serde_json::Value,
}
