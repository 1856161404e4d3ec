//! Opens reviews when they fall due: plans purely, then does (T2, T3).
//!
//! The plan is the domain's. Doing it is dull and safe to repeat, by several replicas at once too: each step is the
//! same command that a person would give, and only one review of a document can be open.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{
    clock::system_now,
    commands::{self, OpenReview, Refused},
    domain::{
        access::Actor,
        id::ReviewId,
        review::{
            ReviewKind,
            opening::OpeningProblem,
            timetable::{Step, plan},
        },
        time::Timestamp,
    },
    store::{Store, StoreError},
};

/// Does what is due at `now`, and says which reviews were opened.
pub async fn tick(store: &Store, now: Timestamp) -> Result<Vec<ReviewId>, StoreError> {
    let candidates = store.candidates(now).await?;
    let mut opened = Vec::new();
    for step in plan(&candidates, now) {
        match step {
            Step::OpenReview { document, due } => {
                let command = OpenReview { document, kind: ReviewKind::Full, final_window_days: None, reason: None };
                match commands::open_review(store, &Actor::System, &command).await {
                    Ok(review) => {
                        tracing::info!(document.id = %document, review.id = %review, %due, "opened the full review");
                        opened.push(review);
                    }
                    // Another replica, or a person, was first.
                    Err(Refused::Problem(OpeningProblem::AlreadyOpen)) => {}
                    // One document in trouble must not keep the others waiting; the next tick tries it again.
                    Err(refused) => tracing::error!(
                        document.id = %document,
                        error = &refused as &dyn std::error::Error,
                        "failed to open a review"
                    ),
                }
            }
        }
    }
    Ok(opened)
}

/// Ticks every `period` until told to stop. A tick that has begun is finished.
pub async fn run(store: Store, period: Duration, stop: CancellationToken) {
    let mut beat = tokio::time::interval(period);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = beat.tick() => {}
        }
        if let Err(error) = store.sweep_assertions(system_now()).await {
            tracing::error!(error = &error as &dyn std::error::Error, "failed to forget assertions that are over");
        }
        if let Err(error) = tick(&store, store.now()).await {
            tracing::error!(error = &error as &dyn std::error::Error, "failed to tick");
        }
    }
}
