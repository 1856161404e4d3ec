//! Publishes the draft of a review.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    concluding::conclude,
    perform::{Reply, settle},
    reading::{self, Changed},
};
use crate::{
    commands::{self, Publish},
    graphql::{
        id::{decode_review_id, not_found},
        scalar::PartialDate,
        types::{Edition, Review},
    },
};

/// Which review to conclude with a new edition.
#[derive(InputObject, Debug)]
pub(super) struct PublishEditionInput {
    /// The review.
    review_id: ID,
    /// The date on the cover: today, or this month. If omitted, today.
    issued: Option<PartialDate>,
    /// When the next full review is due. If omitted, one interval later after a full review, and as before after another.
    next_due: Option<PartialDate>,
}

/// What publishing did.
#[derive(SimpleObject)]
pub(super) struct PublishEditionPayload {
    /// The edition now in force. Null if none was published.
    edition: Changed<Edition>,
    /// The review, concluded. Null if it was not.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn publish_edition(ctx: &Context<'_>, input: PublishEditionInput) -> Result<PublishEditionPayload> {
    let review = decode_review_id(&input.review_id).ok_or_else(not_found)?;
    let issued = input.issued.map(|issued| issued.0);
    let command = Publish { review, issued, next_due: input.next_due.map(|due| due.0) };
    let (id, reply) = settle(conclude(ctx, review, commands::publish, &command).await)?;
    let review = reading::review(ctx, id).await;
    let edition = reading::edition_of(ctx, &review).await;
    Ok(PublishEditionPayload { edition, review, reply })
}
