//! The lasting things: documents, who was given a role on one, and sections and recommendations, whose names and numbers
//! are never given to another.

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
        ddl.create_refusal().await?;
        ddl.insert_only("recommendation").await
    }
}

const TABLES: &str = "
CREATE TABLE document (
    id                          {uuid} NOT NULL CONSTRAINT document_id PRIMARY KEY,
    slug                        text NOT NULL CONSTRAINT document_slug UNIQUE,
    title                       text NOT NULL,
    group_id                    {uuid} NOT NULL CONSTRAINT document_group REFERENCES expert_group (id),
    audience                    text NOT NULL,
    review_due                  text NOT NULL,
    interval_months             integer NOT NULL,
    lead_months                 integer NOT NULL,
    final_window_days           integer NOT NULL,
    next_recommendation_number  integer NOT NULL,
    is_demonstration            boolean NOT NULL,
    created_at                  {instant} NOT NULL,
    CONSTRAINT document_audience CHECK (audience IN ('GROUP', 'PARTNERS', 'PUBLIC')),
    CONSTRAINT document_review_due CHECK (review_due LIKE '____-__' OR review_due LIKE '____-__-__'),
    CONSTRAINT document_review_policy CHECK (interval_months >= 1 AND lead_months >= 0 AND final_window_days >= 0),
    CONSTRAINT document_next_recommendation_number CHECK (next_recommendation_number >= 1)
);
CREATE INDEX document_by_group ON document (group_id);

CREATE TABLE role_grant (
    id               {uuid} NOT NULL CONSTRAINT role_grant_id PRIMARY KEY,
    document_id      {uuid} NOT NULL CONSTRAINT role_grant_document REFERENCES document (id),
    role             text NOT NULL,
    person_id        {uuid} CONSTRAINT role_grant_person REFERENCES person (id),
    organisation_id  {uuid} CONSTRAINT role_grant_organisation REFERENCES organisation (id),
    granted_at       {instant} NOT NULL,
    revoked_at       {instant},
    CONSTRAINT role_grant_role CHECK (role IN ('READER', 'COMMENTER', 'EDITOR')),
    CONSTRAINT role_grant_one_holder CHECK ((person_id IS NULL) <> (organisation_id IS NULL))
);
CREATE INDEX role_grant_by_document ON role_grant (document_id);
CREATE INDEX role_grant_by_person ON role_grant (person_id);
CREATE INDEX role_grant_by_organisation ON role_grant (organisation_id);

-- The pair of id and document lets a recommendation name both and be sure that they belong together.
CREATE TABLE section (
    id           {uuid} NOT NULL CONSTRAINT section_id PRIMARY KEY,
    document_id  {uuid} NOT NULL CONSTRAINT section_document REFERENCES document (id),
    key          text NOT NULL,
    created_at   {instant} NOT NULL,
    CONSTRAINT section_document_id_key UNIQUE (document_id, key),
    CONSTRAINT section_id_document_id UNIQUE (id, document_id)
);

CREATE TABLE recommendation (
    id           {uuid} NOT NULL CONSTRAINT recommendation_id PRIMARY KEY,
    document_id  {uuid} NOT NULL CONSTRAINT recommendation_document REFERENCES document (id),
    section_id   {uuid} NOT NULL,
    number       integer NOT NULL,
    created_at   {instant} NOT NULL,
    CONSTRAINT recommendation_document_id_number UNIQUE (document_id, number),
    CONSTRAINT recommendation_number CHECK (number >= 1),
    CONSTRAINT recommendation_section FOREIGN KEY (section_id, document_id) REFERENCES section (id, document_id)
);
CREATE INDEX recommendation_by_section ON recommendation (section_id);
";
