//! Loads domain values by key, many at once: however many things a request asks for, each kind of thing costs a fixed
//! number of statements per level of the request.
//!
//! ```text
//! load(key) ─┐
//! load(key) ─┼─> open batch ── everybody yields, so siblings can join ── first to continue closes it ── one load
//! load(key) ─┘
//! ```
//!
//! The library's `DataLoader` waits for siblings in a task of its own. On several worker threads that task overtakes
//! them, and a batch splits by chance. Here the wait happens in the request's own task, so a batch is complete by
//! construction, there is no pause of a millisecond per level, and a request that is dropped stops loading.
//!
//! What was loaded is kept as long as the [`View`](super::session::View), that is, for one actor and one moment.

mod keys;

use std::{
    collections::HashMap,
    hash::Hash,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(super) use keys::*;
use tokio::{sync::OnceCell, task::yield_now};

use crate::store::{Reader, StoreError};

/// How often a batch waits for siblings. Once is enough for those that ask in the same breath; another time lets those
/// join who first had to look into another batch that was loaded already.
const YIELDS: usize = 2;

/// What things of one kind are loaded by.
pub(super) trait Key: Clone + Eq + Hash + Send + Sync + 'static {
    /// The things; cheap to clone.
    type Value: Clone + Send + Sync + 'static;

    /// The loader of this kind.
    fn loader(loaders: &Loaders) -> &Loader<Self>;

    /// Loads the things of these keys; what does not exist for the actor is absent.
    fn load(
        reader: &Reader,
        keys: &[Self],
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>, StoreError>> + Send;
}

/// Loads things of one kind.
pub(super) struct Loader<K: Key>(Mutex<State<K>>);

struct State<K: Key> {
    /// The batch of every key ever asked for.
    batches: HashMap<K, Arc<Batch<K>>>,
    open: Arc<Batch<K>>,
}

/// Keys that are loaded together.
struct Batch<K: Key> {
    keys: Mutex<Vec<K>>,
    values: OnceCell<Result<HashMap<K, K::Value>, Arc<StoreError>>>,
}

impl<K: Key> Default for Batch<K> {
    fn default() -> Self {
        Self { keys: Mutex::default(), values: OnceCell::new() }
    }
}

impl<K: Key> Default for Loader<K> {
    fn default() -> Self {
        Self(Mutex::new(State { batches: HashMap::new(), open: Arc::default() }))
    }
}

impl<K: Key> Loader<K> {
    /// The thing of one key, if it exists for the actor.
    pub(super) async fn load_one(&self, reader: &Reader, key: K) -> Result<Option<K::Value>, Arc<StoreError>> {
        Ok(self.load_many(reader, [key.clone()]).await?.remove(&key))
    }

    /// The things of several keys, as far as they exist for the actor.
    pub(super) async fn load_many(
        &self,
        reader: &Reader,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<HashMap<K, K::Value>, Arc<StoreError>> {
        let joined = self.join(keys);
        if joined.iter().any(|(_, batch)| !batch.values.initialized()) {
            for _ in 0..YIELDS {
                yield_now().await;
            }
        }
        let mut found = HashMap::new();
        for (key, batch) in joined {
            // If whoever loads is dropped in the middle, the next one who waits begins again.
            let values = batch.values.get_or_init(|| self.run(reader, &batch)).await.as_ref().map_err(Arc::clone)?;
            if let Some(value) = values.get(&key) {
                found.insert(key, value.clone());
            }
        }
        Ok(found)
    }

    /// Puts keys into the open batch, except those asked for before.
    fn join(&self, keys: impl IntoIterator<Item = K>) -> Vec<(K, Arc<Batch<K>>)> {
        let mut state = lock(&self.0);
        let State { batches, open } = &mut *state;
        keys.into_iter()
            .map(|key| {
                let batch = batches.entry(key.clone()).or_insert_with(|| {
                    lock(&open.keys).push(key.clone());
                    Arc::clone(open)
                });
                let batch = Arc::clone(batch);
                (key, batch)
            })
            .collect()
    }

    /// Closes a batch to newcomers and loads it.
    async fn run(&self, reader: &Reader, batch: &Arc<Batch<K>>) -> Result<HashMap<K, K::Value>, Arc<StoreError>> {
        let keys = {
            let mut state = lock(&self.0);
            if Arc::ptr_eq(&state.open, batch) {
                mem::take(&mut state.open);
            }
            lock(&batch.keys).clone()
        };
        K::load(reader, &keys).await.map_err(Arc::new)
    }
}

/// Nothing panics while a lock is held, and what is behind it stays whole if it did.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
