//! Ballots: the only way to end a deadlock over an objection (S13). The chair opens one, the group's voting seats that have
//! not recused themselves vote, and it passes with two thirds of them and at most two against. An objection that was voted
//! down stands no more; what it says is published with the edition.
//!
//! Who votes is settled when the ballot opens, and how it ended when it is closed, so nothing that happens later changes
//! either.

use chrono::TimeDelta;

use super::{
    ReviewFacts,
    cell::{Cell, Scope},
    position::{Position, is_recused, standing_objections},
};
use crate::domain::{
    access::{Permitted, act},
    document::{Audience, content::Digest},
    id::{PersonId, PositionId, SeatId, SectionId},
    role::{Discipline, Seat, words},
    text::Prose,
    time::Timestamp,
};

/// How long a ballot is open at least, unless everybody has voted.
pub const OPEN_DAYS_MIN: i64 = 7;
/// The most votes against with which it can pass.
pub const AGAINST_MAX: usize = 2;

words! {
    /// Where a ballot stands.
    BallotState {
        /// Votes can be cast.
        Open = "OPEN",
        /// The objection was voted down: it stands no more.
        Passed = "PASSED",
        /// The objection stands.
        Failed = "FAILED",
    }
}

/// A ballot on one objection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ballot {
    /// The objection that it would vote down. There is one ballot on each.
    pub objection: PositionId,
    /// Who opened it.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: Timestamp,
    /// Why.
    pub reason: Prose,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who votes, with what they voted, in the order of seats.
    pub electors: Vec<Elector>,
}

/// A seat that votes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Elector {
    /// Which.
    pub seat: SeatId,
    /// What it voted, if it did. A vote is never changed.
    pub vote: Option<Vote>,
}

/// A vote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Vote {
    /// Whether for voting the objection down.
    pub is_in_favour: bool,
    /// When.
    pub cast_at: Timestamp,
}

impl Ballot {
    /// How many voted so.
    pub fn count(&self, is_in_favour: bool) -> usize {
        let votes = self.electors.iter().filter_map(|elector| elector.vote);
        votes.filter(|vote| vote.is_in_favour == is_in_favour).count()
    }

    /// Where it stands: rule S13.
    pub fn state(&self) -> BallotState {
        let (in_favour, against) = (self.count(true), self.count(false));
        match self.closed_at {
            None => BallotState::Open,
            Some(_) if 3 * in_favour >= 2 * self.electors.len() && against <= AGAINST_MAX => BallotState::Passed,
            Some(_) => BallotState::Failed,
        }
    }

    /// Whether it can be closed: everybody has voted, or had their days.
    fn can_be_closed(&self, now: Timestamp) -> bool {
        let all_voted = self.electors.iter().all(|elector| elector.vote.is_some());
        all_voted || now >= self.opened_at + TimeDelta::days(OPEN_DAYS_MIN)
    }
}

/// What was said by whoever was voted down, published with the edition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MinorityView {
    /// The section that was objected to; none is the whole.
    pub section: Option<SectionId>,
    /// For which discipline.
    pub discipline: Discipline,
    /// The objection, in its holder's words.
    pub reason: Prose,
    /// The digest of the text that it was made on.
    pub digest: Digest,
    /// How many voted it down, how many against that, and how many had a vote.
    pub counts: [usize; 3],
}

/// The minority views of a review: what each objection says that a ballot voted down.
pub fn minority_views(ballots: &[Ballot], objections: &[Position]) -> Vec<MinorityView> {
    let passed = ballots.iter().filter(|ballot| ballot.state() == BallotState::Passed);
    let view = |ballot: &Ballot| {
        let objection = objections.iter().find(|objection| objection.id == ballot.objection)?;
        Some(MinorityView {
            section: objection.cell.scope.section(),
            discipline: objection.cell.discipline,
            reason: objection.reason.clone()?,
            digest: objection.digest,
            counts: [ballot.count(true), ballot.count(false), ballot.electors.len()],
        })
    };
    passed.filter_map(view).collect()
}

impl ReviewFacts {
    /// The ballot on an objection.
    pub fn ballot(&self, objection: PositionId) -> Option<&Ballot> {
        self.ballots.iter().find(|ballot| ballot.objection == objection)
    }

