//! Concluding a review: what publishing and reaffirming have in common.

use async_graphql::Context;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    perform::{Stop, attempt},
    problem::concluding,
};
use crate::{
    commands::Refused,
    domain::{
        access::Actor,
        id::ReviewId,
        review::{conclusion::ConclusionProblem, gate},
    },
    graphql::{id::not_found, loaders::AReview, session::View, types::Blocker},
    store::Store,
};

/// Runs a command that concludes a review. If it is blocked, the blockers are told with the review they were found in,
/// as it stands afterwards.
pub(super) async fn conclude<'a, I, F, T>(
    ctx: &'a Context<'_>,
    review: ReviewId,
    command: impl Fn(&'a Store, &'a Actor, &'a I) -> F,
    input: &'a I,
) -> Result<T, Stop>
where
    F: Future<Output = Result<T, Refused<ConclusionProblem>>>,
    T: Serialize + DeserializeOwned,
{
    let problem = match attempt(ctx, command, input).await? {
        Ok(done) => return Ok(done),
        Err(problem) => problem,
    };
    let review = View::of(ctx)?.find(AReview(review)).await?.ok_or_else(not_found)?;
    Err(concluding(problem, |blocker: gate::Blocker| Blocker::new(&review, blocker)).into())
}
