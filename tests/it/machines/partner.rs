//! A partner organisation with its machine: the key it made, the assertions it signs, and what it asks for.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use consilium::{
    clock::system_now,
    commands::{self, NewOrganisation},
    domain::directory::OrganisationKind,
};
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use poem::{Request, http::StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    acts::stage::Stage,
    harness::world::{User, World},
};

/// Every scope there is.
pub(crate) const ALL: [&str; 5] = ["ADVICE_READ", "DRAFTS_READ", "COMMENTS_WRITE", "CHECKLIST_WRITE", "EVENTS_READ"];
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// What assertions are meant for, unless a test says otherwise: the default settings.
pub(crate) const ENDPOINT: &str = "https://consilium.localhost/oauth/token";

/// A key pair of a partner.
#[derive(Clone)]
pub(crate) struct KeyPair {
    pub(crate) kid: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) encoding: EncodingKey,
    /// The public part.
    pub(crate) jwk: Value,
}

impl KeyPair {
    /// A fresh one.
    pub(crate) fn new(algorithm: Algorithm, kid: &str) -> Self {
        let ec = |algorithm| EcdsaKeyPair::generate(algorithm).expect("a key").to_pkcs8v1().expect("its text");
        let encoding = match algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_der(ec(&ECDSA_P256_SHA256_FIXED_SIGNING).as_ref()),
            Algorithm::ES384 => EncodingKey::from_ec_der(ec(&ECDSA_P384_SHA384_FIXED_SIGNING).as_ref()),
            _ => rsa_key(rsa::KeySize::Rsa2048),
        };
        let mut jwk =
            serde_json::to_value(Jwk::from_encoding_key(&encoding, algorithm).expect("a public part")).expect("JSON");
        let members = jwk.as_object_mut().expect("an object");
        members.retain(|name, _| ["kty", "n", "e", "crv", "x", "y"].contains(&name.as_str()));
        members.insert("kid".to_owned(), json!(kid));
        Self { kid: kid.to_owned(), algorithm, encoding, jwk }
    }

    /// The set that its owner hands in.
    pub(crate) fn jwks(&self) -> String {
        json!({ "keys": [self.jwk] }).to_string()
    }

    /// Whatever header and claims say, signed with this key in this way.
    pub(crate) fn sign_as(&self, algorithm: Algorithm, header: &Value, claims: &str) -> String {
        let message = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.encoding, algorithm).expect("a signature");
        format!("{message}.{signature}")
    }

    /// The same in its own way.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_as(self.algorithm, header, &claims.to_string())
    }

    /// A header that names this key.
    pub(crate) fn header(&self) -> Value {
        json!({ "alg": format!("{:?}", self.algorithm), "kid": self.kid, "typ": "JWT" })
    }
}

/// An RSA key of a size.
pub(crate) fn rsa_key(size: rsa::KeySize) -> EncodingKey {
    let key = rsa::KeyPair::generate(size).expect("a key");
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).expect("its text");
    let text = base64::prelude::BASE64_STANDARD.encode(der.as_ref());
    EncodingKey::from_rsa_pem(format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n").as_bytes())
        .expect("a key")
}

/// A partner whose client the secretariat registered.
pub(crate) struct Partner<'a> {
    pub(crate) world: &'a World,
    pub(crate) key: KeyPair,
    /// The client's id in the API.
    pub(crate) id: Value,
    /// What it is called at the token endpoint.
    pub(crate) client_id: String,
    pub(crate) organisation: Value,
}

/// Enters an organisation into the directory, and gives its id.
pub(crate) async fn organisation(world: &World, name: &str) -> Value {
    let new = NewOrganisation {
        name: name.to_owned(),
        kind: OrganisationKind::CancerAlliance,
        nation: "England".to_owned(),
        ods_code: None,
        ons_code: None,
    };
    commands::enter_organisations(&world.store, &[new]).await.expect("an organisation");
    let query = "{ organisations(first: 100) { nodes { id name } } }";
    let data = world.anonymous().ask(query, json!({})).await.data();
    let nodes = data["organisations"]["nodes"].as_array().expect("organisations").clone();
    nodes.into_iter().find(|node| node["name"] == name).expect("the organisation")["id"].clone()
}

