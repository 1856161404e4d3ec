//! Hands a cell to single seats, and says how much a seat takes on.

use std::convert::Infallible;

use super::{HIDDEN, Refused, Table, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        id::{ReviewId, SeatId},
        review::{
            assignment::{self, AssignmentProblem},
            cell::Scope,
        },
        role::Discipline,
    },
    store::Store,
};

/// Which cell goes to whom.
#[derive(Clone, Debug)]
pub struct AssignCell {
    /// In which review.
    pub review: ReviewId,
    /// On what.
    pub scope: Scope,
    /// For which discipline.
    pub discipline: Discipline,
    /// To whom; to nobody in particular if there is none.
    pub seats: Vec<SeatId>,
}

/// Hands a cell over. Gives the review, to be read again.
pub async fn assign_cell(
    store: &Store,
    actor: &Actor,
    command: &AssignCell,
) -> Result<ReviewId, Refused<AssignmentProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let now = table.tx.now();
    let thing = Thing { disciplines: vec![command.discipline], ..table.thing_of(command.scope)? };
    let permit = permitted(&table.tx, actor, thing).await?;
    let assigned =
        assignment::assign(&permit.on(&table.facts)?, command.seats.clone(), now).map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((assigned, facts)).await?;
    tx.commit().await?;
    Ok(command.review)
}

/// How much a seat takes on.
#[derive(Clone, Copy, Debug)]
pub struct SetLoadLimit {
    /// Which seat.
    pub seat: SeatId,
    /// The most cells in its hands in one review that are not met; none is no limit.
    pub limit: Option<u32>,
}

/// Says how much the holder of a seat takes on.
pub async fn set_load_limit(
    store: &Store,
    actor: &Actor,
    command: &SetLoadLimit,
) -> Result<SeatId, Refused<Infallible>> {
    let mut tx = store.begin().await?;
    let seat = tx.seat(command.seat).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let thing = Thing { disciplines: seat.post.discipline().into_iter().collect(), ..Thing::seat(&seat) };
    let permit = permitted(&tx, actor, thing).await?;
    let set = assignment::set_load_limit(&permit.on(&seat)?, command.limit, now);
    tx.record(set).await?;
    tx.commit().await?;
    Ok(seat.id)
}
