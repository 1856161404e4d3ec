//! A review with its cells examined, once for all fields of a request that ask about them.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use crate::{
    domain::{
        id::{PositionId, SeatId},
        review::{
            ReviewFacts,
            cell::Cell,
            examination::{CellState, examine_all},
            gate::{Gate, gate_among},
            position::Position,
        },
        time::Timestamp,
    },
    store::SeenReview,
};

/// A review as the actor sees it at one moment.
#[derive(Debug)]
pub struct ExaminedReview {
    seen: Arc<SeenReview>,
    now: Timestamp,
    examined: OnceLock<Examined>,
}

/// What the rules say of the review, computed at once from one examination of its cells.
#[derive(Debug)]
struct Examined {
    /// The cells that the actor sees.
    cells: Vec<ExaminedCell>,
    /// The gate, of all cells.
    gate: Gate,
}

/// The domain's examined cell, with positions by their place in the review instead of by reference.
#[derive(Debug)]
pub struct ExaminedCell {
    /// Which.
    pub cell: Cell,
    /// How many sign-offs it needs.
    pub needed: u8,
    /// The sign-offs that count.
    pub sign_offs: Vec<usize>,
    /// How many people have given what suffices (S9).
    pub given: u8,
    /// The objections that stand.
    pub objections: Vec<usize>,
    /// The seats that can sign now.
    pub eligible: Vec<SeatId>,
    /// Where it stands.
    pub state: CellState,
    /// Since when it has been met, if it is.
    pub met_at: Option<Timestamp>,
}

impl ExaminedReview {
    pub(super) fn new(seen: Arc<SeenReview>, now: Timestamp) -> Self {
        Self { seen, now, examined: OnceLock::new() }
    }

    /// The review as the actor sees it.
    pub fn seen(&self) -> &SeenReview {
        &self.seen
    }

    /// All of it, for the rules to compute with. What comes out of them may be about sections the actor does not see.
    pub fn facts(&self) -> &ReviewFacts {
        &self.seen.facts
    }

    /// The moment it is seen at.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The cells that the actor sees, in reading order.
    pub fn cells(&self) -> &[ExaminedCell] {
        &self.examined().cells
    }

    /// What stands between the draft and its publication, in cells that the actor does not see too.
    pub fn gate(&self) -> &Gate {
        &self.examined().gate
    }

    fn examined(&self) -> &Examined {
        self.examined.get_or_init(|| self.examine())
    }

    /// The position at an index that this review gave out.
    pub fn position(&self, at: usize) -> &Position {
        &self.facts().positions[at]
    }

    /// Where a position that the actor sees stands in the order of (time, id).
    pub fn find_position(&self, id: PositionId) -> Option<usize> {
        let at = self.facts().positions.iter().position(|position| position.id == id)?;
        self.seen.sees(self.position(at).cell.scope).then_some(at)
    }

    /// Where the positions that the actor sees stand, in the order of (time, id).
    pub fn positions(&self) -> impl Iterator<Item = usize> + '_ {
        let positions = self.facts().positions.iter().enumerate();
        positions.filter(|(_, position)| self.seen.sees(position.cell.scope)).map(|(at, _)| at)
    }

    fn examine(&self) -> Examined {
        let facts = self.facts();
        let at: HashMap<PositionId, usize> =
            facts.positions.iter().enumerate().map(|(at, position)| (position.id, at)).collect();
        let places = |positions: &[&Position]| positions.iter().map(|position| at[&position.id]).collect();
        let all = examine_all(facts, self.now);
        let gate = gate_among(facts, &all, self.now);
        let cells = all
            .into_iter()
            .filter(|examined| self.seen.sees(examined.cell.scope))
            .map(|examined| ExaminedCell {
                cell: examined.cell,
                needed: examined.needed,
                sign_offs: places(&examined.sign_offs),
                given: examined.given,
                objections: places(&examined.objections),
                eligible: examined.eligible.iter().map(|seat| seat.id).collect(),
                state: examined.state,
                met_at: examined.met_at,
            })
            .collect();
        Examined { cells, gate }
    }
}
