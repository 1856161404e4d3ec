//! Editions: their numbers, their states, and which was in force when (D1, D3, D6 to D8).

use std::{collections::HashMap, fmt, str::FromStr, sync::Arc};

use chrono::NaiveDate;

use super::{
    content::Digest,
    outline::{Outline, Placement},
    revision::Revision,
};
use crate::domain::{
    id::{DocumentId, EditionId, RevisionId},
    text::Prose,
    time::{PartialDate, Timestamp, london_day},
};

/// The number of an edition, such as 1.0 or 2.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EditionNumber {
    /// Rises when a section changed clinically, was added or removed.
    pub major: u32,
    /// Rises otherwise.
    pub minor: u32,
}

impl EditionNumber {
    /// The number of a first edition.
    pub const FIRST: Self = Self { major: 1, minor: 0 };

    /// The next major number.
    pub fn next_major(self) -> Self {
        Self { major: self.major + 1, minor: 0 }
    }

    /// The next minor number.
    pub fn next_minor(self) -> Self {
        Self { minor: self.minor + 1, ..self }
    }

    /// Whether this is a major number, which needs a change note.
    pub fn is_major(self) -> bool {
        self.minor == 0
    }
}

impl fmt::Display for EditionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that is not an edition number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an edition number: write it as 2.0")]
pub struct NotANumber;

impl FromStr for EditionNumber {
    type Err = NotANumber;
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let part = |digits: &str| match digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => digits.parse::<u32>().ok().filter(|number| *number < 100_000).ok_or(NotANumber),
            false => Err(NotANumber),
        };
        let (major, minor) = text.split_once('.').ok_or(NotANumber)?;
        Ok(Self { major: part(major)?, minor: part(minor)? })
    }
}

/// One edition, without its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edition {
    /// Identity.
    pub id: EditionId,
    /// The document it is an edition of.
    pub document: DocumentId,
    /// Its number; of a draft, the number it is meant for.
    pub number: EditionNumber,
    /// Where it stands.
    pub state: EditionState,
    /// What changed, for followers; compulsory with a major number once published (D6).
    pub change_note: Option<Prose>,
    /// Whether it was issued before this system kept the document.
    pub is_imported: bool,
    /// The last day by which it was to be fully signed off, if it was published as an urgent interim notice.
    pub interim_until: Option<NaiveDate>,
}

impl Edition {
    /// The digest of its change note, by which an edit of it names the note that was read (D4).
    pub fn change_note_digest(&self) -> Option<Digest> {
        self.change_note.as_ref().map(|note| Digest::of(&note.as_str()))
    }
}

/// Where an edition stands, with the facts of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EditionState {
    /// Being written; at most one per document (D3).
    Draft,
    /// In force.
    Published(Publication),
    /// Replaced by a later one.
    Superseded {
        /// How it was published.
        publication: Publication,
        /// When it was replaced.
        superseded_at: Timestamp,
    },
    /// No longer to be followed; the text stays readable under the explanation (D7).
    Withdrawn {
        /// How it was published.
        publication: Publication,
        /// When it was withdrawn.
        withdrawn_at: Timestamp,
        /// Why.
        explanation: Prose,
    },
}

/// The facts of a publication.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Publication {
    /// The date on the cover, as precise as it was given (D8).
    pub issued: PartialDate,
    /// When this system published or imported it.
    pub published_at: Timestamp,
}

impl EditionState {
    /// The facts of its publication, unless it is a draft.
    pub fn publication(&self) -> Option<&Publication> {
        match self {
            Self::Draft => None,
            Self::Published(publication)
            | Self::Superseded { publication, .. }
            | Self::Withdrawn { publication, .. } => Some(publication),
        }
    }
}

/// The edition that was in force on `day`, of all published ones of a document (D3). A date known to the month counts
/// from the first day it can mean. After a withdrawal nothing is in force until the next publication. Of those issued
/// by then the highest number is the latest: a month begins before the days in it, so dates do not tell (D8).
pub fn in_force_on(editions: &[Edition], day: NaiveDate) -> Option<&Edition> {
    let issued = |edition: &Edition| edition.state.publication().map(|publication| publication.issued.first_day());
    let latest = editions
        .iter()
        .filter(|edition| issued(edition).is_some_and(|from| from <= day))
        .max_by_key(|edition| edition.number)?;
    match &latest.state {
        EditionState::Withdrawn { withdrawn_at, .. } if london_day(*withdrawn_at) <= day => None,
        EditionState::Draft
        | EditionState::Published(_)
        | EditionState::Superseded { .. }
        | EditionState::Withdrawn { .. } => Some(latest),
    }
}

/// An edition with all it says.
#[derive(Clone, Debug)]
pub struct EditionText {
    /// The tree.
    pub outline: Outline,
    /// Every revision the tree names.
    pub revisions: HashMap<RevisionId, Arc<Revision>>,
}

impl EditionText {
    /// What a placement says.
    pub fn revision(&self, placement: &Placement) -> Option<&Arc<Revision>> {
        self.revisions.get(&placement.revision)
    }
}
