//! Ends a review that found nothing to change.

use super::{Refused, Table, permitted};
use crate::{
    domain::{
        access::Actor,
        id::ReviewId,
        review::conclusion::{self, ConclusionProblem},
        text::Prose,
        time::PartialDate,
    },
    store::Store,
};

/// Which review to conclude so.
#[derive(Clone, Debug)]
pub struct Reaffirm {
    /// The review.
    pub review: ReviewId,
    /// What the public is told.
    pub statement: Prose,
    /// When the next full review is due; unless given, one interval on after a full review and as it was after another.
    pub next_due: Option<PartialDate>,
}

/// Reaffirms the edition in force (S16).
pub async fn reaffirm(
    store: &Store,
    actor: &Actor,
    command: &Reaffirm,
) -> Result<ReviewId, Refused<ConclusionProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let now = table.tx.now();
    let permit = permitted(&table.tx, actor, table.thing()).await?;
    let policy = table.document.policy;
    let statement = command.statement.clone();
    let concluded = conclusion::reaffirm(&permit.on(&table.facts)?, &policy, statement, command.next_due, now)
        .map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((concluded, facts)).await?;
    tx.commit().await?;
    Ok(command.review)
}
