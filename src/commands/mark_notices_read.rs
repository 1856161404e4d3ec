//! Marks the actor's own notices as read.

use std::convert::Infallible;

use super::Refused;
use crate::{
    domain::{access::Actor, id::NoticeId, notice::mark_read},
    store::Store,
};

/// Which notices.
#[derive(Clone, Debug)]
pub struct MarkNoticesRead {
    /// These, if they are the actor's; all of theirs if not given.
    pub notices: Option<Vec<NoticeId>>,
}

/// Marks notices as read.
pub async fn mark_notices_read(
    store: &Store,
    actor: &Actor,
    command: &MarkNoticesRead,
) -> Result<(), Refused<Infallible>> {
    let mut tx = store.begin().await?;
    let notices = match &command.notices {
        Some(notices) => Some(tx.whose_notices(notices).await?),
        None => None,
    };
    let read = mark_read(actor, notices, tx.now())?;
    tx.record(read).await?;
    tx.commit().await?;
    Ok(())
}
