//! Absences of those who hold seats, and who stands in for them (T6).

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
        ddl.refuse("absence_ends_once", "UPDATE", "absence", "OLD.ended_at IS NOT NULL").await?;
        ddl.refuse("absence_stays", "DELETE", "absence", "TRUE").await
    }
}

const TABLES: &str = "
CREATE TABLE absence (
    id              {uuid} NOT NULL CONSTRAINT absence_id PRIMARY KEY,
    group_id        {uuid} NOT NULL CONSTRAINT absence_group REFERENCES expert_group (id),
    seat_id         {uuid} NOT NULL CONSTRAINT absence_seat REFERENCES seat (id),
    from_on         {date} NOT NULL,
    until_on        {date} NOT NULL,
    availability    text NOT NULL,
    stand_in_id     {uuid} CONSTRAINT absence_stand_in REFERENCES seat (id),
    declared_by_id  {uuid} NOT NULL CONSTRAINT absence_declared_by REFERENCES person (id),
    declared_at     {instant} NOT NULL,
    ended_at        {instant},
    CONSTRAINT absence_availability CHECK (availability IN ('CAN_FINISH', 'AWAY')),
    CONSTRAINT absence_lasts CHECK (from_on < until_on),
    CONSTRAINT absence_another_stands_in CHECK (stand_in_id <> seat_id)
);
CREATE INDEX absence_by_group ON absence (group_id);
";
