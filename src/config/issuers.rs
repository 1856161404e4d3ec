//! The table of trusted issuers, `[[auth.issuers]]`: what one row may say, and everything that is wrong with it.
//!
//! ```toml
//! [[auth.issuers]]
//! issuer = "https://id.example.org/realms/advice"
//! audiences = ["consilium"]
//! ```
//!
//! What is not written is the default. Serde would stop at the first fault; so each column of each row is read by itself.

use std::{path::PathBuf, str::FromStr, time::Duration};

use figment::{
    providers::{Format, Toml},
    value::{Dict, Value},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};

use super::{kinds::Identifier, source::within};
use crate::identity::{
    fetch::SecureUrl,
    jwks::{KeySet, KeySource, Patience},
};

/// The most issuers that are trusted.
const ISSUERS_MAX: usize = 32;
/// The most values of one list.
const VALUES_MAX: usize = 16;

/// Outside issuers that are trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issuers(pub Vec<OutsideIssuer>);

/// An issuer whose tokens are believed, and on what terms. Nothing of this is ever taken from a token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutsideIssuer {
    /// Its name, exactly as tokens have it in `iss`.
    pub issuer: String,
    /// The audiences that a token may be meant for.
    pub audiences: Vec<Identifier>,
    /// How its tokens may be signed.
    pub algorithms: Vec<SignatureAlgorithm>,
    /// Where its keys come from.
    pub keys: KeySource,
    /// How long its keys are waited for and kept.
    pub patience: Patience,
    /// What kinds of token are taken.
    pub token_types: Vec<TokenType>,
    /// By how much its clock may be wrong.
    pub clock_skew_seconds: u64,
    /// The assurances of which a log-in must have one to count as presence. Any will do if there are none here.
    pub acr: Vec<Identifier>,
    /// How long a log-in counts as presence.
    pub presence_minutes: u64,
    /// Which claims say what.
    pub claims: ClaimNames,
}

/// Which claims say what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimNames {
    /// How the issuer knows the person.
    pub subject: String,
    /// What the person is called.
    pub name: String,
    /// Whom the token is meant for.
    pub audience: String,
    /// How sure the issuer was of who logged in.
    pub acr: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        let [subject, name, audience, acr] = ["sub", "name", "aud", "acr"].map(str::to_owned);
        Self { subject, name, audience, acr }
    }
}

/// How an outside issuer may sign. Secrets are not among them: whoever can verify with one can sign with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum SignatureAlgorithm {
    /// RSA with PKCS#1 v1.5 padding and SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// The same with SHA-384.
    #[serde(rename = "RS384")]
    Rs384,
    /// The same with SHA-512.
    #[serde(rename = "RS512")]
    Rs512,
    /// RSA with PSS padding and SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// The same with SHA-384.
    #[serde(rename = "PS384")]
    Ps384,
    /// The same with SHA-512.
    #[serde(rename = "PS512")]
    Ps512,
    /// ECDSA on P-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384.
    #[serde(rename = "ES384")]
    Es384,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// A kind of token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum TokenType {
    /// An access token that may say so (`typ` of `at+jwt`) or be a plain JWT, and that is not marked as anything else.
    #[serde(rename = "access")]
    Access,
    /// Only an access token that says so (RFC 9068).
    #[serde(rename = "at+jwt")]
    StrictAccess,
    /// An ID token of OpenID Connect.
    #[serde(rename = "id")]
    Id,
}

/// Stands in the place of a default where there is none.
pub const NEEDED: &str = "needed";

/// One column of the table.
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// The default as one would write it, or [`NEEDED`].
    pub default: &'static str,
    meaning: &'static str,
}

impl Column {
    /// What it means, as a sentence or two.
    pub fn meaning(&self) -> &'static str {
        self.meaning.trim()
    }
}

