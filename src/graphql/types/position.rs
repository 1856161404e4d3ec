//! A position: one recorded act of a seat in a cell.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::{Person, Review, Seat, Section, SignedText, review::section};
use crate::{
    domain::{
        id::PositionId,
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
        loaders::{APerson, ASeat, ASignedText},
        scalar::{DateTime, Digest},
        session::View,
    },
};

/// A position in its review.
#[derive(Clone, Debug)]
pub struct Position {
    review: Arc<ExaminedReview>,
    at: usize,
}

/// What a seat said on a text, or that it took something back. It is never edited; whether it counts is worked out.
#[Object]
impl Position {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Position(self.review.facts().review.id, self.taken().id).encode()
    }

    /// What the seat did.
    async fn act(&self) -> PositionAct {
        self.taken().act.into()
    }

    /// The section it is on, as it stands in the draft; none if it is on the whole, or if the section has left the draft.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        section(ctx, &self.review, self.taken().cell.scope).await
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
        let key = (self.review.facts().review.id, section, self.taken().digest);
        Ok(View::of(ctx)?.find(ASignedText(key)).await?.map(SignedText))
    }

    /// Why, in the holder's words.
    async fn reason(&self) -> Option<&str> {
        self.taken().reason.as_ref().map(|reason| reason.as_str())
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
    async fn counts(&self) -> bool {
        is_position(self.taken().act) && staleness(self.review.facts(), self.taken()).is_none()
    }

    /// Why it no longer counts, if it does not.
    async fn staleness(&self) -> Option<Staleness> {
        staleness(self.review.facts(), self.taken()).map(Into::into)
    }

    /// The inherited objection that it answers: left standing by a seat before this one, and now lifted, or by objecting
    /// made this seat's own.
    async fn answers(&self) -> Option<Position> {
        Self::find(&self.review, self.taken().answers?)
    }

    /// Whether it is an objection that nobody has lifted. It stands even after the text has moved on.
    async fn is_standing_objection(&self) -> bool {
        let mut standing = standing_objections(self.review.facts(), self.taken().cell);
        standing.any(|objection| objection.id == self.taken().id)
    }

    /// The review it was taken in.
    async fn review(&self) -> Review {
        Review(Arc::clone(&self.review))
    }
}

impl Position {
    /// The position at an index that the review gave out.
    pub(super) fn new(review: &Arc<ExaminedReview>, at: usize) -> Self {
        Self { review: Arc::clone(review), at }
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
        self.review.position(self.at)
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
