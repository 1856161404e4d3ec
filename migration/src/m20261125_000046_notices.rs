//! Notices: what one person is told, once; the rungs of the ladder that were sent, each at most once (T4); and how
//! notices leave the house, leased by whoever delivers them.

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
        ddl.insert_only("rung").await
    }
}

/// Kinds and channels are not listed: old code must be able to run beside new code that tells of something new.
const TABLES: &str = "
CREATE TABLE notice (
    id           {uuid} NOT NULL CONSTRAINT notice_id PRIMARY KEY,
    person_id    {uuid} NOT NULL CONSTRAINT notice_person REFERENCES person (id),
    kind         text NOT NULL,
    document_id  {uuid} CONSTRAINT notice_document REFERENCES document (id),
    review_id    {uuid} CONSTRAINT notice_review REFERENCES review (id),
    data         text NOT NULL,
    written_at   {instant} NOT NULL,
    read_at      {instant}
);
CREATE INDEX notice_by_person ON notice (person_id, id);
CREATE INDEX notice_unread ON notice (person_id) WHERE read_at IS NULL;

CREATE TABLE rung (
    person_id  {uuid} NOT NULL CONSTRAINT rung_person REFERENCES person (id),
    review_id  {uuid} NOT NULL CONSTRAINT rung_review REFERENCES review (id),
    deadline   text NOT NULL,
    until_on   {date} NOT NULL,
    step       text NOT NULL,
    is_own     boolean NOT NULL,
    notice_id  {uuid} NOT NULL CONSTRAINT rung_notice REFERENCES notice (id),
    sent_at    {instant} NOT NULL,
    CONSTRAINT rung_person_id_review_id_deadline_until_on_step_is_own PRIMARY KEY (
        person_id, review_id, deadline, until_on, step, is_own),
    CONSTRAINT rung_deadline CHECK (deadline IN ('ACCEPT', 'COMPLETE'))
);
CREATE INDEX rung_by_review ON rung (review_id);

CREATE TABLE delivery (
    notice_id        {uuid} NOT NULL CONSTRAINT delivery_notice REFERENCES notice (id),
    channel          text NOT NULL,
    person_id        {uuid} NOT NULL CONSTRAINT delivery_person REFERENCES person (id),
    due_at           {instant} NOT NULL,
    attempts         integer NOT NULL,
    lease_id         {uuid},
    leased_until_at  {instant},
    settled_at       {instant},
    outcome          text,
    CONSTRAINT delivery_notice_id_channel PRIMARY KEY (notice_id, channel),
    CONSTRAINT delivery_leased CHECK ((lease_id IS NULL) = (leased_until_at IS NULL)),
    CONSTRAINT delivery_outcome CHECK (outcome IN ('SENT', 'NOT_WANTED', 'GIVEN_UP')),
    CONSTRAINT delivery_settled CHECK ((settled_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT delivery_settled_is_not_leased CHECK (settled_at IS NULL OR lease_id IS NULL)
);
CREATE INDEX delivery_waiting ON delivery (channel, due_at) WHERE settled_at IS NULL;
";
