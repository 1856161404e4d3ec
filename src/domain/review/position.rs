//! Positions: what a seat says on a text, and whether that still counts.
//!
//! An act is appended and never edited. What a seat's position *is* follows from its latest act in the cell (S11);
//! whether it *counts* follows from rule S2, see [`staleness`].

use std::{collections::HashMap, ops::Deref};

use chrono::{Days, NaiveDate};

use super::{
    ReviewFacts,
    cell::{Cell, Scope, asks},
};
use crate::domain::{
    access::{Permitted, act},
    document::{Audience, content::Digest},
    id::{PersonId, PositionId, SeatId, SectionId},
    role::{Seat, words},
    text::Prose,
    time::{Timestamp, london_day, start_of_day},
};

words! {
    /// What a seat does in a cell. The first five are positions; the last two take one back.
    PositionAct {
        /// This text is right: a sign-off.
        Approve = "APPROVE",
        /// This text is wrong, for a written reason. Blocks the cell until lifted (S6).
        Object = "OBJECT",
        /// No opinion; stays in the count of seats (S8).
        Abstain = "ABSTAIN",
        /// May not take part; leaves the count of seats (S8).
        Recuse = "RECUSE",
        /// Not yet: asks for time until a named day, and blocks the cell until that day is over (S7).
        NeedMoreTime = "NEED_MORE_TIME",
        /// Takes an objection back: one's own, or one inherited from a seat before (S6).
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
    /// The last day for which time is asked; with NEED_MORE_TIME and with nothing else (S7).
    pub until: Option<NaiveDate>,
    /// When.
    pub taken_at: Timestamp,
    /// Who entered it: the holder, or the secretariat on written instruction.
    pub recorded_by: PersonId,
    /// The member's written instruction, if the secretariat entered it (S10).
    pub instruction: Option<Prose>,
    /// The inherited objection that it answers: one left standing by a seat before this one, which a LIFT lifts and an
    /// OBJECT makes this seat's own (S6).
    pub answers: Option<PositionId>,
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

    /// What a seat did last in a cell for itself: by (time, id), never inferred (S11). To lift what it inherited says
    /// nothing of its own position.
    pub fn latest(&self, cell: Cell, seat: SeatId) -> Option<&Position> {
        let own = self.in_cell(cell).filter(|position| position.seat == seat && !lifts_inherited(position));
        own.max_by_key(|position| (position.taken_at, position.id))
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
    /// The same seat did something later in that cell, or a successor answered its objection.
    Replaced,
    /// The seat has recused itself.
    Recused,
    /// A ballot voted the objection down (S13).
    VotedDown,
    /// Its holder takes no part in decisions on that text, because of an interest.
    Excluded,
}

/// Rule S2, the whole of it: none means that the position counts.
pub fn staleness(facts: &ReviewFacts, position: &Position) -> Option<Staleness> {
    let latest = latest_act(facts, position.cell, position.seat).filter(|_| !lifts_inherited(position));
    if let Some(latest) = latest.filter(|latest| latest.id != position.id) {
        return Some(match latest.act {
            PositionAct::Recuse => Staleness::Recused,
            PositionAct::Approve
            | PositionAct::Object
            | PositionAct::Abstain
            | PositionAct::NeedMoreTime
            | PositionAct::Lift
            | PositionAct::Withdraw => Staleness::Replaced,
        });
    }
    if is_answered(facts, position) {
        return Some(Staleness::Replaced);
    }
    if facts.voted_down_at(position.id).is_some() {
        return Some(Staleness::VotedDown);
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
    let holder = facts.seat(position.seat).map(|seat| seat.holder);
    if holder.is_some_and(|holder| !facts.takes_part(holder, position.cell.scope)) {
        return Some(Staleness::Excluded);
    }
    None
}

/// See [`Positions::latest`].
pub fn latest_act(facts: &ReviewFacts, cell: Cell, seat: SeatId) -> Option<&Position> {
    facts.positions.latest(cell, seat)
}

fn acts_of(facts: &ReviewFacts, cell: Cell, seat: SeatId) -> impl Iterator<Item = &Position> {
    facts.positions.in_cell(cell).filter(move |position| position.seat == seat)
}

fn lifts_inherited(position: &Position) -> bool {
    position.act == PositionAct::Lift && position.answers.is_some()
}

/// Whether a successor answered it in the seat of its holder (S6).
fn is_answered(facts: &ReviewFacts, position: &Position) -> bool {
    facts.positions.in_cell(position.cell).any(|other| other.answers == Some(position.id))
}

/// The objections that stand in a cell. An edit does not remove one: only its holder lifts it, or replaces it by
/// another act; and once the holder's term is over, only a successor in the seat answers it (S6). Or a ballot votes it
/// down (S13).
pub fn standing_objections(facts: &ReviewFacts, cell: Cell) -> impl Iterator<Item = &Position> {
    facts.positions.in_cell(cell).filter(move |position| {
        position.act == PositionAct::Object
            && latest_act(facts, cell, position.seat).is_some_and(|latest| latest.id == position.id)
            && !is_answered(facts, position)
            && facts.voted_down_at(position.id).is_none()
    })
}

/// The requests for time that stand in a cell: until the day they name is over, or their holder does something else, or
/// the text moves on (S7).
pub fn standing_time_requests(
    facts: &ReviewFacts,
    cell: Cell,
    now: Timestamp,
) -> impl Iterator<Item = (&Position, Timestamp)> {
    facts.positions.in_cell(cell).filter_map(move |position| {
        let ends_at = time_request_ends_at(position)?;
        (now < ends_at && staleness(facts, position).is_none()).then_some((position, ends_at))
    })
}

/// When a request for time is over by itself: as the day after the one it names begins in London.
pub fn time_request_ends_at(position: &Position) -> Option<Timestamp> {
    position.until.map(|until| start_of_day(until + Days::new(1)))
}

/// The objection in a cell that a seat inherited and has not answered: one left standing by the seat it succeeds, or by
/// one further back (S6).
pub fn inherited_objection<'a>(facts: &'a ReviewFacts, cell: Cell, seat: &Seat) -> Option<&'a Position> {
    let before = |seat: SeatId| facts.seat(seat);
    let line = std::iter::successors(seat.succeeds.and_then(before), |seat| seat.succeeds.and_then(before));
    // A line has no more seats than there are: one that went in a circle would have been made behind our back.
    let line: Vec<SeatId> = line.take(facts.seats.len()).map(|seat| seat.id).collect();
    standing_objections(facts, cell).find(|objection| line.contains(&objection.seat))
}

/// The seat that can lift an objection now: its own while in term, then that successor which is; none if the place is
/// empty, and somebody must be given the seat first (S6).
pub fn lifter<'a>(facts: &'a ReviewFacts, objection: &Position, now: Timestamp) -> Option<&'a Seat> {
    let in_term = |seat: &&Seat| seat.term.covers(now);
    facts.seat(objection.seat).filter(in_term).or_else(|| {
        facts.seats.iter().filter(in_term).find(|seat| {
            inherited_objection(facts, objection.cell, seat).is_some_and(|inherited| inherited.id == objection.id)
        })
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
        PositionAct::Approve
        | PositionAct::Object
        | PositionAct::Abstain
        | PositionAct::Recuse
        | PositionAct::NeedMoreTime => true,
        PositionAct::Lift | PositionAct::Withdraw => false,
    }
}

