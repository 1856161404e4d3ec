//! Cells handed to single seats, as they are in whose hands now, and how much a seat takes on. Who handed what to whom before
//! stands in the events.

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
        Ddl::new(manager)?.run(TABLE).await
    }
}

const TABLE: &str = "
ALTER TABLE seat ADD COLUMN load_limit integer CONSTRAINT seat_load_limit CHECK (load_limit >= 0);
ALTER TABLE review ADD COLUMN first_assigned_at {instant};
CREATE TABLE assignment (
    id              {uuid} NOT NULL CONSTRAINT assignment_id PRIMARY KEY,
    review_id       {uuid} NOT NULL CONSTRAINT assignment_review REFERENCES review (id),
    section_id      {uuid} CONSTRAINT assignment_section REFERENCES section (id),
    discipline      text NOT NULL,
    seat_id         {uuid} NOT NULL CONSTRAINT assignment_seat REFERENCES seat (id),
    assigned_by_id  {uuid} NOT NULL CONSTRAINT assignment_assigned_by REFERENCES person (id),
    assigned_at     {instant} NOT NULL,
    CONSTRAINT assignment_discipline CHECK (
        discipline IN ('SURGERY', 'ONCOLOGY', 'NURSING', 'RADIOLOGY', 'PATHOLOGY', 'GENETICS',
                       'PATIENT_REPRESENTATIVE', 'COMMISSIONING'))
);
CREATE INDEX assignment_by_review ON assignment (review_id);
";
