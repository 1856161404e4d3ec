//! Promises the next full review for another date.

use super::{HIDDEN, Refused, document_thing, permitted};
use crate::{
    domain::{
        access::Actor,
        document::{Document, policy::PolicyChange},
        id::DocumentId,
        review::opening::{self, OpeningProblem},
        text::Prose,
        time::PartialDate,
    },
    store::Store,
};

/// The promise.
#[derive(Clone, Debug)]
pub struct ScheduleReview {
    /// For which document.
    pub document: DocumentId,
    /// When its next full review is due.
    pub due: PartialDate,
    /// How its reviews run from now on; unchanged where not given.
    pub policy: PolicyChange,
    /// Why.
    pub reason: Prose,
}

/// Schedules the next full review.
pub async fn schedule_review(
    store: &Store,
    actor: &Actor,
    command: &ScheduleReview,
) -> Result<DocumentId, Refused<OpeningProblem>> {
    let mut tx = store.begin().await?;
    let locked = tx.lock_document(command.document).await?.ok_or(HIDDEN)?;
    let document = locked.document.clone();
    let permit = permitted(&tx, actor, document_thing(&locked)).await?;
    let policy = command.policy.applied_to(document.policy);
    let document = Document { policy, ..document };
    let scheduled = opening::schedule(&permit.on(&document)?, command.due, command.reason.clone(), tx.now())
        .map_err(Refused::Problem)?;
    tx.record(scheduled).await?;
    tx.commit().await?;
    Ok(command.document)
}
