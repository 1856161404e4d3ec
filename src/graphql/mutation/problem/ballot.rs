//! Problems of holding a ballot.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::review::ballot::BallotProblem;

impl From<BallotProblem> for UserError {
    fn from(problem: BallotProblem) -> Self {
        let (code, path) = match problem {
            BallotProblem::ReviewClosed => (Code::ReviewClosed, Path::field("positionId")),
            BallotProblem::NoSuchObjection => (Code::ObjectionUnknown, Path::field("positionId")),
            BallotProblem::BallotHeld => (Code::BallotHeld, Path::field("positionId")),
            BallotProblem::NoBallot => (Code::BallotUnknown, Path::field("positionId")),
            BallotProblem::NoVote => (Code::NoVote, Path::field("seatId")),
            BallotProblem::VotedAlready => (Code::VotedAlready, Path::field("seatId")),
            BallotProblem::TakesNoPart => (Code::TakesNoPart, Path::field("positionId")),
            BallotProblem::TooEarly => (Code::BallotOpen, Path::field("positionId")),
        };
        Self::plain(code, problem, path)
    }
}
