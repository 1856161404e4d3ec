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

    /// What the reader knows of a thing without asking anybody: the outer `None` if nothing.
    fn at_hand(_: &Reader, _: &Self) -> Option<Option<Self::Value>> {
        None
    }

    /// Loads the things of these keys; what does not exist for the actor is absent.
    fn load(
        reader: &Reader,
        keys: &[Self],
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>, StoreError>> + Send;
}

/// Loads things of one kind. Most requests have no use for most kinds, so it is empty until somebody asks.
pub(super) struct Loader<K: Key>(Mutex<Option<State<K>>>);

struct State<K: Key> {
    /// The batch of every key ever asked for.
    batches: HashMap<K, Arc<Batch<K>>>,
    open: Arc<Batch<K>>,
}

/// What came of loading a batch, for all who wait for it.
type Loaded<K> = Result<HashMap<K, <K as Key>::Value>, Arc<StoreError>>;

/// Keys that are loaded together.
struct Batch<K: Key> {
    keys: Mutex<Vec<K>>,
    values: OnceCell<Loaded<K>>,
}

impl<K: Key> Default for Batch<K> {
    fn default() -> Self {
        Self { keys: Mutex::default(), values: OnceCell::new() }
    }
}

impl<K: Key> Default for State<K> {
    fn default() -> Self {
        Self { batches: HashMap::new(), open: Arc::default() }
    }
}

impl<K: Key> Default for Loader<K> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<K: Key> Loader<K> {
    /// The thing of one key, if it exists for the actor.
    pub(super) async fn load_one(&self, reader: &Reader, key: K) -> Result<Option<K::Value>, Arc<StoreError>> {
        Ok(self.load_many(reader, [key.clone()]).await?.remove(&key))
    }

    /// The things of several keys, as far as they exist for the actor.
    pub(super) async fn load_many(&self, reader: &Reader, keys: impl IntoIterator<Item = K>) -> Loaded<K> {
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
        let State { batches, open } = state.get_or_insert_default();
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
    async fn run(&self, reader: &Reader, batch: &Arc<Batch<K>>) -> Loaded<K> {
        let keys = {
            let mut state = lock(&self.0);
            if let Some(state) = state.as_mut().filter(|state| Arc::ptr_eq(&state.open, batch)) {
                mem::take(&mut state.open);
            }
            lock(&batch.keys).clone()
        };
        // To ask the database takes room, which each field that might wait for it would else hold.
        match Box::pin(K::load(reader, &keys)).await {
            Err(error) if reader.turns_to_primary(&error) => Box::pin(K::load(reader, &keys)).await,
            settled => settled,
        }
        .map_err(Arc::new)
    }
}

/// Nothing panics while a lock is held, and what is behind it stays whole if it did.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use futures_util::future::{join_all, select};

    use super::*;
    use crate::{
        clock::Clock,
        domain::access::Actor,
        store::{Address, Store},
    };

    /// A key that needs no database; each test counts in a place of its own.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
    struct Number<const TEST: usize>(usize);

    static LOADS: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];

    impl<const TEST: usize> Key for Number<TEST> {
        type Value = usize;

        fn loader(_: &Loaders) -> &Loader<Self> {
            unimplemented!("tests have their own")
        }

        async fn load(_: &Reader, keys: &[Self]) -> Result<HashMap<Self, usize>, StoreError> {
            LOADS[TEST].fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(keys.iter().filter(|key| key.0 < 1_000).map(|key| (*key, key.0 * 2)).collect())
        }
    }

    async fn reader() -> Reader {
        let directory = tempfile::tempdir().unwrap();
        let config = crate::config::Config::load(Some("/dev/null".as_ref()), []).unwrap();
        let url = format!("sqlite:{}", directory.path().join("unused.db").display());
        let address = Address { url, ..Address::of(&config.database, &config.limits) };
        Store::open(&address, Clock::system()).await.unwrap().reader(Actor::Anonymous)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn siblings_are_loaded_together_and_nothing_twice() {
        let (reader, loader) = (reader().await, Loader::default());
        let two_levels = |number: usize| {
            let (reader, loader) = (&reader, &loader);
            async move {
                let first = loader.load_one(reader, Number::<0>(number)).await.unwrap().unwrap();
                loader.load_one(reader, Number::<0>(first + 400)).await.unwrap()
            }
        };
        let found = join_all((0..200).map(two_levels)).await;
        assert!(found.iter().enumerate().all(|(number, found)| *found == Some((number * 2 + 400) * 2)));
        assert_eq!(LOADS[0].load(Ordering::SeqCst), 2, "one for each level");
        let again = loader.load_many(&reader, (0..200).chain([5_000]).map(Number::<0>)).await.unwrap();
        assert_eq!(again.len(), 200);
        assert_eq!(LOADS[0].load(Ordering::SeqCst), 3, "only for what was not known");
    }

    #[tokio::test]
    async fn a_batch_is_loaded_though_whoever_began_is_dropped() {
        let (reader, loader) = (reader().await, Loader::default());
        let impatient = Box::pin(loader.load_one(&reader, Number::<1>(1)));
        let patience = Box::pin(tokio::time::sleep(Duration::from_millis(2)));
        let waiting = loader.load_one(&reader, Number::<1>(2));
        let (_, found) = tokio::join!(async { drop(select(impatient, patience).await) }, waiting);
        assert_eq!(found.unwrap(), Some(4));
    }
}
