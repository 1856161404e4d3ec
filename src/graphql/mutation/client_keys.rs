//! How an input hands public keys in.

use async_graphql::{Context, OneofObject};

use super::{
    perform::Stop,
    user_error::{Path, UserError, UserErrorCode as Code},
};
use crate::{
    commands::GivenKeys,
    domain::{
        client::{KeyProblem, PublicKey},
        time::Timestamp,
    },
    identity::{KeySetUrls, NotAKeySetUrl},
};

/// The most bytes of a set of keys.
const SET_BYTES_MAX: usize = 32 * 1024;

/// The public keys that a client comes with.
#[derive(OneofObject)]
pub(super) enum ClientKeysInput {
    /// A JSON Web Key Set (RFC 7517) as a text, with one or two public keys, each with a `kid`: RSA of 2048 bits or
    /// more, or EC on P-256 or P-384. A key with a private part is refused and stored nowhere.
    Jwks(String),
    /// The address of such a set, which the client's owner keeps up to date: `https` and a public name. It is asked when
    /// the client signs with a key that is not known yet.
    KeySetUrl(String),
}

impl ClientKeysInput {
    /// Checks them; `path` is where they stand in the arguments.
    pub(super) fn read(self, ctx: &Context<'_>, expires_at: Option<Timestamp>, path: &Path) -> Result<GivenKeys, Stop> {
        match self {
            Self::KeySetUrl(url) => {
                let taken = ctx.data::<KeySetUrls>()?.check(&url);
                let url = taken.map_err(|problem| url_problem(problem, path.then("keySetUrl")))?;
                Ok(GivenKeys::At(url.to_string()))
            }
            Self::Jwks(text) => {
                let keys = set(&text).map_err(|problem| key_problem(&problem, path.then("jwks")))?;
                Ok(GivenKeys::Here(keys, expires_at))
            }
        }
    }
}

/// One key, as a JSON text: by itself, or as a set of one.
pub(super) fn one_key(text: &str, path: Path) -> Result<PublicKey, UserError> {
    let read = || {
        let value: serde_json::Value = bounded(text)?;
        if value.get("keys").is_none() {
            return PublicKey::from_jwk(&value);
        }
        let mut keys = set(text)?;
        match (keys.pop(), keys.is_empty()) {
            (Some(key), true) => Ok(key),
            _ => Err(KeyProblem::NotASet("one key is added at a time")),
        }
    };
    read().map_err(|problem| key_problem(&problem, path))
}

fn set(text: &str) -> Result<Vec<PublicKey>, KeyProblem> {
    bounded(text)?;
    PublicKey::from_set(text)
}

fn bounded(text: &str) -> Result<serde_json::Value, KeyProblem> {
    if text.len() > SET_BYTES_MAX {
        return Err(KeyProblem::NotASet("it is longer than 32 KiB"));
    }
    serde_json::from_str(text).map_err(|_| KeyProblem::NotASet("it is not JSON"))
}

/// Of an address that is not asked.
pub(super) fn url_problem(problem: NotAKeySetUrl, path: Path) -> UserError {
    UserError::about(Code::KeySetUrlNotAllowed, path, problem)
}

/// Never repeats what was handed in: it may have been a secret.
pub(super) fn key_problem(problem: &KeyProblem, path: Path) -> UserError {
    let code = match problem {
        KeyProblem::NotASet(_) => Code::KeySetInvalid,
        KeyProblem::Private => Code::KeyPrivate,
        KeyProblem::NotAllowed(_) => Code::KeyNotAllowed,
    };
    UserError::about(code, path, problem)
}
