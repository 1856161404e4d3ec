//! How a review ends: with a new edition, with the old one reaffirmed, or cancelled (S14 to S16). And how an edition
//! is withdrawn (D7).
//!
//! The caller evaluates these inside the transaction that records the outcome, so the gate is closed by facts that
//! nobody can change meanwhile.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::{
    Base, Outcome, ReviewFacts, ReviewKind,
    cell::Scope,
    examination::examine_all,
    gate::{Blocker, gate, proposed_number, sign_off_gate},
};
use crate::domain::{
    access::{Permitted, act},
    document::{
        ReviewPolicy,
        edition::{Edition, EditionNumber, EditionState, Publication},
        outline::Placement,
    },
    id::{EditionId, PersonId, ReviewId, SectionId},
    role::Discipline,
    text::Prose,
    time::{PartialDate, Timestamp, london_day},
};

/// Why a review cannot be concluded so; somebody can do something about each.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConclusionProblem {
    /// The review is over: publishing twice gives one edition (S15).
    #[error("the review is over")]
    ReviewClosed,
    /// The gate is not empty (S14).
    #[error("publication is blocked")]
    Blocked(Vec<Blocker>),
    /// The draft says what the edition in force says: reaffirm it instead (S16).
    #[error("nothing changed: reaffirm the edition in force")]
    NothingChanged,
    /// The draft says something else than the edition in force: publish it instead (S16).
    #[error("the draft differs from the edition in force")]
    DraftDiffers,
    /// There is no edition in force to reaffirm.
    #[error("there is no edition in force to reaffirm")]
    NothingToReaffirm,
    /// Only an exceptional review ends with an urgent interim notice.
    #[error("only an exceptional review ends with an interim notice")]
    NotExceptional,
    /// An interim notice is signed by at least two disciplines, and each section that changed by one.
    #[error("an interim notice needs two disciplines that have signed, and one on each section that changed")]
    InterimNotSigned,
    /// Whoever takes no part in decisions on the whole leaves its publication to the others who may.
    #[error("somebody who takes no part in the whole leaves its publication to the others")]
    TakesNoPart,
    /// The date on the cover is not today's.
    #[error("the date on the cover must be the day of publication, or its month")]
    NotToday,
    /// The next review cannot be due in the past.
    #[error("the next review must be due after today")]
    NextDuePast,
}

/// The end of a review, decided and ready to be recorded.
#[derive(Clone, Debug)]
pub struct Concluded {
    review: ReviewId,
    outcome: Outcome,
    published: Option<Release>,
    next_due: Option<PartialDate>,
    by: Option<PersonId>,
    at: Timestamp,
}

/// What becomes of the draft when it is published.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Release {
    /// The draft.
    pub edition: EditionId,
    /// The number it gets.
    pub number: EditionNumber,
    /// The facts of its publication.
    pub publication: Publication,
    /// The edition it replaces.
    pub supersedes: Option<EditionId>,
    /// The last day by which it is to be fully signed off, if it is an interim notice.
    pub interim_until: Option<NaiveDate>,
}

impl Concluded {
    /// Which review.
    pub fn review(&self) -> ReviewId {
        self.review
    }

    /// How it ended.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The edition published, if one was.
    pub fn published(&self) -> Option<&Release> {
        self.published.as_ref()
    }

    /// When the next full review is due; none if that stays as promised.
    pub fn next_due(&self) -> Option<PartialDate> {
        self.next_due
    }

