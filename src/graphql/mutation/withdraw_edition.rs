//! Withdraws a published edition.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, WithdrawEdition},
    graphql::{
        id::{decode_edition_id, not_found},
        types::Edition,
    },
};

/// Which edition to withdraw.
#[derive(InputObject, Debug)]
pub(super) struct WithdrawEditionInput {
    /// The edition.
    edition_id: ID,
    /// Why; readers see it above the text, which stays readable.
    explanation: String,
}

/// What withdrawing did.
#[derive(SimpleObject)]
pub(super) struct WithdrawEditionPayload {
    /// The edition. Null if it was not withdrawn.
    edition: Changed<Edition>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn withdraw_edition(ctx: &Context<'_>, input: WithdrawEditionInput) -> Result<WithdrawEditionPayload> {
    let withdrawn = async {
        let edition = decode_edition_id(&input.edition_id).ok_or_else(not_found)?;
        let explanation = text(input.explanation, Path::field("explanation"))?;
        perform(ctx, commands::withdraw_edition, &WithdrawEdition { edition, explanation }).await
    };
    let (id, reply) = settle(withdrawn.await)?;
    Ok(WithdrawEditionPayload { edition: reading::edition(ctx, id).await, reply })
}
