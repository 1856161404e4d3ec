//! The store: the only code that knows the tables and their library.
//!
//! ```text
//! Reader (one actor, one moment) ── every select starts from what the actor may see ──> domain values
//! Tx     (one transaction)       ── takes only outcomes that the domain decided      ──> rows + event, then News
//! ```
//!
//! Published editions never change, so `library` keeps them in memory; what outsiders may see of them stands on the `shelf`
//! until the epoch moves.

mod clients;
mod connect;
mod error;
mod forms;
mod library;
mod load;
mod once;
mod reader;
mod row;
mod schedule;
mod shelf;
mod tx;
mod visible;

use std::{sync::Arc, time::Instant};

pub use connect::Address;
pub use error::StoreError;
pub use forms::{Forms, Part};
pub use once::{KEY_HOURS, Once};
use quick_cache::sync::Cache;
pub use reader::{
    Currency, EditionTree, HistoryOf, HistoryPage, Hit, Numbered, Page, Reader, SearchFilter, SearchPlace, SeenEdition,
    SeenReview, Slice,
};
use sea_orm::{
    AccessMode, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait,
    IsolationLevel, QueryFilter, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
pub use shelf::Outlook;
use tokio::sync::broadcast;
pub use tx::{LockedDocument, Tx};

use crate::{
    clock::Clock,
    domain::{
        access::{Actor, visible_to},
        directory::Login,
        document::Audience,
        id::{ClientId, DocumentId, ReviewId},
        time::Timestamp,
    },
};

/// One database, shared by all who read and write it, and for whom transactions are begun: the system itself, unless
/// somebody acts. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>, Option<Arc<Actor>>);

struct Inner {
    writes: DatabaseConnection,
    reads: DatabaseConnection,
    library: library::Library,
    shelf: shelf::Shelf,
    forms: forms::FormsOfRevisions,
    clock: Clock,
    news: broadcast::Sender<News>,
    /// When clients were here, as far as that was noted lately.
    client_uses: Cache<ClientId, Timestamp>,
}

/// What has just been committed, for those who wait for it. It says where to look, never what is there: whoever hears
/// it reads it with their own eyes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum News {
    /// Something in an open review, or its draft, changed.
    ReviewChanged {
        /// Which review.
        review: ReviewId,
        /// The audience of what changed: a section's own, the narrowest there is for the whole, the document's for the
        /// plan. Whom that does not include is told nothing, not even when (A2).
        audience: Audience,
    },
    /// A document got a new edition in force.
    DocumentPublished(DocumentId),
}

/// Clients whose last use is remembered in memory.
const CLIENT_USES_KEPT: usize = 4_096;
/// News that a slow listener may leave unheard before it misses some.
const NEWS_KEPT: usize = 1_024;

impl Store {
    /// Opens the database at an address. Does not migrate it.
    pub async fn open(address: &Address, clock: Clock) -> Result<Self, StoreError> {
        Self::open_counted(address, clock, || {}).await
    }

    /// The same, telling `on_statement` of each statement that is sent: for measuring.
    pub async fn open_counted(
        address: &Address,
        clock: Clock,
        on_statement: impl Fn() + Clone + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let connect::Connections { mut writes, mut reads } = connect::open(address).await?;
        for connection in [&mut writes, &mut reads] {
            let on_statement = on_statement.clone();
            connection.set_metric_callback(move |_| on_statement());
        }
        let (news, _) = broadcast::channel(NEWS_KEPT);
        Ok(Self(
            Arc::new(Inner {
                writes,
                reads,
                library: library::Library::new(),
                shelf: shelf::Shelf::new(),
                forms: forms::FormsOfRevisions::new(),
                clock,
                news,
                client_uses: Cache::new(CLIENT_USES_KEPT),
            }),
            None,
        ))
    }

