//! Problems of concluding a review and of withdrawing an edition.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::{
    domain::review::{
        conclusion::{ConclusionProblem, WithdrawalProblem},
        gate,
    },
    graphql::types::Blocker,
};

/// Tells why a review cannot be concluded so. A blocker names cells and positions, which are found through the review:
/// `blocker` makes one that knows it.
pub(in super::super) fn concluding(
    problem: ConclusionProblem,
    blocker: impl FnMut(gate::Blocker) -> Blocker,
) -> UserError {
    let message = problem.to_string();
    let (code, path) = match problem {
        ConclusionProblem::Blocked(blockers) => {
            return UserError::publication_blocked(message, blockers.into_iter().map(blocker).collect());
        }
        ConclusionProblem::ReviewClosed => (Code::ReviewClosed, Path::field("reviewId")),
        ConclusionProblem::NothingChanged => (Code::NothingChanged, Path::field("reviewId")),
        ConclusionProblem::DraftDiffers => (Code::DraftDiffers, Path::field("reviewId")),
        ConclusionProblem::NothingToReaffirm => (Code::NothingToReaffirm, Path::field("reviewId")),
        ConclusionProblem::NotExceptional => (Code::NotExceptional, Path::field("reviewId")),
        ConclusionProblem::InterimNotSigned => (Code::InterimNotSigned, Path::field("reviewId")),
        ConclusionProblem::TakesNoPart => (Code::TakesNoPart, Path::field("reviewId")),
        ConclusionProblem::NotToday => (Code::NotToday, Path::field("issued")),
        ConclusionProblem::NextDuePast => (Code::NextDuePast, Path::field("nextDue")),
    };
    UserError::plain(code, message, path)
}

impl From<WithdrawalProblem> for UserError {
    fn from(problem: WithdrawalProblem) -> Self {
        let code = match problem {
            WithdrawalProblem::NotPublished => Code::NotPublished,
            WithdrawalProblem::AlreadyWithdrawn => Code::AlreadyWithdrawn,
        };
        Self::plain(code, problem, Path::field("editionId"))
    }
}