/// Defines the columns, and how a row of them is read.
macro_rules! columns {
    ($($(#[doc = $meaning:literal])+ $name:ident: $kind:ty = $default:tt $(in $least:literal..=$most:literal)?;)+) => {
        /// Every column of `[[auth.issuers]]`, in the order in which people should read them.
        pub const COLUMNS: &[Column] = &[$(Column {
            name: stringify!($name),
            default: stringify!($default),
            meaning: concat!($($meaning),+),
        },)+];

        struct Written {
            $($name: $kind,)+
        }

        impl Written {
            fn read(row: &mut Row<'_>) -> Option<Self> {
                $(
                    let $name = row.take::<$kind>(stringify!($name), stringify!($default));
                    $(let $name = $name.and_then(|found| {
                        row.hold(stringify!($name), within(found, $least, $most)).map(|()| found)
                    });)?
                )+
                Some(Self { $($name: $name?,)+ })
            }
        }
    };
}

columns! {
    /// The issuer, exactly as its tokens name it in `iss`.
    issuer: String = needed;
    /// The audiences that a token may be meant for; it must name one of them.
    audiences: Vec<Identifier> = needed;
    /// How its tokens may be signed: `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `EdDSA`.
    algorithms: Vec<SignatureAlgorithm> = ["RS512", "RS256", "PS256", "ES256", "ES384"];
    /// The address of its keys. Without it and without a file, the address is the one that the issuer's description
    /// names (`/.well-known/openid-configuration`).
    jwks_uri: String = "";
    /// A file with its keys, instead of an address. It is read again like one.
    jwks_file: String = "";
    /// The kinds of token that are taken: `access`, `at+jwt` (only those that say so), `id`.
    token_types: Vec<TokenType> = ["access"];
    /// Seconds by which its clock may be wrong.
    clock_skew_seconds: u64 = 30 in 0..=120;
    /// Assurances (`acr`) of which a log-in must have one to sign off, object or publish; any will do if none is named.
    acr: Vec<Identifier> = [];
    /// Minutes for which a log-in counts as presence: who signs off, objects or publishes must have logged in since.
    presence_minutes: u64 = 15 in 1..=43_200;
    /// The claim that says how the issuer knows the person.
    subject_claim: Identifier = "sub";
    /// The claim that says what the person is called.
    name_claim: Identifier = "name";
    /// The claim that says whom the token is meant for, such as `azp` of Keycloak.
    audience_claim: Identifier = "aud";
    /// The claim that says how sure the issuer was, such as `vot` of NHS login.
    acr_claim: Identifier = "acr";
    /// Seconds that fetching its keys may take.
    jwks_timeout_seconds: u64 = 5 in 1..=30;
    /// The least seconds between two fetches, however many unknown keys are named.
    jwks_floor_seconds: u64 = 10 in 1..=3_600;
    /// Seconds after which its keys are fetched again.
    jwks_refresh_seconds: u64 = 600 in 10..=86_400;
    /// Hours for which the last good keys serve on while it is away.
    jwks_keep_hours: u64 = 24 in 1..=720;
}

impl Issuers {
    /// Names a row by its place, for faults.
    pub(super) fn place(position: usize) -> String {
        format!("row {}", position + 1)
    }
}

impl<'de> Deserialize<'de> for Issuers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = Vec::<Dict>::deserialize(deserializer)?;
        if rows.len() > ISSUERS_MAX {
            return Err(D::Error::custom(format!("more than {ISSUERS_MAX} issuers")));
        }
        let mut faults = Vec::new();
        let mut issuers: Vec<OutsideIssuer> = Vec::new();
        for (position, given) in rows.into_iter().enumerate() {
            let mut row = Row { position, given, faults: &mut faults };
            let Some(issuer) = OutsideIssuer::read(&mut row) else { continue };
            if issuers.iter().any(|other| other.issuer == issuer.issuer) {
                row.fault("issuer", "is in the table already");
            }
            issuers.push(issuer);
        }
        if faults.is_empty() { Ok(Self(issuers)) } else { Err(D::Error::custom(faults.join("; "))) }
    }
}

