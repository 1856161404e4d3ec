//! Records a member's position on their written instruction.

use super::{
    Refused, Table,
    take_position::{TakePosition, ask, cell_thing},
};
use crate::{
    domain::{
        access::{Actor, Thing},
        review::position::{self, Position, PositionProblem},
        text::Prose,
    },
    store::Store,
};

/// What to record, and on whose word.
#[derive(Clone, Debug)]
pub struct RecordInstruction {
    /// The position; its seat must be named.
    pub position: TakePosition,
    /// The member's written instruction, word for word.
    pub instruction: Prose,
}

/// Records a position for a member. Both names are kept, and the member can undo it (S10).
pub async fn record_instruction(
    store: &Store,
    actor: &Actor,
    command: &RecordInstruction,
) -> Result<Position, Refused<PositionProblem>> {
    let table = Table::of_text(store, actor, &command.position).await?;
    let now = table.tx.now();
    let seat = command.position.seat.and_then(|seat| table.facts.seat(seat));
    let thing = Thing { seat: seat.cloned(), ..cell_thing(&table, command.position.scope, seat)? };
    let permit = table.permitted_from_seat(actor, thing)?;
    let id = table.tx.id();
    let ask = ask(&table.facts, &command.position)?;
    let instruction = command.instruction.clone();
    let taken = position::take_on_instruction(&permit.on(&table.facts)?, ask, instruction, id, now)
        .map_err(Refused::Problem)?;
    let position = taken.position().clone();
    let Table { mut tx, facts, .. } = table;
    tx.record((taken, facts)).await?;
    tx.commit().await?;
    Ok(position)
}
