//! A set of public keys as it is written (RFC 7517), and which of them fits a signature.
//!
//! A key that is broken, weak or for something else does not spoil its neighbours: it is left out, and the set says why.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use crate::identity::key::install_crypto;

/// The most keys in one set.
const KEYS_MAX: usize = 100;
/// The most bytes of a key's name.
const KID_BYTES_MAX: usize = 255;
/// Bits of an RSA modulus: fewer are weak (RFC 7518, 3.3), more take long.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;
/// The most bytes of an RSA exponent; in practice it is 65537.
const RSA_EXPONENT_BYTES_MAX: usize = 8;

const RSA: &[Algorithm] =
    &[Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512];

/// Keys, all of them good for verifying signatures.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Vec<PublicKey>,
    skipped: Vec<Skipped>,
}

/// One key that verifies signatures.
#[derive(Clone, Debug)]
pub struct PublicKey {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    decoding: DecodingKey,
    written: Value,
}

/// A key of the set that is not used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skipped {
    /// Where it stands in the set, from 0.
    pub position: usize,
    /// Why.
    pub why: Unusable,
}

/// Why a key is not used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unusable {
    /// Members are missing, of the wrong type, doubled, or not base64url.
    #[error("the key is malformed")]
    Malformed,
    /// A key type or curve that no algorithm here signs with; among them secrets.
    #[error("keys of this type or curve are not used")]
    Kind,
    /// `use`, `key_ops` or `alg` say that it is for something else than verifying signatures of its type.
    #[error("the key is not for signatures, or for an algorithm that does not fit its type")]
    Purpose,
    /// An RSA key of the wrong size.
    #[error("an RSA key needs a modulus of 2048 to 8192 bits and an odd exponent above 2")]
    Size,
    /// The private key stands in the set for everybody to read.
    #[error("the private part of the key is published")]
    Published,
    /// Another key of the set has this name and fits the same algorithms, so it would not be clear which is meant.
    #[error("another key has the same kid")]
    Ambiguous,
}

/// A text that is no set of keys, or one without any that can be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAKeySet {
    /// Not an object with a list of keys.
    #[error("failed to read a set of keys: expected a JSON object with the list \"keys\"")]
    Malformed,
    /// More than a set may have.
    #[error("failed to read a set of keys: it has more than {KEYS_MAX}")]
    TooMany,
    /// Nothing to verify with.
    #[error("failed to find a key to verify signatures with among {}", .0.len())]
    NoneUsable(Vec<Skipped>),
}

#[derive(Deserialize)]
struct WrittenSet {
    keys: Vec<Value>,
}

/// A key as it is written. Deriving refuses wrong types and members given twice.
#[derive(Deserialize)]
struct Written {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

impl KeySet {
    /// Reads a set of keys.
    pub fn parse(text: &[u8]) -> Result<Self, NotAKeySet> {
        install_crypto();
        let written: WrittenSet = serde_json::from_slice(text).map_err(|_| NotAKeySet::Malformed)?;
        if written.keys.len() > KEYS_MAX {
            return Err(NotAKeySet::TooMany);
        }
        let mut set = Self { keys: Vec::new(), skipped: Vec::new() };
        for (position, key) in written.keys.into_iter().enumerate() {
            match PublicKey::read(key).and_then(|key| set.unambiguous(key)) {
                Ok(key) => set.keys.push(key),
                Err(why) => set.skipped.push(Skipped { position, why }),
            }
        }
        if set.keys.is_empty() { Err(NotAKeySet::NoneUsable(set.skipped)) } else { Ok(set) }
    }

    /// A set of one key without a name, for the service's own tokens.
    pub(in crate::identity) fn own(algorithm: Algorithm, decoding: DecodingKey) -> Self {
        let key = PublicKey { kid: None, algorithms: vec![algorithm], decoding, written: Value::Null };
        Self { keys: vec![key], skipped: vec![] }
    }

