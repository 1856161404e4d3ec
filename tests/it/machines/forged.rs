//! Assertions that are forged, damaged, or meant for something else: none is accepted, none is a fault, and all that are
//! well-formed are answered alike, so that no answer tells whether a client exists.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::partner::{ALL, ENDPOINT, KeyPair, Partner};
use crate::{
    acts::stage::Stage,
    harness::{on_both_databases, world::World},
};

/// An assertion that must not be believed, and what is wrong with it.
type Forged = (String, String);

/// Claims with one changed; null takes it away.
fn with(partner: &Partner<'_>, claim: &str, value: Value) -> Value {
    let mut claims = partner.claims();
    let fields = claims.as_object_mut().expect("claims");
    if value.is_null() {
        fields.remove(claim)
    } else {
        fields.insert(claim.to_owned(), value)
    };
    claims
}

/// Wrong claims under a right signature.
fn claims(partner: &Partner<'_>, other: &Partner<'_>) -> Vec<Forged> {
    let now = partner.claims()["iat"].as_i64().expect("a time");
    let issuer = "https://consilium.localhost";
    let table = [
        ("aud", json!([ENDPOINT])),
        ("aud", json!([ENDPOINT, "https://elsewhere.example"])),
        ("aud", json!(format!("{ENDPOINT}/"))),
        ("aud", json!(&ENDPOINT[..ENDPOINT.len() - 1])),
        ("aud", json!(format!("{issuer}.elsewhere.example"))),
        ("aud", json!(ENDPOINT.to_uppercase())),
        ("aud", json!("https://elsewhere.example/oauth/token")),
        ("aud", json!("consilium")),
        ("aud", json!("")),
        ("aud", json!({ "0": ENDPOINT })),
        ("aud", json!(1)),
        ("aud", Value::Null),
        ("exp", json!(now - 31)),
        ("exp", json!(now + 331)),
        ("exp", json!(now + 3_600)),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("exp", json!((now + 60).to_string())),
        ("exp", json!(true)),
        ("exp", Value::Null),
        ("iat", json!(now + 60)),
        ("iat", json!(now + 240)),
        ("iat", json!("now")),
        ("iat", json!(-1)),
        ("nbf", json!(now + 60)),
        ("nbf", json!([now])),
        ("jti", json!("")),
        ("jti", json!("  ")),
        ("jti", json!("a\u{0}b")),
        ("jti", json!("a\nb")),
        ("jti", json!("j".repeat(256))),
        ("jti", json!(7)),
        ("jti", Value::Null),
        ("iss", json!(other.client_id)),
        ("iss", json!([partner.client_id])),
        ("iss", json!("")),
        ("iss", Value::Null),
        ("sub", json!(other.client_id)),
        ("sub", json!("")),
        ("sub", Value::Null),
    ];
    let of = |(claim, value): (&str, Value)| {
        let named = format!("{claim}: {value}");
        (named, partner.key.sign(&partner.key.header(), &with(partner, claim, value)))
    };
    let mut found: Vec<Forged> = table.into_iter().map(of).collect();
    for (what, id) in [
        ("the id in capitals", partner.client_id.to_uppercase()),
        ("the id in braces", format!("{{{}}}", partner.client_id)),
        ("the id without hyphens", partner.client_id.replace('-', "")),
        ("another's id, though signed by this one", other.client_id.clone()),
        ("nobody's id", "00000000-0000-7000-8000-000000000000".to_owned()),
        ("no id at all", "' OR 1=1 --".to_owned()),
    ] {
        let mut claims = partner.claims();
        (claims["iss"], claims["sub"]) = (json!(id), json!(id));
        found.push((what.to_owned(), partner.key.sign(&partner.key.header(), &claims)));
    }
    let twice = partner.claims().to_string().replacen('{', &format!("{{\"aud\":\"{ENDPOINT}\","), 1);
    found.push(("a claim twice".to_owned(), partner.key.sign_as(Algorithm::ES256, &partner.key.header(), &twice)));
    let mut over = partner.claims();
    (over["iat"], over["exp"]) = (json!(now + 20), json!(now + 10));
    found.push(("over before it begins".to_owned(), partner.key.sign(&partner.key.header(), &over)));
    found
}

