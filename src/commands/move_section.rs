//! Moves a section of a draft to another place.

use super::{Desk, Refused, permitted};
use crate::{
    domain::{
        access::Actor,
        document::{content::Digest, draft::DraftProblem, outline::Place},
        id::SectionId,
    },
    store::Store,
};

/// Where to.
#[derive(Clone, Copy, Debug)]
pub struct MoveSection {
    /// Which section, with all under it.
    pub section: SectionId,
    /// The digest of the arrangement of sections as it was read (D4).
    pub seen: Digest,
    /// Where it shall stand.
    pub place: Place,
}

/// Moves a section; no position goes stale.
pub async fn move_section(
    store: &Store,
    actor: &Actor,
    command: &MoveSection,
) -> Result<SectionId, Refused<DraftProblem>> {
    let (desk, placement) = Desk::of_section(store, command.section).await?;
    let permit = permitted(&desk.tx, actor, desk.thing(&placement)).await?;
    let Desk { mut tx, draft, .. } = desk;
    let edited = permit.on(&draft)?.move_section(command.seen, command.place, tx.now()).map_err(Refused::Problem)?;
    tx.record(edited).await?;
    tx.commit().await?;
    Ok(command.section)
}
