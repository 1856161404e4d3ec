//! Re-opens the rules of an open review.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, ReopenRules},
    graphql::{
        id::{decode_review_id, not_found},
        types::Review,
    },
};

/// Which review is to work by the rules that its document has by now.
#[derive(InputObject, Debug)]
pub(super) struct ReopenRulesInput {
    /// The review.
    review_id: ID,
    /// Why.
    reason: String,
}

/// What re-opening did.
#[derive(SimpleObject)]
pub(super) struct ReopenRulesPayload {
    /// The review with its rules. Null if nothing was changed.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn reopen_rules(ctx: &Context<'_>, input: ReopenRulesInput) -> Result<ReopenRulesPayload> {
    let reopened = async {
        let review = decode_review_id(&input.review_id).ok_or_else(not_found)?;
        let reason = text(input.reason, Path::field("reason"))?;
        perform(ctx, commands::reopen_rules, &ReopenRules { review, reason }).await
    };
    let (id, reply) = settle(reopened.await)?;
    Ok(ReopenRulesPayload { review: reading::review(ctx, id).await, reply })
}
