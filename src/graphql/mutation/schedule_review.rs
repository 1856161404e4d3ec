//! Promises the next full review for another date.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::{text, whole_number},
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, ScheduleReview},
    domain::document::ReviewPolicy,
    graphql::{
        id::{decode_document_id, not_found},
        scalar::PartialDate,
        types::Document,
    },
};

/// When the next full review is due, and how reviews run.
#[derive(InputObject, Debug)]
pub(super) struct ScheduleReviewInput {
    /// The document.
    document_id: ID,
    /// When its next full review is due.
    due: PartialDate,
    /// Months between two full reviews, 1 to 120. If omitted, as before.
    interval_months: Option<i32>,
    /// Months before the due date at which a review opens by itself, 0 to 120. If omitted, as before.
    lead_months: Option<i32>,
    /// Days between the last cell being met and publication, 0 to 90. If omitted, as before.
    final_window_days: Option<i32>,
    /// Why.
    reason: String,
}

/// What scheduling did.
#[derive(SimpleObject)]
pub(super) struct ScheduleReviewPayload {
    /// The document with its new promise. Null if nothing was changed.
    document: Changed<Document>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn schedule_review(ctx: &Context<'_>, input: ScheduleReviewInput) -> Result<ScheduleReviewPayload> {
    let scheduled = async {
        let months = ReviewPolicy::MONTHS_MAX;
        let days = ReviewPolicy::FINAL_WINDOW_DAYS_MAX;
        let command = ScheduleReview {
            document: decode_document_id(&input.document_id).ok_or_else(not_found)?,
            due: input.due.0,
            interval_months: whole_number(input.interval_months, 1..=months, Path::field("intervalMonths"))?,
            lead_months: whole_number(input.lead_months, 0..=months, Path::field("leadMonths"))?,
            final_window_days: whole_number(input.final_window_days, 0..=days, Path::field("finalWindowDays"))?,
            reason: text(input.reason, Path::field("reason"))?,
        };
        perform(ctx, commands::schedule_review, &command).await
    };
    let (id, reply) = settle(scheduled.await)?;
    Ok(ScheduleReviewPayload { document: reading::document(ctx, id).await, reply })
}
