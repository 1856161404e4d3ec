//! What tests of identity stand on: keys made on the spot, and an issuer on loopback that counts who asks it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair},
};
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{fetch::SecureUrl, key::install_crypto};

/// A private key, and how its public part is written in a set.
pub(crate) struct Pair {
    pub(crate) encoding: EncodingKey,
    pub(crate) jwk: Value,
}

/// A fresh key for `algorithm`, called `kid`.
pub(crate) fn pair(algorithm: Algorithm, kid: &str) -> Pair {
    install_crypto();
    let encoding = match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => {
            let curve = match algorithm {
                Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
                _ => &ECDSA_P384_SHA384_FIXED_SIGNING,
            };
            EncodingKey::from_ec_der(EcdsaKeyPair::generate(curve).unwrap().to_pkcs8v1().unwrap().as_ref())
        }
        _ => return rsa_pair(rsa::KeySize::Rsa2048, algorithm, kid),
    };
    named(encoding, algorithm, kid)
}

/// A fresh RSA key of a size.
pub(crate) fn rsa_pair(size: rsa::KeySize, algorithm: Algorithm, kid: &str) -> Pair {
    let key = rsa::KeyPair::generate(size).unwrap();
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der.as_ref())
    );
    named(EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(), algorithm, kid)
}

fn named(encoding: EncodingKey, algorithm: Algorithm, kid: &str) -> Pair {
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&encoding, algorithm).unwrap()).unwrap();
    jwk["kid"] = json!(kid);
    jwk["use"] = json!("sig");
    Pair { encoding, jwk }
}

/// The text of a set of keys.
pub(crate) fn set(keys: &[&Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// Somebody on loopback who answers every question alike, until told another answer.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) address: std::net::SocketAddr,
    answer: Arc<Mutex<String>>,
    asked: Arc<AtomicU64>,
}

impl Site {
    pub(crate) async fn answering(body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let site = Self { address, answer: Arc::default(), asked: Arc::default() };
        site.now_answers(body);
        let (answer, asked) = (site.answer.clone(), site.asked.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (answer, asked) = (answer.clone(), asked.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        head.push(stream.read_u8().await?);
                    }
                    asked.fetch_add(1, Ordering::SeqCst);
                    let answer = answer.lock().unwrap().clone();
                    stream.write_all(answer.as_bytes()).await
                });
            }
        });
        site
    }

    /// From now on it answers so.
    pub(crate) fn now_answers(&self, body: &str) {
        self.now_says(&format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()));
    }

    /// From now on it says exactly this.
    pub(crate) fn now_says(&self, answer: &str) {
        answer.clone_into(&mut self.answer.lock().unwrap());
    }

    pub(crate) fn url(&self) -> SecureUrl {
        format!("http://{}/keys", self.address).parse().unwrap()
    }

    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}
