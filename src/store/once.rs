//! An act that is done once: what it did, that it was done, and what came of it become lasting in one transaction.
//!
//! ```text
//! begin ── the key is locked ── is it known? ──> what came of it; nothing is written
//!              │ no
//!          the command ── commit: put by ── its outcome and the key are written ── the true commit
//! ```
//!
//! A command knows nothing of keys: the key goes beside it, not through it, and so no command can forget it. That is why
//! it travels with the task. A crash at any moment leaves all of it or nothing; a repeat of what was left as nothing acts.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Set, Statement,
    prelude::Uuid,
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{Store, StoreError, Tx};
use crate::domain::time::Timestamp;

/// Hours for which a key is known.
pub const KEY_HOURS: i64 = 24;

/// The key of an act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Once {
    /// Who acts.
    pub actor: Uuid,
    /// The key, in the actor's own words.
    pub key: String,
    /// Which act of the request.
    pub field: String,
    /// The hash of the request. A key belongs to one.
    pub request: [u8; 32],
}

tokio::task_local! {
    static HELD: Arc<Held>;
}

/// An act with a key that is under way.
pub(super) struct Held {
    once: Once,
    state: Mutex<State>,
}

/// How far it is.
enum State {
    /// Nothing is to be made lasting.
    Begun,
    /// It was done before, and this came of it.
    Known(String),
    /// It is done but for its commit.
    PutBy(Box<Tx>),
}

impl Once {
    /// Runs a command whose every transaction is one try of the same act.
    pub async fn run<T, E>(self, command: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        E: From<StoreError>,
    {
        let held = Arc::new(Held { once: self, state: Mutex::new(State::Begun) });
        let done = HELD.scope(Arc::clone(&held), command).await;
        match (done, held.put(State::Begun)) {
            (Ok(done), State::PutBy(tx)) => {
                let outcome = serde_json::to_string(&done).map_err(|error| held.unbelievable(error))?;
                tx.finish_once(&held.once, outcome).await?;
                Ok(done)
            }
            (_, State::Known(outcome)) => {
                serde_json::from_str(&outcome).map_err(|error| E::from(held.unbelievable(error)))
            }
            (done, State::Begun | State::PutBy(_)) => done,
        }
    }
}

impl Held {
    /// The act that this task is at.
    pub(super) fn current() -> Option<Arc<Self>> {
        HELD.try_with(Arc::clone).ok()
    }

    /// Looks whether the act was done before. Nobody else can do it until the transaction ends.
    pub(super) async fn check(&self, tx: Tx) -> Result<Tx, StoreError> {
        let Once { actor, key, field, request } = &self.once;
        if !tx.lock_key(*actor, key).await? {
            return Err(StoreError::KeyInUse);
        }
        let known = tx.acts_of_key(*actor, key).await?;
        if known.iter().any(|act| act.request != request) {
            return Err(StoreError::KeyReused);
        }
        match known.into_iter().find(|act| act.field == *field) {
            Some(act) => {
                // On SQLite it may have been done in a turn whose commit is still to come: then wait for that, too.
                tx.finish().await?;
                self.put(State::Known(act.outcome));
                Err(StoreError::DoneBefore)
            }
            None => Ok(tx),
        }
    }

    /// Puts a transaction by until it is known what came of it.
    pub(super) fn put_by(&self, tx: Tx) {
        self.put(State::PutBy(Box::new(tx)));
    }

    fn put(&self, state: State) -> State {
        std::mem::replace(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner), state)
    }

    fn unbelievable(&self, error: serde_json::Error) -> StoreError {
        StoreError::unbelievable("keyed_act", self.once.actor, format!("column outcome: {error}"))
    }
}

impl Tx {
    /// Sees to it that nobody else acts with this key meanwhile; false if somebody does. The embedded database has one
    /// writer, and this is it.
    async fn lock_key(&self, actor: Uuid, key: &str) -> Result<bool, StoreError> {
        if self.db.get_database_backend() != DbBackend::Postgres {
            return Ok(true);
        }
        let hash = Sha256::new().chain_update("idempotency key").chain_update(actor).chain_update(key).finalize();
        let (name, _) = hash.split_first_chunk::<8>().ok_or(StoreError::KeyInUse)?;
        let sql = "SELECT pg_try_advisory_xact_lock($1) AS locked";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [i64::from_be_bytes(*name).into()]);
        let row = self.db.query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get::<bool>("", "locked")).transpose()?.unwrap_or(false))
    }

    /// What was done with this key, after forgetting what is over.
    async fn acts_of_key(&self, actor: Uuid, key: &str) -> Result<Vec<::entity::keyed_act::Model>, StoreError> {
        use ::entity::keyed_act::{Column, Entity};
        let of_key = || Condition::all().add(Column::ActorId.eq(actor)).add(Column::Key.eq(key));
        Entity::delete_many().filter(of_key()).filter(Column::DoneAt.lt(forgotten(self.now()))).exec(&self.db).await?;
        Ok(Entity::find().filter(of_key()).all(&self.db).await?)
    }

    /// Writes down what came of the act and under which key it was done, and makes all of it lasting.
    async fn finish_once(self, once: &Once, outcome: String) -> Result<(), StoreError> {
        ::entity::keyed_act::ActiveModel {
            actor_id: Set(once.actor),
            key: Set(once.key.clone()),
            field: Set(once.field.clone()),
            request: Set(once.request.to_vec()),
            outcome: Set(outcome),
            done_at: Set(self.now()),
        }
        .insert(&self.db)
        .await?;
        self.finish().await
    }
}

impl Store {
    /// The hash of the request that a key belongs to, if it is known.
    pub async fn request_of_key(&self, actor: Uuid, key: &str) -> Result<Option<[u8; 32]>, StoreError> {
        use ::entity::keyed_act::{Column, Entity};
        let chosen = Entity::find().filter(Column::ActorId.eq(actor)).filter(Column::Key.eq(key));
        let act = chosen.filter(Column::DoneAt.gte(forgotten(self.now()))).one(&self.0.reads).await?;
        let request = act.map(|act| act.request.try_into());
        request.transpose().map_err(|_| StoreError::unbelievable("keyed_act", actor, "column request"))
    }

    /// Forgets the keys that are over.
    pub async fn forget_keys(&self) -> Result<u64, StoreError> {
        use ::entity::keyed_act::{Column, Entity};
        let over = Entity::delete_many().filter(Column::DoneAt.lt(forgotten(self.now())));
        Ok(over.exec(&self.0.writes).await?.rows_affected)
    }
}

/// The moment before which a key is forgotten.
fn forgotten(now: Timestamp) -> Timestamp {
    now - TimeDelta::hours(KEY_HOURS)
}
