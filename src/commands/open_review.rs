//! Opens a review.

use super::{HIDDEN, Refused, document_thing, permitted};
use crate::{
    domain::{
        access::Actor,
        id::{DocumentId, ReviewId},
        review::opening::{self, Ground, Opening, OpeningProblem},
    },
    store::Store,
};

/// Which review to open.
#[derive(Clone, Debug)]
pub struct OpenReview {
    /// Of which document.
    pub document: DocumentId,
    /// Which review.
    pub opening: Opening,
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
    let opening = command.opening.clone();
    // What is not in the text does not exist for this review.
    let text = locked.draft().or(locked.latest_published()).map(|edition| edition.id);
    if !tx.are_placed(text, &opening.sections).await? {
        return Err(HIDDEN.into());
    }
    let opened = opening::open(&permit.on(document)?, ground, opening, (tx.id(), tx.id()), tx.now())
        .map_err(Refused::Problem)?;
    let id = opened.review().id;
    tx.record(opened).await?;
    tx.commit().await?;
    Ok(id)
}
