//! Revokes a machine client.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands,
    graphql::{
        id::{decode_client_id, not_found},
        types::Client,
    },
};

/// Which client to revoke.
#[derive(InputObject)]
pub(super) struct RevokeClientInput {
    /// The client.
    client_id: ID,
}

/// What revoking did.
#[derive(SimpleObject)]
pub(super) struct RevokeClientPayload {
    /// The client. Null if nothing was revoked.
    client: Changed<Client>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn revoke_client(ctx: &Context<'_>, input: RevokeClientInput) -> Result<RevokeClientPayload> {
    let revoked = async {
        let client = decode_client_id(&input.client_id).ok_or_else(not_found)?;
        perform(ctx, |store, actor, client| commands::revoke_client(store, actor, *client), &client).await
    };
    let (id, reply) = settle(revoked.await)?;
    Ok(RevokeClientPayload { client: reading::client(ctx, id).await, reply })
}
