//! Fresh tables without the product, and what they answer when they refuse.

use migration::{Migrator, MigratorTrait, violated_rule};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr};

use crate::harness::{postgres::Database, world::migrated_postgres};

/// A database with every migration applied and nothing in it.
pub(crate) struct Tables {
    pub(crate) connection: DatabaseConnection,
    database: Option<Database>,
}

impl Tables {
    /// In memory.
    pub(crate) async fn on_sqlite() -> Self {
        let mut options = ConnectOptions::new("sqlite::memory:");
        // Each connection to `:memory:` is a database of its own.
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await.unwrap();
        Migrator::up(&connection, None).await.unwrap();
        Self { connection, database: None }
    }

    /// On the server that all tests share.
    pub(crate) async fn on_postgres() -> Self {
        let database = migrated_postgres().await;
        Self { connection: database.connect().await, database: Some(database) }
    }

    /// Another connection to the same tables, which those in memory do not have.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        self.database.as_ref().unwrap().connect().await
    }
}

/// Runs a statement as it is.
pub(crate) async fn execute(db: &impl ConnectionTrait, sql: &str) -> Result<(), DbErr> {
    db.execute_unprepared(sql).await.map(drop)
}

/// Expects that a statement was refused, and by the rule with this name.
#[track_caller]
pub(crate) fn refused_by(rule: &str, result: Result<(), DbErr>) {
    match result {
        Ok(()) => panic!("{rule} refused nothing"),
        Err(error) => assert_eq!(violated_rule(&error).as_deref(), Some(rule), "{error}"),
    }
}
