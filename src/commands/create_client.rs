//! Registers a machine client of a partner organisation.

use super::{HIDDEN, Refused};
use crate::{
    domain::{
        access::{Actor, Thing, permit},
        client::{self, ClientKey, ClientProblem, KeySource, NewClient, PublicKey, Scopes},
        id::{ClientId, GroupId, OrganisationId},
        text::Line,
        time::Timestamp,
    },
    store::Store,
};

/// The client to register.
#[derive(Clone, Debug)]
pub struct CreateClient {
    /// The group that registers it.
    pub group: GroupId,
    /// Whose machine it is.
    pub organisation: OrganisationId,
    /// How people tell it from others.
    pub name: Line,
    /// Whom to ask about it.
    pub contact: Line,
    /// The most that its tokens open.
    pub scopes: Scopes,
    /// Its keys.
    pub keys: GivenKeys,
}

/// The keys that a client comes with.
#[derive(Clone, Debug)]
pub enum GivenKeys {
    /// Handed in, good until an instant if that is settled.
    Here(Vec<PublicKey>, Option<Timestamp>),
    /// Published by their owner at an address.
    At(String),
}

/// Registers a client; it can ask for tokens at once.
pub async fn create_client(
    store: &Store,
    actor: &Actor,
    command: &CreateClient,
) -> Result<ClientId, Refused<ClientProblem>> {
    let mut tx = store.begin().await?;
    let group = tx.group(command.group).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permit(actor, Thing::group(group.id), now)?;
    let organisation = tx.organisation(command.organisation).await?.ok_or(HIDDEN)?.id;
    let id: ClientId = tx.id();
    let keys = match &command.keys {
        GivenKeys::At(url) => KeySource::Published(url.clone()),
        GivenKeys::Here(keys, expires_at) => KeySource::Given(
            keys.iter()
                .map(|key| ClientKey {
                    id: tx.id(),
                    client: id,
                    key: key.clone(),
                    added_at: now,
                    expires_at: *expires_at,
                    revoked_at: None,
                    last_used_at: None,
                })
                .collect(),
        ),
    };
    let (name, contact, scopes) = (command.name.clone(), command.contact.clone(), command.scopes.clone());
    let new = NewClient { id, organisation, name, contact, scopes, keys };
    let clients = tx.clients_of(group.id).await?;
    let registered = client::register(&permit, new, &clients, now).map_err(Refused::Problem)?;
    tx.record(registered).await?;
    tx.commit().await?;
    Ok(id)
}
