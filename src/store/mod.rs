//! The store: the only code that knows the tables and their library.
//!
//! ```text
//! Reader (one actor, one moment) ── every select starts from what the actor may see ──> domain values
//! Tx     (one transaction)       ── takes only outcomes that the domain decided      ──> rows + event, then News
//! ```
//!
//! Published editions never change, so `library` keeps them in memory.

mod clients;
mod connect;
mod error;
mod follow;
mod library;
mod load;
mod once;
mod outbox;
mod reader;
mod row;
mod schedule;
mod standby;
mod tx;
mod visible;
mod writer;

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

pub use connect::Address;
pub use error::StoreError;
pub use once::{KEY_HOURS, Once};
pub use outbox::Leased;
use quick_cache::sync::Cache;
use reader::Nearness;
pub use reader::{
    CommentHead, Currency, HistoryOf, HistoryPage, Hit, Numbered, Page, Reader, SearchFilter, SearchPlace, SeenEdition,
    SeenReview, Slice,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
    QuerySelect, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use standby::{Horizon, Standby};
use tokio::sync::{Notify, broadcast};
pub use tx::{LockedDocument, Signer, Tx};

use crate::{
    clock::Clock,
    domain::{
        access::Actor,
        directory::Login,
        document::Audience,
        id::{ClientId, DocumentId, PersonId, ReviewId},
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
    /// On SQLite.
    writer: Option<writer::Writer>,
    library: library::Library,
    clock: Clock,
    news: broadcast::Sender<News>,
    /// The latest epoch of the shelf that was heard of; 0 before the first.
    epoch: AtomicI64,
    /// Whether the record of acts is followed, so that news comes from there; and when to look there.
    is_following: AtomicBool,
    hint: Notify,
    /// To read from, if there is one.
    standby: Option<Standby>,
    /// The last acts of people who asked lately, which a standby must have seen before it answers them.
    last_acts: Cache<PersonId, i64>,
    /// The number of the latest event that was told here: what listeners then read must hold it.
    told: AtomicI64,
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

/// People whose last act is remembered: as many as are likely to ask in one second.
const LAST_ACTS_KEPT: usize = 10_000;
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
        let connect::Connections { mut writes, mut reads, mut standby } = connect::open(address).await?;
        for connection in [&mut writes, &mut reads].into_iter().chain(&mut standby) {
            let on_statement = on_statement.clone();
            connection.set_metric_callback(move |_| on_statement());
        }
        let (news, _) = broadcast::channel(NEWS_KEPT);
        let is_sqlite = writes.get_database_backend() == DbBackend::Sqlite;
        let writer = is_sqlite.then(|| writer::Writer::start(writes.clone()));
        let inner = Inner {
            writes,
            reads,
            writer,
            library: library::Library::new(),
            clock,
            news,
            epoch: AtomicI64::new(0),
            is_following: AtomicBool::new(false),
            hint: Notify::new(),
            standby: standby.map(Standby::new),
            last_acts: Cache::new(LAST_ACTS_KEPT),
            told: AtomicI64::new(0),
            client_uses: Cache::new(CLIENT_USES_KEPT),
        };
        Ok(Self(Arc::new(inner), None))
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
        // Asking the library would create its table, and a question must change nothing.
        let sql = "SELECT version FROM seaql_migrations";
        let statement = Statement::from_string(self.0.reads.get_database_backend(), sql);
        let Ok(rows) = self.0.reads.query_all_raw(statement).await else { return false };
        let applied: Result<HashSet<String>, _> = rows.iter().map(|row| row.try_get("", "version")).collect();
        let Ok(applied) = applied else { return false };
        ::migration::Migrator::migrations().iter().all(|wanted| applied.contains(wanted.name()))
    }

    /// What `actor` may read, as of one moment.
    pub fn reader(&self, actor: Actor) -> Reader {
        Reader::new(self.clone(), actor, self.0.clock.now(), Nearness::Standby)
    }

    /// The same from the primary: for what was just written, by whomever.
    pub fn fresh_reader(&self, actor: Actor) -> Reader {
        Reader::new(self.clone(), actor, self.0.clock.now(), Nearness::Primary)
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
        let tx = match &self.0.writer {
            Some(writer) => {
                let writer::Turn { db, place } = writer.turn().await?;
                Tx::new(db, Some(place), self.clone())
            }
            None => Tx::new(self.turn().await?, None, self.clone()),
        };
        match once::Held::current() {
            Some(held) => held.check(tx).await,
            None => Ok(tx),
        }
    }

    /// The person behind a log-in, with what they hold now. A log-in that nobody was invited with is nobody. Nothing is
    /// known here of whether they are present: that is in the token.
    pub async fn actor(&self, login: &Login) -> Result<Actor, StoreError> {
        use ::entity::person::{Column, Entity};
        let person = Entity::find()
            .filter(Column::Issuer.eq(&login.issuer))
            .filter(Column::Subject.eq(&login.subject))
            .one(&self.0.reads)
            .await?;
        self.note_last_act(person.as_ref()).await?;
        load::holdings(&self.0.reads, person).await
    }

    /// The epoch of the shelf, as far as this process has heard: at once of its own acts, within half a second of others'.
    pub fn epoch(&self) -> i64 {
        self.0.epoch.load(Ordering::Acquire)
    }

    /// Hears of an epoch. It only grows.
    fn heard_epoch(&self, epoch: i64) {
        self.0.epoch.fetch_max(epoch, Ordering::AcqRel);
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
                Ok(load::holdings(&self.0.reads, person).await?.shown(signed_in.presence.clone()))
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

    /// A transaction that will write, by itself.
    async fn turn(&self) -> Result<DatabaseTransaction, StoreError> {
        // On SQLite, one that reads and then writes would fail at once if another has written meanwhile. On PostgreSQL
        // the connections are such that facts read after a lock was had are those of that moment.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.0.writes.begin_with_options(options).await?)
    }

    /// A snapshot to read from: all statements see one moment. On PostgreSQL that is how these connections are.
    async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            ..TransactionOptions::default()
        };
        Ok(self.0.reads.begin_with_options(options).await?)
    }

    /// The same from a standby that has seen all that this actor must see, if there is one.
    async fn standby_snapshot(&self, actor: &Actor) -> Option<DatabaseTransaction> {
        let standby = self.0.standby.as_ref()?;
        let own = actor.person().and_then(|person| self.0.last_acts.get(&person));
        let event = own.max(Some(self.0.told.load(Ordering::Acquire)));
        standby.snapshot(Horizon { epoch: self.epoch(), event }).await
    }

    /// Remembers how far a standby must be before it answers this person: they see their own acts, whichever replica did
    /// them.
    async fn note_last_act(&self, person: Option<&::entity::person::Model>) -> Result<(), StoreError> {
        use ::entity::event::{Column, Entity};
        if let (Some(person), Some(_)) = (person, &self.0.standby) {
            let last: Option<i64> = Entity::find()
                .select_only()
                .column_as(Column::Seq.max(), "last")
                .filter(Column::ActorId.eq(person.id))
                .into_tuple()
                .one(&self.0.reads)
                .await?
                .flatten();
            self.0.last_acts.insert(PersonId(person.id), last.unwrap_or(0));
        }
        Ok(())
    }
}
