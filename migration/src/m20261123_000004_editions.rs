//! Editions, the ordered tree of revisions in each, and the triggers that keep what was published as it was (D1, D3).
//!
//! An edition is always born as a draft, filled, and then published, also when it is imported: so a placement needs no
//! exception to the rule that only drafts are written to.

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
        ddl.at_most_one("edition_one_draft", "edition", "document_id", "state = 'DRAFT'").await?;
        ddl.at_most_one("edition_one_in_force", "edition", "document_id", "state = 'PUBLISHED'").await?;

        ddl.refuse("edition_begins_as_draft", "INSERT", "edition", "NEW.state <> 'DRAFT'").await?;
        ddl.refuse("edition_state_in_order", "UPDATE", "edition", STATE_OUT_OF_ORDER).await?;
        ddl.refuse("edition_final", "UPDATE", "edition", FINAL_EDITION_CHANGED).await?;
        ddl.refuse("edition_final", "DELETE", "edition", "OLD.state <> 'DRAFT'").await?;

        ddl.create_is_final().await?;
        let (before, after) = (ddl.is_final("OLD.edition_id"), ddl.is_final("NEW.edition_id"));
        for (rule, table) in [("placement_final", "placement"), ("requirement_final", "requirement")] {
            ddl.refuse(rule, "INSERT", table, &after).await?;
            ddl.refuse(rule, "UPDATE", table, &format!("{before} OR {after}")).await?;
            ddl.refuse(rule, "DELETE", table, &before).await?;
        }

        ddl.refuse("draft_step_unchanged", "UPDATE", "draft_step", "TRUE").await
    }
}

const STATE_OUT_OF_ORDER: &str = "OLD.state = 'DRAFT' AND NEW.state NOT IN ('DRAFT', 'PUBLISHED')";

/// Past its draft an edition only ever moves on, and writes down when and why.
const FINAL_EDITION_CHANGED: &str = "
    OLD.state <> 'DRAFT' AND (
        OLD.state || ' to ' || NEW.state
            NOT IN ('PUBLISHED to SUPERSEDED', 'PUBLISHED to WITHDRAWN', 'SUPERSEDED to WITHDRAWN')
        OR (NEW.state <> 'SUPERSEDED' AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at)
        OR NEW.id <> OLD.id
        OR NEW.document_id <> OLD.document_id
        OR NEW.major <> OLD.major
        OR NEW.minor <> OLD.minor
        OR NEW.issued <> OLD.issued
        OR NEW.published_at <> OLD.published_at
        OR NEW.change_note IS DISTINCT FROM OLD.change_note
        OR NEW.is_imported <> OLD.is_imported
        OR NEW.created_at <> OLD.created_at)";

/// A placement and its parent are rows of the same edition, and what it shows is a revision of the section it places:
/// the composite foreign keys say so. A parent is placed before its children and removed with or after them.
const TABLES: &str = "
CREATE TABLE edition (
    id                      {uuid} NOT NULL CONSTRAINT edition_id PRIMARY KEY,
    document_id             {uuid} NOT NULL CONSTRAINT edition_document REFERENCES document (id),
    major                   integer NOT NULL,
    minor                   integer NOT NULL,
    state                   text NOT NULL,
    issued                  text,
    published_at            {instant},
    superseded_at           {instant},
    withdrawn_at            {instant},
    withdrawal_explanation  text,
    change_note             text,
    is_imported             boolean NOT NULL,
    created_at              {instant} NOT NULL,
    CONSTRAINT edition_document_id_major_minor UNIQUE (document_id, major, minor),
    CONSTRAINT edition_number CHECK (major >= 0 AND minor >= 0),
    CONSTRAINT edition_state CHECK (state IN ('DRAFT', 'PUBLISHED', 'SUPERSEDED', 'WITHDRAWN')),
    CONSTRAINT edition_issued CHECK (issued LIKE '____-__' OR issued LIKE '____-__-__'),
    CONSTRAINT edition_fits_state CHECK (
        (issued IS NULL) = (state = 'DRAFT')
        AND (published_at IS NULL) = (state = 'DRAFT')
        AND (withdrawn_at IS NULL) = (state <> 'WITHDRAWN')
        AND (withdrawal_explanation IS NULL) = (state <> 'WITHDRAWN')
        AND CASE state WHEN 'SUPERSEDED' THEN superseded_at IS NOT NULL
                       WHEN 'WITHDRAWN' THEN TRUE
                       ELSE superseded_at IS NULL END),
    CONSTRAINT edition_withdrawal_explained CHECK (trim(withdrawal_explanation) <> '')
);

