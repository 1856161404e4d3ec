//! Typed identities. An id of one kind cannot be passed where another is meant.
//!
//! Ids are made outside the domain (see `clock`) and handed in, so that rules stay repeatable.

use std::fmt;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The word that names this kind inside opaque ids, such as `document`.
            pub const KIND: &'static str = $kind;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// An expert group.
    GroupId = "group";
    /// A human being, known by issuer and subject of their log-in.
    PersonId = "person";
    /// A body outside the group: an alliance, a trust, a professional body.
    OrganisationId = "organisation";
    /// A place in a group, held by one person for one term.
    SeatId = "seat";
    /// A partner organisation's machine.
    ClientId = "client";
    /// A public key of a client.
    ClientKeyId = "client_key";
    /// A role given on one document.
    GrantId = "grant";
    /// When the holder of a seat is away.
    AbsenceId = "absence";
    /// An entry of the register of interests.
    InterestId = "interest";
    /// What was decided about an interest in a review.
    InterestActionId = "interest_action";
    /// A seat offered to whoever brings a code.
    InvitationId = "invitation";
    /// The lasting document.
    DocumentId = "document";
    /// One edition of a document.
    EditionId = "edition";
    /// The lasting section of a document.
    SectionId = "section";
    /// One immutable text of a section.
    RevisionId = "revision";
    /// The lasting recommendation; its number never belongs to another.
    RecommendationId = "recommendation";
    /// One scheduled examination of a document.
    ReviewId = "review";
    /// One recorded act of a seat in a cell of a review.
    PositionId = "position";
    /// A remark on a section of a draft.
    CommentId = "comment";
    /// What an adviser says of a section under review.
    OpinionId = "opinion";
    /// One record of an act.
    EventId = "event";
    /// What one person was told.
    NoticeId = "notice";
}
