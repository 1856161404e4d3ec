//! What waits for one person in an open review (T4): signatures, objections, and what was recorded in their name.

use std::collections::BTreeMap;

use super::{
    ReviewFacts,
    assignment::asked_seats,
    cell::Cell,
    examination::{CellState, ExaminedCell, examine_all},
    position::{Position, PositionAct, Staleness, inherited_objection, latest_act, staleness},
};
use crate::domain::{
    absence::stood_in_for,
    id::{PersonId, PositionId, SeatId},
    role::{Seat, words},
    time::Timestamp,
};

/// One thing that waits for somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Task {
    /// Where.
    pub cell: Cell,
    /// In which of their seats.
    pub seat: SeatId,
    /// Why.
    pub reason: TaskReason,
    /// What they, or somebody for them, did there last; or the objection that they inherited.
    pub latest: Option<PositionId>,
    /// The seat that this one stands in for, if it does; of several the first (T6).
    pub in_place_of: Option<SeatId>,
}

words! {
    /// Why something waits.
    TaskReason {
        /// The seat has taken no position that stands, and the cell is not met.
        NotSigned = "NOT_SIGNED",
        /// The text moved on after the seat's position, and the cell is not met.
        Stale = "STALE",
        /// Its objection stands (S6).
        ObjectionOfMine = "OBJECTION_OF_MINE",
        /// An objection stands that a seat before it left: as the successor, it is to lift or to confirm it (S6).
        InheritedObjection = "INHERITED_OBJECTION",
        /// The secretariat recorded its position on a written instruction; the holder may undo it (S10).
        RecordedOnInstruction = "RECORDED_ON_INSTRUCTION",
    }
}

impl Task {
    /// Whether it is owed, so that its holder is reminded of it; the others are for their holder to know.
    pub fn is_owed(&self) -> bool {
        match self.reason {
            TaskReason::NotSigned
            | TaskReason::Stale
            | TaskReason::ObjectionOfMine
            | TaskReason::InheritedObjection => true,
            TaskReason::RecordedOnInstruction => false,
        }
    }
}

/// What waits for a person, in the order of the cells. A seat that is out of term, recused or kept from it by an interest
/// owes no signature, and a cell that is met asks for none.
pub fn tasks(facts: &ReviewFacts, person: PersonId, now: Timestamp) -> Vec<Task> {
    let waiting = every_task(facts, now).into_iter();
    waiting.filter(|(holder, _)| *holder == person).map(|(_, task)| task).collect()
}

/// What waits for everybody, in the order of the cells; the cells are examined once for all.
pub fn every_task(facts: &ReviewFacts, now: Timestamp) -> Vec<(PersonId, Task)> {
    if !facts.is_open() {
        return vec![];
    }
    let in_term: Vec<&Seat> = facts.seats.iter().filter(|seat| seat.term.covers(now)).collect();
    let stands_in = |seat: &&Seat| Some((seat.id, *stood_in_for(facts, seat.id, now).first()?));
    let in_place_of: BTreeMap<SeatId, SeatId> = in_term.iter().filter_map(stands_in).collect();
    let in_cell = |examined: &ExaminedCell<'_>| {
        let seats = in_term.iter().filter(|seat| seat.post.discipline() == Some(examined.cell.discipline));
        let asked = asked_seats(facts, examined, now);
        let is_asked = |seat: &Seat| asked.as_ref().is_none_or(|asked| asked.contains(&seat.id));
        let placed = |task: Task| Task { in_place_of: in_place_of.get(&task.seat).copied(), ..task };
        // Who is not asked may have something else there: an objection, or a signature that went stale.
        let waits = |seat: &&Seat| {
            let task = task(facts, examined, seat)?;
            (task.reason != TaskReason::NotSigned || is_asked(seat)).then(|| (seat.holder, placed(task)))
        };
        seats.filter_map(waits).collect::<Vec<_>>()
    };
    examine_all(facts, now).iter().flat_map(in_cell).collect()
}

fn task(facts: &ReviewFacts, examined: &ExaminedCell<'_>, seat: &Seat) -> Option<Task> {
    let latest = latest_act(facts, examined.cell, seat.id);
    let is_recused = latest.is_some_and(|latest| latest.act == PositionAct::Recuse);
    if let Some(objection) = inherited_objection(facts, examined.cell, seat).filter(|_| !is_recused) {
        let (reason, latest) = (TaskReason::InheritedObjection, Some(objection.id));
        return Some(Task { cell: examined.cell, seat: seat.id, reason, latest, in_place_of: None });
    }
    let reason = reason(facts, examined.state, seat.holder, latest)?;
    let owes_signature = matches!(reason, TaskReason::NotSigned | TaskReason::Stale);
    if owes_signature && !facts.takes_part(seat.holder, examined.cell.scope) {
        return None;
    }
    let latest = latest.map(|position| position.id);
    Some(Task { cell: examined.cell, seat: seat.id, reason, latest, in_place_of: None })
}

fn reason(facts: &ReviewFacts, state: CellState, person: PersonId, latest: Option<&Position>) -> Option<TaskReason> {
    let not_met = state != CellState::Met;
    let Some(position) = latest else { return not_met.then_some(TaskReason::NotSigned) };
    match position.act {
        PositionAct::Object if staleness(facts, position) == Some(Staleness::VotedDown) => {
            not_met.then_some(TaskReason::NotSigned)
        }
        PositionAct::Object => Some(TaskReason::ObjectionOfMine),
        PositionAct::NeedMoreTime | PositionAct::Lift | PositionAct::Withdraw if not_met => Some(TaskReason::NotSigned),
        PositionAct::Approve | PositionAct::Abstain
            if not_met && staleness(facts, position) == Some(Staleness::TextChanged) =>
        {
            Some(TaskReason::Stale)
        }
        PositionAct::Approve
        | PositionAct::Abstain
        | PositionAct::Recuse
        | PositionAct::NeedMoreTime
        | PositionAct::Lift
        | PositionAct::Withdraw => (position.recorded_by != person).then_some(TaskReason::RecordedOnInstruction),
    }
}
