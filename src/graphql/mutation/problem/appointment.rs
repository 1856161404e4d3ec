//! Problems of giving and taking back seats and roles.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::{appointment::AppointmentProblem, role::PostProblem};

impl From<AppointmentProblem> for UserError {
    fn from(problem: AppointmentProblem) -> Self {
        let (code, field) = match problem {
            AppointmentProblem::TermEmpty => (Code::TermEmpty, "until"),
            AppointmentProblem::EndPast => (Code::EndPast, "until"),
            AppointmentProblem::TermOver => (Code::TermOver, "seatId"),
            AppointmentProblem::EndLater => (Code::EndLater, "until"),
            AppointmentProblem::SeatHeld => (Code::SeatHeld, "person"),
            AppointmentProblem::CannotSucceed => (Code::CannotSucceed, "succeedsId"),
            AppointmentProblem::SucceededAlready => (Code::SucceededAlready, "succeedsId"),
            AppointmentProblem::CannotLead => (Code::CannotLead, "seatId"),
            AppointmentProblem::LeadsAlready => (Code::LeadsAlready, "seatId"),
            AppointmentProblem::GrantRevoked => (Code::GrantRevoked, "grantId"),
            AppointmentProblem::RoleHeld => (Code::RoleHeld, "to"),
            AppointmentProblem::RoleNotForClient => (Code::RoleNotForClient, "role"),
        };
        Self::plain(code, problem, Path::field(field))
    }
}

impl From<PostProblem> for UserError {
    fn from(problem: PostProblem) -> Self {
        let code = match problem {
            PostProblem::DisciplineMissing => Code::DisciplineMissing,
            PostProblem::OfficeDoesNotVote(_) => Code::OfficeDoesNotVote,
        };
        Self::plain(code, problem, Path::field("discipline"))
    }
}
