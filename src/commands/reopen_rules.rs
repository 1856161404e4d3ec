//! Gives an open review the rules that its document has by now.

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

/// Of which review, and why.
#[derive(Clone, Debug)]
pub struct ReopenRules {
    /// The review.
    pub review: ReviewId,
    /// Why.
    pub reason: Prose,
}

/// Re-opens the rules of an open review, with a reason.
pub async fn reopen_rules(
    store: &Store,
    actor: &Actor,
    command: &ReopenRules,
) -> Result<ReviewId, Refused<OpeningProblem>> {
    let table = Table::of_review(store, command.review).await?;
    let permit = permitted(&table.tx, actor, table.thing()).await?;
    let policy = &table.document.policy;
    let reopened =
        opening::reopen_rules(&permit.on(&table.facts)?, policy, command.reason.clone()).map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((reopened, facts)).await?;
    tx.commit().await?;
    Ok(command.review)
}
