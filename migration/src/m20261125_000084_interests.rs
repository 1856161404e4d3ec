//! The register of interests, and what is decided about them in reviews. An entry is not taken out of the register; its end
//! is declared once. What was decided is only ever added.

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
        let ends_again = "OLD.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until <> OLD.until)";
        ddl.refuse("interest_ends_once", "UPDATE", "interest", ends_again).await?;
        ddl.refuse("interest_stays", "DELETE", "interest", "TRUE").await?;
        ddl.insert_only("interest_action").await
    }
}

const TABLES: &str = "
ALTER TABLE seat ADD COLUMN declared_at {instant};
ALTER TABLE review ADD COLUMN first_weighed_at {instant};
CREATE TABLE interest (
    id               {uuid} NOT NULL CONSTRAINT interest_id PRIMARY KEY,
    group_id         {uuid} NOT NULL CONSTRAINT interest_group REFERENCES expert_group (id),
    seat_id          {uuid} NOT NULL CONSTRAINT interest_seat REFERENCES seat (id),
    category         text NOT NULL,
    description      text NOT NULL,
    topics           text NOT NULL,
    since            text NOT NULL,
    until            text,
    declared_at      {instant} NOT NULL,
    withheld_reason  text,
    CONSTRAINT interest_category CHECK (
        category IN ('FINANCIAL', 'NON_FINANCIAL_PROFESSIONAL', 'NON_FINANCIAL_PERSONAL', 'INDIRECT')),
    CONSTRAINT interest_has_description CHECK (trim(description) <> ''),
    CONSTRAINT interest_withheld_for_reason CHECK (trim(coalesce(withheld_reason, 'published')) <> '')
);
CREATE INDEX interest_by_group ON interest (group_id);
CREATE TABLE interest_action (
    id             {uuid} NOT NULL CONSTRAINT interest_action_id PRIMARY KEY,
    review_id      {uuid} NOT NULL CONSTRAINT interest_action_review REFERENCES review (id),
    interest_id    {uuid} NOT NULL CONSTRAINT interest_action_interest REFERENCES interest (id),
    section_id     {uuid} CONSTRAINT interest_action_section REFERENCES section (id),
    action         text NOT NULL,
    reason         text NOT NULL,
    decided_by_id  {uuid} NOT NULL CONSTRAINT interest_action_decided_by REFERENCES person (id),
    decided_at     {instant} NOT NULL,
    CONSTRAINT interest_action_action CHECK (action IN ('DECLARE_ONLY', 'DISCUSS_ONLY', 'EXCLUDE')),
    CONSTRAINT interest_action_has_reason CHECK (trim(reason) <> '')
);
CREATE INDEX interest_action_by_review ON interest_action (review_id);
";
