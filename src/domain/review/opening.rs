//! How a review opens and how its plan is moved (T2, T3).

use super::{
    Review, ReviewFacts, ReviewKind, ReviewState,
    timetable::{EXCEPTIONAL_WINDOW_DAYS, OutOfOrder, Timetable, opens_at},
};
use crate::domain::{
    access::{Permitted, act},
    document::{
        Document, ReviewPolicy,
        edition::{Edition, EditionNumber, EditionState},
        policy::Rules,
    },
    id::{EditionId, PersonId, ReviewId, SectionId},
    text::Prose,
    time::{PartialDate, Timestamp},
};

/// Why a review cannot be opened, moved or scheduled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OpeningProblem {
    /// Only one review of a document is open at a time (T3).
    #[error("a review of this document is open already")]
    AlreadyOpen,
    /// There is neither a draft nor an edition in force to review.
    #[error("there is nothing to review")]
    NothingToReview,
    /// The review is over.
    #[error("the review is over")]
    ReviewClosed,
    /// Dates out of order.
    #[error("scoping, drafting, sign-off and publication must follow one another")]
    DatesOutOfOrder,
    /// A review cannot be promised for a date that is over.
    #[error("the date is over already")]
    DateOver,
    /// The review works by the document's rules already.
    #[error("the review works by these rules already")]
    RulesSame,
    /// A partial review names the sections it examines, and no other does.
    #[error("a partial review, and no other, names the sections it examines")]
    SectionsWrong,
    /// Opening a review before it falls due needs a reason (T2).
    #[error("opening a review early needs a reason")]
    ReasonMissing,
}

impl From<OutOfOrder> for OpeningProblem {
    fn from(_: OutOfOrder) -> Self {
        Self::DatesOutOfOrder
    }
}

/// A review about to open, and the draft it works on.
#[derive(Clone, Debug)]
pub struct Opened {
    review: Review,
    sections: Vec<SectionId>,
    new_draft: Option<EditionNumber>,
    by: Option<PersonId>,
    reason: Option<Prose>,
}

impl Opened {
    /// The review.
    pub fn review(&self) -> &Review {
        &self.review
    }

    /// The sections it examines, if it is partial.
    pub fn sections(&self) -> &[SectionId] {
        &self.sections
    }

    /// The number of the draft to make from the edition in force; none where a draft is there already.
    pub fn new_draft(&self) -> Option<EditionNumber> {
        self.new_draft
    }

    /// Why, if somebody said so.
    pub fn reason(&self) -> Option<&Prose> {
        self.reason.as_ref()
    }

    /// Who opens it; none is the system.
    pub fn by(&self) -> Option<PersonId> {
        self.by
    }
}

/// What opening depends on besides the document.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The edition in force, or where it was withdrawn, the one that was: a new text has to begin somewhere.
    pub latest: Option<&'a Edition>,
    /// The draft that is there already.
    pub draft: Option<&'a Edition>,
    /// Whether a review is open.
    pub is_in_review: bool,
    /// The highest number ever used by the document.
    pub highest: Option<EditionNumber>,
}

/// Which review to open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// How much it examines.
    pub kind: ReviewKind,
    /// Which sections, of a partial review.
    pub sections: Vec<SectionId>,
    /// Days between the last cell being met and publication; as the kind and the document say unless given.
    pub final_window_days: Option<u32>,
    /// Why now.
    pub reason: Option<Prose>,
}

impl Default for Opening {
    /// The full review, as the system opens it.
    fn default() -> Self {
        Self { kind: ReviewKind::Full, sections: vec![], final_window_days: None, reason: None }
    }
}

/// Opens a review: by the system when it falls due, or earlier by hand with a reason (T2). The first edition of a
/// document has no promise to be early for.
pub fn open(
    permitted: &Permitted<'_, act::RunReview, Document>,
    ground: Ground<'_>,
    opening: Opening,
    ids: (ReviewId, EditionId),
    now: Timestamp,
) -> Result<Opened, OpeningProblem> {
    let document = permitted.facts();
    let Opening { kind, sections, final_window_days, reason } = opening;
    if ground.is_in_review {
        return Err(OpeningProblem::AlreadyOpen);
    }
    let is_early = ground.latest.is_some() && now < opens_at(document.review_due, &document.policy);
    if reason.is_none() && is_early {
        return Err(OpeningProblem::ReasonMissing);
    }
    let is_partial = match kind {
        ReviewKind::Partial => true,
        ReviewKind::Full | ReviewKind::Exceptional | ReviewKind::Correction => false,
    };
    if is_partial == sections.is_empty() {
        return Err(OpeningProblem::SectionsWrong);
    }
    let (draft, new_draft) = match (ground.draft, ground.latest, ground.highest) {
        (Some(draft), _, _) => (draft.id, None),
        (None, Some(_), Some(highest)) => (ids.1, Some(intended_number(highest, kind))),
        (None, _, _) => return Err(OpeningProblem::NothingToReview),
    };
    let policy = rules_of(kind, &document.policy);
    let policy = ReviewPolicy { final_window_days: final_window_days.unwrap_or(policy.final_window_days), ..policy };
    let timetable = match kind {
        ReviewKind::Exceptional => Timetable::plan_exceptional(now, &policy),
        ReviewKind::Full | ReviewKind::Partial | ReviewKind::Correction => {
            Timetable::plan(now, document.review_due, &policy)
        }
    };
    let review = Review {
        id: ids.0,
        document: document.id,
        group: document.group,
        audience: document.audience,
        kind,
        due: document.review_due,
        final_window_days: policy.final_window_days,
        rules: policy.rules,
        timetable,
        walked_at: now,
        first_accepted_at: None,
        first_weighed_at: None,
        first_assigned_at: None,
        draft: Some(draft),
        base: ground.latest.map(|edition| edition.id),
        opened_at: now,
        opened_by: permitted.by(),
        state: ReviewState::Open,
    };
    Ok(Opened { review, sections, new_draft, by: permitted.by(), reason })
}

