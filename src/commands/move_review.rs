//! Moves the dates of an open review.

use super::{Refused, Table, permitted};
use crate::{
    domain::{
        access::Actor,
        id::ReviewId,
        review::{
            opening::{self, OpeningProblem},
            timetable::Timetable,
        },
        text::Prose,
    },
    store::Store,
};

/// The new dates; unchanged where not given.
#[derive(Clone, Debug)]
pub struct MoveReview {
    /// Of which review.
    pub review: ReviewId,
    /// See [`Timetable::drafting_until`].
    pub drafting_until: Option<chrono::NaiveDate>,
    /// See [`Timetable::sign_off_until`].
    pub sign_off_until: Option<chrono::NaiveDate>,
    /// See [`Timetable::publication_on`].
    pub publication_on: Option<chrono::NaiveDate>,
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
    let planned = table.facts.review.timetable;
    let timetable = Timetable::new(
        command.drafting_until.unwrap_or(planned.drafting_until),
        command.sign_off_until.unwrap_or(planned.sign_off_until),
        command.publication_on.unwrap_or(planned.publication_on),
    )
    .map_err(|_| Refused::Problem(OpeningProblem::DatesOutOfOrder))?;
    let moved =
        opening::reschedule(&permit.on(&table.facts)?, timetable, command.reason.clone()).map_err(Refused::Problem)?;
    let review = table.review();
    let mut tx = table.tx;
    tx.record((moved, review)).await?;
    tx.commit().await?;
    Ok(command.review)
}
