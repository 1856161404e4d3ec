//! Bearer tokens: issued for people at the command line and in demonstrations, verified on every request.
//!
//! The library checks the signature and the usual claims, but it also accepts tokens without `aud` or `iss`, an
//! `iss` that is a list, an empty `sub`, unknown critical headers and texts of any length. Those are refused here.
//! A token is judged by the system's time, never by the domain's clock.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta};
use jsonwebtoken::{Header, Validation, errors::ErrorKind};
use serde::{Deserialize, Serialize};

use super::key::SigningKey;
use crate::{
    clock::system_now,
    config::{Auth, Identifier},
    domain::time::Timestamp,
};

/// The most bytes of a token. Longer ones are refused before anything in them is read.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// The most bytes of a subject (OpenID Connect Core, section 2).
pub const SUBJECT_BYTES_MAX: usize = 255;
/// The most bytes of a name.
pub const NAME_BYTES_MAX: usize = 400;
/// The most audiences one token may be meant for.
const AUDIENCES_MAX: usize = 16;

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
    /// The signature is not ours.
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

/// Verifies tokens.
#[derive(Clone, Debug)]
pub struct TokenVerifier {
    /// This service itself, the only issuer that is trusted.
    local: TrustedIssuer,
}

/// What is needed to believe one issuer. All of it is configured, none of it comes from a token.
#[derive(Clone, Debug)]
struct TrustedIssuer {
    key: jsonwebtoken::DecodingKey,
    validation: Validation,
}

/// The claims as they are written. Deriving refuses wrong types, missing claims and claims given twice.
#[derive(Deserialize, Serialize)]
struct Written {
    iss: String,
    aud: Audience,
    sub: String,
    iat: u64,
    exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Only tokens of machine clients have one: see [`ClientTokens`](super::ClientTokens).
    #[serde(skip_serializing)]
    client_key: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
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
        let written = Written {
            iss: self.issuer.as_str().to_owned(),
            aud: Audience::One(self.audience.as_str().to_owned()),
            sub: subject.to_owned(),
            iat: issued,
            exp: seconds(until.ok_or(IssueError::Claim("lifetime"))?, "lifetime")?,
            nbf: None,
            auth_time: Some(issued),
            name: name.map(str::to_owned),
            client_key: None,
        };
        jsonwebtoken::encode(&Header::new(self.key.algorithm), &written, &self.key.encoding).map_err(IssueError::Sign)
    }
}

impl TokenVerifier {
    /// Believes what `key` signed under the names in `settings`.
    pub fn new(settings: &Auth, key: &SigningKey) -> Self {
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[settings.issuer.as_str()]);
        validation.set_audience(&[settings.audience.as_str()]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = settings.clock_skew_seconds;
        Self { local: TrustedIssuer { key: key.decoding.clone(), validation } }
    }

    /// What `token` says, if it is to be believed.
    pub fn verify(&self, token: &str) -> Result<Claims, BadToken> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(BadToken::TooLong);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|error| reason(error.kind()))?;
        check_header(&header)?;
        // The one place that picks whom to believe. Whoever adds issuers picks by the unverified `iss` among those
        // configured; algorithm and key are then the issuer's, whatever `kid`, `jku`, `jwk` or `x5u` the token names.
        let trusted = &self.local;
        let token = jsonwebtoken::decode::<Written>(token, &trusted.key, &trusted.validation)
            .map_err(|error| reason(error.kind()))?;
        trusted.claims(token.claims)
    }
}

impl TrustedIssuer {
    /// Checks what the library does not: times that cannot be, texts that are empty or too long.
    fn claims(&self, written: Written) -> Result<Claims, BadToken> {
        let Written { iss, aud, sub, iat, exp, nbf: _, auth_time, name, client_key } = written;
        if client_key.is_some() {
            return Err(BadToken::Type);
        }
        if let Audience::Several(audiences) = &aud {
            let different: HashSet<_> = audiences.iter().collect();
            if audiences.len() > AUDIENCES_MAX || different.len() < audiences.len() {
                return Err(BadToken::Claim("aud"));
            }
        }
        if !is_text(&sub, SUBJECT_BYTES_MAX) {
            return Err(BadToken::Claim("sub"));
        }
        if name.as_ref().is_some_and(|name| !is_text(name, NAME_BYTES_MAX)) {
            return Err(BadToken::Claim("name"));
        }
        let latest = system_now() + TimeDelta::seconds(i64::try_from(self.validation.leeway).unwrap_or(0));
        let (issued_at, expires_at) = (instant(iat, "iat")?, instant(exp, "exp")?);
        let auth_time = auth_time.map(|at| instant(at, "auth_time")).transpose()?;
        if issued_at > latest {
            return Err(BadToken::NotYet);
        }
        if expires_at <= issued_at {
            return Err(BadToken::Claim("exp"));
        }
        if auth_time.is_some_and(|at| at > latest) {
            return Err(BadToken::Claim("auth_time"));
        }
        Ok(Claims { issuer: iss, subject: sub, name, issued_at, expires_at, auth_time })
    }
}

fn check_header(header: &Header) -> Result<(), BadToken> {
    if header.crit.is_some() {
        return Err(BadToken::Critical);
    }
    // Media types have no case (RFC 7515, 4.1.9). Other types are other things: an ID token is no access token.
    match &header.typ {
        None => Ok(()),
        Some(typ) if ["JWT", "at+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known)) => Ok(()),
        Some(_) => Err(BadToken::Type),
    }
}

/// Seconds since 1970, as tokens tell the time.
pub(super) fn instant(seconds: u64, claim: &'static str) -> Result<Timestamp, BadToken> {
    i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).ok_or(BadToken::Claim(claim))
}

/// Whether `text` has words in it, no control characters, and at most `bytes` bytes.
fn is_text(text: &str, bytes: usize) -> bool {
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
