//! Declares when the holder of a seat is away.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands::{self, DeclareAbsence},
    graphql::{
        enums::Availability,
        id::{decode_seat_id, not_found},
        scalar::Date,
        types::Seat,
    },
};

/// When, and who stands in.
#[derive(InputObject, Debug)]
pub(super) struct DeclareAbsenceInput {
    /// Whose absence: your seat, or as the secretariat anybody's in the group.
    seat_id: ID,
    /// The first day, in London.
    first_day: Date,
    /// The day on which the holder is back.
    back_on: Date,
    /// What it means for what the seat owes.
    #[graphql(default_with = "Availability::Away")]
    availability: Availability,
    /// The seat that stands in: of the same discipline in the same group. If omitted, none does, and the holder is reminded
    /// as ever.
    stand_in_seat_id: Option<ID>,
}

/// What declaring did.
#[derive(SimpleObject)]
pub(super) struct DeclareAbsencePayload {
    /// The seat, with its absences. Null if nothing was declared.
    seat: Changed<Seat>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn declare_absence(ctx: &Context<'_>, input: DeclareAbsenceInput) -> Result<DeclareAbsencePayload> {
    let declared = async {
        let read = |id: &ID| decode_seat_id(id).ok_or_else(not_found);
        let command = DeclareAbsence {
            seat: read(&input.seat_id)?,
            from: input.first_day.0,
            until: input.back_on.0,
            availability: input.availability.into(),
            stand_in: input.stand_in_seat_id.as_ref().map(read).transpose()?,
        };
        perform(ctx, commands::declare_absence, &command).await
    };
    let (id, reply) = settle(declared.await)?;
    Ok(DeclareAbsencePayload { seat: reading::seat(ctx, id).await, reply })
}
