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
mod follow;
mod forms;
mod library;
mod load;
mod once;
mod outbox;
mod reader;
mod row;
mod schedule;
mod shelf;
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
    time::Instant,
};

pub use connect::Address;
pub use error::StoreError;
pub use forms::{Forms, Part};
pub use once::{KEY_HOURS, Once};
pub use outbox::{Leased, Recipient};
use quick_cache::sync::Cache;
use reader::Nearness;
pub use reader::{
    CommentHead, Currency, EditionTree, HistoryOf, HistoryPage, Hit, Numbered, Page, Reader, RegisterEntry,
    SearchFilter, SearchPlace, SeenEdition, SeenReview, Slice, ToldNonParticipant,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    QueryFilter, QuerySelect, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
pub use shelf::Outlook;
use standby::{Horizon, Standby};
use tokio::sync::{Notify, broadcast};
pub use tx::{LockedDocument, Signer, Tx};

use crate::{
    clock::Clock,
    domain::{
        access::{Actor, visible_to},
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
    shelf: shelf::Shelf,
    forms: forms::FormsOfRevisions,
    clock: Clock,
    news: broadcast::Sender<News>,
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

    /// The same, telling `on_statement` of each statement that is sent, but for the question after the epoch, which comes
    /// with time and not with requests: for measuring.
    pub async fn open_counted(
        address: &Address,
        clock: Clock,
        on_statement: impl Fn() + Clone + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let connect::Connections { mut writes, mut reads, mut standby } = connect::open(address).await?;
        for connection in [&mut writes, &mut reads].into_iter().chain(&mut standby) {
            let on_statement = on_statement.clone();
            connection.set_metric_callback(move |info| {
                if info.statement.sql != EPOCH_LATELY {
                    on_statement();
                }
            });
        }
        let (news, _) = broadcast::channel(NEWS_KEPT);
        let is_sqlite = writes.get_database_backend() == DbBackend::Sqlite;
        let writer = is_sqlite.then(|| writer::Writer::start(writes.clone()));
        let inner = Inner {
            writes,
            reads,
            writer,
            library: library::Library::new(),
            shelf: shelf::Shelf::new(),
            forms: forms::FormsOfRevisions::new(),
            clock,
            news,
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
        Reader::new(self.clone(), actor, self.0.clock.now(), Nearness::Standby, None)
    }

    /// The same, from memory where nothing has changed since it was remembered: for reading what is published. If the
    /// shelf is found to have moved in the middle, it says so (`StoreError::Moved`), and is to be begun again.
    pub fn reader_at_shelf(&self, actor: Actor) -> Reader {
        Reader::new(self.clone(), actor, self.0.clock.now(), Nearness::Standby, self.0.shelf.epoch())
    }

    /// The epoch of the shelf, if it is believed at the moment: the database was asked for it lately.
    pub async fn believed_epoch(&self) -> Option<i64> {
        let shelf = &self.0.shelf;
        if shelf.must_ask() {
            // Whoever asks may be dropped in the middle; the next one must be able to ask.
            let asking = Asking { shelf, at: Instant::now(), epoch: None };
            asking.done(epoch_lately(&self.0.reads).await);
        }
        shelf.epoch()
    }

    /// The same from the primary: for what was just written, by whomever.
    pub fn fresh_reader(&self, actor: Actor) -> Reader {
        Reader::new(self.clone(), actor, self.0.clock.now(), Nearness::Primary, None)
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
    /// known here of whether they are present: that is in the token. Who sees no more than a partner is remembered while
    /// the epoch stands; anybody else is asked after each time, so that what was taken back grants nothing on the next
    /// request, whichever process hears of it first (A5).
    pub async fn actor(&self, login: &Login) -> Result<Actor, StoreError> {
        use ::entity::person::Column;
        let actors = &self.0.shelf.actors;
        // Asked before: what is read may be newer than that, never older.
        let key = self.believed_epoch().await.map(|epoch| (epoch, login.clone()));
        if let Some(actor) = key.as_ref().and_then(|key| actors.get(key)) {
            return Ok(actor);
        }
        let who = Condition::all().add(Column::Issuer.eq(&login.issuer)).add(Column::Subject.eq(&login.subject));
        let actor = load::holdings(&self.0.reads, who).await?;
        self.note_last_act(actor.person()).await?;
        let sees_as_others = visible_to(&actor, self.now()).readership().is_some();
        if let Some(key) = key.filter(|_| sees_as_others && actor != Actor::Anonymous) {
            actors.insert(key, actor.clone());
        }
        Ok(actor)
    }

    /// The epoch of the shelf, as far as this process has heard: at once of its own acts, within half a second of others'.
    pub fn epoch(&self) -> i64 {
        self.0.shelf.latest()
    }

    /// Hears of an epoch. It only grows.
    fn heard_epoch(&self, epoch: i64) {
        self.0.shelf.heard(epoch);
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
            Actor::Person(signed_in) => Ok(self.actor_of(signed_in.person).await?.shown(signed_in.presence.clone())),
        }
    }

    /// A person, with what they hold now: to read with their eyes for them.
    pub async fn actor_of(&self, person: PersonId) -> Result<Actor, StoreError> {
        load::holdings(&self.0.reads, Condition::all().add(::entity::person::Column::Id.eq(person.0))).await
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
        Ok(begun(&self.0.writes, options).await?)
    }

    /// A snapshot to read from: all statements see one moment. On PostgreSQL that is how these connections are.
    async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            ..TransactionOptions::default()
        };
        Ok(begun(&self.0.reads, options).await?)
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
    async fn note_last_act(&self, person: Option<PersonId>) -> Result<(), StoreError> {
        use ::entity::event::{Column, Entity};
        if let (Some(person), Some(_)) = (person, &self.0.standby) {
            let last: Option<i64> = Entity::find()
                .select_only()
                .column_as(Column::Seq.max(), "last")
                .filter(Column::ActorId.eq(person.0))
                .into_tuple()
                .one(&self.0.reads)
                .await?
                .flatten();
            self.0.last_acts.insert(person, last.unwrap_or(0));
        }
        Ok(())
    }
}

/// Begins a transaction in a task of its own, which goes on to its end when whoever asked has left. Left in the middle of
/// `BEGIN`, a connection would go back to the others inside a transaction, where later acts were acknowledged and lost
/// (sqlx #4385).
async fn begun(db: &DatabaseConnection, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
    let db = db.clone();
    let begun = tokio::spawn(async move { db.begin_with_options(options).await }).await;
    // It neither panics nor is stopped but with the whole process.
    begun.map_err(|gone| DbErr::Custom(gone.to_string()))?
}

/// The question after the epoch that comes with time.
const EPOCH_LATELY: &str = "SELECT epoch FROM shelf WHERE id = 1 LIMIT 1";

async fn epoch_lately(db: &DatabaseConnection) -> Result<i64, StoreError> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), EPOCH_LATELY)).await?;
    let row = row.ok_or_else(|| StoreError::unbelievable("shelf", 1, "is not there"))?;
    Ok(row.try_get("", "epoch")?)
}

/// Reads the epoch as it stands in a snapshot.
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
