//! Access tokens of machine clients: issued for an assertion, verified on every request (RFC 9068).
//!
//! They are signed with the same key as the local tokens of people. What keeps the one from passing for the other is in
//! the token: `typ` is `at+jwt` and the claims name a client and its key. A verifier of either kind refuses the other.
//! A token says who and for what at the most; that the client and its key still stand is asked of the store each time. What
//! is remembered here is only that a signature was good.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use chrono::TimeDelta;
use jsonwebtoken::{Header, Validation};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    BadToken, IssueError, SigningKey,
    token::{TOKEN_BYTES_MAX, instant, reason},
};
use crate::{
    clock::system_now,
    config::Auth,
    domain::{
        client::Scopes,
        id::{ClientId, ClientKeyId},
        time::Timestamp,
    },
};

/// Tokens that are remembered.
const REMEMBERED_MAX: usize = 4_096;
/// The `typ` of these tokens, and of no other of ours.
const TYPE: &str = "at+jwt";

/// What a good token of a client says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientClaims {
    /// The client.
    pub client: ClientId,
    /// The key that it was given for.
    pub key: ClientKeyId,
    /// The most that it opens.
    pub scopes: Scopes,
    /// First instant at which it is worth nothing, clock skew aside.
    pub expires_at: Timestamp,
}

/// The claims as they are written. `client_key` is in no token of anybody else.
#[derive(Deserialize, Serialize)]
struct Written {
    iss: String,
    aud: String,
    sub: String,
    client_id: String,
    client_key: String,
    scope: String,
    iat: u64,
    exp: u64,
    jti: String,
}

/// Issues and verifies access tokens of clients.
#[derive(Clone, Debug)]
pub struct ClientTokens {
    issuer: String,
    audience: String,
    lifetime: TimeDelta,
    key: SigningKey,
    validation: Validation,
    /// What tokens said whose signature was good, under their hash.
    remembered: Arc<Cache<[u8; 32], Arc<ClientClaims>>>,
}

