//! Revisions: the immutable texts of a section, and what is known of one without reading it (D1, D5).

use super::content::{Content, Digest};
use crate::domain::{
    id::{PersonId, RevisionId, SectionId},
    role::words,
    time::Timestamp,
};

words! {
    /// How far an edit reaches (D5).
    ChangeClass {
        /// What the section advises may have changed: the default.
        Clinical = "CLINICAL",
        /// Wording only; takes effect as such when a second person confirms it.
        Editorial = "EDITORIAL",
    }
}

/// What is known about a revision without reading it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevisionHead {
    /// Identity.
    pub id: RevisionId,
    /// The section it is a text of.
    pub section: SectionId,
    /// The digest of the text.
    pub digest: Digest,
    /// The class its author gave it.
    pub class: ChangeClass,
    /// The text it was made from.
    pub based_on: Option<RevisionId>,
    /// Who wrote it; unknown for imported texts.
    pub author: Option<PersonId>,
    /// When it was written.
    pub created_at: Timestamp,
    /// Who confirmed that it is editorial, and when.
    pub confirmed: Option<Confirmation>,
}

/// A second person's word that a change is editorial.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Confirmation {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl RevisionHead {
    /// The class that counts: EDITORIAL only once confirmed (D5).
    pub fn effective_class(&self) -> ChangeClass {
        match (self.class, self.confirmed) {
            (ChangeClass::Editorial, Some(_)) => ChangeClass::Editorial,
            (ChangeClass::Editorial, None) | (ChangeClass::Clinical, _) => ChangeClass::Clinical,
        }
    }

    /// Whether it is said to be editorial and nobody has confirmed that yet (D5).
    pub fn awaits_confirmation(&self) -> bool {
        self.class != self.effective_class()
    }
}

/// One immutable text of a section (D1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revision {
    /// What is known about it without reading it.
    pub head: RevisionHead,
    /// What it says.
    pub content: Content,
}
