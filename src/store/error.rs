//! What can go wrong between us and the database.

use std::fmt;

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// A failure of the store. None of it reaches a client; it is logged once, where it is handled.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or did not answer.
    #[error("failed to ask the database")]
    Database(#[source] DbErr),
    /// A named constraint was violated: two acts met, and this one came second.
    #[error("failed to keep the constraint {0}")]
    Constraint(String),
    /// A row that cannot be: somebody changed it behind our back.
    #[error("failed to believe {table} {id}: {what}")]
    Unbelievable {
        /// Table.
        table: &'static str,
        /// Row.
        id: String,
        /// What is wrong with it.
        what: String,
    },
    /// The database is set up in a way that could lose acknowledged acts.
    #[error("failed to accept the database's settings: {0}")]
    Unsafe(String),
    /// What was read from memory was of another epoch than what the database says: look again.
    #[error("failed to read everything as of one moment")]
    Moved,
    /// The act was done before with the same key. [`Once`](super::Once) knows what came of it.
    #[error("failed to act twice with one key")]
    DoneBefore,
    /// The key belongs to another request.
    #[error("failed to use a key that belongs to another request")]
    KeyReused,
    /// Somebody is acting with the same key just now.
    #[error("failed to use a key that is in use")]
    KeyInUse,
    /// The address of the database cannot be read.
    #[error("failed to read the database's address: {0}")]
    Address(String),
}

impl StoreError {
    /// A row of `table` that cannot be.
    pub(super) fn unbelievable(table: &'static str, id: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self::Unbelievable { table, id: id.to_string(), what: what.to_string() }
    }

    /// Whether trying the whole transaction again may help: serialisation failure, deadlock, a lock or a connection not had.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(DbErr::ConnectionAcquire(_)) => true,
            Self::Database(error) => database_code(error)
                .is_some_and(|code| matches!(code.as_str(), "40001" | "40P01" | "55P03" | "5" | "517")),
            Self::KeyInUse => true,
            Self::Constraint(_)
            | Self::Unbelievable { .. }
            | Self::Unsafe(_)
            | Self::Moved
            | Self::DoneBefore
            | Self::KeyReused
            | Self::Address(_) => false,
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match ::migration::violated_rule(&error) {
            Some(rule) => Self::Constraint(rule),
            None => Self::Database(error),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::from(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
    }
}

fn database_error(error: &DbErr) -> Option<&dyn sqlx::error::DatabaseError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => error.as_database_error(),
        _ => None,
    }
}

fn database_code(error: &DbErr) -> Option<String> {
    database_error(error)?.code().map(|code| code.into_owned())
}
