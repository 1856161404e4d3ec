//! A client's public key, as a JSON Web Key (RFC 7517): what is taken in, and what never is.
//!
//! Only what verifying needs is kept. A key that comes with private parts is refused as a whole, so that a secret sent
//! by mistake is stored nowhere; whoever sent it has to make another.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// The most keys in one set that is handed in.
pub const SET_KEYS_MAX: usize = 20;
/// The most bytes of a key's name.
const KID_BYTES_MAX: usize = 128;
/// Bits of an RSA modulus.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;
/// Members that only a private or a secret key has (RFC 7518, 6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Why a key or a set of keys is not taken in.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyProblem {
    /// Not a set of keys in JSON with at least one key.
    #[error("must be a JSON Web Key Set with one or two public keys, such as {{\"keys\": [...]}}: {0}")]
    NotASet(&'static str),
    /// It contains what must never leave its owner.
    #[error(
        "contains the private part of a key, which must never leave its owner: nothing was stored; make a new key and \
         send its public part only"
    )]
    Private,
    /// A kind of key, or a size, that is not strong enough or not used here.
    #[error("contains a key that is not taken: {0}")]
    NotAllowed(&'static str),
}

/// A way of signing that clients may use.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Signing {
    /// RSA, PKCS#1 v1.5, SHA-256.
    Rs256,
    /// RSA, PKCS#1 v1.5, SHA-512.
    Rs512,
    /// RSA, PSS, SHA-256.
    Ps256,
    /// ECDSA on P-256.
    Es256,
    /// ECDSA on P-384: the only one that a key on that curve fits.
    Es384,
}

impl Signing {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Rs256, Self::Rs512, Self::Ps256, Self::Es256, Self::Es384];

    /// How JSON Web Algorithms calls it (RFC 7518, 3.1).
    pub fn word(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signing| signing.word() == word)
    }
}

/// A public key that was checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey {
    kid: String,
    thumbprint: String,
    signing: Vec<Signing>,
    jwk: Value,
}

impl PublicKey {
    /// Reads one key of a set.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyProblem> {
        use KeyProblem::NotAllowed;
        let members = jwk.as_object().ok_or(KeyProblem::NotASet("a key is not an object"))?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(KeyProblem::Private);
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let kid = text("kid").filter(|kid| is_kid(kid)).ok_or(NotAllowed("each needs a kid of 1 to 128 characters"))?;
        if members.get("use").is_some_and(|purpose| purpose != "sig") {
            return Err(NotAllowed("its use is not sig"));
        }
        let verifies = |operations: &Value| operations.as_array().is_some_and(|list| *list == ["verify"]);
        if members.get("key_ops").is_some_and(|operations| !verifies(operations)) {
            return Err(NotAllowed("its key_ops are not verify alone"));
        }
        let (needed, fitting) = match text("kty") {
            Some("RSA") => rsa(members)?,
            Some("EC") => elliptic(members)?,
            Some("oct") => return Err(KeyProblem::Private),
            _ => return Err(NotAllowed("its kty is neither RSA nor EC")),
        };
        let signing = match members.get("alg") {
            None => fitting,
            Some(alg) => {
                let named = alg.as_str().and_then(Signing::from_word).filter(|named| fitting.contains(named));
                vec![named.ok_or(NotAllowed("its alg is not one of RS256, RS512, PS256, ES256, ES384 that fits it"))?]
            }
        };
        // The members that are needed, in alphabetical order without spaces, are what RFC 7638 hashes.
        let thumbprint = BASE64.encode(Sha256::digest(Value::Object(needed.clone()).to_string()));
        let mut jwk = needed;
        jwk.insert("kid".to_owned(), json!(kid));
        if let Some(alg) = members.get("alg") {
            jwk.insert("alg".to_owned(), alg.clone());
        }
        Ok(Self { kid: kid.to_owned(), thumbprint, signing, jwk: Value::Object(jwk) })
    }

    /// Reads a set of keys, as its owner would publish it.
    pub fn from_set(text: &str) -> Result<Vec<Self>, KeyProblem> {
        let set: Value = serde_json::from_str(text).map_err(|_| KeyProblem::NotASet("it is not JSON"))?;
        let members = set.as_object().ok_or(KeyProblem::NotASet("it is not an object"))?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(KeyProblem::Private);
        }
        let keys =
            members.get("keys").and_then(Value::as_array).ok_or(KeyProblem::NotASet("it has no list of keys"))?;
        if keys.is_empty() || keys.len() > SET_KEYS_MAX {
            return Err(KeyProblem::NotASet("its list is empty, or too long"));
        }
        keys.iter().map(Self::from_jwk).collect()
    }

    /// Its name in its owner's set.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The SHA-256 thumbprint of RFC 7638: the same for the same key, whatever its name.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The ways of signing that fit it.
    pub fn signing(&self) -> &[Signing] {
        &self.signing
    }

    /// The key as it is kept: public members only.
    pub fn jwk(&self) -> &Value {
        &self.jwk
    }
}

fn is_kid(kid: &str) -> bool {
    (1..=KID_BYTES_MAX).contains(&kid.len()) && kid.chars().all(|char| char == ' ' || char.is_ascii_graphic())
}

/// What verifying needs of a key, and the ways of signing that fit it.
type Fitting = (Map<String, Value>, Vec<Signing>);

fn rsa(members: &Map<String, Value>) -> Result<Fitting, KeyProblem> {
    let modulus = number(members, "n")?;
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    if !RSA_BITS.contains(&bits) {
        return Err(KeyProblem::NotAllowed("an RSA key has 2048 to 8192 bits"));
    }
    let exponent = number(members, "e")?;
    let exponent = exponent.iter().fold(0_u64, |sum, byte| sum.saturating_mul(256).saturating_add(u64::from(*byte)));
    // As FIPS 186-5 asks, and no larger than libraries take.
    if !(65_537..1 << 33).contains(&exponent) || exponent % 2 == 0 || modulus.last().is_none_or(|last| last % 2 == 0) {
        return Err(KeyProblem::NotAllowed("it is not a sound RSA key with an exponent of 65537"));
    }
    Ok((needed(members, &["e", "kty", "n"]), vec![Signing::Rs256, Signing::Rs512, Signing::Ps256]))
}

fn elliptic(members: &Map<String, Value>) -> Result<Fitting, KeyProblem> {
    let (bytes, signing) = match members.get("crv").and_then(Value::as_str) {
        Some("P-256") => (32, Signing::Es256),
        Some("P-384") => (48, Signing::Es384),
        _ => return Err(KeyProblem::NotAllowed("its curve is neither P-256 nor P-384")),
    };
    for name in ["x", "y"] {
        if decoded(members, name)?.len() != bytes {
            return Err(KeyProblem::NotAllowed("its coordinates have the wrong length for its curve"));
        }
    }
    Ok((needed(members, &["crv", "kty", "x", "y"]), vec![signing]))
}

fn needed(members: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), members.get(*name)?.clone()))).collect()
}

fn decoded(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, KeyProblem> {
    let text = members.get(name).and_then(Value::as_str);
    text.and_then(|text| BASE64.decode(text).ok()).ok_or(KeyProblem::NotAllowed("a member of it is not base64url"))
}

/// A whole number, which has no zeros before it.
fn number(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, KeyProblem> {
    let bytes = decoded(members, name)?;
    match bytes.first() {
        None | Some(0) => Err(KeyProblem::NotAllowed("a number in it is empty or begins with zeros")),
        Some(_) => Ok(bytes),
    }
}
