//! Problems of invitations.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::invitation::InvitationProblem;

impl From<InvitationProblem> for UserError {
    fn from(problem: InvitationProblem) -> Self {
        match problem {
            InvitationProblem::TermEmpty => Self::plain(Code::TermEmpty, problem, Path::field("until")),
            InvitationProblem::Expiry => Self::about(Code::OutOfRange, Path::field("expiresAt"), problem),
            InvitationProblem::Over => Self::plain(Code::InvitationOver, problem, Path::field("invitationId")),
            InvitationProblem::NotValid => Self::plain(Code::InvitationNotValid, problem, Path::field("code")),
            InvitationProblem::SeatHeld => Self::plain(Code::SeatHeld, problem, Path::field("code")),
        }
    }
}
