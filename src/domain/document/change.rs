//! What an edit may do, which class it has, and what number follows from all of them (D4 to D7).
//!
//! Every function here decides; nothing is stored. The outcome types have private makers, so a revision cannot be
//! recorded that was not decided here.

use std::collections::HashMap;

use super::{
    Audience,
    content::{Content, Digest, RecommendationNumber, Reference, Statement, Strength},
    edition::EditionNumber,
    outline::{Outline, Placement},
    revision::{ChangeClass, Confirmation, Revision, RevisionHead},
};
use crate::domain::{
    access::{Permit, act},
    id::{PersonId, RevisionId, SectionId},
    text::{Body, Line, Prose},
    time::Timestamp,
};

/// A draft as the rules see it: the tree, what is known of its revisions, and the successive texts of the whole.
#[derive(Clone, Debug, Default)]
pub struct DraftText {
    /// The tree as it stands.
    pub outline: Outline,
    /// Every revision of these sections, past ones too.
    pub revisions: HashMap<RevisionId, RevisionHead>,
    /// The successive texts of the whole draft, the current one last.
    pub steps: Vec<DraftStep>,
}

/// One text that the whole draft has had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DraftStep {
    /// The digest of the whole, see [`Outline::digest`].
    pub digest: Digest,
    /// The revision that made it; none at the start, and where a section was added or removed.
    pub revision: Option<RevisionId>,
}

impl DraftText {
    /// The digests of a section's text that signatures may be on and still count: the current one and, back from it
    /// through confirmed editorial changes, those it carries over (S3). Empty if the section is gone.
    pub fn carried_for_section(&self, section: SectionId) -> Vec<Digest> {
        let Some(placement) = self.outline.find(section) else { return vec![] };
        let current = [placement.digest];
        current.into_iter().chain(self.worded_from(placement).skip(1).map(|head| head.digest)).collect()
    }

    /// The current revision of a section and, back from it through confirmed editorial changes, those it only words
    /// differently.
    fn worded_from(&self, placement: &Placement) -> impl Iterator<Item = &RevisionHead> {
        std::iter::successors(self.revisions.get(&placement.revision), |head| {
            let base = head.based_on.filter(|_| head.effective_class() == ChangeClass::Editorial)?;
            self.revisions.get(&base)
        })
    }

    /// The same for the whole.
    pub fn carried_for_whole(&self) -> Vec<Digest> {
        let mut carried = vec![self.outline.digest()];
        let mut steps = self.steps.iter().rev().peekable();
        while let Some(step) = steps.next() {
            let editorial = step
                .revision
                .and_then(|revision| self.revisions.get(&revision))
                .is_some_and(|head| head.effective_class() == ChangeClass::Editorial);
            if !editorial {
                break;
            }
            carried.extend(steps.peek().map(|before| before.digest));
        }
        carried
    }

    /// The confirmed editorial changes by which the current text, of a section or of the whole, carries signatures over.
    pub fn carrying(&self, section: Option<SectionId>) -> Box<dyn Iterator<Item = &RevisionHead> + '_> {
        let is_editorial = |head: &&RevisionHead| head.effective_class() == ChangeClass::Editorial;
        match section {
            Some(section) => {
                let placement = self.outline.find(section).into_iter();
                Box::new(placement.flat_map(|placement| self.worded_from(placement)).take_while(is_editorial))
            }
            None => {
                let made_by = self.steps.iter().rev().map_while(|step| self.revisions.get(&step.revision?));
                Box::new(made_by.take_while(is_editorial))
            }
        }
    }

    /// Everybody who wrote a section as it stands: its author and, where that only changed the wording, the authors
    /// of what it words (S9).
    pub fn authors(&self, section: SectionId) -> Vec<PersonId> {
        let placement = self.outline.find(section).into_iter();
        placement.flat_map(|placement| self.worded_from(placement)).filter_map(|head| head.author).collect()
    }

    /// Who wrote the current text of a section.
    pub fn author(&self, section: SectionId) -> Option<PersonId> {
        let placement = self.outline.find(section)?;
        self.revisions.get(&placement.revision)?.author
    }
}

/// How a section of a draft differs from the edition it was made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SectionChange {
    /// Not in the base.
    Added,
    /// Only in the base.
    Removed,
    /// Another text; clinical unless every step from the base was confirmed as editorial.
    Revised(ChangeClass),
    /// The same text.
    Same,
}

/// What changed from `base` to the draft, section by section.
pub fn changes(base: &Outline, draft: &DraftText) -> Vec<(SectionId, SectionChange)> {
    let removed = base
        .iter()
        .filter(|placement| draft.outline.find(placement.section).is_none())
        .map(|placement| (placement.section, SectionChange::Removed));
    let kept = draft.outline.iter().map(|placement| {
        let change = match base.find(placement.section) {
            None => SectionChange::Added,
            Some(before) if before.digest == placement.digest => SectionChange::Same,
            Some(before) if draft.carried_for_section(placement.section).contains(&before.digest) => {
                SectionChange::Revised(ChangeClass::Editorial)
            }
            Some(_) => SectionChange::Revised(ChangeClass::Clinical),
        };
        (placement.section, change)
    });
    kept.chain(removed).collect()
}

