//! Assertions by which machine clients say who they are (RFC 7523): read, and verified with a key of that client.
//!
//! ```text
//! peek ── who it claims to be, and by which key ──> look that key up ──> verify ── what it said, and until when
//! ```
//!
//! What a header or a claim names chooses no more than which registered key is tried, and a key fits only its own
//! algorithms. An assertion is judged by the system's time. That it is used once is the store's to see to.

use std::sync::LazyLock;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, TimeDelta};
use jsonwebtoken::{DecodingKey, Header, Validation, errors::ErrorKind, jwk::Jwk};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    clock::system_now,
    domain::{
        client::{JTI_BYTES_MAX, PublicKey, Signing},
        id::ClientId,
        time::Timestamp,
    },
};

/// The most bytes of an assertion.
pub const ASSERTION_BYTES_MAX: usize = 8 * 1024;
/// How far ahead an assertion may end.
pub const ASSERTION_LIFETIME_MAX: TimeDelta = TimeDelta::minutes(5);

/// Why an assertion is not believed. For the log; a caller only learns that it was not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadAssertion {
    /// More than [`ASSERTION_BYTES_MAX`].
    #[error("the assertion is longer than {ASSERTION_BYTES_MAX} bytes")]
    TooLong,
    /// Not three parts of base64 with JSON in them, or a field is missing or of the wrong type.
    #[error("the assertion is malformed")]
    Malformed,
    /// A `typ` of something else.
    #[error("the assertion is of another type")]
    Type,
    /// The header names extensions that must be understood, and none is.
    #[error("the assertion has critical headers")]
    Critical,
    /// No `kid`, or issuer and subject are not one client.
    #[error("the assertion does not say who signed it")]
    Nobody,
    /// Nobody has this identity, or this key.
    #[error("no such client, or no such key of it")]
    Unknown,
    /// Signed in a way that does not fit the key.
    #[error("the assertion is signed with an algorithm that does not fit the key")]
    Algorithm,
    /// The signature is of another key.
    #[error("the signature is wrong")]
    Signature,
    /// Meant for somebody else.
    #[error("the assertion is for another audience")]
    Audience,
    /// It is over.
    #[error("the assertion has expired")]
    Expired,
    /// It would be good for too long.
    #[error("the assertion ends more than five minutes ahead")]
    Lasting,
    /// It has not begun.
    #[error("the assertion is not valid yet")]
    NotYet,
    /// It has no name, so that it could be used twice.
    #[error("the claim jti is missing or wrong")]
    Nameless,
}

/// Who an assertion claims to be from. Nothing of it is believed yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claimed {
    /// The client.
    pub client: ClientId,
    /// Its key.
    pub kid: String,
    /// How it says that it is signed.
    pub algorithm: jsonwebtoken::Algorithm,
}

/// What a verified assertion said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// What it calls itself.
    pub jti: String,
    /// First instant at which nobody believes it any more, clock skew included.
    pub forgotten_at: Timestamp,
}

/// The claims as they are written. Deriving refuses wrong types, missing claims and claims given twice.
#[derive(Deserialize)]
struct Written {
    iss: String,
    sub: String,
    /// One text: a list could name others, who could then use the assertion here.
    aud: String,
    jti: String,
    exp: Seconds,
    nbf: Option<Seconds>,
    iat: Option<Seconds>,
}

/// Seconds since 1970, perhaps with a fraction (RFC 7519, 2).
#[derive(Clone, Copy, Deserialize)]
struct Seconds(f64);

/// Verifies assertions.
#[derive(Clone, Debug)]
pub struct AssertionVerifier {
    audiences: Vec<String>,
    skew: TimeDelta,
}

