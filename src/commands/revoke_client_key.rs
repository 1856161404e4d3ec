//! Takes the worth from one key of a client.

use super::{HIDDEN, Refused};
use crate::{
    domain::{
        access::{Actor, Thing, permit},
        client::{self, ClientProblem},
        id::ClientId,
    },
    store::Store,
};

/// Which key.
#[derive(Clone, Debug)]
pub struct RevokeClientKey {
    /// The client.
    pub client: ClientId,
    /// The key's name.
    pub kid: String,
}

/// Revokes a key; tokens that were given for it open nothing on the next request (A5).
pub async fn revoke_client_key(
    store: &Store,
    actor: &Actor,
    command: &RevokeClientKey,
) -> Result<ClientId, Refused<ClientProblem>> {
    let mut tx = store.begin().await?;
    let (client, keys) = tx.lock_client(command.client).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    // Who does not manage a group's clients may not know of them.
    let permit = permit(actor, Thing::group(client.group), now).map_err(|_| HIDDEN)?;
    let revoked = client::revoke_key(&permit, &client, &keys, &command.kid, now).map_err(Refused::Problem)?;
    tx.record(revoked).await?;
    tx.commit().await?;
    Ok(client.id)
}
