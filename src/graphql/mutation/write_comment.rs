//! Writes a comment.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, WriteComment},
    graphql::{
        id::{decode_section_id, not_found},
        scalar::Digest,
        types::Comment,
    },
};

/// A comment, and the text it is on.
#[derive(InputObject, Debug)]
pub(super) struct WriteCommentInput {
    /// The section of the draft, by its id in any edition.
    section_id: ID,
    /// The digest of its text as it was read. If the section has moved on, nothing is recorded.
    digest: Digest,
    /// What you have to say, Markdown.
    body: String,
}

/// What writing did.
#[derive(SimpleObject)]
pub(super) struct WriteCommentPayload {
    /// The comment. Null if nothing was recorded.
    comment: Changed<Comment>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn write_comment(ctx: &Context<'_>, input: WriteCommentInput) -> Result<WriteCommentPayload> {
    let section = decode_section_id(&input.section_id).ok_or_else(not_found)?;
    let written = async {
        let body = text(input.body, Path::field("body"))?;
        let command = WriteComment { section, seen: input.digest.0, body };
        perform(ctx, commands::write_comment, &command).await
    };
    let (written, reply) = settle(written.await)?;
    Ok(WriteCommentPayload { comment: reading::comment(ctx, written).await, reply })
}
