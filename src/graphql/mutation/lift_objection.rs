//! Lifts an objection.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::Reply,
    position::{Ask, take},
    reading::Changed,
};
use crate::{domain::review::position::PositionAct, graphql::types::Position};

/// Which objection to lift.
#[derive(InputObject, Debug)]
pub(super) struct LiftObjectionInput {
    /// The review.
    review_id: ID,
    /// The section, by its id in any edition. If omitted, the document as a whole.
    section_id: Option<ID>,
    /// From which of your seats. May be omitted if only one fits.
    seat_id: Option<ID>,
    /// In your own words, if you like.
    reason: Option<String>,
}

/// What lifting did.
#[derive(SimpleObject)]
pub(super) struct LiftObjectionPayload {
    /// What was recorded. Null if nothing was.
    position: Changed<Position>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn lift_objection(ctx: &Context<'_>, input: LiftObjectionInput) -> Result<LiftObjectionPayload> {
    let ask = Ask {
        review_id: input.review_id,
        section_id: input.section_id,
        seat_id: input.seat_id,
        digest: None,
        reason: input.reason,
        until: None,
    };
    let (position, reply) = take(ctx, ask, PositionAct::Lift).await?;
    Ok(LiftObjectionPayload { position, reply })
}
