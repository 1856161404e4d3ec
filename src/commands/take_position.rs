//! Takes a position from one's own seat: sign off, object, abstain, recuse, lift, withdraw.

use chrono::NaiveDate;

use super::{Refused, Table};
use crate::{
    domain::{
        access::{Actor, Thing},
        document::content::Digest,
        id::{ReviewId, SeatId},
        review::{
            ReviewFacts, cell,
            cell::{Cell, Scope},
            position::{self, Ask, Position, PositionAct, PositionProblem},
        },
        role::{Discipline, Seat},
        text::Prose,
        time::Timestamp,
    },
    store::Store,
};

/// What to record.
#[derive(Clone, Debug)]
pub struct TakePosition {
    /// In which review.
    pub review: ReviewId,
    /// On what.
    pub scope: Scope,
    /// From which seat; the actor's only fitting one unless given.
    pub seat: Option<SeatId>,
    /// What to do.
    pub act: PositionAct,
    /// The digest of the text that was read; of no consequence when something is taken back.
    pub seen: Option<Digest>,
    /// In the holder's words.
    pub reason: Option<Prose>,
    /// The last day for which time is asked (S7).
    pub until: Option<NaiveDate>,
}

/// Takes a position. It is bound to the text that was read: if that has moved on, nothing is recorded (S5).
pub async fn take_position(
    store: &Store,
    actor: &Actor,
    command: &TakePosition,
) -> Result<Position, Refused<PositionProblem>> {
    let table = Table::of_text(store, actor, command).await?;
    let now = table.tx.now();
    let seat = own_seat(&table.facts, actor, command, now);
    let thing = Thing { seat: seat.cloned(), ..cell_thing(&table, command.scope, seat)? };
    let permit = table.permitted_from_seat(actor, thing)?;
    let id = table.tx.id();
    let ask = ask(&table.facts, command)?;
    let taken = position::take(&permit.on(&table.facts)?, ask, id, now).map_err(Refused::Problem)?;
    let position = taken.position().clone();
    let Table { mut tx, facts, .. } = table;
    tx.record((taken, facts)).await?;
    tx.commit().await?;
    Ok(position)
}

/// The text as the rulebook sees it, with the one discipline that the seat would sign for, if the text asks it.
pub(super) fn cell_thing(table: &Table, scope: Scope, seat: Option<&Seat>) -> Result<Thing, Refused<PositionProblem>> {
    let discipline = seat.and_then(|seat| seat.post.discipline());
    let asked: Vec<Discipline> = discipline
        .into_iter()
        .filter(|discipline| cell::asks(&table.facts, Cell { scope, discipline: *discipline }))
        .collect();
    Ok(Thing { disciplines: asked, ..table.thing_of(scope)? })
}

/// The seat meant: the one named, or else the actor's only one whose discipline is asked.
fn own_seat<'a>(facts: &'a ReviewFacts, actor: &Actor, command: &TakePosition, now: Timestamp) -> Option<&'a Seat> {
    if let Some(named) = command.seat {
        return facts.seat(named);
    }
    let mut fitting = facts.seats.iter().filter(|seat| {
        Some(seat.holder) == actor.person()
            && seat.term.covers(now)
            && seat
                .post
                .discipline()
                .is_some_and(|discipline| cell::asks(facts, Cell { scope: command.scope, discipline }))
    });
    fitting.next().filter(|_| fitting.next().is_none())
}

/// Taking something back concerns the act, not the text, so it may leave the digest out.
pub(super) fn ask(facts: &ReviewFacts, command: &TakePosition) -> Result<Ask, Refused<PositionProblem>> {
    let seen = match command.seen {
        Some(seen) => seen,
        None => facts.current_digest(command.scope).ok_or(Refused::Problem(PositionProblem::NoSuchCell))?,
    };
    Ok(Ask { scope: command.scope, act: command.act, seen, reason: command.reason.clone(), until: command.until })
}
