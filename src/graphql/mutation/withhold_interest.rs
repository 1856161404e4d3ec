//! Withholds an entry of the register of interests from the public, or publishes it again.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::optional_text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, WithholdInterest},
    graphql::{
        id::{decode_interest_id, not_found},
        types::Interest,
    },
};

/// Which interest, and why.
#[derive(InputObject, Debug)]
pub(super) struct WithholdInterestInput {
    /// The interest.
    interest_id: ID,
    /// Why the public does not see it. If left out, it is published again.
    reason: Option<String>,
}

/// What withholding did.
#[derive(SimpleObject)]
pub(super) struct WithholdInterestPayload {
    /// The entry of the register. Null if nothing was changed.
    interest: Changed<Interest>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn withhold_interest(
    ctx: &Context<'_>,
    input: WithholdInterestInput,
) -> Result<WithholdInterestPayload> {
    let withheld = async {
        let interest = decode_interest_id(&input.interest_id).ok_or_else(not_found)?;
        let reason = optional_text(input.reason, Path::field("reason"))?;
        perform(ctx, commands::withhold_interest, &WithholdInterest { interest, reason }).await
    };
    let (key, reply) = settle(withheld.await)?;
    Ok(WithholdInterestPayload { interest: reading::interest(ctx, key).await, reply })
}
