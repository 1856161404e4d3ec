//! Takes the seat that was offered to whoever brings the code.

use super::Refused;
use crate::{
    domain::{
        access::Actor,
        appointment::Invitee,
        directory::Login,
        id::SeatId,
        invitation::{self, Code, InvitationProblem},
    },
    store::Store,
};

/// Who brings which code.
#[derive(Clone, Debug)]
pub struct AcceptInvitation {
    /// The log-in that they bring it under, as their token says.
    pub login: Login,
    /// The code.
    pub code: Code,
}

/// Binds the log-in to the seat, once. Who acts is settled by the log-in and may be nobody yet, so the rulebook is not
/// asked: the code is the permission, and the secretariat gave it.
pub async fn accept_invitation(
    store: &Store,
    _: &Actor,
    command: &AcceptInvitation,
) -> Result<SeatId, Refused<InvitationProblem>> {
    let mut tx = store.begin().await?;
    let now = tx.now();
    // Locked until the end, so of two who bring it at once one finds it used.
    let found = tx.invitation_by_mark(command.code.mark()).await?;
    let welcome = invitation::welcome(found, &command.login, now).map_err(Refused::Problem)?;
    let invitee = Invitee { login: command.login.clone(), name: welcome.name().clone() };
    let holder = tx.admit_person(&invitee).await?;
    let seats = tx.seats_of(welcome.group()).await?;
    let id = tx.id();
    let accepted = invitation::accept(welcome, holder, id, &seats, now).map_err(Refused::Problem)?;
    tx.record(accepted).await?;
    tx.commit().await?;
    Ok(id)
}
