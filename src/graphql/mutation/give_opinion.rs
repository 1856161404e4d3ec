//! Gives an opinion, as an adviser.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::optional_text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, GiveOpinion},
    graphql::{
        enums::Stance,
        id::{decode_review_id, decode_seat_id, decode_section_id, not_found},
        scalar::Digest,
        types::Section,
    },
};

/// What an adviser says, and of which text.
#[derive(InputObject, Debug)]
pub(super) struct GiveOpinionInput {
    /// The review.
    review_id: ID,
    /// The section, by its id in any edition.
    section_id: ID,
    /// From which of your seats. May be omitted if only one is an adviser's.
    seat_id: Option<ID>,
    /// The digest of its text as it was read. If the section has moved on, nothing is recorded.
    digest: Digest,
    /// What you say.
    stance: Stance,
    /// In your own words; needed for concerns. It is published with the edition, to whoever reads the section.
    reason: Option<String>,
}

/// What giving it did.
#[derive(SimpleObject)]
pub(super) struct GiveOpinionPayload {
    /// The section in the draft, with what advisers say of it. Null if nothing was recorded.
    section: Changed<Section>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn give_opinion(ctx: &Context<'_>, input: GiveOpinionInput) -> Result<GiveOpinionPayload> {
    let given = async {
        let review = decode_review_id(&input.review_id).ok_or_else(not_found)?;
        let section = decode_section_id(&input.section_id).ok_or_else(not_found)?;
        let seat = input.seat_id.map(|id| decode_seat_id(&id).ok_or_else(not_found)).transpose()?;
        let reason = optional_text(input.reason, Path::field("reason"))?;
        let command = GiveOpinion { review, section, seat, seen: input.digest.0, stance: input.stance.into(), reason };
        perform(ctx, commands::give_opinion, &command).await
    };
    let (given, reply) = settle(given.await)?;
    let section = match given {
        Some((document, section)) => reading::section(ctx, document, Some(section)).await,
        None => None,
    };
    Ok(GiveOpinionPayload { section, reply })
}
