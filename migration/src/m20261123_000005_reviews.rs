//! Reviews, one open at a time for a document (T3), and the positions taken in them, which are only ever added (S11).

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
        ddl.at_most_one("review_one_open", "review", "document_id", "outcome IS NULL").await?;
        ddl.insert_only("position").await
    }
}

const TABLES: &str = "
CREATE TABLE review (
    id                 {uuid} NOT NULL CONSTRAINT review_id PRIMARY KEY,
    document_id        {uuid} NOT NULL CONSTRAINT review_document REFERENCES document (id),
    kind               text NOT NULL,
    draft_id           {uuid} CONSTRAINT review_draft REFERENCES edition (id) ON DELETE SET NULL,
    base_id            {uuid} CONSTRAINT review_base REFERENCES edition (id),
    due                text NOT NULL,
    final_window_days  integer NOT NULL,
    opened_at          {instant} NOT NULL,
    opened_by_id       {uuid} CONSTRAINT review_opened_by REFERENCES person (id),
    drafting_until     {date} NOT NULL,
    sign_off_until     {date} NOT NULL,
    publication_on     {date} NOT NULL,
    reason             text,
    concluded_at       {instant},
    outcome            text,
    conclusion_note    text,
    concluded_by_id    {uuid} CONSTRAINT review_concluded_by REFERENCES person (id),
    next_due           text,
    CONSTRAINT review_kind CHECK (kind IN ('FULL', 'PARTIAL', 'EXCEPTIONAL', 'CORRECTION')),
    CONSTRAINT review_due CHECK (due LIKE '____-__' OR due LIKE '____-__-__'),
    CONSTRAINT review_next_due CHECK (next_due LIKE '____-__' OR next_due LIKE '____-__-__'),
    CONSTRAINT review_final_window_days CHECK (final_window_days >= 0),
    CONSTRAINT review_outcome CHECK (outcome IN ('PUBLISHED', 'REAFFIRMED', 'CANCELLED')),
    CONSTRAINT review_concluded CHECK ((concluded_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX review_by_document ON review (document_id, opened_at);
CREATE INDEX review_by_draft ON review (draft_id);

CREATE TABLE position (
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
    CONSTRAINT position_discipline CHECK (
        discipline IN ('SURGERY', 'ONCOLOGY', 'NURSING', 'RADIOLOGY', 'PATHOLOGY', 'GENETICS',
                       'PATIENT_REPRESENTATIVE', 'COMMISSIONING')),
    CONSTRAINT position_act CHECK (act IN ('APPROVE', 'OBJECT', 'ABSTAIN', 'RECUSE', 'LIFT', 'WITHDRAW')),
    CONSTRAINT position_digest CHECK (length(digest) = 32),
    CONSTRAINT position_objection_has_reason CHECK (act <> 'OBJECT' OR trim(coalesce(reason, '')) <> '')
);
CREATE INDEX position_by_review ON position (review_id);
";
