//! The words of each revision, for searching. A revision never changes, so its words are written once; they are derived,
//! so they may be dropped and written again.

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
        Ddl::new(manager)?.run_either(SQLITE, POSTGRES).await
    }
}

const SQLITE: &str = "
CREATE VIRTUAL TABLE revision_text USING fts5(
    heading, body, statements, revision_id UNINDEXED,
    tokenize = 'porter unicode61 remove_diacritics 2'
);
";

const POSTGRES: &str = "
CREATE TABLE revision_text (
    revision_id  {uuid} NOT NULL CONSTRAINT revision_text_revision_id PRIMARY KEY
                 CONSTRAINT revision_text_revision REFERENCES revision (id),
    heading      text NOT NULL,
    body         text NOT NULL,
    statements   text NOT NULL,
    terms        tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', heading), 'A')
        || setweight(to_tsvector('english', statements), 'B')
        || setweight(to_tsvector('english', body), 'C')) STORED
);
CREATE INDEX revision_text_terms ON revision_text USING gin (terms);
";
