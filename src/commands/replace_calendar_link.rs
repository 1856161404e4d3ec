//! Makes a secret link to a calendar of the actor, or takes the one before back.

use std::convert::Infallible;

use super::{HIDDEN, Refused};
use crate::{
    domain::{access::Actor, calendar, id::GroupId, invitation::Mark},
    store::Store,
};

/// Which link.
#[derive(Clone, Debug)]
pub struct ReplaceCalendarLink {
    /// To the calendar of this group, or to the actor's own.
    pub group: Option<GroupId>,
    /// What is kept of the code of the new link; none takes the link back.
    pub mark: Option<Mark>,
}

/// Replaces a link. What is kept of the new one is given back, so that a repeat can see that its own code is not the one.
pub async fn replace_calendar_link(
    store: &Store,
    actor: &Actor,
    command: &ReplaceCalendarLink,
) -> Result<Option<Mark>, Refused<Infallible>> {
    let mut tx = store.begin().await?;
    if let Some(group) = command.group {
        tx.group(group).await?.ok_or(HIDDEN)?;
    }
    let replaced = calendar::replace_link(&tx.actor_again(actor).await?, command.group, command.mark, tx.now())?;
    tx.record(replaced).await?;
    tx.commit().await?;
    Ok(command.mark)
}
