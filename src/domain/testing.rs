//! What tests of the rules start from: a group with every office and discipline, a document, and its open review.

mod world;

use uuid::Uuid;

pub(crate) use world::{Refused, World};

use super::{
    document::{
        Audience, Document, Key, ReviewPolicy,
        change::{StatementWording, Wording},
        content::{Content, RecommendationNumber, Statement, Strength},
        draft::NewSection,
        edition::{Edition, EditionNumber, EditionState},
        outline::Place,
    },
    id::{DocumentId, EditionId, GroupId, PersonId, SeatId, SectionId},
    review::cell::Scope,
    role::{Discipline, Office, Post, Seat, Term},
    text::{Body, Line, Prose},
    time::{PartialDate, Timestamp},
};

pub(crate) const GROUP: GroupId = GroupId(Uuid::from_u128(1));
pub(crate) const OTHER_GROUP: GroupId = GroupId(Uuid::from_u128(2));
pub(crate) const DOCUMENT: DocumentId = DocumentId(Uuid::from_u128(3));
pub(crate) const OTHER_DOCUMENT: DocumentId = DocumentId(Uuid::from_u128(4));

/// Everybody by number; a seat has the number of its holder.
pub(crate) const CHAIR: u128 = 1;
pub(crate) const VICE_CHAIR: u128 = 2;
pub(crate) const SECRETARY: u128 = 3;
pub(crate) const ADVISER: u128 = 4;
pub(crate) const OBSERVER: u128 = 5;
/// Hold EDITOR grants on the document, and no seat.
pub(crate) const EDITORS: [u128; 2] = [6, 7];
pub(crate) const SURGEONS: [u128; 2] = [11, 12];
pub(crate) const NURSES: [u128; 2] = [31, 32];
pub(crate) const PATIENTS: [u128; 2] = [71, 72];

/// Sit nowhere until a place falls vacant.
pub(crate) const SUCCESSORS: [u128; 2] = [101, 102];

/// Commonly asked requirements.
pub(crate) const SURGERY: (Discipline, u8) = (Discipline::Surgery, 1);
pub(crate) const NURSING: (Discipline, u8) = (Discipline::Nursing, 1);

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn date(text: &str) -> PartialDate {
    text.parse().unwrap()
}

pub(crate) fn prose(text: &str) -> Prose {
    Prose::new(text).unwrap()
}

pub(crate) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

pub(crate) fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

pub(crate) fn seat_id(number: u128) -> SeatId {
    SeatId(Uuid::from_u128(number))
}

/// The section that stands at this index when the world begins.
pub(crate) fn section(index: usize) -> SectionId {
    SectionId(Uuid::from_u128(1_000 + index as u128))
}

pub(crate) fn on(index: usize) -> Scope {
    Scope::Section(section(index))
}

/// A seat with the number of its holder, held since 2017 without a known end.
pub(crate) fn seat(number: u128, office: Office, discipline: Option<Discipline>) -> Seat {
    Seat {
        id: seat_id(number),
        group: GROUP,
        holder: person(number),
        post: Post::new(office, discipline).unwrap(),
        term: Term::new(at("2017-01-01T00:00:00Z"), None).unwrap(),
        succeeds: None,
        is_lead: false,
        declared_at: None,
        load_limit: None,
    }
}

/// Two members of every discipline, and everybody without a vote.
pub(crate) fn seats() -> Vec<Seat> {
    let offices = [
        (CHAIR, Office::Chair),
        (VICE_CHAIR, Office::ViceChair),
        (SECRETARY, Office::Secretariat),
        (ADVISER, Office::Adviser),
        (OBSERVER, Office::Observer),
    ];
    let members = (1..)
        .zip(Discipline::ALL)
        .flat_map(|(tens, discipline)| [1, 2].map(|ones| seat(tens * 10 + ones, Office::Member, Some(*discipline))));
    offices.into_iter().map(|(number, office)| seat(number, office, None)).chain(members).collect()
}

pub(crate) fn wording(body: &str) -> Wording {
    Wording {
        heading: Line::new("Heading").unwrap(),
        body: Body::new(body).unwrap(),
        summary: None,
        recommendations: vec![],
        references: vec![],
    }
}

pub(crate) fn statement(number: Option<u32>, text: &str) -> StatementWording {
    StatementWording {
        number: number.map(|number| RecommendationNumber::new(number).unwrap()),
        strength: Strength::Offer,
        text: prose(text),
        summary: None,
    }
}

pub(crate) fn content(body: &str) -> Content {
    let Wording { heading, body, summary, references, .. } = wording(body);
    Content { heading, body, summary, recommendations: vec![], references }
}

pub(crate) fn document() -> Document {
    Document {
        id: DOCUMENT,
        slug: key("breast-cancer-services"),
        title: Line::new("Clinical Advice").unwrap(),
        group: GROUP,
        audience: Audience::Public,
        review_due: date("2019-05"),
        policy: ReviewPolicy::default(),
        is_demonstration: true,
    }
}

pub(crate) fn edition(number: &str, state: EditionState) -> Edition {
    let number: EditionNumber = number.parse().unwrap();
    let id = EditionId(Uuid::from_u128(u128::from(number.major) * 100 + u128::from(number.minor)));
    Edition { id, document: DOCUMENT, number, state, change_note: None, is_imported: false, interim_until: None }
}

/// A section to be created first of all, for surgery.
pub(crate) fn new_section(index: usize) -> NewSection {
    NewSection {
        id: section(index),
        key: key(&format!("section-{index}")),
        place: Place { parent: None, after: None },
        audience: None,
        stage: None,
        requirements: [SURGERY].into_iter().collect(),
        wording: wording("New"),
    }
}

/// The recommendations of a text as a writer would hand them in unchanged.
pub(crate) fn as_worded(content: &Content) -> Vec<StatementWording> {
    let worded = |statement: &Statement| StatementWording {
        number: Some(statement.number),
        strength: statement.strength,
        text: statement.text.clone(),
        summary: statement.summary.clone(),
    };
    content.recommendations.iter().map(worded).collect()
}
