//! News between replicas: PostgreSQL sends a hint when the shelf moves, and the record of acts is found by who acted.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ddl = Ddl::new(manager)?;
        ddl.run("CREATE INDEX event_by_actor ON event (actor_id, seq)").await?;
        ddl.run_either("", POSTGRES).await
    }
}

/// The payload is empty: whoever hears it reads the record. Only few acts send it, since commits that do wait for one
/// another.
const POSTGRES: &str = "
CREATE FUNCTION shelf_moved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('consilium', '');
        RETURN NULL;
    END $$;
CREATE TRIGGER shelf_moved AFTER UPDATE ON shelf FOR EACH STATEMENT EXECUTE FUNCTION shelf_moved();
";
