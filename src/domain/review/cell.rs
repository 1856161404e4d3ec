//! Cells: which there are, and how many sign-offs each needs (S1, S12).

use super::{ReviewFacts, ReviewKind};
use crate::domain::{document::outline::Placement, id::SectionId, role::Discipline};

/// What is signed: one section, or the document as a whole (S12).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub enum Scope {
    /// The document as a whole; only patient representatives sign it.
    Whole,
    /// One section.
    Section(SectionId),
}

impl Scope {
    /// The section, where it is one.
    pub fn section(self) -> Option<SectionId> {
        match self {
            Self::Whole => None,
            Self::Section(section) => Some(section),
        }
    }
}

/// Scope x discipline: the address of a cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub struct Cell {
    /// What is signed.
    pub scope: Scope,
    /// By which discipline.
    pub discipline: Discipline,
}

/// Whether a review examines a section of its draft: a full or an exceptional one all, a partial one those chosen, and a
/// correction those whose text is another than in the edition it corrects.
pub fn is_examined(facts: &ReviewFacts, placement: &Placement) -> bool {
    match facts.review.kind {
        ReviewKind::Full | ReviewKind::Exceptional => true,
        ReviewKind::Partial => facts.chosen.contains(&placement.section),
        ReviewKind::Correction => {
            let before = facts.base.as_ref().and_then(|base| base.outline.find(placement.section));
            before.is_none_or(|before| before.digest != placement.digest)
        }
    }
}

/// Every cell of the review: each discipline that each section it examines names, in reading order, then the whole (S12).
pub fn cells(facts: &ReviewFacts) -> Vec<(Cell, u8)> {
    let examined = facts.text.outline.iter().filter(|placement| is_examined(facts, placement));
    let of_sections = examined.flat_map(|placement| {
        let scope = Scope::Section(placement.section);
        let quorum = facts.review.rules.quorum;
        placement.requirements.iter().map(move |(discipline, needed)| (Cell { scope, discipline }, needed.max(quorum)))
    });
    of_sections.chain([(WHOLE, 1)]).collect()
}

/// The cell that no rule can switch off: patient representatives sign the document as a whole (S12).
pub const WHOLE: Cell = Cell { scope: Scope::Whole, discipline: Discipline::PatientRepresentative };

/// How many sign-offs a cell needs, if the draft has it.
fn needed(facts: &ReviewFacts, cell: Cell) -> Option<u8> {
    match cell.scope {
        Scope::Whole => (cell == WHOLE).then_some(1),
        Scope::Section(section) => facts
            .text
            .outline
            .find(section)
            .filter(|placement| is_examined(facts, placement))?
            .requirements
            .iter()
            .find_map(|(discipline, needed)| (discipline == cell.discipline).then_some(needed)),
    }
}

/// Whether the draft asks this discipline for this text.
pub fn asks(facts: &ReviewFacts, cell: Cell) -> bool {
    needed(facts, cell).is_some()
}
