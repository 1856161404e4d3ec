//! Absences.

use super::Row;
use crate::{
    domain::{
        absence::{Absence, Availability},
        id::{AbsenceId, PersonId, SeatId},
    },
    store::StoreError,
};

pub(in crate::store) fn absence(row: ::entity::absence::Model) -> Result<Absence, StoreError> {
    let believe = Row { table: "absence", id: row.id };
    Ok(Absence {
        id: AbsenceId(row.id),
        seat: SeatId(row.seat_id),
        from: row.from_on,
        until: row.until_on,
        availability: believe.word("availability", &row.availability, Availability::from_word)?,
        stand_in: row.stand_in_id.map(SeatId),
        declared_by: PersonId(row.declared_by_id),
        declared_at: row.declared_at,
        ended_at: row.ended_at,
    })
}
