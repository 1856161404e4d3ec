//! A position: one recorded act of a seat in a cell.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::{Ballot, Person, Review, Seat, Section, SignedText, review::section};
use crate::{
    domain::{
        absence::in_place_of,
        id::{PositionId, ReviewId},
        review::{
            cell::Scope,
            position::{self, is_position, staleness, standing_objections},
        },
    },
    graphql::{
        connection::Listed,
        enums::{Discipline, PositionAct, Staleness},
        examined::ExaminedReview,
        id::GlobalId,
        loaders::{APerson, AReview, ASeat, ASignedText},
        scalar::{Date, DateTime, Digest},
        session::View,
    },
};

/// A position in its review.
#[derive(Clone, Debug)]
pub struct Position(Known);

/// Most positions come out of a review. One that was just taken is known before its review is read again, which nobody
/// may ask for.
#[derive(Clone, Debug)]
enum Known {
    In { review: Arc<ExaminedReview>, at: usize },
    Taken { review: ReviewId, position: Box<position::Position> },
}

/// What a seat said on a text, or that it took something back. It is never edited; whether it counts is worked out.
#[Object]
impl Position {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Position(self.review_id(), self.taken().id).encode()
    }

    /// What the seat did.
    async fn act(&self) -> PositionAct {
        self.taken().act.into()
    }

    /// The section it is on, as it stands in the draft; none if it is on the whole, or if the section has left the draft.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        section(ctx, &*self.examined(ctx).await?, self.taken().cell.scope).await
    }

    /// Whether it is on the document as a whole.
    async fn is_on_whole(&self) -> bool {
        self.taken().cell.scope == Scope::Whole
    }

    /// The discipline it was taken for.
    async fn discipline(&self) -> Discipline {
        self.taken().cell.discipline.into()
    }

    /// The seat it was taken from. Shown to partners, the groups and its holder.
    async fn seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        Ok(View::of(ctx)?.find(ASeat(self.taken().seat)).await?.map(Seat))
    }

    /// The digest of the text that was read.
    async fn digest(&self) -> Digest {
        Digest(self.taken().digest)
    }

    /// The text that was read, so that the signature can be checked with the text in hand. None of a position on the whole,
    /// whose digest is over the keys and digests of all sections.
    async fn content(&self, ctx: &Context<'_>) -> Result<Option<SignedText>> {
        let Some(section) = self.taken().cell.scope.section() else { return Ok(None) };
        let key = (self.review_id(), section, self.taken().digest);
        Ok(View::of(ctx)?.find(ASignedText(key)).await?.map(SignedText))
    }

    /// Why, in the holder's words.
    async fn reason(&self) -> Option<&str> {
        self.taken().reason.as_ref().map(|reason| reason.as_str())
    }

    /// The last day for which time is asked, in London; none of other acts.
    async fn until(&self) -> Option<Date> {
        self.taken().until.map(Date)
    }

    /// When.
    async fn taken_at(&self) -> DateTime {
        DateTime(self.taken().taken_at)
    }

    /// Who entered it: the holder, or the secretariat on a written instruction.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(View::of(ctx)?.find(APerson(self.taken().recorded_by)).await?.map(Person))
    }

    /// The holder's written instruction, if the secretariat entered it.
    async fn instruction(&self) -> Option<&str> {
        self.taken().instruction.as_ref().map(|instruction| instruction.as_str())
    }

    /// Whether it counts on the text as it stands.
    async fn counts(&self, ctx: &Context<'_>) -> Result<bool> {
        let review = self.examined(ctx).await?;
        Ok(is_position(self.taken().act) && staleness(review.facts(), self.taken()).is_none())
    }

    /// Why it no longer counts, if it does not.
    async fn staleness(&self, ctx: &Context<'_>) -> Result<Option<Staleness>> {
        let review = self.examined(ctx).await?;
        Ok(staleness(review.facts(), self.taken()).map(Into::into))
    }

    /// The inherited objection that it answers: left standing by a seat before this one, and now lifted, or by objecting
    /// made this seat's own.
    async fn answers(&self, ctx: &Context<'_>) -> Result<Option<Position>> {
        let Some(answers) = self.taken().answers else { return Ok(None) };
        Ok(Self::find(&self.examined(ctx).await?, answers))
    }

    /// Whether it is an objection that nobody has lifted. It stands even after the text has moved on.
    async fn is_standing_objection(&self, ctx: &Context<'_>) -> Result<bool> {
        let review = self.examined(ctx).await?;
        let mut standing = standing_objections(review.facts(), self.taken().cell);
        Ok(standing.any(|objection| objection.id == self.taken().id))
    }

    /// The seats whose holders were away then, and for whom this one stood in. Shown to partners, the groups and their
    /// holders.
    async fn in_place_of(&self, ctx: &Context<'_>) -> Result<Vec<Seat>> {
        let away = in_place_of(self.examined(ctx).await?.facts(), self.taken());
        let view = View::of(ctx)?;
        view.give(view.list(away.into_iter().map(ASeat).collect()).await?.into_iter().map(Seat).collect()).await
    }

    /// The ballot on it, if it is an objection on which there is or was one.
    async fn ballot(&self, ctx: &Context<'_>) -> Result<Option<Ballot>> {
        Ok(Ballot::on(&self.examined(ctx).await?, self.taken().id))
    }

    /// The review it was taken in.
    async fn review(&self, ctx: &Context<'_>) -> Result<Review> {
        Ok(Review(self.examined(ctx).await?))
    }
}

impl Position {
    /// The position at an index that the review gave out.
    pub(super) fn new(review: &Arc<ExaminedReview>, at: usize) -> Self {
        Self(Known::In { review: Arc::clone(review), at })
    }

    /// The position that was just taken by whoever is told of it.
    pub(in crate::graphql) fn just_taken(review: ReviewId, position: position::Position) -> Self {
        Self(Known::Taken { review, position: Box::new(position) })
    }

    /// A position of a review, if the viewer sees it.
    pub fn find(review: &Arc<ExaminedReview>, id: PositionId) -> Option<Self> {
        Some(Self::new(review, review.find_position(id)?))
    }

    /// Every position that the viewer sees, oldest first.
    pub fn all(review: &Arc<ExaminedReview>) -> impl Iterator<Item = Self> + '_ {
        review.positions().map(|at| Self::new(review, at))
    }

    /// The recorded act.
    pub fn taken(&self) -> &position::Position {
        match &self.0 {
            Known::In { review, at } => review.position(*at),
            Known::Taken { position, .. } => position,
        }
    }

    fn review_id(&self) -> ReviewId {
        match &self.0 {
            Known::In { review, .. } => review.facts().review.id,
            Known::Taken { review, .. } => *review,
        }
    }

    /// Its review, read now if it is not known yet.
    async fn examined(&self, ctx: &Context<'_>) -> Result<Arc<ExaminedReview>> {
        match &self.0 {
            Known::In { review, .. } => Ok(Arc::clone(review)),
            Known::Taken { review, .. } => View::of(ctx)?.load(AReview(*review)).await,
        }
    }

    /// Whether it passes the filter of a list.
    pub(super) fn is_wanted(&self, scope: Option<Scope>, discipline: Option<Discipline>) -> bool {
        let cell = self.taken().cell;
        scope.is_none_or(|scope| cell.scope == scope)
            && discipline.is_none_or(|discipline| cell.discipline == discipline.into())
    }
}

impl Listed for Position {
    const PAGE: &'static str = "A page of positions.";
    const EDGE: &'static str = "A position on a page.";
    const CURSOR: &'static str = "positions";
}
