//! What differs between two editions as one reader sees them: which sections came, went, moved or read otherwise.
//!
//! Both sides are handed in as that reader sees them, so a section they may not see on one side counts as added or
//! removed and tells nothing more. Sections are matched by identity, and one that was not touched is known by its digest;
//! words are compared only when somebody asks for them ([`SectionComparison::text`]). Compared are words and places:
//! the rules of a section (audience, stage, requirements) and its key are not, nor is how a change was classed.
//!
//! ```text
//! two outlines -> children of each parent, aligned -> one tree, in reading order -> summary
//!                                                     `-> text -> words, recommendations, references
//! ```

mod align;
mod text;

use std::collections::HashMap;

use align::align;
pub use text::{RecommendationComparison, RecommendationDifference, ReferenceComparison};

use super::{
    Key,
    content::Content,
    edition::{Outline, Placement},
};
use crate::domain::{id::SectionId, role::words};

/// An edition as the reader sees it, ready to be compared.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    sections: HashMap<SectionId, SeenSection<'a>>,
    children: HashMap<Option<SectionId>, Vec<SectionId>>,
}

/// A section of one side: where it stands and what it says.
#[derive(Clone, Copy, Debug)]
pub struct SeenSection<'a> {
    /// Its place.
    pub placement: &'a Placement,
    /// Its text.
    pub content: &'a Content,
}

/// The text of a section is not at hand. To compare without it would show advice as removed that still stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the text of section {0} is missing")]
pub struct TextMissing(pub SectionId);

impl<'a> Side<'a> {
    /// A side from the tree as seen and the text of each section in it.
    pub fn new(
        outline: &'a Outline,
        content: impl Fn(&'a Placement) -> Option<&'a Content>,
    ) -> Result<Self, TextMissing> {
        let mut side = Self { sections: HashMap::with_capacity(outline.len()), children: HashMap::new() };
        for placement in outline.iter() {
            let content = content(placement).ok_or(TextMissing(placement.section))?;
            side.sections.insert(placement.section, SeenSection { placement, content });
            side.children.entry(placement.parent).or_default().push(placement.section);
        }
        Ok(side)
    }

    fn children(&self, parent: Option<SectionId>) -> &[SectionId] {
        self.children.get(&parent).map_or(&[], Vec::as_slice)
    }
}

/// Something that is on the one side, on the other, or on both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sides<T> {
    /// Only before.
    Before(T),
    /// Only after.
    After(T),
    /// On both sides.
    Both {
        /// As it was.
        before: T,
        /// As it is.
        after: T,
    },
}

impl<T> Sides<T> {
    /// As it was before, if it was there.
    pub fn before(&self) -> Option<&T> {
        match self {
            Self::Before(before) | Self::Both { before, .. } => Some(before),
            Self::After(_) => None,
        }
    }

    /// As it is after, if it is there.
    pub fn after(&self) -> Option<&T> {
        match self {
            Self::After(after) | Self::Both { after, .. } => Some(after),
            Self::Before(_) => None,
        }
    }

    /// As it is after or, if it is gone, as it was before.
    pub fn latest(&self) -> &T {
        match self {
            Self::Before(latest) | Self::After(latest) | Self::Both { after: latest, .. } => latest,
        }
    }

    /// The same, borrowed.
    pub fn as_ref(&self) -> Sides<&T> {
        match self {
            Self::Before(before) => Sides::Before(before),
            Self::After(after) => Sides::After(after),
            Self::Both { before, after } => Sides::Both { before, after },
        }
    }

    /// The same for what `f` makes of each side.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Sides<U> {
        match self {
            Self::Before(before) => Sides::Before(f(before)),
            Self::After(after) => Sides::After(f(after)),
            Self::Both { before, after } => Sides::Both { before: f(before), after: f(after) },
        }
    }

    /// What is found on either side, unless it is on neither.
    pub fn new(before: Option<T>, after: Option<T>) -> Option<Self> {
        match (before, after) {
            (Some(before), Some(after)) => Some(Self::Both { before, after }),
            (Some(before), None) => Some(Self::Before(before)),
            (None, Some(after)) => Some(Self::After(after)),
            (None, None) => None,
        }
    }
}

words! {
    /// What happened to a section, in one word. A section that was both revised and moved is revised, see
    /// [`SectionComparison::is_moved`].
    SectionDifference {
        /// It is only in the later text.
        Added = "ADDED",
        /// It is only in the earlier text.
        Removed = "REMOVED",
        /// It says the same in another place.
        Moved = "MOVED",
        /// It says something else.
        Revised = "REVISED",
        /// It says the same in the same place.
        Unchanged = "UNCHANGED",
    }
}

