//! The stages of a review: when each was planned to end, and when it did (T2). The second is worked out from what was
//! done, never stored.

use chrono::NaiveDate;

use super::{Outcome, ReviewFacts, ReviewState, gate::sign_off_gate};
use crate::domain::{
    role::words,
    time::{Timestamp, london_day},
};

words! {
    /// A part of a review, in the order in which they follow one another.
    ReviewStage {
        /// It is settled what the review is about.
        Scoping = "SCOPING",
        /// Texts are written.
        Drafting = "DRAFTING",
        /// Disciplines sign.
        SignOff = "SIGN_OFF",
        /// Everything is signed; the last look.
        FinalWindow = "FINAL_WINDOW",
        /// The edition comes out, or the one in force is reaffirmed.
        Publication = "PUBLICATION",
    }
}

/// Where a stage stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StageStanding {
    /// Which.
    pub stage: ReviewStage,
    /// Its last day as planned.
    pub planned_until: NaiveDate,
    /// The day it ended; none while it goes on or has not begun.
    pub ended_on: Option<NaiveDate>,
}

impl StageStanding {
    /// Whether it ended late, or should have ended by now.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.ended_on.unwrap_or(london_day(now)) > self.planned_until
    }
}

/// Every stage, in order. What was undone since has not ended: a text that is edited after it was signed is in drafting
/// again. `first_change` is when a text of the draft was first written after the review had opened, if any was.
pub fn stages(facts: &ReviewFacts, first_change: Option<Timestamp>, now: Timestamp) -> [StageStanding; 5] {
    let review = &facts.review;
    let [scoping, drafting, sign_off, publication] = review.timetable.days();
    let made = facts.text.revisions.values().map(|head| head.created_at).filter(|at| *at > review.opened_at);
    let last_change = made.max();
    let last_position = facts.positions.iter().map(|position| position.taken_at).max();
    let drafted_at = last_change.unwrap_or(review.opened_at);
    let is_drafted = last_position.is_some_and(|taken_at| taken_at > drafted_at);

    let window_until = sign_off_gate(facts, now).window_until;
    let met_at = window_until.map(|until| until - chrono::Days::new(review.final_window_days.into()));
    let (concluded_at, is_result) = match &review.state {
        ReviewState::Open => (None, false),
        ReviewState::Concluded { at, outcome: Outcome::Published | Outcome::Reaffirmed { .. }, .. } => {
            (Some(*at), true)
        }
        ReviewState::Concluded { at, outcome: Outcome::Cancelled { .. }, .. } => (Some(*at), false),
    };
    let by = concluded_at.unwrap_or(now);
    let ends = [
        (ReviewStage::Scoping, scoping, first_change.or(last_position)),
        (ReviewStage::Drafting, drafting, is_drafted.then_some(drafted_at)),
        (ReviewStage::SignOff, sign_off, met_at),
        (ReviewStage::FinalWindow, publication, window_until.filter(|until| *until <= by)),
        (ReviewStage::Publication, publication, concluded_at.filter(|_| is_result)),
    ];
    ends.map(|(stage, planned_until, ended_at)| StageStanding {
        stage,
        planned_until,
        ended_on: ended_at.map(london_day),
    })
}
