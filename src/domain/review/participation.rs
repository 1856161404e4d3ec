//! Participation: what is done in a review about an interest that somebody declared, and who therefore takes no part in
//! which decision.
//!
//! ```text
//! DECLARE_ONLY   takes full part
//! DISCUSS_ONLY   comments and advises; writes, signs and votes nothing
//! EXCLUDE        nor that
//! ```
//!
//! Whoever takes no part leaves the count of seats and the count of sign-offs at once, as one who has recused themselves
//! (S8), and an office holder leaves the acts of their office on that text to the others. What they read stays as it was. An
//! objection that stands is not ended by it: that is for its holder and for a ballot only (S6, S13).

use std::collections::BTreeMap;

use super::{
    ReviewFacts,
    cell::Scope,
    position::{Position, PositionAct, Positions},
};
use crate::domain::{
    access::{Permitted, act},
    document::Audience,
    id::{InterestActionId, InterestId, PersonId, SeatId, SectionId},
    interest::{Interest, InterestCategory, has_lapsed},
    role::{Discipline, Seat, words},
    text::Prose,
    time::Timestamp,
};

/// How often something may be decided about interests in one review.
pub const ACTIONS_MAX: usize = 1_000;

words! {
    /// What is done about an interest, the strictest last.
    InterestAction {
        /// It stands in the register, and its holder takes full part.
        DeclareOnly = "DECLARE_ONLY",
        /// Its holder discusses, and does not decide.
        DiscussOnly = "DISCUSS_ONLY",
        /// Its holder takes no part.
        Exclude = "EXCLUDE",
    }
}

/// What was decided about one interest, on one section or on everything. It is never edited; of several the latest stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActionTaken {
    /// Identity.
    pub id: InterestActionId,
    /// About which interest.
    pub interest: InterestId,
    /// What kind that is.
    pub category: InterestCategory,
    /// The seat that it was declared for.
    pub seat: SeatId,
    /// Who holds that seat: it holds for all of their seats.
    pub holder: PersonId,
    /// On which section; none is every section, and the whole.
    pub section: Option<SectionId>,
    /// What is done.
    pub action: InterestAction,
    /// Why.
    pub reason: Prose,
    /// Who decided it.
    pub decided_by: PersonId,
    /// When.
    pub decided_at: Timestamp,
}

impl ActionTaken {
    /// Whether it is about this text.
    fn is_on(&self, scope: Scope) -> bool {
        self.section.is_none() || self.section == scope.section()
    }

    /// Whether its holder takes no part in decisions.
    fn bars(&self) -> bool {
        self.action >= InterestAction::DiscussOnly
    }
}

/// Everything that was decided about interests in a review, in the order of deciding; and what of it stands.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Actions {
    all: Vec<ActionTaken>,
    standing: Vec<usize>,
}

impl FromIterator<ActionTaken> for Actions {
    fn from_iter<I: IntoIterator<Item = ActionTaken>>(actions: I) -> Self {
        let mut all: Vec<ActionTaken> = actions.into_iter().collect();
        all.sort_by_key(|action| (action.decided_at, action.id));
        let latest = all.iter().enumerate().map(|(at, action)| ((action.interest, action.section), at));
        let standing = latest.collect::<BTreeMap<_, _>>().into_values().collect();
        Self { all, standing }
    }
}

impl Actions {
    /// All of it.
    pub fn iter(&self) -> impl Iterator<Item = &ActionTaken> {
        self.all.iter()
    }

    /// What stands: of each interest on each section the latest.
    pub fn standing(&self) -> impl Iterator<Item = &ActionTaken> {
        self.standing.iter().map(|at| &self.all[*at])
    }

    /// What somebody may do on a text: the strictest of what stands about their interests.
    pub fn strictest(&self, person: PersonId, scope: Scope) -> InterestAction {
        let own = self.standing().filter(|action| action.holder == person && action.is_on(scope));
        own.map(|action| action.action).max().unwrap_or(InterestAction::DeclareOnly)
    }

    /// Whether somebody takes part in decisions on a text.
    pub fn take_part(&self, person: PersonId, scope: Scope) -> bool {
        self.strictest(person, scope) < InterestAction::DiscussOnly
    }
}

impl ReviewFacts {
    /// Whether somebody takes part in decisions on a text of this review.
    pub fn takes_part(&self, person: PersonId, scope: Scope) -> bool {
        self.actions.take_part(person, scope)
    }

    /// Whether what the holder of a seat declared is too old for them to take a position in this review, or missing.
    pub fn declaration_has_lapsed(&self, seat: &Seat, now: Timestamp) -> bool {
        has_lapsed(seat, &self.review.rules, self.review.opened_at, now)
    }

