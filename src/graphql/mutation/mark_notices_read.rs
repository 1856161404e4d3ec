//! Marks the viewer's notices as read.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::Changed,
};
use crate::{
    commands::{self, MarkNoticesRead},
    graphql::{
        error::Code,
        id::{decode_notice_id, not_found},
        types::Viewer,
    },
};

/// The most notices marked at once.
const NOTICES_MAX: usize = 100;

/// Which of your notices you have read.
#[derive(InputObject, Debug)]
pub(super) struct MarkNoticesReadInput {
    /// These, at most 100. If omitted, all of yours.
    notice_ids: Option<Vec<ID>>,
}

/// What marking did.
#[derive(SimpleObject)]
pub(super) struct MarkNoticesReadPayload {
    /// You, with your notices. Null if nothing was marked.
    viewer: Changed<Viewer>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn mark_notices_read(
    ctx: &Context<'_>,
    input: MarkNoticesReadInput,
) -> Result<MarkNoticesReadPayload> {
    let marked = async {
        if input.notice_ids.as_ref().is_some_and(|ids| ids.len() > NOTICES_MAX) {
            return Err(Code::BadUserInput.error(format!("at most {NOTICES_MAX} notices at once")).into());
        }
        let read = |ids: Vec<ID>| ids.iter().map(|id| decode_notice_id(id).ok_or_else(not_found)).collect();
        let notices = input.notice_ids.map(read).transpose()?;
        perform(ctx, commands::mark_notices_read, &MarkNoticesRead { notices }).await
    };
    let (done, reply) = settle(marked.await)?;
    Ok(MarkNoticesReadPayload { viewer: done.map(|()| Ok(Viewer)), reply })
}
