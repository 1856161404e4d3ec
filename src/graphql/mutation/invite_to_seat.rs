//! Invites somebody to a seat whose log-in is not known yet.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::{optional_text, text},
    reading::{self, Changed},
    user_error::{Path, UserError},
};
use crate::{
    commands::{self, InviteToSeat},
    domain::{
        invitation::{Code, Offer},
        role::Post,
        text::Line,
    },
    graphql::{
        enums::{Discipline, Office},
        id::{decode_group_id, not_found},
        scalar::DateTime,
        types::Invitation,
    },
};

/// The seat to offer, and to whom.
#[derive(InputObject, Debug)]
pub(super) struct InviteToSeatInput {
    /// The group.
    group_id: ID,
    /// Who is meant. If nobody knew the log-in before that accepts, others will know its holder by this name.
    name: String,
    /// The only issuer whose log-ins may accept: the `iss` of their tokens. If omitted, any that is trusted.
    issuer: Option<String>,
    /// What the seat is for.
    office: Office,
    /// The discipline it votes for. A member needs one; a chair and a vice chair may have one; nobody else has.
    discipline: Option<Discipline>,
    /// From when on the seat is held. If omitted, from acceptance on.
    from: Option<DateTime>,
    /// When its term ends: the first instant at which it is not held any more. If omitted, no end is known.
    until: Option<DateTime>,
    /// The first instant at which the invitation does not stand any more, at most 90 days from now. If omitted, in 14 days.
    expires_at: Option<DateTime>,
}

/// What inviting did.
#[derive(SimpleObject)]
pub(super) struct InviteToSeatPayload {
    /// The invitation. Null if none was made.
    invitation: Changed<Invitation>,
    /// The code that accepts it, once. This is the only time that it is told, also if the request is repeated with its
    /// idempotency key: send it to the person by a way you trust.
    code: Option<String>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn invite_to_seat(ctx: &Context<'_>, input: InviteToSeatInput) -> Result<InviteToSeatPayload> {
    let invited = async {
        let issuer = optional_text::<Line>(input.issuer, Path::field("issuer"))?;
        let offer = Offer {
            name: text(input.name, Path::field("name"))?,
            issuer: issuer.map(Into::into),
            post: Post::new(input.office.into(), input.discipline.map(Into::into)).map_err(UserError::from)?,
            from: input.from.map(|from| from.0),
            until: input.until.map(|until| until.0),
        };
        let group = decode_group_id(&input.group_id).ok_or_else(not_found)?;
        // A generator for cryptography, which the system seeds.
        let code = Code::of(rand::random());
        let command = InviteToSeat { group, offer, mark: code.mark(), expires_at: input.expires_at.map(|at| at.0) };
        let (id, mark) = perform(ctx, commands::invite_to_seat, &command).await?;
        // A repeat finds the invitation of the first time, whose code nobody has any more but who was told it.
        Ok((group, id, Some(code).filter(|code| code.mark() == mark)))
    };
    let (invited, reply) = settle(invited.await)?;
    let Some((group, id, code)) = invited else {
        return Ok(InviteToSeatPayload { invitation: None, code: None, reply });
    };
    let invitation = reading::invitation(ctx, group, id).await;
    Ok(InviteToSeatPayload { invitation, code: code.map(|code| code.expose().to_owned()), reply })
}