/// Whether of several such acts by one seat on one text only the latest matters to what the seat may do next.
pub fn is_repeatable(act: PositionAct) -> bool {
    match act {
        PositionAct::Approve | PositionAct::Abstain | PositionAct::Recuse | PositionAct::Withdraw => true,
        PositionAct::Object | PositionAct::NeedMoreTime | PositionAct::Lift => false,
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
    /// A request for time that names no day, one that is over, or one too far off (S7).
    #[error("time is asked for until a day from today to {latest}")]
    DayOutOfRange {
        /// The last day that can be named.
        latest: NaiveDate,
    },
    /// The seat has asked for time in this review before; it may once (S7).
    #[error("the seat has asked for more time in this review before")]
    TimeAskedBefore,
    /// There is no objection to lift, neither one's own nor an inherited one.
    #[error("there is no objection to lift")]
    NothingToLift,
    /// There is no position to withdraw.
    #[error("there is no position to withdraw")]
    NothingToWithdraw,
    /// The seat has recused itself from the cell; it takes the recusal back first.
    #[error("the seat has recused itself from this cell")]
    Recused,
    /// Its holder takes no part in decisions on this text, because of an interest; what they said before can be taken back.
    #[error("the holder of the seat takes no part in decisions on this text")]
    TakesNoPart,
    /// What its holder declared of their interests is too old, or missing.
    #[error("the holder of the seat is to declare their interests first, or to confirm what they declared")]
    DeclarationLapsed,
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
    /// The last day for which time is asked, if that is what is asked (S7).
    pub until: Option<NaiveDate>,
}

/// An act decided and ready to be recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PositionTaken {
    position: Position,
    audience: Audience,
}

impl PositionTaken {
    /// The act.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Who may know of it: the audience of the section, or for the whole that of its narrowest section.
    pub fn audience(&self) -> Audience {
        self.audience
    }
}

/// Takes a position from one's own seat. The permit says which seat and which discipline.
pub fn take(
    permitted: &Permitted<'_, act::TakePosition, ReviewFacts>,
    ask: Ask,
    id: PositionId,
    now: Timestamp,
) -> Result<PositionTaken, PositionProblem> {
    enter(permitted, ask, None, id, now)
}

