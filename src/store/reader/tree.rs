//! An edition laid out for reading: every section with its printed number, its level and its text, worked out once.

use std::{collections::HashMap, sync::Arc};

use super::{Reader, SeenEdition};
use crate::{
    domain::{
        document::{outline::Placement, revision::Revision},
        id::SectionId,
    },
    store::{Forms, StoreError},
};

/// An edition as the actor sees it, laid out.
#[derive(Debug)]
pub struct EditionTree {
    seen: Arc<SeenEdition>,
    entries: Vec<Entry>,
    at: HashMap<SectionId, usize>,
}

/// One section, laid out.
#[derive(Debug)]
struct Entry {
    number: String,
    level: usize,
    revision: Arc<Revision>,
    forms: Arc<Forms>,
}

impl EditionTree {
    /// Lays an edition out. Every section has a text, or the store is broken.
    pub(super) fn new(seen: Arc<SeenEdition>, reader: &Reader) -> Result<Self, StoreError> {
        let outline = &seen.outline;
        let numbers = outline.numbers().into_iter().zip(outline.levels());
        let entries = outline.iter().zip(numbers).map(|(placement, (number, level))| {
            let revision = seen.revision(placement).map(Arc::clone).ok_or_else(|| StoreError::Unbelievable {
                table: "placement",
                id: placement.section.to_string(),
                what: "no revision".to_owned(),
            })?;
            let forms = reader.store.0.forms.of(&revision);
            Ok(Entry { number, level, revision, forms })
        });
        let entries = entries.collect::<Result<_, StoreError>>()?;
        let at = outline.iter().enumerate().map(|(at, placement)| (placement.section, at)).collect();
        Ok(Self { seen, entries, at })
    }

    /// The edition as the actor sees it.
    pub fn seen(&self) -> &SeenEdition {
        &self.seen
    }

    /// How many sections are seen.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no section is seen.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Where a section stands in reading order.
    pub fn position(&self, section: SectionId) -> Option<usize> {
        self.at.get(&section).copied()
    }

    /// Place and rules of the section at an index below [`Self::len`].
    pub fn placement(&self, at: usize) -> &Placement {
        &self.seen.outline.iter().as_slice()[at]
    }

    /// Its text.
    pub fn revision(&self, at: usize) -> &Revision {
        &self.entries[at].revision
    }

    /// The forms of its texts.
    pub fn forms(&self, at: usize) -> &Forms {
        &self.entries[at].forms
    }

    /// How much room its texts take, in bytes.
    pub(in crate::store) fn bytes(&self) -> u64 {
        let revision = |entry: &Entry| {
            let content = &entry.revision.content;
            let statements = content.recommendations.iter().map(|statement| statement.text.as_str().len() + 150);
            content.body.as_str().len() + statements.sum::<usize>() + 1_000
        };
        self.entries.iter().map(revision).sum::<usize>() as u64
    }

    /// Its number as printed, such as `4.1`.
    pub fn number(&self, at: usize) -> &str {
        &self.entries[at].number
    }

    /// Its level; 1 is top.
    pub fn level(&self, at: usize) -> usize {
        self.entries[at].level
    }
}
