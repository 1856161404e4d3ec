//! Opens a ballot on an objection.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{ballot::hold, perform::Reply, problem::text, reading::Changed, user_error::Path};
use crate::{commands::BallotStep, graphql::types::Position};

/// On which objection, and why.
#[derive(InputObject, Debug)]
pub(super) struct OpenBallotInput {
    /// The objection: a position that stands in an open review.
    position_id: ID,
    /// Why a ballot is needed.
    reason: String,
}

/// What opening did.
#[derive(SimpleObject)]
pub(super) struct OpenBallotPayload {
    /// The objection, with its ballot. Null if none was opened.
    position: Changed<Position>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn open_ballot(ctx: &Context<'_>, input: OpenBallotInput) -> Result<OpenBallotPayload> {
    let step = text(input.reason, Path::field("reason")).map(|reason| BallotStep::Open { reason });
    let (position, reply) = hold(ctx, &input.position_id, step).await?;
    Ok(OpenBallotPayload { position, reply })
}
