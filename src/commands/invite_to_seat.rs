//! Offers a seat to whoever brings a code.

use super::{HIDDEN, Refused};
use crate::{
    domain::{
        access::{Actor, Thing, permit},
        id::{GroupId, InvitationId},
        invitation::{self, Code, InvitationProblem, Offer},
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
    /// Until when it stands.
    pub expires_at: Option<Timestamp>,
}

/// Offers a seat. The code is told here and nowhere else; only its hash is kept.
pub async fn invite_to_seat(
    store: &Store,
    actor: &Actor,
    command: &InviteToSeat,
) -> Result<(InvitationId, Code), Refused<InvitationProblem>> {
    let mut tx = store.begin().await?;
    let group = tx.group(command.group).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permit(actor, Thing::group(group.id), now)?;
    // A generator for cryptography, which the system seeds.
    let code = Code::of(rand::random());
    let id = tx.id();
    let invited = invitation::invite(&permit, id, command.offer.clone(), code.mark(), command.expires_at, now)
        .map_err(Refused::Problem)?;
    tx.record(invited).await?;
    tx.commit().await?;
    Ok((id, code))
}