impl AssertionVerifier {
    /// Believes what is meant for one of these audiences, if clocks differ by no more than `skew_seconds`.
    pub fn new(audiences: Vec<String>, skew_seconds: u64) -> Self {
        let skew = i64::try_from(skew_seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or_default();
        Self { audiences, skew }
    }

    /// Who it claims to be from.
    pub fn peek(&self, assertion: &str) -> Result<Claimed, BadAssertion> {
        let header = header_of(assertion)?;
        let payload = assertion.split('.').nth(1).and_then(|part| BASE64.decode(part).ok());
        let payload = payload.ok_or(BadAssertion::Malformed)?;
        let written: Written = serde_json::from_slice(&payload).map_err(|_| BadAssertion::Malformed)?;
        let client = Uuid::try_parse(&written.iss).ok().filter(|id| id.to_string() == written.iss);
        match (client, header.kid) {
            (Some(client), Some(kid)) if written.sub == written.iss => {
                Ok(Claimed { client: ClientId(client), kid, algorithm: header.alg })
            }
            _ => Err(BadAssertion::Nobody),
        }
    }

    /// Takes as long as verifying does, for an assertion of nobody: how long an answer takes must not tell who exists.
    pub fn verify_in_vain(&self, assertion: &str) {
        let Ok(header) = header_of(assertion) else { return };
        let fits = |key: &&PublicKey| key.signing().iter().copied().map(algorithm).any(|fits| fits == header.alg);
        if let Some(decoy) = DECOYS.iter().find(fits) {
            // Nobody has the other half of it.
            let _ = decode(assertion, header.alg, decoy);
        }
    }

    /// What it said, if it was signed by `key`, which must be the claimed one.
    pub fn verify(&self, assertion: &str, claimed: &Claimed, key: &PublicKey) -> Result<Verified, BadAssertion> {
        let header = header_of(assertion)?;
        if header.kid.as_deref() != Some(key.kid()) {
            return Err(BadAssertion::Unknown);
        }
        let fitting = key.signing().iter().copied().map(algorithm);
        let algorithm = fitting.into_iter().find(|fits| *fits == header.alg).ok_or(BadAssertion::Algorithm)?;
        self.judge(claimed, decode(assertion, algorithm, key)?)
    }

    fn judge(&self, claimed: &Claimed, written: Written) -> Result<Verified, BadAssertion> {
        let client = claimed.client.to_string();
        if written.iss != client || written.sub != client {
            return Err(BadAssertion::Nobody);
        }
        if !self.audiences.contains(&written.aud) {
            return Err(BadAssertion::Audience);
        }
        let is_plain = written.jti.len() <= JTI_BYTES_MAX && !written.jti.chars().any(char::is_control);
        if written.jti.trim().is_empty() || !is_plain {
            return Err(BadAssertion::Nameless);
        }
        let (now, expires_at) = (system_now(), written.exp.instant()?);
        let forgotten_at = expires_at + self.skew;
        if forgotten_at <= now {
            return Err(BadAssertion::Expired);
        }
        if expires_at > now + ASSERTION_LIFETIME_MAX + self.skew {
            return Err(BadAssertion::Lasting);
        }
        for begins in [written.nbf, written.iat].into_iter().flatten() {
            let begins = begins.instant()?;
            if begins > now + self.skew {
                return Err(BadAssertion::NotYet);
            }
            if begins >= expires_at {
                return Err(BadAssertion::Expired);
            }
        }
        Ok(Verified { jti: written.jti, forgotten_at })
    }
}

/// The claims, if `key` signed them in this way.
fn decode(assertion: &str, algorithm: jsonwebtoken::Algorithm, key: &PublicKey) -> Result<Written, BadAssertion> {
    let mut validation = Validation::new(algorithm);
    // The library is lax about what is missing and about lists; all claims are judged by us.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let jwk: Jwk = serde_json::from_value(key.jwk().clone()).map_err(|_| BadAssertion::Unknown)?;
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| BadAssertion::Unknown)?;
    let token = jsonwebtoken::decode(assertion, &key, &validation).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature => BadAssertion::Signature,
        ErrorKind::InvalidAlgorithm => BadAssertion::Algorithm,
        _ => BadAssertion::Malformed,
    })?;
    Ok(token.claims)
}

/// One public key for each way of signing, of which the private half was thrown away when it was made.
static DECOYS: LazyLock<Vec<PublicKey>> =
    LazyLock::new(|| PublicKey::from_set(include_str!("decoys.json")).unwrap_or_default());

impl Seconds {
    fn instant(self) -> Result<Timestamp, BadAssertion> {
        // Until the year 9999; a whole number of that size is exact as it is.
        if !(0.0..253_402_300_800.0).contains(&self.0) {
            return Err(BadAssertion::Malformed);
        }
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked, and a fraction is of no matter")]
        let millis = (self.0 * 1_000.0) as i64;
        DateTime::from_timestamp_millis(millis).ok_or(BadAssertion::Malformed)
    }
}

fn header_of(assertion: &str) -> Result<Header, BadAssertion> {
    if assertion.len() > ASSERTION_BYTES_MAX {
        return Err(BadAssertion::TooLong);
    }
    let header = jsonwebtoken::decode_header(assertion).map_err(|_| BadAssertion::Malformed)?;
    if header.crit.is_some() {
        return Err(BadAssertion::Critical);
    }
    // Media types have no case (RFC 7515, 4.1.9). Access and ID tokens are other things.
    let is_assertion =
        |typ: &str| ["JWT", "client-authentication+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known));
    if header.typ.as_deref().is_some_and(|typ| !is_assertion(typ)) {
        return Err(BadAssertion::Type);
    }
    Ok(header)
}

fn algorithm(signing: Signing) -> jsonwebtoken::Algorithm {
    match signing {
        Signing::Rs256 => jsonwebtoken::Algorithm::RS256,
        Signing::Rs512 => jsonwebtoken::Algorithm::RS512,
        Signing::Ps256 => jsonwebtoken::Algorithm::PS256,
        Signing::Es256 => jsonwebtoken::Algorithm::ES256,
        Signing::Es384 => jsonwebtoken::Algorithm::ES384,
    }
}
