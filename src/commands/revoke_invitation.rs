//! Takes an invitation back.

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        id::{GroupId, InvitationId},
        invitation::{self, InvitationProblem},
    },
    store::Store,
};

/// Takes an invitation back; gives the group that it was for.
pub async fn revoke_invitation(
    store: &Store,
    actor: &Actor,
    id: InvitationId,
) -> Result<GroupId, Refused<InvitationProblem>> {
    let mut tx = store.begin().await?;
    let invitation = tx.invitation(id).await?.ok_or(HIDDEN)?;
    let (group, now) = (invitation.group, tx.now());
    let permit = permitted(&tx, actor, Thing::group(group)).await?;
    let revoked = invitation::revoke(&permit, invitation, now).map_err(Refused::Problem)?;
    tx.record(revoked).await?;
    tx.commit().await?;
    Ok(group)
}
