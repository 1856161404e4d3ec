//! Editions: their numbers, their states, and the ordered tree of sections (D1, D3, D6 to D8).

use std::{
    collections::{HashMap, HashSet},
    fmt,
    str::FromStr,
    sync::Arc,
};

use chrono::NaiveDate;

use super::{
    Audience, Key, Requirements, Stage,
    change::RevisionHead,
    content::{Content, Digest},
};
use crate::domain::{
    id::{DocumentId, EditionId, RevisionId, SectionId},
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

/// One section in one edition: its place, its rules and which text of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placement {
    /// The section.
    pub section: SectionId,
    /// Its name in links.
    pub key: Key,
    /// The section it stands under.
    pub parent: Option<SectionId>,
    /// Narrower than the document's, if given.
    pub audience: Option<Audience>,
    /// The part of the pathway it is about.
    pub stage: Option<Stage>,
    /// Which disciplines must sign it (S1).
    pub requirements: Requirements,
    /// Which text.
    pub revision: RevisionId,
    /// The digest of that text.
    pub digest: Digest,
}

/// The ordered tree of an edition, in reading order: each section stands somewhere after its parent, and a whole
/// subtree stands together.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Outline(Vec<Placement>);

/// Where to put a section: under `parent` (none: top), after the sibling `after` (none: first).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The section to stand under.
    pub parent: Option<SectionId>,
    /// The sibling to follow.
    pub after: Option<SectionId>,
}

/// Why a tree cannot be made so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OutlineProblem {
    /// A section named is not in this edition.
    #[error("the section is not in this edition")]
    UnknownSection,
    /// `after` is not a child of `parent`.
    #[error("the section to follow does not stand under that parent")]
    NotASibling,
    /// The section would stand under itself.
    #[error("a section cannot stand under itself")]
    UnderItself,
    /// Deeper than [`Outline::LEVELS_MAX`].
    #[error("sections can be nested six deep")]
    TooDeep,
    /// More than [`Outline::SECTIONS_MAX`].
    #[error("an edition holds at most 2000 sections")]
    TooMany,
    /// The section still has others under it.
    #[error("the section has others under it")]
    HasChildren,
    /// The same section or key twice.
    #[error("the section is already in this edition")]
    Twice,
}

impl Outline {
    /// The deepest level.
    pub const LEVELS_MAX: usize = 6;
    /// The most sections of one edition.
    pub const SECTIONS_MAX: usize = 2_000;

    /// A tree from its sections in reading order.
    pub fn new(placements: Vec<Placement>) -> Result<Self, OutlineProblem> {
        if placements.len() > Self::SECTIONS_MAX {
            return Err(OutlineProblem::TooMany);
        }
        let (mut keys, mut sections) = (HashSet::new(), HashSet::new());
        let mut path: Vec<SectionId> = Vec::new();
        for placement in &placements {
            if !keys.insert(&placement.key) || !sections.insert(placement.section) {
                return Err(OutlineProblem::Twice);
            }
            while path.last().copied() != placement.parent {
                path.pop().ok_or(OutlineProblem::UnknownSection)?;
            }
            path.push(placement.section);
            if path.len() > Self::LEVELS_MAX {
                return Err(OutlineProblem::TooDeep);
            }
        }
        Ok(Self(placements))
    }

