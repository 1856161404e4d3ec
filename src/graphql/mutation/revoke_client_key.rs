//! Revokes one key of a client.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands::{self, RevokeClientKey},
    graphql::{
        id::{decode_client_id, not_found},
        types::Client,
    },
};

/// Which key to revoke.
#[derive(InputObject)]
pub(super) struct RevokeClientKeyInput {
    /// The client.
    client_id: ID,
    /// The name of the key.
    kid: String,
}

/// What revoking did.
#[derive(SimpleObject)]
pub(super) struct RevokeClientKeyPayload {
    /// The client. Null if nothing was revoked.
    client: Changed<Client>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn revoke_client_key(
    ctx: &Context<'_>,
    input: RevokeClientKeyInput,
) -> Result<RevokeClientKeyPayload> {
    let revoked = async {
        let client = decode_client_id(&input.client_id).ok_or_else(not_found)?;
        perform(ctx, commands::revoke_client_key, &RevokeClientKey { client, kid: input.kid }).await
    };
    let (id, reply) = settle(revoked.await)?;
    Ok(RevokeClientKeyPayload { client: reading::client(ctx, id).await, reply })
}
