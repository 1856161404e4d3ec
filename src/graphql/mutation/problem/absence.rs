//! Problems of declaring an absence.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::absence::AbsenceProblem;

impl From<AbsenceProblem> for UserError {
    fn from(problem: AbsenceProblem) -> Self {
        let (code, path) = match problem {
            AbsenceProblem::DatesWrong => (Code::AbsenceDates, Path::field("backOn")),
            AbsenceProblem::AlreadyAway => (Code::AlreadyAway, Path::field("firstDay")),
            AbsenceProblem::StandInUnfit => (Code::StandInUnfit, Path::field("standInSeatId")),
            AbsenceProblem::ChainWrong => (Code::StandInChain, Path::field("standInSeatId")),
            AbsenceProblem::AbsenceOver => (Code::AbsenceOver, Path::field("absenceId")),
        };
        Self::plain(code, problem, path)
    }
}
