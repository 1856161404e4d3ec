//! One entry of a history: what was done, by whom and when.

use async_graphql::{Context, ID, Object, Result};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use uuid::Uuid;

use super::{Document, Organisation, Person, Position, Review, Section};
use crate::{
    domain::{
        document::edition::EditionState,
        event,
        id::{EventId, OrganisationId, PositionId, SectionId},
    },
    graphql::{
        connection::Listed,
        enums::EventKind,
        loaders::{ADocument, APerson, AReview, AnOrganisation, EditionsOf, TreeOf},
        scalar::DateTime,
        session::View,
    },
};

/// An event.
#[derive(Clone, Debug)]
pub struct Event(pub event::Event);

/// One act on record. Nothing is ever taken from the record. Who changed anything is known to everybody who may read it; who
/// read it is not recorded.
#[Object]
impl Event {
    /// Opaque, and lasting. It stands for nothing in `node`.
    async fn id(&self) -> ID {
        ID(BASE64.encode(format!("{}:{}", EventId::KIND, self.0.id)))
    }

    /// What was done.
    async fn kind(&self) -> EventKind {
        self.0.kind.into()
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Who did it. None if the service did it by itself, or a partner's machine did. Shown to partners, the groups and the person.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(person) = self.0.by else { return Ok(None) };
        Ok(View::of(ctx)?.find(APerson(person)).await?.map(Person))
    }

    /// Whether the service did it by itself, such as opening a review that fell due.
    async fn is_by_system(&self) -> bool {
        self.0.by.is_none() && self.named("byOrganisation").is_none()
    }

    /// The partner organisation whose machine did it; none if a person or the service did.
    async fn by_organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        let Some(organisation) = self.named("byOrganisation").map(OrganisationId) else { return Ok(None) };
        Ok(View::of(ctx)?.find(AnOrganisation(organisation)).await?.map(Organisation))
    }

    /// The document it was done to.
    async fn document(&self, ctx: &Context<'_>) -> Result<Option<Document>> {
        let Some(document) = self.0.document else { return Ok(None) };
        Ok(View::of(ctx)?.find(ADocument(document)).await?.map(Document))
    }

    /// The review it was done in.
    async fn review(&self, ctx: &Context<'_>) -> Result<Option<Review>> {
        let Some(review) = self.0.review else { return Ok(None) };
        Ok(View::of(ctx)?.find(AReview(review)).await?.map(Review))
    }

    /// The section it was done to, as it stands now in the draft, or else in the edition in force; none if it stands in
    /// neither.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        let (Some(document), Some(section)) = (self.0.document, self.named("section").map(SectionId)) else {
            return Ok(None);
        };
        let view = View::of(ctx)?;
        let editions = view.find(EditionsOf(document)).await?.unwrap_or_default();
        let is_draft = |state: &EditionState| matches!(state, EditionState::Draft);
        let is_in_force = |state: &EditionState| matches!(state, EditionState::Published(_));
        let draft = editions.iter().find(|edition| is_draft(&edition.state));
        let Some(edition) = draft.or_else(|| editions.iter().find(|edition| is_in_force(&edition.state))) else {
            return Ok(None);
        };
        let tree = view.find(TreeOf(edition.id)).await?;
        Ok(tree.and_then(|tree| Section::find(&tree, section)))
    }

    /// The position that was taken, lifted or withdrawn.
    async fn position(&self, ctx: &Context<'_>) -> Result<Option<Position>> {
        let (Some(review), Some(position)) = (self.0.review, self.named("position").map(PositionId)) else {
            return Ok(None);
        };
        let review = View::of(ctx)?.find(AReview(review)).await?;
        Ok(review.and_then(|review| Position::find(&review, position)))
    }

    /// Why, if somebody said so: of dates that were moved or promised.
    async fn reason(&self) -> Option<&str> {
        self.0.data.get("reason").and_then(|reason| reason.as_str())
    }
}

impl Event {
    fn named(&self, what: &str) -> Option<Uuid> {
        self.0.data.get(what)?.as_str()?.parse().ok()
    }
}

impl Listed for Event {
    const PAGE: &'static str = "A page of a history.";
    const EDGE: &'static str = "An act on a page.";
    const CURSOR: &'static str = "history";
}
