//! Problems of scheduling, opening and moving a review.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::review::opening::OpeningProblem;

impl From<OpeningProblem> for UserError {
    fn from(problem: OpeningProblem) -> Self {
        let (code, path) = match problem {
            OpeningProblem::AlreadyOpen => (Code::ReviewAlreadyOpen, Path::field("documentId")),
            OpeningProblem::NothingToReview => (Code::NothingToReview, Path::field("documentId")),
            OpeningProblem::ReviewClosed => (Code::ReviewClosed, Path::field("reviewId")),
            OpeningProblem::DatesOutOfOrder => (Code::DatesOutOfOrder, Path::input()),
            OpeningProblem::RulesSame => (Code::NothingChanged, Path::field("reviewId")),
            OpeningProblem::SectionsWrong => (Code::SectionsWrong, Path::field("sectionIds")),
            OpeningProblem::ReasonMissing => (Code::ReasonMissing, Path::field("reason")),
            OpeningProblem::DateOver => (Code::DateOver, Path::field("due")),
        };
        Self::plain(code, problem, path)
    }
}
