//! What waits for the viewer.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use super::{Cell, Position, Review, Seat, Section, review::section};
use crate::{
    domain::review::task,
    graphql::{
        enums::{Discipline, TaskReason},
        examined::ExaminedReview,
        loaders::ASeat,
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

    /// The cell.
    async fn cell(&self) -> Option<Cell> {
        Cell::find(&self.review, self.task.cell)
    }

    /// What was done there last from your seat.
    async fn position(&self) -> Option<Position> {
        Position::find(&self.review, self.task.latest?)
    }
}

impl Task {
    /// What waits for a person in a review, as far as they see its cells.
    pub(super) fn all(review: &Arc<ExaminedReview>, person: crate::domain::id::PersonId) -> Vec<Self> {
        let waiting = task::tasks(review.facts(), person, review.now()).into_iter();
        let seen = waiting.filter(|task| review.seen().sees(task.cell.scope));
        seen.map(|task| Self { review: Arc::clone(review), task }).collect()
    }
}