/// The rules that a review of this kind works by: the document's, with short windows for one that cannot wait.
fn rules_of(kind: ReviewKind, policy: &ReviewPolicy) -> ReviewPolicy {
    match kind {
        ReviewKind::Full | ReviewKind::Partial | ReviewKind::Correction => *policy,
        ReviewKind::Exceptional => {
            let scoping_days = policy.rules.scoping_days.min(EXCEPTIONAL_WINDOW_DAYS);
            let final_window_days = policy.final_window_days.min(EXCEPTIONAL_WINDOW_DAYS);
            let rules = Rules { scoping_days, sign_off_days: None, ..policy.rules };
            ReviewPolicy { final_window_days, rules, ..*policy }
        }
    }
}

/// The number a draft is meant for; what it is published under follows from what changed (D6).
fn intended_number(highest: EditionNumber, kind: ReviewKind) -> EditionNumber {
    match kind {
        ReviewKind::Full | ReviewKind::Partial | ReviewKind::Exceptional => highest.next_major(),
        ReviewKind::Correction => highest.next_minor(),
    }
}

/// New dates for an open review, decided and ready to be recorded.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Which review.
    pub review: ReviewId,
    /// The new plan.
    pub timetable: Timetable,
    /// Why.
    pub reason: Prose,
    /// Who.
    pub by: Option<PersonId>,
    _decided: (),
}

/// Moves the dates of an open review, with a reason (T2).
pub fn reschedule(
    permitted: &Permitted<'_, act::RunReview, ReviewFacts>,
    timetable: Timetable,
    reason: Prose,
) -> Result<Moved, OpeningProblem> {
    let facts = permitted.facts();
    if !facts.is_open() {
        return Err(OpeningProblem::ReviewClosed);
    }
    Ok(Moved { review: facts.review.id, timetable, reason, by: permitted.by(), _decided: () })
}

/// The rules of an open review re-opened, decided and ready to be recorded.
#[derive(Clone, Debug)]
pub struct RulesReopened {
    /// Which review.
    pub review: ReviewId,
    /// The rules it works by from now on.
    pub rules: Rules,
    /// Its final window from now on.
    pub final_window_days: u32,
    /// Why.
    pub reason: Prose,
    /// Who.
    pub by: Option<PersonId>,
    _decided: (),
}

/// Gives an open review the rules that its document has by now, with a reason. A cell that needs more than it has been
/// given asks again; what was signed stays signed.
pub fn reopen_rules(
    permitted: &Permitted<'_, act::RunReview, ReviewFacts>,
    policy: &ReviewPolicy,
    reason: Prose,
) -> Result<RulesReopened, OpeningProblem> {
    let facts = permitted.facts();
    if !facts.is_open() {
        return Err(OpeningProblem::ReviewClosed);
    }
    let ReviewPolicy { rules, final_window_days, .. } = rules_of(facts.review.kind, policy);
    if (rules, final_window_days) == (facts.review.rules, facts.review.final_window_days) {
        return Err(OpeningProblem::RulesSame);
    }
    let review = facts.review.id;
    Ok(RulesReopened { review, rules, final_window_days, reason, by: permitted.by(), _decided: () })
}

/// A new promise, decided and ready to be recorded.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// The document as it will be.
    pub document: Document,
    /// Why.
    pub reason: Prose,
    /// Who.
    pub by: Option<PersonId>,
    _decided: (),
}

/// Promises the next full review for another date, or changes how reviews run; an open review keeps its own rules.
pub fn schedule(
    permitted: &Permitted<'_, act::RunReview, Document>,
    due: PartialDate,
    reason: Prose,
    now: Timestamp,
) -> Result<Scheduled, OpeningProblem> {
    if due.ends_at() <= now {
        return Err(OpeningProblem::DateOver);
    }
    let document = Document { review_due: due, ..permitted.facts().clone() };
    Ok(Scheduled { document, reason, by: permitted.by(), _decided: () })
}

/// Whether an edition can still be written.
pub fn is_draft(edition: &Edition) -> bool {
    match edition.state {
        EditionState::Draft => true,
        EditionState::Published(_) | EditionState::Superseded { .. } | EditionState::Withdrawn { .. } => false,
    }
}
