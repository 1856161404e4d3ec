//! What is believed, and the longer list of what is not.

mod outside;

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::TimeDelta;
use futures_util::FutureExt;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use super::*;
use crate::{
    clock::system_now,
    config::{Algorithm, Config},
};

impl TokenVerifier {
    /// What a token of this service's own says; its key is at hand, so nothing is waited for.
    pub(in crate::identity) fn verify_now(&self, token: &str) -> Result<Arc<Claims>, BadToken> {
        match self.verify(token).now_or_never().expect("nothing to wait for") {
            Ok(verified) => Ok(verified.claims),
            Err(NotVerified::Bad(bad)) => Err(bad),
            Err(NotVerified::Unavailable) => panic!("the key is at hand"),
        }
    }
}

fn settings() -> Config {
    Config::load(Some(Path::new("/dev/null")), []).unwrap()
}

/// An issuer with its verifier.
struct Pair {
    key: SigningKey,
    issuer: TokenIssuer,
    verifier: TokenVerifier,
}

fn pair(key: SigningKey) -> Pair {
    let auth = settings().auth;
    Pair { issuer: TokenIssuer::new(&auth, key.clone()), verifier: TokenVerifier::new(&auth, &key), key }
}

fn with_secret() -> Pair {
    pair(SigningKey::ephemeral().unwrap())
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

fn private_pem(algorithm: Algorithm) -> Option<String> {
    let der = match algorithm {
        Algorithm::Hs512 => return None,
        Algorithm::Es256 => {
            let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
            key.to_pkcs8v1().unwrap().as_ref().to_vec()
        }
        Algorithm::EdDsa => Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap().as_ref().to_vec(),
        Algorithm::Rs512 | Algorithm::Ps256 => {
            let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
            AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap().as_ref().to_vec()
        }
    };
    Some(pem("PRIVATE KEY", &der))
}

fn good(pair: &Pair) -> String {
    pair.issuer.issue("nurse-1", Some("Ann Ward"), TimeDelta::hours(1), system_now()).unwrap()
}

/// Claims of a good token, to be spoilt.
fn claims() -> Value {
    let now = system_now().timestamp();
    json!({"iss": "https://consilium.localhost", "aud": "consilium", "sub": "nurse-1", "iat": now, "exp": now + 3600})
}

/// A token signed with the right key, whatever its claims.
fn signed(pair: &Pair, claims: &Value) -> String {
    jsonwebtoken::encode(&Header::new(pair.key.algorithm), claims, &pair.key.encoding).unwrap()
}

/// A token signed with the right key, whatever its header says.
fn signed_raw(pair: &Pair, header: &Value, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &pair.key.encoding, pair.key.algorithm).unwrap();
    format!("{message}.{signature}")
}

#[test]
fn a_token_of_ours_is_believed_and_says_what_was_put_in() {
    let pair = with_secret();
    let now = system_now();
    let token = pair.issuer.issue("nurse-1", Some("Ann Ward"), TimeDelta::hours(1), now).unwrap();
    let claims = pair.verifier.verify_now(&token).unwrap();
    assert_eq!((claims.issuer.as_str(), claims.subject.as_str()), ("https://consilium.localhost", "nurse-1"));
    assert_eq!(claims.name.as_deref(), Some("Ann Ward"));
    assert_eq!(claims.expires_at - claims.issued_at, TimeDelta::hours(1));
    assert_eq!(claims.auth_time, Some(claims.issued_at));
    assert!(now - claims.issued_at < TimeDelta::seconds(1));
}

#[test]
fn the_claims_that_the_refusals_spoil_are_good_ones() {
    let pair = with_secret();
    assert!(pair.verifier.verify_now(&signed(&pair, &claims())).is_ok());
    for header in
        [json!({"alg": "HS512"}), json!({"alg": "HS512", "typ": "at+jwt"}), json!({"alg": "HS512", "typ": "jwt"})]
    {
        assert!(pair.verifier.verify_now(&signed_raw(&pair, &header, &claims().to_string())).is_ok(), "{header}");
    }
    let mut several = claims();
    several["aud"] = json!(["elsewhere", "consilium"]);
    assert!(pair.verifier.verify_now(&signed(&pair, &several)).is_ok());
}

