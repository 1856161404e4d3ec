//! Closes a ballot.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{ballot::hold, perform::Reply, reading::Changed};
use crate::{commands::BallotStep, graphql::types::Position};

/// Which ballot.
#[derive(InputObject, Debug)]
pub(super) struct CloseBallotInput {
    /// The objection that the ballot is on.
    position_id: ID,
}

/// What closing did.
#[derive(SimpleObject)]
pub(super) struct CloseBallotPayload {
    /// The objection, with its ballot. Null if the ballot was not closed.
    position: Changed<Position>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn close_ballot(ctx: &Context<'_>, input: CloseBallotInput) -> Result<CloseBallotPayload> {
    let (position, reply) = hold(ctx, &input.position_id, Ok(BallotStep::Close)).await?;
    Ok(CloseBallotPayload { position, reply })
}