    /// When it was last decided whether somebody of a discipline takes part in decisions on a text.
    pub(super) fn participation_decided_at(&self, scope: Scope, discipline: Discipline) -> Option<Timestamp> {
        let is_asked = |person| {
            let mut own = self.seats.iter().filter(|seat| seat.holder == person);
            own.any(|seat| seat.post.discipline() == Some(discipline))
        };
        let here = || self.actions.iter().filter(|action| action.is_on(scope) && is_asked(action.holder));
        if here().any(ActionTaken::bars) { here().map(|action| action.decided_at).max() } else { None }
    }
}

/// Why an action cannot be recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ParticipationProblem {
    /// The review is over.
    #[error("the review is over")]
    ReviewClosed,
    /// The draft has no such section.
    #[error("the draft has no such section")]
    NoSuchSection,
    /// The interest belongs to a seat of another group.
    #[error("the interest was declared in another group")]
    OfAnotherGroup,
    /// Whoever has an interest on the text themselves leaves it to the others who may.
    #[error("somebody who takes no part in the text themselves leaves this to the others")]
    TakesNoPart,
    /// The same stands already.
    #[error("the same stands already")]
    NothingChanged,
    /// Enough was decided in this review.
    #[error("the review holds {ACTIONS_MAX} such decisions, which is the most")]
    TooMany,
}

/// An action to be recorded.
#[derive(Clone, Debug)]
pub struct NewAction {
    /// Its identity.
    pub id: InterestActionId,
    /// On which section; none is every section, and the whole.
    pub section: Option<SectionId>,
    /// What is to be done.
    pub action: InterestAction,
    /// Why.
    pub reason: Prose,
}

/// An action, ready to be recorded.
#[derive(Clone, Debug)]
pub struct ActionDecided {
    action: ActionTaken,
    audience: Audience,
}

impl ActionDecided {
    /// What was decided.
    pub fn action(&self) -> &ActionTaken {
        &self.action
    }

    /// Who may know of it: the audience of the section, or for the whole that of its narrowest section.
    pub fn audience(&self) -> Audience {
        self.audience
    }
}

/// Decides what is done about an interest in a review. The permit is not given to its holder.
pub fn decide(
    permitted: &Permitted<'_, act::WeighInterests, ReviewFacts>,
    interest: &Interest,
    new: NewAction,
    now: Timestamp,
) -> Result<ActionDecided, ParticipationProblem> {
    let facts = permitted.facts();
    let (true, Some(by)) = (facts.is_open(), permitted.by()) else { return Err(ParticipationProblem::ReviewClosed) };
    let NewAction { id, section, action, reason } = new;
    let scope = section.map_or(Scope::Whole, Scope::Section);
    if facts.current_digest(scope).is_none() {
        return Err(ParticipationProblem::NoSuchSection);
    }
    let holder = facts.seat(interest.seat).ok_or(ParticipationProblem::OfAnotherGroup)?.holder;
    if !facts.takes_part(by, scope) {
        return Err(ParticipationProblem::TakesNoPart);
    }
    let mut standing = facts.actions.standing();
    let before = standing.find(|before| (before.interest, before.section) == (interest.id, section));
    if before.is_some_and(|before| before.action == action) {
        return Err(ParticipationProblem::NothingChanged);
    }
    if facts.actions.iter().count() >= ACTIONS_MAX {
        return Err(ParticipationProblem::TooMany);
    }
    let (seat, category) = (interest.seat, interest.category);
    let action = ActionTaken {
        id,
        interest: interest.id,
        category,
        seat,
        holder,
        section,
        action,
        reason,
        decided_by: by,
        decided_at: now,
    };
    Ok(ActionDecided { action, audience: facts.audience(scope) })
}

/// Somebody who took no part in the decision on a text, published with the edition.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NonParticipant {
    /// The section; none is the whole.
    pub section: Option<SectionId>,
    /// From which seat.
    pub seat: SeatId,
    /// What kind of interest kept them from it; none of those who recused themselves.
    pub category: Option<InterestCategory>,
    /// The interest.
    pub interest: Option<InterestId>,
    /// What was done about it.
    pub action: Option<InterestAction>,
}

/// Who took no part when a review ended, in the order of sections: because of an interest, or because they recused
/// themselves.
pub fn non_participants(actions: &Actions, positions: &Positions) -> Vec<NonParticipant> {
    let barred = actions.standing().filter(|action| action.bars()).map(|action| NonParticipant {
        section: action.section,
        seat: action.seat,
        category: Some(action.category),
        interest: Some(action.interest),
        action: Some(action.action),
    });
    let is_recusal = |position: &&Position| {
        let is_latest =
            || positions.latest(position.cell, position.seat).is_some_and(|latest| latest.id == position.id);
        position.act == PositionAct::Recuse && is_latest()
    };
    let recused = positions.iter().filter(is_recusal).map(|position| NonParticipant {
        section: position.cell.scope.section(),
        seat: position.seat,
        category: None,
        interest: None,
        action: None,
    });
    let mut all: Vec<NonParticipant> = barred.chain(recused).collect();
    all.sort();
    all
}
