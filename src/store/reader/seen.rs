//! What one reader has read so far: of one snapshot and through one pair of eyes, so it need not be asked for again.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    domain::{
        document::{Document, edition::Edition},
        id::{DocumentId, EditionId, ReviewId},
        review::Review,
    },
    store::row::Versions,
};

/// The documents that the actor was found to see, and what belongs to them.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) documents: Memory<DocumentId, (Document, Versions)>,
    pub(super) editions: Memory<EditionId, Edition>,
    pub(super) reviews: Memory<ReviewId, Review>,
}

/// Values by key.
pub(super) struct Memory<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq + Copy, V: Clone> Memory<K, V> {
    pub(super) fn find(&self, key: K) -> Option<V> {
        self.lock().get(&key).cloned()
    }

    pub(super) fn keep(&self, key: K, value: V) {
        self.lock().insert(key, value);
    }

    /// Those of these keys that nothing is known of.
    pub(super) fn unknown(&self, keys: &[K]) -> Vec<K> {
        let known = self.lock();
        keys.iter().filter(|key| !known.contains_key(*key)).copied().collect()
    }

    /// What is known of these keys.
    pub(super) fn known(&self, keys: &[K]) -> HashMap<K, V> {
        let known = self.lock();
        keys.iter().filter_map(|key| Some((*key, known.get(key)?.clone()))).collect()
    }

    /// Nothing panics while the lock is held, and what is behind it stays whole if it did.
    fn lock(&self) -> MutexGuard<'_, HashMap<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
