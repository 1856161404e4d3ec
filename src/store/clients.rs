//! Clients as they come in, before there is an actor to read as: their keys, what they hold, when they were here.
//!
//! What a token says is believed elsewhere; here the rows are asked, on every request, so that what was revoked opens
//! nothing on the next one (A5). That a client was here is noted once a minute at most, behind the request's back.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

use super::{Store, StoreError, load, row};
use crate::domain::{
    access::{Connected, Grant},
    client::{Client, ClientKey, Scopes},
    id::{ClientId, ClientKeyId, GroupId},
    time::Timestamp,
};

/// How long a use that was noted stands for those after it.
const USE_STANDS: TimeDelta = TimeDelta::seconds(60);

impl Store {
    /// A client with all keys that it has or had, for believing its assertions.
    pub async fn client_with_keys(&self, id: ClientId) -> Result<Option<(Client, Vec<ClientKey>)>, StoreError> {
        let db = &self.0.reads;
        let Some(found) = ::entity::client::Entity::find_by_id(id.0).one(db).await? else { return Ok(None) };
        let keys = load::client_keys(db, &[id]).await?;
        Ok(Some((row::client(found)?, keys)))
    }

    /// The client behind an access token with what it holds now; none, if it or the key that the token was given for
    /// is worth nothing any more.
    pub async fn connected(
        &self,
        id: ClientId,
        key: ClientKeyId,
        token: &Scopes,
    ) -> Result<Option<Connected>, StoreError> {
        let Some((client, grants)) = self.standing(&self.0.reads, id, key).await? else { return Ok(None) };
        self.note_use(&client);
        Ok(Some(Connected::new(&client, key, token, grants)))
    }

    /// A client with the roles given to it and to its organisation, if it and this key of it are live.
    pub(super) async fn standing(
        &self,
        db: &impl ConnectionTrait,
        id: ClientId,
        key: ClientKeyId,
    ) -> Result<Option<(Client, Vec<(GroupId, Grant)>)>, StoreError> {
        use ::entity::{client, client_key, document, role_grant};
        let found = client::Entity::find_by_id(id.0).filter(client::Column::RevokedAt.is_null()).one(db).await?;
        let used = client_key::Entity::find_by_id(key.0).filter(client_key::Column::ClientId.eq(id.0)).one(db).await?;
        let (Some(found), Some(used)) = (found, used) else { return Ok(None) };
        let (client, used) = (row::client(found)?, row::client_key(used)?);
        if !used.is_live(self.now()) {
            return Ok(None);
        }
        let given_to = Condition::any()
            .add(role_grant::Column::ClientId.eq(client.id.0))
            .add(role_grant::Column::OrganisationId.eq(client.organisation.0));
        let grants =
            role_grant::Entity::find().filter(role_grant::Column::RevokedAt.is_null()).filter(given_to).all(db).await?;
        let owners: Vec<(sea_orm::prelude::Uuid, sea_orm::prelude::Uuid)> = document::Entity::find()
            .select_only()
            .columns([document::Column::Id, document::Column::GroupId])
            .filter(document::Column::Id.is_in(grants.iter().map(|grant| grant.document_id)))
            .into_tuple()
            .all(db)
            .await?;
        let mut given = Vec::new();
        for grant in &grants {
            let owner = owners.iter().find(|(document, _)| *document == grant.document_id);
            // A document that went between the two statements gives nothing.
            given.extend(owner.map(|(_, group)| row::grant(grant).map(|grant| (GroupId(*group), grant))).transpose()?);
        }
        Ok(Some((client, given)))
    }

    /// Notes that a client was here, unless that was noted a moment ago. It costs the request nothing: if it fails, the
    /// log says so.
    fn note_use(&self, client: &Client) {
        let (id, now) = (client.id, self.now());
        let stands = |at: Timestamp| (now - at).abs() < USE_STANDS;
        if client.last_used_at.is_some_and(stands) || self.0.client_uses.get(&id).is_some_and(stands) {
            return;
        }
        self.0.client_uses.insert(id, now);
        let store = self.clone();
        tokio::spawn(async move {
            if let Err(error) = store.write_use(id, now).await {
                tracing::warn!(client.id = %id, error = &error as &dyn std::error::Error, "failed to note a client's use");
            }
        });
    }

    async fn write_use(&self, id: ClientId, at: Timestamp) -> Result<(), StoreError> {
        use ::entity::client::{Column, Entity};
        let older = Condition::any().add(Column::LastUsedAt.is_null()).add(Column::LastUsedAt.lt(at));
        Entity::update_many()
            .col_expr(Column::LastUsedAt, Expr::value(at))
            .filter(Column::Id.eq(id.0))
            .filter(older)
            .exec(&self.0.writes)
            .await?;
        Ok(())
    }

    /// Forgets assertions that were over before `now`, by the system's time: nobody would believe them again.
    pub async fn sweep_assertions(&self, now: Timestamp) -> Result<u64, StoreError> {
        use ::entity::client_assertion::{Column, Entity};
        // Asked first, so that an idle service does not write.
        let over = Entity::find().filter(Column::ExpiresAt.lt(now)).limit(1).one(&self.0.reads).await?;
        if over.is_none() {
            return Ok(0);
        }
        let swept = Entity::delete_many().filter(Column::ExpiresAt.lt(now)).exec(&self.0.writes).await?;
        Ok(swept.rows_affected)
    }
}