/// The number a draft would be published under: major if any section changed clinically, was added or removed (D6).
pub fn next_number(base: EditionNumber, changes: &[(SectionId, SectionChange)]) -> EditionNumber {
    let major = changes.iter().any(|(_, change)| match change {
        SectionChange::Added | SectionChange::Removed | SectionChange::Revised(ChangeClass::Clinical) => true,
        SectionChange::Revised(ChangeClass::Editorial) | SectionChange::Same => false,
    });
    if major { base.next_major() } else { base.next_minor() }
}

/// A section's text as a writer hands it in: new recommendations have no number yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wording {
    /// The heading.
    pub heading: Line,
    /// The body, Markdown.
    pub body: Body,
    /// The plain-language summary.
    pub summary: Option<Prose>,
    /// The recommendations, in reading order.
    pub recommendations: Vec<StatementWording>,
    /// What the section rests on.
    pub references: Vec<Reference>,
}

/// A recommendation as a writer hands it in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementWording {
    /// Its number, if it has one already.
    pub number: Option<RecommendationNumber>,
    /// How firmly it is meant.
    pub strength: Strength,
    /// The statement.
    pub text: Prose,
    /// The statement in plain language.
    pub summary: Option<Prose>,
}

/// Why an edit cannot be made as asked; the writer can do something about each.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EditProblem {
    /// Somebody else changed the section since it was read (D4).
    #[error("the section has moved on since it was read")]
    SectionChanged {
        /// The digest of the text as it stands.
        current: Digest,
    },
    /// The text is the same as before.
    #[error("the text is the same as before")]
    NothingChanged,
    /// A recommendation of an earlier edition is missing; it is to be stood down, not deleted (D7).
    #[error("{0} would be lost: stand it down instead")]
    RecommendationMissing(RecommendationNumber),
    /// The number is not one of this section's recommendations.
    #[error("{0} is not a recommendation of this section")]
    RecommendationUnknown(RecommendationNumber),
    /// The same number twice.
    #[error("{0} is given twice")]
    RecommendationTwice(RecommendationNumber),
    /// The recommendation was stood down before; its words stay as they are.
    #[error("{0} has been stood down")]
    RecommendationStoodDown(RecommendationNumber),
    /// No number is left, or more recommendations than a section may hold.
    #[error("a section holds at most {} recommendations", Wording::RECOMMENDATIONS_MAX)]
    TooManyRecommendations,
    /// There is no editorial change waiting to be confirmed.
    #[error("the current text is not an unconfirmed editorial change")]
    NothingToConfirm,
}

impl Wording {
    /// The most recommendations of one section.
    pub const RECOMMENDATIONS_MAX: usize = 200;
    /// The most references of one section.
    pub const REFERENCES_MAX: usize = 200;
}

/// A new text of a section, decided and ready to be recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revised {
    revision: Revision,
    new_numbers: Vec<RecommendationNumber>,
}

impl Revised {
    /// The text.
    pub fn revision(&self) -> &Revision {
        &self.revision
    }

    /// Numbers given for the first time.
    pub fn new_numbers(&self) -> &[RecommendationNumber] {
        &self.new_numbers
    }
}

/// What an edit is made of, besides its words.
#[derive(Clone, Copy, Debug)]
pub struct Edit {
    /// Identity of the new revision.
    pub revision: RevisionId,
    /// The class its author gives it.
    pub class: ChangeClass,
    /// The first number not yet given in the document.
    pub next_number: RecommendationNumber,
    /// The domain's now.
    pub now: Timestamp,
}

/// Writes the first text of a new section.
pub fn create(
    permit: &Permit<act::Revise>,
    section: SectionId,
    wording: Wording,
    edit: Edit,
) -> Result<Revised, EditProblem> {
    if let Some(number) = wording.recommendations.iter().find_map(|statement| statement.number) {
        return Err(EditProblem::RecommendationUnknown(number));
    }
    let (content, new_numbers) = number_statements(wording, &[], edit.next_number)?;
    Ok(revised(permit.by(), section, None, content, new_numbers, edit))
}

/// Writes a new text of a section, made from the text that the writer read as `seen` (D4). `published` are the numbers
/// that stood in a published edition.
pub fn revise(
    permit: &Permit<act::Revise>,
    current: &Revision,
    seen: Digest,
    wording: Wording,
    published: &[RecommendationNumber],
    edit: Edit,
) -> Result<Revised, EditProblem> {
    unmoved(current, seen)?;
    let (content, new_numbers) = number_statements(wording, &current.content.recommendations, edit.next_number)?;
    if let Some(lost) = current.content.recommendations.iter().find(|before| {
        let lasting = before.stood_down.is_some() || published.contains(&before.number);
        lasting && content.statement(before.number).is_none()
    }) {
        return Err(EditProblem::RecommendationMissing(lost.number));
    }
    if content == current.content {
        return Err(EditProblem::NothingChanged);
    }
    Ok(revised(permit.by(), current.head.section, Some(current.head.id), content, new_numbers, edit))
}

