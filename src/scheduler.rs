//! Opens reviews when they fall due, and reminds people of what waits: plans purely, then does (T2 to T5).
//!
//! The plan is the domain's. Doing it is dull and safe to repeat, by several replicas at once too: each step is the
//! same command that a person would give, and only one review of a document can be open. What was planned of ladders is
//! recorded in one transaction, which finds out whether somebody was first.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{
    clock::system_now,
    commands::{self, OpenReview, Refused},
    domain::{
        access::Actor,
        id::ReviewId,
        review::{
            ladder,
            opening::{Opening, OpeningProblem},
            timetable::{Step, plan},
        },
        time::Timestamp,
    },
    store::{Store, StoreError},
};

/// Does what is due at `now`, and says which reviews were opened: opens them, then reminds people.
pub async fn tick(store: &Store, now: Timestamp) -> Result<Vec<ReviewId>, StoreError> {
    let opened = open_due(store, now).await?;
    remind(store, now).await?;
    Ok(opened)
}

/// Walks the ladders of open reviews, and says how many people were sent a message (T4, T5).
pub async fn remind(store: &Store, now: Timestamp) -> Result<usize, StoreError> {
    let facts = store.reviews_to_remind(now).await?;
    let plan = ladder::plan(&facts, now);
    if plan.walked.is_empty() {
        return Ok(0);
    }
    let (reviews, people) = (plan.walked.len(), plan.messages.len());
    let mut tx = store.begin().await?;
    tx.record(plan).await?;
    tx.commit().await?;
    tracing::info!(reviews, people, "walked the ladders of reminders");
    Ok(people)
}

async fn open_due(store: &Store, now: Timestamp) -> Result<Vec<ReviewId>, StoreError> {
    let candidates = store.candidates(now).await?;
    let mut opened = Vec::new();
    for step in plan(&candidates, now) {
        match step {
            Step::OpenReview { document, due } => {
                let command = OpenReview { document, opening: Opening::default() };
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
