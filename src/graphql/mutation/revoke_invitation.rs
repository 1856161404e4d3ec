//! Takes an invitation back.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands,
    graphql::{
        id::{decode_invitation_id, not_found},
        types::Invitation,
    },
};

/// Which invitation to take back.
#[derive(InputObject, Debug)]
pub(super) struct RevokeInvitationInput {
    /// The invitation, as `inviteToSeat` and `Group.invitations` answer it.
    invitation_id: ID,
}

/// What taking back did.
#[derive(SimpleObject)]
pub(super) struct RevokeInvitationPayload {
    /// The invitation. Null if nothing was changed.
    invitation: Changed<Invitation>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn revoke_invitation(
    ctx: &Context<'_>,
    input: RevokeInvitationInput,
) -> Result<RevokeInvitationPayload> {
    let revoked = async {
        let id = decode_invitation_id(&input.invitation_id).ok_or_else(not_found)?;
        let group = perform(ctx, |store, actor, id| commands::revoke_invitation(store, actor, *id), &id).await?;
        Ok((group, id))
    };
    let (revoked, reply) = settle(revoked.await)?;
    let Some((group, id)) = revoked else { return Ok(RevokeInvitationPayload { invitation: None, reply }) };
    Ok(RevokeInvitationPayload { invitation: reading::invitation(ctx, group, id).await, reply })
}
