//! Forged and damaged tokens against the running service: none is believed, none makes it stumble, none makes it slow.
//! The issuer is one from outside, shaped like Keycloak; tokens reach the service as bytes on a connection.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use consilium::{
    clock::system_now,
    commands::{self, GrantSeat},
    domain::{
        access::Actor,
        appointment::Invitee,
        directory::Login,
        role::{Office, Post},
        text::Line,
    },
};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::harness::{
    on_both_databases,
    realm::{Key, Realm, pem, sign},
    world::World,
};

/// The longest that a refusal may take; most take a millisecond.
const PATIENCE: Duration = Duration::from_secs(5);
const QUESTION: &str = "{\"query\":\"{ viewer { isSignedIn } }\"}";

/// A service that trusts the realm, in which Ann holds a seat.
struct Service {
    realm: Realm,
    world: World,
}

impl Service {
    async fn on_sqlite() -> Self {
        let realm = Realm::open().await;
        let world = World::on_sqlite_with(&realm.settings()).await;
        Self::new(realm, world).await
    }

    async fn on_postgres() -> Self {
        let realm = Realm::open().await;
        let world = World::on_postgres_with(&realm.settings()).await;
        Self::new(realm, world).await
    }

    async fn new(realm: Realm, world: World) -> Self {
        let login = Login { issuer: realm.issuer.clone(), subject: "5b1f2f0c".to_owned() };
        let command = GrantSeat {
            group: world.group,
            invitee: Invitee { login, name: Line::new("Ann Ward").expect("a name") },
            post: Post::new(Office::Chair, None).expect("a post"),
            from: None,
            until: None,
            succeeds: None,
        };
        commands::grant_seat(&world.store, &Actor::System, &command).await.expect("a seat");
        Self { realm, world }
    }
}

/// Sends a question with these bytes as the value of `Authorization`; gives the status and all that came.
async fn ask(address: SocketAddr, authorization: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let length = QUESTION.len();
    let mut request = format!("{head}content-length: {length}\r\nauthorization: ").into_bytes();
    request.extend_from_slice(authorization);
    request.extend_from_slice(format!("\r\n\r\n{QUESTION}").as_bytes());
    // Who is told early that the head is too large may find the rest not taken.
    let _ = stream.write_all(&request).await;
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an answer in time");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer)
}

fn b64(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// What goes with `Bearer `, by what is wrong with it.
struct Corpus<'a> {
    realm: &'a Realm,
    cases: Vec<(String, Vec<u8>)>,
}

impl Corpus<'_> {
    fn add(&mut self, what: impl Into<String>, token: impl AsRef<[u8]>) {
        self.cases.push((what.into(), token.as_ref().to_vec()));
    }

    /// Signed by the issuer itself, with other claims: a member's value, or null to leave it out.
    fn claim(&mut self, member: &str, value: Value) {
        let mut claims = self.realm.claims();
        match &value {
            Value::Null => claims.as_object_mut().expect("claims").remove(member),
            value => claims.as_object_mut().expect("claims").insert(member.to_owned(), value.clone()),
        };
        let token =
            sign(&Realm::header().to_string(), &claims.to_string(), &self.realm.rs512.encoding, Algorithm::RS512);
        let value: String = value.to_string().chars().take(60).collect();
        self.add(format!("{member}: {value}"), token);
    }

    /// Signed by the issuer itself, under another header.
    fn header(&mut self, header: &Value) {
        let claims = self.realm.claims().to_string();
        let token = sign(&header.to_string(), &claims, &self.realm.rs512.encoding, Algorithm::RS512);
        self.add(format!("the header {header}"), token);
    }

    /// Signed by somebody else.
    fn foreign(&mut self, what: &str, header: &Value, key: &EncodingKey, algorithm: Algorithm) {
        let token = sign(&header.to_string(), &self.realm.claims().to_string(), key, algorithm);
        self.add(what, token);
    }
}

fn with(member: &str, value: Value) -> Value {
    let mut header = Realm::header();
    header[member] = value;
    header
}

