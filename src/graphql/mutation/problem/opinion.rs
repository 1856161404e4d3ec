//! Problems of giving an opinion.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::review::opinion::OpinionProblem;

impl From<OpinionProblem> for UserError {
    fn from(problem: OpinionProblem) -> Self {
        let (code, path) = match problem {
            OpinionProblem::SectionChanged { current } => return Self::section_changed(&problem, current),
            OpinionProblem::ReviewClosed => (Code::ReviewClosed, Path::field("reviewId")),
            OpinionProblem::ReasonMissing => (Code::ReasonMissing, Path::field("reason")),
            OpinionProblem::Excluded => (Code::TakesNoPart, Path::field("sectionId")),
            OpinionProblem::AlreadyGiven => (Code::AlreadyTaken, Path::input()),
            OpinionProblem::TooMany => (Code::TooManyOpinions, Path::input()),
        };
        Self::plain(code, &problem, path)
    }
}