#[test]
fn a_token_with_a_wrong_claim_is_refused() {
    let pair = with_secret();
    let now = system_now().timestamp();
    let absent = Value::Null;
    let table = [
        ("iss", json!("https://elsewhere"), BadToken::Issuer),
        ("iss", json!(["https://consilium.localhost"]), BadToken::Malformed),
        ("iss", json!(""), BadToken::Issuer),
        ("iss", absent.clone(), BadToken::Malformed),
        ("aud", json!("elsewhere"), BadToken::Audience),
        ("aud", json!([]), BadToken::Audience),
        ("aud", json!(7), BadToken::Malformed),
        ("aud", json!(["consilium", 7]), BadToken::Malformed),
        ("aud", json!(["consilium", "consilium"]), BadToken::Claim("aud")),
        (
            "aud",
            Value::from_iter((0..17).map(|n| format!("{n}")).chain(["consilium".to_owned()])),
            BadToken::Claim("aud"),
        ),
        ("aud", absent.clone(), BadToken::Malformed),
        ("sub", json!(""), BadToken::Claim("sub")),
        ("sub", json!(" \t"), BadToken::Claim("sub")),
        ("sub", json!("nurse\u{0}1"), BadToken::Claim("sub")),
        ("sub", json!("n".repeat(256)), BadToken::Claim("sub")),
        ("sub", json!(7), BadToken::Malformed),
        ("sub", absent.clone(), BadToken::Malformed),
        ("exp", json!(now - 31), BadToken::Expired),
        ("exp", json!(0), BadToken::Expired),
        ("exp", json!(u64::MAX), BadToken::Claim("exp")),
        ("exp", json!("tomorrow"), BadToken::Malformed),
        ("exp", json!(-1), BadToken::Malformed),
        ("exp", absent.clone(), BadToken::Malformed),
        ("nbf", json!(now + 60), BadToken::NotYet),
        ("nbf", json!("now"), BadToken::Malformed),
        ("iat", json!(now + 60), BadToken::NotYet),
        ("iat", json!(now + 7200), BadToken::NotYet),
        ("iat", json!("now"), BadToken::Malformed),
        ("iat", absent, BadToken::Malformed),
        ("auth_time", json!(now + 60), BadToken::Claim("auth_time")),
        ("auth_time", json!("now"), BadToken::Malformed),
        ("name", json!("n".repeat(401)), BadToken::Claim("name")),
        ("name", json!(["Ann"]), BadToken::Malformed),
    ];
    for (claim, value, expected) in table {
        let mut spoilt = claims();
        let fields = spoilt.as_object_mut().unwrap();
        match &value {
            Value::Null => fields.remove(claim),
            value => fields.insert(claim.to_owned(), value.clone()),
        };
        assert_eq!(pair.verifier.verify_now(&signed(&pair, &spoilt)), Err(expected), "{claim}: {value}");
    }
}