/// One section, compared.
#[derive(Clone, Copy, Debug)]
pub struct SectionComparison<'a> {
    sides: Sides<SeenSection<'a>>,
    is_moved: bool,
}

impl<'a> SectionComparison<'a> {
    /// The section.
    pub fn section(&self) -> SectionId {
        self.sides.latest().placement.section
    }

    /// Its name in links: the later one, should it have changed.
    pub fn key(&self) -> &'a Key {
        &self.sides.latest().placement.key
    }

    /// The section on either side.
    pub fn sides(&self) -> Sides<SeenSection<'a>> {
        self.sides
    }

    /// What happened to it, in one word.
    pub fn change(&self) -> SectionDifference {
        match self.sides {
            Sides::Before(_) => SectionDifference::Removed,
            Sides::After(_) => SectionDifference::Added,
            Sides::Both { before, after } if before.placement.digest != after.placement.digest => {
                SectionDifference::Revised
            }
            Sides::Both { .. } if self.is_moved => SectionDifference::Moved,
            Sides::Both { .. } => SectionDifference::Unchanged,
        }
    }

    /// Whether it stands elsewhere: under another parent, or in another order among the siblings it kept. Of siblings
    /// in another order as few as possible count, and a section that went along with its parent does not.
    pub fn is_moved(&self) -> bool {
        self.is_moved
    }

    /// What it says on either side.
    pub fn text(&self) -> Sides<&'a Content> {
        self.sides.map(|seen| seen.content)
    }
}

/// Compares two editions: every section of either, once, in the reading order of `after`. What was removed is listed
/// where it stood, under its parent and after the nearest earlier sibling that stayed in place.
pub fn compare<'a>(before: &Side<'a>, after: &Side<'a>) -> Vec<SectionComparison<'a>> {
    let mut compared = Vec::with_capacity(before.sections.len().max(after.sections.len()));
    compare_under(None, before, after, &mut compared);
    compared
}

/// Compares the subtrees under `parent`, as deep as an outline is.
fn compare_under<'a>(
    parent: Option<SectionId>,
    before: &Side<'a>,
    after: &Side<'a>,
    compared: &mut Vec<SectionComparison<'a>>,
) {
    for sibling in align(before.children(parent), after.children(parent)) {
        let (section, is_moved) = match sibling.sides {
            // It moved to another parent and is listed there.
            Sides::Before(section) if after.sections.contains_key(section) => continue,
            Sides::Before(section) => (section, false),
            Sides::After(section) => (section, before.sections.contains_key(section)),
            Sides::Both { after: section, .. } => (section, sibling.is_moved),
        };
        let sides = Sides::new(before.sections.get(section).copied(), after.sections.get(section).copied());
        compared.extend(sides.map(|sides| SectionComparison { sides, is_moved }));
        compare_under(Some(*section), before, after, compared);
    }
}

/// How much changed. Every section counts once.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Summary {
    /// Sections that came.
    pub added: usize,
    /// Sections that went.
    pub removed: usize,
    /// Sections that say the same in another place.
    pub moved: usize,
    /// Sections that say something else, wherever they stand.
    pub revised: usize,
    /// Sections that say the same in the same place.
    pub unchanged: usize,
    /// Recommendations that came, those of added sections too.
    pub recommendations_added: usize,
    /// Recommendations that went, those of removed sections too.
    pub recommendations_removed: usize,
    /// Recommendations that read otherwise.
    pub recommendations_revised: usize,
    /// Recommendations that no longer stand.
    pub recommendations_stood_down: usize,
}

impl Summary {
    /// Counts a comparison.
    pub fn of(compared: &[SectionComparison<'_>]) -> Self {
        let mut summary = Self::default();
        for section in compared {
            match section.change() {
                SectionDifference::Added => summary.added += 1,
                SectionDifference::Removed => summary.removed += 1,
                SectionDifference::Moved => summary.moved += 1,
                SectionDifference::Revised => summary.revised += 1,
                SectionDifference::Unchanged => summary.unchanged += 1,
            }
            for recommendation in section.text().recommendations() {
                match recommendation.change() {
                    RecommendationDifference::Added => summary.recommendations_added += 1,
                    RecommendationDifference::Removed => summary.recommendations_removed += 1,
                    RecommendationDifference::Revised => summary.recommendations_revised += 1,
                    RecommendationDifference::StoodDown => summary.recommendations_stood_down += 1,
                    RecommendationDifference::Unchanged => {}
                }
            }
        }
        summary
    }
}

#[cfg(test)]
mod tests;
