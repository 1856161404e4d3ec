//! Positions that ask for more time, with the day they name. SQLite cannot change a rule of a table that stands, so there
//! the table is written anew; only its own rows refer to it.
//!
//! Code from before refuses to believe such a row.

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
        ddl.run_either(SQLITE, POSTGRES).await?;
        if manager.get_database_backend() == sea_orm_migration::sea_orm::DbBackend::Sqlite {
            ddl.insert_only("position").await?;
        }
        Ok(())
    }
}

const POSTGRES: &str = "
ALTER TABLE position ADD COLUMN until_on date;
ALTER TABLE position DROP CONSTRAINT position_act;
ALTER TABLE position ADD CONSTRAINT position_act CHECK (
    act IN ('APPROVE', 'OBJECT', 'ABSTAIN', 'RECUSE', 'NEED_MORE_TIME', 'LIFT', 'WITHDRAW'));
ALTER TABLE position ADD CONSTRAINT position_time_has_day CHECK ((act = 'NEED_MORE_TIME') = (until_on IS NOT NULL));
";

/// The new table refers to itself under the name that it is renamed from; SQLite changes both at once.
const SQLITE: &str = "
CREATE TABLE position_anew (
    id              {uuid} NOT NULL CONSTRAINT position_id PRIMARY KEY,
    review_id       {uuid} NOT NULL CONSTRAINT position_review REFERENCES review (id),
    section_id      {uuid} CONSTRAINT position_section REFERENCES section (id),
    discipline      text NOT NULL,
    seat_id         {uuid} NOT NULL CONSTRAINT position_seat REFERENCES seat (id),
    act             text NOT NULL,
    digest          {digest} NOT NULL,
    reason          text,
    taken_at        {instant} NOT NULL,
    recorded_by_id  {uuid} NOT NULL CONSTRAINT position_recorded_by REFERENCES person (id),
    instruction     text,
    answers_id      {uuid} CONSTRAINT position_inherited REFERENCES position_anew (id),
    until_on        {date},
    CONSTRAINT position_discipline CHECK (
        discipline IN ('SURGERY', 'ONCOLOGY', 'NURSING', 'RADIOLOGY', 'PATHOLOGY', 'GENETICS',
                       'PATIENT_REPRESENTATIVE', 'COMMISSIONING')),
    CONSTRAINT position_act CHECK (
        act IN ('APPROVE', 'OBJECT', 'ABSTAIN', 'RECUSE', 'NEED_MORE_TIME', 'LIFT', 'WITHDRAW')),
    CONSTRAINT position_digest CHECK (length(digest) = 32),
    CONSTRAINT position_objection_has_reason CHECK (act <> 'OBJECT' OR trim(coalesce(reason, '')) <> ''),
    CONSTRAINT position_time_has_day CHECK ((act = 'NEED_MORE_TIME') = (until_on IS NOT NULL))
);
INSERT INTO position_anew (id, review_id, section_id, discipline, seat_id, act, digest, reason, taken_at, recorded_by_id,
        instruction, answers_id)
    SELECT id, review_id, section_id, discipline, seat_id, act, digest, reason, taken_at, recorded_by_id, instruction,
        answers_id FROM position ORDER BY taken_at, id;
DROP TABLE position;
ALTER TABLE position_anew RENAME TO position;
CREATE INDEX position_by_review ON position (review_id);
CREATE INDEX position_by_seat ON position (review_id, seat_id, act, section_id, taken_at);
CREATE UNIQUE INDEX position_answers_id ON position (answers_id);
";
