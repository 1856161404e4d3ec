//! Tokens of outside issuers: on whose terms they are believed, and for how long that is remembered.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, Header};
use serde_json::{Value, json};

use super::settings;
use crate::{
    clock::system_now,
    config::{ClaimNames, Config, OutsideIssuer, SignatureAlgorithm, TokenType},
    domain::access::{Presence, StepUp},
    identity::{
        BadToken, NotVerified, SigningKey, TokenVerifier,
        jwks::{KeySource, Patience},
        testing::{Pair, Site, pair, set},
    },
};

const ISSUER: &str = "https://id.example.test/realms/advice";

/// An issuer with the keys a (RS512), b (PS256) and c (ES384), and a verifier that trusts it.
struct World {
    site: Site,
    keys: Vec<Pair>,
    verifier: TokenVerifier,
}

fn identifier(text: &str) -> crate::config::Identifier {
    serde_json::from_value(json!(text)).unwrap()
}

fn issuer(site: &Site) -> OutsideIssuer {
    OutsideIssuer {
        issuer: ISSUER.to_owned(),
        audiences: vec![identifier("advice-api")],
        algorithms: vec![SignatureAlgorithm::Rs512, SignatureAlgorithm::Ps256, SignatureAlgorithm::Es384],
        keys: KeySource::Url(site.url()),
        patience: Patience { floor: Duration::ZERO, ..Patience::default() },
        token_types: vec![TokenType::Access],
        clock_skew_seconds: 30,
        acr: vec![],
        presence_minutes: 15,
        claims: ClaimNames::default(),
    }
}

fn verifier(issuers: Vec<OutsideIssuer>) -> TokenVerifier {
    let mut auth = settings().auth;
    auth.issuers.0 = issuers;
    TokenVerifier::new(&auth, &SigningKey::ephemeral().unwrap())
}

impl World {
    async fn with(change: impl FnOnce(&mut OutsideIssuer)) -> Self {
        let keys = vec![pair(Algorithm::RS512, "a"), pair(Algorithm::PS256, "b"), pair(Algorithm::ES384, "c")];
        let site = Site::answering(&set(&keys.iter().map(|key| &key.jwk).collect::<Vec<_>>())).await;
        let mut issuer = issuer(&site);
        change(&mut issuer);
        Self { verifier: verifier(vec![issuer]), site, keys }
    }

    async fn new() -> Self {
        Self::with(|_| ()).await
    }

    fn sign(&self, key: usize, claims: &Value) -> String {
        let algorithm = [Algorithm::RS512, Algorithm::PS256, Algorithm::ES384][key];
        let header = Header { kid: Some(["a", "b", "c"][key].to_owned()), ..Header::new(algorithm) };
        jsonwebtoken::encode(&header, claims, &self.keys[key].encoding).unwrap()
    }

    async fn verdict(&self, token: &str) -> Result<String, NotVerified> {
        self.verifier.verify(token).await.map(|verified| verified.claims.subject.clone())
    }
}

fn claims() -> Value {
    let now = system_now().timestamp();
    json!({
        "iss": ISSUER, "aud": ["account", "advice-api"], "sub": "f:1:ann", "iat": now, "exp": now + 300,
        "auth_time": now - 60, "name": "Ann Ward", "typ": "Bearer", "azp": "front-end",
    })
}

fn with(member: &str, value: Value) -> Value {
    let mut claims = claims();
    match value {
        Value::Null => claims.as_object_mut().unwrap().remove(member),
        value => claims.as_object_mut().unwrap().insert(member.to_owned(), value),
    };
    claims
}

#[tokio::test]
async fn a_token_is_believed_with_any_key_and_algorithm_of_its_issuer() {
    let world = World::new().await;
    for key in 0..3 {
        assert_eq!(world.verdict(&world.sign(key, &claims())).await.as_deref(), Ok("f:1:ann"));
    }
}

