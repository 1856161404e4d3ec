//! Adds a section to a draft.

use super::{Desk, HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Exposure, Thing},
        document::{
            Audience, Key, Requirements, Stage,
            change::Wording,
            draft::{DraftProblem, NewSection},
            outline::Place,
            revision::ChangeClass,
        },
        id::{DocumentId, SectionId},
    },
    store::Store,
};

/// The section to add.
#[derive(Clone, Debug)]
pub struct CreateSection {
    /// To the draft of which document.
    pub document: DocumentId,
    /// Its name in links; made from the heading unless given.
    pub key: Option<Key>,
    /// Where it stands.
    pub place: Place,
    /// Narrower than the document's, if given.
    pub audience: Option<Audience>,
    /// The part of the pathway it is about.
    pub stage: Option<Stage>,
    /// Which disciplines must sign it.
    pub requirements: Requirements,
    /// What it says.
    pub wording: Wording,
}

/// Adds a section. A member may add one that names their discipline.
pub async fn create_section(
    store: &Store,
    actor: &Actor,
    command: &CreateSection,
) -> Result<SectionId, Refused<DraftProblem>> {
    let Desk { mut tx, draft, .. } = Desk::of_document(store, command.document).await?;
    let document = &draft.document;
    let parent = command.place.parent.map(|parent| draft.text.outline.find(parent).ok_or(HIDDEN)).transpose()?;
    let around =
        parent.map_or(document.audience, |parent| draft.text.outline.audience(parent.section, document.audience));
    let audience = around.min(command.audience.unwrap_or(document.audience));
    let thing = Thing {
        disciplines: command.requirements.disciplines().collect(),
        ..Thing::document(document.group, document.id, Exposure::Draft(audience))
    };
    let permit = permitted(&tx, actor, thing).await?;
    let key = command.key.clone().unwrap_or_else(|| Key::from_heading(command.wording.heading.as_str()));
    if tx.key_is_taken(document.id, key.as_str()).await? {
        return Err(Refused::Problem(DraftProblem::KeyTaken));
    }
    let id = tx.id();
    let edit = crate::domain::document::change::Edit {
        revision: tx.id(),
        class: ChangeClass::Clinical,
        next_number: draft.next_number,
        now: tx.now(),
    };
    let new = NewSection {
        id,
        key,
        place: command.place,
        audience: command.audience,
        stage: command.stage,
        requirements: command.requirements.clone(),
        wording: command.wording.clone(),
    };
    let edited = permit.on(&draft)?.create_section(new, edit).map_err(Refused::Problem)?;
    tx.record(edited).await?;
    tx.commit().await?;
    Ok(id)
}
