//! Cells examined: what each discipline has given and still owes to each section, and to the whole (S1, S8, S9).

use std::collections::BTreeSet;

use super::{
    ReviewFacts,
    cell::{Cell, Scope, cells},
    position::{
        Position, PositionAct, Staleness, is_recused, staleness, standing_objections, standing_time_requests,
        time_request_ends_at,
    },
};
use crate::domain::{
    id::PersonId,
    role::{Seat, words},
    time::Timestamp,
};

words! {
    /// Where a cell stands.
    CellState {
        /// Enough sign-offs count.
        Met = "MET",
        /// Sign-offs are missing.
        Open = "OPEN",
        /// Missing because a sign-off went stale when the text moved on; its holder is asked again.
        Stale = "STALE",
        /// An objection stands (S6), or a request for more time (S7).
        Blocked = "BLOCKED",
        /// The discipline has too few seats left that can sign (S8).
        NoEligibleSeat = "NO_ELIGIBLE_SEAT",
    }
}

/// A cell, examined.
#[derive(Clone, Debug)]
pub struct ExaminedCell<'a> {
    /// Which.
    pub cell: Cell,
    /// How many sign-offs it needs.
    pub needed: u8,
    /// The sign-offs that count.
    pub sign_offs: Vec<&'a Position>,
    /// How many people have given what suffices by itself or beside another's: none for an author alone (S9).
    pub given: u8,
    /// The objections that stand.
    pub objections: Vec<&'a Position>,
    /// The requests for more time that stand, with when each is over by itself (S7).
    pub time_requests: Vec<(&'a Position, Timestamp)>,
    /// The seats that can sign now.
    pub eligible: Vec<&'a Seat>,
    /// Where it stands.
    pub state: CellState,
    /// Since when it has been met without a break in what counts now, if it is met.
    pub met_at: Option<Timestamp>,
}

/// Examines every cell.
pub fn examine_all(facts: &ReviewFacts, now: Timestamp) -> Vec<ExaminedCell<'_>> {
    cells(facts).into_iter().map(|(cell, needed)| examine(facts, cell, needed, now)).collect()
}

fn examine(facts: &ReviewFacts, cell: Cell, needed: u8, now: Timestamp) -> ExaminedCell<'_> {
    let in_cell = || facts.positions.in_cell(cell);
    let mut sign_offs: Vec<&Position> = in_cell()
        .filter(|position| position.act == PositionAct::Approve && staleness(facts, position).is_none())
        .collect();
    sign_offs.sort_by_key(|position| (position.taken_at, position.id));
    let objections: Vec<&Position> = standing_objections(facts, cell).collect();
    let time_requests: Vec<(&Position, Timestamp)> = standing_time_requests(facts, cell, now).collect();
    let eligible: Vec<&Seat> = facts
        .seats
        .iter()
        .filter(|seat| seat.post.discipline() == Some(cell.discipline) && seat.term.covers(now))
        .filter(|seat| !is_recused(facts, cell, seat.id) && facts.takes_part(seat.holder, cell.scope))
        .collect();

    let quorum = Quorum { needed: usize::from(needed), authors: authors(facts, cell.scope) };
    let signers = sign_offs.iter().filter_map(|position| holder(facts, position));
    let could_sign = eligible.iter().map(|seat| seat.holder).chain(signers);
    let asked_again = in_cell().any(|position| {
        position.act == PositionAct::Approve && staleness(facts, position) == Some(Staleness::TextChanged)
    });
    let complete = quorum.reached_at(facts, &sign_offs);
    let state = if !objections.is_empty() || !time_requests.is_empty() {
        CellState::Blocked
    } else if complete.is_some() {
        CellState::Met
    } else if !quorum.reached_by(could_sign) {
        CellState::NoEligibleSeat
    } else if asked_again {
        CellState::Stale
    } else {
        CellState::Open
    };
    let met_at = complete.filter(|_| state == CellState::Met).map(|at| {
        let voted_down = in_cell().filter_map(|position| facts.voted_down_at(position.id)).max();
        let weighed = facts.participation_decided_at(cell.scope, cell.discipline);
        let ended = [last_lift(facts, cell), last_time_end(facts, cell, now), voted_down, weighed];
        let ends = ended.into_iter().chain([carried_at(facts, cell.scope, &sign_offs)]);
        ends.flatten().fold(at, Timestamp::max)
    });
    let given = quorum.counted(sign_offs.iter().filter_map(|position| holder(facts, position)));
    let given = u8::try_from(given).unwrap_or(u8::MAX);
    ExaminedCell { cell, needed, sign_offs, given, objections, time_requests, eligible, state, met_at }
}

