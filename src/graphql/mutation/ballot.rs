//! Steps of a ballot: what the three of them have in common.

use async_graphql::{Context, ID, Result};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
    user_error::UserError,
};
use crate::{
    commands::{self, BallotOn, BallotStep},
    graphql::{
        id::{GlobalId, not_found},
        types::Position,
    },
};

/// Takes a step about the ballot on an objection, and reads the objection again.
pub(super) async fn hold(
    ctx: &Context<'_>,
    objection: &ID,
    step: Result<BallotStep, UserError>,
) -> Result<(Changed<Position>, Reply)> {
    let Some(GlobalId::Position(review, objection)) = GlobalId::decode(objection) else { return Err(not_found()) };
    let held = async { perform(ctx, commands::hold_ballot, &BallotOn { review, objection, step: step? }).await };
    let (done, reply) = settle(held.await)?;
    let Some(review) = done else { return Ok((None, reply)) };
    Ok((reading::position_of(ctx, review, objection).await, reply))
}
