//! Writes the note that tells followers what changed.

use super::{Desk, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Exposure, Thing},
        document::{content::Digest, draft::DraftProblem},
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
    /// The digest of the note as it was read; none if there was none (D4).
    pub seen: Option<Digest>,
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
    let permit = permitted(&tx, actor, thing).await?;
    let written =
        permit.on(&draft)?.write_change_note(command.seen, command.note.clone(), tx.now()).map_err(Refused::Problem)?;
    tx.record(written).await?;
    tx.commit().await?;
    Ok(draft.edition.id)
}
