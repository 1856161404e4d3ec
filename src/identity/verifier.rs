//! Verifies bearer tokens: picks the issuer among those configured, checks the signature once for each token, and
//! remembers what was found.
//!
//! ```text
//! token ── remembered? ──────────────────────────────────────────────────────┐
//!   └─ iss (unverified) ─> issuer ─> header ─> key ─> signature ─> claims ───┴─> Claims, and whether they are present
//! ```
//!
//! A token is judged by the system's time, never by the domain's clock. A verdict is forgotten when the token ends, when
//! the issuer's keys change (a withdrawn key then verifies nothing), and when the process does.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, Validation};
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{
    claims::{Terms, Written},
    jwks::{KeySet, Keys, NoKey},
    key::SigningKey,
    token::{BadToken, Claims, TOKEN_BYTES_MAX, reason},
};
use crate::{
    clock::system_now,
    config::{Auth, ClaimNames, OutsideIssuer, SignatureAlgorithm, TokenType},
    domain::{
        access::{Presence, StepUp},
        time::Timestamp,
    },
};

/// The most tokens that are remembered; some five megabytes.
const REMEMBERED_MAX: usize = 10_000;

/// Why nobody is believed to be behind a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotVerified {
    /// The token is not to be believed.
    #[error(transparent)]
    Bad(#[from] BadToken),
    /// Nobody can tell, for the issuer's keys cannot be had.
    #[error("the keys of the issuer cannot be had")]
    Unavailable,
}

/// Verifies tokens. Cheap to clone; clones share what they remember.
#[derive(Clone, Debug)]
pub struct TokenVerifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// This service itself comes first.
    issuers: Vec<Trusted>,
    remembered: Cache<[u8; 32], Arc<Remembered>>,
    signatures: AtomicU64,
}

/// One issuer that is trusted. All of it is configured, none of it comes from a token.
#[derive(Debug)]
struct Trusted {
    terms: Terms,
    algorithms: Vec<Algorithm>,
    keys: Keys,
    presence: TimeDelta,
    step_up: StepUp,
}

/// What was found about a token.
#[derive(Debug)]
struct Remembered {
    claims: Arc<Claims>,
    issuer: usize,
    generation: u64,
}

/// Who is behind a token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bearer {
    /// What the token says.
    pub claims: Arc<Claims>,
    /// Whether they have logged in lately enough, and surely enough, to sign.
    pub presence: Presence,
}

impl TokenVerifier {
    /// Believes what `key` signed under the names in `settings`, and the outside issuers in them.
    pub fn new(settings: &Auth, key: &SigningKey) -> Self {
        let issuers =
            [Trusted::local(settings, key)].into_iter().chain(settings.issuers.0.iter().map(Trusted::outside));
        Self(Arc::new(Inner {
            issuers: issuers.collect(),
            remembered: Cache::new(REMEMBERED_MAX),
            signatures: AtomicU64::new(0),
        }))
    }

    /// Keeps the keys of all issuers fresh in the background, until stopped.
    pub fn keep_fresh(&self, stop: &CancellationToken) {
        for trusted in &self.0.issuers {
            tokio::spawn(trusted.keys.clone().keep_fresh(stop.clone()));
        }
    }

    /// Fetches the keys of all issuers anew, unless that was done less than their floor ago.
    pub async fn refresh(&self) {
        for trusted in &self.0.issuers {
            trusted.keys.refresh().await;
        }
    }

    /// How many signatures were checked so far.
    pub fn signatures_checked(&self) -> u64 {
        self.0.signatures.load(Ordering::Relaxed)
    }

