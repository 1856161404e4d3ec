//! Problems of editing a draft: its texts and its tree.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::document::{change::EditProblem, draft::DraftProblem, outline::OutlineProblem};

impl From<DraftProblem> for UserError {
    fn from(problem: DraftProblem) -> Self {
        let (code, field) = match problem {
            DraftProblem::Edit(problem) => return edit(problem, Path::field("recommendations")),
            DraftProblem::Outline(problem) => return outline(problem, Path::input()),
            DraftProblem::NoteChanged { current } => {
                return UserError::base_changed(Code::NoteChanged, &problem, "digest", current);
            }
            DraftProblem::ArrangementChanged { current } => {
                return UserError::base_changed(Code::ArrangementChanged, &problem, "arrangement", Some(current));
            }
            DraftProblem::KeyTaken => (Code::KeyTaken, "key"),
            DraftProblem::AudienceTooWide => (Code::AudienceTooWide, "audience"),
            DraftProblem::RequirementsWrong => (Code::RequirementsWrong, "requirements"),
            DraftProblem::AudienceWouldChange => (Code::AudienceWouldChange, "parentId"),
            DraftProblem::ObjectionStands => (Code::ObjectionStands, "sectionId"),
            DraftProblem::TakesNoPart => (Code::TakesNoPart, "sectionId"),
        };
        Self::plain(code, &problem, Path::field(field))
    }
}

/// Tells a problem of a draft where the input names recommendations elsewhere than in a list of them.
pub(in super::super) fn naming(problem: DraftProblem, recommendations: Path) -> UserError {
    match problem {
        DraftProblem::Edit(problem) => edit(problem, recommendations),
        DraftProblem::Outline(_)
        | DraftProblem::NoteChanged { .. }
        | DraftProblem::ArrangementChanged { .. }
        | DraftProblem::KeyTaken
        | DraftProblem::AudienceTooWide
        | DraftProblem::AudienceWouldChange
        | DraftProblem::ObjectionStands
        | DraftProblem::TakesNoPart
        | DraftProblem::RequirementsWrong => problem.into(),
    }
}

/// Tells a problem of a text; `recommendations` is where those of the section are named.
fn edit(problem: EditProblem, recommendations: Path) -> UserError {
    let (code, path) = match problem {
        EditProblem::SectionChanged { current } => return UserError::section_changed(&problem, current),
        EditProblem::NothingChanged => (Code::NothingChanged, Path::input()),
        EditProblem::RecommendationMissing(_) => (Code::RecommendationMissing, recommendations),
        EditProblem::RecommendationUnknown(_) => (Code::RecommendationUnknown, recommendations),
        EditProblem::RecommendationTwice(_) => (Code::RecommendationTwice, recommendations),
        EditProblem::RecommendationStoodDown(_) => (Code::RecommendationStoodDown, recommendations),
        EditProblem::TooManyRecommendations => (Code::TooManyRecommendations, recommendations),
        EditProblem::NothingToConfirm => (Code::NothingToConfirm, Path::field("sectionId")),
    };
    UserError::plain(code, &problem, path)
}

/// Tells a problem of a tree; `whole` is where the tree as a whole comes from.
pub(super) fn outline(problem: OutlineProblem, whole: Path) -> UserError {
    let (code, path) = match problem {
        OutlineProblem::UnknownSection => (Code::SectionUnknown, whole),
        OutlineProblem::NotASibling => (Code::NotASibling, whole.then("afterId")),
        OutlineProblem::UnderItself => (Code::UnderItself, whole),
        OutlineProblem::TooDeep => (Code::TooDeep, whole),
        OutlineProblem::TooMany => (Code::TooManySections, whole),
        OutlineProblem::HasChildren => (Code::SectionHasChildren, whole),
        OutlineProblem::Twice => (Code::SectionTwice, whole),
    };
    UserError::plain(code, problem, path)
}
