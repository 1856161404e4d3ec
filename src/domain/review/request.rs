//! Requests: every seat of a discipline that an open review asks is asked twice over, to accept and then to complete. The
//! two clocks have two labels and are never taken for one (T4).

use chrono::{Days, NaiveDate};

use super::{Review, ReviewFacts, cell::cells};
use crate::domain::{
    access::{Permitted, act},
    id::{PersonId, ReviewId, SeatId},
    role::Seat,
    time::{Timestamp, london_day},
};

/// What a seat is asked in a review.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// When it was asked: as the review opened, or as its term began.
    pub asked_at: Timestamp,
    /// Until when it is to accept; days last to their end.
    pub accept_until: NaiveDate,
    /// Until when it is to have done what it owes.
    pub complete_until: NaiveDate,
}

/// That a seat will do what it is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Acceptance {
    /// Which seat.
    pub seat: SeatId,
    /// When.
    pub at: Timestamp,
}

/// The requests of a review to the seats in term that vote.
pub fn requests(review: &Review, seats: &[Seat], now: Timestamp) -> Vec<(SeatId, Request)> {
    let asked = seats.iter().filter(|seat| seat.group == review.group && seat.post.discipline().is_some());
    asked.filter(|seat| seat.term.covers(now)).map(|seat| (seat.id, request(review, seat))).collect()
}

/// What one seat is asked.
pub fn request(review: &Review, seat: &Seat) -> Request {
    let asked_at = review.opened_at.max(seat.term.from());
    Request {
        asked_at,
        accept_until: london_day(asked_at) + Days::new(u64::from(review.rules.accept_days)),
        complete_until: review.timetable.sign_off_until,
    }
}

impl ReviewFacts {
    /// When a seat accepted: when it said so, or when it first took a position, which says as much.
    pub fn accepted_at(&self, seat: SeatId) -> Option<Timestamp> {
        let said = self.acceptances.iter().filter(|acceptance| acceptance.seat == seat).map(|acceptance| acceptance.at);
        let did = self.positions.iter().filter(|position| position.seat == seat).map(|position| position.taken_at);
        said.chain(did).min()
    }

    /// Whether a seat has accepted.
    pub fn has_accepted(&self, seat: SeatId) -> bool {
        self.accepted_at(seat).is_some()
    }
}

/// Why a request cannot be accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RequestProblem {
    /// The review is over.
    #[error("the review is over")]
    ReviewClosed,
    /// The review asks nothing of this seat.
    #[error("the review asks nothing of this seat")]
    NothingAsked,
    /// The seat accepted before, or took a position, which says as much.
    #[error("the request was accepted already")]
    AlreadyAccepted,
}

/// An acceptance, decided and ready to be recorded.
#[derive(Clone, Debug)]
pub struct RequestAccepted {
    review: ReviewId,
    acceptance: Acceptance,
    by: Option<PersonId>,
}

impl RequestAccepted {
    /// In which review.
    pub fn review(&self) -> ReviewId {
        self.review
    }

    /// What was accepted.
    pub fn acceptance(&self) -> Acceptance {
        self.acceptance
    }

    /// Who accepted.
    pub fn by(&self) -> Option<PersonId> {
        self.by
    }
}

/// Says that one's seat will do what the review asks of it. The permit says which seat.
pub fn accept(
    permitted: &Permitted<'_, act::AcceptRequest, ReviewFacts>,
    now: Timestamp,
) -> Result<RequestAccepted, RequestProblem> {
    let facts = permitted.facts();
    if !facts.is_open() {
        return Err(RequestProblem::ReviewClosed);
    }
    let seat = permitted.thing().seat.as_ref().ok_or(RequestProblem::NothingAsked)?;
    if !cells(facts).iter().any(|(cell, _)| Some(cell.discipline) == seat.post.discipline()) {
        return Err(RequestProblem::NothingAsked);
    }
    if facts.has_accepted(seat.id) {
        return Err(RequestProblem::AlreadyAccepted);
    }
    let acceptance = Acceptance { seat: seat.id, at: now };
    Ok(RequestAccepted { review: facts.review.id, acceptance, by: permitted.by() })
}
