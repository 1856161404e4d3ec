//! How people are reached by letter, and the secret links to calendars.

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
        // What was taken back stays so.
        ddl.refuse("calendar_link_ends_once", "UPDATE", "calendar_link", "OLD.revoked_at IS NOT NULL").await
    }
}

const TABLES: &str = "
CREATE TABLE contact (
    person_id  {uuid} NOT NULL CONSTRAINT contact_person_id PRIMARY KEY CONSTRAINT contact_person REFERENCES person (id),
    address    text,
    frequency  text NOT NULL,
    stop_code  text NOT NULL CONSTRAINT contact_stop_code UNIQUE,
    set_at     {instant} NOT NULL,
    CONSTRAINT contact_frequency CHECK (frequency IN ('EACH', 'DAILY', 'WEEKLY', 'NONE')),
    CONSTRAINT contact_address_not_blank CHECK (address <> '')
);

CREATE TABLE calendar_link (
    id          {uuid} NOT NULL CONSTRAINT calendar_link_id PRIMARY KEY,
    person_id   {uuid} NOT NULL CONSTRAINT calendar_link_person REFERENCES person (id),
    group_id    {uuid} CONSTRAINT calendar_link_group REFERENCES expert_group (id),
    mark        {digest} NOT NULL CONSTRAINT calendar_link_mark UNIQUE,
    made_at     {instant} NOT NULL,
    revoked_at  {instant}
);
CREATE INDEX calendar_link_by_person ON calendar_link (person_id);
";
