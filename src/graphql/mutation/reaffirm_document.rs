//! Ends a review that found nothing to change.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    concluding::conclude,
    perform::{Reply, settle},
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, Reaffirm},
    graphql::{
        id::{decode_review_id, not_found},
        scalar::PartialDate,
        types::Review,
    },
};

/// Which review to conclude without a new edition.
#[derive(InputObject, Debug)]
pub(super) struct ReaffirmDocumentInput {
    /// The review.
    review_id: ID,
    /// What the public is told: why the edition in force still stands.
    statement: String,
    /// When the next full review is due. If omitted, one interval later after a full review, and as before after another.
    next_due: Option<PartialDate>,
}

/// What reaffirming did.
#[derive(SimpleObject)]
pub(super) struct ReaffirmDocumentPayload {
    /// The review, concluded. Null if it was not.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn reaffirm_document(
    ctx: &Context<'_>,
    input: ReaffirmDocumentInput,
) -> Result<ReaffirmDocumentPayload> {
    let review = decode_review_id(&input.review_id).ok_or_else(not_found)?;
    let reaffirmed = async {
        let statement = text(input.statement, Path::field("statement"))?;
        let command = Reaffirm { review, statement, next_due: input.next_due.map(|due| due.0) };
        conclude(ctx, review, commands::reaffirm, &command).await
    };
    let (id, reply) = settle(reaffirmed.await)?;
    Ok(ReaffirmDocumentPayload { review: reading::review(ctx, id).await, reply })
}
