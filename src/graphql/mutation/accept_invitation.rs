//! Accepts an invitation to a seat.

use async_graphql::{Context, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    person::LoggedIn,
    reading::{self, Changed},
};
use crate::{
    commands::{self, AcceptInvitation},
    domain::invitation::Code,
    graphql::{
        error,
        session::{Session, stored},
        types::Seat,
    },
};

/// The code of an invitation.
#[derive(InputObject)]
pub(super) struct AcceptInvitationInput {
    /// The code, as it was sent to you.
    code: String,
}

/// What accepting did.
#[derive(SimpleObject)]
pub(super) struct AcceptInvitationPayload {
    /// The seat that is yours now. Null if nothing was changed.
    seat: Changed<Seat>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn accept_invitation(
    ctx: &Context<'_>,
    input: AcceptInvitationInput,
) -> Result<AcceptInvitationPayload> {
    let Some(LoggedIn(login)) = ctx.data_opt::<LoggedIn>() else {
        return Err(error::Code::Unauthenticated.error("log in first: the seat is bound to your log-in"));
    };
    let command = AcceptInvitation { login: login.clone(), code: Code::brought(&input.code) };
    let (id, reply) = settle(perform(ctx, commands::accept_invitation, &command).await)?;
    if id.is_some() {
        // Whoever was nobody is somebody now, and looks with those eyes.
        let session = Session::of(ctx)?;
        session.look_as(stored(session.store().actor(login).await)?);
    }
    Ok(AcceptInvitationPayload { seat: reading::seat(ctx, id).await, reply })
}
