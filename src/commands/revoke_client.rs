//! Revokes a machine client.

use super::{HIDDEN, Refused};
use crate::{
    domain::{
        access::{Actor, Thing, permit},
        client::{self, ClientProblem},
        id::ClientId,
    },
    store::Store,
};

/// Revokes a client, for good; its tokens open nothing on the next request (A5).
pub async fn revoke_client(store: &Store, actor: &Actor, client: ClientId) -> Result<ClientId, Refused<ClientProblem>> {
    let mut tx = store.begin().await?;
    let (client, _) = tx.lock_client(client).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    // Who does not manage a group's clients may not know of them.
    let permit = permit(actor, Thing::group(client.group), now).map_err(|_| HIDDEN)?;
    let revoked = client::revoke(&permit, &client, now).map_err(Refused::Problem)?;
    tx.record(revoked).await?;
    tx.commit().await?;
    Ok(client.id)
}