fn signatures(corpus: &mut Corpus<'_>) {
    let realm = corpus.realm;
    let theirs = Key::new(Algorithm::RS512, "rs512");
    let good = realm.token("5b1f2f0c");
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    let (header, claims) = message.split_once('.').expect("three parts");
    corpus.foreign("another's key under the same kid", &Realm::header(), &theirs.encoding, Algorithm::RS512);
    for (member, value) in [
        ("jwk", theirs.jwk.clone()),
        ("jku", json!("http://127.0.0.1:1/keys")),
        ("x5u", json!("http://127.0.0.1:1/certificate")),
        ("x5c", json!([STANDARD.encode(&theirs.spki)])),
        ("x5t", json!("x")),
        ("kid", json!("../../../../../../dev/null")),
        ("kid", json!("http://127.0.0.1:1/keys")),
        ("kid", json!("' OR 1=1; --")),
        ("kid", json!("rs512\u{0}")),
        ("kid", json!("rs512 ")),
        ("kid", json!("RS512")),
        ("kid", json!("ps256")),
        ("kid", json!("enc")),
        ("kid", json!("")),
        ("kid", json!("k".repeat(4_000))),
        ("kid", json!(0)),
        ("kid", json!(["rs512"])),
        ("kid", json!({})),
        ("kid", json!(null)),
    ] {
        let what = format!("another's key with {member} {}", &value.to_string()[..value.to_string().len().min(40)]);
        corpus.foreign(&what, &with(member, value), &theirs.encoding, Algorithm::RS512);
    }
    let public = pem("PUBLIC KEY", &realm.rs512.spki);
    let n = URL_SAFE_NO_PAD.decode(realm.rs512.jwk["n"].as_str().expect("a modulus")).expect("base64");
    let secrets: [(&str, Vec<u8>); 6] = [
        ("PEM", public.clone().into_bytes()),
        ("PEM without its last line end", public.trim().as_bytes().to_vec()),
        ("DER", realm.rs512.spki.clone()),
        ("JWK", realm.rs512.jwk.to_string().into_bytes()),
        ("modulus", n),
        ("nothing", vec![]),
    ];
    for (form, secret) in secrets {
        for (alg, algorithm) in [("HS256", Algorithm::HS256), ("HS512", Algorithm::HS512)] {
            let key = EncodingKey::from_secret(&secret);
            corpus.foreign(&format!("{alg} with the public key as {form}"), &with("alg", json!(alg)), &key, algorithm);
        }
    }
    for alg in
        ["none", "None", "NONE", "nOnE", "", "RS512 ", "rs512", "HS512", "RS256", "PS512", "ES256", "EdDSA", "dir"]
    {
        let unsigned = format!("{}.{claims}", b64(with("alg", json!(alg)).to_string()));
        corpus.add(format!("alg {alg:?} without a signature"), format!("{unsigned}."));
        corpus.add(format!("alg {alg:?} without a third part"), &unsigned);
        corpus.add(format!("alg {alg:?} with the old signature"), format!("{unsigned}.{signature}"));
    }
    let (rs, ps) = (&realm.rs512.encoding, &realm.ps256.encoding);
    corpus.foreign("RS256 with the key for RS512", &with("alg", json!("RS256")), rs, Algorithm::RS256);
    corpus.foreign("PS256 with the key for RS512", &with("alg", json!("PS256")), rs, Algorithm::PS256);
    corpus.foreign("RS512 with the key for PS256", &with("kid", json!("ps256")), ps, Algorithm::RS512);
    corpus.foreign("PS512, which is not allowed", &with("alg", json!("PS512")), ps, Algorithm::PS512);
    let mut changed = realm.claims();
    changed["sub"] = json!("chair");
    corpus.add("changed claims", format!("{header}.{}.{signature}", b64(changed.to_string())));
    corpus.add("a changed header", format!("{}.{claims}.{signature}", b64(with("x", json!(1)).to_string())));
    corpus.add("no signature", message);
    corpus.add("an empty signature", format!("{message}."));
    corpus.add("a signature of zeros", format!("{message}.{}", b64([0; 256])));
    corpus.add("a signature of one byte", format!("{message}.AA"));
    corpus.add("half a signature", &good[..good.len() - 171]);
    corpus.add("a signature and a half", format!("{good}{signature}"));
    let other = realm.token("other");
    corpus.add("another token's signature", format!("{message}.{}", other.rsplit_once('.').expect("three parts").1));
}

