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

/// What is planned for when in an open review: the last day of each stage. The days are in London and last to their end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timetable {
    /// It is settled until this day what the review is about.
    pub scoping_until: NaiveDate,
    /// Texts are written until this day.
    pub drafting_until: NaiveDate,
    /// Disciplines sign until this day.
    pub sign_off_until: NaiveDate,
    /// The day of publication, after the final window.
    pub publication_on: NaiveDate,
}

/// Dates out of order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("scoping, drafting, sign-off and publication must follow one another")]
pub struct OutOfOrder;

/// The days an exceptional review takes from opening to publication, unless the document's lead is shorter.
const EXCEPTIONAL_DAYS: u64 = 28;
/// The most days of scoping and of the final window in an exceptional review.
pub const EXCEPTIONAL_WINDOW_DAYS: u32 = 3;

impl Timetable {
    /// A timetable, if its dates follow one another.
    pub fn new(
        scoping_until: NaiveDate,
        drafting_until: NaiveDate,
        sign_off_until: NaiveDate,
        publication_on: NaiveDate,
    ) -> Result<Self, OutOfOrder> {
        let planned = Self { scoping_until, drafting_until, sign_off_until, publication_on };
        let [first, second, third, last] = planned.days();
        if first <= second && second <= third && third <= last { Ok(planned) } else { Err(OutOfOrder) }
    }

    /// The plan of a review that opens now: publication on the last day of the due date, before it the final window,
    /// before that the time to sign, which is half of the rest unless the rules say more or less, and the remainder for
    /// drafting, which begins with scoping. A review that opens with less than a quarter of its lead left gets its whole
    /// lead from now on: a plan that nobody can keep helps nobody.
    pub fn plan(opened_at: Timestamp, due: PartialDate, policy: &ReviewPolicy) -> Self {
        let opened_on = london_day(opened_at);
        let whole_lead = opened_on + Months::new(policy.lead_months.max(1));
        let shortest = (whole_lead - opened_on).num_days() / 4;
        let publication_on = match (due.last_day() - opened_on).num_days() {
            left if left >= shortest => due.last_day(),
            _ => whole_lead,
        };
        Self::between(opened_on, publication_on, policy)
    }

    /// The plan of a review that cannot wait: it starts now, and its windows are short.
    pub fn plan_exceptional(opened_at: Timestamp, policy: &ReviewPolicy) -> Self {
        let opened_on = london_day(opened_at);
        let whole_lead = opened_on + Months::new(policy.lead_months.max(1));
        Self::between(opened_on, whole_lead.min(opened_on + Days::new(EXCEPTIONAL_DAYS)), policy)
    }

    fn between(opened_on: NaiveDate, publication_on: NaiveDate, policy: &ReviewPolicy) -> Self {
        let days = (publication_on - opened_on).num_days().unsigned_abs();
        let window = u64::from(policy.final_window_days).min(days / 2);
        let working = days - window;
        let drafting = match policy.rules.sign_off_days {
            Some(days) => working - u64::from(days).min(working),
            None => working / 2,
        };
        Self {
            scoping_until: opened_on + Days::new(u64::from(policy.rules.scoping_days).min(drafting / 2)),
            drafting_until: opened_on + Days::new(drafting),
            sign_off_until: opened_on + Days::new(working),
            publication_on,
        }
    }

    /// The dates in their order.
    pub fn days(&self) -> [NaiveDate; 4] {
        [self.scoping_until, self.drafting_until, self.sign_off_until, self.publication_on]
    }

    /// Other dates where they are given, in their order. A stage that is put off puts off what depends on it by as many
    /// days, except what is given another date of its own; a stage that ends sooner leaves the others their dates.
    pub fn moved(&self, given: [Option<NaiveDate>; 4]) -> Result<Self, OutOfOrder> {
        let planned = self.days();
        let mut days = planned;
        let mut delay = chrono::TimeDelta::zero();
        for (at, given) in given.into_iter().enumerate() {
            days[at] = given.unwrap_or(planned[at] + delay);
            delay = (days[at] - planned[at]).max(chrono::TimeDelta::zero());
        }
        let [scoping_until, drafting_until, sign_off_until, publication_on] = days;
        // Scoping is a part of drafting: when drafting ends sooner, so does it.
        let scoping_until = if given[0].is_none() { scoping_until.min(drafting_until) } else { scoping_until };
        Self::new(scoping_until, drafting_until, sign_off_until, publication_on)
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
