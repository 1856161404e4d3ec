//! What waits for the viewer.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use super::{Cell, Position, Review, Seat, Section, SinceSigned, review::section};
use crate::{
    domain::review::{
        assignment::Assignment,
        request::{Request, request},
        task,
    },
    graphql::{
        enums::{Discipline, TaskReason},
        examined::ExaminedReview,
        loaders::{ASeat, ASignedText},
        scalar::{Date, DateTime},
        session::View,
    },
};

/// A task in its review.
#[derive(Clone, Debug)]
pub struct Task {
    review: Arc<ExaminedReview>,
    task: task::Task,
}

/// One thing in an open review that waits for you.
#[Object]
impl Task {
    /// Why it waits.
    async fn why(&self) -> TaskReason {
        self.task.reason.into()
    }

    /// The section, as it stands in the draft; none for the document as a whole.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        section(ctx, &self.review, self.task.cell.scope).await
    }

    /// The discipline you answer for.
    async fn discipline(&self) -> Discipline {
        self.task.cell.discipline.into()
    }

    /// The review.
    async fn review(&self) -> Review {
        Review(Arc::clone(&self.review))
    }

    /// The seat you answer from.
    async fn seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        Ok(View::of(ctx)?.find(ASeat(self.task.seat)).await?.map(Seat))
    }

    /// Whether it was handed to your seat, and not to everybody of the discipline.
    async fn is_assigned(&self) -> bool {
        self.review.facts().assignments.contains(&Assignment { cell: self.task.cell, seat: self.task.seat })
    }

    /// Whether you are to declare your interests first, or to confirm what you declared: nothing can be signed before.
    async fn needs_declaration(&self) -> bool {
        let facts = self.review.facts();
        let seat = facts.seat(self.task.seat);
        seat.is_some_and(|seat| facts.declaration_has_lapsed(seat, self.review.now()))
    }

    /// The seat that yours stands in for, if its holder is away and named you; of several the first.
    async fn in_place_of(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        let Some(away) = self.task.in_place_of else { return Ok(None) };
        Ok(View::of(ctx)?.find(ASeat(away)).await?.map(Seat))
    }

    /// The cell.
    async fn cell(&self) -> Option<Cell> {
        Cell::find(&self.review, self.task.cell)
    }

    /// Until when you are to say that you will do it. The day lasts to its end.
    async fn accept_until(&self) -> Option<Date> {
        self.request().map(|request| Date(request.accept_until))
    }

    /// When you said so: in so many words, or by taking your first position.
    async fn accepted_at(&self) -> Option<DateTime> {
        self.review.facts().accepted_at(self.task.seat).map(DateTime)
    }

    /// Until when it is to be done. The day lasts to its end.
    async fn until(&self) -> Date {
        Date(self.review.facts().review.timetable.sign_off_until)
    }

    /// Who else can do it: the other seats of your discipline that can sign here now. Shown to partners and the groups only.
    async fn others(&self, ctx: &Context<'_>) -> Result<Vec<Seat>> {
        let cell = self.review.cells().iter().find(|examined| examined.cell == self.task.cell);
        let others = cell.into_iter().flat_map(|cell| &cell.eligible).filter(|seat| **seat != self.task.seat);
        let view = View::of(ctx)?;
        view.give(view.list(others.map(|seat| ASeat(*seat)).collect()).await?.into_iter().map(Seat).collect()).await
    }

    /// What the section says otherwise than when your seat last took a position on it; none if it did not, if the text is
    /// the same, and of the document as a whole, whose sections have tasks of their own.
    async fn since_signed(&self, ctx: &Context<'_>) -> Result<Option<SinceSigned>> {
        let Some(at) = self.task.latest.and_then(|latest| self.review.find_position(latest)) else { return Ok(None) };
        let (scope, digest) = (self.task.cell.scope, self.review.position(at).digest);
        let Some(here) = scope.section() else { return Ok(None) };
        let key = (self.review.facts().review.id, here, digest);
        let read = View::of(ctx)?.find(ASignedText(key)).await?;
        let now = section(ctx, &self.review, scope).await?;
        Ok(read.zip(now).and_then(|(read, now)| SinceSigned::new(read, now)))
    }

    /// What was done there last from your seat.
    async fn position(&self) -> Option<Position> {
        Position::find(&self.review, self.task.latest?)
    }
}

impl Task {
    fn request(&self) -> Option<Request> {
        let facts = self.review.facts();
        facts.seat(self.task.seat).map(|seat| request(&facts.review, seat))
    }

    /// What waits for a person in a review, as far as they see its cells.
    pub(super) fn all(review: &Arc<ExaminedReview>, person: crate::domain::id::PersonId) -> Vec<Self> {
        let waiting = task::tasks(review.facts(), person, review.now()).into_iter();
        let seen = waiting.filter(|task| review.seen().sees(task.cell.scope));
        seen.map(|task| Self { review: Arc::clone(review), task }).collect()
    }
}
