//! Says that one's seat will do what a review asks of it.

use super::{Refused, Table, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        id::{ReviewId, SeatId},
        review::request::{self, RequestProblem},
    },
    store::Store,
};

/// Which request.
#[derive(Clone, Copy, Debug)]
pub struct AcceptRequest {
    /// Of which review.
    pub review: ReviewId,
    /// To which seat; the actor's only one that votes unless given.
    pub seat: Option<SeatId>,
}

/// Accepts what a review asks (T4).
pub async fn accept_request(
    store: &Store,
    actor: &Actor,
    command: &AcceptRequest,
) -> Result<ReviewId, Refused<RequestProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let now = table.tx.now();
    let seat = table.voting_seat(actor, command.seat, now).cloned();
    let disciplines = seat.iter().filter_map(|seat| seat.post.discipline()).collect();
    let permit = permitted(&table.tx, actor, Thing { seat, disciplines, ..table.thing() }).await?;
    let accepted = request::accept(&permit.on(&table.facts)?, now).map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((accepted, facts)).await?;
    tx.commit().await?;
    Ok(command.review)
}
