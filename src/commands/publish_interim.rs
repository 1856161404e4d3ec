//! Publishes the draft of an exceptional review at once, before everybody has signed.

use super::{Refused, Table, permitted};
use crate::{
    domain::{
        access::Actor,
        id::ReviewId,
        review::conclusion::{self, ConclusionProblem},
    },
    store::Store,
};

/// Publishes an urgent interim notice.
pub async fn publish_interim(
    store: &Store,
    actor: &Actor,
    review: &ReviewId,
) -> Result<ReviewId, Refused<ConclusionProblem>> {
    let table = Table::of_review(store, *review).await?;
    let now = table.tx.now();
    let permit = permitted(&table.tx, actor, table.thing()).await?;
    let concluded = conclusion::publish_interim(&permit.on(&table.facts)?, now).map_err(Refused::Problem)?;
    let Table { mut tx, facts, .. } = table;
    tx.record((concluded, facts)).await?;
    tx.commit().await?;
    Ok(*review)
}
