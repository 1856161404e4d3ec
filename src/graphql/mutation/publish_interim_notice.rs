//! Publishes an urgent interim notice.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    concluding::conclude,
    perform::{Reply, settle},
    reading::{self, Changed},
};
use crate::{
    commands,
    graphql::{
        id::{decode_review_id, not_found},
        types::{Edition, Review},
    },
};

/// Which review to conclude at once.
#[derive(InputObject, Debug)]
pub(super) struct PublishInterimNoticeInput {
    /// The review: an exceptional one.
    review_id: ID,
}

/// What publishing did.
#[derive(SimpleObject)]
pub(super) struct PublishInterimNoticePayload {
    /// The edition now in force, not yet fully signed off. Null if none was published.
    edition: Changed<Edition>,
    /// The review, concluded. Null if it was not.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn publish_interim_notice(
    ctx: &Context<'_>,
    input: PublishInterimNoticeInput,
) -> Result<PublishInterimNoticePayload> {
    let review = decode_review_id(&input.review_id).ok_or_else(not_found)?;
    let (id, reply) = settle(conclude(ctx, review, commands::publish_interim, &review).await)?;
    let review = reading::review(ctx, id).await;
    let edition = reading::edition_of(ctx, &review).await;
    Ok(PublishInterimNoticePayload { edition, review, reply })
}
