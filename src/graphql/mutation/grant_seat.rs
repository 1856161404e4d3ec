//! Gives a person a seat.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    person::PersonInput,
    reading::{self, Changed},
    user_error::{Path, UserError},
};
use crate::{
    commands::{self, GrantSeat},
    domain::role::Post,
    graphql::{
        enums::{Discipline, Office},
        id::{decode_group_id, decode_seat_id, not_found},
        scalar::DateTime,
        types::Seat,
    },
};

/// The seat to give.
#[derive(InputObject, Debug)]
pub(super) struct GrantSeatInput {
    /// The group.
    group_id: ID,
    /// Who gets it.
    person: PersonInput,
    /// What it is for.
    office: Office,
    /// The discipline it votes for. A member needs one; a chair and a vice chair may have one; nobody else has.
    discipline: Option<Discipline>,
    /// From when on it is held. If omitted, from now on.
    from: Option<DateTime>,
    /// When its term ends: the first instant at which it is not held any more. If omitted, no end is known.
    until: Option<DateTime>,
    /// The seat whose place it takes: of the same group and post, its term over when this one begins, and without another
    /// successor. The new seat then answers for objections that were left standing there.
    succeeds_id: Option<ID>,
}

/// What granting did.
#[derive(SimpleObject)]
pub(super) struct GrantSeatPayload {
    /// The seat. Null if none was given.
    seat: Changed<Seat>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn grant_seat(ctx: &Context<'_>, input: GrantSeatInput) -> Result<GrantSeatPayload> {
    let granted = async {
        let command = GrantSeat {
            group: decode_group_id(&input.group_id).ok_or_else(not_found)?,
            invitee: input.person.read(ctx, &Path::field("person"))?,
            post: Post::new(input.office.into(), input.discipline.map(Into::into)).map_err(UserError::from)?,
            from: input.from.map(|from| from.0),
            until: input.until.map(|until| until.0),
            succeeds: input.succeeds_id.map(|id| decode_seat_id(&id).ok_or_else(not_found)).transpose()?,
        };
        perform(ctx, commands::grant_seat, &command).await
    };
    let (id, reply) = settle(granted.await)?;
    Ok(GrantSeatPayload { seat: reading::seat(ctx, id).await, reply })
}
