//! Settles a comment.

use super::{Desk, HIDDEN, Refused, permitted};
use crate::{
    domain::{
        access::{Actor, Denied, Thing},
        comment::{CommentProblem, Settled},
        id::{CommentId, ReviewId},
        text::Prose,
    },
    store::Store,
};

/// The comment, and what became of it.
#[derive(Clone, Debug)]
pub struct SettleComment {
    /// In which review.
    pub review: ReviewId,
    /// Which.
    pub comment: CommentId,
    /// What became of it.
    pub answer: Option<Prose>,
}

/// Settles a comment, for good.
pub async fn settle_comment(
    store: &Store,
    actor: &Actor,
    command: &SettleComment,
) -> Result<(ReviewId, CommentId), Refused<CommentProblem>> {
    let tx = store.begin().await?;
    let key = (command.review, command.comment);
    let section = tx.comment(key.0, key.1).await?.ok_or(HIDDEN)?.section;
    let (desk, placement) = Desk::with_section(tx, section).await?;
    // Read again: somebody may have settled it while the lock was waited for.
    let comment = desk.tx.comment(key.0, key.1).await?.ok_or(HIDDEN)?;
    let thing = Thing { author: comment.by.person(), ..desk.thing(&placement) };
    let permit = permitted(&desk.tx, actor, thing).await?;
    let Desk { mut tx, draft, review } = desk;
    let by = permit.by().ok_or(Denied::Forbidden)?;
    let settled = Settled { by, at: tx.now(), answer: command.answer.clone() };
    let settled = permit.on(&comment)?.settle(review.as_ref(), settled).map_err(Refused::Problem)?;
    tx.record((settled, draft.document.group)).await?;
    tx.commit().await?;
    Ok(key)
}
