//! Confirms that a change is editorial only.

use super::{Desk, Refused};
use crate::{
    domain::{
        access::{Actor, permit},
        document::{
            change::{self, EditProblem},
            content::Digest,
            draft::DraftProblem,
        },
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
    let permit = permit(actor, desk.thing(&placement), desk.tx.now())?;
    let Desk { mut tx, draft, .. } = desk;
    let nothing = || Refused::Problem(DraftProblem::Edit(EditProblem::NothingToConfirm));
    let head = draft.text.revisions.get(&placement.revision).ok_or_else(nothing)?;
    let confirmed = change::confirm_editorial(&permit, head, command.seen, tx.now())
        .map_err(|problem| Refused::Problem(problem.into()))?;
    tx.record((confirmed, draft.document.id)).await?;
    tx.commit().await?;
    Ok(command.section)
}
