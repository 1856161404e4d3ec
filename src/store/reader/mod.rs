//! One actor's view of the store at one moment.
//!
//! Every select here starts from what the actor may see: from [`visible::documents`](super::visible) where a list is
//! asked for, and from [`Reader::documents`] where something of a document is. What the actor may not see is absent,
//! and absence has one shape.
//!
//! A reader who sees nothing but what is published to an audience sees what everybody of that audience sees. So it may be
//! told from the shelf, and what it was told may be kept, for all of them: see [`Reader::outlook`]. It notes when it told
//! something that is not so ([`Reader::is_shared`]).

mod clients;
mod directory;
mod documents;
mod editions;
mod history;
mod page;
mod reviews;
mod search;
mod tree;

pub use editions::SeenEdition;
pub use history::{HistoryOf, HistoryPage, Numbered};
pub use page::{Page, Slice};
pub use reviews::{Currency, SeenReview};
pub use search::{Hit, Place as SearchPlace, SearchFilter};
pub use tree::EditionTree;

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use quick_cache::Weighter;
use sea_orm::DatabaseTransaction;
use tokio::sync::OnceCell;

use super::{
    Outlook, Store, StoreError, epoch_in,
    shelf::{Memo, Shelf},
};
use crate::domain::{
    access::{Actor, Sight, visible_to},
    document::{Audience, Document, edition::Edition},
    id::{DocumentId, EditionId},
    time::Timestamp,
};

/// One actor's view of the store. All that it reads is of one snapshot, taken at the first read, or of the shelf at the
/// same epoch.
pub struct Reader {
    store: Store,
    actor: Actor,
    sight: Sight,
    now: Timestamp,
    snapshot: OnceCell<Snapshot>,
    /// The audience whose members all see the same as this reader.
    readership: Option<Audience>,
    /// The epoch of the shelf when it began, if it may be told from memory.
    begun_at: Option<i64>,
    notes: Notes,
}

/// A moment of the database.
struct Snapshot {
    db: DatabaseTransaction,
    /// Its epoch, if the reader could have use for that.
    epoch: Option<i64>,
}

/// What a reader notes about what it told.
#[derive(Default)]
struct Notes {
    /// Something came from memory.
    is_from_memory: AtomicBool,
    /// Something depends on who asks, or is not published.
    is_personal: AtomicBool,
    /// When something of it ceases to be true by itself.
    until: Mutex<Option<Timestamp>>,
    /// The shelf had moved since something came from memory.
    has_moved: AtomicBool,
}

impl Reader {
    pub(super) fn new(store: Store, actor: Actor, now: Timestamp, begun_at: Option<i64>) -> Self {
        let sight = visible_to(&actor, now);
        let readership = sight.readership();
        Self {
            store,
            actor,
            sight,
            now,
            snapshot: OnceCell::new(),
            readership,
            begun_at: begun_at.filter(|_| readership.is_some()),
            notes: Notes::default(),
        }
    }

    /// The same actor's view as of now, in the same way.
    pub fn anew(&self) -> Self {
        match self.begun_at {
            Some(_) => self.store.reader_at_shelf(self.actor.clone()),
            None => self.store.reader(self.actor.clone()),
        }
    }

    /// Who reads. An answer that depends on that is not for others.
    pub fn actor(&self) -> &Actor {
        if self.actor != Actor::Anonymous {
            self.note_personal();
        }
        &self.actor
    }

    /// Whether the actor may hear of acts at all; of which, each thing says.
    pub fn hears(&self) -> bool {
        self.sight.history()
    }

    /// The moment that terms and dates are judged by. An answer that depends on it ceases to be true, nobody knows when:
    /// where that can be known, ask [`Self::now_until`].
    pub fn now(&self) -> Timestamp {
        self.now_until(|now| Some(now))
    }

    /// The same, for a question whose answer stays what it is until the moment that `change` tells; for ever if none.
    pub fn now_until(&self, change: impl FnOnce(Timestamp) -> Option<Timestamp>) -> Timestamp {
        if let Some(change) = change(self.now) {
            let mut until = self.notes.until.lock().unwrap_or_else(PoisonError::into_inner);
            *until = Some(until.map_or(change, |until| until.min(change)));
        }
        self.now
    }

    /// What the reader can be told from memory, and what it was told may be kept for: none if it sees more than others.
    /// The epoch is that of everything that it read so far.
    pub fn outlook(&self) -> Option<Outlook> {
        let epoch = match self.snapshot.get() {
            Some(snapshot) => snapshot.epoch?,
            None => self.begun_at?,
        };
        Some(Outlook { audience: self.readership?, epoch })
    }