impl ClientTokens {
    /// Signs with `key` under the names in `settings`, for `lifetime_seconds`.
    pub fn new(settings: &Auth, lifetime_seconds: u64, key: SigningKey) -> Self {
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[settings.issuer.as_str()]);
        validation.set_audience(&[settings.audience.as_str()]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = settings.clock_skew_seconds;
        Self {
            issuer: settings.issuer.as_str().to_owned(),
            audience: settings.audience.as_str().to_owned(),
            lifetime: i64::try_from(lifetime_seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or_default(),
            key,
            validation,
            remembered: Arc::new(Cache::new(REMEMBERED_MAX)),
        }
    }

    /// How long a token is good for.
    pub fn lifetime(&self) -> TimeDelta {
        self.lifetime
    }

    /// A token for a client that was let in with this key.
    pub fn issue(&self, client: ClientId, key: ClientKeyId, scopes: &Scopes) -> Result<String, IssueError> {
        let now = system_now();
        let seconds = |at: Timestamp| u64::try_from(at.timestamp()).map_err(|_| IssueError::Claim("time"));
        let written = Written {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: client.to_string(),
            client_id: client.to_string(),
            client_key: key.to_string(),
            scope: scopes.to_string(),
            iat: seconds(now)?,
            exp: seconds(now + self.lifetime)?,
            jti: Uuid::now_v7().to_string(),
        };
        let header = Header { typ: Some(TYPE.to_owned()), ..Header::new(self.key.algorithm) };
        jsonwebtoken::encode(&header, &written, &self.key.encoding).map_err(IssueError::Sign)
    }

    /// Whether a token says of itself that it is one of these. Nothing of it is believed by that.
    pub fn are_meant_by(&self, token: &str) -> bool {
        #[derive(Deserialize)]
        struct Said {
            iss: String,
            #[expect(dead_code, reason = "that it is there is all that matters")]
            client_key: serde::de::IgnoredAny,
        }
        let payload = (token.len() <= TOKEN_BYTES_MAX).then(|| token.split('.').nth(1)).flatten();
        let payload = payload.and_then(|part| BASE64.decode(part).ok());
        let said = payload.and_then(|payload| serde_json::from_slice::<Said>(&payload).ok());
        said.is_some_and(|said| said.iss == self.issuer)
    }

    /// What a token says, if it is to be believed. Its signature is checked once.
    pub fn verify(&self, token: &str) -> Result<Arc<ClientClaims>, BadToken> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(BadToken::TooLong);
        }
        let name: [u8; 32] = Sha256::digest(token).into();
        if let Some(claims) = self.remembered.get(&name) {
            // As the library judges it: a token is good until its end, and for the skew.
            let is_over = claims.expires_at + self.skew() <= system_now();
            return if is_over { Err(BadToken::Expired) } else { Ok(claims) };
        }
        let claims = Arc::new(self.check(token)?);
        self.remembered.insert(name, Arc::clone(&claims));
        Ok(claims)
    }

    fn skew(&self) -> TimeDelta {
        TimeDelta::seconds(i64::try_from(self.validation.leeway).unwrap_or(0))
    }

    fn check(&self, token: &str) -> Result<ClientClaims, BadToken> {
        let header = jsonwebtoken::decode_header(token).map_err(|error| reason(error.kind()))?;
        if header.crit.is_some() {
            return Err(BadToken::Critical);
        }
        if header.typ.as_deref() != Some(TYPE) {
            return Err(BadToken::Type);
        }
        let token = jsonwebtoken::decode::<Written>(token, &self.key.decoding, &self.validation)
            .map_err(|error| reason(error.kind()))?;
        let Written { sub, client_id, client_key, scope, iat, exp, .. } = token.claims;
        let uuid = |text: &str, claim| Uuid::try_parse(text).map_err(|_| BadToken::Claim(claim));
        let (issued_at, expires_at) = (instant(iat, "iat")?, instant(exp, "exp")?);
        if sub != client_id {
            return Err(BadToken::Claim("sub"));
        }
        if issued_at > system_now() + self.skew() {
            return Err(BadToken::NotYet);
        }
        if expires_at <= issued_at {
            return Err(BadToken::Claim("exp"));
        }
        Ok(ClientClaims {
            client: ClientId(uuid(&client_id, "client_id")?),
            key: ClientKeyId(uuid(&client_key, "client_key")?),
            scopes: Scopes::parse(&scope).ok_or(BadToken::Claim("scope"))?,
            expires_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        config::Config,
        domain::client::Scope,
        identity::{TokenIssuer, TokenVerifier},
    };

    struct Service {
        key: SigningKey,
        clients: ClientTokens,
        people: TokenVerifier,
        issuer: TokenIssuer,
    }

    fn service() -> Service {
        let auth = Config::load(Some(Path::new("/dev/null")), []).unwrap().auth;
        let key = SigningKey::ephemeral().unwrap();
        Service {
            clients: ClientTokens::new(&auth, 600, key.clone()),
            people: TokenVerifier::new(&auth, &key),
            issuer: TokenIssuer::new(&auth, key.clone()),
            key,
        }
    }

    fn ids() -> (ClientId, ClientKeyId) {
        (ClientId(Uuid::from_u128(1)), ClientKeyId(Uuid::from_u128(2)))
    }

    fn good(service: &Service) -> String {
        let (client, key) = ids();
        service.clients.issue(client, key, &[Scope::AdviceRead, Scope::EventsRead].into_iter().collect()).unwrap()
    }

    /// A token signed with the service's own key, whatever it says.
    fn signed(service: &Service, typ: Option<&str>, claims: &Value) -> String {
        let header = Header { typ: typ.map(str::to_owned), ..Header::new(service.key.algorithm) };
        jsonwebtoken::encode(&header, claims, &service.key.encoding).unwrap()
    }

    fn claims() -> Value {
        let ((client, key), now) = (ids(), system_now().timestamp());
        json!({
            "iss": "https://consilium.localhost", "aud": "consilium", "sub": client, "client_id": client,
            "client_key": key, "scope": "advice:read", "iat": now, "exp": now + 600, "jti": "x",
        })
    }

    #[test]
    fn a_clients_token_says_what_was_put_in() {
        let service = service();
        let token = good(&service);
        let said = service.clients.verify(&token).unwrap();
        assert!(Arc::ptr_eq(&said, &service.clients.verify(&token).unwrap()), "its signature is checked once");
        assert_eq!((said.client, said.key), ids());
        assert_eq!(said.scopes.to_string(), "advice:read events:read");
        let left = said.expires_at - system_now();
        assert!(left > TimeDelta::seconds(590) && left <= TimeDelta::seconds(600), "{left}");
    }

    #[test]
    fn a_token_of_a_person_never_passes_for_a_clients_nor_the_other_way() {
        let service = service();
        let person = service.issuer.issue(&ids().0.to_string(), None, TimeDelta::hours(1), system_now()).unwrap();
        assert!(service.people.verify(&person).is_ok());
        assert!(!service.clients.are_meant_by(&person));
        assert_eq!(service.clients.verify(&person), Err(BadToken::Type));
        let client = good(&service);
        assert!(service.clients.are_meant_by(&client));
        assert!(service.people.verify(&client).is_err());
        // Nor does one that says both, or half of it.
        for typ in [None, Some("JWT"), Some("at+jwt")] {
            let token = signed(&service, typ, &claims());
            assert_eq!(service.people.verify(&token), Err(BadToken::Type), "{typ:?}");
            assert_eq!(service.clients.verify(&token).is_ok(), typ == Some("at+jwt"), "{typ:?}");
            let mut half = claims();
            half.as_object_mut().unwrap().remove("client_key");
            assert!(service.clients.verify(&signed(&service, typ, &half)).is_err(), "{typ:?}");
        }
    }

    #[test]
    fn a_wrong_claim_is_refused() {
        let (service, now) = (service(), system_now().timestamp());
        assert!(service.clients.verify(&signed(&service, Some(TYPE), &claims())).is_ok());
        for (claim, value) in [
            ("iss", json!("https://elsewhere.example")),
            ("aud", json!("elsewhere")),
            ("aud", json!(["consilium"])),
            ("sub", json!("another")),
            ("client_id", json!("no id")),
            ("client_key", json!("no id")),
            ("scope", json!("")),
            ("scope", json!("advice:read everything")),
            ("scope", json!(["advice:read"])),
            ("exp", json!(now - 31)),
            ("exp", json!(u64::MAX)),
            ("iat", json!(now + 60)),
            ("jti", Value::Null),
        ] {
            let mut spoilt = claims();
            spoilt[claim] = value.clone();
            assert!(service.clients.verify(&signed(&service, Some(TYPE), &spoilt)).is_err(), "{claim}: {value}");
        }
        let other = SigningKey::ephemeral().unwrap();
        let forged = Service { key: other, ..service };
        assert_eq!(forged.clients.verify(&signed(&forged, Some(TYPE), &claims())), Err(BadToken::Signature));
    }
}
