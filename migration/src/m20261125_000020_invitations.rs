//! Seats that are offered: who has the code that belongs to the mark may take one, once.

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
        // What ended stays ended: a code is not good a second time, whatever the code around it believes.
        ddl.refuse(
            "invitation_ends_once",
            "UPDATE",
            "invitation",
            "OLD.seat_id IS NOT NULL OR OLD.revoked_at IS NOT NULL",
        )
        .await
    }
}

const TABLES: &str = "
CREATE TABLE invitation (
    id             {uuid} NOT NULL CONSTRAINT invitation_id PRIMARY KEY,
    group_id       {uuid} NOT NULL CONSTRAINT invitation_group REFERENCES expert_group (id),
    mark           {digest} NOT NULL CONSTRAINT invitation_mark UNIQUE,
    name           text NOT NULL,
    issuer         text,
    office         text NOT NULL,
    discipline     text,
    term_from_at   {instant},
    term_until_at  {instant},
    invited_by     {uuid} CONSTRAINT invitation_person REFERENCES person (id),
    invited_at     {instant} NOT NULL,
    expires_at     {instant} NOT NULL,
    seat_id        {uuid} CONSTRAINT invitation_seat_id UNIQUE CONSTRAINT invitation_seat REFERENCES seat (id),
    accepted_at    {instant},
    revoked_at     {instant},
    CONSTRAINT invitation_whole_mark CHECK (length(mark) = 32),
    CONSTRAINT invitation_one_end CHECK (
        (seat_id IS NULL) = (accepted_at IS NULL) AND (seat_id IS NULL OR revoked_at IS NULL)),
    CONSTRAINT invitation_stands_for_a_time CHECK (expires_at > invited_at)
);
CREATE INDEX invitation_by_group ON invitation (group_id);
";
