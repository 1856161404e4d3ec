//! Writes the note that tells followers what changed.

use super::{Desk, Refused};
use crate::{
    domain::{
        access::{Actor, Exposure, Thing, permit},
        document::draft::{self, DraftProblem},
        id::{DocumentId, EditionId},
        text::Prose,
    },
    store::Store,
};

/// The note.
#[derive(Clone, Debug)]
pub struct WriteChangeNote {
    /// For the draft of which document.
    pub document: DocumentId,
    /// What changed.
    pub note: Prose,
}

/// Writes, or rewrites, the note of a draft (D6).
pub async fn write_change_note(
    store: &Store,
    actor: &Actor,
    command: &WriteChangeNote,
) -> Result<EditionId, Refused<DraftProblem>> {
    let Desk { mut tx, draft, .. } = Desk::of_document(store, command.document).await?;
    let document = &draft.document;
    let thing = Thing::document(document.group, document.id, Exposure::Draft(document.audience));
    let permit = permit(actor, thing, tx.now())?;
    let written = draft::write_change_note(&permit, &draft.edition, command.note.clone(), tx.now());
    tx.record(written).await?;
    tx.commit().await?;
    Ok(draft.edition.id)
}