    /// The key that a signature of this algorithm is verified with. A token that names none is understood only where
    /// there is one that fits (OpenID Connect Core, 10.1).
    pub fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&PublicKey> {
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| key.algorithms.contains(&algorithm))
            .filter(|key| kid.is_none() || key.kid.as_deref() == kid);
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// Every key that is used.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// Every key that is not used, and why: for whoever wrote the set.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    fn unambiguous(&self, key: PublicKey) -> Result<PublicKey, Unusable> {
        let is_taken = self.keys.iter().any(|other| {
            other.kid == key.kid && other.algorithms.iter().any(|algorithm| key.algorithms.contains(algorithm))
        });
        if is_taken { Err(Unusable::Ambiguous) } else { Ok(key) }
    }
}

impl PublicKey {
    /// Its name in the set.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithms whose signatures it verifies.
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// The key itself.
    pub fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    /// The key as its owner wrote it.
    pub fn written(&self) -> &Value {
        &self.written
    }

    fn read(value: Value) -> Result<Self, Unusable> {
        let written: Written = serde_json::from_value(value.clone()).map_err(|_| Unusable::Malformed)?;
        if written.d.is_some() {
            return Err(Unusable::Published);
        }
        if written.kid.as_ref().is_some_and(|kid| kid.is_empty() || kid.len() > KID_BYTES_MAX) {
            return Err(Unusable::Malformed);
        }
        let (fitting, decoding) = written.material()?;
        Ok(Self { algorithms: written.among(fitting)?, kid: written.kid, decoding, written: value })
    }
}

impl Written {
    /// The key, and the algorithms that its type is made for.
    fn material(&self) -> Result<(&'static [Algorithm], DecodingKey), Unusable> {
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", None) => {
                let (n, e) = (bytes(&self.n)?, bytes(&self.e)?);
                let bits = n.len() * 8 - n.first().map_or(0, |first| first.leading_zeros() as usize);
                let is_odd = e.last().is_some_and(|last| last % 2 == 1) && e != [1];
                if !RSA_BITS.contains(&bits) || !is_odd || e.len() > RSA_EXPONENT_BYTES_MAX {
                    return Err(Unusable::Size);
                }
                Ok((RSA, DecodingKey::from_rsa_raw_components(&n, &e)))
            }
            ("EC", Some("P-256")) => Ok((&[Algorithm::ES256], self.point(32)?)),
            ("EC", Some("P-384")) => Ok((&[Algorithm::ES384], self.point(48)?)),
            ("OKP", Some("Ed25519")) => {
                let x = self.x.as_deref().filter(|x| decode(x).is_some_and(|x| x.len() == 32));
                let key = DecodingKey::from_ed_components(x.ok_or(Unusable::Malformed)?);
                Ok((&[Algorithm::EdDSA], key.map_err(|_| Unusable::Malformed)?))
            }
            _ => Err(Unusable::Kind),
        }
    }

    fn point(&self, size: usize) -> Result<DecodingKey, Unusable> {
        let coordinate = |text: &Option<String>| {
            text.clone().filter(|text| decode(text).is_some_and(|bytes| bytes.len() == size)).ok_or(Unusable::Malformed)
        };
        DecodingKey::from_ec_components(&coordinate(&self.x)?, &coordinate(&self.y)?).map_err(|_| Unusable::Malformed)
    }

    /// Those of `fitting` that the key says it is for.
    fn among(&self, fitting: &[Algorithm]) -> Result<Vec<Algorithm>, Unusable> {
        let is_for_signatures = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let verifies = self.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|one| one == "verify"));
        let named = match &self.alg {
            None => fitting.to_vec(),
            Some(alg) => fitting.iter().copied().filter(|algorithm| format!("{algorithm:?}") == *alg).collect(),
        };
        if is_for_signatures && verifies && !named.is_empty() { Ok(named) } else { Err(Unusable::Purpose) }
    }
}

/// A big number without leading zeros, which some writers add.
fn bytes(text: &Option<String>) -> Result<Vec<u8>, Unusable> {
    let bytes = text.as_deref().and_then(decode).ok_or(Unusable::Malformed)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Ok(bytes[zeros..].to_vec())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
