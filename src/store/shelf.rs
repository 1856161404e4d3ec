//! What stands on the shelf, in memory: what everybody outside the groups may read, as it stands at one epoch.
//!
//! One invariant: what is remembered under an [`Outlook`] is what a [`Reader`](super::Reader) of that outlook was told by
//! the database in a snapshot of that very epoch. Nothing is ever taken out but for room: when something that outsiders
//! could notice changes, the epoch moves in the same transaction, and what was remembered before is not looked for again.
//!
//! ```text
//! commit ── epoch + 1 in the transaction ──> heard() here; other processes look every half second, or are told sooner
//! ```

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use quick_cache::{Weighter, sync::Cache};

use super::{Currency, EditionTree};
use crate::domain::{
    access::Actor,
    directory::Login,
    document::{Audience, Document, edition::Edition},
    id::{DocumentId, EditionId},
};

/// How readers see the shelf who see nothing but it: two actors of one outlook are answered alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Outlook {
    /// The narrowest audience they belong to: PUBLIC or PARTNERS.
    pub audience: Audience,
    /// What is on the shelf.
    pub epoch: i64,
}

/// How long the epoch is believed before the database is asked again.
const BELIEVED_FOR: Duration = Duration::from_millis(500);
/// How long it is believed while the database does not answer. Longer, and a withdrawn text could stay in view.
const BELIEVED_AT_MOST: Duration = Duration::from_secs(5);
/// Room for the texts of editions, in bytes.
const TREES_BYTES: u64 = 32 * 1024 * 1024;
/// Small things: documents, lists of editions, facts about them.
const THINGS_KEPT: usize = 4_000;
/// Log-ins with what they hold.
const ACTORS_KEPT: usize = 4_000;

/// Everything remembered, and which epoch it is.
pub(super) struct Shelf {
    /// The latest epoch heard of; 0 before the first.
    epoch: AtomicI64,
    /// When the database last confirmed it, in milliseconds from `begun` on; 0 before that.
    confirmed: AtomicU64,
    is_asking: AtomicBool,
    begun: Instant,
    pub(super) slugs: Memo<String, Document>,
    pub(super) documents: Memo<DocumentId, Document>,
    pub(super) editions_of: Memo<DocumentId, Arc<Vec<Edition>>>,
    pub(super) editions: Memo<EditionId, Edition>,
    pub(super) trees: Memo<EditionId, Arc<EditionTree>, Trees>,
    pub(super) in_review: Memo<DocumentId, ()>,
    pub(super) currency: Memo<DocumentId, Currency>,
    /// Who sees no more than a partner. What people hold moves the epoch as well.
    pub(super) actors: Cache<(i64, Login), Actor>,
}

impl Shelf {
    pub(super) fn new() -> Self {
        Self {
            epoch: AtomicI64::new(0),
            confirmed: AtomicU64::new(0),
            is_asking: AtomicBool::new(false),
            begun: Instant::now(),
            slugs: Memo::new(),
            documents: Memo::new(),
            editions_of: Memo::new(),
            editions: Memo::new(),
            trees: Memo::weighed(),
            in_review: Memo::new(),
            currency: Memo::new(),
            actors: Cache::new(ACTORS_KEPT),
        }
    }

    /// The epoch, if it is believed at the moment.
    pub(super) fn epoch(&self) -> Option<i64> {
        (self.age()? < BELIEVED_AT_MOST).then(|| self.epoch.load(Ordering::Acquire))
    }

    /// The latest epoch heard of; 0 before the first.
    pub(super) fn latest(&self) -> i64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Hears of an epoch. It only grows.
    pub(super) fn heard(&self, epoch: i64) {
        self.epoch.fetch_max(epoch, Ordering::AcqRel);
    }

