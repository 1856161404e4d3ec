//! What the record of acts needs to be read by others (A6): which audience an act on a section was for, and an index by
//! review.

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
        Ddl::new(manager)?.run(COLUMNS).await
    }
}

/// Of acts recorded before, the audience is not known: those on sections are for whoever reads all of the draft.
const COLUMNS: &str = "
ALTER TABLE event ADD COLUMN audience text CONSTRAINT event_audience CHECK (audience IN ('GROUP', 'PARTNERS', 'PUBLIC'));
CREATE INDEX event_by_review ON event (review_id, seq);
";