    /// Who is behind `token`, if it is to be believed.
    pub async fn verify(&self, token: &str) -> Result<Bearer, NotVerified> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(BadToken::TooLong.into());
        }
        // Kept under its hash, so that no list of good tokens lies in memory.
        let name: [u8; 32] = Sha256::digest(token).into();
        let now = system_now();
        if let Some(verified) = self.remembered(&name, now) {
            return Ok(verified);
        }
        let remembered = Arc::new(self.check(token, now).await?);
        let verified = self.0.issuers[remembered.issuer].verified(&remembered.claims, now);
        self.0.remembered.insert(name, remembered);
        Ok(verified)
    }

    fn remembered(&self, name: &[u8; 32], now: Timestamp) -> Option<Bearer> {
        let found = self.0.remembered.get(name)?;
        let trusted = &self.0.issuers[found.issuer];
        let holds = trusted.terms.is_within(found.claims.expires_at, now)
            && trusted.keys.generation() == Some(found.generation);
        if !holds {
            self.0.remembered.remove(name);
            return None;
        }
        Some(trusted.verified(&found.claims, now))
    }

    /// Believes nothing that is not configured: the unverified `iss` picks among the issuers there are, the token's `alg`
    /// must be one of that issuer's, and its `kid` picks among that issuer's keys.
    async fn check(&self, token: &str, now: Timestamp) -> Result<Remembered, NotVerified> {
        let header = jsonwebtoken::decode_header(token).map_err(|error| reason(error.kind()))?;
        let unverified = unverified(token)?;
        let claimed = unverified.text("iss")?;
        let issuer = self.0.issuers.iter().position(|trusted| trusted.terms.issuer == claimed);
        let issuer = issuer.ok_or(BadToken::Issuer)?;
        let trusted = &self.0.issuers[issuer];
        trusted.terms.header(&header)?;
        if !trusted.algorithms.contains(&header.alg) {
            return Err(BadToken::Algorithm.into());
        }
        let found = trusted.keys.look_up(header.kid.as_deref(), header.alg).await.map_err(|no_key| match no_key {
            NoKey::Unknown => NotVerified::Bad(BadToken::Key),
            NoKey::Unavailable => NotVerified::Unavailable,
        })?;
        self.0.signatures.fetch_add(1, Ordering::Relaxed);
        let signed = jsonwebtoken::decode::<Written>(token, found.key.decoding(), &signature_only(header.alg))
            .map_err(|error| reason(error.kind()))?;
        let claims = trusted.terms.claims(&signed.header, &signed.claims, now)?;
        Ok(Remembered { claims: Arc::new(claims), issuer, generation: found.generation })
    }
}

impl Trusted {
    fn local(settings: &Auth, key: &SigningKey) -> Self {
        Self {
            terms: Terms {
                issuer: settings.issuer.as_str().to_owned(),
                audiences: vec![settings.audience.as_str().to_owned()],
                token_types: vec![TokenType::Access],
                names: ClaimNames::default(),
                leeway: seconds(settings.clock_skew_seconds),
            },
            algorithms: vec![key.algorithm],
            keys: Keys::given(KeySet::own(key.algorithm, key.decoding.clone())),
            presence: seconds(settings.presence_minutes * 60),
            step_up: StepUp { max_age_seconds: settings.presence_minutes * 60, acr_values: Arc::new([]) },
        }
    }

    fn outside(settings: &OutsideIssuer) -> Self {
        let acr_values = settings.acr.iter().map(|acr| acr.as_str().to_owned()).collect();
        Self {
            terms: Terms {
                issuer: settings.issuer.clone(),
                audiences: settings.audiences.iter().map(|audience| audience.as_str().to_owned()).collect(),
                token_types: settings.token_types.clone(),
                names: settings.claims.clone(),
                leeway: seconds(settings.clock_skew_seconds),
            },
            algorithms: settings.algorithms.iter().copied().map(Into::into).collect(),
            keys: Keys::new(settings.keys.clone(), settings.patience),
            presence: seconds(settings.presence_minutes * 60),
            step_up: StepUp { max_age_seconds: settings.presence_minutes * 60, acr_values },
        }
    }

    fn verified(&self, claims: &Arc<Claims>, now: Timestamp) -> Bearer {
        let is_recent = claims.auth_time.is_some_and(|at| now - at <= self.presence);
        let wanted = &self.step_up.acr_values;
        let is_sure = wanted.is_empty() || claims.acr.as_ref().is_some_and(|acr| wanted.contains(acr));
        let presence = if is_recent && is_sure { Presence::Present } else { Presence::Absent(self.step_up.clone()) };
        Bearer { claims: Arc::clone(claims), presence }
    }
}

impl From<SignatureAlgorithm> for Algorithm {
    fn from(algorithm: SignatureAlgorithm) -> Self {
        match algorithm {
            SignatureAlgorithm::Rs256 => Self::RS256,
            SignatureAlgorithm::Rs384 => Self::RS384,
            SignatureAlgorithm::Rs512 => Self::RS512,
            SignatureAlgorithm::Ps256 => Self::PS256,
            SignatureAlgorithm::Ps384 => Self::PS384,
            SignatureAlgorithm::Ps512 => Self::PS512,
            SignatureAlgorithm::Es256 => Self::ES256,
            SignatureAlgorithm::Es384 => Self::ES384,
            SignatureAlgorithm::EdDsa => Self::EdDSA,
        }
    }
}

fn seconds(seconds: u64) -> TimeDelta {
    i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::zero())
}

/// The library checks the signature with this one algorithm; the claims are judged here, by one clock.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

/// The claims before anything is known of them: to see whom to ask.
fn unverified(token: &str) -> Result<Written, BadToken> {
    let mut parts = token.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(BadToken::Malformed);
    };
    let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| BadToken::Malformed)?;
    serde_json::from_slice(&claims).map_err(|_| BadToken::Malformed)
}
