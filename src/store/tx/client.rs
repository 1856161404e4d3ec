//! Records clients, their keys and the assertions they use.

use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use super::{NewEvent, Outcome, StoreError, Tx, load, row};
use crate::domain::{
    client::{AssertionUsed, Client, ClientKey, ClientKeyAdded, ClientKeyRevoked, ClientRegistered, ClientRevoked},
    event::EventKind,
    id::{ClientId, GroupId, PersonId},
    time::Timestamp,
};

/// Tokens that follow one another more closely than this leave one note of a key's use.
const USE_STANDS: TimeDelta = TimeDelta::seconds(60);

impl Outcome for ClientRegistered {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let client = &self.client;
        ::entity::client::ActiveModel {
            id: Set(client.id.0),
            group_id: Set(client.group.0),
            organisation_id: Set(client.organisation.0),
            name: Set(client.name.to_string()),
            contact: Set(client.contact.to_string()),
            scopes: Set(client.scopes.to_string()),
            key_set_url: Set(client.key_set_url.clone()),
            registered_at: Set(client.registered_at),
            ..Default::default()
        }
        .insert(&tx.db)
        .await?;
        for key in &self.keys {
            tx.insert_client_key(key).await?;
        }
        let scopes: Vec<_> = client.scopes.iter().collect();
        let kids: Vec<_> = self.keys.iter().map(|key| key.id).collect();
        let data = json!({ "client": client.id, "organisation": client.organisation, "scopes": scopes, "keys": kids });
        let at = client.registered_at;
        tx.event(client_event(EventKind::ClientRegistered, client.group, self.by, at, data)).await
    }
}

impl Outcome for ClientKeyAdded {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.insert_client_key(&self.key).await?;
        let data = json!({ "client": self.key.client, "key": self.key.id, "expires": self.key.expires_at });
        tx.event(client_event(EventKind::ClientKeyAdded, self.group, self.by, self.key.added_at, data)).await
    }
}

impl Outcome for ClientKeyRevoked {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        ::entity::client_key::ActiveModel {
            id: Set(self.key.id.0),
            revoked_at: Set(self.key.revoked_at),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        let data = json!({ "client": self.key.client, "key": self.key.id });
        tx.event(client_event(EventKind::ClientKeyRevoked, self.group, self.by, self.at, data)).await
    }
}

impl Outcome for ClientRevoked {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let client = &self.client;
        ::entity::client::ActiveModel {
            id: Set(client.id.0),
            revoked_at: Set(client.revoked_at),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        let data = json!({ "client": client.id });
        tx.event(client_event(EventKind::ClientRevoked, client.group, self.by, self.at, data)).await
    }
}

fn client_event(
    kind: EventKind,
    group: GroupId,
    by: Option<PersonId>,
    at: Timestamp,
    data: serde_json::Value,
) -> NewEvent {
    NewEvent { kind, by, at, group: Some(group), document: None, review: None, data }
}

/// That a token was given is no act on the advice, and leaves no event (A6).
impl Outcome for AssertionUsed {
    /// That a client asked for a token is told to nobody.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        // The one row that decides between two uses of one assertion, wherever they happen: the second breaks the rule
        // `client_assertion_client_id_jti`.
        let used = ::entity::client_assertion::ActiveModel {
            client_id: Set(self.client.0),
            jti: Set(self.jti),
            expires_at: Set(self.expires_at),
        };
        ::entity::client_assertion::Entity::insert(used).exec_without_returning(&tx.db).await?;
        if self.is_key_new {
            tx.insert_client_key(&self.key).await?;
        }
        if self.key.last_used_at.is_none_or(|at| (self.at - at).abs() >= USE_STANDS) {
            ::entity::client_key::ActiveModel {
                id: Set(self.key.id.0),
                last_used_at: Set(Some(self.at)),
                ..Default::default()
            }
            .update(&tx.db)
            .await?;
        }
        Ok(())
    }
}

impl Tx {
    /// A client.
    pub async fn client(&self, id: ClientId) -> Result<Option<Client>, StoreError> {
        let chosen = ::entity::client::Entity::find_by_id(id.0).filter(self.eyes.clients());
        chosen.one(&self.db).await?.map(row::client).transpose()
    }

    /// A client whose row is locked until the transaction ends, with all keys that it has or had.
    pub async fn lock_client(&self, id: ClientId) -> Result<Option<(Client, Vec<ClientKey>)>, StoreError> {
        let mut chosen = ::entity::client::Entity::find_by_id(id.0).filter(self.eyes.clients());
        if self.db.get_database_backend() == DbBackend::Postgres {
            // SQLite has one writer, and this is it.
            chosen = chosen.lock_exclusive();
        }
        let Some(found) = chosen.one(&self.db).await? else { return Ok(None) };
        Ok(Some((row::client(found)?, self.client_keys(id).await?)))
    }

    /// All keys that a client has or had.
    pub async fn client_keys(&self, id: ClientId) -> Result<Vec<ClientKey>, StoreError> {
        load::client_keys(&self.db, &[id]).await
    }

    /// Every client that a group registered.
    pub async fn clients_of(&self, group: GroupId) -> Result<Vec<Client>, StoreError> {
        use ::entity::client::{Column, Entity};
        let rows = Entity::find().filter(Column::GroupId.eq(group.0)).order_by_asc(Column::Id).all(&self.db).await?;
        rows.into_iter().map(row::client).collect()
    }

    async fn insert_client_key(&self, key: &ClientKey) -> Result<(), StoreError> {
        ::entity::client_key::ActiveModel {
            id: Set(key.id.0),
            client_id: Set(key.client.0),
            kid: Set(key.key.kid().to_owned()),
            thumbprint: Set(key.key.thumbprint().to_owned()),
            jwk: Set(key.key.jwk().to_string()),
            added_at: Set(key.added_at),
            expires_at: Set(key.expires_at),
            revoked_at: Set(key.revoked_at),
            last_used_at: Set(key.last_used_at),
        }
        .insert(&self.db)
        .await?;
        Ok(())
    }
}
