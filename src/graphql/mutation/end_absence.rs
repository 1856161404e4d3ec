//! Ends an absence before its time.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed},
};
use crate::{
    commands,
    graphql::{
        id::{decode_absence_id, not_found},
        types::Seat,
    },
};

/// Which absence.
#[derive(InputObject, Debug)]
pub(super) struct EndAbsenceInput {
    /// The absence.
    absence_id: ID,
}

/// What ending did.
#[derive(SimpleObject)]
pub(super) struct EndAbsencePayload {
    /// The seat. Null if nothing was ended.
    seat: Changed<Seat>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn end_absence(ctx: &Context<'_>, input: EndAbsenceInput) -> Result<EndAbsencePayload> {
    let ended = async {
        let absence = decode_absence_id(&input.absence_id).ok_or_else(not_found)?;
        perform(ctx, commands::end_absence, &absence).await
    };
    let (id, reply) = settle(ended.await)?;
    Ok(EndAbsencePayload { seat: reading::seat(ctx, id).await, reply })
}