/// Records a position on a member's written instruction: both names are kept, and the member can undo it (S10).
pub fn take_on_instruction(
    permitted: &Permitted<'_, act::RecordInstruction, ReviewFacts>,
    ask: Ask,
    instruction: Prose,
    id: PositionId,
    now: Timestamp,
) -> Result<PositionTaken, PositionProblem> {
    enter(permitted, ask, Some(instruction), id, now)
}

/// Seat and section are those that the permit was given for.
fn enter<A>(
    permitted: &Permitted<'_, A, ReviewFacts>,
    ask: Ask,
    instruction: Option<Prose>,
    id: PositionId,
    now: Timestamp,
) -> Result<PositionTaken, PositionProblem> {
    let (Some(seat), Some(by)) = (&permitted.thing().seat, permitted.by()) else {
        return Err(PositionProblem::NoSuchCell);
    };
    if ask.scope.section() != permitted.section() {
        return Err(PositionProblem::NoSuchCell);
    }
    decide(permitted.facts(), ask, Entry { id, seat: seat.id, by, instruction, now })
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
    if is_position(ask.act) && ask.act != PositionAct::Recuse {
        if !facts.takes_part(seat.holder, ask.scope) {
            return Err(PositionProblem::TakesNoPart);
        }
        if facts.declaration_has_lapsed(seat, entry.now) {
            return Err(PositionProblem::DeclarationLapsed);
        }
    }
    let until = time_asked(facts, &ask, entry.seat, entry.now)?;
    let inherited = inherited_objection(facts, cell, seat);
    let answers = fits(&ask, latest_act(facts, cell, entry.seat), inherited, current)?.then_some(inherited).flatten();
    // Clocks of replicas differ; the order of a cell's acts must not.
    let before = acts_of(facts, cell, entry.seat).map(|earlier| earlier.taken_at).max();
    let after_latest = before.map(|before| before + chrono::Duration::milliseconds(1));
    let taken_at = after_latest.map_or(entry.now, |floor| floor.max(entry.now));
    // What would fall after the term could never count (S2).
    if !seat.term.covers(taken_at) {
        return Err(PositionProblem::SeatNotInTerm);
    }
    let position = Position {
        id: entry.id,
        cell,
        seat: entry.seat,
        act: ask.act,
        digest: ask.seen,
        reason: ask.reason,
        until,
        taken_at,
        recorded_by: entry.by,
        instruction: entry.instruction,
        answers: answers.map(|objection| objection.id),
    };
    Ok(PositionTaken { position, audience: facts.audience(ask.scope) })
}

/// How many days from today time can be asked for, if the review is not planned to go on for longer anyway.
pub const MORE_TIME_DAYS: u64 = 28;

/// The last day for which time is asked: once per seat and review, until publication as planned or for four weeks (S7).
fn time_asked(
    facts: &ReviewFacts,
    ask: &Ask,
    seat: SeatId,
    now: Timestamp,
) -> Result<Option<NaiveDate>, PositionProblem> {
    if ask.act != PositionAct::NeedMoreTime {
        return Ok(None);
    }
    let has_asked = |position: &&Position| position.seat == seat && position.act == PositionAct::NeedMoreTime;
    if facts.positions.iter().find(has_asked).is_some() {
        return Err(PositionProblem::TimeAskedBefore);
    }
    let today = london_day(now);
    let latest = facts.review.timetable.publication_on.max(today + Days::new(MORE_TIME_DAYS));
    let is_in_range = |until: &NaiveDate| (today..=latest).contains(until);
    ask.until.filter(is_in_range).map(Some).ok_or(PositionProblem::DayOutOfRange { latest })
}

/// Whether an act fits what the seat did before, what it inherited, and the text as it stands; and if so, whether it
/// answers what was inherited. An approval does not: a successor says in so many words what becomes of an objection (S6).
fn fits(
    ask: &Ask,
    latest: Option<&Position>,
    inherited: Option<&Position>,
    current: Digest,
) -> Result<bool, PositionProblem> {
    let latest_act = latest.map(|latest| latest.act);
    match ask.act {
        PositionAct::Lift if latest_act == Some(PositionAct::Object) => return Ok(false),
        PositionAct::Lift if inherited.is_some() && latest_act == Some(PositionAct::Recuse) => {
            return Err(PositionProblem::Recused);
        }
        PositionAct::Lift if inherited.is_some() => return Ok(true),
        PositionAct::Lift => return Err(PositionProblem::NothingToLift),
        PositionAct::Withdraw if latest_act.is_some_and(is_position) => return Ok(false),
        PositionAct::Withdraw => return Err(PositionProblem::NothingToWithdraw),
        PositionAct::Object if ask.reason.is_none() => return Err(PositionProblem::ReasonMissing),
        PositionAct::Approve
        | PositionAct::Object
        | PositionAct::Abstain
        | PositionAct::Recuse
        | PositionAct::NeedMoreTime => {}
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
    Ok(ask.act == PositionAct::Object)
}
