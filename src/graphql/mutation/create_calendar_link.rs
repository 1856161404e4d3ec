//! Makes a secret link to a calendar.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::perform::{Reply, perform, settle};
use crate::{
    commands::{self, ReplaceCalendarLink},
    domain::invitation::Code,
    graphql::{
        id::{decode_group_id, not_found},
        mutation::PublicUrl,
    },
};

/// Which calendar.
#[derive(InputObject, Debug)]
pub(super) struct CreateCalendarLinkInput {
    /// That of this group, which you sit in. If omitted, your own: the reviews of all your groups, and what waits for you.
    group_id: Option<ID>,
}

/// What making a link did.
#[derive(SimpleObject)]
pub(super) struct CreateCalendarLinkPayload {
    /// The address, for programs that show calendars. Whoever has it reads the calendar as you may at that moment. This is
    /// the only time that it is told, also if the request is repeated with its idempotency key.
    url: Option<String>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn create_calendar_link(
    ctx: &Context<'_>,
    input: CreateCalendarLinkInput,
) -> Result<CreateCalendarLinkPayload> {
    let made = async {
        let group = input.group_id.map(|id| decode_group_id(&id).ok_or_else(not_found)).transpose()?;
        // A generator for cryptography, which the system seeds.
        let code = Code::of(rand::random());
        let command = ReplaceCalendarLink { group, mark: Some(code.mark()) };
        let mark = perform(ctx, commands::replace_calendar_link, &command).await?;
        // A repeat finds the link of the first time, whose code nobody has any more but who was told it.
        Ok(Some(code).filter(|code| Some(code.mark()) == mark))
    };
    let (code, reply) = settle(made.await)?;
    let here = ctx.data::<PublicUrl>()?.0.as_str();
    let url = code.flatten().map(|code| format!("{here}/calendar.ics?code={}", code.expose()));
    Ok(CreateCalendarLinkPayload { url, reply })
}
