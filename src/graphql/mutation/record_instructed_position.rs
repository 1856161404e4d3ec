//! Records a position for a member, on their written instruction.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    position::Ask,
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, RecordInstruction},
    graphql::{
        enums::PositionAct,
        id::{decode_review_id, not_found},
        scalar::{Date, Digest},
        types::Position,
    },
};

/// What to record for a member, and on whose word.
#[derive(InputObject, Debug)]
pub(super) struct RecordInstructedPositionInput {
    /// The review.
    review_id: ID,
    /// The section, by its id in any edition. If omitted, the document as a whole.
    section_id: Option<ID>,
    /// The member's seat.
    seat_id: ID,
    /// What the member does.
    act: PositionAct,
    /// The digest of the text that the member read. Needed unless the act takes a position back.
    digest: Option<Digest>,
    /// The member's reason, in their own words. Needed for an objection.
    reason: Option<String>,
    /// The last day for which the member asks for time. Needed for that act, and of no consequence for others.
    until: Option<Date>,
    /// The written instruction, word for word.
    instruction: String,
}

/// What recording did.
#[derive(SimpleObject)]
pub(super) struct RecordInstructedPositionPayload {
    /// What was recorded. Null if nothing was.
    position: Changed<Position>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn record_instructed_position(
    ctx: &Context<'_>,
    input: RecordInstructedPositionInput,
) -> Result<RecordInstructedPositionPayload> {
    let review = decode_review_id(&input.review_id).ok_or_else(not_found)?;
    let ask = Ask {
        review_id: input.review_id,
        section_id: input.section_id,
        seat_id: Some(input.seat_id),
        digest: input.digest,
        reason: input.reason,
        until: input.until,
    };
    let recorded = async {
        let position = ask.read(input.act.into())?;
        let instruction = text(input.instruction, Path::field("instruction"))?;
        perform(ctx, commands::record_instruction, &RecordInstruction { position, instruction }).await
    };
    let (position, reply) = settle(recorded.await)?;
    Ok(RecordInstructedPositionPayload { position: reading::position(ctx, review, position).await, reply })
}
