//! Stands a recommendation down.

use super::{Desk, Refused, permitted};
use crate::{
    domain::{
        access::Actor,
        document::{
            content::{Digest, RecommendationNumber},
            draft::DraftProblem,
            revision::ChangeClass,
        },
        id::{RevisionId, SectionId},
        text::Prose,
    },
    store::Store,
};

/// The recommendation to stand down.
#[derive(Clone, Debug)]
pub struct StandDown {
    /// In which section.
    pub section: SectionId,
    /// Which.
    pub number: RecommendationNumber,
    /// The digest of the section's text as it was read (D4).
    pub seen: Digest,
    /// Why it no longer stands.
    pub reason: Prose,
}

/// Stands a recommendation down; its number is not given away (D7).
pub async fn stand_down(
    store: &Store,
    actor: &Actor,
    command: &StandDown,
) -> Result<RevisionId, Refused<DraftProblem>> {
    let (desk, placement) = Desk::of_section(store, command.section).await?;
    let permit = permitted(&desk.tx, actor, desk.thing(&placement)).await?;
    let current = desk.tx.revision(placement.revision).await?;
    let edit = desk.edit(ChangeClass::Clinical);
    let Desk { mut tx, draft, .. } = desk;
    let edited = permit
        .on(&draft)?
        .stand_down(&current, command.seen, command.number, command.reason.clone(), edit)
        .map_err(Refused::Problem)?;
    tx.record(edited).await?;
    tx.commit().await?;
    Ok(edit.revision)
}
