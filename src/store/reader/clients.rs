//! Machine clients, for those who manage them, and each client for itself.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Reader;
use crate::{
    domain::{
        access::{Act, Thing, decide},
        client::{Client, ClientKey},
        id::{ClientId, GroupId},
    },
    store::{StoreError, load, row},
};

impl Reader {
    /// The clients that these groups registered, in that order, revoked ones included.
    pub async fn clients_of(&self, groups: &[GroupId]) -> Result<HashMap<GroupId, Vec<Client>>, StoreError> {
        use ::entity::client::{Column, Entity};
        let managed: Vec<_> =
            groups.iter().filter(|group| self.manages_clients(**group)).map(|group| group.0).collect();
        if managed.is_empty() {
            return Ok(HashMap::new());
        }
        let chosen = Entity::find().filter(Column::GroupId.is_in(managed)).order_by_asc(Column::Id);
        let mut clients: HashMap<GroupId, Vec<Client>> = HashMap::new();
        for row in chosen.all(self.db().await?).await? {
            let client = row::client(row)?;
            clients.entry(client.group).or_default().push(client);
        }
        Ok(clients)
    }

    /// Those of these clients that exist for the actor.
    pub async fn clients(&self, ids: &[ClientId]) -> Result<HashMap<ClientId, Client>, StoreError> {
        use ::entity::client::{Column, Entity};
        let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0))).all(self.db().await?).await?;
        let clients = rows.into_iter().map(row::client).collect::<Result<Vec<_>, _>>()?;
        let own = self.actor().client().map(|connected| connected.client);
        let seen = clients.into_iter().filter(|client| own == Some(client.id) || self.manages_clients(client.group));
        Ok(seen.map(|client| (client.id, client)).collect())
    }

    /// The keys that these clients have or had, as far as the clients exist for the actor, oldest first.
    pub async fn client_keys_of(&self, ids: &[ClientId]) -> Result<HashMap<ClientId, Vec<ClientKey>>, StoreError> {
        let seen: Vec<ClientId> = self.clients(ids).await?.into_keys().collect();
        let mut keys: HashMap<ClientId, Vec<ClientKey>> = HashMap::new();
        for key in load::client_keys(self.db().await?, &seen).await? {
            keys.entry(key.client).or_default().push(key);
        }
        Ok(keys)
    }

    fn manages_clients(&self, group: GroupId) -> bool {
        decide(self.actor(), Act::ManageClients, &Thing::group(group), self.now).is_ok()
    }
}
