//! Positions: what a seat says on a text, and whether that still counts.
//!
//! An act is appended and never edited. What a seat's position *is* follows from its latest act in the cell (S11);
//! whether it *counts* follows from rule S2, see [`staleness`].

use std::{collections::HashMap, ops::Deref};

use super::{
    ReviewFacts,
    cell::{Cell, Scope, asks},
};
use crate::domain::{
    access::{Permit, act},
    document::content::Digest,
    id::{PersonId, PositionId, SeatId, SectionId},
    role::words,
    text::Prose,
    time::Timestamp,
};

words! {
    /// What a seat does in a cell. The first four are positions; the last two take one back.
    PositionAct {
        /// This text is right: a sign-off.
        Approve = "APPROVE",
        /// This text is wrong, for a written reason. Blocks the cell until lifted (S6).
        Object = "OBJECT",
        /// No opinion; stays in the count of seats (S8).
        Abstain = "ABSTAIN",
        /// May not take part; leaves the count of seats (S8).
        Recuse = "RECUSE",
        /// Takes an objection back (S6).
        Lift = "LIFT",
        /// Takes any position back (S11).
        Withdraw = "WITHDRAW",
    }
}

/// One recorded act of a seat in a cell.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// Identity.
    pub id: PositionId,
    /// Where.
    pub cell: Cell,
    /// From which seat.
    pub seat: SeatId,
    /// What.
    pub act: PositionAct,
    /// The digest of the text that was read.
    pub digest: Digest,
    /// In the holder's words; compulsory for an objection.
    pub reason: Option<Prose>,
    /// When.
    pub taken_at: Timestamp,
    /// Who entered it: the holder, or the secretariat on written instruction.
    pub recorded_by: PersonId,
    /// The member's written instruction, if the secretariat entered it (S10).
    pub instruction: Option<Prose>,
}

/// Every act in the cells of a review, found by cell without walking through all of them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Positions {
    acts: Vec<Position>,
    by_cell: HashMap<Cell, Vec<usize>>,
}

impl Positions {
    /// The acts in one cell.
    pub fn in_cell(&self, cell: Cell) -> impl Iterator<Item = &Position> {
        self.by_cell.get(&cell).into_iter().flatten().map(|at| &self.acts[*at])
    }

    /// Adds an act.
    pub fn push(&mut self, position: Position) {
        self.by_cell.entry(position.cell).or_default().push(self.acts.len());
        self.acts.push(position);
    }
}

impl FromIterator<Position> for Positions {
    fn from_iter<I: IntoIterator<Item = Position>>(acts: I) -> Self {
        let mut positions = Self::default();
        acts.into_iter().for_each(|act| positions.push(act));
        positions
    }
}

impl Deref for Positions {
    type Target = [Position];

    fn deref(&self) -> &[Position] {
        &self.acts
    }
}

/// Why a position no longer counts (S2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Staleness {
    /// The text has moved on since.
    TextChanged,
    /// The seat was not in term, or not of that discipline, when it was taken.
    SeatNotEligible,
    /// The same seat did something later in that cell.
    Replaced,
    /// The seat has recused itself.
    Recused,
}

/// Rule S2, the whole of it: none means that the position counts.
pub fn staleness(facts: &ReviewFacts, position: &Position) -> Option<Staleness> {
    if let Some(latest) = latest_act(facts, position.cell, position.seat).filter(|latest| latest.id != position.id) {
        return Some(match latest.act {
            PositionAct::Recuse => Staleness::Recused,
            PositionAct::Approve
            | PositionAct::Object
            | PositionAct::Abstain
            | PositionAct::Lift
            | PositionAct::Withdraw => Staleness::Replaced,
        });
    }
    let eligible = facts.seat(position.seat).is_some_and(|seat| {
        seat.term.covers(position.taken_at) && seat.post.discipline() == Some(position.cell.discipline)
    });
    if !eligible {
        return Some(Staleness::SeatNotEligible);
    }
    if !facts.carried(position.cell.scope).contains(&position.digest) {
        return Some(Staleness::TextChanged);
    }
    None
}

