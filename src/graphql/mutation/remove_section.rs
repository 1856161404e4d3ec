//! Takes a section out of a draft.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, attempt, settle},
    problem::naming,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, RemoveSection},
    graphql::{
        id::{decode_section_id, not_found},
        scalar::Digest,
        types::Document,
    },
};

/// Which section to take out.
#[derive(InputObject, Debug)]
pub(super) struct RemoveSectionInput {
    /// The section, by its id in any edition.
    section_id: ID,
    /// The digest of its text as it was read. If the section has moved on, nothing is done.
    digest: Digest,
}

/// What removing did.
#[derive(SimpleObject)]
pub(super) struct RemoveSectionPayload {
    /// The document whose draft lost it. Null if it was not removed.
    document: Changed<Document>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn remove_section(ctx: &Context<'_>, input: RemoveSectionInput) -> Result<RemoveSectionPayload> {
    let removed = async {
        let section = decode_section_id(&input.section_id).ok_or_else(not_found)?;
        let command = RemoveSection { section, seen: input.digest.0 };
        let done = attempt(ctx, commands::remove_section, &command).await?;
        Ok(done.map_err(|problem| naming(problem, Path::field("sectionId")))?)
    };
    let (id, reply) = settle(removed.await)?;
    Ok(RemoveSectionPayload { document: reading::document(ctx, id).await, reply })
}
