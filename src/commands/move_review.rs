//! Moves the dates of an open review.

use super::{Refused, Table, permitted};
use crate::{
    domain::{
        access::Actor,
        id::ReviewId,
        review::opening::{self, OpeningProblem},
        text::Prose,
    },
    store::Store,
};

/// The new dates. Where none is given, what depends on a stage that is put off is put off with it.
#[derive(Clone, Debug)]
pub struct MoveReview {
    /// Of which review.
    pub review: ReviewId,
    /// In the order of [`Timetable::days`](crate::domain::review::timetable::Timetable::days).
    pub days: [Option<chrono::NaiveDate>; 4],
    /// Why.
    pub reason: Prose,
}

/// Moves the timetable of an open review, with a reason (T2).
pub async fn move_review(
    store: &Store,
    actor: &Actor,
    command: &MoveReview,
) -> Result<ReviewId, Refused<OpeningProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let permit = permitted(&table.tx, actor, table.thing()).await?;
    let timetable = table.facts.review.timetable.moved(command.days);
    let timetable = timetable.map_err(|_| Refused::Problem(OpeningProblem::DatesOutOfOrder))?;
    let moved =
        opening::reschedule(&permit.on(&table.facts)?, timetable, command.reason.clone()).map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((moved, facts)).await?;
    tx.commit().await?;
    Ok(command.review)
}