    /// When an objection was voted down, if it was.
    pub fn voted_down_at(&self, objection: PositionId) -> Option<Timestamp> {
        let ballot = self.ballot(objection).filter(|ballot| ballot.state() == BallotState::Passed);
        ballot.and_then(|ballot| ballot.closed_at)
    }
}

/// Why something cannot be done about a ballot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BallotProblem {
    /// The review is over.
    #[error("the review is over")]
    ReviewClosed,
    /// There is no such objection, or it stands no more.
    #[error("no such objection stands")]
    NoSuchObjection,
    /// The objection was balloted on before; there is one ballot on each.
    #[error("there is or was a ballot on this objection")]
    BallotHeld,
    /// No ballot on the objection is open.
    #[error("no ballot on this objection is open")]
    NoBallot,
    /// The seat does not vote in it: it was not in term when the ballot opened, or had recused itself.
    #[error("the seat has no vote in this ballot")]
    NoVote,
    /// The seat has voted; a vote is never changed.
    #[error("the seat has voted already")]
    VotedAlready,
    /// Whoever takes no part in decisions on the text leaves its ballots to the others who may.
    #[error("somebody who takes no part in the text leaves its ballots to the others")]
    TakesNoPart,
    /// Not everybody has voted, and the days to vote are not over.
    #[error("not everybody has voted, and the {OPEN_DAYS_MIN} days to vote are not over")]
    TooEarly,
}

/// What was done about a ballot, ready to be recorded.
#[derive(Clone, Debug)]
pub struct BallotMoved {
    moved: Moved,
    objection: PositionId,
    scope: Scope,
    audience: Audience,
    by: PersonId,
    at: Timestamp,
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Moved {
    /// It was opened.
    Opened(Ballot),
    /// A vote was cast.
    Voted(SeatId, Vote),
    /// It was closed.
    Closed(BallotState),
}

impl BallotMoved {
    /// What was done.
    pub fn moved(&self) -> &Moved {
        &self.moved
    }

    /// On which objection.
    pub fn objection(&self) -> PositionId {
        self.objection
    }

