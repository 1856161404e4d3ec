//! Opaque ids: `kind:payload` in base64url, so that nobody builds one by hand or takes one kind for another.
//!
//! A section or recommendation here is one *in an edition*, so its id names both. What cannot be decoded is answered
//! like what does not exist: a wrong, a foreign and a forbidden id look the same (A2).

use std::fmt;

use async_graphql::{Error, ID};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use uuid::Uuid;

use super::error::Code;
use crate::domain::{
    document::content::RecommendationNumber,
    id::{
        AbsenceId, ClientId, CommentId, DocumentId, EditionId, GrantId, GroupId, InterestId, InvitationId, NoticeId,
        OrganisationId, PersonId, PositionId, RecommendationId, ReviewId, SeatId, SectionId,
    },
};

/// What an opaque id stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GlobalId {
    /// A document.
    Document(DocumentId),
    /// An edition.
    Edition(EditionId),
    /// A section as it stands in one edition.
    Section(EditionId, SectionId),
    /// A recommendation as it stands in one edition.
    Recommendation(EditionId, RecommendationNumber),
    /// A review.
    Review(ReviewId),
    /// A position, which is found through its review.
    Position(ReviewId, PositionId),
    /// A comment, which is found through its review.
    Comment(ReviewId, CommentId),
    /// A group.
    Group(GroupId),
    /// A seat.
    Seat(SeatId),
    /// A person.
    Person(PersonId),
    /// An organisation.
    Organisation(OrganisationId),
    /// A role given on a document.
    Grant(GrantId),
    /// A notice.
    Notice(NoticeId),
    /// When the holder of a seat is away.
    Absence(AbsenceId),
    /// An entry of the register of interests.
    Interest(InterestId),
    /// A seat offered to whoever brings a code.
    Invitation(InvitationId),
    /// A machine client.
    Client(ClientId),
}

impl GlobalId {
    /// Reads an opaque id. Each id has one spelling; any other is none.
    pub fn decode(id: &ID) -> Option<Self> {
        let text = String::from_utf8(BASE64.decode(id.as_bytes()).ok()?).ok()?;
        let (kind, payload) = text.split_once(':')?;
        let found = match kind {
            DocumentId::KIND => Self::Document(one(payload)?),
            EditionId::KIND => Self::Edition(one(payload)?),
            SectionId::KIND => {
                let (edition, section) = payload.split_once(':')?;
                Self::Section(one(edition)?, one(section)?)
            }
            RecommendationId::KIND => {
                let (edition, number) = payload.split_once(':')?;
                Self::Recommendation(one(edition)?, RecommendationNumber::new(number.parse().ok()?)?)
            }
            ReviewId::KIND => Self::Review(one(payload)?),
            PositionId::KIND => {
                let (review, position) = payload.split_once(':')?;
                Self::Position(one(review)?, one(position)?)
            }
            CommentId::KIND => {
                let (review, comment) = payload.split_once(':')?;
                Self::Comment(one(review)?, one(comment)?)
            }
            GroupId::KIND => Self::Group(one(payload)?),
            SeatId::KIND => Self::Seat(one(payload)?),
            PersonId::KIND => Self::Person(one(payload)?),
            OrganisationId::KIND => Self::Organisation(one(payload)?),
            GrantId::KIND => Self::Grant(one(payload)?),
            NoticeId::KIND => Self::Notice(one(payload)?),
            AbsenceId::KIND => Self::Absence(one(payload)?),
            InterestId::KIND => Self::Interest(one(payload)?),
            InvitationId::KIND => Self::Invitation(one(payload)?),
            ClientId::KIND => Self::Client(one(payload)?),
            _ => return None,
        };
        (found.to_string() == text).then_some(found)
    }

    /// The opaque id.
    pub fn encode(self) -> ID {
        ID(BASE64.encode(self.to_string()))
    }
}

/// What lies inside an opaque id.
impl fmt::Display for GlobalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(id) => write!(f, "{}:{id}", DocumentId::KIND),
            Self::Edition(id) => write!(f, "{}:{id}", EditionId::KIND),
            Self::Section(edition, id) => write!(f, "{}:{edition}:{id}", SectionId::KIND),
            Self::Recommendation(edition, number) => {
                write!(f, "{}:{edition}:{}", RecommendationId::KIND, number.get())
            }
            Self::Review(id) => write!(f, "{}:{id}", ReviewId::KIND),
            Self::Position(review, id) => write!(f, "{}:{review}:{id}", PositionId::KIND),
            Self::Comment(review, id) => write!(f, "{}:{review}:{id}", CommentId::KIND),
            Self::Group(id) => write!(f, "{}:{id}", GroupId::KIND),
            Self::Seat(id) => write!(f, "{}:{id}", SeatId::KIND),
            Self::Person(id) => write!(f, "{}:{id}", PersonId::KIND),
            Self::Organisation(id) => write!(f, "{}:{id}", OrganisationId::KIND),
            Self::Grant(id) => write!(f, "{}:{id}", GrantId::KIND),
            Self::Notice(id) => write!(f, "{}:{id}", NoticeId::KIND),
            Self::Absence(id) => write!(f, "{}:{id}", AbsenceId::KIND),
            Self::Interest(id) => write!(f, "{}:{id}", InterestId::KIND),
            Self::Invitation(id) => write!(f, "{}:{id}", InvitationId::KIND),
            Self::Client(id) => write!(f, "{}:{id}", ClientId::KIND),
        }
    }
}

fn one<I: From<Uuid>>(payload: &str) -> Option<I> {
    Uuid::try_parse(payload).ok().map(I::from)
}