fn claims(corpus: &mut Corpus<'_>) {
    let now = system_now().timestamp();
    let absent = Value::Null;
    let many = Value::from_iter((0..40).map(|n| format!("{n}")).chain(["advice-api".to_owned()]));
    let issuer = corpus.realm.issuer.clone();
    for (member, value) in [
        ("iss", absent.clone()),
        ("iss", json!("")),
        ("iss", json!(format!("{issuer}/"))),
        ("iss", json!(issuer.to_uppercase())),
        ("iss", json!(format!("{issuer}\u{0}"))),
        ("iss", json!(issuer.replace("advice", "аdvice"))),
        ("iss", json!([issuer])),
        ("iss", json!({ "url": issuer })),
        ("iss", json!("https://consilium.localhost")),
        ("aud", absent.clone()),
        ("aud", json!("")),
        ("aud", json!("account")),
        ("aud", json!("advice-ap")),
        ("aud", json!("advice-api ")),
        ("aud", json!("ADVICE-API")),
        ("aud", json!("advice-api,account")),
        ("aud", json!([])),
        ("aud", json!([["advice-api"]])),
        ("aud", json!(["advice-api", 7])),
        ("aud", json!(["advice-api", "advice-api"])),
        ("aud", json!({ "0": "advice-api" })),
        ("aud", json!(7)),
        ("aud", many),
        ("sub", absent.clone()),
        ("sub", json!("")),
        ("sub", json!(" ")),
        ("sub", json!("5b1f2f0c\u{0}")),
        ("sub", json!("5b1f2f0c\n")),
        ("sub", json!(["5b1f2f0c"])),
        ("sub", json!(true)),
        ("sub", json!("s".repeat(1_000))),
        ("exp", absent.clone()),
        ("exp", json!(now - 31)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(1e300)),
        ("exp", json!(now as f64 + 300.5)),
        ("exp", json!((now + 300).to_string())),
        ("exp", json!([now + 300])),
        ("iat", absent.clone()),
        ("iat", json!(now + 3_600)),
        ("iat", json!(now + 300)),
        ("iat", json!("now")),
        ("iat", json!(-1)),
        ("nbf", json!(now + 60)),
        ("nbf", json!(u64::MAX)),
        ("nbf", json!("soon")),
        ("auth_time", json!(now + 3_600)),
        ("auth_time", json!("now")),
        ("acr", json!(["1"])),
        ("name", json!("n".repeat(1_000))),
        ("name", json!("Ann\u{0}")),
        ("name", json!({})),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("typ", json!("Offline")),
        ("typ", json!(7)),
        ("events", json!({ "http://schemas.openid.net/event/backchannel-logout": {} })),
    ] {
        corpus.claim(member, value);
    }
    let good = corpus.realm.claims().to_string();
    let key = corpus.realm.rs512.encoding.clone();
    let header = Realm::header().to_string();
    for (what, text) in [
        ("sub twice", good.replacen('{', "{\"sub\":\"chair\",", 1)),
        ("iss twice", good.replacen('{', "{\"iss\":\"https://elsewhere\",", 1)),
        ("exp twice", good.replacen('{', "{\"exp\":9999999999,", 1)),
        ("sub twice, once in escapes", good.replacen('{', "{\"\\u0073ub\":\"chair\",", 1)),
        ("claims in a list", format!("[{good}]")),
        ("claims in a text", json!(good).to_string()),
        ("claims with more behind", format!("{good}{good}")),
        ("claims cut off", good[..good.len() - 1].to_owned()),
        ("no claims", "{}".to_owned()),
        ("null", "null".to_owned()),
        ("nothing", String::new()),
        ("a token in a token", format!("{}", json!(corpus.realm.token("5b1f2f0c")))),
        ("a token as it is in a token", corpus.realm.token("5b1f2f0c")),
        ("deep claims", good.replacen('{', &format!("{{\"x\":{}1{},", "[".repeat(900), "]".repeat(900)), 1)),
    ] {
        corpus.add(what, sign(&header, &text, &key, Algorithm::RS512));
    }
}

fn headers(corpus: &mut Corpus<'_>) {
    for (member, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!("exp")),
        ("typ", json!("JWE")),
        ("typ", json!("logout+jwt")),
        ("typ", json!("dpop+jwt")),
        ("typ", json!(["JWT"])),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("alg", json!(["RS512"])),
        ("alg", json!({})),
        ("kid", json!("unknown")),
    ] {
        corpus.header(&with(member, value));
    }
    corpus.header(&json!({}));
    corpus.header(&json!([]));
    corpus.header(&json!("RS512"));
    let claims = corpus.realm.claims().to_string();
    let key = corpus.realm.rs512.encoding.clone();
    let twice = Realm::header().to_string().replacen('{', "{\"alg\":\"none\",", 1);
    corpus.add("alg twice", sign(&twice, &claims, &key, Algorithm::RS512));
}