impl OutsideIssuer {
    fn read(row: &mut Row<'_>) -> Option<Self> {
        let written = Written::read(row);
        row.nothing_else();
        let written = written?;
        row.bounded("audiences", written.audiences.len(), 1);
        row.bounded("algorithms", written.algorithms.len(), 1);
        row.bounded("token_types", written.token_types.len(), 1);
        row.bounded("acr", written.acr.len(), 0);
        // They are told to clients in a header, between quotes.
        if !written
            .acr
            .iter()
            .all(|acr| acr.as_str().bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte)))
        {
            row.fault("acr", "expected ASCII without quotes and backslashes");
        }
        let keys = written.keys(row)?;
        let names = [written.subject_claim, written.name_claim, written.audience_claim, written.acr_claim];
        let [subject, name, audience, acr] = names.map(|name| name.as_str().to_owned());
        Some(Self {
            issuer: written.issuer,
            audiences: written.audiences,
            algorithms: written.algorithms,
            keys,
            patience: Patience {
                fetch: Duration::from_secs(written.jwks_timeout_seconds),
                floor: Duration::from_secs(written.jwks_floor_seconds),
                refresh: Duration::from_secs(written.jwks_refresh_seconds),
                keep: Duration::from_secs(written.jwks_keep_hours * 3_600),
            },
            token_types: written.token_types,
            clock_skew_seconds: written.clock_skew_seconds,
            acr: written.acr,
            presence_minutes: written.presence_minutes,
            claims: ClaimNames { subject, name, audience, acr },
        })
    }

    /// What is wrong with its keys as far as this machine can tell.
    pub(super) fn fault_of_file(&self) -> Option<String> {
        let KeySource::File(path) = &self.keys else { return None };
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) => return Some(format!("jwks_file {} cannot be read: {error}", path.display())),
        };
        KeySet::parse(&text).err().map(|error| format!("jwks_file {}: {error}", path.display()))
    }
}

impl Written {
    fn keys(&self, row: &mut Row<'_>) -> Option<KeySource> {
        let issuer = row.hold("issuer", SecureUrl::from_str(&self.issuer));
        if self.issuer.contains('?') {
            row.fault("issuer", "has a query");
        }
        match (self.jwks_uri.as_str(), self.jwks_file.as_str()) {
            ("", "") => {
                let description = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
                let url = description.parse().ok().filter(|_| issuer.is_some())?;
                Some(KeySource::Discovery { issuer: self.issuer.clone(), url })
            }
            (uri, "") => Some(KeySource::Url(row.hold("jwks_uri", uri.parse())?)),
            ("", file) => Some(KeySource::File(PathBuf::from(file))),
            (_, _) => {
                row.fault("jwks_file", "stands beside jwks_uri: keep one");
                None
            }
        }
    }
}

/// A row while it is read.
struct Row<'a> {
    position: usize,
    given: Dict,
    faults: &'a mut Vec<String>,
}

impl Row<'_> {
    /// The value of a column, or its default.
    fn take<T: DeserializeOwned>(&mut self, name: &str, default: &str) -> Option<T> {
        let value: Option<Value> = match (self.given.remove(name), default) {
            (Some(value), _) => Some(value),
            (None, NEEDED) => None,
            (None, default) => {
                Toml::from_str::<Dict>(&format!("value = {default}")).ok().and_then(|mut dict| dict.remove("value"))
            }
        };
        let Some(value) = value else {
            self.fault(name, "is missing");
            return None;
        };
        self.hold(name, value.deserialize().map_err(|error| error.kind))
    }

    /// The good value, or the fault noted.
    fn hold<T>(&mut self, name: &str, read: Result<T, impl ToString>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                self.fault(name, &problem.to_string());
                None
            }
        }
    }

    fn bounded(&mut self, name: &str, found: usize, least: usize) {
        self.hold(name, within(found, least, VALUES_MAX));
    }

    fn nothing_else(&mut self) {
        for name in self.given.keys().cloned().collect::<Vec<_>>() {
            self.fault(&name, "there is no such column");
        }
    }

    fn fault(&mut self, name: &str, problem: &str) {
        self.faults.push(format!("{}, {name}: {problem}", Issuers::place(self.position)));
    }
}
