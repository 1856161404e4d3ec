//! Assignments: the cells that the lead of a discipline hands to single seats.
//!
//! What is handed over is who is asked, not who may sign: every seat of the discipline still may (S1). While none of those
//! it was handed to can sign, everybody is asked as ever, so that no cell waits for nobody.

use super::{
    ReviewFacts,
    cell::{Cell, Scope, asks},
    examination::{CellState, ExaminedCell, examine_all},
};
use crate::domain::{
    absence::stand_in,
    access::{Permitted, act},
    document::Audience,
    id::{GroupId, PersonId, SeatId},
    role::Seat,
    time::Timestamp,
};

/// The highest limit that means anything: a document has no more cells for one discipline.
pub const LOAD_LIMIT_MAX: u32 = 2_000;

/// A cell in the hands of a seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// Which cell.
    pub cell: Cell,
    /// Which seat.
    pub seat: SeatId,
}

/// The seats that a cell is in the hands of, with those who stand in for them; none if everybody is asked.
pub fn asked_seats(facts: &ReviewFacts, examined: &ExaminedCell<'_>, now: Timestamp) -> Option<Vec<SeatId>> {
    if facts.assignments.is_empty() {
        return None;
    }
    let own = facts.assignments.iter().filter(|assignment| assignment.cell == examined.cell);
    let can_sign = |seat: &SeatId| examined.eligible.iter().any(|eligible| eligible.id == *seat);
    let seats = own.flat_map(|assignment| [Some(assignment.seat), stand_in(&facts.absences, assignment.seat, now)]);
    let seats: Vec<SeatId> = seats.flatten().filter(can_sign).collect();
    (!seats.is_empty()).then_some(seats)
}

/// Why cells cannot be handed over so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AssignmentProblem {
    /// The review is over.
    #[error("the review is over")]
    ReviewClosed,
    /// The draft has no such cell.
    #[error("the draft has no such cell")]
    NoSuchCell,
    /// A seat that cannot sign there: of another discipline, out of term, recused, or kept from it by an interest.
    #[error("only seats that can sign in the cell are handed it")]
    SeatUnfit,
    /// A seat has as much in hand as it takes on.
    #[error("the seat has as many cells in hand as it takes on in one review, which are {limit}")]
    LoadLimit {
        /// Its limit.
        limit: u32,
    },
    /// The cell is in the hands of these seats already.
    #[error("the cell is in the hands of these seats already")]
    NothingChanged,
}

/// A cell handed over, ready to be recorded.
#[derive(Clone, Debug)]
pub struct CellAssigned {
    cell: Cell,
    seats: Vec<SeatId>,
    audience: Audience,
    by: PersonId,
    at: Timestamp,
}

impl CellAssigned {
    /// Which cell.
    pub fn cell(&self) -> Cell {
        self.cell
    }

    /// To which seats; to nobody in particular if there is none.
    pub fn seats(&self) -> &[SeatId] {
        &self.seats
    }

    /// Who may know of it: the audience of the section.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// Who handed it over.
    pub fn by(&self) -> PersonId {
        self.by
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Hands a cell to seats of its discipline, instead of those it was handed to; to none, so that everybody is asked again.
/// The permit says which discipline.
pub fn assign(
    permitted: &Permitted<'_, act::AssignCells, ReviewFacts>,
    mut seats: Vec<SeatId>,
    now: Timestamp,
) -> Result<CellAssigned, AssignmentProblem> {
    let facts = permitted.facts();
    let (true, Some(by)) = (facts.is_open(), permitted.by()) else { return Err(AssignmentProblem::ReviewClosed) };
    let [discipline] = permitted.thing().disciplines[..] else { return Err(AssignmentProblem::NoSuchCell) };
    let scope = permitted.section().map_or(Scope::Whole, Scope::Section);
    let cell = Cell { scope, discipline };
    if !asks(facts, cell) {
        return Err(AssignmentProblem::NoSuchCell);
    }
    seats.sort_unstable();
    seats.dedup();
    let examined = examine_all(facts, now);
    let here = examined.iter().find(|examined| examined.cell == cell).ok_or(AssignmentProblem::NoSuchCell)?;
    let before = |seat: &SeatId| facts.assignments.contains(&Assignment { cell, seat: *seat });
    let held = facts.assignments.iter().filter(|assignment| assignment.cell == cell).count();
    if held == seats.len() && seats.iter().all(before) {
        return Err(AssignmentProblem::NothingChanged);
    }
    for seat in &seats {
        let eligible = here.eligible.iter().find(|eligible| eligible.id == *seat);
        let seat = eligible.ok_or(AssignmentProblem::SeatUnfit)?;
        if let Some(limit) =
            seat.load_limit.filter(|limit| !before(&seat.id) && in_hand(facts, &examined, seat) >= *limit)
        {
            return Err(AssignmentProblem::LoadLimit { limit });
        }
    }
    Ok(CellAssigned { cell, seats, audience: facts.audience(scope), by, at: now })
}

/// How many cells are in the hands of a seat and not met.
fn in_hand(facts: &ReviewFacts, examined: &[ExaminedCell<'_>], seat: &Seat) -> u32 {
    let is_open = |cell: Cell| examined.iter().any(|other| other.cell == cell && other.state != CellState::Met);
    let own = facts.assignments.iter().filter(|assignment| assignment.seat == seat.id && is_open(assignment.cell));
    u32::try_from(own.count()).unwrap_or(u32::MAX)
}

/// How much the holder of a seat takes on, ready to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct LoadLimitSet {
    /// Which seat.
    pub seat: SeatId,
    /// Of which group.
    pub group: GroupId,
    /// The most cells in its hands in one review that are not met; none is no limit.
    pub limit: Option<u32>,
    /// Who said so.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    _decided: (),
}

/// Says how much the holder of a seat takes on. What is in their hands already stays there.
pub fn set_load_limit(
    permitted: &Permitted<'_, act::DeclareAbsence, Seat>,
    limit: Option<u32>,
    now: Timestamp,
) -> LoadLimitSet {
    let seat = permitted.facts();
    LoadLimitSet { seat: seat.id, group: seat.group, limit, by: permitted.by(), at: now, _decided: () }
}
