//! How many acts a document and a group have seen: what was read of them at one version is what stands at that version,
//! so it may be kept in memory.
//!
//! The database counts, not the code: whoever records an act writes an event, old code beside new included. Positions are
//! not counted, since they change nothing about a document besides themselves, and they are many.

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
        ddl.run(COLUMNS).await?;
        ddl.run_either(SQLITE, POSTGRES).await
    }
}

const COLUMNS: &str = "
ALTER TABLE document ADD COLUMN version bigint NOT NULL DEFAULT 0;
ALTER TABLE expert_group ADD COLUMN version bigint NOT NULL DEFAULT 0;
CREATE INDEX position_by_seat ON position (review_id, seat_id, act, section_id, taken_at);
CREATE INDEX edition_by_document ON edition (document_id, state);
";

const SQLITE: &str = "
CREATE TRIGGER event_counts_for_document AFTER INSERT ON event FOR EACH ROW
WHEN NEW.document_id IS NOT NULL AND NEW.kind <> 'POSITION_TAKEN'
BEGIN UPDATE document SET version = version + 1 WHERE id = NEW.document_id; END;
CREATE TRIGGER event_counts_for_group AFTER INSERT ON event FOR EACH ROW
WHEN NEW.document_id IS NULL AND NEW.group_id IS NOT NULL
BEGIN UPDATE expert_group SET version = version + 1 WHERE id = NEW.group_id; END;
";

const POSTGRES: &str = "
CREATE FUNCTION event_counts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.document_id IS NULL THEN
            UPDATE expert_group SET version = version + 1 WHERE id = NEW.group_id;
        ELSE
            UPDATE document SET version = version + 1 WHERE id = NEW.document_id;
        END IF;
        RETURN NULL;
    END $$;
CREATE TRIGGER event_counts AFTER INSERT ON event FOR EACH ROW
    WHEN (NEW.kind <> 'POSITION_TAKEN' AND (NEW.document_id IS NOT NULL OR NEW.group_id IS NOT NULL))
    EXECUTE FUNCTION event_counts();
";
