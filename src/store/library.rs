//! Published editions in memory.
//!
//! One invariant: what is kept here never changes. An edition enters once it is published, and its texts stay what they
//! were (D1); so nothing is ever taken out but for room. Who may read it is asked each time, outside.

use std::sync::Arc;

use quick_cache::{Weighter, sync::Cache};

use crate::domain::{document::edition::EditionText, id::EditionId};

/// Editions by identity, bounded by the bytes of their texts.
pub(super) struct Library(Cache<EditionId, Arc<EditionText>, Bytes>);

/// Room for texts, in bytes.
const BYTES_MAX: u64 = 64 * 1024 * 1024;
/// An edition of usual size; it sets how many slots are made at the start.
const EDITION_BYTES: u64 = 128 * 1024;

#[derive(Clone)]
struct Bytes;

impl Weighter<EditionId, Arc<EditionText>> for Bytes {
    fn weight(&self, _: &EditionId, text: &Arc<EditionText>) -> u64 {
        let texts = text.revisions.values().map(|revision| {
            let content = &revision.content;
            let statements = content.recommendations.iter().map(|statement| statement.text.as_str().len() + 100);
            content.body.as_str().len() + statements.sum::<usize>() + 500
        });
        texts.sum::<usize>() as u64
    }
}

impl Library {
    pub(super) fn new() -> Self {
        let slots = usize::try_from(BYTES_MAX / EDITION_BYTES).unwrap_or(512);
        Self(Cache::with_weighter(slots, BYTES_MAX, Bytes))
    }

    pub(super) fn find(&self, edition: EditionId) -> Option<Arc<EditionText>> {
        self.0.get(&edition)
    }

    /// Keeps the text of an edition that is published.
    pub(super) fn keep(&self, edition: EditionId, text: Arc<EditionText>) {
        self.0.insert(edition, text);
    }
}