/// What a seat did last in a cell: by (time, id), never inferred (S11).
pub fn latest_act(facts: &ReviewFacts, cell: Cell, seat: SeatId) -> Option<&Position> {
    facts
        .positions
        .in_cell(cell)
        .filter(|position| position.seat == seat)
        .max_by_key(|position| (position.taken_at, position.id))
}

/// The objections that stand in a cell. An edit does not remove one: only its holder lifts it, or replaces it by
/// another act (S6).
pub fn standing_objections(facts: &ReviewFacts, cell: Cell) -> impl Iterator<Item = &Position> {
    facts.positions.in_cell(cell).filter(move |position| {
        position.act == PositionAct::Object
            && latest_act(facts, cell, position.seat).is_some_and(|latest| latest.id == position.id)
    })
}

/// Whether an objection to a section stands, in whichever cell (S6).
pub fn is_objected_to(facts: &ReviewFacts, section: SectionId) -> bool {
    let to_section = |position: &&Position| position.cell.scope == Scope::Section(section);
    facts.positions.iter().filter(to_section).any(|position| standing_objections(facts, position.cell).next().is_some())
}

/// Whether a seat has recused itself from a cell and not come back.
pub fn is_recused(facts: &ReviewFacts, cell: Cell, seat: SeatId) -> bool {
    latest_act(facts, cell, seat).is_some_and(|latest| latest.act == PositionAct::Recuse)
}

/// The positions that an edit of this section would make stale (S3, S4): those on it that count now, and those on the
/// whole, of which it is a part.
pub fn impact(facts: &ReviewFacts, section: SectionId) -> Vec<&Position> {
    facts
        .positions
        .iter()
        .filter(|position| match position.cell.scope {
            Scope::Section(other) => other == section,
            Scope::Whole => true,
        })
        .filter(|position| is_position(position.act) && staleness(facts, position).is_none())
        .collect()
}

/// Whether an act is a position, and not the taking back of one.
pub fn is_position(act: PositionAct) -> bool {
    match act {
        PositionAct::Approve | PositionAct::Object | PositionAct::Abstain | PositionAct::Recuse => true,
        PositionAct::Lift | PositionAct::Withdraw => false,
    }
}

/// Whether of several such acts by one seat on one text only the latest matters to what the seat may do next.
pub fn is_repeatable(act: PositionAct) -> bool {
    match act {
        PositionAct::Approve | PositionAct::Abstain | PositionAct::Recuse | PositionAct::Withdraw => true,
        PositionAct::Object | PositionAct::Lift => false,
    }
}

/// Why a position cannot be taken now; the holder can do something about each.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PositionProblem {
    /// The review is over.
    #[error("the review is over")]
    ReviewClosed,
    /// The section is not, or no longer, part of the draft, or does not ask this discipline.
    #[error("the draft has no such cell")]
    NoSuchCell,
    /// The text has moved on since it was read; nothing was recorded (S5).
    #[error("the text has moved on since it was read")]
    SectionChanged {
        /// The digest of the text as it stands.
        current: Digest,
    },
    /// An objection without words (S6).
    #[error("an objection needs a written reason")]
    ReasonMissing,
    /// The same position on the same text is recorded already.
    #[error("the same position on this text is recorded already")]
    AlreadyTaken,
    /// There is no objection to lift.
    #[error("there is no objection to lift")]
    NothingToLift,
    /// There is no position to withdraw.
    #[error("there is no position to withdraw")]
    NothingToWithdraw,
    /// The seat has recused itself from the cell; it takes the recusal back first.
    #[error("the seat has recused itself from this cell")]
    Recused,
    /// The seat's term does not cover this moment.
    #[error("the seat is not in term")]
    SeatNotInTerm,
}

/// What a holder asks to be recorded.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What is signed.
    pub scope: Scope,
    /// What to do.
    pub act: PositionAct,
    /// The digest of the text that the holder read.
    pub seen: Digest,
    /// In the holder's words.
    pub reason: Option<Prose>,
}

/// An act decided and ready to be recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PositionTaken(Position);

impl PositionTaken {
    /// The act.
    pub fn position(&self) -> &Position {
        &self.0
    }
}