    /// On what that is.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Who may know of it: the audience of the section.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// Who did it.
    pub fn by(&self) -> PersonId {
        self.by
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Opens a ballot on an objection that stands.
pub fn open(
    permitted: &Permitted<'_, act::Publish, ReviewFacts>,
    objection: PositionId,
    reason: Prose,
    now: Timestamp,
) -> Result<BallotMoved, BallotProblem> {
    let facts = permitted.facts();
    let (scope, by) = of_open_review(permitted, objection)?;
    if facts.ballot(objection).is_some() {
        return Err(BallotProblem::BallotHeld);
    }
    let stands = facts
        .positions
        .iter()
        .find(|position| position.id == objection)
        .is_some_and(|position| standing_objections(facts, position.cell).any(|standing| standing.id == objection));
    if !stands {
        return Err(BallotProblem::NoSuchObjection);
    }
    let electors = electors(facts, scope, now).map(|seat| Elector { seat: seat.id, vote: None }).collect();
    let ballot = Ballot { objection, opened_by: by, opened_at: now, reason, closed_at: None, electors };
    Ok(moved(facts, Moved::Opened(ballot), objection, scope, by, now))
}

/// The group's voting seats that have not recused themselves from the text, and take part in decisions on it.
fn electors(facts: &ReviewFacts, scope: Scope, now: Timestamp) -> impl Iterator<Item = &Seat> {
    facts.seats.iter().filter(move |seat| {
        let is_recused = |discipline| is_recused(facts, Cell { scope, discipline }, seat.id);
        seat.term.covers(now)
            && facts.takes_part(seat.holder, scope)
            && seat.post.discipline().is_some_and(|discipline| !is_recused(discipline))
    })
}

/// Casts the vote of one's own seat, for voting the objection down or against that. The permit says which seat.
pub fn vote(
    permitted: &Permitted<'_, act::TakePosition, ReviewFacts>,
    objection: PositionId,
    is_in_favour: bool,
    now: Timestamp,
) -> Result<BallotMoved, BallotProblem> {
    let facts = permitted.facts();
    let (scope, by) = of_open_review(permitted, objection)?;
    let ballot = open_ballot(facts, objection)?;
    let seat = permitted.thing().seat.as_ref().ok_or(BallotProblem::NoVote)?.id;
    let elector = ballot.electors.iter().find(|elector| elector.seat == seat).ok_or(BallotProblem::NoVote)?;
    if elector.vote.is_some() {
        return Err(BallotProblem::VotedAlready);
    }
    Ok(moved(facts, Moved::Voted(seat, Vote { is_in_favour, cast_at: now }), objection, scope, by, now))
}

/// Closes a ballot. What was voted by then decides.
pub fn close(
    permitted: &Permitted<'_, act::Publish, ReviewFacts>,
    objection: PositionId,
    now: Timestamp,
) -> Result<BallotMoved, BallotProblem> {
    let facts = permitted.facts();
    let (scope, by) = of_open_review(permitted, objection)?;
    let ballot = open_ballot(facts, objection)?;
    if !ballot.can_be_closed(now) {
        return Err(BallotProblem::TooEarly);
    }
    let ended = Ballot { closed_at: Some(now), ..ballot.clone() };
    Ok(moved(facts, Moved::Closed(ended.state()), objection, scope, by, now))
}

fn of_open_review<A>(
    permitted: &Permitted<'_, A, ReviewFacts>,
    objection: PositionId,
) -> Result<(Scope, PersonId), BallotProblem> {
    let facts = permitted.facts();
    let (true, Some(by)) = (facts.is_open(), permitted.by()) else { return Err(BallotProblem::ReviewClosed) };
    let position = facts.positions.iter().find(|position| position.id == objection);
    let scope = position.ok_or(BallotProblem::NoSuchObjection)?.cell.scope;
    if facts.takes_part(by, scope) { Ok((scope, by)) } else { Err(BallotProblem::TakesNoPart) }
}

fn open_ballot(facts: &ReviewFacts, objection: PositionId) -> Result<&Ballot, BallotProblem> {
    let ballot = facts.ballot(objection).filter(|ballot| ballot.closed_at.is_none());
    ballot.ok_or(BallotProblem::NoBallot)
}

fn moved(
    facts: &ReviewFacts,
    moved: Moved,
    objection: PositionId,
    scope: Scope,
    by: PersonId,
    at: Timestamp,
) -> BallotMoved {
    BallotMoved { moved, objection, scope, audience: facts.audience(scope), by, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ballot(electors: usize, in_favour: usize, against: usize) -> Ballot {
        let vote = |at: usize| {
            let vote = Vote { is_in_favour: at < in_favour, cast_at: Timestamp::UNIX_EPOCH };
            (at < in_favour + against).then_some(vote)
        };
        let elector = |at: usize| Elector { seat: crate::domain::testing::seat_id(at as u128), vote: vote(at) };
        Ballot {
            objection: PositionId(uuid::Uuid::nil()),
            opened_by: crate::domain::testing::person(1),
            opened_at: Timestamp::UNIX_EPOCH,
            reason: Prose::new("A deadlock.").unwrap(),
            closed_at: Some(Timestamp::UNIX_EPOCH),
            electors: (0..electors).map(elector).collect(),
        }
    }

    #[test]
    fn s13_a_ballot_passes_with_two_thirds_of_all_who_have_a_vote_and_at_most_two_against() {
        for (electors, in_favour, against, passes) in [
            (9, 6, 0, true),
            (9, 6, 2, true),
            (9, 6, 3, false),
            (9, 5, 0, false),
            (10, 6, 0, false),
            (10, 7, 2, true),
            (3, 2, 1, true),
            (30, 27, 3, false),
            (1, 1, 0, true),
        ] {
            let expected = if passes { BallotState::Passed } else { BallotState::Failed };
            assert_eq!(ballot(electors, in_favour, against).state(), expected, "{in_favour}:{against} of {electors}");
        }
        assert_eq!(Ballot { closed_at: None, ..ballot(9, 9, 0) }.state(), BallotState::Open);
    }

    #[test]
    fn s13_a_ballot_is_closed_when_all_have_voted_or_had_a_week() {
        let day = |days| Timestamp::UNIX_EPOCH + TimeDelta::days(days);
        assert!(ballot(3, 2, 1).can_be_closed(day(0)));
        assert!(!ballot(3, 2, 0).can_be_closed(day(7) - TimeDelta::milliseconds(1)));
        assert!(ballot(3, 0, 0).can_be_closed(day(7)));
    }
}