/// Headers that choose what they must not, or say that it is something else.
fn headers(partner: &Partner<'_>, other: &Partner<'_>) -> Vec<Forged> {
    let thief = KeyPair::new(Algorithm::ES256, "first");
    let good = partner.key.header();
    let table = [
        ("kid", Value::Null),
        ("kid", json!("")),
        ("kid", json!(7)),
        ("kid", json!("second")),
        ("kid", json!("FIRST")),
        ("kid", json!("../../etc/passwd")),
        ("kid", json!("first' OR '1'='1")),
        ("kid", json!("first\u{0}")),
        ("kid", json!("k".repeat(2_000))),
        ("typ", json!("at+jwt")),
        ("typ", json!("id_token")),
        ("typ", json!(1)),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("alg", json!("none")),
        ("alg", json!("NONE")),
        ("alg", json!("")),
        ("alg", json!("HS256")),
        ("alg", json!("ES384")),
        ("alg", json!("RS256")),
        ("alg", json!("EdDSA")),
        ("alg", Value::Null),
        ("alg", json!(["ES256"])),
    ];
    let mut found: Vec<Forged> = table
        .into_iter()
        .map(|(name, value)| {
            let mut header = good.clone();
            let members = header.as_object_mut().expect("a header");
            if value.is_null() {
                members.remove(name)
            } else {
                members.insert(name.to_owned(), value.clone())
            };
            let signed = partner.key.sign_as(Algorithm::ES256, &header, &partner.claims().to_string());
            (format!("{name}: {value}"), signed)
        })
        .collect();
    for (name, value) in [
        ("jwk", thief.jwk.clone()),
        ("jku", json!("http://127.0.0.1:9/keys")),
        ("x5u", json!("https://elsewhere.example/cert")),
    ] {
        let mut header = good.clone();
        header[name] = value;
        found.push((format!("a thief's key by {name}"), thief.sign(&header, &partner.claims())));
    }
    found.push(("a thief's key of the same name".to_owned(), thief.sign(&good, &partner.claims())));
    // Both partners call their key "first".
    found.push(("another client's key of the same name".to_owned(), other.key.sign(&good, &partner.claims())));
    found
}

/// Signatures that are none.
fn signatures(partner: &Partner<'_>, with_rsa: &Partner<'_>) -> Vec<Forged> {
    let assertion = partner.assertion();
    let (message, signature) = assertion.rsplit_once('.').expect("three parts");
    let unsigned = |header: Value| {
        format!("{}.{}.", BASE64.encode(header.to_string()), BASE64.encode(partner.claims().to_string()))
    };
    let mut bytes = BASE64.decode(signature).expect("base64url");
    bytes[10] ^= 1;
    let claims = BASE64.encode(with(partner, "jti", json!("another")).to_string());
    let header = message.split('.').next().expect("a header");
    let mut found = vec![
        ("none".to_owned(), unsigned(json!({ "alg": "none", "kid": "first" }))),
        ("no signature".to_owned(), unsigned(partner.key.header())),
        ("of zeros".to_owned(), format!("{message}.{}", BASE64.encode([0; 64]))),
        ("cut short".to_owned(), format!("{message}.{}", &signature[..40])),
        ("with a bit turned".to_owned(), format!("{message}.{}", BASE64.encode(bytes))),
        ("of other claims".to_owned(), format!("{header}.{claims}.{signature}")),
        ("padded".to_owned(), format!("{assertion}==")),
        ("with a fourth part".to_owned(), format!("{assertion}.{signature}")),
    ];
    // The public key as the secret of a MAC: the best known confusion.
    for secret in [with_rsa.key.jwks(), with_rsa.key.jwk.to_string(), with_rsa.key.jwk["n"].to_string()] {
        for (algorithm, name) in [(Algorithm::HS256, "HS256"), (Algorithm::HS512, "HS512")] {
            let header = json!({ "alg": name, "kid": with_rsa.key.kid });
            let message =
                format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(with_rsa.claims().to_string()));
            let key = EncodingKey::from_secret(secret.as_bytes());
            let signature = crypto::sign(message.as_bytes(), &key, algorithm).expect("a MAC");
            found.push((format!("{name} with the public key"), format!("{message}.{signature}")));
        }
    }
    // Ways of signing that RSA could do, and that are not used here; and one in the name of another.
    for (algorithm, named) in [
        (Algorithm::RS384, "RS384"),
        (Algorithm::PS512, "PS512"),
        (Algorithm::PS256, "RS256"),
        (Algorithm::RS256, "PS256"),
    ] {
        let header = json!({ "alg": named, "kid": with_rsa.key.kid });
        let signed = with_rsa.key.sign_as(algorithm, &header, &with_rsa.claims().to_string());
        found.push((format!("{algorithm:?} as {named}"), signed));
    }
    found
}

