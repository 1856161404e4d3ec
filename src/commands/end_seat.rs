//! Ends a seat's term.

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        appointment::{self, AppointmentProblem},
        id::SeatId,
        time::Timestamp,
    },
    store::Store,
};

/// Which seat, and when.
#[derive(Clone, Copy, Debug)]
pub struct EndSeat {
    /// The seat.
    pub seat: SeatId,
    /// From when on it is not held any more; now unless given, or from the start if its term has not begun.
    pub until: Option<Timestamp>,
}

/// Ends a seat's term; it grants nothing from then on (A5).
pub async fn end_seat(store: &Store, actor: &Actor, command: &EndSeat) -> Result<SeatId, Refused<AppointmentProblem>> {
    let mut tx = store.begin().await?;
    let seat = tx.seat(command.seat).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, Thing::seat(&seat)).await?;
    let until = command.until.unwrap_or_else(|| now.max(seat.term.from()));
    let ended = appointment::end_seat(&permit.on(&seat)?, until, now).map_err(Refused::Problem)?;
    tx.record(ended).await?;
    tx.commit().await?;
    Ok(command.seat)
}
