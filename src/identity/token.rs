//! Bearer tokens: what a good one says, why one is not believed, and how this service issues its own for people at the
//! command line and in demonstrations. Believing is in [`verifier`](super::verifier).

use chrono::TimeDelta;
use jsonwebtoken::{Header, errors::ErrorKind};
use serde::Serialize;

use super::key::SigningKey;
use crate::{
    config::{Auth, Identifier},
    domain::time::Timestamp,
};

/// The most bytes of a token. Longer ones are refused before anything in them is read.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// The most bytes of a subject (OpenID Connect Core, section 2).
pub const SUBJECT_BYTES_MAX: usize = 255;
/// The most bytes of a name.
pub const NAME_BYTES_MAX: usize = 400;

/// What a good token says about its bearer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    /// Who vouches for them.
    pub issuer: String,
    /// How the issuer knows them; a person is issuer and subject together.
    pub subject: String,
    /// What they are called, if the issuer says so.
    pub name: Option<String>,
    /// When the token was made.
    pub issued_at: Timestamp,
    /// First instant at which the token is worth nothing, clock skew aside.
    pub expires_at: Timestamp,
    /// When they last proved that they are there. A sign-off wants it to be recent.
    pub auth_time: Option<Timestamp>,
    /// How sure the issuer was of who logged in, in words of its own.
    pub acr: Option<String>,
}

/// Why a token is not believed. For the log; a caller only learns that it was not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadToken {
    /// More than [`TOKEN_BYTES_MAX`].
    #[error("the token is longer than {TOKEN_BYTES_MAX} bytes")]
    TooLong,
    /// Not three parts of base64 with JSON in the first, or header fields of the wrong type.
    #[error("the token is malformed")]
    Malformed,
    /// A `typ` of something else than an access token.
    #[error("the token is of another type")]
    Type,
    /// The header names extensions that must be understood, and none is.
    #[error("the token has critical headers")]
    Critical,
    /// Signed in another way than is configured, or not at all.
    #[error("the token is signed with another algorithm")]
    Algorithm,
    /// It names a key that the issuer does not have, or not for this algorithm.
    #[error("the issuer has no such key")]
    Key,
    /// The signature is not the issuer's.
    #[error("the signature is wrong")]
    Signature,
    /// It is over.
    #[error("the token has expired")]
    Expired,
    /// It has not begun.
    #[error("the token is not valid yet")]
    NotYet,
    /// Somebody else issued it.
    #[error("the issuer is not trusted")]
    Issuer,
    /// It is meant for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// A claim is missing, of the wrong type, or impossible. Names it where that is known.
    #[error("the claim {0} is missing or wrong")]
    Claim(&'static str),
}

/// Why no token was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The verifier would not take it.
    #[error("failed to issue a token with such a {0}")]
    Claim(&'static str),
    /// The library would not sign.
    #[error("failed to sign the token")]
    Sign(#[source] jsonwebtoken::errors::Error),
}

/// Issues tokens in this service's own name.
#[derive(Clone, Debug)]
pub struct TokenIssuer {
    issuer: Identifier,
    audience: Identifier,
    key: SigningKey,
}

/// The claims as this service writes them.
#[derive(Serialize)]
struct Issued<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    iat: u64,
    exp: u64,
    auth_time: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

impl TokenIssuer {
    /// Issues with `key` under the names in `settings`.
    pub fn new(settings: &Auth, key: SigningKey) -> Self {
        Self { issuer: settings.issuer.clone(), audience: settings.audience.clone(), key }
    }

    /// A token for `subject`, good from `now` for `lifetime`. Being handed one counts as having logged in at `now`,
    /// which is the system's time: see [`system_now`].
    pub fn issue(
        &self,
        subject: &str,
        name: Option<&str>,
        lifetime: TimeDelta,
        now: Timestamp,
    ) -> Result<String, IssueError> {
        if !is_text(subject, SUBJECT_BYTES_MAX) {
            return Err(IssueError::Claim("subject"));
        }
        if name.is_some_and(|name| !is_text(name, NAME_BYTES_MAX)) {
            return Err(IssueError::Claim("name"));
        }
        let seconds = |at: Timestamp, claim| u64::try_from(at.timestamp()).map_err(|_| IssueError::Claim(claim));
        let until = now.checked_add_signed(lifetime).filter(|_| lifetime >= TimeDelta::seconds(1));
        let issued = seconds(now, "time")?;
        let written = Issued {
            iss: self.issuer.as_str(),
            aud: self.audience.as_str(),
            sub: subject,
            iat: issued,
            exp: seconds(until.ok_or(IssueError::Claim("lifetime"))?, "lifetime")?,
            auth_time: issued,
            name,
        };
        jsonwebtoken::encode(&Header::new(self.key.algorithm), &written, &self.key.encoding).map_err(IssueError::Sign)
    }
}

/// Whether `text` has words in it, no control characters, and at most `bytes` bytes.
pub(super) fn is_text(text: &str, bytes: usize) -> bool {
    !text.trim().is_empty() && text.len() <= bytes && !text.chars().any(char::is_control)
}

/// The library's reason in our words. Its list is open, so what is not named is malformed.
pub(super) fn reason(kind: &ErrorKind) -> BadToken {
    match kind {
        ErrorKind::InvalidSignature => BadToken::Signature,
        ErrorKind::ExpiredSignature => BadToken::Expired,
        ErrorKind::ImmatureSignature => BadToken::NotYet,
        ErrorKind::InvalidIssuer => BadToken::Issuer,
        ErrorKind::InvalidAudience => BadToken::Audience,
        ErrorKind::InvalidAlgorithm | ErrorKind::MissingAlgorithm | ErrorKind::UnsupportedAlgorithm => {
            BadToken::Algorithm
        }
        ErrorKind::MissingRequiredClaim(claim) | ErrorKind::InvalidClaimFormat(claim) => {
            let known = ["exp", "nbf", "iss", "aud", "sub"].into_iter().find(|known| known == claim);
            BadToken::Claim(known.unwrap_or("of some name"))
        }
        _ => BadToken::Malformed,
    }
}
