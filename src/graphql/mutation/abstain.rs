//! Abstains from a text.

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

/// What to abstain from.
#[derive(InputObject, Debug)]
pub(super) struct AbstainInput {
    /// The review.
    review_id: ID,
    /// The section, by its id in any edition. If omitted, the document as a whole.
    section_id: Option<ID>,
    /// From which of your seats. May be omitted if only one fits.
    seat_id: Option<ID>,
    /// The digest of the text that was read: the section's, or the edition's for the document as a whole.
    digest: Digest,
    /// In your own words, if you like.
    reason: Option<String>,
}

/// What abstaining did.
#[derive(SimpleObject)]
pub(super) struct AbstainPayload {
    /// What was recorded. Null if nothing was.
    position: Changed<Position>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn abstain(ctx: &Context<'_>, input: AbstainInput) -> Result<AbstainPayload> {
    let ask = Ask {
        review_id: input.review_id,
        section_id: input.section_id,
        seat_id: input.seat_id,
        digest: Some(input.digest),
        reason: input.reason,
        until: None,
    };
    let (position, reply) = take(ctx, ask, PositionAct::Abstain).await?;
    Ok(AbstainPayload { position, reply })
}
