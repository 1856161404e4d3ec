//! One operation on its way in, the same on every transport: its text is found, guarded, and counted against its caller.

use super::{
    Door,
    params::Parameters,
    problem::Problem,
    rate::{Caller, Standing},
};
use crate::graphql::{
    answer::Answer,
    error::Refusal,
    guard::{GuardedRequest, RawRequest},
    once::Once,
};

/// An operation that may run.
pub(super) struct Prepared {
    pub(super) request: GuardedRequest,
    /// The idempotency key it came with, bound to what was asked for.
    pub(super) once: Option<Once>,
}

/// Why an operation may not run.
pub(super) enum Stopped {
    /// Something around the document.
    Problem(Problem),
    /// The document.
    Refusal(Refusal),
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Stopped> for Answer {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Problem(problem) => Self::refused(problem.code, problem.message),
            Stopped::Refusal(refusal) => refusal.into(),
        }
    }
}

/// Finds the text and lets the guard see it.
pub(super) fn prepare(
    door: &Door,
    parameters: Parameters,
    key: Option<String>,
    complexity_max: u64,
) -> Result<Prepared, Stopped> {
    let Parameters { document, operation_name, variables } = parameters;
    let found = door.settings.documents.find(document)?;
    let raw = RawRequest { query: found.text.clone(), operation_name, variables };
    let once = key.map(|key| Once::new(key, &raw));
    let request = door.api.guard(raw, complexity_max)?;
    door.settings.documents.keep(found);
    Ok(Prepared { request, once })
}

/// Counts an operation, or the attempt at one, against its caller.
pub(super) fn count(door: &Door, caller: Caller, prepared: &Result<Prepared, Stopped>) -> Option<Standing> {
    let fields = prepared.as_ref().map_or(0, |prepared| prepared.request.complexity());
    door.settings.rates.count(caller, fields)
}
