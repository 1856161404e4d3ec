//! The gate: what stands between a draft and its publication (S14). Computed from the facts, never from a flag.

use chrono::Days;

use super::{
    ReviewFacts, ReviewKind,
    cell::Cell,
    examination::{CellState, ExaminedCell, examine_all},
    position::{Position, lifter},
};
use crate::domain::{
    document::{
        change::{SectionChange, changes, next_number},
        edition::EditionNumber,
        revision::ChangeClass,
    },
    id::{PositionId, SeatId, SectionId},
    time::Timestamp,
};

/// One thing in the way of publication, with who or what can clear it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Blocker {
    /// A discipline has not signed, or not enough of it.
    CellNotMet {
        /// Where.
        cell: Cell,
        /// Sign-offs needed.
        needed: u8,
        /// Sign-offs that count.
        given: u8,
        /// Whether a sign-off was given and went stale when the text moved on.
        is_stale: bool,
    },
    /// An objection stands until its holder, or a successor in the seat, lifts it (S6).
    ObjectionStands {
        /// Where.
        cell: Cell,
        /// Which.
        position: PositionId,
        /// The seat that can lift it now; none if its term is over and nobody has succeeded in it.
        lifter: Option<SeatId>,
    },
    /// A request for more time stands until its day is over, or its holder does something else (S7).
    TimeRequested {
        /// Where.
        cell: Cell,
        /// Which.
        position: PositionId,
        /// When it is over by itself.
        until: Timestamp,
    },
    /// The discipline has too few seats left that can sign; nobody else may fill in (S8).
    NoEligibleSeat {
        /// Where.
        cell: Cell,
    },
    /// Everything is met, and the final window is not over.
    FinalWindow {
        /// When it will be.
        until: Timestamp,
    },
    /// A correction changes wording only: this section was added, removed, or changed otherwise than by confirmed editorial
    /// changes.
    ClinicalChange {
        /// Which.
        section: SectionId,
    },
    /// A partial review changes what it examines: this section is another than before, and was not chosen.
    OutsideReview {
        /// Which.
        section: SectionId,
    },
    /// A major number needs a note that tells followers what changed (D6).
    ChangeNoteMissing,
}

/// The list of blockers; empty means ready.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gate {
    /// What is in the way, in reading order.
    pub blockers: Vec<Blocker>,
    /// When the final window ends, once every cell is met.
    pub window_until: Option<Timestamp>,
}

impl Gate {
    /// Whether nothing is in the way.
    pub fn is_ready(&self) -> bool {
        self.blockers.is_empty()
    }
}

/// The gate to a new edition.
pub fn gate(facts: &ReviewFacts, now: Timestamp) -> Gate {
    gate_among(facts, &examine_all(facts, now), now)
}

/// The same, of cells that were examined already at that moment.
pub fn gate_among(facts: &ReviewFacts, cells: &[ExaminedCell<'_>], now: Timestamp) -> Gate {
    let mut gate = sign_off_gate_among(facts, cells, now);
    let noted = facts.draft.as_ref().is_some_and(|draft| draft.change_note.is_some());
    if proposed_number(facts).is_major() && !noted {
        gate.blockers.push(Blocker::ChangeNoteMissing);
    }
    gate
}

/// The gate to a reaffirmation: the same sign-offs, and no note, since nothing changed (S16).
pub fn sign_off_gate(facts: &ReviewFacts, now: Timestamp) -> Gate {
    sign_off_gate_among(facts, &examine_all(facts, now), now)
}

fn sign_off_gate_among(facts: &ReviewFacts, cells: &[ExaminedCell<'_>], now: Timestamp) -> Gate {
    let mut blockers: Vec<Blocker> = cells.iter().flat_map(|cell| blockers_of(facts, cell, now)).collect();
    blockers.extend(out_of_kind(facts));
    let window_until = window_until(facts, cells);
    blockers.extend(window_until.filter(|until| now < *until).map(|until| Blocker::FinalWindow { until }));
    Gate { blockers, window_until }
}

/// The number that the draft would be published under (D6). A first edition keeps the number it was brought in with.
pub fn proposed_number(facts: &ReviewFacts) -> EditionNumber {
    match (&facts.base, &facts.draft) {
        (Some(base), _) => next_number(base.number, &changes(&base.outline, &facts.text)),
        (None, Some(draft)) => draft.number,
        (None, None) => EditionNumber::FIRST,
    }
}

fn blockers_of(facts: &ReviewFacts, cell: &ExaminedCell<'_>, now: Timestamp) -> Vec<Blocker> {
    match cell.state {
        CellState::Met => vec![],
        CellState::NoEligibleSeat => vec![Blocker::NoEligibleSeat { cell: cell.cell }],
        CellState::Blocked => {
            let objections = cell.objections.iter().map(|position| objection(facts, position, now));
            let requests = cell.time_requests.iter().map(|(position, until)| Blocker::TimeRequested {
                cell: cell.cell,
                position: position.id,
                until: *until,
            });
            objections.chain(requests).collect()
        }
        CellState::Open | CellState::Stale => vec![Blocker::CellNotMet {
            cell: cell.cell,
            needed: cell.needed,
            given: cell.given,
            is_stale: cell.state == CellState::Stale,
        }],
    }
}

fn objection(facts: &ReviewFacts, position: &Position, now: Timestamp) -> Blocker {
    let lifter = lifter(facts, position, now).map(|seat| seat.id);
    Blocker::ObjectionStands { cell: position.cell, position: position.id, lifter }
}

/// What changed that a review of this kind does not change.
fn out_of_kind(facts: &ReviewFacts) -> Vec<Blocker> {
    let Some(base) = &facts.base else { return vec![] };
    let changed =
        || changes(&base.outline, &facts.text).into_iter().filter(|(_, change)| *change != SectionChange::Same);
    match facts.review.kind {
        ReviewKind::Full | ReviewKind::Exceptional => vec![],
        ReviewKind::Correction => changed()
            .filter(|(_, change)| *change != SectionChange::Revised(ChangeClass::Editorial))
            .map(|(section, _)| Blocker::ClinicalChange { section })
            .collect(),
        ReviewKind::Partial => changed()
            .filter(|(section, _)| !facts.chosen.contains(section))
            .map(|(section, _)| Blocker::OutsideReview { section })
            .collect(),
    }
}

/// The end of the final window: so many days after the last cell was met; none while one is not.
fn window_until(facts: &ReviewFacts, cells: &[ExaminedCell<'_>]) -> Option<Timestamp> {
    let met_at: Option<Vec<Timestamp>> = cells.iter().map(|cell| cell.met_at).collect();
    let last = met_at?.into_iter().max()?;
    Some(last + Days::new(u64::from(facts.review.final_window_days)))
}