    /// Brings the tables up to date, or leaves them as they are. Safe to repeat, and for several processes to do at once:
    /// each waits for the one before, on PostgreSQL at a lock of its own, on SQLite as every writer does.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        use ::migration::MigratorTrait;
        let turn = self.turn().await?;
        if turn.get_database_backend() == DbBackend::Postgres {
            turn.execute_unprepared("SET LOCAL lock_timeout = '120s'; SET LOCAL statement_timeout = '120s'").await?;
            turn.execute_unprepared("SELECT pg_advisory_xact_lock(7263548210)").await?;
        }
        let pending = ::migration::Migrator::get_pending_migrations(&turn).await?.len();
        ::migration::Migrator::up(&turn, None).await?;
        turn.commit().await?;
        if pending > 0 {
            tracing::info!(migrations = pending, "brought the tables up to date");
        }
        Ok(())
    }

    /// Whether the database answers and its tables are up to date. Newer tables are fine: old code runs beside new.
    pub async fn is_ready(&self) -> bool {
        use ::migration::MigratorTrait;
        // Asking the library what is pending would create its table, and a question must change nothing.
        let Ok(applied) = ::migration::Migrator::get_migration_models(&self.0.reads).await else { return false };
        ::migration::Migrator::migrations()
            .iter()
            .all(|wanted| applied.iter().any(|migration| migration.version == wanted.name()))
    }

    /// What `actor` may read, as of one moment.
    pub fn reader(&self, actor: Actor) -> Reader {
        Reader::new(self.clone(), actor, self.0.clock.now(), None)
    }

    /// The same, from memory where nothing has changed since it was remembered: for reading what is published. If the
    /// shelf is found to have moved in the middle, it says so (`StoreError::Moved`), and is to be begun again.
    pub fn reader_at_shelf(&self, actor: Actor) -> Reader {
        Reader::new(self.clone(), actor, self.0.clock.now(), self.0.shelf.epoch())
    }

    /// The epoch of the shelf: it grows whenever something changes that outsiders could notice. None while the database
    /// does not say. What an act of this process changed is in it as soon as the act is acknowledged; what others change,
    /// within half a second.
    pub async fn epoch(&self) -> Option<i64> {
        let shelf = &self.0.shelf;
        if shelf.must_ask() {
            // Whoever asks may be dropped in the middle; the next one must be able to ask.
            let asking = Asking { shelf, at: Instant::now(), epoch: None };
            asking.done(epoch_in(&self.0.reads).await);
        }
        shelf.epoch()
    }

    /// Hears from elsewhere that the epoch has moved.
    pub fn heard_epoch(&self, epoch: i64) {
        self.0.shelf.heard(epoch);
    }

    /// The same database for `actor`, whose transactions find only what exists for them.
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self(Arc::clone(&self.0), Some(Arc::new(actor)))
    }

    fn acting_for(&self) -> Actor {
        self.1.as_deref().cloned().unwrap_or(Actor::System)
    }

    /// Begins to write. An act with a key that was done before begins nothing: see [`Once`].
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let tx = Tx::new(self.turn().await?, self.clone());
        match once::Held::current() {
            Some(held) => held.check(tx).await,
            None => Ok(tx),
        }
    }

    /// The person behind a log-in, with what they hold now. A log-in that nobody was invited with is nobody. Who sees no
    /// more than a partner is remembered while the epoch stands; anybody else is asked after each time, so that what was
    /// taken back grants nothing on the next request, whichever process hears of it first (A5).
    pub async fn actor(&self, login: &Login) -> Result<Actor, StoreError> {
        use ::entity::person::{Column, Entity};
        let actors = &self.0.shelf.actors;
        // Asked before: what is read may be newer than that, never older.
        let key = self.epoch().await.map(|epoch| (epoch, login.clone()));
        if let Some(actor) = key.as_ref().and_then(|key| actors.get(key)) {
            return Ok(actor);
        }
        let person = Entity::find()
            .filter(Column::Issuer.eq(&login.issuer))
            .filter(Column::Subject.eq(&login.subject))
            .one(&self.0.reads)
            .await?;
        let actor = load::holdings(&self.0.reads, person).await?;
        let sees_as_others = visible_to(&actor, self.now()).readership().is_some();
        if let Some(key) = key.filter(|_| sees_as_others && actor != Actor::Anonymous) {
            actors.insert(key, actor.clone());
        }
        Ok(actor)
    }

    /// Hears of what is committed from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.0.news.subscribe()
    }

    /// The same actor with what they hold by now: for whoever has been listening for a while (A5).
    pub async fn actor_again(&self, actor: &Actor) -> Result<Actor, StoreError> {
        match actor {
            Actor::Anonymous | Actor::System => Ok(actor.clone()),
            Actor::Client(connected) => {
                let again = self.connected(connected.client, connected.key, &connected.scopes).await?;
                Ok(again.map_or(Actor::Anonymous, Actor::Client))
            }
            Actor::Person(signed_in) => {
                let person = ::entity::person::Entity::find_by_id(signed_in.person.0).one(&self.0.reads).await?;
                load::holdings(&self.0.reads, person).await
            }
        }
    }

    /// The domain's now.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The clock that everything here goes by.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// A transaction that will write.
    async fn turn(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = match self.0.writes.get_database_backend() {
            // Facts are read after the lock is had, and must be those of that moment, whatever the server's default.
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::ReadCommitted),
                ..TransactionOptions::default()
            },
            // One that reads and then writes would fail at once if another has written meanwhile.
            _ => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
        };
        Ok(self.0.writes.begin_with_options(options).await?)
    }

    /// A snapshot to read from: all statements see one moment.
    async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = match self.0.reads.get_database_backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
            _ => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                ..TransactionOptions::default()
            },
        };
        Ok(self.0.reads.begin_with_options(options).await?)
    }
}

/// Reads the epoch as it stands in a snapshot, or now.
async fn epoch_in(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let row = ::entity::shelf::Entity::find_by_id(1).one(db).await?;
    row.map(|row| row.epoch).ok_or_else(|| StoreError::unbelievable("shelf", 1, "is not there"))
}

/// The question after the epoch, which is over when this is dropped.
struct Asking<'a> {
    shelf: &'a shelf::Shelf,
    at: Instant,
    epoch: Option<i64>,
}

impl Asking<'_> {
    fn done(mut self, answer: Result<i64, StoreError>) {
        match answer {
            Ok(epoch) => self.epoch = Some(epoch),
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "failed to ask for the epoch of the shelf; nothing is answered from memory unless that ends soon"
            ),
        }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.shelf.told(self.epoch, self.at);
    }
}
