//! What a review asks of a seat.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use super::Seat;
use crate::{
    domain::{
        id::SeatId,
        review::{cell::cells, request},
    },
    graphql::{
        examined::ExaminedReview,
        loaders::ASeat,
        scalar::{Date, DateTime},
        session::View,
    },
};

/// A request in its review.
#[derive(Clone, Debug)]
pub struct ReviewRequest {
    review: Arc<ExaminedReview>,
    seat: SeatId,
    request: request::Request,
}

/// What an open review asks of one seat: to say by one day that it will do it, and to have done it by another.
#[Object]
impl ReviewRequest {
    /// The seat. Shown to partners, the groups and its holder.
    async fn seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        Ok(View::of(ctx)?.find(ASeat(self.seat)).await?.map(Seat))
    }

    /// When it was asked.
    async fn asked_at(&self) -> DateTime {
        DateTime(self.request.asked_at)
    }

    /// Until when it is to accept. The day lasts to its end.
    async fn accept_until(&self) -> Date {
        Date(self.request.accept_until)
    }

    /// When it accepted: in so many words, or by taking its first position.
    async fn accepted_at(&self) -> Option<DateTime> {
        self.review.facts().accepted_at(self.seat).map(DateTime)
    }

    /// Until when it is to have done what it owes. The day lasts to its end.
    async fn complete_until(&self) -> Date {
        Date(self.request.complete_until)
    }
}

impl ReviewRequest {
    /// The requests of a review to the seats in term of the disciplines that it asks.
    pub(super) fn all(review: &Arc<ExaminedReview>) -> Vec<Self> {
        let facts = review.facts();
        let asked: std::collections::BTreeSet<_> = cells(facts).into_iter().map(|(cell, _)| cell.discipline).collect();
        let is_asked = |seat: SeatId| {
            facts.seat(seat).and_then(|seat| seat.post.discipline()).is_some_and(|own| asked.contains(&own))
        };
        let requests = request::requests(&facts.review, &facts.seats, review.now()).into_iter();
        let requests = requests.filter(|(seat, _)| is_asked(*seat));
        requests.map(|(seat, request)| Self { review: Arc::clone(review), seat, request }).collect()
    }
}
