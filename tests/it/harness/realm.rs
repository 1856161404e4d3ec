//! An outside issuer on loopback that signs whatever a test asks for, shaped like a realm of Keycloak: a description, and
//! keys for RS512 and PS256.

use std::sync::Arc;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa,
    signature::KeyPair as _,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use consilium::clock::system_now;
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// A key of somebody who signs.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) encoding: EncodingKey,
    /// The public key, as a set of keys has it.
    pub(crate) jwk: Value,
    /// The public key, as certificates have it.
    pub(crate) spki: Vec<u8>,
}

impl Key {
    pub(crate) fn new(algorithm: Algorithm, kid: &str) -> Self {
        let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).expect("a key");
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).expect("a key");
        let encoding = EncodingKey::from_rsa_pem(pem("PRIVATE KEY", der.as_ref()).as_bytes()).expect("a key");
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&encoding, algorithm).expect("a key")).expect("JSON");
        jwk["kid"] = json!(kid);
        jwk["use"] = json!("sig");
        let spki = AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()).expect("a key").as_ref().to_vec();
        Self { encoding, jwk, spki }
    }
}

/// The text that keys travel in.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// The issuer.
pub(crate) struct Realm {
    pub(crate) issuer: String,
    pub(crate) rs512: Key,
    pub(crate) ps256: Key,
}

impl Realm {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}/realms/advice", listener.local_addr().expect("an address"));
        let (rs512, ps256) = (Key::new(Algorithm::RS512, "rs512"), Key::new(Algorithm::PS256, "ps256"));
        let encryption = json!({ "kty": "RSA", "kid": "enc", "use": "enc", "alg": "RSA-OAEP",
            "n": rs512.jwk["n"], "e": rs512.jwk["e"] });
        let keys = json!({ "keys": [encryption, rs512.jwk, ps256.jwk] }).to_string();
        let description = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/certs") }).to_string();
        let answers = Arc::new((description, keys));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answers = Arc::clone(&answers);
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        head.push(stream.read_u8().await?);
                    }
                    let path = head.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
                    let (status, body) = match path {
                        b"/realms/advice/.well-known/openid-configuration" => ("200 OK", answers.0.as_str()),
                        b"/realms/advice/certs" => ("200 OK", answers.1.as_str()),
                        _ => ("404 Not Found", ""),
                    };
                    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
                    stream.write_all(format!("{head}{body}").as_bytes()).await
                });
            }
        });
        Self { issuer, rs512, ps256 }
    }

    /// Settings of a service that trusts it.
    pub(crate) fn settings(&self) -> String {
        format!(
            "[[auth.issuers]]\nissuer = \"{}\"\naudiences = [\"advice-api\"]\nalgorithms = [\"RS512\", \"PS256\"]\n",
            self.issuer
        )
    }

    /// Claims of a good access token.
    pub(crate) fn claims(&self) -> Value {
        let now = system_now().timestamp();
        json!({
            "iss": self.issuer, "sub": "5b1f2f0c", "aud": ["account", "advice-api"], "azp": "advice-web", "typ": "Bearer",
            "iat": now, "exp": now + 300, "auth_time": now - 60, "acr": "1", "name": "Ann Ward", "jti": "j",
        })
    }

    /// The header of a good access token.
    pub(crate) fn header() -> Value {
        json!({ "alg": "RS512", "typ": "JWT", "kid": "rs512" })
    }

    /// A good access token of this person.
    pub(crate) fn token(&self, subject: &str) -> String {
        let mut claims = self.claims();
        claims["sub"] = json!(subject);
        sign(&Self::header().to_string(), &claims.to_string(), &self.rs512.encoding, Algorithm::RS512)
    }
}

/// A token with exactly this header and these claims, signed however.
pub(crate) fn sign(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).expect("a signature");
    format!("{message}.{signature}")
}
