//! Problems of handing cells over.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::review::assignment::AssignmentProblem;

impl From<AssignmentProblem> for UserError {
    fn from(problem: AssignmentProblem) -> Self {
        let (code, path) = match problem {
            AssignmentProblem::ReviewClosed => (Code::ReviewClosed, Path::field("reviewId")),
            AssignmentProblem::NoSuchCell => (Code::CellUnknown, Path::field("discipline")),
            AssignmentProblem::SeatUnfit => (Code::SeatUnfit, Path::field("seatIds")),
            AssignmentProblem::LoadLimit { .. } => (Code::LoadLimit, Path::field("seatIds")),
            AssignmentProblem::NothingChanged => (Code::NothingChanged, Path::field("seatIds")),
        };
        Self::plain(code, problem, path)
    }
}
