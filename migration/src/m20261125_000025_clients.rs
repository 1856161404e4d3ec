//! Machines of partner organisations: who they are, the keys they sign with, and the assertions they have used.

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
        ddl.refuse("client_stays_revoked", "UPDATE", "client", "OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL")
            .await?;
        let back = "OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL OR OLD.jwk <> NEW.jwk OR OLD.kid <> NEW.kid";
        ddl.refuse("client_key_final", "UPDATE", "client_key", back).await?;
        // The name of a client is free again once it is revoked.
        let standing =
            "CREATE UNIQUE INDEX client_name_in_group ON client (group_id, (name || '')) WHERE revoked_at IS NULL";
        ddl.run(standing).await
    }
}

const TABLES: &str = "
CREATE TABLE client (
    id               {uuid} NOT NULL CONSTRAINT client_id PRIMARY KEY,
    group_id         {uuid} NOT NULL CONSTRAINT client_group REFERENCES expert_group (id),
    organisation_id  {uuid} NOT NULL CONSTRAINT client_organisation REFERENCES organisation (id),
    name             text NOT NULL,
    contact          text NOT NULL,
    scopes           text NOT NULL,
    key_set_url      text,
    registered_at    {instant} NOT NULL,
    revoked_at       {instant},
    last_used_at     {instant},
    CONSTRAINT client_scopes CHECK (scopes <> '')
);
CREATE INDEX client_by_group ON client (group_id);
CREATE INDEX client_by_organisation ON client (organisation_id);

CREATE TABLE client_key (
    id            {uuid} NOT NULL CONSTRAINT client_key_id PRIMARY KEY,
    client_id     {uuid} NOT NULL CONSTRAINT client_key_client REFERENCES client (id),
    kid           text NOT NULL,
    thumbprint    text NOT NULL,
    jwk           text NOT NULL,
    added_at      {instant} NOT NULL,
    expires_at    {instant},
    revoked_at    {instant},
    last_used_at  {instant},
    CONSTRAINT client_key_client_id_kid UNIQUE (client_id, kid),
    CONSTRAINT client_key_client_id_thumbprint UNIQUE (client_id, thumbprint),
    CONSTRAINT client_key_public CHECK (jwk NOT LIKE '%\"d\":%' AND jwk NOT LIKE '%\"k\":%')
);

CREATE TABLE client_assertion (
    client_id   {uuid} NOT NULL CONSTRAINT client_assertion_client REFERENCES client (id),
    jti         text NOT NULL,
    expires_at  {instant} NOT NULL,
    CONSTRAINT client_assertion_client_id_jti PRIMARY KEY (client_id, jti)
);
CREATE INDEX client_assertion_by_expires_at ON client_assertion (expires_at);
";