CREATE TABLE placement (
    edition_id   {uuid} NOT NULL CONSTRAINT placement_edition REFERENCES edition (id) ON DELETE CASCADE,
    section_id   {uuid} NOT NULL CONSTRAINT placement_section REFERENCES section (id),
    parent_id    {uuid},
    ordinal      integer NOT NULL,
    revision_id  {uuid} NOT NULL,
    audience     text,
    stage        text,
    CONSTRAINT placement_edition_id_section_id PRIMARY KEY (edition_id, section_id),
    CONSTRAINT placement_parent FOREIGN KEY (edition_id, parent_id) REFERENCES placement (edition_id, section_id),
    CONSTRAINT placement_parent_is_another CHECK (parent_id <> section_id),
    CONSTRAINT placement_revision FOREIGN KEY (revision_id, section_id) REFERENCES revision (id, section_id),
    CONSTRAINT placement_ordinal CHECK (ordinal >= 0),
    CONSTRAINT placement_audience CHECK (audience IN ('GROUP', 'PARTNERS', 'PUBLIC')),
    CONSTRAINT placement_stage CHECK (
        stage IN ('RISK_ASSESSMENT', 'REFERRAL', 'DIAGNOSIS', 'TREATMENT_PLANNING', 'PRIMARY_TREATMENT',
                  'SYSTEMIC_TREATMENT', 'RADIOTHERAPY', 'RECOVERY', 'FOLLOW_UP', 'RECURRENCE', 'METASTATIC',
                  'CROSS_CUTTING', 'ASSURANCE', 'GOVERNANCE'))
);
CREATE INDEX placement_by_section ON placement (section_id);
CREATE INDEX placement_by_revision ON placement (revision_id);

CREATE TABLE requirement (
    edition_id  {uuid} NOT NULL,
    section_id  {uuid} NOT NULL,
    discipline  text NOT NULL,
    approvals   integer NOT NULL,
    CONSTRAINT requirement_edition_id_section_id_discipline PRIMARY KEY (edition_id, section_id, discipline),
    CONSTRAINT requirement_placement FOREIGN KEY (edition_id, section_id)
        REFERENCES placement (edition_id, section_id) ON DELETE CASCADE,
    CONSTRAINT requirement_discipline CHECK (
        discipline IN ('SURGERY', 'ONCOLOGY', 'NURSING', 'RADIOLOGY', 'PATHOLOGY', 'GENETICS',
                       'PATIENT_REPRESENTATIVE', 'COMMISSIONING')),
    CONSTRAINT requirement_approvals CHECK (approvals BETWEEN 1 AND 9)
);

CREATE TABLE draft_step (
    edition_id   {uuid} NOT NULL CONSTRAINT draft_step_edition REFERENCES edition (id) ON DELETE CASCADE,
    ordinal      integer NOT NULL,
    digest       {digest} NOT NULL,
    revision_id  {uuid} CONSTRAINT draft_step_revision REFERENCES revision (id),
    CONSTRAINT draft_step_edition_id_ordinal PRIMARY KEY (edition_id, ordinal),
    CONSTRAINT draft_step_ordinal CHECK (ordinal >= 0),
    CONSTRAINT draft_step_digest CHECK (length(digest) = 32)
);
";
