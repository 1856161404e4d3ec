//! Confirms that a change is editorial.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed, section_in_edition},
};
use crate::{
    commands::{self, ConfirmEditorial},
    graphql::{id::not_found, scalar::Digest, types::Section},
};

/// Which change to confirm.
#[derive(InputObject, Debug)]
pub(super) struct ConfirmEditorialInput {
    /// The section whose current text the change made, by its id in any edition.
    section_id: ID,
    /// The digest of its text as it was read. If the section has moved on, nothing is done.
    digest: Digest,
}

/// What confirming did.
#[derive(SimpleObject)]
pub(super) struct ConfirmEditorialPayload {
    /// The section in the draft. Null if nothing was confirmed.
    section: Changed<Section>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn confirm_editorial(
    ctx: &Context<'_>,
    input: ConfirmEditorialInput,
) -> Result<ConfirmEditorialPayload> {
    let (edition, section) = section_in_edition(&input.section_id).ok_or_else(not_found)?;
    let command = ConfirmEditorial { section, seen: input.digest.0 };
    let (id, reply) = settle(perform(ctx, commands::confirm_editorial, &command).await)?;
    Ok(ConfirmEditorialPayload { section: reading::section_near(ctx, edition, id).await, reply })
}
