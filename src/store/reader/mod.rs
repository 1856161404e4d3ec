//! One actor's view of the store at one moment.
//!
//! Every select here starts from what the actor may see: from [`visible::documents`](super::visible) where a list is
//! asked for, and from [`Reader::documents`] where something of a document is. What the actor may not see is absent,
//! and absence has one shape.
//!
//! A reader who sees nothing but what is published to an audience sees what everybody of that audience sees. So it may be
//! told from the shelf, and what it was told may be kept, for all of them: see [`Reader::outlook`]. It notes when it told
//! something that is not so ([`Reader::is_shared`]).

mod calendar;
mod clients;
mod comments;
mod directory;
mod documents;
mod editions;
mod history;
mod interests;
mod notices;
mod opinions;
mod page;
mod reviews;
mod search;
mod seen;
mod shelved;
mod tree;

pub use comments::CommentHead;
pub use editions::SeenEdition;
pub use history::{HistoryOf, HistoryPage, Numbered};
pub use interests::{RegisterEntry, ToldNonParticipant};
pub use page::{Page, Slice};
pub use reviews::{Currency, SeenReview};
pub use search::{Hit, Place as SearchPlace, SearchFilter};
pub use tree::EditionTree;

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::DatabaseTransaction;
use tokio::sync::OnceCell;

use super::{Outlook, Store, StoreError, epoch_in};
use crate::domain::{
    access::{Actor, Sight, visible_to},
    document::Audience,
    time::Timestamp,
};

/// One actor's view of the store. All that it reads is of one snapshot, taken at the first read, or of the shelf at the
/// same epoch.
pub struct Reader {
    store: Store,
    actor: Actor,
    sight: Sight,
    now: Timestamp,
    /// A snapshot of a standby, if the reader takes one and there is one.
    standby: OnceCell<Option<DatabaseTransaction>>,
    primary: OnceCell<DatabaseTransaction>,
    is_primary_wanted: AtomicBool,
    seen: seen::Seen,
    /// The epoch of the snapshot that is read from first, if the reader could have use for that.
    epoch: OnceCell<i64>,
    /// The audience whose members all see the same as this reader.
    readership: Option<Audience>,
    /// The epoch of the shelf when it began, if it may be told from memory.
    begun_at: Option<i64>,
    notes: Notes,
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
    /// The standby was lost in the middle, so not everything is of one moment.
    has_turned: AtomicBool,
}

/// Where a reader may read from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Nearness {
    /// From a standby that has seen what it must have seen.
    Standby,
    /// From the primary only.
    Primary,
}

impl Reader {
    pub(super) fn new(store: Store, actor: Actor, now: Timestamp, nearness: Nearness, begun_at: Option<i64>) -> Self {
        let sight = visible_to(&actor, now);
        let readership = sight.readership();
        Self {
            store,
            actor,
            sight,
            now,
            standby: OnceCell::new(),
            primary: OnceCell::new(),
            is_primary_wanted: AtomicBool::new(nearness == Nearness::Primary),
            seen: seen::Seen::default(),
            epoch: OnceCell::new(),
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

    /// The same actor's view as of now: for what was just written.
    pub fn again(&self) -> Self {
        self.store.fresh_reader(self.actor.clone())
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
        self.now_until(Some)
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
        let begun_at = self.begun_at.filter(|_| !self.notes.has_turned.load(Ordering::Relaxed))?;
        let epoch = self.epoch.get().copied().unwrap_or(begun_at);
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
        let db = self.snapshot().await?;
        if self.begun_at.is_some() {
            let epoch = *self.epoch.get_or_try_init(|| epoch_in(db)).await?;
            if self.notes.is_from_memory.load(Ordering::Relaxed) && Some(epoch) != self.begun_at {
                self.notes.has_moved.store(true, Ordering::Relaxed);
                return Err(StoreError::Moved);
            }
        }
        Ok(db)
    }

    async fn snapshot(&self) -> Result<&DatabaseTransaction, StoreError> {
        if !self.is_primary_wanted.load(Ordering::Relaxed) {
            let standby = self.standby.get_or_init(|| self.store.standby_snapshot(&self.actor));
            if let Some(snapshot) = standby.await {
                return Ok(snapshot);
            }
        }
        self.primary.get_or_try_init(|| self.store.snapshot()).await
    }

    /// Whether to ask again after a failure, since it was the standby's, which is lost: from now on the primary is asked.
    /// What was read before is of a slightly earlier moment.
    pub fn turns_to_primary(&self, error: &StoreError) -> bool {
        let was_standby = matches!(self.standby.get(), Some(Some(_)));
        let (true, StoreError::Database(cause), Some(standby)) = (was_standby, error, &self.store.0.standby) else {
            return false;
        };
        if !self.is_primary_wanted.swap(true, Ordering::Relaxed) {
            standby.went_away(cause);
            self.notes.has_turned.store(true, Ordering::Relaxed);
        }
        true
    }
}
