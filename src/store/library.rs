//! What need not be read twice, in memory.
//!
//! One invariant: what is kept here under a key never changes. A published edition stays what it was, and so does a
//! revision (D1) but for its one confirmation; all else is kept under the version it was read at, and a later act makes a later version. So nothing is
//! ever taken out but for room. Who may read it is asked each time, outside, before anything is looked for here.

use std::{hash::Hash, sync::Arc};

use quick_cache::{Weighter, sync::Cache};

use super::load::Tree;
use crate::domain::{
    absence::Absence,
    document::{
        edition::{Edition, EditionText},
        revision::{Revision, RevisionHead},
    },
    id::{DocumentId, EditionId, GroupId, ReviewId, RevisionId},
    review::{Review, ReviewFacts},
    role::Seat,
};

/// What was read, by what it is of.
pub(super) struct Library {
    /// Published editions.
    editions: Cache<EditionId, Arc<EditionText>, Bytes>,
    /// Texts of drafts, most of which one draft shares with the next. A revision that was confirmed is another than it was.
    revisions: Cache<(RevisionId, IsConfirmed), Arc<Revision>, Bytes>,
    /// The trees of drafts, at the version of their document.
    pub(super) drafts: Kept<EditionId, Tree>,
    /// The editions of a document, in the order of their numbers, at its version.
    pub(super) editions_of: Kept<DocumentId, Vec<Edition>>,
    /// The reviews of a document, oldest first, at its version.
    pub(super) reviews_of: Kept<DocumentId, Vec<Review>>,
    /// Reviews with what the rules ask about them, save seats and positions, at the version of their document.
    pub(super) facts: Kept<ReviewId, ReviewFacts>,
    /// Every seat of a group, at its version.
    pub(super) seats: Kept<GroupId, Vec<Seat>>,
    /// Every absence in a group, at its version.
    pub(super) absences: Kept<GroupId, Vec<Absence>>,
    /// The document of a review, which is always the same.
    pub(super) documents: Cache<ReviewId, DocumentId>,
}

/// Room for texts of published editions, in bytes.
const EDITIONS_BYTES: u64 = 48 * 1024 * 1024;
/// Room for texts of drafts, in bytes.
const DRAFTS_BYTES: u64 = 16 * 1024 * 1024;
/// An edition and a revision of usual size; they set how many slots are made at the start.
const EDITION_BYTES: u64 = 128 * 1024;
const REVISION_BYTES: u64 = 8 * 1024;
/// Trees of drafts, and reviews with theirs: some ten kilobytes each.
const TREES_KEPT: usize = 500;
/// Short lists.
const LISTS_KEPT: usize = 4_000;

impl Library {
    pub(super) fn new() -> Self {
        let cache = |usual: u64, bytes: u64| (usize::try_from(bytes / usual).unwrap_or(512), bytes);
        let (editions, editions_bytes) = cache(EDITION_BYTES, EDITIONS_BYTES);
        let (revisions, revisions_bytes) = cache(REVISION_BYTES, DRAFTS_BYTES);
        Self {
            editions: Cache::with_weighter(editions, editions_bytes, Bytes),
            revisions: Cache::with_weighter(revisions, revisions_bytes, Bytes),
            drafts: Kept::new(TREES_KEPT),
            editions_of: Kept::new(LISTS_KEPT),
            reviews_of: Kept::new(LISTS_KEPT),
            facts: Kept::new(TREES_KEPT),
            seats: Kept::new(LISTS_KEPT),
            absences: Kept::new(LISTS_KEPT),
            documents: Cache::new(LISTS_KEPT),
        }
    }

    /// A published edition.
    pub(super) fn find(&self, edition: EditionId) -> Option<Arc<EditionText>> {
        self.editions.get(&edition)
    }

    /// Keeps the text of an edition that is published.
    pub(super) fn keep(&self, edition: EditionId, text: Arc<EditionText>) {
        self.editions.insert(edition, text);
    }

    /// The text of a revision of which this is known.
    pub(super) fn find_revision(&self, head: &RevisionHead) -> Option<Arc<Revision>> {
        self.revisions.get(&(head.id, head.confirmed.is_some()))
    }

    pub(super) fn keep_revision(&self, revision: &Arc<Revision>) {
        let head = &revision.head;
        self.revisions.insert((head.id, head.confirmed.is_some()), Arc::clone(revision));
    }
}

/// Values as they were at a version.
pub(super) struct Kept<K, V>(Cache<(K, i64), Arc<V>>);

impl<K: Hash + Eq + Clone, V> Kept<K, V> {
    fn new(most: usize) -> Self {
        Self(Cache::new(most))
    }

    pub(super) fn find(&self, key: K, version: i64) -> Option<Arc<V>> {
        self.0.get(&(key, version))
    }

    pub(super) fn keep(&self, key: K, version: i64, value: V) -> Arc<V> {
        let value = Arc::new(value);
        self.0.insert((key, version), Arc::clone(&value));
        value
    }
}

/// Whether a second person has confirmed that a revision is editorial; it happens once (D5).
type IsConfirmed = bool;

#[derive(Clone)]
struct Bytes;

impl Weighter<EditionId, Arc<EditionText>> for Bytes {
    fn weight(&self, _: &EditionId, text: &Arc<EditionText>) -> u64 {
        text.revisions.values().map(|revision| bytes(revision)).sum()
    }
}

impl Weighter<(RevisionId, IsConfirmed), Arc<Revision>> for Bytes {
    fn weight(&self, _: &(RevisionId, IsConfirmed), revision: &Arc<Revision>) -> u64 {
        bytes(revision)
    }
}

fn bytes(revision: &Revision) -> u64 {
    let content = &revision.content;
    let statements = content.recommendations.iter().map(|statement| statement.text.as_str().len() + 100);
    (content.body.as_str().len() + statements.sum::<usize>() + 500) as u64
}
