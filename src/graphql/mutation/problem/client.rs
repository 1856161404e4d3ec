//! Problems of registering and revoking clients and their keys.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::client::ClientProblem;

impl From<ClientProblem> for UserError {
    fn from(problem: ClientProblem) -> Self {
        let (code, field) = match problem {
            ClientProblem::NameTaken => (Code::ClientNameTaken, Some("name")),
            ClientProblem::TooManyClients => (Code::TooManyClients, Some("groupId")),
            ClientProblem::ScopesMissing => (Code::ScopesMissing, Some("scopes")),
            // A key is handed in as `keys` with a new client, and as `jwk` with one that is there.
            ClientProblem::KeyIdTaken => (Code::KeyIdTaken, None),
            ClientProblem::KeyKnown => (Code::KeyKnown, None),
            ClientProblem::TooManyKeys => (Code::TooManyKeys, None),
            ClientProblem::ExpiryPast => (Code::ExpiryPast, None),
            ClientProblem::KeysPublished => (Code::KeysPublished, Some("clientId")),
            ClientProblem::KeyUnknown => (Code::KeyUnknown, Some("kid")),
            ClientProblem::KeyRevoked => (Code::KeyRevoked, Some("kid")),
            ClientProblem::ClientRevoked => (Code::ClientRevoked, Some("clientId")),
        };
        Self::plain(code, problem, field.map_or_else(Path::input, Path::field))
    }
}
