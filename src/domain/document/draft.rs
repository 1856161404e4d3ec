//! Editing a draft: every act that changes its tree or its texts, decided here and recorded as one [`Edited`].

use super::{
    Audience, Document, Key, Requirements, Stage,
    change::{self, ConfirmedEditorial, DraftStep, DraftText, Edit, EditProblem, Revised, Wording},
    content::{Digest, RecommendationNumber},
    edition::Edition,
    outline::{Outline, OutlineProblem, Place, Placement},
    revision::ChangeClass,
    revision::Revision,
};
use crate::domain::{
    access::{Permitted, act},
    event::EventKind,
    id::{PersonId, SectionId},
    review::{cell::Scope, participation::Actions},
    text::Prose,
    time::Timestamp,
};

/// A draft with all that an edit of it depends on.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The document.
    pub document: Document,
    /// The draft edition.
    pub edition: Edition,
    /// Its tree and texts.
    pub text: DraftText,
    /// What was decided about interests in the review it is in.
    pub actions: Actions,
    /// Every number that stands in a published edition of the document.
    pub published: Vec<RecommendationNumber>,
    /// The first number never given in the document.
    pub next_number: RecommendationNumber,
}

/// Why a draft cannot be edited as asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DraftProblem {
    /// The text cannot be changed so.
    #[error(transparent)]
    Edit(#[from] EditProblem),
    /// The tree cannot be changed so.
    #[error(transparent)]
    Outline(#[from] OutlineProblem),
    /// The key belongs, or once belonged, to another section of the document.
    #[error("the key belongs to another section of this document")]
    KeyTaken,
    /// A section may be narrower than its document, never wider.
    #[error("a section cannot have a wider audience than its document")]
    AudienceTooWide,
    /// A section inherits a narrower audience from what it stands under; moving it must not open or hide its text
    /// behind the backs of those who signed it.
    #[error("the section, or one under it, would get another audience there")]
    AudienceWouldChange,
    /// The note has been rewritten since it was read (D4).
    #[error("the note has changed since it was read")]
    NoteChanged {
        /// The digest of the note as it stands; none if there is none.
        current: Option<Digest>,
    },
    /// The sections have been put in another order since the tree was read (D4).
    #[error("the sections stand otherwise than when they were read")]
    ArrangementChanged {
        /// The digest of the arrangement as it stands.
        current: Digest,
    },
    /// An objection to the section stands in the open review; only its holder lifts it (S6).
    #[error("an objection to the section stands")]
    ObjectionStands,
    /// Whoever takes no part in decisions on a section, because of an interest, does not write it either.
    #[error("somebody who takes no part in the section does not change it")]
    TakesNoPart,
    /// Each section is signed by at least one discipline, or by the patient representatives as part of the whole; but
    /// a discipline that is named gives one to nine approvals.
    #[error("a discipline is named twice, or asked for other than one to nine approvals")]
    RequirementsWrong,
}

/// An edit of a draft, decided and ready to be recorded.
#[derive(Clone, Debug)]
pub struct Edited {
    kind: EventKind,
    section: SectionId,
    draft: Edition,
    before: Outline,
    after: Outline,
    revised: Option<Revised>,
    step: Option<DraftStep>,
    audience: Audience,
    by: Option<PersonId>,
    at: Timestamp,
}

impl Edited {
    /// What kind of edit it was.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// The section edited.
    pub fn section(&self) -> SectionId {
        self.section
    }

    /// The draft edited.
    pub fn draft(&self) -> &Edition {
        &self.draft
    }

    /// The tree as it was.
    pub fn before(&self) -> &Outline {
        &self.before
    }

    /// The tree as it will be.
    pub fn after(&self) -> &Outline {
        &self.after
    }

    /// The new text, if there is one.
    pub fn revised(&self) -> Option<&Revised> {
        self.revised.as_ref()
    }

    /// The new text of the whole, if it changed.
    pub fn step(&self) -> Option<DraftStep> {
        self.step
    }

    /// Who may know of it: the audience of the section.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// Who.
    pub fn by(&self) -> Option<PersonId> {
        self.by
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// A section to be created.
#[derive(Clone, Debug)]
pub struct NewSection {
    /// Its identity.
    pub id: SectionId,
    /// Its name in links, for ever.
    pub key: Key,
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

impl Permitted<'_, act::Revise, Draft> {
    /// Adds a section. The permit was given for the disciplines that the new section names.
    pub fn create_section(&self, new: NewSection, edit: Edit) -> Result<Edited, DraftProblem> {
        let draft = self.facts();
        if new.audience.is_some_and(|audience| audience > draft.document.audience) {
            return Err(DraftProblem::AudienceTooWide);
        }
        let revised = change::create(self.permit(), new.id, new.wording, edit)?;
        let head = &revised.revision().head;
        let placement = Placement {
            section: new.id,
            key: new.key,
            parent: new.place.parent,
            audience: new.audience,
            stage: new.stage,
            requirements: new.requirements,
            revision: head.id,
            digest: head.digest,
        };
        let mut after = draft.text.outline.clone();
        after.insert(placement, new.place)?;
        Ok(draft.edited(EventKind::SectionCreated, new.id, after, Some(revised), self.by(), edit.now))
    }

    /// Gives the section a new text, made from the text read as `seen` (D4).
    pub fn revise_section(
        &self,
        current: &Revision,
        seen: Digest,
        wording: Wording,
        edit: Edit,
    ) -> Result<Edited, DraftProblem> {
        self.is_current(current)?;
        let draft = self.facts();
        let revised = change::revise(self.permit(), current, seen, wording, &draft.published, edit)?;
        draft.replaced(EventKind::SectionRevised, revised, self.by(), edit.now)
    }

    /// Stands a recommendation of the section down (D7).
    pub fn stand_down(
        &self,
        current: &Revision,
        seen: Digest,
        number: RecommendationNumber,
        reason: Prose,
        edit: Edit,
    ) -> Result<Edited, DraftProblem> {
        self.is_current(current)?;
        let edit = Edit { class: ChangeClass::Clinical, ..edit };
        let revised = change::stand_down(self.permit(), current, seen, number, reason, edit)?;
        self.facts().replaced(EventKind::RecommendationStoodDown, revised, self.by(), edit.now)
    }

    /// Moves the section with all under it, in the tree read as `seen` (D4). No position goes stale: the place is not part
    /// of what is signed (D2, S3).
    pub fn move_section(&self, seen: Digest, place: Place, now: Timestamp) -> Result<Edited, DraftProblem> {
        let (draft, section) = (self.facts(), self.section().ok_or(OutlineProblem::UnknownSection)?);
        draft.is_written_by(self.by(), section)?;
        let current = draft.text.outline.arrangement();
        if current != seen {
            return Err(DraftProblem::ArrangementChanged { current });
        }
        let mut after = draft.text.outline.clone();
        after.relocate(section, place)?;
        if after == draft.text.outline {
            return Err(EditProblem::NothingChanged.into());
        }
        let audience = |outline: &Outline, section| outline.audience(section, draft.document.audience);
        if after.iter().any(|moved| audience(&after, moved.section) != audience(&draft.text.outline, moved.section)) {
            return Err(DraftProblem::AudienceWouldChange);
        }
        Ok(draft.edited(EventKind::SectionMoved, section, after, None, self.by(), now))
    }

    /// Takes the section out of the draft. Its text and its key stay in the record (D1, D7).
    pub fn remove_section(&self, current: &Revision, seen: Digest, now: Timestamp) -> Result<Edited, DraftProblem> {
        self.is_current(current)?;
        if current.head.digest != seen {
            return Err(EditProblem::SectionChanged { current: current.head.digest }.into());
        }
        let draft = self.facts();
        change::may_remove(&current.content, &draft.published)?;
        let mut after = draft.text.outline.clone();
        after.remove(current.head.section)?;
        Ok(draft.edited(EventKind::SectionRemoved, current.head.section, after, None, self.by(), now))
    }

    /// Whether a text is the current one of the section that the permit is for.
    fn is_current(&self, text: &Revision) -> Result<(), DraftProblem> {
        let section = self.section().ok_or(OutlineProblem::UnknownSection)?;
        self.facts().is_written_by(self.by(), section)?;
        let placement = self.facts().text.outline.find(section).ok_or(OutlineProblem::UnknownSection)?;
        let is_current = placement.revision == text.head.id;
        is_current.then_some(()).ok_or(EditProblem::SectionChanged { current: placement.digest }.into())
    }
}

impl Permitted<'_, act::ConfirmEditorial, Draft> {
    /// Confirms, as a second person, that the current text of the section differs from the one before in wording only (D5).
    pub fn confirm_editorial(&self, seen: Digest, now: Timestamp) -> Result<ConfirmedEditorial, DraftProblem> {
        let draft = self.facts();
        let placement = self.section().and_then(|section| draft.text.outline.find(section));
        let head = placement.and_then(|placement| draft.text.revisions.get(&placement.revision));
        let head = head.ok_or(EditProblem::NothingToConfirm)?;
        draft.is_written_by(self.by(), head.section)?;
        let audience = draft.text.outline.audience(head.section, draft.document.audience);
        Ok(change::confirm_editorial(self.permit(), head, audience, seen, now)?)
    }
}

impl Permitted<'_, act::WriteChangeNote, Draft> {
    /// Writes the note that tells followers what changed, made from the note read as `seen`; none if there was none (D4).
    pub fn write_change_note(
        &self,
        seen: Option<Digest>,
        note: Prose,
        now: Timestamp,
    ) -> Result<ChangeNoteWritten, DraftProblem> {
        let draft = self.facts();
        let current = draft.edition.change_note_digest();
        if current != seen {
            return Err(DraftProblem::NoteChanged { current });
        }
        let (edition, audience) = (draft.edition.clone(), draft.document.audience);
        Ok(ChangeNoteWritten { draft: edition, note, audience, by: self.by(), at: now })
    }
}

impl Draft {
    /// Whether somebody takes part in what is decided about the words of a section.
    fn is_written_by(&self, person: Option<PersonId>, section: SectionId) -> Result<(), DraftProblem> {
        let is_barred = |person| !self.actions.take_part(person, Scope::Section(section));
        if person.is_some_and(is_barred) { Err(DraftProblem::TakesNoPart) } else { Ok(()) }
    }

    fn replaced(
        &self,
        kind: EventKind,
        revised: Revised,
        by: Option<PersonId>,
        at: Timestamp,
    ) -> Result<Edited, DraftProblem> {
        let head = &revised.revision().head;
        let section = head.section;
        let mut after = self.text.outline.clone();
        after.replace(section, head.id, head.digest)?;
        Ok(self.edited(kind, section, after, Some(revised), by, at))
    }

    fn edited(
        &self,
        kind: EventKind,
        section: SectionId,
        after: Outline,
        revised: Option<Revised>,
        by: Option<PersonId>,
        at: Timestamp,
    ) -> Edited {
        let before = self.text.outline.clone();
        let digest = after.digest();
        let revision = revised.as_ref().map(|revised| revised.revision().head.id);
        // A new section is no editorial change of the whole, whatever class its text was given.
        let revision = revision.filter(|_| kind != EventKind::SectionCreated);
        let step = (digest != before.digest()).then_some(DraftStep { digest, revision });
        let holds = if after.find(section).is_some() { &after } else { &before };
        let audience = holds.audience(section, self.document.audience);
        Edited { kind, section, draft: self.edition.clone(), before, after, revised, step, audience, by, at }
    }
}

/// The note that tells followers what changed, ready to be recorded (D6).
#[derive(Clone, Debug)]
pub struct ChangeNoteWritten {
    draft: Edition,
    note: Prose,
    audience: Audience,
    by: Option<PersonId>,
    at: Timestamp,
}

impl ChangeNoteWritten {
    /// The draft.
    pub fn draft(&self) -> &Edition {
        &self.draft
    }

    /// The note.
    pub fn note(&self) -> &Prose {
        &self.note
    }

    /// Who may know of it: the audience of the document.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// Who wrote it.
    pub fn by(&self) -> Option<PersonId> {
        self.by
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}
