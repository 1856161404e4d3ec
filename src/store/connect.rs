//! Opens the database: SQLite with one writer and a pool of readers, or PostgreSQL with a pool for each.
//!
//! Refuses settings under which an acknowledged act could be lost, unless the operator insists in words.

use std::{str::FromStr, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector, Statement,
    sqlx::{
        self, ConnectOptions,
        postgres::{PgConnectOptions, PgPoolOptions},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

use super::StoreError;
use crate::config::{Database, DurabilityWaiver, Limits};

/// Where the database is and how much of it to use.
#[derive(Clone, Debug)]
pub struct Address {
    /// `sqlite:consilium.db` or `postgres://user@host/name`.
    pub url: String,
    /// A standby to read from.
    pub standby: Option<String>,
    /// Connections that write (PostgreSQL; SQLite has one writer), and as many that read.
    pub connections: u32,
    /// Whether the operator insists on settings that may lose acknowledged acts.
    pub waiver: DurabilityWaiver,
    /// How long one statement may take (PostgreSQL).
    pub statement_limit: Duration,
    /// How long a lock is waited for.
    pub lock_limit: Duration,
}

impl Address {
    /// The database that is configured.
    pub fn of(database: &Database, limits: &Limits) -> Self {
        Self {
            url: database.url.expose().to_owned(),
            standby: database.read_url.expose().map(ToOwned::to_owned),
            connections: database.connections,
            waiver: database.allow_weaker_durability,
            statement_limit: Duration::from_secs(limits.statement_seconds),
            lock_limit: Duration::from_secs(limits.lock_seconds),
        }
    }
}

/// The two ways into one database.
pub(super) struct Connections {
    pub(super) writes: DatabaseConnection,
    pub(super) reads: DatabaseConnection,
    /// Reads from a standby, which may be behind or away.
    pub(super) standby: Option<DatabaseConnection>,
}

const ACQUIRE_LIMIT: Duration = Duration::from_secs(10);
const STANDBY_ACQUIRE_LIMIT: Duration = Duration::from_millis(500);
/// How long a connection may lie still before it is tried out.
const IDLE_UNTESTED: Duration = Duration::from_millis(500);
/// The library that SQLite must be at least: older ones can corrupt a WAL database.
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

pub(super) async fn open(address: &Address) -> Result<Connections, StoreError> {
    let url = address.url.as_str();
    if url.starts_with("sqlite:") {
        open_sqlite(url, address).await
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        open_postgres(url, address).await
    } else {
        Err(StoreError::Address("it begins with neither sqlite: nor postgres:".to_owned()))
    }
}

async fn open_sqlite(url: &str, address: &Address) -> Result<Connections, StoreError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| StoreError::Address(error.to_string()))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(address.lock_limit)
        .disable_statement_logging();
    let pool = |size: u32| {
        // The one writer is waited for in turn; it is never closed for being idle.
        SqlitePoolOptions::new()
            .max_connections(size)
            .acquire_timeout(ACQUIRE_LIMIT)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let writes = pool(1).connect_with(options.clone()).await?;
    let reads =
        pool(address.connections.max(2)).connect_lazy_with(options.read_only(false).optimize_on_close(false, None));
    let writes = SqlxSqliteConnector::from_sqlx_sqlite_pool(writes);
    check_sqlite_version(&writes).await?;
    Ok(Connections { writes, reads: SqlxSqliteConnector::from_sqlx_sqlite_pool(reads), standby: None })
}

async fn check_sqlite_version(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let version: String = setting(connection, "SELECT sqlite_version() AS value").await?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    if (part(), part(), part()) < SQLITE_VERSION_MIN {
        return Err(StoreError::Unsafe(format!(
            "SQLite {version} can corrupt a WAL database; 3.51.3 or newer is needed"
        )));
    }
    Ok(())
}

async fn open_postgres(url: &str, address: &Address) -> Result<Connections, StoreError> {
    let options = |url: &str| -> Result<PgConnectOptions, StoreError> {
        Ok(PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Address(error.to_string()))?
            .application_name("consilium")
            .options([
                ("statement_timeout", format!("{}ms", address.statement_limit.as_millis())),
                ("lock_timeout", format!("{}ms", address.lock_limit.as_millis())),
                ("idle_in_transaction_session_timeout", "60s".to_owned()),
                // A `ROLLBACK` that follows a commit nobody waited for is a warning, and would be logged.
                ("client_min_messages", "error".to_owned()),
            ])
            .disable_statement_logging())
    };
    let pool = || {
        PgPoolOptions::new()
            .max_connections(address.connections.max(2))
            .acquire_timeout(ACQUIRE_LIMIT)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| Box::pin(revive(connection, meta.idle_for)))
    };
    // What a transaction is like is said once for each connection: to say it in each transaction costs a round trip.
    let to_write = [("default_transaction_isolation", "read committed")];
    let to_read = [("default_transaction_isolation", "repeatable read"), ("default_transaction_read_only", "on")];
    let writes = pool().connect_with(options(url)?.options(to_write)).await?;
    let reads = pool().connect_lazy_with(options(url)?.options(to_read));
    let standby = address.standby.as_deref().map(|url| options(url).map(|options| options.options(to_read)));
    let standby = standby.transpose()?.map(|options| {
        // Whoever finds no connection to the standby in time goes to the primary.
        pool().acquire_timeout(STANDBY_ACQUIRE_LIMIT).connect_lazy_with(options)
    });
    let writes = SqlxPostgresConnector::from_sqlx_postgres_pool(writes);
    if address.waiver == DurabilityWaiver::Withheld {
        let commit: String = setting(&writes, "SELECT current_setting('synchronous_commit') AS value").await?;
        if commit == "off" {
            return Err(StoreError::Unsafe(
                "synchronous_commit is off, so an acknowledged sign-off could be lost; \
                 set database.allow_weaker_durability to insist"
                    .to_owned(),
            ));
        }
    }
    let reads = SqlxPostgresConnector::from_sqlx_postgres_pool(reads);
    Ok(Connections { writes, reads, standby: standby.map(SqlxPostgresConnector::from_sqlx_postgres_pool) })
}

/// A connection that lay still may have lost its server meanwhile; one that was just in use is taken as it is. Whatever was
/// begun on it came to its end ([`super::begun`]).
async fn revive(connection: &mut sqlx::PgConnection, idle_for: Duration) -> Result<bool, sqlx::Error> {
    use sqlx::Connection;
    Ok(idle_for < IDLE_UNTESTED || connection.ping().await.is_ok())
}

async fn setting(connection: &DatabaseConnection, sql: &str) -> Result<String, StoreError> {
    let statement = Statement::from_string(connection.get_database_backend(), sql.to_owned());
    let row = connection.query_one_raw(statement).await?;
    let value = row.map(|row| row.try_get::<String>("", "value")).transpose()?;
    value.ok_or_else(|| StoreError::Unsafe("the database does not tell its settings".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn plans_of_sqlite_do_not_depend_on_values() {
        let pool = SqlitePoolOptions::new().connect("sqlite::memory:").await.unwrap();
        let connection = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
        let asked = "SELECT CAST(sqlite_compileoption_used('ENABLE_QPSG') AS TEXT) AS value";
        assert_eq!(setting(&connection, asked).await.unwrap(), "1", "see .cargo/config.toml");
    }
}
