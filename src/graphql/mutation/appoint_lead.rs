//! Lets a seat lead its discipline.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands,
    graphql::{
        id::{decode_seat_id, not_found},
        types::Seat,
    },
};

/// Which seat is to lead.
#[derive(InputObject, Debug)]
pub(super) struct AppointLeadInput {
    /// The seat: held now, and voting for a discipline.
    seat_id: ID,
}

/// What appointing did.
#[derive(SimpleObject)]
pub(super) struct AppointLeadPayload {
    /// The seat. Null if nothing was changed.
    seat: Changed<Seat>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn appoint_lead(ctx: &Context<'_>, input: AppointLeadInput) -> Result<AppointLeadPayload> {
    let appointed = async {
        let seat = decode_seat_id(&input.seat_id).ok_or_else(not_found)?;
        perform(ctx, commands::appoint_lead, &seat).await
    };
    let (id, reply) = settle(appointed.await)?;
    Ok(AppointLeadPayload { seat: reading::seat(ctx, id).await, reply })
}
