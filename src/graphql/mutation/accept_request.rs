//! Accepts what a review asks.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands::{self, AcceptRequest},
    graphql::{
        id::{decode_review_id, decode_seat_id, not_found},
        types::Review,
    },
};

/// Which request to accept.
#[derive(InputObject, Debug)]
pub(super) struct AcceptRequestInput {
    /// The review.
    review_id: ID,
    /// From which of your seats. May be omitted if only one votes.
    seat_id: Option<ID>,
}

/// What accepting did.
#[derive(SimpleObject)]
pub(super) struct AcceptRequestPayload {
    /// The review. Null if nothing was accepted.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn accept_request(ctx: &Context<'_>, input: AcceptRequestInput) -> Result<AcceptRequestPayload> {
    let accepted = async {
        let review = decode_review_id(&input.review_id).ok_or_else(not_found)?;
        let seat = input.seat_id.map(|id| decode_seat_id(&id).ok_or_else(not_found)).transpose()?;
        perform(ctx, commands::accept_request, &AcceptRequest { review, seat }).await
    };
    let (id, reply) = settle(accepted.await)?;
    Ok(AcceptRequestPayload { review: reading::review(ctx, id).await, reply })
}
