//! The one writer of SQLite: whoever wants to write gets a turn, in the order of asking, and those who wait at the same
//! time share one durable commit.
//!
//! ```text
//! begin ──> queue ──> BEGIN IMMEDIATE ─────────── savepoint ── savepoint ──> COMMIT ──> acknowledged, all at once
//!                                      1st turn   2nd turn     3rd turn
//! ```
//!
//! A commit costs a `fsync`, a turn a few statements; so sixteen who sign at once wait for one `fsync` and not for
//! sixteen. Nobody is told that their act is done before that commit. Who fails or leaves undoes their own savepoint and
//! nobody else's; the first needs no savepoint, since there is nothing before it. A turn sees what earlier turns of the
//! same commit did; if that commit fails, all of them fail, so what was seen is either lasting or nobody's. PostgreSQL does
//! all this by itself.

use std::time::{Duration, Instant};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::{mpsc, oneshot};

use super::StoreError;

/// The most turns that share a commit, and the longest that the first of them waits for more to come.
const TURNS_MAX: usize = 64;
const GATHERING_MAX: Duration = Duration::from_millis(10);
/// How many may wait in the queue; more wait to get into it.
const QUEUE: usize = 1_024;

/// Gives turns.
#[derive(Clone, Debug)]
pub(super) struct Writer(mpsc::Sender<oneshot::Sender<Result<Turn, StoreError>>>);

/// Somebody's turn to write. What they do is undone unless they commit it and then wait until it is [`Place::lasting`].
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) db: DatabaseTransaction,
    pub(super) place: Place,
}

/// A place among those who share a commit.
#[derive(Debug)]
pub(super) struct Place(oneshot::Sender<Done>);

/// A turn handed back, with whom to tell of the commit.
type Done = (DatabaseTransaction, oneshot::Sender<Result<(), StoreError>>);

impl Writer {
    /// Starts giving turns on a connection, for as long as somebody may ask for one.
    pub(super) fn start(connection: DatabaseConnection) -> Self {
        let (ask, asked) = mpsc::channel(QUEUE);
        tokio::spawn(give_turns(connection, asked));
        Self(ask)
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Result<Turn, StoreError> {
        let (give, given) = oneshot::channel();
        self.0.send(give).await.map_err(|_| gone())?;
        given.await.map_err(|_| gone())?
    }
}

impl Place {
    /// Ends a turn, and returns once everything done in it is lasting.
    pub(super) async fn lasting(self, db: DatabaseTransaction) -> Result<(), StoreError> {
        let (tell, told) = oneshot::channel();
        self.0.send((db, tell)).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

/// The writer is gone, and whatever it held was undone.
fn gone() -> StoreError {
    StoreError::Database(DbErr::Custom("the writer is gone".to_owned()))
}

async fn give_turns(
    connection: DatabaseConnection,
    mut asked: mpsc::Receiver<oneshot::Sender<Result<Turn, StoreError>>>,
) {
    while let Some(first) = asked.recv().await {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let group = match connection.begin_with_options(options).await {
            Ok(group) => group,
            Err(error) => {
                // Whoever asked has left if this is not heard.
                let _ = first.send(Err(error.into()));
                continue;
            }
        };
        let began = Instant::now();
        // Whoever does not hand it back has undone what they did, and nobody else had done anything.
        let Some((group, tell)) = take_turn(group, first).await else { continue };
        let mut acknowledge = vec![tell];
        while acknowledge.len() < TURNS_MAX && began.elapsed() < GATHERING_MAX {
            let Ok(next) = asked.try_recv() else { break };
            acknowledge.extend(take_turn_among(&group, next).await);
        }
        end(group.commit().await, acknowledge);
    }
}

/// Gives a turn in a transaction and waits for its end. It comes back unless the turn was not taken, or not committed: then
/// it was dropped with all that was done in it.
async fn take_turn(db: DatabaseTransaction, give: oneshot::Sender<Result<Turn, StoreError>>) -> Option<Done> {
    let (done, is_done) = oneshot::channel();
    let _ = give.send(Ok(Turn { db, place: Place(done) }));
    is_done.await.ok()
}

/// Gives a turn after others that share the commit: whom to tell of that, unless nothing was done.
async fn take_turn_among(
    group: &DatabaseTransaction,
    give: oneshot::Sender<Result<Turn, StoreError>>,
) -> Option<oneshot::Sender<Result<(), StoreError>>> {
    let savepoint = match group.begin().await {
        Ok(savepoint) => savepoint,
        Err(error) => {
            let _ = give.send(Err(error.into()));
            return None;
        }
    };
    let (savepoint, tell) = take_turn(savepoint, give).await?;
    match savepoint.commit().await {
        Ok(()) => Some(tell),
        Err(error) => {
            let _ = tell.send(Err(error.into()));
            None
        }
    }
}

/// Tells everybody how the commit that they share went.
fn end(committed: Result<(), DbErr>, acknowledge: Vec<oneshot::Sender<Result<(), StoreError>>>) {
    let failure = committed.err();
    for tell in acknowledge {
        // Whoever does not wait any more has left after asking for the commit, which was made all the same.
        let _ = tell.send(match &failure {
            None => Ok(()),
            Some(error) => Err(StoreError::Database(DbErr::Custom(error.to_string()))),
        });
    }
}
