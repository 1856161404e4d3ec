//! Offers a seat to whoever brings a code.

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        id::{GroupId, InvitationId},
        invitation::{self, InvitationProblem, Mark, Offer},
        time::Timestamp,
    },
    store::Store,
};

/// The seat to offer.
#[derive(Clone, Debug)]
pub struct InviteToSeat {
    /// In which group.
    pub group: GroupId,
    /// What is offered, and to whom.
    pub offer: Offer,
    /// What is kept of its code.
    pub mark: Mark,
    /// Until when it stands.
    pub expires_at: Option<Timestamp>,
}

/// Offers a seat. The code stays with whoever made it; what is kept is its mark, which is given back so that a repeat can
/// see that its own code is not the one.
pub async fn invite_to_seat(
    store: &Store,
    actor: &Actor,
    command: &InviteToSeat,
) -> Result<(InvitationId, Mark), Refused<InvitationProblem>> {
    let mut tx = store.begin().await?;
    let group = tx.group(command.group).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, Thing::group(group.id)).await?;
    let id = tx.id();
    let invited = invitation::invite(&permit, id, command.offer.clone(), command.mark, command.expires_at, now)
        .map_err(Refused::Problem)?;
    tx.record(invited).await?;
    tx.commit().await?;
    Ok((id, command.mark))
}