/// The input that registers a client.
pub(crate) async fn new_client(world: &World, organisation: &Value, scopes: &[&str], jwks: &str) -> Value {
    let group = world.group_id(&world.anonymous()).await;
    json!({
        "groupId": group, "organisationId": organisation, "name": format!("Intranet {}", Uuid::now_v7()),
        "contact": "it@alliance.example", "scopes": scopes, "keys": { "jwks": jwks }
    })
}

impl<'a> Partner<'a> {
    /// Registers a client with one key on P-256.
    pub(crate) async fn registered(stage: &Stage<'a>, scopes: &[&str]) -> Self {
        Self::with_key(stage, scopes, KeyPair::new(Algorithm::ES256, "first")).await
    }

    /// Registers a client with this key.
    pub(crate) async fn with_key(stage: &Stage<'a>, scopes: &[&str], key: KeyPair) -> Self {
        let organisation = organisation(stage.world, &format!("Alliance {}", Uuid::now_v7())).await;
        let input = new_client(stage.world, &organisation, scopes, &key.jwks()).await;
        let created = stage.secretariat.run("createClient", input, "client { id clientId }").await.done();
        let client_id = created["client"]["clientId"].as_str().expect("a client").to_owned();
        Self { world: stage.world, key, id: created["client"]["id"].clone(), client_id, organisation }
    }

    /// Claims of a good assertion, to be spoilt.
    pub(crate) fn claims(&self) -> Value {
        let now = system_now().timestamp();
        json!({
            "iss": self.client_id, "sub": self.client_id, "aud": ENDPOINT, "jti": Uuid::now_v7().to_string(),
            "iat": now, "exp": now + 240,
        })
    }

    /// A good assertion.
    pub(crate) fn assertion(&self) -> String {
        self.key.sign(&self.key.header(), &self.claims())
    }

    /// Asks for a token as partners do.
    pub(crate) async fn ask(&self, assertion: &str, more: &[(&str, &str)]) -> Reply {
        ask(self.world, assertion, more).await
    }

    /// An access token for all scopes, or for these.
    pub(crate) async fn token(&self, scope: Option<&str>) -> String {
        let more: Vec<_> = scope.iter().map(|scope| ("scope", *scope)).collect();
        self.ask(&self.assertion(), &more).await.token()
    }

    /// The machine, as it reads with a fresh token.
    pub(crate) async fn machine(&self, scope: Option<&str>) -> User<'a> {
        let token = self.token(scope).await;
        self.world.bearer(&token)
    }
}

/// What the token endpoint answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: poem::http::HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// The token that was given.
    #[track_caller]
    pub(crate) fn token(&self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{self:#?}");
        self.body["access_token"].as_str().expect("a token").to_owned()
    }

    /// The status and the word of a refusal, which gives nothing.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, &str) {
        assert!(self.body.get("access_token").is_none(), "{self:#?}");
        assert_eq!(self.headers["cache-control"], "no-store");
        assert_eq!(self.headers["content-type"], "application/json");
        let is_challenged = self.headers.contains_key("www-authenticate");
        assert_eq!(is_challenged, self.status == StatusCode::UNAUTHORIZED, "{self:#?}");
        (self.status.as_u16(), self.body["error"].as_str().expect("an error"))
    }
}

/// Asks for a token with an assertion and more parameters.
pub(crate) async fn ask(world: &World, assertion: &str, more: &[(&str, &str)]) -> Reply {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    form.extend(more);
    post(world, "/oauth/token", &written(&form), &[]).await
}

/// Parameters as a form writes them.
pub(crate) fn written(form: &[(&str, &str)]) -> String {
    let mut written = form_urlencoded::Serializer::new(String::new());
    written.extend_pairs(form);
    written.finish()
}

/// Posts a body to an address as a form, unless a header says otherwise.
pub(crate) async fn post(world: &World, path: &str, body: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::builder().method(poem::http::Method::POST).uri(path.parse().expect("an address"));
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.content_type("application/x-www-form-urlencoded");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(world, request.body(body.to_owned())).await
}

/// Sends a request as it is.
pub(crate) async fn send(world: &World, request: Request) -> Reply {
    let mut response = world.send(request).await;
    let text = response.take_body().into_string().await.expect("text");
    let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    Reply { status: response.status(), headers: response.headers().clone(), body }
}
