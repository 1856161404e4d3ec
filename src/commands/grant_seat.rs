//! Gives a person a seat.

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        appointment::{self, AppointmentProblem, Invitee, NewSeat},
        id::{GroupId, SeatId},
        role::{Post, Term},
        time::Timestamp,
    },
    store::Store,
};

/// The seat to give.
#[derive(Clone, Debug)]
pub struct GrantSeat {
    /// In which group.
    pub group: GroupId,
    /// To whom.
    pub invitee: Invitee,
    /// What for.
    pub post: Post,
    /// From when; now unless given.
    pub from: Option<Timestamp>,
    /// Until when, if that is known.
    pub until: Option<Timestamp>,
    /// The seat whose place it takes.
    pub succeeds: Option<SeatId>,
}

/// Gives a seat; it counts from its first instant on.
pub async fn grant_seat(
    store: &Store,
    actor: &Actor,
    command: &GrantSeat,
) -> Result<SeatId, Refused<AppointmentProblem>> {
    let mut tx = store.begin().await?;
    let group = tx.group(command.group).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, Thing::group(group.id)).await?;
    let term =
        Term::new(command.from.unwrap_or(now), command.until).ok_or(Refused::Problem(AppointmentProblem::TermEmpty))?;
    let holder = tx.admit_person(&command.invitee).await?;
    let seats = tx.seats_of(group.id).await?;
    if let Some(succeeds) = command.succeeds {
        tx.seat(succeeds).await?.ok_or(HIDDEN)?;
    }
    let id = tx.id();
    let seat = NewSeat { id, holder, post: command.post, term, succeeds: command.succeeds };
    let granted = appointment::grant_seat(&permit, seat, &seats, now).map_err(Refused::Problem)?;
    tx.record(granted).await?;
    tx.commit().await?;
    Ok(id)
}
