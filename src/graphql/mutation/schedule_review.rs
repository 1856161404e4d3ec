//! Promises the next full review for another date.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::{text, whole_number},
    reading::{self, Changed},
    user_error::{Path, UserError, UserErrorCode as Code},
};
use crate::{
    commands::{self, ScheduleReview},
    domain::document::{
        Requirements, ReviewPolicy,
        policy::{Ladder, PolicyChange, Rules},
    },
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
    /// Days at the beginning of drafting in which it is settled what a review is about, 0 to 730. If omitted, as before.
    scoping_days: Option<i32>,
    /// Days that disciplines have to sign, 0 to 730. If omitted, as before; if null, half of the time before the final
    /// window.
    sign_off_days: MaybeUndefined<i32>,
    /// Days that somebody who is asked has to accept, 0 to 730. If omitted, as before.
    accept_days: Option<i32>,
    /// The fewest sign-offs that a cell of a section needs, 1 to 9, whatever the section asks for. If omitted, as before.
    quorum: Option<i32>,
    /// When people are reminded: ISO 8601 durations before the day, the longest first, and perhaps one after it with a
    /// plus that says how far apart the later ones are, such as `["P6M", "P3M", "P1M", "P7D", "P0D", "+P7D"]`. If omitted,
    /// as before; if empty, nobody is reminded.
    ladder: Option<Vec<String>>,
    /// Whether only those take positions who have declared their interests, be it that they have none. If omitted, as before.
    asks_declarations: Option<bool>,
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
            policy: PolicyChange {
                interval_months: whole_number(input.interval_months, 1..=months, Path::field("intervalMonths"))?,
                lead_months: whole_number(input.lead_months, 0..=months, Path::field("leadMonths"))?,
                final_window_days: whole_number(input.final_window_days, 0..=days, Path::field("finalWindowDays"))?,
                scoping_days: whole_number(input.scoping_days, 0..=Rules::DAYS_MAX, Path::field("scopingDays"))?,
                sign_off_days: sign_off_days(input.sign_off_days)?,
                accept_days: whole_number(input.accept_days, 0..=Rules::DAYS_MAX, Path::field("acceptDays"))?,
                quorum: quorum(input.quorum)?,
                ladder: ladder(input.ladder)?,
                asks_declarations: input.asks_declarations,
            },
            reason: text(input.reason, Path::field("reason"))?,
        };
        perform(ctx, commands::schedule_review, &command).await
    };
    let (id, reply) = settle(scheduled.await)?;
    Ok(ScheduleReviewPayload { document: reading::document(ctx, id).await, reply })
}

fn sign_off_days(raw: MaybeUndefined<i32>) -> Result<Option<Option<u32>>, UserError> {
    match raw {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(None)),
        MaybeUndefined::Value(days) => {
            Ok(Some(whole_number(Some(days), 0..=Rules::DAYS_MAX, Path::field("signOffDays"))?))
        }
    }
}

fn quorum(raw: Option<i32>) -> Result<Option<u8>, UserError> {
    let most = Requirements::APPROVALS_MAX;
    let quorum = whole_number(raw, 1..=most.into(), Path::field("quorum"))?;
    Ok(quorum.map(|quorum| u8::try_from(quorum).unwrap_or(most)))
}

pub(super) fn ladder(raw: Option<Vec<String>>) -> Result<Option<Ladder>, UserError> {
    let Some(rungs) = raw else { return Ok(None) };
    // More are refused, so no more need be read.
    let text = rungs.iter().take(Ladder::RUNGS_MAX + 2).map(String::as_str).collect::<Vec<_>>().join(" ");
    let refused = |problem| UserError::about(Code::LadderInvalid, Path::field("ladder"), problem);
    text.parse().map(Some).map_err(refused)
}
