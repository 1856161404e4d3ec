//! Which keys are used, and when their source is asked.

use std::time::{Duration, Instant};

use aws_lc_rs::rsa::KeySize;
use jsonwebtoken::Algorithm::{self, *};
use serde_json::{Value, json};

use super::*;
use crate::identity::testing::{Site, pair, rsa_pair, set};

/// Nothing is fetched twice in one test, unless the test takes the floor away.
fn patience() -> Patience {
    Patience { floor: Duration::from_secs(3600), ..Patience::default() }
}

fn without_floor() -> Patience {
    Patience { floor: Duration::ZERO, ..Patience::default() }
}

/// Why a key alone in its set is not used.
fn unusable(jwk: &Value) -> Unusable {
    match KeySet::parse(set(&[jwk]).as_bytes()) {
        Err(NotAKeySet::NoneUsable(skipped)) => skipped[0].why,
        other => panic!("{jwk}: {other:?}"),
    }
}

fn with(jwk: &Value, member: &str, value: Value) -> Value {
    let mut changed = jwk.clone();
    match value {
        Value::Null => changed.as_object_mut().unwrap().remove(member),
        value => changed.as_object_mut().unwrap().insert(member.to_owned(), value),
    };
    changed
}

#[test]
fn a_key_is_found_by_its_name_and_only_for_algorithms_of_its_type() {
    let (rsa, p256, p384) = (pair(RS512, "rsa"), pair(ES256, "p256"), pair(ES384, "p384"));
    let any = with(&rsa.jwk, "alg", Value::Null);
    let keys = KeySet::parse(set(&[&any, &p256.jwk, &p384.jwk]).as_bytes()).unwrap();
    let finds = |kid: Option<&str>, algorithm| keys.find(kid, algorithm).and_then(|key| key.kid().map(str::to_owned));
    for (kid, algorithm, found) in [
        (Some("rsa"), RS512, true),
        (Some("rsa"), PS256, true),
        (Some("rsa"), RS256, true),
        (Some("rsa"), ES256, false),
        (Some("rsa"), HS512, false),
        (Some("p256"), ES256, true),
        (Some("p256"), ES384, false),
        (Some("p256"), HS256, false),
        (Some("p384"), ES384, true),
        (Some("p384"), ES256, false),
        (Some("RSA"), RS512, false),
        (Some(""), RS512, false),
        (Some("../rsa"), RS512, false),
    ] {
        assert_eq!(finds(kid, algorithm).as_deref(), kid.filter(|_| found), "{kid:?} {algorithm:?}");
    }
    assert_eq!(finds(None, ES256).as_deref(), Some("p256"), "the only one that fits needs no name");
}

#[test]
fn a_token_that_names_no_key_is_not_tried_with_each() {
    let (one, two) = (pair(ES256, "one"), pair(ES256, "two"));
    let keys = KeySet::parse(set(&[&one.jwk, &two.jwk]).as_bytes()).unwrap();
    assert!(keys.find(None, ES256).is_none());
    assert!(keys.find(Some("two"), ES256).is_some());
}

#[test]
fn a_key_for_one_algorithm_is_not_used_for_another() {
    let ps = pair(PS256, "ps");
    assert_eq!(ps.jwk["alg"], "PS256");
    let keys = KeySet::parse(set(&[&ps.jwk]).as_bytes()).unwrap();
    assert!(keys.find(Some("ps"), PS256).is_some());
    for other in [RS256, RS512, PS512] {
        assert!(keys.find(Some("ps"), other).is_none(), "{other:?}");
    }
}

#[test]
fn a_key_that_is_weak_published_broken_or_for_something_else_is_left_out() {
    let (rsa, ec) = (pair(RS256, "rsa").jwk, pair(ES256, "ec").jwk);
    let short = with(&rsa, "n", json!("AQAB"));
    let padded = format!("{}=", rsa["n"].as_str().unwrap());
    let table = [
        (json!({"kty": "oct", "kid": "x", "k": "c2VjcmV0", "alg": "HS256"}), Unusable::Kind),
        (json!({"kty": "AKP", "kid": "x", "pub": "x", "alg": "ML-DSA-44"}), Unusable::Kind),
        (with(&ec, "crv", json!("secp256k1")), Unusable::Kind),
        (with(&ec, "crv", json!("P-384")), Unusable::Malformed),
        (with(&ec, "x", json!("AAAA")), Unusable::Malformed),
        (with(&ec, "y", Value::Null), Unusable::Malformed),
        (with(&ec, "kty", json!(7)), Unusable::Malformed),
        (with(&ec, "kid", json!("")), Unusable::Malformed),
        (with(&ec, "kid", json!("k".repeat(256))), Unusable::Malformed),
        (json!("key"), Unusable::Malformed),
        (with(&ec, "use", json!("enc")), Unusable::Purpose),
        (with(&ec, "key_ops", json!(["sign"])), Unusable::Purpose),
        (with(&ec, "alg", json!("RS256")), Unusable::Purpose),
        (with(&rsa, "alg", json!("RSA-OAEP")), Unusable::Purpose),
        (with(&rsa, "alg", json!("none")), Unusable::Purpose),
        (with(&rsa, "alg", json!("HS256")), Unusable::Purpose),
        (with(&rsa, "d", json!("AAAA")), Unusable::Published),
        (short, Unusable::Size),
        (with(&rsa, "e", json!("AQ")), Unusable::Size),
        (with(&rsa, "e", json!("Ag")), Unusable::Size),
        (with(&rsa, "e", json!("AQAAAAAAAAAB")), Unusable::Size),
        (with(&rsa, "n", json!(padded)), Unusable::Malformed),
    ];
    for (jwk, why) in table {
        assert_eq!(unusable(&jwk), why, "{jwk}");
    }
}

