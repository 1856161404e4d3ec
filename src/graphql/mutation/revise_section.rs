//! Gives a section of a draft a new text.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result, SimpleObject};

use super::{
    perform::{Reply, Stop, perform, settle},
    reading::{self, Changed, section_in_edition},
    wording::{Given, RecommendationInput, ReferenceInput},
};
use crate::{
    commands::{self, ReviseSection},
    domain::document::content,
    graphql::{enums::ChangeClass, id::not_found, scalar::Digest, types::Section},
};

/// The new text of a section. What is omitted stays as it is.
#[derive(InputObject, Debug)]
pub(super) struct ReviseSectionInput {
    /// The section, by its id in any edition.
    section_id: ID,
    /// The digest of the text that yours was made from. If the section has moved on, nothing is overwritten.
    digest: Digest,
    /// How far the change reaches. An editorial one counts as clinical until a second person has confirmed it.
    #[graphql(default_with = "ChangeClass::Clinical")]
    class: ChangeClass,
    /// Heading, one line.
    heading: Option<String>,
    /// Text, Markdown.
    body: Option<String>,
    /// The same in plain language, Markdown. Null takes it away.
    summary: MaybeUndefined<String>,
    /// All its recommendations in reading order, at most 200. One that was ever published is stood down, not left out.
    recommendations: Option<Vec<RecommendationInput>>,
    /// All it rests on, at most 200.
    references: Option<Vec<ReferenceInput>>,
}

/// What revising did.
#[derive(SimpleObject)]
pub(super) struct ReviseSectionPayload {
    /// The section in the draft with its new text. Null if nothing was changed.
    section: Changed<Section>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn revise_section(ctx: &Context<'_>, input: ReviseSectionInput) -> Result<ReviseSectionPayload> {
    let (edition, section) = section_in_edition(&input.section_id).ok_or_else(not_found)?;
    let revised = async {
        let command = input.read(ctx).await?;
        perform(ctx, commands::revise_section, &command).await
    };
    let (revised, reply) = settle(revised.await)?;
    let section = reading::section_near(ctx, edition, revised.map(|_| section)).await;
    Ok(ReviseSectionPayload { section, reply })
}

impl ReviseSectionInput {
    /// Reads it. What is omitted is filled in from the text as the actor sees it now, and only a text made from the one
    /// that was read may be recorded (D4).
    async fn read(self, ctx: &Context<'_>) -> Result<ReviseSection, Stop> {
        let (edition, section) = section_in_edition(&self.section_id).ok_or_else(not_found)?;
        let current = reading::text_in_draft(ctx, edition, section).await?.ok_or_else(not_found)?;
        let given = Given {
            heading: self.heading,
            body: self.body,
            summary: self.summary,
            recommendations: self.recommendations,
            references: self.references,
        };
        let wording = given.over(Some(&current.content)).map_err(Stop::Mistakes)?;
        let is_current = current.head.digest == self.digest.0;
        // If another text is current now, the one that was read could come back before the command looks. No section has
        // the digest of nothing, so the command refuses then too, after it has asked who may know.
        let seen = if is_current { self.digest.0 } else { content::Digest::of(&()) };
        Ok(ReviseSection { section, seen, wording, class: self.class.into() })
    }
}
