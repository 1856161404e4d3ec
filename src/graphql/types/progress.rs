//! How far a review has come.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use super::Seat;
use crate::{
    domain::review::{examination::examine_all, progress},
    graphql::{
        enums::Discipline,
        examined::ExaminedReview,
        loaders::{ASeat, RemindedIn},
        scalar::DateTime,
        session::View,
    },
};

/// What one discipline has done.
pub struct DisciplineProgress {
    review: Arc<ExaminedReview>,
    progress: progress::DisciplineProgress,
}

/// What one discipline has done in a review. For those who run it.
#[Object]
impl DisciplineProgress {
    /// The discipline.
    async fn discipline(&self) -> Discipline {
        self.progress.discipline.into()
    }

    /// Its cells that are met.
    async fn met(&self) -> usize {
        self.progress.met
    }

    /// Its cells that are not met.
    async fn open(&self) -> usize {
        self.progress.open
    }

    /// Those that are not met though the day is over until which disciplines were to sign.
    async fn overdue(&self) -> usize {
        self.progress.overdue
    }

    /// Its seats that are held now.
    async fn seats(&self, ctx: &Context<'_>) -> Result<Vec<SeatProgress>> {
        let seats = self.progress.seats.iter();
        let seats = seats.map(|progress| SeatProgress { review: Arc::clone(&self.review), progress: *progress });
        View::of(ctx)?.give(seats.collect()).await
    }
}

impl DisciplineProgress {
    /// How far a review has come that the viewer sees as a whole.
    pub(super) fn all(review: &Arc<ExaminedReview>) -> Vec<Self> {
        let facts = review.facts();
        let cells = examine_all(facts, review.now());
        let all = progress::progress(facts, &cells, review.now()).into_iter();
        all.map(|progress| Self { review: Arc::clone(review), progress }).collect()
    }
}

/// What one seat has done.
pub struct SeatProgress {
    review: Arc<ExaminedReview>,
    progress: progress::SeatProgress,
}

/// What the holder of one seat has done in a review.
#[Object]
impl SeatProgress {
    /// The seat.
    async fn seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        Ok(View::of(ctx)?.find(ASeat(self.progress.seat)).await?.map(Seat))
    }

    /// Its sign-offs that count.
    async fn signed(&self) -> usize {
        self.progress.signed
    }

    /// What waits for it.
    async fn open(&self) -> usize {
        self.progress.open
    }

    /// What waits for it though the day is over until which disciplines were to sign.
    async fn overdue(&self) -> usize {
        self.progress.overdue
    }

    /// When it accepted what it is asked: in so many words, or by taking its first position.
    async fn accepted_at(&self) -> Option<DateTime> {
        self.review.facts().accepted_at(self.progress.seat).map(DateTime)
    }

    /// When its holder was last reminded of this review.
    async fn last_reminded_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let facts = self.review.facts();
        let reminded = View::of(ctx)?.find(RemindedIn(facts.review.id)).await?.unwrap_or_default();
        Ok(facts.seat(self.progress.seat).and_then(|seat| reminded.get(&seat.holder)).copied().map(DateTime))
    }
}
