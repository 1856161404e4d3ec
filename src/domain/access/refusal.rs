//! Why not: what an act is refused with, and what keeps somebody from one, for those who show people what they can do.

use super::StepUp;

/// Why not. Two refusals, because what you may not read does not exist (A2); and a third that a new log-in mends, given
/// only to who may otherwise.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Denied {
    /// The actor may not know of the thing: answer as if it were not there.
    #[error("not found")]
    Hidden,
    /// The actor may read the thing but not do this to it.
    #[error("not permitted")]
    Forbidden,
    /// The actor may, once they have shown that they are there.
    #[error("a more recent log-in is needed")]
    StepUp(StepUp),
}

/// What keeps somebody from doing something, for those who show people what they can do. The rulebook tells some, the state
/// of the thing the others; without any, it can be done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Obstacle {
    /// Nobody has logged in.
    NotSignedIn,
    /// It may not be read, such as a draft.
    NotReadable,
    /// It takes an office that is not held.
    OfficeMissing,
    /// It takes a seat of a discipline that the section names.
    DisciplineMissing,
    /// It takes a role on the document that was not given.
    RoleMissing,
    /// It takes a scope that the client's token does not have.
    ScopeMissing,
    /// It is one's own change, and a second person confirms it (D5).
    OwnChange,
    /// No seat of one's own can take a position there.
    SeatMissing,
    /// The seat has recused itself (S8).
    SeatRecused,
    /// One takes no part in decisions on the text, because of an interest.
    TakesNoPart,
    /// What one declared of one's interests is too old, or missing.
    DeclarationLapsed,
    /// It is one's own interest, and others decide what is done about it.
    OwnInterest,
    /// It does not stand in a draft.
    NotInDraft,
    /// There is no editorial change that waits for confirmation.
    NothingToConfirm,
    /// The review is over.
    ReviewOver,
}