/// Takes a position from one's own seat. The permit says which seat and which discipline.
pub fn take(
    permit: &Permit<act::TakePosition>,
    facts: &ReviewFacts,
    ask: Ask,
    id: PositionId,
    now: Timestamp,
) -> Result<PositionTaken, PositionProblem> {
    let (Some(seat), Some(by)) = (&permit.thing().seat, permit.by()) else { return Err(PositionProblem::NoSuchCell) };
    decide(facts, ask, Entry { id, seat: seat.id, by, instruction: None, now })
}

/// Records a position on a member's written instruction: both names are kept, and the member can undo it (S10).
pub fn take_on_instruction(
    permit: &Permit<act::RecordInstruction>,
    facts: &ReviewFacts,
    ask: Ask,
    instruction: Prose,
    id: PositionId,
    now: Timestamp,
) -> Result<PositionTaken, PositionProblem> {
    let (Some(seat), Some(by)) = (&permit.thing().seat, permit.by()) else { return Err(PositionProblem::NoSuchCell) };
    decide(facts, ask, Entry { id, seat: seat.id, by, instruction: Some(instruction), now })
}

/// Who enters an act, and when.
struct Entry {
    id: PositionId,
    seat: SeatId,
    by: PersonId,
    instruction: Option<Prose>,
    now: Timestamp,
}

fn decide(facts: &ReviewFacts, ask: Ask, entry: Entry) -> Result<PositionTaken, PositionProblem> {
    if !facts.is_open() {
        return Err(PositionProblem::ReviewClosed);
    }
    let seat = facts.seat(entry.seat).ok_or(PositionProblem::NoSuchCell)?;
    if !seat.term.covers(entry.now) {
        return Err(PositionProblem::SeatNotInTerm);
    }
    let discipline = seat.post.discipline().ok_or(PositionProblem::NoSuchCell)?;
    let cell = Cell { scope: ask.scope, discipline };
    let current = facts.current_digest(ask.scope).ok_or(PositionProblem::NoSuchCell)?;
    if !asks(facts, cell) {
        return Err(PositionProblem::NoSuchCell);
    }
    let latest = latest_act(facts, cell, entry.seat);
    fits(&ask, latest, current)?;
    // Clocks of replicas differ; the order of a cell's acts must not.
    let after_latest = latest.map(|latest| latest.taken_at + chrono::Duration::milliseconds(1));
    let taken_at = after_latest.map_or(entry.now, |floor| floor.max(entry.now));
    // What would fall after the term could never count (S2).
    if !seat.term.covers(taken_at) {
        return Err(PositionProblem::SeatNotInTerm);
    }
    Ok(PositionTaken(Position {
        id: entry.id,
        cell,
        seat: entry.seat,
        act: ask.act,
        digest: ask.seen,
        reason: ask.reason,
        taken_at,
        recorded_by: entry.by,
        instruction: entry.instruction,
    }))
}

/// Whether an act fits what the seat did before and the text as it stands.
fn fits(ask: &Ask, latest: Option<&Position>, current: Digest) -> Result<(), PositionProblem> {
    let latest_act = latest.map(|latest| latest.act);
    match ask.act {
        PositionAct::Lift if latest_act == Some(PositionAct::Object) => return Ok(()),
        PositionAct::Lift => return Err(PositionProblem::NothingToLift),
        PositionAct::Withdraw if latest_act.is_some_and(is_position) => return Ok(()),
        PositionAct::Withdraw => return Err(PositionProblem::NothingToWithdraw),
        PositionAct::Object if ask.reason.is_none() => return Err(PositionProblem::ReasonMissing),
        PositionAct::Approve | PositionAct::Object | PositionAct::Abstain | PositionAct::Recuse => {}
    }
    if ask.seen != current {
        return Err(PositionProblem::SectionChanged { current });
    }
    if latest.is_some_and(|latest| latest.act == ask.act && latest.digest == ask.seen) {
        return Err(PositionProblem::AlreadyTaken);
    }
    if latest_act == Some(PositionAct::Recuse) {
        return Err(PositionProblem::Recused);
    }
    Ok(())
}
