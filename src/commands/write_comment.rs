//! Writes a comment on a section of a draft under review.

use super::{Desk, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Denied},
        comment::{CommentProblem, Remark},
        document::content::Digest,
        id::{CommentId, ReviewId, SectionId},
        text::Prose,
    },
    store::Store,
};

/// The comment.
#[derive(Clone, Debug)]
pub struct WriteComment {
    /// On which section.
    pub section: SectionId,
    /// The digest of the text as it was read (S5).
    pub seen: Digest,
    /// What it says.
    pub body: Prose,
}

/// Writes a comment.
pub async fn write_comment(
    store: &Store,
    actor: &Actor,
    command: &WriteComment,
) -> Result<(ReviewId, CommentId), Refused<CommentProblem>> {
    let (desk, placement) = Desk::of_section(store, command.section).await?;
    let permit = permitted(&desk.tx, actor, desk.thing(&placement)).await?;
    let Desk { mut tx, draft, review } = desk;
    let standing = match &review {
        Some(review) => tx.count_comments(review.id).await?,
        None => 0,
    };
    let by = permit.commenter().ok_or(Denied::Forbidden)?;
    let remark = Remark { id: tx.id(), by, seen: command.seen, body: command.body.clone(), now: tx.now() };
    let commented = permit.on(&draft)?.comment(review.as_ref(), standing, remark).map_err(Refused::Problem)?;
    let key = (commented.comment().review, commented.comment().id);
    tx.record((commented, draft.document.group)).await?;
    tx.commit().await?;
    Ok(key)
}
