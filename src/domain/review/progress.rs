//! How far a review has come, for those who run it: by discipline, and by seat.

use std::collections::BTreeMap;

use super::{
    ReviewFacts,
    examination::{CellState, ExaminedCell},
    task::every_task,
};
use crate::domain::{
    id::SeatId,
    role::Discipline,
    time::{Timestamp, london_day},
};

/// What one discipline has done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DisciplineProgress {
    /// Which.
    pub discipline: Discipline,
    /// Its cells that are met.
    pub met: usize,
    /// Those that are not.
    pub open: usize,
    /// Those that are not and should be by now.
    pub overdue: usize,
    /// Its seats in term, in the order of granting.
    pub seats: Vec<SeatProgress>,
}

/// What one seat has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeatProgress {
    /// Which.
    pub seat: SeatId,
    /// Its sign-offs that count.
    pub signed: usize,
    /// What waits for it.
    pub open: usize,
    /// What waits for it and should be done by now.
    pub overdue: usize,
}

/// How far the disciplines that a review asks have come, in the order of the rulebook.
pub fn progress(facts: &ReviewFacts, cells: &[ExaminedCell<'_>], now: Timestamp) -> Vec<DisciplineProgress> {
    let is_late = facts.is_open() && facts.review.timetable.sign_off_until < london_day(now);
    let late = |count: usize| if is_late { count } else { 0 };
    let mut waiting: BTreeMap<SeatId, usize> = BTreeMap::new();
    for (_, task) in every_task(facts, now).into_iter().filter(|(_, task)| task.is_owed()) {
        *waiting.entry(task.seat).or_default() += 1;
    }
    let mut signed: BTreeMap<SeatId, usize> = BTreeMap::new();
    for position in cells.iter().flat_map(|cell| &cell.sign_offs) {
        *signed.entry(position.seat).or_default() += 1;
    }
    let asked =
        Discipline::ALL.iter().filter(|discipline| cells.iter().any(|cell| cell.cell.discipline == **discipline));
    let of_discipline = |discipline: &Discipline| {
        let own = || cells.iter().filter(|cell| cell.cell.discipline == *discipline);
        let met = own().filter(|cell| cell.state == CellState::Met).count();
        let open = own().count() - met;
        let seats =
            facts.seats.iter().filter(|seat| seat.post.discipline() == Some(*discipline) && seat.term.covers(now));
        let seats = seats.map(|seat| {
            let open = waiting.get(&seat.id).copied().unwrap_or_default();
            let signed = signed.get(&seat.id).copied().unwrap_or_default();
            SeatProgress { seat: seat.id, signed, open, overdue: late(open) }
        });
        DisciplineProgress { discipline: *discipline, met, open, overdue: late(open), seats: seats.collect() }
    };
    asked.map(of_discipline).collect()
}
