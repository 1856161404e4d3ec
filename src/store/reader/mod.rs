//! One actor's view of the store at one moment.
//!
//! Every select here starts from what the actor may see: from [`visible::documents`](super::visible) where a list is
//! asked for, and from [`Reader::documents`] where something of a document is. What the actor may not see is absent,
//! and absence has one shape.

mod directory;
mod documents;
mod editions;
mod history;
mod notices;
mod page;
mod reviews;
mod search;

pub use editions::SeenEdition;
pub use history::{HistoryOf, HistoryPage, Numbered};
pub use page::{Page, Slice};
pub use reviews::{Currency, SeenReview};
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
    snapshot: OnceCell<DatabaseTransaction>,
}

impl Reader {
    pub(super) fn new(store: Store, actor: Actor, now: Timestamp) -> Self {
        let sight = visible_to(&actor, now);
        Self { store, actor, sight, now, snapshot: OnceCell::new() }
    }

    /// Who reads.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The moment that terms and dates are judged by.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The same actor's view as of now: for what was just written.
    pub fn again(&self) -> Self {
        self.store.reader(self.actor.clone())
    }

    async fn db(&self) -> Result<&DatabaseTransaction, StoreError> {
        self.snapshot.get_or_try_init(|| self.store.snapshot()).await
    }
}
