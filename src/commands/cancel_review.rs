//! Stops a review without a result.

use super::{Refused, Table, permitted};
use crate::{
    domain::{
        access::Actor,
        id::ReviewId,
        review::conclusion::{self, ConclusionProblem},
        text::Prose,
    },
    store::Store,
};

/// Which review, and why.
#[derive(Clone, Debug)]
pub struct CancelReview {
    /// The review.
    pub review: ReviewId,
    /// Why.
    pub reason: Prose,
}

/// Cancels a review. Its draft stays for the next one.
pub async fn cancel_review(
    store: &Store,
    actor: &Actor,
    command: &CancelReview,
) -> Result<ReviewId, Refused<ConclusionProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let now = table.tx.now();
    let permit = permitted(&table.tx, actor, table.thing()).await?;
    let concluded =
        conclusion::cancel(&permit.on(&table.facts)?, command.reason.clone(), now).map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((concluded, facts)).await?;
    tx.commit().await?;
    Ok(command.review)
}