#[tokio::test]
async fn one_signature_check_for_each_token_and_not_for_each_request() {
    let world = World::new().await;
    let tokens: Vec<String> = (0..3).map(|key| world.sign(key, &claims())).collect();
    for _ in 0..1_000 {
        for token in &tokens {
            assert!(world.verdict(token).await.is_ok());
        }
    }
    assert_eq!(world.verifier.signatures_checked(), 3);
    assert_eq!(world.site.asked(), 1);
}

#[tokio::test]
async fn a_verdict_is_remembered_for_exactly_this_token_and_not_beyond_its_end() {
    let world = World::new().await;
    let token = world.sign(2, &claims());
    assert!(world.verdict(&token).await.is_ok());
    let (message, _) = token.rsplit_once('.').unwrap();
    let other = world.sign(2, &with("sub", json!("chair")));
    let swapped = format!("{message}.{}", other.rsplit_once('.').unwrap().1);
    assert_eq!(world.verdict(&swapped).await, Err(BadToken::Signature.into()));
    // One that the skew alone keeps good, until the second is over.
    let now = system_now().timestamp();
    let mut ending = claims();
    (ending["iat"], ending["exp"]) = (json!(now - 100), json!(now - 29));
    let ending = world.sign(2, &ending);
    assert!(world.verdict(&ending).await.is_ok());
    while system_now() < chrono::DateTime::from_timestamp(now + 1, 0).unwrap() {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.verdict(&ending).await, Err(BadToken::Expired.into()));
}

#[tokio::test]
async fn a_key_that_the_issuer_withdrew_ends_what_it_signed() {
    let world = World::new().await;
    let [withdrawn, kept] = [world.sign(0, &claims()), world.sign(2, &claims())];
    assert!(world.verdict(&withdrawn).await.is_ok() && world.verdict(&kept).await.is_ok());
    world.site.now_answers(&set(&[&world.keys[2].jwk]));
    world.verifier.refresh().await;
    assert_eq!(world.verdict(&withdrawn).await, Err(BadToken::Key.into()));
    assert_eq!(world.verdict(&kept).await.as_deref(), Ok("f:1:ann"));
}

