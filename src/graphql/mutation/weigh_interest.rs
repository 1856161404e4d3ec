//! Decides what is done in a review about somebody's interest.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, WeighInterest},
    graphql::{
        enums::InterestAction,
        id::{decode_interest_id, decode_review_id, decode_section_id, not_found},
        types::Review,
    },
};

/// The decision.
#[derive(InputObject, Debug)]
pub(super) struct WeighInterestInput {
    /// The review, which is open.
    review_id: ID,
    /// The interest, of somebody else.
    interest_id: ID,
    /// The section, by its id in any edition. If omitted, every section and the document as a whole.
    section_id: Option<ID>,
    /// What is done.
    action: InterestAction,
    /// Why.
    reason: String,
}

/// What deciding did.
#[derive(SimpleObject)]
pub(super) struct WeighInterestPayload {
    /// The review, with what was decided in it. Null if nothing was.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn weigh_interest(ctx: &Context<'_>, input: WeighInterestInput) -> Result<WeighInterestPayload> {
    let weighed = async {
        let command = WeighInterest {
            review: decode_review_id(&input.review_id).ok_or_else(not_found)?,
            interest: decode_interest_id(&input.interest_id).ok_or_else(not_found)?,
            section: input.section_id.map(|id| decode_section_id(&id).ok_or_else(not_found)).transpose()?,
            action: input.action.into(),
            reason: text(input.reason, Path::field("reason"))?,
        };
        perform(ctx, commands::weigh_interest, &command).await
    };
    let (id, reply) = settle(weighed.await)?;
    Ok(WeighInterestPayload { review: reading::review(ctx, id).await, reply })
}
