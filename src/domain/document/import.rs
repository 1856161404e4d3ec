//! How a document comes into the system: as a draft, or with the edition that is already in force elsewhere.

use std::{collections::HashMap, sync::Arc};

use super::{
    Audience, Document, Key, Requirements, Stage,
    content::{Content, RecommendationNumber},
    edition::{Edition, EditionNumber, EditionState, EditionText, Publication},
    outline::{Outline, OutlineProblem, Placement},
    revision::Revision,
    revision::{ChangeClass, RevisionHead},
};
use crate::domain::{
    access::{Permitted, act},
    id::{EditionId, PersonId, RevisionId, SectionId},
    text::Prose,
    time::{PartialDate, Timestamp},
};

/// A document to be brought in.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// The document; its identity is new.
    pub document: Document,
    /// Identity of its first edition.
    pub edition: EditionId,
    /// What changed, if the file says so.
    pub change_note: Option<Prose>,
    /// Sections in reading order, each with its level in the tree.
    pub sections: Vec<NewSection>,
}

/// A section of a document to be brought in.
#[derive(Clone, Debug)]
pub struct NewSection {
    /// Its identity.
    pub id: SectionId,
    /// Identity of its text.
    pub revision: RevisionId,
    /// Its name in links.
    pub key: Key,
    /// Its level; 1 is top.
    pub level: u8,
    /// Narrower than the document's, if given.
    pub audience: Option<Audience>,
    /// The part of the pathway it is about.
    pub stage: Option<Stage>,
    /// Which disciplines must sign it.
    pub requirements: Requirements,
    /// What it says.
    pub content: Content,
}

/// Why a document cannot be brought in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ImportProblem {
    /// Another document has this slug.
    #[error("another document has this slug")]
    SlugTaken,
    /// The same recommendation number twice.
    #[error("{0} is given twice")]
    NumberTwice(RecommendationNumber),
    /// A section has a wider audience than the document.
    #[error("a section cannot have a wider audience than its document")]
    AudienceTooWide,
    /// The date on the cover is in the future.
    #[error("an edition cannot have been issued in the future")]
    IssuedLater,
    /// The sections do not make a tree.
    #[error(transparent)]
    Outline(#[from] OutlineProblem),
}

/// A document brought in, ready to be recorded.
#[derive(Clone, Debug)]
pub struct Imported {
    document: Document,
    edition: Edition,
    text: EditionText,
    numbers: Vec<(SectionId, Vec<RecommendationNumber>)>,
    by: Option<PersonId>,
    at: Timestamp,
}

impl Imported {
    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Its first edition.
    pub fn edition(&self) -> &Edition {
        &self.edition
    }

    /// What it says.
    pub fn text(&self) -> &EditionText {
        &self.text
    }

    /// The numbers of recommendations that the text gives away, by section.
    pub fn numbers(&self) -> &[(SectionId, Vec<RecommendationNumber>)] {
        &self.numbers
    }

    /// Who brought it in.
    pub fn by(&self) -> Option<PersonId> {
        self.by
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Brings in a draft.
pub fn import_draft(
    permitted: &Permitted<'_, act::ImportDraft, NewDocument>,
    now: Timestamp,
) -> Result<Imported, ImportProblem> {
    import(permitted.by(), permitted.facts().clone(), EditionState::Draft, now)
}

/// Brings in a document whose first edition was issued before this system kept it. That it was not signed off here
/// stays visible for ever, see [`Edition::is_imported`].
pub fn import_published(
    permitted: &Permitted<'_, act::ImportPublished, NewDocument>,
    issued: PartialDate,
    now: Timestamp,
) -> Result<Imported, ImportProblem> {
    if now < issued.begins_at() {
        return Err(ImportProblem::IssuedLater);
    }
    import(
        permitted.by(),
        permitted.facts().clone(),
        EditionState::Published(Publication { issued, published_at: now }),
        now,
    )
}

fn import(
    by: Option<PersonId>,
    new: NewDocument,
    state: EditionState,
    at: Timestamp,
) -> Result<Imported, ImportProblem> {
    let mut given = std::collections::HashSet::new();
    let mut numbers = Vec::new();
    let mut placements = Vec::new();
    let mut revisions = HashMap::new();
    let mut path: Vec<SectionId> = Vec::new();
    for section in new.sections {
        if section.audience.is_some_and(|audience| audience > new.document.audience) {
            return Err(ImportProblem::AudienceTooWide);
        }
        let of_section: Vec<_> = section.content.recommendations.iter().map(|statement| statement.number).collect();
        if let Some(twice) = of_section.iter().find(|number| !given.insert(**number)) {
            return Err(ImportProblem::NumberTwice(*twice));
        }
        numbers.push((section.id, of_section));
        path.truncate(usize::from(section.level.saturating_sub(1)));
        let head = RevisionHead {
            id: section.revision,
            section: section.id,
            digest: section.content.digest(),
            class: ChangeClass::Clinical,
            based_on: None,
            author: None,
            created_at: at,
            confirmed: None,
        };
        placements.push(Placement {
            section: section.id,
            key: section.key,
            parent: path.last().copied(),
            audience: section.audience,
            stage: section.stage,
            requirements: section.requirements,
            revision: head.id,
            digest: head.digest,
        });
        path.push(section.id);
        revisions.insert(head.id, Arc::new(Revision { head, content: section.content }));
    }
    let edition = Edition {
        id: new.edition,
        document: new.document.id,
        number: EditionNumber::FIRST,
        is_imported: state.publication().is_some(),
        interim_until: None,
        state,
        change_note: new.change_note,
    };
    let text = EditionText { outline: Outline::new(placements)?, revisions };
    Ok(Imported { document: new.document, edition, text, numbers, by, at })
}
