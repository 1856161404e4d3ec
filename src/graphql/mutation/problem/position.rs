//! Problems of taking a position.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::review::position::PositionProblem;

impl From<PositionProblem> for UserError {
    fn from(problem: PositionProblem) -> Self {
        let (code, path) = match problem {
            PositionProblem::SectionChanged { current } => return Self::section_changed(&problem, current),
            PositionProblem::ReviewClosed => (Code::ReviewClosed, Path::field("reviewId")),
            PositionProblem::NoSuchCell => (Code::CellUnknown, Path::field("sectionId")),
            PositionProblem::ReasonMissing => (Code::ReasonMissing, Path::field("reason")),
            PositionProblem::DayOutOfRange { .. } => (Code::DayOutOfRange, Path::field("until")),
            PositionProblem::TimeAskedBefore => (Code::TimeAskedBefore, Path::field("seatId")),
            PositionProblem::AlreadyTaken => (Code::AlreadyTaken, Path::input()),
            PositionProblem::NothingToLift => (Code::NothingToLift, Path::input()),
            PositionProblem::NothingToWithdraw => (Code::NothingToWithdraw, Path::input()),
            PositionProblem::Recused => (Code::SeatRecused, Path::field("seatId")),
            PositionProblem::TakesNoPart => (Code::TakesNoPart, Path::field("seatId")),
            PositionProblem::DeclarationLapsed => (Code::DeclarationLapsed, Path::field("seatId")),
            PositionProblem::SeatNotInTerm => (Code::SeatNotInTerm, Path::field("seatId")),
        };
        Self::plain(code, &problem, path)
    }
}
