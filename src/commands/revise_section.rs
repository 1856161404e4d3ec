//! Gives a section of a draft a new text.

use super::{Desk, Refused, permitted};
use crate::{
    domain::{
        access::Actor,
        document::{change::Wording, content::Digest, draft::DraftProblem, revision::ChangeClass},
        id::{RevisionId, SectionId},
    },
    store::Store,
};

/// The text to give.
#[derive(Clone, Debug)]
pub struct ReviseSection {
    /// To which section.
    pub section: SectionId,
    /// The digest of the text it was made from (D4).
    pub seen: Digest,
    /// The text.
    pub wording: Wording,
    /// How far the change reaches (D5).
    pub class: ChangeClass,
}

/// Revises a section; what was signed on the text before goes stale (S3).
pub async fn revise_section(
    store: &Store,
    actor: &Actor,
    command: &ReviseSection,
) -> Result<RevisionId, Refused<DraftProblem>> {
    let (desk, placement) = Desk::of_section(store, command.section).await?;
    let permit = permitted(&desk.tx, actor, desk.thing(&placement)).await?;
    let current = desk.tx.revision(placement.revision).await?;
    let edit = desk.edit(command.class);
    let Desk { mut tx, draft, .. } = desk;
    let wording = command.wording.clone();
    let edited = permit.on(&draft)?.revise_section(&current, command.seen, wording, edit).map_err(Refused::Problem)?;
    tx.record(edited).await?;
    tx.commit().await?;
    Ok(edit.revision)
}