    /// Whether it is the caller's turn to ask the database. Whoever is told so asks, and gives the answer to
    /// [`Self::told`].
    pub(super) fn must_ask(&self) -> bool {
        let is_fresh = self.age().is_some_and(|age| age < BELIEVED_FOR);
        !is_fresh && !self.is_asking.swap(true, Ordering::AcqRel)
    }

    /// What the database said; nothing if it did not answer. `asked_at` is when it was asked.
    pub(super) fn told(&self, epoch: Option<i64>, asked_at: Instant) {
        if let Some(epoch) = epoch {
            self.heard(epoch);
            self.confirmed.fetch_max(self.millis(asked_at), Ordering::AcqRel);
        }
        self.is_asking.store(false, Ordering::Release);
    }

    fn age(&self) -> Option<Duration> {
        let confirmed = self.confirmed.load(Ordering::Acquire);
        let age = self.millis(Instant::now()).saturating_sub(confirmed);
        (confirmed > 0).then(|| Duration::from_millis(age))
    }

    fn millis(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.begun).as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }
}

/// Things by key, as readers of an outlook see them. That something is not there for them is remembered, too.
pub(super) struct Memo<K, V, W = Each>(Cache<(Outlook, K), Option<V>, W>);

impl<K: Hash + Eq + Clone, V: Clone> Memo<K, V> {
    fn new() -> Self {
        Self(Cache::with_weighter(THINGS_KEPT, THINGS_KEPT as u64, Each))
    }
}

impl<K: Hash + Eq + Clone> Memo<K, Arc<EditionTree>, Trees> {
    fn weighed() -> Self {
        Self(Cache::with_weighter(512, TREES_BYTES, Trees))
    }
}

impl<K: Hash + Eq + Clone, V: Clone, W: Weighter<(Outlook, K), Option<V>> + Clone> Memo<K, V, W> {
    /// What is known: the outer `None` if nothing is.
    pub(super) fn find(&self, outlook: Outlook, key: &K) -> Option<Option<V>> {
        self.0.get(&(outlook, key.clone()))
    }

    pub(super) fn keep(&self, outlook: Outlook, key: K, value: Option<V>) {
        self.0.insert((outlook, key), value);
    }

    /// Parts keys into what is known and what has to be asked for.
    pub(super) fn part(&self, outlook: Outlook, keys: &[K]) -> (HashMap<K, V>, Vec<K>) {
        let (mut known, mut missing) = (HashMap::new(), Vec::new());
        for key in keys {
            match self.find(outlook, key) {
                Some(Some(value)) => drop(known.insert(key.clone(), value)),
                Some(None) => {}
                None => missing.push(key.clone()),
            }
        }
        (known, missing)
    }
}

/// Weighs everything alike.
#[derive(Clone)]
pub(super) struct Each;

impl<K, V> Weighter<K, V> for Each {
    fn weight(&self, _: &K, _: &V) -> u64 {
        1
    }
}

/// Weighs the texts of editions.
#[derive(Clone)]
pub(super) struct Trees;

impl<K> Weighter<K, Option<Arc<EditionTree>>> for Trees {
    fn weight(&self, _: &K, tree: &Option<Arc<EditionTree>>) -> u64 {
        tree.as_ref().map_or(0, |tree| tree.bytes()) + 200
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_only_grows_and_is_not_believed_before_the_database_said_it() {
        let shelf = Shelf::new();
        shelf.heard(3);
        assert_eq!(shelf.epoch(), None, "nobody has asked the database yet");
        assert!(shelf.must_ask() && !shelf.must_ask(), "one asks at a time");
        shelf.told(Some(2), Instant::now());
        assert_eq!(shelf.epoch(), Some(3));
        assert!(!shelf.must_ask(), "it has just been asked");
    }

    #[test]
    fn who_gets_no_answer_leaves_the_question_to_the_next() {
        let shelf = Shelf::new();
        assert!(shelf.must_ask());
        shelf.told(None, Instant::now());
        assert_eq!(shelf.epoch(), None);
        assert!(shelf.must_ask());
    }
}