/// Stands a recommendation down: the words and the number stay, with the reason (D7).
pub fn stand_down(
    permit: &Permit<act::Revise>,
    current: &Revision,
    seen: Digest,
    number: RecommendationNumber,
    reason: Prose,
    edit: Edit,
) -> Result<Revised, EditProblem> {
    unmoved(current, seen)?;
    let mut content = current.content.clone();
    let statement = content
        .recommendations
        .iter_mut()
        .find(|statement| statement.number == number)
        .ok_or(EditProblem::RecommendationUnknown(number))?;
    if statement.stood_down.is_some() {
        return Err(EditProblem::RecommendationStoodDown(number));
    }
    statement.stood_down = Some(reason);
    let edit = Edit { class: ChangeClass::Clinical, ..edit };
    Ok(revised(permit.by(), current.head.section, Some(current.head.id), content, vec![], edit))
}

/// A confirmation decided and ready to be recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConfirmedEditorial {
    /// The revision.
    pub revision: RevisionId,
    /// Of which section.
    pub section: SectionId,
    /// Who may know of it: the audience of the section.
    pub audience: Audience,
    /// Who and when.
    pub confirmation: Confirmation,
    _decided: (),
}

/// Confirms that the current text of a section differs from the one before in wording only (D5).
pub fn confirm_editorial(
    permit: &Permit<act::ConfirmEditorial>,
    current: &RevisionHead,
    audience: Audience,
    seen: Digest,
    now: Timestamp,
) -> Result<ConfirmedEditorial, EditProblem> {
    if current.digest != seen {
        return Err(EditProblem::SectionChanged { current: current.digest });
    }
    match (current.class, current.confirmed, permit.by()) {
        (ChangeClass::Editorial, None, Some(by)) => {
            let (revision, section, confirmation) = (current.id, current.section, Confirmation { by, at: now });
            Ok(ConfirmedEditorial { revision, section, audience, confirmation, _decided: () })
        }
        (ChangeClass::Editorial, _, _) | (ChangeClass::Clinical, _, _) => Err(EditProblem::NothingToConfirm),
    }
}

/// Whether a section may leave the draft: its published recommendations must have been stood down first (D7).
pub fn may_remove(current: &Content, published: &[RecommendationNumber]) -> Result<(), EditProblem> {
    let standing = current
        .recommendations
        .iter()
        .find(|statement| statement.stood_down.is_none() && published.contains(&statement.number));
    match standing {
        Some(statement) => Err(EditProblem::RecommendationMissing(statement.number)),
        None => Ok(()),
    }
}

fn unmoved(current: &Revision, seen: Digest) -> Result<(), EditProblem> {
    if current.head.digest == seen { Ok(()) } else { Err(EditProblem::SectionChanged { current: current.head.digest }) }
}

/// Gives numbers to new statements; what was stood down stays word for word as it was.
fn number_statements(
    wording: Wording,
    before: &[Statement],
    mut next: RecommendationNumber,
) -> Result<(Content, Vec<RecommendationNumber>), EditProblem> {
    if wording.recommendations.len() > Wording::RECOMMENDATIONS_MAX {
        return Err(EditProblem::TooManyRecommendations);
    }
    let mut statements: Vec<Statement> = Vec::with_capacity(wording.recommendations.len());
    let mut new_numbers = Vec::new();
    for statement in wording.recommendations {
        let number = match statement.number {
            Some(number) => number,
            None if next > RecommendationNumber::MAX => return Err(EditProblem::TooManyRecommendations),
            None => {
                let number = next;
                next = number.next();
                new_numbers.push(number);
                number
            }
        };
        let known = before.iter().find(|known| known.number == number);
        if statement.number.is_some() && known.is_none() {
            return Err(EditProblem::RecommendationUnknown(number));
        }
        if statements.iter().any(|earlier| earlier.number == number) {
            return Err(EditProblem::RecommendationTwice(number));
        }
        let stood_down = known.and_then(|known| known.stood_down.clone());
        let worded = Statement {
            number,
            strength: statement.strength,
            text: statement.text,
            summary: statement.summary,
            stood_down,
        };
        if worded.stood_down.is_some() && known != Some(&worded) {
            return Err(EditProblem::RecommendationStoodDown(number));
        }
        statements.push(worded);
    }
    let content = Content {
        heading: wording.heading,
        body: wording.body,
        summary: wording.summary,
        recommendations: statements,
        references: wording.references,
    };
    Ok((content, new_numbers))
}

fn revised(
    author: Option<PersonId>,
    section: SectionId,
    based_on: Option<RevisionId>,
    content: Content,
    new_numbers: Vec<RecommendationNumber>,
    edit: Edit,
) -> Revised {
    let head = RevisionHead {
        id: edit.revision,
        section,
        digest: content.digest(),
        class: edit.class,
        based_on,
        author,
        created_at: edit.now,
        confirmed: None,
    };
    Revised { revision: Revision { head, content }, new_numbers }
}
