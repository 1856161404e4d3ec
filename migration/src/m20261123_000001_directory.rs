//! Who there is: expert groups, organisations, people, and the seats people hold.

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
        Ddl::new(manager)?.run(TABLES).await
    }
}

const TABLES: &str = "
CREATE TABLE expert_group (
    id          {uuid} NOT NULL CONSTRAINT expert_group_id PRIMARY KEY,
    slug        text NOT NULL CONSTRAINT expert_group_slug UNIQUE,
    name        text NOT NULL,
    created_at  {instant} NOT NULL
);

CREATE TABLE organisation (
    id        {uuid} NOT NULL CONSTRAINT organisation_id PRIMARY KEY,
    name      text NOT NULL CONSTRAINT organisation_name UNIQUE,
    kind      text NOT NULL,
    nation    text NOT NULL,
    ods_code  text,
    ons_code  text
);

CREATE TABLE person (
    id               {uuid} NOT NULL CONSTRAINT person_id PRIMARY KEY,
    issuer           text NOT NULL,
    subject          text NOT NULL,
    name             text NOT NULL,
    organisation_id  {uuid} CONSTRAINT person_organisation REFERENCES organisation (id),
    created_at       {instant} NOT NULL,
    CONSTRAINT person_issuer_subject UNIQUE (issuer, subject)
);

CREATE TABLE seat (
    id             {uuid} NOT NULL CONSTRAINT seat_id PRIMARY KEY,
    group_id       {uuid} NOT NULL CONSTRAINT seat_group REFERENCES expert_group (id),
    person_id      {uuid} NOT NULL CONSTRAINT seat_person REFERENCES person (id),
    office         text NOT NULL,
    discipline     text,
    term_from_at   {instant} NOT NULL,
    term_until_at  {instant},
    granted_at     {instant} NOT NULL,
    CONSTRAINT seat_office CHECK (
        office IN ('CHAIR', 'VICE_CHAIR', 'MEMBER', 'ADVISER', 'OBSERVER', 'SECRETARIAT')),
    CONSTRAINT seat_discipline CHECK (
        discipline IN ('SURGERY', 'ONCOLOGY', 'NURSING', 'RADIOLOGY', 'PATHOLOGY', 'GENETICS',
                       'PATIENT_REPRESENTATIVE', 'COMMISSIONING')),
    CONSTRAINT seat_post CHECK (
        CASE WHEN office = 'MEMBER' THEN discipline IS NOT NULL
             WHEN office IN ('ADVISER', 'OBSERVER', 'SECRETARIAT') THEN discipline IS NULL
             ELSE TRUE END),
    CONSTRAINT seat_term_in_order CHECK (term_until_at >= term_from_at)
);
CREATE INDEX seat_by_group ON seat (group_id);
CREATE INDEX seat_by_person ON seat (person_id);
";
