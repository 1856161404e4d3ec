//! The ordered tree of sections of one edition: how it is walked, numbered, narrowed to a reader and changed.

use std::collections::{HashMap, HashSet};

use super::{Audience, Key, Requirements, Stage, content::Digest};
use crate::domain::id::{RevisionId, SectionId};

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
pub struct Outline {
    placements: Vec<Placement>,
    /// Where each section stands, so that finding one does not walk the tree.
    at: HashMap<SectionId, usize>,
}

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
        Ok(Self::indexed(placements))
    }

    /// A tree that is known to be one.
    fn indexed(placements: Vec<Placement>) -> Self {
        let at = placements.iter().enumerate().map(|(at, placement)| (placement.section, at)).collect();
        Self { placements, at }
    }

    /// Sections in reading order.
    pub fn iter(&self) -> std::slice::Iter<'_, Placement> {
        self.placements.iter()
    }

    /// How many sections there are.
    pub fn len(&self) -> usize {
        self.placements.len()
    }

    /// Whether there is no section.
    pub fn is_empty(&self) -> bool {
        self.placements.is_empty()
    }

    /// The placement of a section.
    pub fn find(&self, section: SectionId) -> Option<&Placement> {
        self.at.get(&section).map(|at| &self.placements[*at])
    }

    /// The placement of the section with this key.
    pub fn find_key(&self, key: &str) -> Option<&Placement> {
        self.placements.iter().find(|placement| placement.key.as_str() == key)
    }

    /// The sections directly under `parent`, in order.
    pub fn children(&self, parent: Option<SectionId>) -> impl Iterator<Item = &Placement> {
        self.placements.iter().filter(move |placement| placement.parent == parent)
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
        self.placements
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
            self.placements.iter().map(|placement| (placement.key.as_str(), placement.digest)).collect();
        texts.sort();
        Digest::of(&texts)
    }

    /// The digest of which sections stand where: what a move is made from (D4). It knows no texts.
    pub fn arrangement(&self) -> Digest {
        let key = |section: SectionId| self.find(section).map(|placement| placement.key.as_str());
        let placed = self.placements.iter().map(|placement| (placement.key.as_str(), placement.parent.and_then(key)));
        Digest::of(&placed.collect::<Vec<_>>())
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
        let mut hidden: HashSet<SectionId> = HashSet::new();
        let seen = self.placements.iter().filter(|placement| {
            let audience = placement.audience.map_or(document, |own| own.min(document));
            let under_hidden = placement.parent.is_some_and(|parent| hidden.contains(&parent));
            if audience < reader || under_hidden {
                hidden.insert(placement.section);
                return false;
            }
            true
        });
        Self::indexed(seen.cloned().collect())
    }

    /// Adds a section at a place.
    pub fn insert(&mut self, mut placement: Placement, place: Place) -> Result<(), OutlineProblem> {
        if self.find(placement.section).is_some() || self.find_key(placement.key.as_str()).is_some() {
            return Err(OutlineProblem::Twice);
        }
        placement.parent = place.parent;
        let at = self.index_for(place)?;
        let mut sections = self.placements.clone();
        sections.insert(at, placement);
        *self = Self::new(sections)?;
        Ok(())
    }

    /// Moves a section with all under it.
    pub fn relocate(&mut self, section: SectionId, place: Place) -> Result<(), OutlineProblem> {
        let from = self.index_of(section)?;
        let size = self.subtree(from);
        let inside = |other: Option<SectionId>| {
            other.is_some_and(|other| {
                self.placements[from..from + size].iter().any(|placement| placement.section == other)
            })
        };
        if inside(place.parent) || inside(place.after) {
            return Err(OutlineProblem::UnderItself);
        }
        let mut rest = self.placements.clone();
        let mut moved: Vec<Placement> = rest.drain(from..from + size).collect();
        let at = Self::indexed(rest.clone()).index_for(place)?;
        if let Some(root) = moved.first_mut() {
            root.parent = place.parent;
        }
        rest.splice(at..at, moved);
        *self = Self::new(rest)?;
        Ok(())
    }

    /// Takes a section out; it must have none under it.
    pub fn remove(&mut self, section: SectionId) -> Result<Placement, OutlineProblem> {
        let at = self.index_of(section)?;
        if self.subtree(at) > 1 {
            return Err(OutlineProblem::HasChildren);
        }
        let mut rest = std::mem::take(&mut self.placements);
        let removed = rest.remove(at);
        *self = Self::indexed(rest);
        Ok(removed)
    }

    /// Points a section at another text of it.
    pub fn replace(&mut self, section: SectionId, revision: RevisionId, digest: Digest) -> Result<(), OutlineProblem> {
        let at = self.index_of(section)?;
        self.placements[at].revision = revision;
        self.placements[at].digest = digest;
        Ok(())
    }

    fn index_of(&self, section: SectionId) -> Result<usize, OutlineProblem> {
        self.at.get(&section).copied().ok_or(OutlineProblem::UnknownSection)
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
                if self.placements[after].parent != place.parent {
                    return Err(OutlineProblem::NotASibling);
                }
                Ok(after + self.subtree(after))
            }
        }
    }
}
