//! Takes a secret link to a calendar back.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::perform::{Reply, perform, settle};
use crate::{
    commands::{self, ReplaceCalendarLink},
    graphql::id::{decode_group_id, not_found},
};

/// Which calendar.
#[derive(InputObject, Debug)]
pub(super) struct RevokeCalendarLinkInput {
    /// That of this group. If omitted, your own.
    group_id: Option<ID>,
}

/// What taking a link back did.
#[derive(SimpleObject)]
pub(super) struct RevokeCalendarLinkPayload {
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn revoke_calendar_link(
    ctx: &Context<'_>,
    input: RevokeCalendarLinkInput,
) -> Result<RevokeCalendarLinkPayload> {
    let revoked = async {
        let group = input.group_id.map(|id| decode_group_id(&id).ok_or_else(not_found)).transpose()?;
        perform(ctx, commands::replace_calendar_link, &ReplaceCalendarLink { group, mark: None }).await
    };
    let (_, reply) = settle(revoked.await)?;
    Ok(RevokeCalendarLinkPayload { reply })
}
