//! Objects to a text.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::Reply,
    position::{Ask, take},
    reading::Changed,
};
use crate::{
    domain::review::position::PositionAct,
    graphql::{scalar::Digest, types::Position},
};

/// What to object to.
#[derive(InputObject, Debug)]
pub(super) struct ObjectInput {
    /// The review.
    review_id: ID,
    /// The section, by its id in any edition. If omitted, the document as a whole.
    section_id: Option<ID>,
    /// From which of your seats. May be omitted if only one fits.
    seat_id: Option<ID>,
    /// The digest of the text that was read: the section's, or the edition's for the document as a whole.
    digest: Digest,
    /// Why. A blank one is refused with `REASON_MISSING`.
    reason: String,
}

/// What objecting did.
#[derive(SimpleObject)]
pub(super) struct ObjectPayload {
    /// What was recorded. Null if nothing was.
    position: Changed<Position>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn object(ctx: &Context<'_>, input: ObjectInput) -> Result<ObjectPayload> {
    let ask = Ask {
        review_id: input.review_id,
        section_id: input.section_id,
        seat_id: input.seat_id,
        digest: Some(input.digest),
        reason: Some(input.reason),
        until: None,
    };
    let (position, reply) = take(ctx, ask, PositionAct::Object).await?;
    Ok(ObjectPayload { position, reply })
}