fn forms(corpus: &mut Corpus<'_>) {
    let good = corpus.realm.token("5b1f2f0c");
    let parts: Vec<&str> = good.split('.').collect();
    let [header, claims, signature] = [parts[0], parts[1], parts[2]];
    let last = if signature.ends_with('A') { 'B' } else { 'A' };
    let cut = &good[..good.len() - 1];
    for (what, token) in [
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("five parts", format!("{header}.{claims}.{signature}.{signature}.{signature}")),
        ("four parts", format!("{good}.{signature}")),
        ("four parts, the last empty", format!("{good}.")),
        ("padding", format!("{good}==")),
        ("padding in the middle", format!("{header}=.{claims}.{signature}")),
        ("a space inside", format!("{header}. {claims}.{signature}")),
        ("a tab inside", format!("{header}.\t{claims}.{signature}")),
        ("two tokens", format!("{good}, {good}")),
        ("the word twice", format!("Bearer {good}")),
        ("quotes", format!("\"{good}\"")),
        ("the other alphabet", format!("{header}+/.{claims}.{signature}")),
        ("another last letter", format!("{cut}{last}")),
        ("one letter less", cut.to_owned()),
        ("fullwidth dots", good.replace('.', "\u{ff0e}")),
        ("a zero-width space", format!("{header}\u{200b}.{claims}.{signature}")),
        ("a percent sign", good.replace('.', "%2E")),
        ("capitals", good.to_uppercase()),
        ("no text at all", "\u{feff}".to_owned()),
    ] {
        corpus.add(what, token);
    }
    corpus.add("bytes that are no text", b"\xff\xfe.\xff.\xff");
    corpus.add("a NUL", format!("{header}.{claims}\0.{signature}"));
    corpus.add("a folded line", format!("{header}.{claims}\r\n .{signature}"));
    corpus.add("more than eight kilobytes", format!("{header}.{}.{signature}", "A".repeat(8_200)));
    corpus.add("more than a head may have", "A".repeat(20_000));
    corpus.add("sixty kilobytes", "A".repeat(60_000));
    corpus.add("a thousand dots", ".".repeat(1_000));
    corpus.add("dots and letters", "a.".repeat(3_000));
}

on_both_databases! {
    async fn no_forged_or_damaged_token_is_believed_or_makes_the_service_stumble(service: Service) {
        let address = service.world.listen().await;
        let good = format!("Bearer {}", service.realm.token("5b1f2f0c"));
        let (status, answer) = ask(address, good.as_bytes()).await;
        assert!(status == 200 && answer.contains("\"isSignedIn\":true"), "what the corpus spoils is good: {answer}");

        let mut corpus = Corpus { realm: &service.realm, cases: vec![] };
        signatures(&mut corpus);
        claims(&mut corpus);
        headers(&mut corpus);
        forms(&mut corpus);
        assert!(corpus.cases.len() > 200, "{}", corpus.cases.len());
        for (what, token) in &corpus.cases {
            let begun = Instant::now();
            let (status, answer) = ask(address, &[b"Bearer ", token.as_slice()].concat()).await;
            assert!((400..500).contains(&status), "{what}: {status} {answer}");
            assert!(!answer.contains("isSignedIn"), "{what}: {answer}");
            assert!(begun.elapsed() < PATIENCE, "{what}");
        }
        for scheme in ["Basic", "Token", "DPoP", "Negotiate", "bearer:", "Bearer\u{a0}"] {
            let (status, answer) = ask(address, format!("{scheme} {}", service.realm.token("5b1f2f0c")).as_bytes()).await;
            assert!((400..500).contains(&status), "{scheme}: {answer}");
        }
        let doubled = format!("{good}\r\nauthorization: {good}");
        assert_eq!(ask(address, doubled.as_bytes()).await.0, 401, "two tokens are none");
        let (status, answer) = ask(address, good.as_bytes()).await;
        assert!(status == 200 && answer.contains("\"isSignedIn\":true"), "it is none the worse: {answer}");
    }

    async fn a_token_is_checked_once_however_often_it_comes(service: Service) {
        let address = service.world.listen().await;
        let tokens = ["5b1f2f0c", "nobody"].map(|subject| format!("Bearer {}", service.realm.token(subject)));
        let before = service.world.signatures_checked();
        for _ in 0..50 {
            for token in &tokens {
                assert_eq!(ask(address, token.as_bytes()).await.0, 200);
            }
        }
        assert_eq!(service.world.signatures_checked() - before, 2);
    }

    async fn a_first_log_in_creates_nothing(service: Service) {
        let address = service.world.listen().await;
        let (status, answer) = ask(address, format!("Bearer {}", service.realm.token("nobody")).as_bytes()).await;
        assert!(status == 200 && answer.contains("\"isSignedIn\":false"), "{answer}");
        let login = Login { issuer: service.realm.issuer.clone(), subject: "nobody".to_owned() };
        assert_eq!(service.world.store.actor(&login).await.expect("an actor"), Actor::Anonymous);
        // The same subject of another issuer is somebody else.
        let elsewhere = Login { issuer: "https://consilium.localhost".to_owned(), subject: "5b1f2f0c".to_owned() };
        assert_eq!(service.world.store.actor(&elsewhere).await.expect("an actor"), Actor::Anonymous);
    }
}
