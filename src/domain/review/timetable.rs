//! When a review is due, opens by itself, and what is planned for when (T1 to T3, T7). Asks no clock.

use chrono::{Days, Months, NaiveDate};

use crate::domain::{
    document::ReviewPolicy,
    id::DocumentId,
    role::words,
    time::{PartialDate, Timestamp, london_day, start_of_day},
};

words! {
    /// How a document stands to its promise of review; computed when asked, never stored, and public (T1).
    ReviewStatus {
        /// The next review is further off than its lead.
        Current = "CURRENT",
        /// The due date is nearer than the lead, and no review is open.
        DueSoon = "DUE_SOON",
        /// A review is open and the due date not yet over.
        InReview = "IN_REVIEW",
        /// The due date is over, whether or not a review is open.
        Overdue = "OVERDUE",
    }
}

/// Rule T1. The promise comes first: an open review does not hide that its date has passed.
pub fn review_status(due: PartialDate, policy: &ReviewPolicy, is_in_review: bool, now: Timestamp) -> ReviewStatus {
    if due.ends_at() <= now {
        ReviewStatus::Overdue
    } else if is_in_review {
        ReviewStatus::InReview
    } else if opens_at(due, policy) <= now {
        ReviewStatus::DueSoon
    } else {
        ReviewStatus::Current
    }
}

/// When the review status changes next if nobody does anything; never, once it is overdue.
pub fn status_changes_at(due: PartialDate, policy: &ReviewPolicy, now: Timestamp) -> Option<Timestamp> {
    [opens_at(due, policy), due.ends_at()].into_iter().filter(|change| *change > now).min()
}

/// When a full review opens by itself: the lead before the last day of its due date, as that day begins (T2).
pub fn opens_at(due: PartialDate, policy: &ReviewPolicy) -> Timestamp {
    start_of_day(due.last_day() - Months::new(policy.lead_months))
}

/// What is planned for when in an open review. The days are in London and last to their end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timetable {
    /// Texts are written until this day.
    pub drafting_until: NaiveDate,
    /// Disciplines sign until this day.
    pub sign_off_until: NaiveDate,
    /// The day of publication, after the final window.
    pub publication_on: NaiveDate,
}

/// Dates out of order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("drafting, sign-off and publication must follow one another")]
pub struct OutOfOrder;

impl Timetable {
    /// A timetable, if its dates follow one another.
    pub fn new(
        drafting_until: NaiveDate,
        sign_off_until: NaiveDate,
        publication_on: NaiveDate,
    ) -> Result<Self, OutOfOrder> {
        if drafting_until <= sign_off_until && sign_off_until <= publication_on {
            Ok(Self { drafting_until, sign_off_until, publication_on })
        } else {
            Err(OutOfOrder)
        }
    }

    /// The plan of a review that opens now: publication on the last day of the due date, before it the final window,
    /// half of the rest for drafting. A review that opens with less than a quarter of its lead left gets its whole
    /// lead from now on: a plan that nobody can keep helps nobody.
    pub fn plan(opened_at: Timestamp, due: PartialDate, policy: &ReviewPolicy) -> Self {
        let opened_on = london_day(opened_at);
        let whole_lead = opened_on + Months::new(policy.lead_months.max(1));
        let shortest = (whole_lead - opened_on).num_days() / 4;
        let publication_on = match (due.last_day() - opened_on).num_days() {
            left if left >= shortest => due.last_day(),
            _ => whole_lead,
        };
        let days = (publication_on - opened_on).num_days().unsigned_abs();
        let window = u64::from(policy.final_window_days).min(days / 2);
        let working = days - window;
        Self {
            drafting_until: opened_on + Days::new(working / 2),
            sign_off_until: opened_on + Days::new(working),
            publication_on,
        }
    }
}

/// What the scheduler must know of a document to plan its review.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The document, which has an edition in force.
    pub document: DocumentId,
    /// When its next full review is due.
    pub due: PartialDate,
    /// How its reviews run.
    pub policy: ReviewPolicy,
    /// Whether a review is open; another falling due meanwhile is merged into it, not stacked (T3).
    pub is_in_review: bool,
    /// The due date that its latest full review answered to. A review that was cancelled is not opened again by itself:
    /// somebody decided that, and sets a new date or opens it by hand. Other kinds of review stand for no full one.
    pub answered: Option<PartialDate>,
}

/// One thing for the scheduler to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Open the full review of a document, for this due date.
    OpenReview {
        /// Of which document.
        document: DocumentId,
        /// For which due date.
        due: PartialDate,
    },
}

/// What is to be done now. Planning twice gives nothing new once it is done.
pub fn plan(candidates: &[Candidate], now: Timestamp) -> Vec<Step> {
    candidates
        .iter()
        .filter(|candidate| !candidate.is_in_review && candidate.answered != Some(candidate.due))
        .filter(|candidate| opens_at(candidate.due, &candidate.policy) <= now)
        .map(|candidate| Step::OpenReview { document: candidate.document, due: candidate.due })
        .collect()
}