#[test]
fn a_claim_given_twice_is_refused() {
    let pair = with_secret();
    let twice = claims().to_string().replacen('{', r#"{"sub":"chair-1","#, 1);
    assert_eq!(
        pair.verifier.verify_now(&signed_raw(&pair, &json!({"alg": "HS512"}), &twice)),
        Err(BadToken::Malformed)
    );
}

#[test]
fn a_token_that_ends_before_it_begins_is_refused() {
    let pair = with_secret();
    let mut spoilt = claims();
    spoilt["exp"] = spoilt["iat"].clone();
    assert_eq!(pair.verifier.verify_now(&signed(&pair, &spoilt)), Err(BadToken::Claim("exp")));
}

#[test]
fn clocks_of_issuers_may_be_wrong_by_the_skew_and_no_more() {
    let pair = with_secret();
    let now = system_now().timestamp();
    let verdict = |claim: &str, at: i64| {
        let mut changed = claims();
        changed["iat"] = json!(now - 3600);
        changed[claim] = json!(at);
        pair.verifier.verify_now(&signed(&pair, &changed)).map(|_| ())
    };
    assert_eq!(verdict("exp", now - 20), Ok(()));
    assert_eq!(verdict("exp", now - 40), Err(BadToken::Expired));
    assert_eq!(verdict("nbf", now + 20), Ok(()));
    assert_eq!(verdict("iat", now + 20), Ok(()));
}

#[test]
fn a_header_that_asks_for_something_is_refused_or_not_listened_to() {
    let pair = with_secret();
    let other = with_secret();
    let verdict =
        |pair: &Pair, header: Value| with_claims(&pair.verifier, signed_raw(pair, &header, &claims().to_string()));
    fn with_claims(verifier: &TokenVerifier, token: String) -> Result<(), BadToken> {
        verifier.verify_now(&token).map(|_| ())
    }
    let refused = [
        (json!({"alg": "HS512", "crit": ["exp"]}), BadToken::Critical),
        (json!({"alg": "HS512", "crit": []}), BadToken::Critical),
        (json!({"alg": "HS512", "crit": "exp"}), BadToken::Malformed),
        (json!({"alg": "HS512", "typ": "logout+jwt"}), BadToken::Type),
        (json!({"alg": "HS512", "typ": 7}), BadToken::Malformed),
        (json!({"alg": "HS256"}), BadToken::Algorithm),
        (json!({"alg": "ES256"}), BadToken::Algorithm),
        (json!({"alg": "none"}), BadToken::Malformed),
        (json!({"alg": "hs512"}), BadToken::Malformed),
        (json!({"typ": "JWT"}), BadToken::Malformed),
        (json!([]), BadToken::Malformed),
    ];
    for (header, expected) in refused {
        assert_eq!(verdict(&pair, header.clone()), Err(expected), "{header}");
    }
    // A key named or enclosed by the token changes nothing: with ours it is good, with theirs it is not.
    let secret = URL_SAFE_NO_PAD.encode(other.key.encoding.as_bytes());
    let enclosing = json!({
        "alg": "HS512", "kid": "../../dev/null", "jku": "http://127.0.0.1/keys", "x5u": "http://127.0.0.1/x5u",
        "jwk": {"kty": "oct", "k": secret},
    });
    assert_eq!(verdict(&pair, enclosing.clone()), Ok(()));
    let theirs = signed_raw(&other, &enclosing, &claims().to_string());
    assert_eq!(with_claims(&pair.verifier, theirs), Err(BadToken::Signature));
}

#[test]
fn a_token_without_a_signature_is_refused() {
    let pair = with_secret();
    let token = good(&pair);
    let (message, _) = token.rsplit_once('.').unwrap();
    let none =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#), message.split_once('.').unwrap().1);
    for forged in [message.to_owned(), format!("{message}."), none.clone(), format!("{none}.")] {
        assert!(pair.verifier.verify_now(&forged).is_err(), "{forged}");
    }
}

#[test]
fn a_damaged_token_is_refused_wherever_the_damage_is() {
    let pair = with_secret();
    let token = good(&pair);
    for at in 0..token.len() {
        assert!(pair.verifier.verify_now(&token[..at]).is_err(), "cut at {at}");
        let mut bytes = token.clone().into_bytes();
        for bit in 0..7 {
            bytes[at] ^= 1 << bit;
            let damaged = String::from_utf8(bytes.clone()).unwrap();
            assert!(pair.verifier.verify_now(&damaged).is_err(), "bit {bit} of {at}: {damaged}");
            bytes[at] ^= 1 << bit;
        }
    }
    for odd in
        ["", ".", "..", "...", "a.b.c", "é.é.é", &format!("{token}.x"), &format!(" {token}"), &format!("{token}=")]
    {
        assert!(pair.verifier.verify_now(odd).is_err(), "{odd:?}");
    }
}

#[test]
fn a_huge_token_is_refused_before_it_is_read() {
    let pair = with_secret();
    let mut huge = claims();
    huge["padding"] = json!("x".repeat(8 * 1024));
    assert_eq!(pair.verifier.verify_now(&signed(&pair, &huge)), Err(BadToken::TooLong));
    assert_eq!(pair.verifier.verify_now(&"x".repeat(100_000_000)), Err(BadToken::TooLong));
}

#[test]
fn every_algorithm_believes_its_own_tokens_and_no_others() {
    let algorithms = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs512, Algorithm::Ps256];
    let keys = algorithms.map(|algorithm| {
        let pem = private_pem(algorithm).unwrap();
        SigningKey::from_pem(algorithm, pem.as_bytes()).unwrap_or_else(|| panic!("{algorithm:?}"))
    });
    let pairs: Vec<Pair> = keys.into_iter().chain([SigningKey::ephemeral().unwrap()]).map(pair).collect();
    for (of, issuing) in pairs.iter().enumerate() {
        let token = good(issuing);
        for (by, verifying) in pairs.iter().enumerate() {
            let verdict = verifying.verifier.verify_now(&token);
            assert_eq!(verdict.is_ok(), of == by, "of {of} by {by}: {verdict:?}");
        }
    }
}