/// How many people must sign, and who of them cannot do so alone: whoever wrote the current text may approve it, but
/// that counts only beside another's approval (S9).
struct Quorum {
    needed: usize,
    authors: Vec<PersonId>,
}

impl Quorum {
    /// How many of these people count.
    fn counted(&self, people: impl Iterator<Item = PersonId>) -> usize {
        let people: BTreeSet<PersonId> = people.collect();
        let is_author_alone = people.len() == 1 && people.iter().all(|person| self.authors.contains(person));
        if is_author_alone { 0 } else { people.len() }
    }

    fn reached_by(&self, people: impl Iterator<Item = PersonId>) -> bool {
        self.counted(people) >= self.needed
    }

    /// When the sign-offs, in the order of their taking, first sufficed.
    fn reached_at(&self, facts: &ReviewFacts, sign_offs: &[&Position]) -> Option<Timestamp> {
        (1..=sign_offs.len())
            .find(|count| self.reached_by(sign_offs[..*count].iter().filter_map(|position| holder(facts, position))))
            .map(|count| sign_offs[count - 1].taken_at)
    }
}

fn holder(facts: &ReviewFacts, position: &Position) -> Option<PersonId> {
    facts.seat(position.seat).map(|seat| seat.holder)
}

/// Nobody wrote the whole.
fn authors(facts: &ReviewFacts, scope: Scope) -> Vec<PersonId> {
    scope.section().map(|section| facts.text.authors(section)).unwrap_or_default()
}

/// When the latest of these sign-offs to be carried over was: from the edit until its confirmation the cell was not
/// met, so the final window begins again (S14).
fn carried_at(facts: &ReviewFacts, scope: Scope, sign_offs: &[&Position]) -> Option<Timestamp> {
    let current = facts.current_digest(scope)?;
    if sign_offs.iter().all(|position| position.digest == current) {
        return None;
    }
    facts.text.carrying(scope.section()).filter_map(|head| head.confirmed).map(|confirmation| confirmation.at).max()
}

/// When the last objection in a cell ceased to stand: by the act of its holder that followed it, or of the successor that
/// answered it. What they did in the cell after that does not matter.
fn last_lift(facts: &ReviewFacts, cell: Cell) -> Option<Timestamp> {
    let in_cell = || facts.positions.in_cell(cell);
    let order = |position: &Position| (position.taken_at, position.id);
    let ended_at = |objection: &Position| {
        let later = in_cell().filter(|other| {
            let is_own = other.seat == objection.seat && order(other) > order(objection);
            is_own || other.answers == Some(objection.id)
        });
        later.map(|other| other.taken_at).min()
    };
    in_cell().filter(|position| position.act == PositionAct::Object).filter_map(ended_at).max()
}

/// When the last request for time in a cell ceased to stand: as its day was over, or by what its holder did before that
/// (S7). One on another text ended with the edit, and what was signed since was signed after that.
fn last_time_end(facts: &ReviewFacts, cell: Cell, now: Timestamp) -> Option<Timestamp> {
    let in_cell = || facts.positions.in_cell(cell);
    let current = facts.carried(cell.scope);
    let ended_at = |request: &Position| {
        if !current.contains(&request.digest) {
            return None;
        }
        let by_itself = time_request_ends_at(request)?;
        let later = in_cell()
            .filter(|other| other.seat == request.seat && (other.taken_at, other.id) > (request.taken_at, request.id));
        Some(later.map(|other| other.taken_at).min().map_or(by_itself, |later| later.min(by_itself)))
    };
    in_cell().filter_map(ended_at).filter(|ended_at| *ended_at <= now).max()
}
