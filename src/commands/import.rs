//! Brings a document in.

use super::{HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Thing},
        document::{
            Document,
            import::{self, ImportProblem, NewDocument, NewSection},
        },
        id::{DocumentId, GroupId},
    },
    manuscript::Manuscript,
    store::Store,
};

/// The document to bring in.
#[derive(Clone, Debug)]
pub struct Import {
    /// The group that owns it.
    pub group: GroupId,
    /// What the file holds.
    pub manuscript: Manuscript,
}

/// Imports a manuscript: one with a date of issue as a published first edition, another as a draft.
pub async fn import(store: &Store, actor: &Actor, command: &Import) -> Result<DocumentId, Refused<ImportProblem>> {
    let mut tx = store.begin().await?;
    let group = tx.group(command.group).await?.ok_or(HIDDEN)?;
    let now = tx.now();
    let manuscript = &command.manuscript;
    let document = Document {
        id: tx.id(),
        slug: manuscript.slug.clone(),
        title: manuscript.title.clone(),
        group: group.id,
        audience: manuscript.audience,
        review_due: manuscript.review_due,
        policy: manuscript.policy,
        is_demonstration: manuscript.is_demonstration,
    };
    let id = document.id;
    let sections = manuscript.sections.iter().map(|section| NewSection {
        id: tx.id(),
        revision: tx.id(),
        key: section.key.clone(),
        level: section.level,
        audience: section.audience,
        stage: section.stage,
        requirements: section.requirements.clone(),
        content: section.content.clone(),
    });
    let sections = sections.collect();
    let new = NewDocument { document, edition: tx.id(), change_note: manuscript.change_note.clone(), sections };
    let thing = Thing::group(group.id);
    let imported = match manuscript.issued {
        Some(issued) => {
            let permit = permitted(&tx, actor, thing).await?;
            import::import_published(&permit.on(&new)?, issued, now)
        }
        None => {
            let permit = permitted(&tx, actor, thing).await?;
            import::import_draft(&permit.on(&new)?, now)
        }
    };
    let imported = imported.map_err(Refused::Problem)?;
    if tx.slug_is_taken(manuscript.slug.as_str()).await? {
        return Err(Refused::Problem(ImportProblem::SlugTaken));
    }
    tx.record(imported).await?;
    tx.commit().await?;
    Ok(id)
}
