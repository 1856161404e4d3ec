//! The kinds of values that settings have beyond numbers, truth values and paths. Each can only hold what makes sense.
//!
//! Messages here must not repeat the value: a database URL has a password in it.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::Deserialize;

/// Implements `Deserialize` by way of a text and the type's own `from_text`.
macro_rules! from_text {
    ($($kind:ident)+) => {$(
        impl<'de> serde::Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_text(text).map_err(serde::de::Error::custom)
            }
        }
    )+};
}
pub(super) use from_text;

from_text! { DatabaseUrl DurabilityWaiver Identifier Network Origin StandbyUrl TokenEndpoint WebAddress }

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The embedded database.
    Sqlite(String),
    /// A PostgreSQL server.
    Postgres(String),
}

impl DatabaseUrl {
    /// The whole URL, secrets included: for connecting, never for showing.
    pub fn expose(&self) -> &str {
        match self {
            Self::Sqlite(url) | Self::Postgres(url) => url,
        }
    }

    fn from_text(url: String) -> Result<Self, &'static str> {
        match url.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => Ok(Self::Sqlite(url)),
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") && rest.len() > 2 => {
                Ok(Self::Postgres(url))
            }
            _ => Err("expected sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME"),
        }
    }
}

/// Where a standby of the database is that reads may go to, if there is one.
#[derive(Clone, PartialEq, Eq)]
pub struct StandbyUrl(Option<String>);

impl StandbyUrl {
    /// The whole URL, secrets included: for connecting, never for showing.
    pub fn expose(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The standby at a URL, as the settings would give it.
    pub fn at(url: &str) -> Result<Self, &'static str> {
        Self::from_text(url.to_owned())
    }

    fn from_text(url: String) -> Result<Self, &'static str> {
        if url.is_empty() {
            return Ok(Self(None));
        }
        match DatabaseUrl::from_text(url) {
            Ok(DatabaseUrl::Postgres(url)) => Ok(Self(Some(url))),
            Ok(DatabaseUrl::Sqlite(_)) | Err(_) => Err("expected postgres://USER:PASSWORD@HOST/NAME, or nothing"),
        }
    }
}

impl fmt::Debug for StandbyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "postgres://..." } else { "" })
    }
}

/// Says only which kind it is: passwords hide in too many corners of a URL to cut them out with confidence.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(url) => f.write_str(url),
            Self::Postgres(_) => f.write_str("postgres://..."),
        }
    }
}

/// Whether the operator has taken it upon themselves that acknowledged acts may be lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DurabilityWaiver {
    /// No: a database that may forget is refused at start.
    Withheld,
    /// Yes, in words.
    Given,
}

impl DurabilityWaiver {
    /// What the operator has to write. A `true` would be too easy to copy from somewhere.
    pub const WORDS: &str = "acknowledged acts may be lost";

    fn from_text(words: String) -> Result<Self, String> {
        match words.as_str() {
            "" => Ok(Self::Withheld),
            Self::WORDS => Ok(Self::Given),
            _ => Err(format!("expected nothing, or the words {:?}", Self::WORDS)),
        }
    }
}

/// A name that appears in tokens: not empty, at most 255 bytes, no white space, no control characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identifier(String);

impl Identifier {
    /// The most bytes of one.
    pub const BYTES_MAX: usize = 255;

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_text(name: String) -> Result<Self, &'static str> {
        let good = (1..=Self::BYTES_MAX).contains(&name.len())
            && !name.chars().any(|char| char.is_control() || char.is_whitespace());
        if good { Ok(Self(name)) } else { Err("expected 1 to 255 bytes without white space") }
    }
}

/// The origin of a web page: `https://host` or `https://host:port`, exactly as browsers send it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin(String);

impl Origin {
    /// The origin as browsers send it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_text(origin: String) -> Result<Self, &'static str> {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
        // Browsers send lower case without a slash; anything else would never match and look like it should.
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
        if !host.is_empty() && host.bytes().all(good) {
            Ok(Self(origin))
        } else {
            Err("expected an origin such as https://advice.example.org: lower case, no path, no wildcard")
        }
    }
}

/// An address on the web where tokens are asked for, if it is another than follows from the issuer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenEndpoint(Option<String>);

impl TokenEndpoint {
    /// The address, if one is given.
    pub fn given(&self) -> Option<&str> {
        self.0.as_deref()
    }

    fn from_text(address: String) -> Result<Self, &'static str> {
        if address.is_empty() {
            return Ok(Self(None));
        }
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or_default();
        let good = !host.is_empty() && address.len() <= 500 && address.bytes().all(|byte| byte.is_ascii_graphic());
        if good && !address.contains(['?', '#']) {
            Ok(Self(Some(address)))
        } else {
            Err("expected nothing, or an address such as https://advice.example.org/oauth/token")
        }
    }
}

/// An address on the web, if one is given. It ends without a slash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebAddress(Option<String>);

impl WebAddress {
    /// The address, if one is given.
    pub fn given(&self) -> Option<&str> {
        self.0.as_deref()
    }

    fn from_text(address: String) -> Result<Self, &'static str> {
        if address.is_empty() {
            return Ok(Self(None));
        }
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or_default();
        let good = !host.is_empty() && address.len() <= 500 && address.bytes().all(|byte| byte.is_ascii_graphic());
        if good && !address.contains(['?', '#', '<', '>', '"']) {
            Ok(Self(Some(address.trim_end_matches('/').to_owned())))
        } else {
            Err("expected nothing, or an address such as https://advice.example.org")
        }
    }
}

/// Addresses that begin alike: one address, or a network such as `10.0.0.0/8`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether the address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let shared = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => (ours.to_bits() ^ theirs.to_bits()).leading_zeros(),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits() ^ theirs.to_bits()).leading_zeros(),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
        };
        shared >= self.bits
    }

    fn from_text(text: String) -> Result<Self, &'static str> {
        let wrong = "expected an address or a network such as 10.0.0.0/8";
        let (address, bits) =
            text.split_once('/').map_or((text.as_str(), None), |(address, bits)| (address, Some(bits)));
        let address = IpAddr::from_str(address).map_err(|_| wrong)?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(whole), |bits| bits.parse().map_err(|_| wrong))?;
        if bits <= whole { Ok(Self { address, bits }) } else { Err(wrong) }
    }
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_text(text.to_owned())
    }
}

/// The header in which proxies tell who asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum AddressHeader {
    /// What most proxies write.
    #[default]
    #[serde(rename = "X-Forwarded-For")]
    XForwardedFor,
    /// RFC 7239.
    #[serde(rename = "Forwarded")]
    Forwarded,
}

/// Which documents are run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentMode {
    /// All texts.
    Open,
    /// All texts, and those that clients asked us to remember, by their digest.
    Apq,
    /// Those that the operator trusts.
    Trusted,
}

/// How this service signs its tokens. A closed list: whoever configures another has to change code and tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum Algorithm {
    /// A secret shared by all replicas.
    #[serde(rename = "HS512")]
    Hs512,
    /// ECDSA on P-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// RSA with PKCS#1 v1.5 padding.
    #[serde(rename = "RS512")]
    Rs512,
    /// RSA with PSS padding.
    #[serde(rename = "PS256")]
    Ps256,
}

/// The form of log lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Words for people.
    Text,
}