    /// Who concluded it.
    pub fn by(&self) -> Option<PersonId> {
        self.by
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Publishes the draft: one review, one edition (S15), and only through an empty gate (S14). `issued` is the date on
/// the cover (today, or the month if that is how it is to be known); `next_due` is the interval from it unless given,
/// after a full review: any other leaves the promise of the next one as it is.
pub fn publish(
    permitted: &Permitted<'_, act::Publish, ReviewFacts>,
    policy: &ReviewPolicy,
    issued: Option<PartialDate>,
    next_due: Option<PartialDate>,
    now: Timestamp,
) -> Result<Concluded, ConclusionProblem> {
    let facts = permitted.facts();
    if facts.draft.is_none() || !facts.is_open() {
        return Err(ConclusionProblem::ReviewClosed);
    }
    takes_part(permitted)?;
    let blockers = gate(facts, now).blockers;
    if !blockers.is_empty() {
        return Err(ConclusionProblem::Blocked(blockers));
    }
    let issued = issued.unwrap_or(PartialDate::day(london_day(now)));
    let next_due = next_review(facts.review.kind, issued, policy, next_due, now)?;
    release(permitted, issued, next_due, None, now)
}

/// Publishes the draft of an exceptional review at once, as an urgent interim notice: the chair with two disciplines that
/// have signed, and one on each section that changed. Objections and requests for time block it as ever, missing
/// sign-offs do not. It is to be fully signed off within [`INTERIM_DAYS`]: the next full review is due by then, so it
/// opens by itself (T2), and until it ends every reader is told.
pub fn publish_interim(
    permitted: &Permitted<'_, act::Publish, ReviewFacts>,
    now: Timestamp,
) -> Result<Concluded, ConclusionProblem> {
    let facts = permitted.facts();
    if facts.draft.is_none() || !facts.is_open() {
        return Err(ConclusionProblem::ReviewClosed);
    }
    takes_part(permitted)?;
    if facts.review.kind != ReviewKind::Exceptional {
        return Err(ConclusionProblem::NotExceptional);
    }
    let mut blockers = gate(facts, now).blockers;
    blockers.retain(|blocker| match blocker {
        Blocker::ObjectionStands { .. }
        | Blocker::TimeRequested { .. }
        | Blocker::ClinicalChange { .. }
        | Blocker::OutsideReview { .. }
        | Blocker::ChangeNoteMissing => true,
        Blocker::CellNotMet { .. } | Blocker::NoEligibleSeat { .. } | Blocker::FinalWindow { .. } => false,
    });
    if !blockers.is_empty() {
        return Err(ConclusionProblem::Blocked(blockers));
    }
    if !is_signed_in_haste(facts, now) {
        return Err(ConclusionProblem::InterimNotSigned);
    }
    let today = london_day(now);
    let until = today + Days::new(INTERIM_DAYS);
    release(permitted, PartialDate::day(today), Some(PartialDate::day(until)), Some(until), now)
}

/// How many days after an interim notice everything is to be signed.
pub const INTERIM_DAYS: u64 = 28;
/// How many disciplines sign an interim notice at least.
const INTERIM_DISCIPLINES: usize = 2;

/// Whether two disciplines have signed what changed, and each section that changed is signed by one.
fn is_signed_in_haste(facts: &ReviewFacts, now: Timestamp) -> bool {
    let cells = examine_all(facts, now);
    let signed_on = |section: SectionId| {
        let on = cells.iter().filter(move |cell| cell.cell.scope == Scope::Section(section));
        on.filter(|cell| !cell.sign_offs.is_empty()).map(|cell| cell.cell.discipline)
    };
    let base = facts.base.as_ref().map(|base| &base.outline);
    let is_changed = |placement: &&Placement| {
        base.and_then(|base| base.find(placement.section)).is_none_or(|before| before.digest != placement.digest)
    };
    let changed: Vec<SectionId> = facts.text.outline.iter().filter(is_changed).map(|changed| changed.section).collect();
    let disciplines: BTreeSet<Discipline> = changed.iter().flat_map(|section| signed_on(*section)).collect();
    changed.iter().all(|section| signed_on(*section).next().is_some()) && disciplines.len() >= INTERIM_DISCIPLINES
}

/// Publishes the draft, through whichever gate: if it says something that the edition in force does not say.
fn release(
    permitted: &Permitted<'_, act::Publish, ReviewFacts>,
    issued: PartialDate,
    next_due: Option<PartialDate>,
    interim_until: Option<NaiveDate>,
    now: Timestamp,
) -> Result<Concluded, ConclusionProblem> {
    let facts = permitted.facts();
    let draft = facts.draft.as_ref().ok_or(ConclusionProblem::ReviewClosed)?;
    if in_force(facts).is_some_and(|base| base.outline.says_the_same(&facts.text.outline)) {
        return Err(ConclusionProblem::NothingChanged);
    }
    if !issued.may_be(london_day(now)) {
        return Err(ConclusionProblem::NotToday);
    }
    let release = Release {
        edition: draft.id,
        number: proposed_number(facts),
        publication: Publication { issued, published_at: now },
        supersedes: facts.review.base,
        interim_until,
    };
    Ok(Concluded {
        review: facts.review.id,
        outcome: Outcome::Published,
        published: Some(release),
        next_due,
        by: permitted.by(),
        at: now,
    })
}

/// Ends a review that found nothing to change: the same sign-offs, no new edition, a new due date and a public
/// statement of currency (S16).
pub fn reaffirm(
    permitted: &Permitted<'_, act::Publish, ReviewFacts>,
    policy: &ReviewPolicy,
    statement: Prose,
    next_due: Option<PartialDate>,
    now: Timestamp,
) -> Result<Concluded, ConclusionProblem> {
    let facts = permitted.facts();
    if !facts.is_open() {
        return Err(ConclusionProblem::ReviewClosed);
    }
    takes_part(permitted)?;
    let base = in_force(facts).ok_or(ConclusionProblem::NothingToReaffirm)?;
    if !base.outline.says_the_same(&facts.text.outline) {
        return Err(ConclusionProblem::DraftDiffers);
    }
    let blockers = sign_off_gate(facts, now).blockers;
    if !blockers.is_empty() {
        return Err(ConclusionProblem::Blocked(blockers));
    }
    let today = london_day(now);
    Ok(Concluded {
        review: facts.review.id,
        outcome: Outcome::Reaffirmed { statement },
        published: None,
        next_due: next_review(facts.review.kind, PartialDate::month_of(today), policy, next_due, now)?,
        by: permitted.by(),
        at: now,
    })
}

/// Stops a review without a result. Its draft stays for the next one; its positions count for nothing after.
pub fn cancel(
    permitted: &Permitted<'_, act::RunReview, ReviewFacts>,
    reason: Prose,
    now: Timestamp,
) -> Result<Concluded, ConclusionProblem> {
    let facts = permitted.facts();
    if !facts.is_open() {
        return Err(ConclusionProblem::ReviewClosed);
    }
    Ok(Concluded {
        review: facts.review.id,
        outcome: Outcome::Cancelled { reason },
        published: None,
        next_due: None,
        by: permitted.by(),
        at: now,
    })
}

/// A chair who takes no part in decisions on the whole hands its publication to the vice chair, and the other way round.
fn takes_part(permitted: &Permitted<'_, act::Publish, ReviewFacts>) -> Result<(), ConclusionProblem> {
    let is_barred = |person| !permitted.facts().takes_part(person, Scope::Whole);
    if permitted.by().is_some_and(is_barred) { Err(ConclusionProblem::TakesNoPart) } else { Ok(()) }
}

/// The edition in force that the draft was made from. One that was withdrawn meanwhile cannot be said to stand.
fn in_force(facts: &ReviewFacts) -> Option<&Base> {
    facts.base.as_ref().filter(|base| base.is_in_force)
}

/// Only a full review keeps the promise of one, so only a full review moves it by itself.
fn next_review(
    kind: ReviewKind,
    from: PartialDate,
    policy: &ReviewPolicy,
    chosen: Option<PartialDate>,
    now: Timestamp,
) -> Result<Option<PartialDate>, ConclusionProblem> {
    let by_itself = match kind {
        ReviewKind::Full => Some(PartialDate::month_of(from.first_day()).plus_months(policy.interval_months)),
        ReviewKind::Partial | ReviewKind::Exceptional | ReviewKind::Correction => None,
    };
    let due = chosen.or(by_itself);
    if due.is_some_and(|due| due.ends_at() <= now) { Err(ConclusionProblem::NextDuePast) } else { Ok(due) }
}

/// Why an edition cannot be withdrawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WithdrawalProblem {
    /// A draft was never published.
    #[error("a draft cannot be withdrawn")]
    NotPublished,
    /// It is withdrawn already.
    #[error("the edition is withdrawn already")]
    AlreadyWithdrawn,
}

/// A withdrawal, decided and ready to be recorded.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// Which edition.
    pub edition: EditionId,
    /// Why; readers see it above the text.
    pub explanation: Prose,
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    _decided: (),
}

/// Withdraws a published edition. The text stays readable under the explanation (D7).
pub fn withdraw(
    permitted: &Permitted<'_, act::Publish, Edition>,
    explanation: Prose,
    now: Timestamp,
) -> Result<Withdrawn, WithdrawalProblem> {
    let edition = permitted.facts();
    match edition.state {
        EditionState::Draft => Err(WithdrawalProblem::NotPublished),
        EditionState::Withdrawn { .. } => Err(WithdrawalProblem::AlreadyWithdrawn),
        EditionState::Published(_) | EditionState::Superseded { .. } => {
            Ok(Withdrawn { edition: edition.id, explanation, by: permitted.by(), at: now, _decided: () })
        }
    }
}