macro_rules! decoders {
    ($($(#[$doc:meta])* $name:ident -> $id:ty = $pattern:pat => $found:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name(id: &ID) -> Option<$id> {
            match GlobalId::decode(id)? {
                $pattern => Some($found),
                _ => None,
            }
        }
    )*};
}

decoders! {
    /// The document that an id names.
    decode_document_id -> DocumentId = GlobalId::Document(id) => id;
    /// The edition that an id names.
    decode_edition_id -> EditionId = GlobalId::Edition(id) => id;
    /// The lasting section that an id names, whichever edition the id was read in.
    decode_section_id -> SectionId = GlobalId::Section(_, id) => id;
    /// The edition and the number of the recommendation that an id names.
    decode_recommendation_id -> (EditionId, RecommendationNumber) =
        GlobalId::Recommendation(edition, number) => (edition, number);
    /// The review that an id names.
    decode_review_id -> ReviewId = GlobalId::Review(id) => id;
    /// The review and the position that an id names.
    decode_position_id -> (ReviewId, PositionId) = GlobalId::Position(review, id) => (review, id);
    /// The review and the comment that an id names.
    decode_comment_id -> (ReviewId, CommentId) = GlobalId::Comment(review, id) => (review, id);
    /// The group that an id names.
    decode_group_id -> GroupId = GlobalId::Group(id) => id;
    /// The seat that an id names.
    decode_seat_id -> SeatId = GlobalId::Seat(id) => id;
    /// The person that an id names.
    decode_person_id -> PersonId = GlobalId::Person(id) => id;
    /// The organisation that an id names.
    decode_organisation_id -> OrganisationId = GlobalId::Organisation(id) => id;
    /// The grant that an id names.
    decode_grant_id -> GrantId = GlobalId::Grant(id) => id;
    /// The notice that an id names.
    decode_notice_id -> NoticeId = GlobalId::Notice(id) => id;
    /// The absence that an id names.
    decode_absence_id -> AbsenceId = GlobalId::Absence(id) => id;
    /// The interest that an id names.
    decode_interest_id -> InterestId = GlobalId::Interest(id) => id;
    /// The invitation that an id names.
    decode_invitation_id -> InvitationId = GlobalId::Invitation(id) => id;
    /// The client that an id names.
    decode_client_id -> ClientId = GlobalId::Client(id) => id;
}

/// The answer to an id of a mutation's input that names nothing the actor may know of.
pub fn not_found() -> Error {
    Code::NotFound.error("not found")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_kind() -> Vec<GlobalId> {
        let id = Uuid::from_u128(0x0123_4567_89ab_7def_8123_4567_89ab_cdef);
        let other = Uuid::from_u128(7);
        vec![
            GlobalId::Document(DocumentId(id)),
            GlobalId::Edition(EditionId(id)),
            GlobalId::Section(EditionId(other), SectionId(id)),
            GlobalId::Recommendation(EditionId(id), RecommendationNumber::MAX),
            GlobalId::Review(ReviewId(id)),
            GlobalId::Position(ReviewId(other), PositionId(id)),
            GlobalId::Comment(ReviewId(other), CommentId(id)),
            GlobalId::Group(GroupId(id)),
            GlobalId::Seat(SeatId(id)),
            GlobalId::Person(PersonId(id)),
            GlobalId::Organisation(OrganisationId(id)),
            GlobalId::Grant(GrantId(id)),
            GlobalId::Notice(NoticeId(id)),
            GlobalId::Absence(AbsenceId(id)),
            GlobalId::Interest(InterestId(id)),
            GlobalId::Invitation(InvitationId(id)),
            GlobalId::Client(ClientId(id)),
        ]
    }

    #[test]
    fn every_id_reads_back_as_what_it_was_made_of_and_fits_into_an_address() {
        for id in every_kind() {
            let opaque = id.encode();
            assert_eq!(GlobalId::decode(&opaque), Some(id));
            assert!(opaque.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{opaque:?}");
        }
    }

    #[test]
    fn an_id_of_another_kind_is_no_id() {
        for id in every_kind() {
            let opaque = id.encode();
            let is_document = matches!(id, GlobalId::Document(_));
            assert_eq!(decode_document_id(&opaque).is_some(), is_document, "{id}");
            let is_section = matches!(id, GlobalId::Section(..));
            assert_eq!(decode_section_id(&opaque).is_some(), is_section, "{id}");
        }
    }

    #[test]
    fn a_section_is_the_same_section_in_every_edition() {
        let section = SectionId(Uuid::from_u128(5));
        let in_edition = |edition: u128| GlobalId::Section(EditionId(Uuid::from_u128(edition)), section).encode();
        assert_ne!(in_edition(1), in_edition(2));
        assert_eq!(decode_section_id(&in_edition(1)), decode_section_id(&in_edition(2)));
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id = Uuid::from_u128(0xabcd);
        let right = format!("document:{id}");
        assert!(GlobalId::decode(&ID(BASE64.encode(&right))).is_some());
        for wrong in [
            right.to_uppercase(),
            format!("document:{}", id.simple()),
            format!("document:{id}:"),
            format!("document: {id}"),
            format!("Document:{id}"),
            format!("section:{id}"),
            format!("recommendation:{id}:007"),
            format!("recommendation:{id}:+7"),
            format!("recommendation:{id}:0"),
            "document:".to_owned(),
            ":".to_owned(),
            String::new(),
        ] {
            assert_eq!(GlobalId::decode(&ID(BASE64.encode(&wrong))), None, "{wrong}");
        }
        for wrong in [right.clone(), format!("{}=", BASE64.encode(&right)), "é".to_owned(), "////".to_owned()] {
            assert_eq!(GlobalId::decode(&ID(wrong.clone())), None, "{wrong}");
        }
    }
}
