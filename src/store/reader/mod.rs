//! One actor's view of the store at one moment.
//!
//! Every select here starts from what the actor may see: from [`visible::documents`](super::visible) where a list is
//! asked for, and from [`Reader::documents`] where something of a document is. What the actor may not see is absent,
//! and absence has one shape.

mod clients;
mod comments;
mod directory;
mod documents;
mod editions;
mod history;
mod notices;
mod opinions;
mod page;
mod reviews;
mod search;
mod seen;

pub use comments::CommentHead;
pub use editions::SeenEdition;
pub use history::{HistoryOf, HistoryPage, Numbered};
pub use page::{Page, Slice};
pub use reviews::{Currency, SeenReview};
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::DatabaseTransaction;
pub use search::{Hit, Place as SearchPlace, SearchFilter};
use tokio::sync::OnceCell;

use super::{Store, StoreError};
use crate::domain::{
    access::{Actor, Sight, visible_to},
    time::Timestamp,
};

/// One actor's view of the store. All that it reads is of one snapshot, taken at the first read.
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
    pub(super) fn new(store: Store, actor: Actor, now: Timestamp, nearness: Nearness) -> Self {
        let sight = visible_to(&actor, now);
        Self {
            store,
            actor,
            sight,
            now,
            standby: OnceCell::new(),
            primary: OnceCell::new(),
            is_primary_wanted: AtomicBool::new(nearness == Nearness::Primary),
            seen: seen::Seen::default(),
        }
    }

    /// Who reads.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether the actor may hear of acts at all; of which, each thing says.
    pub fn hears(&self) -> bool {
        self.sight.history()
    }

    /// The moment that terms and dates are judged by.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The same actor's view as of now: for what was just written.
    pub fn again(&self) -> Self {
        self.store.fresh_reader(self.actor.clone())
    }

    async fn db(&self) -> Result<&DatabaseTransaction, StoreError> {
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
        }
        true
    }
}
