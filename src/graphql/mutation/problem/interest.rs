//! Problems of the register of interests, and of what is decided about them.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::{interest::InterestProblem, review::participation::ParticipationProblem};

impl From<InterestProblem> for UserError {
    fn from(problem: InterestProblem) -> Self {
        let (code, path) = match problem {
            InterestProblem::DatesWrong => (Code::InterestDates, Path::input()),
            InterestProblem::TooManyTopics => (Code::TooManyTopics, Path::field("topics")),
            InterestProblem::TooMany => (Code::TooManyInterests, Path::field("seatId")),
            InterestProblem::AlreadyEnded => (Code::InterestEnded, Path::field("interestId")),
            InterestProblem::NothingChanged => (Code::NothingChanged, Path::field("reason")),
        };
        Self::plain(code, problem, path)
    }
}

impl From<ParticipationProblem> for UserError {
    fn from(problem: ParticipationProblem) -> Self {
        let (code, path) = match problem {
            ParticipationProblem::ReviewClosed => (Code::ReviewClosed, Path::field("reviewId")),
            ParticipationProblem::NoSuchSection => (Code::SectionUnknown, Path::field("sectionId")),
            ParticipationProblem::OfAnotherGroup => (Code::InterestElsewhere, Path::field("interestId")),
            ParticipationProblem::TakesNoPart => (Code::TakesNoPart, Path::field("sectionId")),
            ParticipationProblem::NothingChanged => (Code::NothingChanged, Path::field("action")),
            ParticipationProblem::TooMany => (Code::TooManyActions, Path::field("reviewId")),
        };
        Self::plain(code, problem, path)
    }
}
