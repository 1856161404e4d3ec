//! Gives a client another key, so that it can change keys without a pause.

use super::{HIDDEN, Refused};
use crate::{
    domain::{
        access::{Actor, Thing, permit},
        client::{self, ClientKey, ClientProblem, PublicKey},
        id::ClientId,
        time::Timestamp,
    },
    store::Store,
};

/// The key, and whose it is.
#[derive(Clone, Debug)]
pub struct AddClientKey {
    /// The client.
    pub client: ClientId,
    /// The key.
    pub key: PublicKey,
    /// First instant at which it is worth nothing, if that is settled.
    pub expires_at: Option<Timestamp>,
}

/// Adds a key to a client; it can be used at once.
pub async fn add_client_key(
    store: &Store,
    actor: &Actor,
    command: &AddClientKey,
) -> Result<ClientId, Refused<ClientProblem>> {
    let mut tx = store.begin().await?;
    let (client, keys) = tx.lock_client(command.client).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    // Who does not manage a group's clients may not know of them.
    let permit = permit(actor, Thing::group(client.group), now).map_err(|_| HIDDEN)?;
    let key = ClientKey {
        id: tx.id(),
        client: client.id,
        key: command.key.clone(),
        added_at: now,
        expires_at: command.expires_at,
        revoked_at: None,
        last_used_at: None,
    };
    let added = client::add_key(&permit, &client, &keys, key, now).map_err(Refused::Problem)?;
    tx.record(added).await?;
    tx.commit().await?;
    Ok(client.id)
}
