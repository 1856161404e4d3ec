//! Fresh databases with every migration applied, and what they answer when they refuse.

use migration::{Migrator, MigratorTrait, violated_rule};
use sea_orm_migration::sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr};

/// An empty SQLite, and an empty schema of PostgreSQL if one is named.
pub(crate) async fn databases() -> Vec<DatabaseConnection> {
    let mut sqlite = ConnectOptions::new("sqlite::memory:");
    // Each connection to `:memory:` is a database of its own.
    sqlite.max_connections(1).sqlx_logging(false);
    let mut databases = vec![Database::connect(sqlite).await.unwrap()];
    if let Ok(url) = std::env::var("CONSILIUM_TEST_POSTGRES_URL") {
        databases.push(postgres(&url).await);
    }
    for db in &databases {
        Migrator::up(db, None).await.unwrap();
    }
    databases
}

async fn postgres(url: &str) -> DatabaseConnection {
    let schema = format!("constraints_{}", uuid::Uuid::now_v7().simple());
    let create = Database::connect(url).await.unwrap();
    create.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.unwrap();
    create.close().await.unwrap();
    let mut options = ConnectOptions::new(url);
    options.max_connections(2).set_schema_search_path(schema).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// Runs a statement as it is.
pub(crate) async fn run(db: &DatabaseConnection, sql: &str) -> Result<(), DbErr> {
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
