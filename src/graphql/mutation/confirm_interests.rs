//! Says that what the register of interests says is true and complete.

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

/// For which seat.
#[derive(InputObject, Debug)]
pub(super) struct ConfirmInterestsInput {
    /// Your seat.
    seat_id: ID,
}

/// What confirming did.
#[derive(SimpleObject)]
pub(super) struct ConfirmInterestsPayload {
    /// The seat. Null if nothing was changed.
    seat: Changed<Seat>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn confirm_interests(
    ctx: &Context<'_>,
    input: ConfirmInterestsInput,
) -> Result<ConfirmInterestsPayload> {
    let confirmed = async {
        let seat = decode_seat_id(&input.seat_id).ok_or_else(not_found)?;
        perform(ctx, commands::confirm_interests, &seat).await
    };
    let (id, reply) = settle(confirmed.await)?;
    Ok(ConfirmInterestsPayload { seat: reading::seat(ctx, id).await, reply })
}
