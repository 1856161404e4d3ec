//! Moves the dates of an open review.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, MoveReview},
    graphql::{
        id::{decode_review_id, not_found},
        scalar::Date,
        types::Review,
    },
};

/// The new dates of a review. What is omitted stays as planned; but what depends on a stage that is put off is put off by
/// as many days.
#[derive(InputObject, Debug)]
pub(super) struct MoveReviewInput {
    /// The review.
    review_id: ID,
    /// It is settled until the end of this day what the review is about.
    scoping_until: Option<Date>,
    /// Texts are written until the end of this day.
    drafting_until: Option<Date>,
    /// Disciplines sign until the end of this day.
    sign_off_until: Option<Date>,
    /// The day of publication.
    publication_on: Option<Date>,
    /// Why.
    reason: String,
}

/// What moving did.
#[derive(SimpleObject)]
pub(super) struct MoveReviewPayload {
    /// The review with its new dates. Null if nothing was changed.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn move_review(ctx: &Context<'_>, input: MoveReviewInput) -> Result<MoveReviewPayload> {
    let moved = async {
        let command = MoveReview {
            review: decode_review_id(&input.review_id).ok_or_else(not_found)?,
            days: [input.scoping_until, input.drafting_until, input.sign_off_until, input.publication_on]
                .map(|given| given.map(|day| day.0)),
            reason: text(input.reason, Path::field("reason"))?,
        };
        perform(ctx, commands::move_review, &command).await
    };
    let (id, reply) = settle(moved.await)?;
    Ok(MoveReviewPayload { review: reading::review(ctx, id).await, reply })
}
