//! Problems of bringing a document in. Whatever is wrong is mended in the manuscript.

use super::{
    super::user_error::{Path, UserError, UserErrorCode as Code},
    draft::outline,
};
use crate::domain::document::import::ImportProblem;

impl From<ImportProblem> for UserError {
    fn from(problem: ImportProblem) -> Self {
        let manuscript = Path::field("manuscript");
        let code = match problem {
            ImportProblem::SlugTaken => Code::SlugTaken,
            ImportProblem::NumberTwice(_) => Code::RecommendationTwice,
            ImportProblem::AudienceTooWide => Code::AudienceTooWide,
            ImportProblem::IssuedLater => Code::IssuedLater,
            ImportProblem::Outline(problem) => return outline(problem, manuscript),
        };
        Self::plain(code, problem, manuscript)
    }
}
