//! Ballots.

use super::Row;
use crate::{
    domain::{
        id::{PersonId, PositionId, SeatId},
        review::ballot::{Ballot, Elector, Vote},
        text::Prose,
    },
    store::StoreError,
};

pub(in crate::store) fn ballot(
    row: ::entity::ballot::Model,
    electors: Vec<::entity::elector::Model>,
) -> Result<Ballot, StoreError> {
    let believe = Row { table: "ballot", id: row.objection_id };
    let elector = |elector: ::entity::elector::Model| {
        let vote = match (elector.is_in_favour, elector.cast_at) {
            (Some(is_in_favour), Some(cast_at)) => Some(Vote { is_in_favour, cast_at }),
            (None, None) => None,
            _ => return Err(Row { table: "elector", id: elector.seat_id }.refuse("cast_at")),
        };
        Ok(Elector { seat: SeatId(elector.seat_id), vote })
    };
    Ok(Ballot {
        objection: PositionId(row.objection_id),
        opened_by: PersonId(row.opened_by_id),
        opened_at: row.opened_at,
        reason: believe.text("reason", Prose::new(row.reason))?,
        closed_at: row.closed_at,
        electors: electors.into_iter().map(elector).collect::<Result<_, _>>()?,
    })
}
