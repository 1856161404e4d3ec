//! Stops a review without a result.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    concluding::conclude,
    perform::{Reply, settle},
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, CancelReview},
    graphql::{
        id::{decode_review_id, not_found},
        types::Review,
    },
};

/// Which review to stop.
#[derive(InputObject, Debug)]
pub(super) struct CancelReviewInput {
    /// The review.
    review_id: ID,
    /// Why.
    reason: String,
}

/// What cancelling did.
#[derive(SimpleObject)]
pub(super) struct CancelReviewPayload {
    /// The review. Null if it was not stopped.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn cancel_review(ctx: &Context<'_>, input: CancelReviewInput) -> Result<CancelReviewPayload> {
    let cancelled = async {
        let review = decode_review_id(&input.review_id).ok_or_else(not_found)?;
        let reason = text(input.reason, Path::field("reason"))?;
        conclude(ctx, review, commands::cancel_review, &CancelReview { review, reason }).await
    };
    let (id, reply) = settle(cancelled.await)?;
    Ok(CancelReviewPayload { review: reading::review(ctx, id).await, reply })
}