/// Texts that are no assertion.
fn garbage(partner: &Partner<'_>) -> Vec<Forged> {
    let deep = format!("{}{}", "[".repeat(2_000), "]".repeat(2_000));
    let texts = [
        ".".to_owned(),
        "..".to_owned(),
        "....".to_owned(),
        "a.b.c".to_owned(),
        "é.é.é".to_owned(),
        "\u{0}".to_owned(),
        partner.assertion().replace('.', " "),
        format!(" {}", partner.assertion()),
        format!("{0}.{0}.{0}", BASE64.encode("{}")),
        format!("{0}.{0}.{0}", BASE64.encode(deep)),
        format!("{0}.{0}.{0}", BASE64.encode("null")),
        partner.key.sign_as(Algorithm::ES256, &partner.key.header(), "[]"),
        partner.key.sign_as(Algorithm::ES256, &partner.key.header(), "\u{feff}{}"),
        partner.key.sign(&partner.key.header(), &with(partner, "note", json!("x".repeat(9_000)))),
    ];
    texts.into_iter().map(|text| (format!("garbage {}", text.chars().take(30).collect::<String>()), text)).collect()
}

on_both_databases! {
    async fn no_forged_assertion_is_accepted_and_none_is_a_fault(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let other = Partner::registered(&stage, &ALL).await;
        let with_rsa = Partner::with_key(&stage, &ALL, KeyPair::new(Algorithm::RS512, "rsa")).await;
        let mut forged = claims(&partner, &other);
        forged.extend(headers(&partner, &other));
        forged.extend(signatures(&partner, &with_rsa));
        forged.extend(garbage(&partner));
        // What is a token elsewhere is no assertion here.
        forged.push(("an access token".to_owned(), partner.token(None).await));
        let person = stage.chair.authorization().expect("a token");
        forged.push(("a person's token".to_owned(), person.trim_start_matches("Bearer ").to_owned()));
        assert!(forged.len() > 100, "{}", forged.len());
        let mut bodies = std::collections::BTreeSet::new();
        for (what, assertion) in forged {
            let reply = partner.ask(&assertion, &[]).await;
            assert_eq!(reply.refusal(), (401, "invalid_client"), "{what}");
            bodies.insert(reply.body.to_string());
            // Nor is it a bearer token.
            let as_token = world.bearer(&assertion.replace(|char: char| !char.is_ascii_graphic(), "x"));
            if !what.ends_with(" token") {
                let answer = as_token.ask("{ viewer { isSignedIn } }", json!({})).await;
                assert_eq!(answer.error_code(), "UNAUTHENTICATED", "{what}");
            }
        }
        assert_eq!(bodies.len(), 1, "one answer for all: {bodies:?}");
        // Nothing of all that has spoilt anything.
        partner.token(None).await;
        with_rsa.token(None).await;
    }

    async fn the_claims_that_the_refusals_spoil_are_good_ones_at_their_limits(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let now = partner.claims()["iat"].as_i64().expect("a time");
        for (claim, value) in [
            ("exp", json!(now + 300)),
            ("exp", json!(now + 5)),
            ("iat", json!(now + 20)),
            ("nbf", json!(now + 20)),
            ("iat", Value::Null),
            ("jti", json!("j".repeat(255))),
            ("jti", json!("'; DROP TABLE client; --")),
            ("note", json!({ "more": ["than", "asked"] })),
        ] {
            let assertion = partner.key.sign(&partner.key.header(), &with(&partner, claim, value.clone()));
            let reply = partner.ask(&assertion, &[]).await;
            assert_eq!(reply.status, 200, "{claim}: {value}: {reply:?}");
        }
        for typ in ["jwt", "client-authentication+jwt"] {
            let mut header = partner.key.header();
            header["typ"] = json!(typ);
            partner.ask(&partner.key.sign(&header, &partner.claims()), &[]).await.token();
        }
    }
}
