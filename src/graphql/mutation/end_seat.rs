//! Ends a seat's term.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands::{self, EndSeat},
    graphql::{
        id::{decode_seat_id, not_found},
        scalar::DateTime,
        types::Seat,
    },
};

/// Which seat to end, and when.
#[derive(InputObject, Debug)]
pub(super) struct EndSeatInput {
    /// The seat.
    seat_id: ID,
    /// The first instant at which it is not held any more; not in the past. If omitted, now; a seat of the
    /// future is then never held.
    until: Option<DateTime>,
}

/// What ending did.
#[derive(SimpleObject)]
pub(super) struct EndSeatPayload {
    /// The seat with its new end. Null if nothing was changed.
    seat: Changed<Seat>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn end_seat(ctx: &Context<'_>, input: EndSeatInput) -> Result<EndSeatPayload> {
    let ended = async {
        let seat = decode_seat_id(&input.seat_id).ok_or_else(not_found)?;
        perform(ctx, commands::end_seat, &EndSeat { seat, until: input.until.map(|until| until.0) }).await
    };
    let (id, reply) = settle(ended.await)?;
    Ok(EndSeatPayload { seat: reading::seat(ctx, id).await, reply })
}
