//! What sections have said: immutable revisions, and who confirmed that one changed nothing clinical.

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
        ddl.insert_only("revision").await?;
        ddl.insert_only("editorial_confirmation").await
    }
}

/// The content is text on PostgreSQL too: `jsonb` would not give back the bytes that were digested.
const TABLES: &str = "
CREATE TABLE revision (
    id            {uuid} NOT NULL CONSTRAINT revision_id PRIMARY KEY,
    section_id    {uuid} NOT NULL CONSTRAINT revision_section REFERENCES section (id),
    digest        {digest} NOT NULL,
    content       text NOT NULL,
    change_class  text NOT NULL,
    based_on_id   {uuid},
    author_id     {uuid} CONSTRAINT revision_author REFERENCES person (id),
    created_at    {instant} NOT NULL,
    CONSTRAINT revision_id_section_id UNIQUE (id, section_id),
    CONSTRAINT revision_digest CHECK (length(digest) = 32),
    CONSTRAINT revision_change_class CHECK (change_class IN ('CLINICAL', 'EDITORIAL')),
    CONSTRAINT revision_based_on FOREIGN KEY (based_on_id, section_id) REFERENCES revision (id, section_id)
);
CREATE INDEX revision_by_section ON revision (section_id, created_at);

CREATE TABLE editorial_confirmation (
    revision_id      {uuid} NOT NULL CONSTRAINT editorial_confirmation_revision_id PRIMARY KEY
                     CONSTRAINT editorial_confirmation_revision REFERENCES revision (id),
    confirmed_by_id  {uuid} NOT NULL CONSTRAINT editorial_confirmation_confirmed_by REFERENCES person (id),
    confirmed_at     {instant} NOT NULL
);
";
