//! What a token says once its signature has been found good, and the longer list of what it may not say.
//!
//! The library that checks signatures also accepts tokens without `aud` or `iss`, an `iss` that is a list, an empty
//! `sub`, unknown critical headers, claims given twice and texts of any length. Those are refused here.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use chrono::{DateTime, TimeDelta};
use jsonwebtoken::Header;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value;

use super::token::{BadToken, Claims, NAME_BYTES_MAX, SUBJECT_BYTES_MAX, is_text};
use crate::{
    config::{ClaimNames, TokenType},
    domain::time::Timestamp,
};

/// The most audiences one token may be meant for.
const AUDIENCES_MAX: usize = 16;
/// The most bytes of an assurance.
const ACR_BYTES_MAX: usize = 255;
/// Claims that only ID tokens have (OpenID Connect Core, 2 and 3.3.2.11).
const OF_ID_TOKENS: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// The claim that only tokens of machine clients have: see [`ClientTokens`](super::ClientTokens).
const OF_CLIENTS: &str = "client_key";

/// The claims as they are written. A claim given twice makes it malformed: who reads the first and who reads the last
/// would see two different tokens.
#[derive(Clone, Debug)]
pub(super) struct Written(BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of claims")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
                let mut claims = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if claims.insert(name, value).is_some() {
                        return Err(A::Error::custom("a claim is given twice"));
                    }
                }
                Ok(Written(claims))
            }
        }
        deserializer.deserialize_map(Once)
    }
}

/// What one issuer's claims are judged by.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) issuer: String,
    pub(super) audiences: Vec<String>,
    pub(super) token_types: Vec<TokenType>,
    pub(super) names: ClaimNames,
    pub(super) leeway: TimeDelta,
}

impl Written {
    /// A claim that must be a text.
    pub(super) fn text(&self, name: &str) -> Result<&str, BadToken> {
        self.optional_text(name)?.ok_or(BadToken::Malformed)
    }

    fn optional_text(&self, name: &str) -> Result<Option<&str>, BadToken> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(BadToken::Malformed),
        }
    }

    /// Seconds since 1970, as tokens tell the time.
    fn instant(&self, name: &'static str) -> Result<Option<Timestamp>, BadToken> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let seconds = value.as_u64().ok_or(BadToken::Malformed)?;
        let at = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        at.map(Some).ok_or(BadToken::Claim(name))
    }

    fn audiences(&self, name: &str) -> Result<Vec<&str>, BadToken> {
        match self.0.get(name) {
            Some(Value::String(audience)) => Ok(vec![audience]),
            Some(Value::Array(audiences)) => {
                let texts: Option<Vec<&str>> = audiences.iter().map(Value::as_str).collect();
                let texts = texts.ok_or(BadToken::Malformed)?;
                let different: HashSet<_> = texts.iter().collect();
                if texts.len() > AUDIENCES_MAX || different.len() < texts.len() {
                    return Err(BadToken::Claim("aud"));
                }
                Ok(texts)
            }
            _ => Err(BadToken::Malformed),
        }
    }
}

impl Terms {
    /// Whether the header is that of a token of a kind that is taken. Media types have no case (RFC 7515, 4.1.9).
    pub(super) fn header(&self, header: &Header) -> Result<(), BadToken> {
        if header.crit.is_some() {
            return Err(BadToken::Critical);
        }
        // What is nested or compressed is not looked into.
        if header.cty.is_some() || header.enc.is_some() || header.zip.is_some() {
            return Err(BadToken::Type);
        }
        let typ = header.typ.as_deref();
        let says = |known: &str| typ.is_some_and(|typ| typ.eq_ignore_ascii_case(known));
        let is_plain = typ.is_none() || says("JWT");
        let is_access = says("at+jwt") || says("application/at+jwt");
        let is_taken = self.token_types.iter().any(|taken| match taken {
            TokenType::Access => is_plain || is_access,
            TokenType::StrictAccess => is_access,
            TokenType::Id => is_plain,
        });
        if is_taken { Ok(()) } else { Err(BadToken::Type) }
    }

    /// Whether the claims are those of a token of a kind that is taken. Keycloak marks the kind in a claim of its own.
    fn kind(&self, header: &Header, written: &Written) -> Result<(), BadToken> {
        let marked = written.optional_text("typ")?;
        let says = |known: &str| marked.is_some_and(|marked| marked.eq_ignore_ascii_case(known));
        // What a machine of this service's own carries is for `ClientTokens`, and nobody's to log in with.
        if written.0.contains_key("client_key") {
            return Err(BadToken::Type);
        }
        let has_events = written.0.contains_key("events");
        let is_of_client = written.0.contains_key(OF_CLIENTS);
        let is_of_id = OF_ID_TOKENS.iter().any(|claim| written.0.contains_key(*claim));
        let is_plain = header.typ.as_deref().is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
        let is_taken = self.token_types.iter().any(|taken| match taken {
            TokenType::Access | TokenType::StrictAccess => says("Bearer") || (marked.is_none() && !is_of_id),
            TokenType::Id => is_plain && (marked.is_none() || says("ID")),
        });
        if is_taken && !has_events && !is_of_client { Ok(()) } else { Err(BadToken::Type) }
    }

    /// What the claims say, if all of them are good at `now`.
    pub(super) fn claims(&self, header: &Header, written: &Written, now: Timestamp) -> Result<Claims, BadToken> {
        if written.text("iss")? != self.issuer {
            return Err(BadToken::Issuer);
        }
        self.kind(header, written)?;
        let audiences = written.audiences(&self.names.audience)?;
        if !audiences.iter().any(|audience| self.audiences.iter().any(|ours| ours == audience)) {
            return Err(BadToken::Audience);
        }
        let subject = written.text(&self.names.subject)?;
        if !is_text(subject, SUBJECT_BYTES_MAX) {
            return Err(BadToken::Claim("sub"));
        }
        let name = written.optional_text(&self.names.name)?;
        if name.is_some_and(|name| !is_text(name, NAME_BYTES_MAX)) {
            return Err(BadToken::Claim("name"));
        }
        let acr = written.optional_text(&self.names.acr)?;
        if acr.is_some_and(|acr| acr.len() > ACR_BYTES_MAX) {
            return Err(BadToken::Claim("acr"));
        }
        let issued_at = written.instant("iat")?.ok_or(BadToken::Malformed)?;
        let expires_at = written.instant("exp")?.ok_or(BadToken::Malformed)?;
        let auth_time = written.instant("auth_time")?;
        let latest = now + self.leeway;
        if issued_at > latest || written.instant("nbf")?.is_some_and(|begins_at| begins_at > latest) {
            return Err(BadToken::NotYet);
        }
        if !self.is_within(expires_at, now) {
            return Err(BadToken::Expired);
        }
        if expires_at <= issued_at {
            return Err(BadToken::Claim("exp"));
        }
        if auth_time.is_some_and(|at| at > latest) {
            return Err(BadToken::Claim("auth_time"));
        }
        Ok(Claims {
            issuer: self.issuer.clone(),
            subject: subject.to_owned(),
            name: name.map(str::to_owned),
            issued_at,
            expires_at,
            auth_time,
            acr: acr.map(str::to_owned),
        })
    }

    /// Whether a token that ends at `expires_at` is good at `now`, as far as the issuer's clock can be trusted.
    pub(super) fn is_within(&self, expires_at: Timestamp, now: Timestamp) -> bool {
        expires_at.checked_add_signed(self.leeway).is_none_or(|end| now < end)
    }
}
