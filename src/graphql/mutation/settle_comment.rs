//! Settles a comment.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::optional_text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, SettleComment},
    graphql::{
        id::{decode_comment_id, not_found},
        types::Comment,
    },
};

/// Which comment to settle.
#[derive(InputObject, Debug)]
pub(super) struct SettleCommentInput {
    /// The comment.
    comment_id: ID,
    /// What became of it, if there is something to say.
    answer: Option<String>,
}

/// What settling did.
#[derive(SimpleObject)]
pub(super) struct SettleCommentPayload {
    /// The comment, settled. Null if nothing was recorded.
    comment: Changed<Comment>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn settle_comment(ctx: &Context<'_>, input: SettleCommentInput) -> Result<SettleCommentPayload> {
    let (review, comment) = decode_comment_id(&input.comment_id).ok_or_else(not_found)?;
    let settled = async {
        let answer = optional_text(input.answer, Path::field("answer"))?;
        perform(ctx, commands::settle_comment, &SettleComment { review, comment, answer }).await
    };
    let (settled, reply) = settle(settled.await)?;
    Ok(SettleCommentPayload { comment: reading::comment(ctx, settled).await, reply })
}
