//! Ballots on objections, with who votes and what they voted (S13).

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
        // A vote is never changed, nor is a ballot that was closed.
        ddl.refuse("elector_votes_once", "UPDATE", "elector", "OLD.is_in_favour IS NOT NULL").await?;
        ddl.refuse("elector_stays", "DELETE", "elector", "TRUE").await?;
        ddl.refuse("ballot_closes_once", "UPDATE", "ballot", "OLD.closed_at IS NOT NULL").await?;
        ddl.refuse("ballot_stays", "DELETE", "ballot", "TRUE").await
    }
}

const TABLES: &str = "
CREATE TABLE ballot (
    objection_id  {uuid} NOT NULL CONSTRAINT ballot_objection_id PRIMARY KEY
                  CONSTRAINT ballot_objection REFERENCES position (id),
    review_id     {uuid} NOT NULL CONSTRAINT ballot_review REFERENCES review (id),
    opened_by_id  {uuid} NOT NULL CONSTRAINT ballot_opened_by REFERENCES person (id),
    opened_at     {instant} NOT NULL,
    reason        text NOT NULL,
    closed_at     {instant},
    CONSTRAINT ballot_has_reason CHECK (trim(reason) <> '')
);
CREATE INDEX ballot_by_review ON ballot (review_id);

CREATE TABLE elector (
    objection_id  {uuid} NOT NULL CONSTRAINT elector_ballot REFERENCES ballot (objection_id),
    seat_id       {uuid} NOT NULL CONSTRAINT elector_seat REFERENCES seat (id),
    is_in_favour  boolean,
    cast_at       {instant},
    CONSTRAINT elector_objection_id_seat_id PRIMARY KEY (objection_id, seat_id),
    CONSTRAINT elector_cast CHECK ((is_in_favour IS NULL) = (cast_at IS NULL))
);
";
