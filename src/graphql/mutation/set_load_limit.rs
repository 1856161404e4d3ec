//! Says how much a seat takes on.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::whole_number,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, SetLoadLimit},
    domain::review::assignment::LOAD_LIMIT_MAX,
    graphql::{
        id::{decode_seat_id, not_found},
        types::Seat,
    },
};

/// How much a seat takes on.
#[derive(InputObject, Debug)]
pub(super) struct SetLoadLimitInput {
    /// The seat: yours, or as the secretariat anybody's in the group.
    seat_id: ID,
    /// The most cells handed to it in one review that are not met, 0 to 2000. If omitted, there is no limit.
    limit: Option<i32>,
}

/// What setting it did.
#[derive(SimpleObject)]
pub(super) struct SetLoadLimitPayload {
    /// The seat. Null if nothing was changed.
    seat: Changed<Seat>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn set_load_limit(ctx: &Context<'_>, input: SetLoadLimitInput) -> Result<SetLoadLimitPayload> {
    let set = async {
        let seat = decode_seat_id(&input.seat_id).ok_or_else(not_found)?;
        let limit = whole_number(input.limit, 0..=LOAD_LIMIT_MAX, Path::field("limit"))?;
        perform(ctx, commands::set_load_limit, &SetLoadLimit { seat, limit }).await
    };
    let (id, reply) = settle(set.await)?;
    Ok(SetLoadLimitPayload { seat: reading::seat(ctx, id).await, reply })
}
