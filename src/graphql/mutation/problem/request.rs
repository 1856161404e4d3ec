//! Problems of accepting what a review asks.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::review::request::RequestProblem;

impl From<RequestProblem> for UserError {
    fn from(problem: RequestProblem) -> Self {
        let (code, path) = match problem {
            RequestProblem::ReviewClosed => (Code::ReviewClosed, Path::field("reviewId")),
            RequestProblem::NothingAsked => (Code::NothingAsked, Path::field("seatId")),
            RequestProblem::AlreadyAccepted => (Code::AlreadyAccepted, Path::input()),
        };
        Self::plain(code, problem, path)
    }
}
