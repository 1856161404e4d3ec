//! The keys of one signer as they are held: fetched, kept while their source is away, looked for again when one is
//! missing.
//!
//! Whoever asks is served from memory. Only a name that the set does not have makes somebody wait: one fetch is made for
//! all who ask meanwhile, and then none until the floor is over, so that made-up names cannot make us knock at the
//! issuer's door.

use std::{
    path::PathBuf,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jsonwebtoken::Algorithm;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::set::{KeySet, NotAKeySet, PublicKey};
use crate::identity::fetch::{FetchError, SecureUrl, fetch};

/// Where a set of keys comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeySource {
    /// From nowhere: it was given once and for all.
    Given,
    /// From a file, which is read again like an address.
    File(PathBuf),
    /// From its address.
    Url(SecureUrl),
    /// From the address that the issuer's own description names (OpenID Connect Discovery).
    Discovery {
        /// The issuer, exactly as its tokens name it.
        issuer: String,
        /// Where the description is.
        url: SecureUrl,
    },
}

/// How long and how often.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// How long one fetch may take.
    pub fetch: Duration,
    /// The least time between the beginnings of two fetches.
    pub floor: Duration,
    /// The time after which a set is fetched again though nobody misses anything.
    pub refresh: Duration,
    /// How long a set serves on while its source is away.
    pub keep: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            fetch: Duration::from_secs(5),
            floor: Duration::from_secs(10),
            refresh: Duration::from_secs(600),
            keep: Duration::from_secs(24 * 3600),
        }
    }
}

/// Why there is no key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoKey {
    /// There are keys, and none of this name that fits the algorithm.
    #[error("failed to find a key of this name for this algorithm")]
    Unknown,
    /// There are none, because they could not be had.
    #[error("failed to get at the keys")]
    Unavailable,
}

/// Why a set was not refreshed. The set that is held serves on.
#[derive(Debug, thiserror::Error)]
enum RefreshError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("failed to read {}", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    #[error("failed to read the description at {0}: expected the issuer exactly as configured, and a secure jwks_uri")]
    Description(SecureUrl),
    #[error(transparent)]
    Set(#[from] NotAKeySet),
}

/// The keys of one signer. Cheap to clone; clones are one.
#[derive(Clone, Debug)]
pub struct Keys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: KeySource,
    patience: Patience,
    held: RwLock<Held>,
    /// Whoever has the turn fetches.
    turn: Mutex<()>,
    fetches: AtomicU64,
}

#[derive(Default, Debug)]
struct Held {
    set: Option<Arc<KeySet>>,
    /// Grows whenever another set is held than before, so that who remembers a verdict knows when to ask again.
    generation: u64,
    /// As it came, to see whether anything changed.
    text: Vec<u8>,
    fetched_at: Option<Instant>,
    tried_at: Option<Instant>,
}

/// A key, and the generation of the set that it was found in.
#[derive(Clone, Debug)]
pub(in crate::identity) struct Found {
    pub(in crate::identity) key: PublicKey,
    pub(in crate::identity) generation: u64,
}

/// The part of an issuer's description that is read.
#[derive(Deserialize)]
struct Description {
    issuer: String,
    jwks_uri: String,
}

impl Keys {
    /// Keys from `source`, none of which is held yet.
    pub fn new(source: KeySource, patience: Patience) -> Self {
        Self::holding(source, patience, Held::default())
    }

    /// Keys given once and for all.
    pub fn given(set: KeySet) -> Self {
        let held = Held { set: Some(Arc::new(set)), ..Held::default() };
        Self::holding(KeySource::Given, Patience::default(), held)
    }

    fn holding(source: KeySource, patience: Patience, held: Held) -> Self {
        let (held, turn, fetches) = (RwLock::new(held), Mutex::new(()), AtomicU64::new(0));
        Self(Arc::new(Inner { source, patience, held, turn, fetches }))
    }

    /// The key that a signature of `algorithm` is verified with; `kid` is what the token says. The caller has made sure
    /// that the signer may use the algorithm.
    pub async fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<PublicKey, NoKey> {
        Ok(self.look_up(kid, algorithm).await?.key)
    }

