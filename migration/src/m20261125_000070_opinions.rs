//! Opinions of advisers on sections under review, which are only ever added.

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
        ddl.insert_only("opinion").await
    }
}

const TABLE: &str = "
CREATE TABLE opinion (
    id            {uuid} NOT NULL CONSTRAINT opinion_id PRIMARY KEY,
    review_id     {uuid} NOT NULL CONSTRAINT opinion_review REFERENCES review (id),
    section_id    {uuid} NOT NULL CONSTRAINT opinion_section REFERENCES section (id),
    seat_id       {uuid} NOT NULL CONSTRAINT opinion_seat REFERENCES seat (id),
    person_id     {uuid} NOT NULL CONSTRAINT opinion_person REFERENCES person (id),
    on_behalf_of  text,
    stance        text NOT NULL,
    reason        text,
    digest        {digest} NOT NULL,
    given_at      {instant} NOT NULL,
    CONSTRAINT opinion_stance CHECK (stance IN ('SUPPORTS', 'CONCERNS', 'NO_VIEW')),
    CONSTRAINT opinion_whole_digest CHECK (length(digest) = 32),
    CONSTRAINT opinion_concerns_have_reason CHECK (stance <> 'CONCERNS' OR trim(coalesce(reason, '')) <> '')
);
CREATE INDEX opinion_by_review ON opinion (review_id, section_id, seat_id);
";
