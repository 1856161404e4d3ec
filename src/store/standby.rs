//! Reads from a streaming standby of the database, which may be behind the primary, or away.
//!
//! One rule: a reader gets a snapshot of the standby only if that snapshot holds everything that the reader must see; else
//! it reads from the primary, without a word. What must be seen is told in the database's own terms and asked of the very
//! snapshot that would be read: the epoch of the shelf that this process knows, the last act of whoever asks, and the last
//! one that was told to listeners here.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionOptions,
};

use super::begun;

/// How long a standby that failed is left alone.
const AWAY_FOR: Duration = Duration::from_secs(1);

/// A standby, and whether it is left alone for now.
#[derive(Debug)]
pub(super) struct Standby {
    db: DatabaseConnection,
    away_until: Mutex<Option<Instant>>,
}

/// What a reader must see.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Horizon {
    /// At least this epoch.
    pub(super) epoch: i64,
    /// This event, and so all that was committed before it.
    pub(super) event: Option<i64>,
}

impl Standby {
    pub(super) fn new(db: DatabaseConnection) -> Self {
        Self { db, away_until: Mutex::new(None) }
    }

    /// A snapshot that holds all that must be seen, if there is one to be had at once.
    pub(super) async fn snapshot(&self, horizon: Horizon) -> Option<DatabaseTransaction> {
        if self.is_away() {
            return None;
        }
        match self.look(horizon).await {
            Ok(snapshot) => {
                self.came_back();
                snapshot
            }
            Err(error) => {
                self.went_away(&error);
                None
            }
        }
    }

    async fn look(&self, Horizon { epoch, event }: Horizon) -> Result<Option<DatabaseTransaction>, DbErr> {
        let snapshot = begun(&self.db, TransactionOptions::default()).await?;
        let sql = "SELECT (SELECT epoch FROM shelf WHERE id = 1) >= $1 \
                   AND ($2 = 0 OR EXISTS (SELECT 1 FROM event WHERE seq = $2)) AS is_seen";
        let values = [epoch.into(), event.unwrap_or(0).into()];
        let row = snapshot.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
        let is_seen = row.map(|row| row.try_get::<Option<bool>>("", "is_seen")).transpose()?.flatten();
        Ok((is_seen == Some(true)).then_some(snapshot))
    }

    /// Leaves it alone for a while, after it failed. Says so once.
    pub(super) fn went_away(&self, error: &DbErr) {
        let mut away_until = self.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        if away_until.is_none() {
            tracing::warn!(cause = error as &dyn std::error::Error, "the standby is away: reading from the primary");
        }
        *away_until = Some(Instant::now() + AWAY_FOR);
    }

    fn came_back(&self) {
        if self.away_until.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            tracing::info!("the standby is back");
        }
    }

    fn is_away(&self) -> bool {
        let away_until = self.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        away_until.is_some_and(|until| Instant::now() < until)
    }
}
