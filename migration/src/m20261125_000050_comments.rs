//! Comments on sections of drafts under review: what one says is never edited, and it is settled once.

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
        ddl.run(TABLE).await?;
        ddl.refuse("comment_settled_once", "UPDATE", "comment", CHANGED).await?;
        ddl.refuse("comment_kept", "DELETE", "comment", "TRUE").await
    }
}

const TABLE: &str = "
CREATE TABLE comment (
    id             {uuid} NOT NULL CONSTRAINT comment_id PRIMARY KEY,
    review_id      {uuid} NOT NULL CONSTRAINT comment_review REFERENCES review (id),
    section_id     {uuid} NOT NULL CONSTRAINT comment_section REFERENCES section (id),
    digest         {digest} NOT NULL,
    person_id      {uuid} CONSTRAINT comment_person REFERENCES person (id),
    client_id      {uuid} CONSTRAINT comment_client REFERENCES client (id),
    body           text NOT NULL,
    written_at     {instant} NOT NULL,
    settled_at     {instant},
    settled_by_id  {uuid} CONSTRAINT comment_settler REFERENCES person (id),
    answer         text,
    CONSTRAINT comment_whole_digest CHECK (length(digest) = 32),
    CONSTRAINT comment_one_author CHECK ((person_id IS NULL) <> (client_id IS NULL)),
    CONSTRAINT comment_settled_by_somebody CHECK (
        (settled_at IS NULL) = (settled_by_id IS NULL) AND (answer IS NULL OR settled_at IS NOT NULL))
);
CREATE INDEX comment_by_review ON comment (review_id, id);
";

/// Anything but that it is settled now.
const CHANGED: &str = "OLD.settled_at IS NOT NULL OR NEW.settled_at IS NULL OR OLD.id <> NEW.id
    OR OLD.review_id <> NEW.review_id OR OLD.section_id <> NEW.section_id OR OLD.digest <> NEW.digest
    OR OLD.body <> NEW.body OR OLD.written_at <> NEW.written_at
    OR coalesce(OLD.person_id, OLD.client_id) <> coalesce(NEW.person_id, NEW.client_id)";
