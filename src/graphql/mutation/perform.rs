//! The one way a mutation runs its command, and what becomes of the result.

use std::{error::Error as StdError, time::Duration};

use async_graphql::{Context, Error, Result, SimpleObject};
use serde::{Serialize, de::DeserializeOwned};

use super::user_error::UserError;
use crate::{
    commands::Refused,
    domain::access::{Actor, Denied},
    graphql::{
        error::{Code, internal},
        id::not_found,
        once,
        query::Query,
        session::Session,
    },
    store::{Store, StoreError},
};

/// How often a command is tried again.
const RETRIES_MAX: u32 = 3;
/// The pause before a command is tried again because the database was busy; it grows with each try.
const PAUSE: Duration = Duration::from_millis(20);

/// Why a mutation changed nothing.
pub(super) enum Stop {
    /// The user can mend it.
    Mistakes(Vec<UserError>),
    /// A refusal or a fault.
    Error(Error),
}

impl From<UserError> for Stop {
    fn from(mistake: UserError) -> Self {
        Self::Mistakes(vec![mistake])
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What every payload holds besides the thing changed.
#[derive(SimpleObject)]
pub(super) struct Reply {
    /// What the user can mend. Empty if it was done; then and only then was anything changed.
    user_errors: Vec<UserError>,
    /// Where reading begins, as things stand after this mutation.
    query: Query,
}

/// Runs a command whose problems tell all there is to tell.
pub(super) async fn perform<'a, I, F, T, P>(
    ctx: &'a Context<'_>,
    command: impl Fn(&'a Store, &'a Actor, &'a I) -> F,
    input: &'a I,
) -> Result<T, Stop>
where
    F: Future<Output = Result<T, Refused<P>>>,
    T: Serialize + DeserializeOwned,
    P: Into<UserError>,
{
    Ok(attempt(ctx, command, input).await?.map_err(Into::into)?)
}

/// Runs a command. The inner result is the domain's word; the outer error is a refusal or a fault.
///
/// If the request came with an idempotency key, what the command returns is kept with the act and given again to a
/// repeat. So it must be something that can be kept: ids to read back by, never a secret.
///
/// Whatever comes of it, things are looked at again afterwards: a command that finds a problem has often found that
/// somebody else acted first.
pub(super) async fn attempt<'a, I, F, T, P>(
    ctx: &'a Context<'_>,
    command: impl Fn(&'a Store, &'a Actor, &'a I) -> F,
    input: &'a I,
) -> Result<Result<T, P>>
where
    F: Future<Output = Result<T, Refused<P>>>,
    T: Serialize + DeserializeOwned,
{
    let session = Session::of(ctx)?;
    // On the heap: what wraps a command would else hold it several times over, on the stack of whoever begins it.
    let act = || Box::pin(command(session.store(), session.actor(), input));
    let done = match once::of_field(ctx) {
        Some(key) => retry(|| Box::pin(key.clone().run(act()))).await,
        None => retry(act).await,
    };
    session.refresh();
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(Refused::Problem(problem)) => Ok(Err(problem)),
        Err(Refused::Denied(Denied::Hidden)) => Err(not_found()),
        Err(Refused::Denied(Denied::Forbidden)) => Err(Code::Forbidden.error("not permitted")),
        Err(Refused::Store(error)) => Err(failure(error)),
    }
}

/// Tries again while the database asks for it, or while two acts meet: the later one then sees what the earlier did and
/// finds the problem that is the user's. Until a command commits nothing has happened, so it can begin anew.
async fn retry<F, T, P>(command: impl Fn() -> F) -> F::Output
where
    F: Future<Output = Result<T, Refused<P>>>,
{
    for tries in 1..=RETRIES_MAX {
        match command().await {
            Err(Refused::Store(error)) if error.is_transient() => tokio::time::sleep(PAUSE * tries).await,
            Err(Refused::Store(StoreError::Constraint(_))) => {}
            settled => return settled,
        }
    }
    command().await
}

/// Turns a failure of the store into an error that says nothing of the database. One that other requests cause is
/// logged here; one of ours is logged with its request.
fn failure(error: StoreError) -> Error {
    match error {
        StoreError::Constraint(name) => {
            tracing::warn!(constraint = name, "a command met the same constraint at each try");
            Code::Conflict.error("somebody else acted at the same moment: read again, then decide")
        }
        StoreError::KeyInUse => Code::Conflict.error("another request with this Idempotency-Key is under way"),
        StoreError::KeyReused => Code::Conflict.error("this Idempotency-Key was used for another request"),
        error if error.is_transient() => {
            tracing::warn!(cause = error.source().map(tracing::field::display), "the database stayed busy at each try");
            Code::Unavailable.error("the database is busy: nothing was changed, try again soon")
        }
        error => internal(error),
    }
}

/// Separates what belongs into the payload from what is an error of the field.
pub(super) fn settle<T>(done: Result<T, Stop>) -> Result<(Option<T>, Reply)> {
    let (done, user_errors) = match done {
        Ok(done) => (Some(done), vec![]),
        Err(Stop::Mistakes(mistakes)) => (None, mistakes),
        Err(Stop::Error(error)) => return Err(error),
    };
    Ok((done, Reply { user_errors, query: Query::default() }))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// A command that fails so often, then finds a problem; with how often it was tried.
    async fn failing(times: u32, error: impl Fn() -> StoreError) -> (u32, Refused<&'static str>) {
        let tries = AtomicU32::new(0);
        let refused = retry(|| {
            let fails = tries.fetch_add(1, Ordering::SeqCst) < times;
            let error = error();
            async move { Err::<(), _>(if fails { Refused::Store(error) } else { Refused::Problem("second") }) }
        });
        let refused = refused.await.unwrap_err();
        (tries.load(Ordering::SeqCst), refused)
    }

    fn constraint() -> StoreError {
        StoreError::Constraint("seat_held_once".to_owned())
    }

    #[tokio::test]
    async fn of_two_acts_that_meet_the_second_sees_the_first() {
        let (tries, refused) = failing(1, constraint).await;
        assert!(matches!((tries, refused), (2, Refused::Problem("second"))));
    }

    #[tokio::test]
    async fn a_constraint_that_stays_violated_is_a_conflict_that_names_nothing() {
        let (tries, refused) = failing(u32::MAX, constraint).await;
        let Refused::Store(error) = refused else { panic!("{refused:?}") };
        let error = failure(error);
        assert_eq!((tries, code(&error)), (4, "CONFLICT".to_owned()));
        assert!(!error.message.contains("seat_held_once"));
    }

    #[tokio::test]
    async fn what_another_try_cannot_mend_is_not_tried_again() {
        let broken = || StoreError::Unsafe("fsync=off".to_owned());
        let (tries, refused) = failing(u32::MAX, broken).await;
        let Refused::Store(error) = refused else { panic!("{refused:?}") };
        assert_eq!((tries, code(&failure(error))), (1, "INTERNAL".to_owned()));
    }

    fn code(error: &Error) -> String {
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code")).unwrap();
        code.clone().into_json().unwrap().as_str().unwrap().to_owned()
    }
}
