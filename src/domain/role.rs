//! Who people are to a group and to a document: disciplines, offices, seats with terms, granted roles.

use std::fmt;

use super::{
    id::{GroupId, PersonId, SeatId},
    time::Timestamp,
};

/// Defines an enum whose variants have one written form in SQL, in manuscripts and in GraphQL.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value, in the order of the rulebook.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The written form.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads the written form.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// A profession or standpoint that signs off sections.
    Discipline {
        /// Surgeons.
        Surgery = "SURGERY",
        /// Oncologists, medical and clinical.
        Oncology = "ONCOLOGY",
        /// Nurses.
        Nursing = "NURSING",
        /// Radiologists.
        Radiology = "RADIOLOGY",
        /// Pathologists.
        Pathology = "PATHOLOGY",
        /// Geneticists.
        Genetics = "GENETICS",
        /// Patient representatives; they also sign the document as a whole (S12).
        PatientRepresentative = "PATIENT_REPRESENTATIVE",
        /// Commissioners, where a section names them.
        Commissioning = "COMMISSIONING",
    }
}

words! {
    /// What a seat is for.
    Office {
        /// Leads the group and publishes.
        Chair = "CHAIR",
        /// Stands in for the chair.
        ViceChair = "VICE_CHAIR",
        /// Signs for a discipline.
        Member = "MEMBER",
        /// Reads drafts and advises without a vote.
        Adviser = "ADVISER",
        /// Sits in; reads what partners read.
        Observer = "OBSERVER",
        /// Runs the group and never decides clinically (S10).
        Secretariat = "SECRETARIAT",
    }
}

words! {
    /// A role given on one document. Each includes the ones before it.
    GrantRole {
        /// May read drafts and reviews of the document.
        Reader = "READER",
        /// May also comment.
        Commenter = "COMMENTER",
        /// May also revise sections.
        Editor = "EDITOR",
    }
}

/// The half-open time `[from, until)` during which a seat is held (A5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Term {
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Term {
    /// A term, unless it would end before it begins.
    pub fn new(from: Timestamp, until: Option<Timestamp>) -> Option<Self> {
        until.is_none_or(|until| from <= until).then_some(Self { from, until })
    }

    /// First instant of the term.
    pub fn from(self) -> Timestamp {
        self.from
    }

    /// First instant after the term, if an end is known.
    pub fn until(self) -> Option<Timestamp> {
        self.until
    }

    /// Whether the seat is held at `at`.
    pub fn covers(self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// A place in a group, held by one person for one term.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seat {
    /// Identity of the seat.
    pub id: SeatId,
    /// The group it is a place in.
    pub group: GroupId,
    /// Who holds it.
    pub holder: PersonId,
    /// What it is for, and for which discipline it votes.
    pub post: Post,
    /// When it is held.
    pub term: Term,
    /// The seat whose place it takes: it is that seat's **successor** and answers for objections left standing (S6).
    pub succeeds: Option<SeatId>,
    /// Whether it leads its discipline: what is late there comes to it first (T5).
    pub is_lead: bool,
    /// When its holder last said that what the register of interests says of them is true and complete.
    pub declared_at: Option<Timestamp>,
    /// How many cells that are not met it takes into its hands in one review; any number if not given.
    pub load_limit: Option<u32>,
}

impl Seat {
    /// Whether this seat can take the place of another: same group, same post, and not before the other's term is over.
    pub fn can_succeed(&self, other: &Self) -> bool {
        let follows = other.term.until().is_some_and(|until| until <= self.term.from());
        self.id != other.id && (self.group, self.post) == (other.group, other.post) && follows
    }
}

impl Seat {
    /// Whether the other is the same place for the same person for any part of the same time.
    pub fn is_like(&self, other: &Self) -> bool {
        let (own, others) = (self.term, other.term);
        let overlaps = others.until().is_none_or(|until| own.from() < until)
            && own.until().is_none_or(|until| others.from() < until);
        (self.group, self.holder, self.post) == (other.group, other.holder, other.post) && overlaps
    }
}

/// An office together with the discipline it votes for. A secretariat, adviser or observer never votes (S10).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Post {
    office: Office,
    discipline: Option<Discipline>,
}

/// An office and a discipline that do not go together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PostProblem {
    /// A member without a discipline could sign nothing.
    #[error("a member needs a discipline")]
    DisciplineMissing,
    /// Only chair, vice chair and members may vote for a discipline.
    #[error("the office {0} does not vote for a discipline")]
    OfficeDoesNotVote(Office),
}

impl Post {
    /// Joins an office and a discipline.
    pub fn new(office: Office, discipline: Option<Discipline>) -> Result<Self, PostProblem> {
        match (office, discipline) {
            (Office::Member, None) => Err(PostProblem::DisciplineMissing),
            (Office::Secretariat | Office::Adviser | Office::Observer, Some(_)) => {
                Err(PostProblem::OfficeDoesNotVote(office))
            }
            (Office::Chair | Office::ViceChair | Office::Member, _)
            | (Office::Secretariat | Office::Adviser | Office::Observer, None) => Ok(Self { office, discipline }),
        }
    }

    /// What the seat is for.
    pub fn office(self) -> Office {
        self.office
    }

    /// The discipline it votes for, if it votes.
    pub fn discipline(self) -> Option<Discipline> {
        self.discipline
    }
}

impl fmt::Display for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.discipline {
            Some(discipline) => write!(f, "{} ({discipline})", self.office),
            None => write!(f, "{}", self.office),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s10_secretariat_advisers_and_observers_hold_no_vote() {
        for office in [Office::Secretariat, Office::Adviser, Office::Observer] {
            assert_eq!(Post::new(office, Some(Discipline::Surgery)), Err(PostProblem::OfficeDoesNotVote(office)));
        }
        assert_eq!(Post::new(Office::Member, None), Err(PostProblem::DisciplineMissing));
        assert!(Post::new(Office::Chair, None).is_ok());
        assert!(Post::new(Office::Chair, Some(Discipline::Oncology)).is_ok());
    }

    #[test]
    fn a5_a_term_is_half_open() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let term = Term::new(at("2017-01-01T00:00:00Z"), Some(at("2019-01-01T00:00:00Z"))).unwrap();
        assert!(!term.covers(at("2016-12-31T23:59:59.999Z")));
        assert!(term.covers(at("2017-01-01T00:00:00Z")));
        assert!(term.covers(at("2018-12-31T23:59:59.999Z")));
        assert!(!term.covers(at("2019-01-01T00:00:00Z")));
        assert!(Term::new(at("2019-01-01T00:00:00Z"), Some(at("2017-01-01T00:00:00Z"))).is_none());
    }
}