    /// Sections in reading order.
    pub fn iter(&self) -> std::slice::Iter<'_, Placement> {
        self.0.iter()
    }

    /// How many sections there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no section.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The placement of a section.
    pub fn find(&self, section: SectionId) -> Option<&Placement> {
        self.0.iter().find(|placement| placement.section == section)
    }

    /// The placement of the section with this key.
    pub fn find_key(&self, key: &str) -> Option<&Placement> {
        self.0.iter().find(|placement| placement.key.as_str() == key)
    }

    /// The sections directly under `parent`, in order.
    pub fn children(&self, parent: Option<SectionId>) -> impl Iterator<Item = &Placement> {
        self.0.iter().filter(move |placement| placement.parent == parent)
    }

    /// Who a section is for: as narrow as the narrowest of itself, what it stands under, and the document.
    pub fn audience(&self, section: SectionId, document: Audience) -> Audience {
        let mut audience = document;
        let mut at = self.find(section);
        while let Some(placement) = at {
            audience = audience.min(placement.audience.unwrap_or(document));
            at = placement.parent.and_then(|parent| self.find(parent));
        }
        audience
    }

    /// The level of every section, in reading order; 1 is top.
    pub fn levels(&self) -> Vec<usize> {
        let mut path: Vec<SectionId> = Vec::new();
        self.0
            .iter()
            .map(|placement| {
                while !path.is_empty() && path.last().copied() != placement.parent {
                    path.pop();
                }
                path.push(placement.section);
                path.len()
            })
            .collect()
    }

    /// The number of every section as printed, such as `4.1`, in reading order. It follows the place, so it is no
    /// lasting name; the key is.
    pub fn numbers(&self) -> Vec<String> {
        let mut counters: Vec<usize> = Vec::new();
        self.levels()
            .into_iter()
            .map(|level| {
                counters.resize(level, 0);
                if let Some(last) = counters.last_mut() {
                    *last += 1;
                }
                counters.iter().map(usize::to_string).collect::<Vec<_>>().join(".")
            })
            .collect()
    }

    /// The digest of the whole text: every section's key and digest, whatever their order. It is what patient
    /// representatives sign (S12).
    pub fn digest(&self) -> Digest {
        let mut texts: Vec<(&str, Digest)> =
            self.0.iter().map(|placement| (placement.key.as_str(), placement.digest)).collect();
        texts.sort();
        Digest::of(&texts)
    }

    /// Whether two trees say the same in the same order under the same rules, whichever revisions they name.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let same =
            |(ours, theirs): (&Placement, &Placement)| *ours == Placement { revision: ours.revision, ..theirs.clone() };
        self.len() == other.len() && self.iter().zip(other.iter()).all(same)
    }

    /// What a reader of this audience sees: narrower sections and all under them are absent. No section is wider than
    /// its document, whatever it says of itself.
    pub fn seen_by(&self, document: Audience, reader: Audience) -> Self {
        let mut hidden: Vec<SectionId> = Vec::new();
        let seen = self.0.iter().filter(|placement| {
            let audience = placement.audience.map_or(document, |own| own.min(document));
            let under_hidden = placement.parent.is_some_and(|parent| hidden.contains(&parent));
            if audience < reader || under_hidden {
                hidden.push(placement.section);
                return false;
            }
            true
        });
        Self(seen.cloned().collect())
    }

    /// Adds a section at a place.
    pub fn insert(&mut self, mut placement: Placement, place: Place) -> Result<(), OutlineProblem> {
        if self.find(placement.section).is_some() || self.find_key(placement.key.as_str()).is_some() {
            return Err(OutlineProblem::Twice);
        }
        placement.parent = place.parent;
        let at = self.index_for(place)?;
        let mut sections = self.0.clone();
        sections.insert(at, placement);
        *self = Self::new(sections)?;
        Ok(())
    }

    /// Moves a section with all under it.
    pub fn relocate(&mut self, section: SectionId, place: Place) -> Result<(), OutlineProblem> {
        let from = self.index_of(section)?;
        let size = self.subtree(from);
        let inside = |other: Option<SectionId>| {
            other.is_some_and(|other| self.0[from..from + size].iter().any(|placement| placement.section == other))
        };
        if inside(place.parent) || inside(place.after) {
            return Err(OutlineProblem::UnderItself);
        }
        let mut rest = self.clone();
        let mut moved: Vec<Placement> = rest.0.drain(from..from + size).collect();
        let at = rest.index_for(place)?;
        if let Some(root) = moved.first_mut() {
            root.parent = place.parent;
        }
        rest.0.splice(at..at, moved);
        *self = Self::new(rest.0)?;
        Ok(())
    }

    /// Takes a section out; it must have none under it.
    pub fn remove(&mut self, section: SectionId) -> Result<Placement, OutlineProblem> {
        let at = self.index_of(section)?;
        if self.subtree(at) > 1 {
            return Err(OutlineProblem::HasChildren);
        }
        Ok(self.0.remove(at))
    }

    /// Points a section at another text of it.
    pub fn replace(&mut self, section: SectionId, revision: RevisionId, digest: Digest) -> Result<(), OutlineProblem> {
        let at = self.index_of(section)?;
        self.0[at].revision = revision;
        self.0[at].digest = digest;
        Ok(())
    }

    fn index_of(&self, section: SectionId) -> Result<usize, OutlineProblem> {
        self.0.iter().position(|placement| placement.section == section).ok_or(OutlineProblem::UnknownSection)
    }

    /// How many sections the subtree that begins at an index has, itself included.
    fn subtree(&self, at: usize) -> usize {
        let levels = self.levels();
        1 + levels[at + 1..].iter().take_while(|level| **level > levels[at]).count()
    }

    fn index_for(&self, place: Place) -> Result<usize, OutlineProblem> {
        let parent = place.parent.map(|parent| self.index_of(parent)).transpose()?;
        match place.after {
            None => Ok(parent.map_or(0, |parent| parent + 1)),
            Some(after) => {
                let after = self.index_of(after)?;
                if self.0[after].parent != place.parent {
                    return Err(OutlineProblem::NotASibling);
                }
                Ok(after + self.subtree(after))
            }
        }
    }
}

/// One immutable text of a section (D1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revision {
    /// What is known about it without reading it.
    pub head: RevisionHead,
    /// What it says.
    pub content: Content,
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
