//! Takes a role on a document back.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands,
    graphql::{
        id::{decode_grant_id, not_found},
        types::Document,
    },
};

/// Which role to take back.
#[derive(InputObject, Debug)]
pub(super) struct RevokeRoleInput {
    /// The grant, as `grantRole` answered it.
    grant_id: ID,
}

/// What revoking did.
#[derive(SimpleObject)]
pub(super) struct RevokeRolePayload {
    /// The document that the role was on. Null if nothing was taken back.
    document: Changed<Document>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn revoke_role(ctx: &Context<'_>, input: RevokeRoleInput) -> Result<RevokeRolePayload> {
    let revoked = async {
        let grant = decode_grant_id(&input.grant_id).ok_or_else(not_found)?;
        perform(ctx, |store, actor, grant| commands::revoke_role(store, actor, *grant), &grant).await
    };
    let (id, reply) = settle(revoked.await)?;
    Ok(RevokeRolePayload { document: reading::document(ctx, id).await, reply })
}
