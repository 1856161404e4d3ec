//! Lets a seat lead its discipline.

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        appointment::{self, AppointmentProblem},
        id::SeatId,
    },
    store::Store,
};

/// Appoints the lead of a discipline: what is late there comes to it first (T5).
pub async fn appoint_lead(store: &Store, actor: &Actor, seat: &SeatId) -> Result<SeatId, Refused<AppointmentProblem>> {
    let mut tx = store.begin().await?;
    let seat = tx.seat(*seat).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, Thing::seat(&seat)).await?;
    let seats = tx.seats_of(seat.group).await?;
    let appointed = appointment::appoint_lead(&permit.on(&seat)?, &seats, now).map_err(Refused::Problem)?;
    tx.record(appointed).await?;
    tx.commit().await?;
    Ok(seat.id)
}
