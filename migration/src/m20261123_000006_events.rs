//! The record of acts, which is only ever added to, and the epoch of the shelf, which tells caches that it moved.

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
        ddl.run(TABLES).await?;
        ddl.insert_only("event").await
    }
}

/// Kinds of events are not listed: old code must be able to run beside new code that records a new kind.
const TABLES: &str = "
CREATE TABLE event (
    seq          {sequence},
    id           {uuid} NOT NULL CONSTRAINT event_id UNIQUE,
    kind         text NOT NULL,
    document_id  {uuid} CONSTRAINT event_document REFERENCES document (id),
    group_id     {uuid} CONSTRAINT event_group REFERENCES expert_group (id),
    review_id    {uuid} CONSTRAINT event_review REFERENCES review (id),
    actor_id     {uuid} CONSTRAINT event_actor REFERENCES person (id),
    at           {instant} NOT NULL,
    data         text NOT NULL
);
CREATE INDEX event_by_document ON event (document_id, seq);

CREATE TABLE shelf (
    id     integer NOT NULL CONSTRAINT shelf_id PRIMARY KEY,
    epoch  bigint NOT NULL,
    CONSTRAINT shelf_one CHECK (id = 1)
);
INSERT INTO shelf (id, epoch) VALUES (1, 0);
";
