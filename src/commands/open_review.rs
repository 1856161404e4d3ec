//! Opens a review.

use super::{HIDDEN, Refused, document_thing, permitted};
use crate::{
    domain::{
        access::Actor,
        document::{Document, ReviewPolicy},
        id::{DocumentId, ReviewId},
        review::{
            ReviewKind,
            opening::{self, Ground, OpeningProblem},
        },
        text::Prose,
    },
    store::Store,
};

/// Which review to open.
#[derive(Clone, Debug)]
pub struct OpenReview {
    /// Of which document.
    pub document: DocumentId,
    /// How much it examines.
    pub kind: ReviewKind,
    /// Days between the last cell being met and publication; the document's unless given.
    pub final_window_days: Option<u32>,
    /// Why now.
    pub reason: Option<Prose>,
}

/// Opens a review, with a draft made from the edition in force unless one is there (T2, T3).
pub async fn open_review(
    store: &Store,
    actor: &Actor,
    command: &OpenReview,
) -> Result<ReviewId, Refused<OpeningProblem>> {
    let mut tx = store.begin().await?;
    let locked = tx.lock_document(command.document).await?.ok_or(HIDDEN)?;
    let document = &locked.document;
    let permit = permitted(&tx, actor, document_thing(&locked)).await?;
    let ground = Ground {
        latest: locked.latest_published(),
        draft: locked.draft(),
        is_in_review: locked.open_review.is_some(),
        highest: locked.highest_number(),
    };
    let days = command.final_window_days.unwrap_or(document.policy.final_window_days);
    let document = Document { policy: ReviewPolicy { final_window_days: days, ..document.policy }, ..document.clone() };
    let reason = command.reason.clone();
    let opened = opening::open(&permit.on(&document)?, ground, command.kind, reason, (tx.id(), tx.id()), tx.now())
        .map_err(Refused::Problem)?;
    let id = opened.review().id;
    tx.record(opened).await?;
    tx.commit().await?;
    Ok(id)
}
