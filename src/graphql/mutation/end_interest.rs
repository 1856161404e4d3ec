//! Declares the end of an interest.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands::{self, EndInterest},
    graphql::{
        id::{decode_interest_id, not_found},
        scalar::PartialDate,
        types::Interest,
    },
};

/// Which interest ends, and when.
#[derive(InputObject, Debug)]
pub(super) struct EndInterestInput {
    /// The interest, of yours.
    interest_id: ID,
    /// Until when it lasts, as precise as it is known. It stays in the register.
    until: PartialDate,
}

/// What ending did.
#[derive(SimpleObject)]
pub(super) struct EndInterestPayload {
    /// The entry of the register. Null if nothing was changed.
    interest: Changed<Interest>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn end_interest(ctx: &Context<'_>, input: EndInterestInput) -> Result<EndInterestPayload> {
    let ended = async {
        let interest = decode_interest_id(&input.interest_id).ok_or_else(not_found)?;
        perform(ctx, commands::end_interest, &EndInterest { interest, until: input.until.0 }).await
    };
    let (key, reply) = settle(ended.await)?;
    Ok(EndInterestPayload { interest: reading::interest(ctx, key).await, reply })
}