    /// The same, for who remembers what the key verified.
    pub(in crate::identity) async fn look_up(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Found, NoKey> {
        // What is given has one key, and a name in the token chooses nothing.
        let kid = kid.filter(|_| self.0.source != KeySource::Given || self.names_its_keys());
        let look = || {
            let (set, generation) = self.fresh()?;
            set.find(kid, algorithm).map(|key| Found { key: key.clone(), generation })
        };
        if let Some(key) = look() {
            return Ok(key);
        }
        self.refresh().await;
        match (look(), self.current()) {
            (Some(key), _) => Ok(key),
            (None, Some(_)) => Err(NoKey::Unknown),
            (None, None) => Err(NoKey::Unavailable),
        }
    }

    /// The set that is held, unless it is too old to be believed.
    pub fn current(&self) -> Option<Arc<KeySet>> {
        self.fresh().map(|(set, _)| set)
    }

    /// A number that changes whenever the keys do, or when they are too old to be believed.
    pub fn generation(&self) -> Option<u64> {
        let held = self.0.held.read().unwrap_or_else(PoisonError::into_inner);
        held.is_fresh(self.0.patience.keep).then_some(held.generation)
    }

    fn fresh(&self) -> Option<(Arc<KeySet>, u64)> {
        let held = self.0.held.read().unwrap_or_else(PoisonError::into_inner);
        held.set.clone().filter(|_| held.is_fresh(self.0.patience.keep)).map(|set| (set, held.generation))
    }

    /// How often the source was asked so far.
    pub fn fetches(&self) -> u64 {
        self.0.fetches.load(Ordering::Relaxed)
    }

    /// Fetches the set again, unless that was begun less than the floor ago. Whoever comes while somebody fetches waits
    /// for what they bring.
    pub async fn refresh(&self) {
        if self.0.source == KeySource::Given {
            return;
        }
        let (keys, asked) = (self.clone(), Instant::now());
        // In a task of its own: a caller who leaves must not take away what others wait for.
        let fetching = tokio::spawn(async move {
            let _turn = keys.0.turn.lock().await;
            if keys.may_fetch(asked) {
                keys.fetch_now().await;
            }
        });
        if let Err(error) = fetching.await {
            tracing::error!(%error, "the task that fetches keys ended early");
        }
    }

    /// Refreshes now and for ever, until stopped: in the background, so that nobody has to wait for it.
    pub async fn keep_fresh(self, stop: CancellationToken) {
        if self.0.source == KeySource::Given {
            return;
        }
        loop {
            self.refresh().await;
            // What failed is tried again sooner, but never below the floor.
            let patience = &self.0.patience;
            let is_good = self.0.held.read().unwrap_or_else(PoisonError::into_inner).is_good();
            let pause = if is_good { patience.refresh } else { patience.floor.max(patience.refresh / 20) };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Whether the last fetch was begun neither after `asked` nor less than the floor ago.
    fn may_fetch(&self, asked: Instant) -> bool {
        let held = self.0.held.read().unwrap_or_else(PoisonError::into_inner);
        held.tried_at.is_none_or(|tried| tried < asked && tried.elapsed() >= self.0.patience.floor)
    }

    async fn fetch_now(&self) {
        self.0.fetches.fetch_add(1, Ordering::Relaxed);
        self.0.held.write().unwrap_or_else(PoisonError::into_inner).tried_at = Some(Instant::now());
        let source = &self.0.source;
        let set = self.read_source().await.and_then(|text| Ok((KeySet::parse(&text)?, text)));
        match set {
            Ok((set, text)) => {
                let mut held = self.0.held.write().unwrap_or_else(PoisonError::into_inner);
                held.fetched_at = Some(Instant::now());
                if held.text != text || held.set.is_none() {
                    for skipped in set.skipped() {
                        tracing::warn!(?source, position = skipped.position, why = %skipped.why, "left a key out");
                    }
                    tracing::info!(?source, keys = set.keys().len(), "took keys over");
                    (held.set, held.text) = (Some(Arc::new(set)), text);
                    held.generation += 1;
                }
            }
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(?source, error, "failed to refresh keys: those that are held serve on");
            }
        }
    }

    async fn read_source(&self) -> Result<Vec<u8>, RefreshError> {
        let patience = self.0.patience.fetch;
        match &self.0.source {
            // Never asked; what is given is held.
            KeySource::Given => Ok(vec![]),
            KeySource::File(path) => std::fs::read(path).map_err(|why| RefreshError::File(path.clone(), why)),
            KeySource::Url(url) => Ok(fetch(url, patience).await?),
            KeySource::Discovery { issuer, url } => {
                let description = fetch(url, patience).await?;
                let unfit = || RefreshError::Description(url.clone());
                let description: Description = serde_json::from_slice(&description).map_err(|_| unfit())?;
                let keys: SecureUrl = description.jwks_uri.parse().map_err(|_| unfit())?;
                // An issuer out there must not send us to an address without TLS on this machine.
                if description.issuer != *issuer || (url.is_tls() && !keys.is_tls()) {
                    return Err(unfit());
                }
                Ok(fetch(&keys, patience).await?)
            }
        }
    }

    fn names_its_keys(&self) -> bool {
        self.current().is_some_and(|set| set.keys().iter().any(|key| key.kid().is_some()))
    }
}

impl Held {
    /// Whether the set is young enough to be believed; what was given once and for all is.
    fn is_fresh(&self, keep: Duration) -> bool {
        self.fetched_at.is_none_or(|at| at.elapsed() <= keep)
    }

    /// Whether the last try brought a set.
    fn is_good(&self) -> bool {
        matches!((self.fetched_at, self.tried_at), (Some(fetched), Some(tried)) if fetched >= tried)
    }
}
