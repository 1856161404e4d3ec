//! Declares when the holder of a seat is away, and ends that before its time.

use chrono::NaiveDate;

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        absence::{self, AbsenceProblem, Availability, NewAbsence},
        access::{Actor, Thing},
        id::{AbsenceId, SeatId},
        role::Seat,
    },
    store::Store,
};

/// Which absence.
#[derive(Clone, Copy, Debug)]
pub struct DeclareAbsence {
    /// Of which seat.
    pub seat: SeatId,
    /// The first day.
    pub from: NaiveDate,
    /// The day on which the holder is back.
    pub until: NaiveDate,
    /// What it means.
    pub availability: Availability,
    /// The seat that stands in.
    pub stand_in: Option<SeatId>,
}

/// Declares an absence (T6).
pub async fn declare_absence(
    store: &Store,
    actor: &Actor,
    command: &DeclareAbsence,
) -> Result<SeatId, Refused<AbsenceProblem>> {
    let mut tx = store.begin().await?;
    let seat = tx.seat(command.seat).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, thing(&seat)).await?;
    let (seats, absences) = (tx.seats_of(seat.group).await?, tx.absences_of(seat.group).await?);
    let DeclareAbsence { from, until, availability, stand_in, .. } = *command;
    let new = NewAbsence { id: tx.id(), from, until, availability, stand_in };
    let declared = absence::declare(&permit.on(&seat)?, new, &seats, &absences, now).map_err(Refused::Problem)?;
    tx.record(declared).await?;
    tx.commit().await?;
    Ok(command.seat)
}

/// Ends an absence. Gives its seat.
pub async fn end_absence(store: &Store, actor: &Actor, command: &AbsenceId) -> Result<SeatId, Refused<AbsenceProblem>> {
    let mut tx = store.begin().await?;
    let absence = tx.absence(*command).await?.ok_or(HIDDEN)?;
    let seat = tx.seat(absence.seat).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let permit = permitted(&tx, actor, thing(&seat)).await?;
    let ended = absence::end(&permit.on(&seat)?, &absence, now).map_err(Refused::Problem)?;
    tx.record(ended).await?;
    tx.commit().await?;
    Ok(seat.id)
}

/// The seat, for what it votes on.
fn thing(seat: &Seat) -> Thing {
    Thing { disciplines: seat.post.discipline().into_iter().collect(), ..Thing::seat(seat) }
}
