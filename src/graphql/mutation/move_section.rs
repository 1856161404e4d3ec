//! Moves a section of a draft.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::{self, Changed, section_in_edition},
};
use crate::{
    commands::{self, MoveSection},
    domain::document::outline::Place,
    graphql::{
        id::{decode_section_id, not_found},
        scalar::Digest,
        types::Section,
    },
};

/// Where to move a section, with all that stands under it.
#[derive(InputObject, Debug)]
pub(super) struct MoveSectionInput {
    /// The section, by its id in any edition.
    section_id: ID,
    /// The `arrangement` of the draft in which the move was thought out.
    arrangement: Digest,
    /// The section to stand under. If omitted, it stands at the top.
    parent_id: Option<ID>,
    /// The sibling to follow. If omitted, it comes first.
    after_id: Option<ID>,
}

/// What moving did.
#[derive(SimpleObject)]
pub(super) struct MoveSectionPayload {
    /// The section in the draft at its new place. Null if it was not moved.
    section: Changed<Section>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn move_section(ctx: &Context<'_>, input: MoveSectionInput) -> Result<MoveSectionPayload> {
    let (edition, section) = section_in_edition(&input.section_id).ok_or_else(not_found)?;
    let moved = async {
        let other = |id: Option<ID>| id.map(|id| decode_section_id(&id).ok_or_else(not_found)).transpose();
        let place = Place { parent: other(input.parent_id)?, after: other(input.after_id)? };
        perform(ctx, commands::move_section, &MoveSection { section, seen: input.arrangement.0, place }).await
    };
    let (id, reply) = settle(moved.await)?;
    Ok(MoveSectionPayload { section: reading::section_near(ctx, edition, id).await, reply })
}
