//! Stands a recommendation down.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, attempt, settle},
    problem::{naming, text},
    reading::{self, Changed, section_in_edition},
    user_error::Path,
    wording::recommendation_number,
};
use crate::{
    commands::{self, StandDown},
    graphql::{id::not_found, scalar::Digest, types::Section},
};

/// Which recommendation no longer stands, and why.
#[derive(InputObject, Debug)]
pub(super) struct StandDownRecommendationInput {
    /// The section, by its id in any edition.
    section_id: ID,
    /// The recommendation's number, such as 12 for R12.
    number: i32,
    /// The digest of its text as it was read. If the section has moved on, nothing is done.
    digest: Digest,
    /// Why it no longer stands; readers see it.
    reason: String,
}

/// What standing down did.
#[derive(SimpleObject)]
pub(super) struct StandDownRecommendationPayload {
    /// The section in the draft with its new text. Null if nothing was changed.
    section: Changed<Section>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn stand_down_recommendation(
    ctx: &Context<'_>,
    input: StandDownRecommendationInput,
) -> Result<StandDownRecommendationPayload> {
    let (edition, section) = section_in_edition(&input.section_id).ok_or_else(not_found)?;
    let stood_down = async {
        let number = recommendation_number(input.number, Path::field("number"))?;
        let reason = text(input.reason, Path::field("reason"))?;
        let command = StandDown { section, number, seen: input.digest.0, reason };
        let done = attempt(ctx, commands::stand_down, &command).await?;
        Ok(done.map_err(|problem| naming(problem, Path::field("number")))?)
    };
    let (revision, reply) = settle(stood_down.await)?;
    let section = reading::section_near(ctx, edition, revision.map(|_| section)).await;
    Ok(StandDownRecommendationPayload { section, reply })
}
