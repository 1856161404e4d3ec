//! The store: the only code that knows the tables and their library.
//!
//! ```text
//! Reader (one actor, one moment) ── every select starts from what the actor may see ──> domain values
//! Tx     (one transaction)       ── takes only outcomes that the domain decided      ──> rows + event, then News
//! ```
//!
//! Published editions never change, so `library` keeps them in memory; what outsiders may see of them stands on the `shelf`
//! until the epoch moves.

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
pub use reader::{Currency, EditionTree, Hit, Page, Reader, SearchFilter, SearchPlace, SeenEdition, SeenReview, Slice};
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
        access::{Actor, SignedIn, visible_to},
        directory::Login,
        id::{DocumentId, OrganisationId, PersonId, ReviewId},
        time::Timestamp,
    },
};

/// One database, shared by all who read and write it. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    writes: DatabaseConnection,
    reads: DatabaseConnection,
    library: library::Library,
    shelf: shelf::Shelf,
    forms: forms::FormsOfRevisions,
    clock: Clock,
    news: broadcast::Sender<News>,
}

/// What has just been committed, for those who wait for it. It says where to look, never what is there: whoever hears
/// it reads it with their own eyes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum News {
    /// Something in an open review, or its draft, changed.
    ReviewChanged(ReviewId),
    /// A document got a new edition in force.
    DocumentPublished(DocumentId),
}

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
        Ok(Self(Arc::new(Inner {
            writes,
            reads,
            library: library::Library::new(),
            shelf: shelf::Shelf::new(),
            forms: forms::FormsOfRevisions::new(),
            clock,
            news,
        })))
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
        let actor = self.holdings(person).await?;
        let sees_as_others = visible_to(&actor, self.now()).readership().is_some();
        if let Some(key) = key.filter(|_| sees_as_others && actor != Actor::Anonymous) {
            actors.insert(key, actor.clone());
        }
        Ok(actor)
    }

    async fn holdings(&self, person: Option<::entity::person::Model>) -> Result<Actor, StoreError> {
        use ::entity::{role_grant, seat};
        let Some(person) = person else { return Ok(Actor::Anonymous) };
        let db = &self.0.reads;
        let seats = seat::Entity::find().filter(seat::Column::PersonId.eq(person.id)).all(db).await?;
        let mut given_to = sea_orm::Condition::any().add(role_grant::Column::PersonId.eq(person.id));
        if let Some(organisation) = person.organisation_id {
            given_to = given_to.add(role_grant::Column::OrganisationId.eq(organisation));
        }
        let grants =
            role_grant::Entity::find().filter(role_grant::Column::RevokedAt.is_null()).filter(given_to).all(db).await?;
        Ok(Actor::Person(SignedIn {
            person: PersonId(person.id),
            organisation: person.organisation_id.map(OrganisationId),
            seats: seats.into_iter().map(row::seat).collect::<Result<_, _>>()?,
            grants: grants.iter().map(row::grant).collect::<Result<_, _>>()?,
        }))
    }

    /// Hears of what is committed from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.0.news.subscribe()
    }

    /// The same actor with what they hold by now: for whoever has been listening for a while (A5).
    pub async fn actor_again(&self, actor: &Actor) -> Result<Actor, StoreError> {
        match actor {
            Actor::Anonymous | Actor::System => Ok(actor.clone()),
            Actor::Person(signed_in) => {
                let person = ::entity::person::Entity::find_by_id(signed_in.person.0).one(&self.0.reads).await?;
                self.holdings(person).await
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