#[tokio::test]
async fn while_the_issuer_is_down_its_tokens_are_believed_and_made_up_keys_are_not() {
    let mut world = World::new().await;
    assert!(world.verdict(&world.sign(0, &claims())).await.is_ok());
    world.site.now_says("");
    assert!(world.verdict(&world.sign(1, &claims())).await.is_ok());
    world.keys[0] = pair(Algorithm::RS512, "a");
    assert_eq!(world.verdict(&world.sign(0, &claims())).await, Err(BadToken::Signature.into()));
    let header = Header { kid: Some("new".to_owned()), ..Header::new(Algorithm::RS512) };
    let token = jsonwebtoken::encode(&header, &claims(), &world.keys[0].encoding).unwrap();
    assert_eq!(world.verdict(&token).await, Err(BadToken::Key.into()));
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_is_unavailable_and_not_a_forger() {
    let world = World::new().await;
    world.site.now_says("");
    assert_eq!(world.verdict(&world.sign(0, &claims())).await, Err(NotVerified::Unavailable));
}

#[tokio::test]
async fn keys_and_terms_of_one_issuer_are_nothing_to_another() {
    let [one, two] = [World::new().await, World::new().await];
    let mut second = issuer(&two.site);
    second.issuer = "https://other.example.test".to_owned();
    second.audiences = vec![identifier("other-api")];
    let verifier = verifier(vec![issuer(&one.site), second]);
    let verdict = async |token: String| verifier.verify(&token).await.map(|verified| verified.claims.issuer.clone());
    let theirs = json!({"iss": "https://other.example.test", "aud": "other-api"});
    let mut other = claims();
    other.as_object_mut().unwrap().extend(theirs.as_object().unwrap().clone());
    assert_eq!(verdict(one.sign(0, &claims())).await.as_deref(), Ok(ISSUER));
    assert_eq!(verdict(two.sign(0, &other)).await.as_deref(), Ok("https://other.example.test"));
    assert_eq!(verdict(one.sign(0, &other)).await, Err(BadToken::Signature.into()), "the same kid, another's key");
    assert_eq!(verdict(two.sign(0, &claims())).await, Err(BadToken::Signature.into()));
    other["aud"] = json!("advice-api");
    assert_eq!(verdict(two.sign(0, &other)).await, Err(BadToken::Audience.into()));
    other["iss"] = json!("https://third.example.test");
    assert_eq!(verdict(two.sign(0, &other)).await, Err(BadToken::Issuer.into()));
}

#[tokio::test]
async fn what_is_no_access_token_is_taken_only_where_the_settings_say_so() {
    let kinds = [
        ("an access token of Keycloak", "JWT", claims(), [true, false, false]),
        ("one without any mark", "JWT", with("typ", Value::Null), [true, false, true]),
        ("one that says so", "at+jwt", with("typ", Value::Null), [true, true, false]),
        ("one that says so in full", "application/at+jwt", with("typ", Value::Null), [true, true, false]),
        ("an ID token of Keycloak", "JWT", with("typ", json!("ID")), [false, false, true]),
        ("a refresh token of Keycloak", "JWT", with("typ", json!("Refresh")), [false, false, false]),
        ("a log-out token", "logout+jwt", with("typ", Value::Null), [false, false, false]),
        ("a log-out token that hides", "JWT", with("events", json!({})), [false, false, false]),
        ("a verifiable credential", "vc+jwt", with("typ", Value::Null), [false, false, false]),
    ];
    let nonce = {
        let mut claims = with("nonce", json!("n-0001"));
        claims.as_object_mut().unwrap().remove("typ");
        claims
    };
    let kinds = kinds.into_iter().chain([("an ID token of CIS2", "JWT", nonce, [false, false, true])]);
    let worlds = [
        World::new().await,
        World::with(|issuer| issuer.token_types = vec![TokenType::StrictAccess]).await,
        World::with(|issuer| issuer.token_types = vec![TokenType::Id]).await,
    ];
    for (kind, typ, claims, expected) in kinds {
        for (world, taken) in worlds.iter().zip(expected) {
            let header =
                Header { kid: Some("c".to_owned()), typ: Some(typ.to_owned()), ..Header::new(Algorithm::ES384) };
            let token = jsonwebtoken::encode(&header, &claims, &world.keys[2].encoding).unwrap();
            let verdict = world.verdict(&token).await;
            let wanted = if taken { Ok("f:1:ann".to_owned()) } else { Err(BadToken::Type.into()) };
            assert_eq!(verdict, wanted, "{kind}: {:?}", world.verifier);
        }
    }
}

#[tokio::test]
async fn claims_have_the_names_that_the_settings_give_them() {
    let world = World::with(|issuer| {
        issuer.claims = ClaimNames {
            subject: "preferred_username".to_owned(),
            name: "given_name".to_owned(),
            audience: "azp".to_owned(),
            acr: "vot".to_owned(),
        };
        issuer.audiences = vec![identifier("front-end")];
        issuer.acr = vec![identifier("P9.Cp.Cd")];
    })
    .await;
    let mut theirs = claims();
    let more = json!({"preferred_username": "ann.ward", "given_name": "Ann", "aud": 7, "sub": 7, "vot": "P9.Cp.Cd"});
    theirs.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let verified = world.verifier.verify(&world.sign(0, &theirs)).await.unwrap();
    assert_eq!((verified.claims.subject.as_str(), verified.claims.name.as_deref()), ("ann.ward", Some("Ann")));
    assert_eq!(verified.presence, Presence::Present);
    theirs["azp"] = json!("another-client");
    assert_eq!(world.verdict(&world.sign(0, &theirs)).await, Err(BadToken::Audience.into()));
}

#[tokio::test]
async fn who_logged_in_lately_and_surely_enough_is_present_and_nobody_else() {
    let world = World::with(|issuer| issuer.acr = vec![identifier("AAL3_ANY"), identifier("AAL2_OR_AAL3_ANY")]).await;
    let wanted = ["AAL3_ANY", "AAL2_OR_AAL3_ANY"].map(str::to_owned);
    let absent = Presence::Absent(StepUp { max_age_seconds: 900, acr_values: Arc::new(wanted) });
    let now = system_now().timestamp();
    for (auth_time, acr, present) in [
        (json!(now), json!("AAL3_ANY"), true),
        (json!(now - 890), json!("AAL2_OR_AAL3_ANY"), true),
        (json!(now - 901), json!("AAL3_ANY"), false),
        (json!(0), json!("AAL3_ANY"), false),
        (Value::Null, json!("AAL3_ANY"), false),
        (json!(now), json!("AAL1_USERPASS"), false),
        (json!(now), json!(""), false),
        (json!(now), Value::Null, false),
    ] {
        let mut claims = with("auth_time", auth_time);
        match acr {
            Value::Null => claims.as_object_mut().unwrap().remove("acr"),
            acr => claims.as_object_mut().unwrap().insert("acr".to_owned(), acr),
        };
        let verified = world.verifier.verify(&world.sign(2, &claims)).await.unwrap();
        assert_eq!(verified.presence == Presence::Present, present, "{claims}");
        assert!(present || verified.presence == absent, "{claims}");
    }
}

#[tokio::test]
async fn presence_goes_by_though_the_token_is_remembered() {
    let world = World::with(|issuer| issuer.presence_minutes = 1).await;
    let now = system_now();
    let token = world.sign(2, &with("auth_time", json!((now - TimeDelta::seconds(59)).timestamp())));
    assert_eq!(world.verifier.verify(&token).await.unwrap().presence, Presence::Present);
    while system_now() < now + TimeDelta::seconds(2) {
        tokio::task::yield_now().await;
    }
    assert_ne!(world.verifier.verify(&token).await.unwrap().presence, Presence::Present);
    assert_eq!(world.verifier.signatures_checked(), 1);
}

/// The shapes that NHS CIS2, NHS login and Keycloak give their tokens, and settings that take them.
#[tokio::test]
async fn the_shapes_of_real_issuers_are_taken_with_the_settings_of_the_documentation() {
    let documented = include_str!("../../../docs/identity.md");
    let shapes: Value = serde_json::from_str(include_str!("claims.json")).unwrap();
    let examples = documented.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let examples: Vec<&str> = examples.filter(|example| example.contains("[[auth.issuers]]")).collect();
    let site = Site::answering("").await;
    let key = pair(Algorithm::RS256, "k");
    site.now_answers(&set(&[&key.jwk]));
    let shapes = shapes.as_object().unwrap();
    for (shape, claims) in shapes {
        let example = examples.iter().find(|example| example.contains(claims["iss"].as_str().unwrap()));
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("consilium.toml");
        std::fs::write(&file, example.unwrap_or_else(|| panic!("no example for {shape}"))).unwrap();
        let mut auth = Config::load(Some(&file), []).unwrap_or_else(|faults| panic!("{faults}")).auth;
        for issuer in &mut auth.issuers.0 {
            issuer.keys = KeySource::Url(site.url());
        }
        let verifier = TokenVerifier::new(&auth, &SigningKey::ephemeral().unwrap());
        let now = system_now().timestamp();
        let mut claims = claims.clone();
        (claims["iat"], claims["exp"]) = (json!(now), json!(now + 300));
        if claims.get("auth_time").is_some() {
            claims["auth_time"] = json!(now - 10);
        }
        let algorithm = auth.issuers.0[0].algorithms[0].into();
        let signing = if algorithm == Algorithm::RS256 { &key } else { &pair(algorithm, "k") };
        site.now_answers(&set(&[&signing.jwk]));
        let header = Header { kid: Some("k".to_owned()), ..Header::new(algorithm) };
        let token = jsonwebtoken::encode(&header, &claims, &signing.encoding).unwrap();
        let verified = verifier.verify(&token).await.unwrap_or_else(|error| panic!("{shape}: {error}"));
        let subject = &auth.issuers.0[0].claims.subject;
        assert_eq!(verified.claims.subject, claims[subject], "{shape}");
        assert_eq!(verified.presence == Presence::Present, claims.get("auth_time").is_some(), "{shape}");
    }
    assert_eq!(shapes.len(), 3);
}
