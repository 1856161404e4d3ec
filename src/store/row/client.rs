//! Clients and their keys.

use super::Row;
use crate::{
    domain::{
        client::{Client, ClientKey, PublicKey, Scopes},
        id::{ClientId, ClientKeyId, GroupId, OrganisationId},
        text::Line,
    },
    store::StoreError,
};

pub(in crate::store) fn client(row: ::entity::client::Model) -> Result<Client, StoreError> {
    let believe = Row { table: "client", id: row.id };
    Ok(Client {
        id: ClientId(row.id),
        group: GroupId(row.group_id),
        organisation: OrganisationId(row.organisation_id),
        name: believe.text("name", Line::new(&row.name))?,
        contact: believe.text("contact", Line::new(&row.contact))?,
        scopes: believe.word("scopes", &row.scopes, Scopes::parse)?,
        key_set_url: row.key_set_url,
        registered_at: row.registered_at,
        revoked_at: row.revoked_at,
        last_used_at: row.last_used_at,
    })
}

pub(in crate::store) fn client_key(row: ::entity::client_key::Model) -> Result<ClientKey, StoreError> {
    let believe = Row { table: "client_key", id: row.id };
    let jwk = believe.text("jwk", serde_json::from_str(&row.jwk))?;
    let key = believe.text("jwk", PublicKey::from_jwk(&jwk))?;
    if key.kid() != row.kid || key.thumbprint() != row.thumbprint {
        return Err(believe.refuse("thumbprint"));
    }
    Ok(ClientKey {
        id: ClientKeyId(row.id),
        client: ClientId(row.client_id),
        key,
        added_at: row.added_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        last_used_at: row.last_used_at,
    })
}
