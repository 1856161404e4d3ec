//! Publishes the draft of a review.

use super::{Refused, Table, permitted};
use crate::{
    domain::{
        access::Actor,
        id::ReviewId,
        review::conclusion::{self, ConclusionProblem},
        time::PartialDate,
    },
    store::Store,
};

/// Which review to conclude with a new edition.
#[derive(Clone, Copy, Debug)]
pub struct Publish {
    /// The review.
    pub review: ReviewId,
    /// The date on the cover; today unless given.
    pub issued: Option<PartialDate>,
    /// When the next full review is due; unless given, one interval on after a full review and as it was after another.
    pub next_due: Option<PartialDate>,
}

/// Publishes, if the gate is empty at this very moment (S14, S15).
pub async fn publish(store: &Store, actor: &Actor, command: &Publish) -> Result<ReviewId, Refused<ConclusionProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let now = table.tx.now();
    let permit = permitted(&table.tx, actor, table.thing()).await?;
    let policy = table.document.policy;
    let concluded = conclusion::publish(&permit.on(&table.facts)?, &policy, command.issued, command.next_due, now)
        .map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((concluded, facts)).await?;
    tx.commit().await?;
    Ok(command.review)
}
