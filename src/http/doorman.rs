//! The seam between the transport and whoever knows tokens: one asynchronous question, asked once per operation.
//!
//! The transport finds the bearer token and carries the answer out; it never looks into either.

use std::{collections::BTreeSet, fmt, sync::Arc, time::SystemTime};

use async_graphql::Data;
use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::graphql::Session;

/// What an admitted caller brings into one operation.
pub struct Admitted {
    /// What resolvers find in their context, made for this operation alone: the actor, a reader, loaders.
    pub data: Data,
    /// The same actor's session, if queries may be answered from memory.
    pub session: Option<Arc<Session>>,
    /// Who it is, for counting what they ask for; `None` if nobody knows.
    pub who: Option<Uuid>,
    /// What they hold, each by an id and a word that mean nothing here. A socket is closed when something is gone from it.
    pub holds: BTreeSet<(Uuid, &'static str)>,
    /// What one document may cost this caller.
    pub complexity_max: u64,
    /// When the token ends. A socket is closed at that moment.
    pub expires_at: Option<SystemTime>,
}

/// Why a caller was not admitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAdmitted {
    /// The token is malformed, forged, expired, revoked or meant for somebody else. Which, is for the log only.
    #[error("the token is not valid here")]
    BadToken,
    /// It cannot be decided now, because the keys or the store cannot be read.
    #[error("tokens cannot be checked at the moment")]
    Unavailable,
}

type Admission = BoxFuture<'static, Result<Admitted, NotAdmitted>>;

/// Asks who is there. No token at all is a valid answer: an anonymous caller.
///
/// A socket asks again for each operation and with each ping, so a token or role that ends is felt within seconds.
#[derive(Clone)]
pub struct Doorman(Arc<dyn Fn(Option<String>) -> Admission + Send + Sync>);

impl Doorman {
    /// A doorman that asks `admit`, an asynchronous function from the token (without the word `Bearer`) to a decision.
    pub fn new<F>(admit: impl Fn(Option<String>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Admitted, NotAdmitted>> + Send + 'static,
    {
        Self(Arc::new(move |bearer| Box::pin(admit(bearer))))
    }

    /// Decides about the holder of `bearer`.
    pub async fn admit(&self, bearer: Option<&str>) -> Result<Admitted, NotAdmitted> {
        (self.0)(bearer.map(str::to_owned)).await
    }
}

impl fmt::Debug for Doorman {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Doorman")
    }
}

/// The token in the value of an `Authorization` header; `None` if it is of another scheme or empty.
pub(super) fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(' ')).then_some(token)
}

/// The token of a request, if it has any. An `Authorization` that is no bearer token is a bad token, not an absence:
/// whoever sent it believes to be somebody.
pub(super) fn token_of(headers: &poem::http::HeaderMap) -> Result<Option<&str>, NotAdmitted> {
    let mut values = headers.get_all(poem::http::header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().ok().and_then(bearer).map(Some).ok_or(NotAdmitted::BadToken),
        (Some(_), Some(_)) => Err(NotAdmitted::BadToken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_bearer_token_is_a_token() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        for wrong in ["", "Bearer", "Bearer ", "Basic abc", "abc", "Bearer a b", "Bearer a, Bearer b"] {
            assert_eq!(bearer(wrong), None, "{wrong:?}");
        }
    }
}
