//! Votes in a ballot.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{ballot::hold, perform::Reply, reading::Changed};
use crate::{
    commands::BallotStep,
    graphql::{
        id::{decode_seat_id, not_found},
        types::Position,
    },
};

/// In which ballot, and how.
#[derive(InputObject, Debug)]
pub(super) struct CastVoteInput {
    /// The objection that the ballot is on.
    position_id: ID,
    /// From which of your seats. May be omitted if only one votes.
    seat_id: Option<ID>,
    /// Whether you are for voting the objection down. A vote is never changed.
    is_in_favour: bool,
}

/// What voting did.
#[derive(SimpleObject)]
pub(super) struct CastVotePayload {
    /// The objection, with its ballot. Null if no vote was cast.
    position: Changed<Position>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn cast_vote(ctx: &Context<'_>, input: CastVoteInput) -> Result<CastVotePayload> {
    let seat = input.seat_id.map(|id| decode_seat_id(&id).ok_or_else(not_found)).transpose()?;
    let step = BallotStep::Vote { seat, is_in_favour: input.is_in_favour };
    let (position, reply) = hold(ctx, &input.position_id, Ok(step)).await?;
    Ok(CastVotePayload { position, reply })
}