    /// Whether all that it told is told to everybody of its outlook alike.
    pub fn is_shared(&self) -> bool {
        self.readership.is_some() && !self.notes.is_personal.load(Ordering::Relaxed)
    }

    /// When something that it told ceases to be true by itself, if ever.
    pub fn true_until(&self) -> Option<Timestamp> {
        *self.notes.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it failed since the shelf had moved after something was told from memory. Another reader is to begin again.
    pub fn has_moved(&self) -> bool {
        self.notes.has_moved.load(Ordering::Relaxed)
    }

    fn note_personal(&self) {
        self.notes.is_personal.store(true, Ordering::Relaxed);
    }

    async fn db(&self) -> Result<&DatabaseTransaction, StoreError> {
        Ok(&self.snapshot().await?.db)
    }

    async fn snapshot(&self) -> Result<&Snapshot, StoreError> {
        let snapshot = self.snapshot.get_or_try_init(|| self.look()).await?;
        let is_from_memory = self.notes.is_from_memory.load(Ordering::Relaxed);
        if is_from_memory && snapshot.epoch != self.begun_at {
            self.notes.has_moved.store(true, Ordering::Relaxed);
            return Err(StoreError::Moved);
        }
        Ok(snapshot)
    }

    async fn look(&self) -> Result<Snapshot, StoreError> {
        let db = self.store.snapshot().await?;
        let epoch = match self.begun_at {
            Some(_) => Some(epoch_in(&db).await?),
            None => None,
        };
        Ok(Snapshot { db, epoch })
    }

    /// What the shelf knows of a thing: the outer `None` if nothing, the inner if it is not there for this reader.
    fn at_hand<K, V, W>(&self, memo: impl Fn(&Shelf) -> &Memo<K, V, W>, key: &K) -> Option<Option<V>>
    where
        K: Hash + Eq + Clone,
        V: Clone,
        W: Weighter<(Outlook, K), Option<V>> + Clone,
    {
        let found = memo(&self.store.0.shelf).find(self.outlook()?, key)?;
        self.note_from_memory();
        Some(found)
    }

    /// A document, likewise.
    pub fn document_at_hand(&self, id: DocumentId) -> Option<Option<Document>> {
        self.at_hand(|shelf| &shelf.documents, &id)
    }

    /// The editions of a document, likewise.
    pub fn editions_of_at_hand(&self, id: DocumentId) -> Option<Option<Arc<Vec<Edition>>>> {
        self.at_hand(|shelf| &shelf.editions_of, &id)
    }

    /// An edition, likewise.
    pub fn edition_at_hand(&self, id: EditionId) -> Option<Option<Edition>> {
        self.at_hand(|shelf| &shelf.editions, &id)
    }

    /// An edition with its text, likewise.
    pub fn edition_tree_at_hand(&self, id: EditionId) -> Option<Option<Arc<EditionTree>>> {
        self.at_hand(|shelf| &shelf.trees, &id)
    }

    /// Whether a document is under review, likewise.
    pub fn in_review_at_hand(&self, id: DocumentId) -> Option<Option<()>> {
        self.at_hand(|shelf| &shelf.in_review, &id)
    }

    /// The statement of currency of a document, likewise.
    pub fn currency_at_hand(&self, id: DocumentId) -> Option<Option<Currency>> {
        self.at_hand(|shelf| &shelf.currency, &id)
    }

    /// Things by key: from the shelf as far as it knows them, and from `load` what is left.
    async fn remembered<K, V, W>(
        &self,
        memo: impl Fn(&Shelf) -> &Memo<K, V, W>,
        keys: &[K],
        load: impl AsyncFnOnce(Vec<K>) -> Result<HashMap<K, V>, StoreError>,
    ) -> Result<HashMap<K, V>, StoreError>
    where
        K: Hash + Eq + Clone,
        V: Clone,
        W: Weighter<(Outlook, K), Option<V>> + Clone,
    {
        let memo = memo(&self.store.0.shelf);
        let Some(outlook) = self.outlook() else { return load(keys.to_vec()).await };
        let (mut known, missing) = memo.part(outlook, keys);
        if missing.len() < keys.len() {
            self.note_from_memory();
        }
        if !missing.is_empty() {
            let loaded = load(missing.clone()).await?;
            // Only now is it sure of which epoch that is.
            if let Some(outlook) = self.outlook().filter(|_| self.snapshot.initialized()) {
                for key in missing {
                    memo.keep(outlook, key.clone(), loaded.get(&key).cloned());
                }
            }
            known.extend(loaded);
        }
        Ok(known)
    }

    fn note_from_memory(&self) {
        if self.snapshot.get().is_none() {
            self.notes.is_from_memory.store(true, Ordering::Relaxed);
        }
    }
}