#[test]
fn one_rsa_key_does_not_make_its_two_algorithms_one() {
    let pem = private_pem(Algorithm::Ps256).unwrap();
    let [ps, rs] = [Algorithm::Ps256, Algorithm::Rs512]
        .map(|algorithm| pair(SigningKey::from_pem(algorithm, pem.as_bytes()).unwrap()));
    assert_eq!(ps.verifier.verify_now(&good(&rs)), Err(BadToken::Algorithm));
    assert_eq!(rs.verifier.verify_now(&good(&ps)), Err(BadToken::Algorithm));
}

#[test]
fn a_public_key_is_no_secret_to_sign_with() {
    let private = private_pem(Algorithm::Es256).unwrap();
    let pair = pair(SigningKey::from_pem(Algorithm::Es256, private.as_bytes()).unwrap());
    let point = pair.key.decoding.try_get_as_bytes().unwrap();
    // SubjectPublicKeyInfo of a point on P-256.
    let mut der = hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
    der.extend_from_slice(point);
    for public in [pem("PUBLIC KEY", &der).into_bytes(), der.clone(), point.to_vec()] {
        for algorithm in [jsonwebtoken::Algorithm::HS256, jsonwebtoken::Algorithm::HS512] {
            let secret = EncodingKey::from_secret(&public);
            let forged = jsonwebtoken::encode(&Header::new(algorithm), &claims(), &secret).unwrap();
            assert_eq!(pair.verifier.verify_now(&forged), Err(BadToken::Algorithm));
        }
    }
}

#[test]
fn what_would_be_refused_is_not_issued() {
    let issuer = with_secret().issuer;
    let hour = TimeDelta::hours(1);
    let long = "n".repeat(256);
    let table = [
        ("", None, hour),
        (" ", None, hour),
        (long.as_str(), None, hour),
        ("nurse-1", Some(""), hour),
        ("nurse-1", None, TimeDelta::zero()),
        ("nurse-1", None, TimeDelta::milliseconds(1)),
        ("nurse-1", None, -hour),
        ("nurse-1", None, TimeDelta::MAX),
    ];
    for (subject, name, lifetime) in table {
        assert!(issuer.issue(subject, name, lifetime, system_now()).is_err(), "{subject:?} {name:?} {lifetime}");
    }
}

#[test]
fn a_secret_is_made_once_for_its_owner_only_and_then_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("consilium.key");
    let first = pair(SigningKey::load_or_create(Algorithm::Hs512, &path).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let second = pair(SigningKey::load_or_create(Algorithm::Hs512, &path).unwrap());
    assert!(second.verifier.verify_now(&good(&first)).is_ok());
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "drafts are left");
}

#[test]
fn replicas_that_start_together_get_the_same_secret() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("consilium.key");
    let keys: Vec<SigningKey> = std::thread::scope(|scope| {
        let starts: Vec<_> =
            (0..8).map(|_| scope.spawn(|| SigningKey::load_or_create(Algorithm::Hs512, &path).unwrap())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(keys.windows(2).all(|two| two[0].encoding.as_bytes() == two[1].encoding.as_bytes()));
}

#[test]
fn a_key_file_that_cannot_be_relied_on_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let load = |algorithm, text: &str, mode| {
        let path = directory.path().join("key");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        SigningKey::load_or_create(algorithm, &path)
    };
    let secret = STANDARD.encode([7; 64]);
    assert!(load(Algorithm::Hs512, &secret, 0o640).is_ok());
    assert!(matches!(load(Algorithm::Hs512, &secret, 0o644), Err(KeyError::Exposed(_))));
    assert!(matches!(load(Algorithm::Hs512, &STANDARD.encode([7; 63]), 0o600), Err(KeyError::NotASecret(_))));
    assert!(matches!(load(Algorithm::Hs512, "", 0o600), Err(KeyError::NotASecret(_))));
    let ec = private_pem(Algorithm::Es256).unwrap();
    assert!(load(Algorithm::Es256, &ec, 0o600).is_ok());
    for algorithm in [Algorithm::EdDsa, Algorithm::Rs512, Algorithm::Ps256] {
        assert!(matches!(load(algorithm, &ec, 0o600), Err(KeyError::NotAKey { .. })), "{algorithm:?}");
    }
    let missing = SigningKey::load_or_create(Algorithm::Es256, &directory.path().join("missing"));
    assert!(matches!(missing, Err(KeyError::Read { .. })), "only plain secrets are made");
}
