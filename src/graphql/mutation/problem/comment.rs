//! Problems of writing and settling comments.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::comment::CommentProblem;

impl From<CommentProblem> for UserError {
    fn from(problem: CommentProblem) -> Self {
        let (code, path) = match problem {
            CommentProblem::SectionChanged { current } => return Self::section_changed(&problem, current),
            CommentProblem::ReviewClosed => (Code::ReviewClosed, Path::input()),
            CommentProblem::Excluded => (Code::TakesNoPart, Path::field("sectionId")),
            CommentProblem::TooMany => (Code::TooManyComments, Path::input()),
            CommentProblem::AlreadySettled => (Code::AlreadySettled, Path::field("commentId")),
        };
        Self::plain(code, &problem, path)
    }
}
