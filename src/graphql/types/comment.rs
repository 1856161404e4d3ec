//! A comment: somebody's remark on a section of a draft.

use async_graphql::{Context, ID, Object, Result};

use super::{Organisation, Person, Review, Section, review::section, text::note};
use crate::{
    domain::{
        access::{Act, Exposure, Thing},
        comment::{self, Commenter},
        review::cell::Scope,
    },
    graphql::{
        connection::Listed,
        enums::TextFormat,
        id::GlobalId,
        loaders::{APerson, AReview, AnOrganisation},
        scalar::{DateTime, Digest},
        session::View,
    },
};

/// A comment.
#[derive(Clone, Debug)]
pub struct Comment(pub comment::Comment);

/// A remark on a section of a draft under review, on exactly the text that was read. It decides nothing. What it says is never
/// edited; it stands until somebody settles it.
#[Object]
impl Comment {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Comment(self.0.review, self.0.id).encode()
    }

    /// The section it is on, as it stands in the draft; none if the section has left it.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        let review = View::of(ctx)?.load(AReview(self.0.review)).await?;
        section(ctx, &review, Scope::Section(self.0.section)).await
    }

    /// The digest of the text that was read.
    async fn digest(&self) -> Digest {
        Digest(self.0.digest)
    }

    /// Whether that is the text of the section as it stands.
    async fn is_on_current_text(&self, ctx: &Context<'_>) -> Result<bool> {
        let review = View::of(ctx)?.load(AReview(self.0.review)).await?;
        Ok(review.facts().current_digest(Scope::Section(self.0.section)) == Some(self.0.digest))
    }

    /// What it says.
    async fn body(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> String {
        let prefix = format!("comment-{}", self.0.id);
        note(self.0.body.as_str(), format, &prefix)
    }

    /// Who wrote it; none if a machine did. Shown to partners, the groups and the person.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(person) = self.0.by.person() else { return Ok(None) };
        Ok(View::of(ctx)?.find(APerson(person)).await?.map(Person))
    }

    /// The partner organisation whose machine wrote it; none if a person did.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        let Commenter::Client { organisation, .. } = self.0.by else { return Ok(None) };
        Ok(View::of(ctx)?.find(AnOrganisation(organisation)).await?.map(Organisation))
    }

    /// When it was written.
    async fn written_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Whether it was answered, acted upon or taken back.
    async fn is_settled(&self) -> bool {
        self.0.settled.is_some()
    }

    /// When it was settled.
    async fn settled_at(&self) -> Option<DateTime> {
        self.0.settled.as_ref().map(|settled| DateTime(settled.at))
    }

    /// Who settled it. Shown to partners, the groups and the person.
    async fn settled_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(settled) = &self.0.settled else { return Ok(None) };
        Ok(View::of(ctx)?.find(APerson(settled.by)).await?.map(Person))
    }

    /// What became of it, in the words of who settled it.
    async fn answer(&self) -> Option<&str> {
        self.0.settled.as_ref()?.answer.as_ref().map(|answer| answer.as_str())
    }

    /// Whether you may settle it: it stands, and it is yours, or you answer for the text or run the review.
    async fn viewer_can_settle(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = View::of(ctx)?;
        let review = view.load(AReview(self.0.review)).await?;
        let placement = review.facts().text.outline.find(self.0.section);
        let Some(placement) = placement.filter(|_| review.facts().is_open() && self.0.settled.is_none()) else {
            return Ok(false);
        };
        let document = &review.seen().document;
        let audience = review.facts().text.outline.audience(self.0.section, document.audience);
        let thing = Thing {
            section: Some(self.0.section),
            disciplines: placement.requirements.disciplines().collect(),
            author: self.0.by.person(),
            ..Thing::document(document.group, document.id, Exposure::Draft(audience))
        };
        Ok(view.can(Act::SettleComment, &thing))
    }

    /// The review it was written in.
    async fn review(&self, ctx: &Context<'_>) -> Result<Review> {
        Ok(Review(View::of(ctx)?.load(AReview(self.0.review)).await?))
    }
}

impl Listed for Comment {
    const PAGE: &'static str = "A page of comments.";
    const EDGE: &'static str = "A comment on a page.";
    const CURSOR: &'static str = "comments";
}
