//! A role on a document can be given to a client as well. A grant is one idea and one table, so its rule of one holder
//! grows; SQLite cannot change a rule of a table that stands, so there the table is written anew. Nothing refers to it.
//!
//! Code from before reads a grant to a client as one that nobody holds, and refuses to believe the row: it opens nothing.

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
        ddl.run("CREATE INDEX role_grant_by_client ON role_grant (client_id)").await
    }
}

const POSTGRES: &str = "
ALTER TABLE role_grant ADD COLUMN client_id uuid CONSTRAINT role_grant_client REFERENCES client (id);
ALTER TABLE role_grant DROP CONSTRAINT role_grant_one_holder;
ALTER TABLE role_grant ADD CONSTRAINT role_grant_one_holder CHECK (
    num_nonnulls(person_id, organisation_id, client_id) = 1);
ALTER TABLE role_grant ADD CONSTRAINT role_grant_client_role CHECK (client_id IS NULL OR role <> 'EDITOR');
";

const SQLITE: &str = "
CREATE TABLE role_grant_anew (
    id               {uuid} NOT NULL CONSTRAINT role_grant_id PRIMARY KEY,
    document_id      {uuid} NOT NULL CONSTRAINT role_grant_document REFERENCES document (id),
    role             text NOT NULL,
    person_id        {uuid} CONSTRAINT role_grant_person REFERENCES person (id),
    organisation_id  {uuid} CONSTRAINT role_grant_organisation REFERENCES organisation (id),
    client_id        {uuid} CONSTRAINT role_grant_client REFERENCES client (id),
    granted_at       {instant} NOT NULL,
    revoked_at       {instant},
    CONSTRAINT role_grant_role CHECK (role IN ('READER', 'COMMENTER', 'EDITOR')),
    CONSTRAINT role_grant_client_role CHECK (client_id IS NULL OR role <> 'EDITOR'),
    CONSTRAINT role_grant_one_holder CHECK (
        (person_id IS NOT NULL) + (organisation_id IS NOT NULL) + (client_id IS NOT NULL) = 1)
);
INSERT INTO role_grant_anew (id, document_id, role, person_id, organisation_id, granted_at, revoked_at)
    SELECT id, document_id, role, person_id, organisation_id, granted_at, revoked_at FROM role_grant;
DROP TABLE role_grant;
ALTER TABLE role_grant_anew RENAME TO role_grant;
CREATE INDEX role_grant_by_document ON role_grant (document_id);
CREATE INDEX role_grant_by_person ON role_grant (person_id);
CREATE INDEX role_grant_by_organisation ON role_grant (organisation_id);
";
