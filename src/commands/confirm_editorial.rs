//! Confirms that a change is editorial only.

use super::{Desk, Refused, permitted};
use crate::{
    domain::{
        access::Actor,
        document::{content::Digest, draft::DraftProblem},
        id::SectionId,
    },
    store::Store,
};

/// Which change.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmEditorial {
    /// The section whose current text it made.
    pub section: SectionId,
    /// The digest of that text as it was read.
    pub seen: Digest,
}

/// Confirms an editorial change as a second person; positions on the text before are carried over (D5, S3).
pub async fn confirm_editorial(
    store: &Store,
    actor: &Actor,
    command: &ConfirmEditorial,
) -> Result<SectionId, Refused<DraftProblem>> {
    let (desk, placement) = Desk::of_section(store, command.section).await?;
    let permit = permitted(&desk.tx, actor, desk.thing(&placement)).await?;
    let Desk { mut tx, draft, .. } = desk;
    let confirmed = permit.on(&draft)?.confirm_editorial(command.seen, tx.now()).map_err(Refused::Problem)?;
    tx.record((confirmed, draft.document.id)).await?;
    tx.commit().await?;
    Ok(command.section)
}