#[test]
fn a_modulus_is_as_long_as_its_bits_and_leading_zeros_make_it_no_longer() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let good = rsa_pair(KeySize::Rsa2048, RS256, "rsa").jwk;
    let n = URL_SAFE_NO_PAD.decode(good["n"].as_str().unwrap()).unwrap();
    let longer = [vec![0, 0], n.clone()].concat();
    assert!(KeySet::parse(set(&[&with(&good, "n", json!(URL_SAFE_NO_PAD.encode(longer)))]).as_bytes()).is_ok());
    let mut weak = n;
    weak[0] &= 0x7f;
    assert_eq!(unusable(&with(&good, "n", json!(URL_SAFE_NO_PAD.encode(weak)))), Unusable::Size);
}

#[test]
fn a_bad_key_does_not_spoil_its_neighbours_and_a_set_without_good_ones_is_none() {
    let good = pair(ES256, "good").jwk;
    let bad = with(&pair(ES256, "bad").jwk, "use", json!("enc"));
    let again = pair(ES256, "good").jwk;
    let keys = KeySet::parse(set(&[&bad, &good, &again]).as_bytes()).unwrap();
    assert_eq!(keys.keys().len(), 1);
    let skipped: Vec<_> = keys.skipped().iter().map(|skipped| (skipped.position, skipped.why)).collect();
    assert_eq!(skipped, [(0, Unusable::Purpose), (2, Unusable::Ambiguous)]);
    for text in ["", "[]", "{}", r#"{"keys": 7}"#, r#"{"keys": {}}"#, "<html>"] {
        assert_eq!(KeySet::parse(text.as_bytes()).unwrap_err(), NotAKeySet::Malformed, "{text}");
    }
    assert_eq!(KeySet::parse(br#"{"keys": []}"#).unwrap_err(), NotAKeySet::NoneUsable(vec![]));
    let many = vec![&good; 101];
    assert_eq!(KeySet::parse(set(&many).as_bytes()).unwrap_err(), NotAKeySet::TooMany);
}

#[tokio::test]
async fn keys_are_fetched_once_and_served_from_memory() {
    let site = Site::answering(&set(&[&pair(ES256, "a").jwk])).await;
    let keys = Keys::new(KeySource::Url(site.url()), patience());
    for _ in 0..100 {
        assert_eq!(keys.find(Some("a"), ES256).await.unwrap().kid(), Some("a"));
    }
    assert_eq!(site.asked(), 1);
}

#[tokio::test]
async fn an_unknown_name_is_looked_for_once_for_all_who_ask_and_then_not_until_the_floor_is_over() {
    let site = Site::answering(&set(&[&pair(ES256, "a").jwk])).await;
    let floor = Duration::from_millis(1);
    let keys = Keys::new(KeySource::Url(site.url()), Patience { floor, ..patience() });
    keys.refresh().await;
    site.now_answers(&set(&[&pair(ES256, "b").jwk]));
    let begun = Instant::now();
    while begun.elapsed() <= floor {
        tokio::task::yield_now().await;
    }
    // From here on the floor stands for ever: the same keys with another patience.
    let asking = (0..50).map(|_| keys.find(Some("b"), ES256));
    let found = futures_util::future::join_all(asking).await;
    assert!(found.iter().all(Result::is_ok));
    assert_eq!(site.asked(), 2, "one fetch for all fifty");

    let patient = Keys::new(KeySource::Url(site.url()), patience());
    patient.refresh().await;
    for n in 0..50 {
        assert_eq!(patient.find(Some(&format!("made up {n}")), ES256).await.unwrap_err(), NoKey::Unknown);
    }
    assert_eq!((patient.fetches(), site.asked()), (1, 3), "none below the floor");
}

#[tokio::test]
async fn while_the_issuer_is_down_the_last_good_keys_serve_on() {
    let site = Site::answering(&set(&[&pair(ES256, "a").jwk])).await;
    let keys = Keys::new(KeySource::Url(site.url()), without_floor());
    keys.refresh().await;
    let generation = keys.generation();
    for broken in [
        "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n<htm>",
        "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"keys\":[]}",
        "HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n",
        "nonsense",
        "",
    ] {
        site.now_says(broken);
        keys.refresh().await;
        assert!(keys.find(Some("a"), ES256).await.is_ok(), "{broken}");
        assert_eq!(keys.find(Some("b"), ES256).await.unwrap_err(), NoKey::Unknown);
        assert_eq!(keys.generation(), generation);
    }
}

#[tokio::test]
async fn the_last_good_keys_are_not_believed_for_ever() {
    let site = Site::answering(&set(&[&pair(ES256, "a").jwk])).await;
    let keys = Keys::new(KeySource::Url(site.url()), Patience { keep: Duration::ZERO, ..without_floor() });
    keys.refresh().await;
    site.now_says("");
    assert_eq!(keys.find(Some("a"), ES256).await.unwrap_err(), NoKey::Unavailable);
    assert_eq!(keys.generation(), None);
}

#[tokio::test]
async fn without_any_keys_nobody_can_tell() {
    let site = Site::answering("").await;
    let keys = Keys::new(KeySource::Url(site.url()), patience());
    assert_eq!(keys.find(Some("a"), ES256).await.unwrap_err(), NoKey::Unavailable);
    assert_eq!(keys.find(Some("a"), ES256).await.unwrap_err(), NoKey::Unavailable);
    assert_eq!(site.asked(), 1);
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_gone_and_the_generation_says_so() {
    let (a, b) = (pair(ES256, "a").jwk, pair(ES256, "b").jwk);
    let site = Site::answering(&set(&[&a, &b])).await;
    let keys = Keys::new(KeySource::Url(site.url()), without_floor());
    keys.refresh().await;
    let generation = keys.generation();
    keys.refresh().await;
    assert_eq!(keys.generation(), generation, "the same set is no news");
    site.now_answers(&set(&[&b]));
    keys.refresh().await;
    assert_ne!(keys.generation(), generation);
    assert_eq!(keys.find(Some("a"), ES256).await.unwrap_err(), NoKey::Unknown);
}

#[tokio::test]
async fn a_document_without_end_is_not_read_to_its_end() {
    let site = Site::answering("").await;
    let body = "x".repeat(300 * 1024);
    for head in
        ["HTTP/1.1 200 OK\r\n\r\n".to_owned(), format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len())]
    {
        site.now_says(&format!("{head}{body}"));
        let refused = crate::identity::fetch::fetch(&site.url(), Duration::from_secs(20)).await;
        assert!(matches!(refused, Err(crate::identity::fetch::FetchError::Body(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn who_does_not_answer_is_not_waited_for() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap()).parse().unwrap();
    let refused = crate::identity::fetch::fetch(&url, Duration::from_millis(50)).await;
    assert!(matches!(refused, Err(crate::identity::fetch::FetchError::TooSlow(..))), "{refused:?}");
}

#[tokio::test]
async fn a_description_must_be_the_issuers_own() {
    let site = Site::answering("").await;
    let (issuer, url) = (format!("http://{}", site.address), site.url());
    let keys_site = Site::answering(&set(&[&pair(ES256, "a").jwk])).await;
    let found = async |description: Value| {
        site.now_answers(&description.to_string());
        let source = KeySource::Discovery { issuer: issuer.clone(), url: url.clone() };
        Keys::new(source, patience()).find(Some("a"), ES256).await.is_ok()
    };
    let jwks_uri = keys_site.url().to_string();
    assert!(found(json!({"issuer": issuer, "jwks_uri": jwks_uri, "other": {}})).await);
    for wrong in [
        json!({"issuer": format!("{issuer}/"), "jwks_uri": jwks_uri}),
        json!({"issuer": "https://elsewhere", "jwks_uri": jwks_uri}),
        json!({"issuer": [issuer], "jwks_uri": jwks_uri}),
        json!({"issuer": issuer, "jwks_uri": "http://example.org/keys"}),
        json!({"issuer": issuer, "jwks_uri": "file:///etc/passwd"}),
        json!({"issuer": issuer}),
    ] {
        assert!(!found(wrong.clone()).await, "{wrong}");
    }
}

#[tokio::test]
async fn a_file_is_read_again_and_its_last_good_keys_serve_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    std::fs::write(&path, set(&[&pair(ES256, "a").jwk])).unwrap();
    let keys = Keys::new(KeySource::File(path.clone()), without_floor());
    assert!(keys.find(Some("a"), ES256).await.is_ok());
    std::fs::write(&path, set(&[&pair(ES256, "b").jwk])).unwrap();
    assert!(keys.find(Some("b"), ES256).await.is_ok());
    std::fs::remove_file(&path).unwrap();
    assert!(keys.find(Some("b"), Algorithm::ES256).await.is_ok());
    assert_eq!(keys.find(Some("a"), ES256).await.unwrap_err(), NoKey::Unknown);
}
