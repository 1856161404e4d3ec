//! Takes a section out of a draft.

use super::{Desk, Refused, permitted};
use crate::{
    domain::{
        access::Actor,
        document::{content::Digest, draft::DraftProblem},
        id::{DocumentId, SectionId},
        review::position::is_objected_to,
    },
    store::Store,
};

/// Which section.
#[derive(Clone, Copy, Debug)]
pub struct RemoveSection {
    /// The section.
    pub section: SectionId,
    /// The digest of its text as it was read (D4).
    pub seen: Digest,
}

/// Removes a section; its text and its key stay on record.
pub async fn remove_section(
    store: &Store,
    actor: &Actor,
    command: &RemoveSection,
) -> Result<DocumentId, Refused<DraftProblem>> {
    let (desk, placement) = Desk::of_section(store, command.section).await?;
    let permit = permitted(&desk.tx, actor, desk.thing(&placement)).await?;
    let current = desk.tx.revision(placement.revision).await?;
    let Desk { mut tx, draft, review } = desk;
    if let Some(review) = review
        && is_objected_to(&tx.review_facts(review).await?, command.section)
    {
        return Err(Refused::Problem(DraftProblem::ObjectionStands));
    }
    let edited = permit.on(&draft)?.remove_section(&current, command.seen, tx.now()).map_err(Refused::Problem)?;
    tx.record(edited).await?;
    tx.commit().await?;
    Ok(draft.document.id)
}
