//! Asks for more time on a text (S7).

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::Reply,
    position::{Ask, take},
    reading::Changed,
};
use crate::{
    domain::review::position::PositionAct,
    graphql::{
        scalar::{Date, Digest},
        types::Position,
    },
};

/// On what, and until when.
#[derive(InputObject, Debug)]
pub(super) struct RequestTimeInput {
    /// The review.
    review_id: ID,
    /// The section, by its id in any edition. If omitted, the document as a whole.
    section_id: Option<ID>,
    /// From which of your seats. May be omitted if only one fits.
    seat_id: Option<ID>,
    /// The digest of the text that was read: the section's, or the edition's for the document as a whole.
    digest: Digest,
    /// The last day for which you ask, in London: from today to the planned day of publication, or four weeks from now if that
    /// is later.
    until: Date,
    /// In your own words, if you like.
    reason: Option<String>,
}

/// What asking for time did.
#[derive(SimpleObject)]
pub(super) struct RequestTimePayload {
    /// What was recorded. Null if nothing was.
    position: Changed<Position>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn request_time(ctx: &Context<'_>, input: RequestTimeInput) -> Result<RequestTimePayload> {
    let ask = Ask {
        review_id: input.review_id,
        section_id: input.section_id,
        seat_id: input.seat_id,
        digest: Some(input.digest),
        reason: input.reason,
        until: Some(input.until),
    };
    let (position, reply) = take(ctx, ask, PositionAct::NeedMoreTime).await?;
    Ok(RequestTimePayload { position, reply })
}
