//! What a bearer token costs: the first time, when its signature is checked, and every time after.
//!
//! ```text
//! cargo bench --bench bearer
//! ```

#![expect(clippy::expect_used, reason = "a program that measures stops where it fails")]

use std::{hint::black_box, time::Instant};

use consilium::{
    clock::system_now,
    config::Config,
    identity::{SigningKey, TokenIssuer, TokenVerifier},
};

const TOKENS: u32 = 2_000;
const ASKED: u32 = 1_000_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let config = Config::load(Some("/dev/null".as_ref()), []).expect("defaults");
    let key = SigningKey::ephemeral().expect("a key");
    let verifier = TokenVerifier::new(&config.auth, &key);
    let issuer = TokenIssuer::new(&config.auth, key);
    let hour = chrono::TimeDelta::hours(1);
    let token = |number: u32| issuer.issue(&format!("person-{number}"), None, hour, system_now()).expect("a token");
    let tokens: Vec<String> = (0..TOKENS).map(token).collect();

    let begun = Instant::now();
    for token in &tokens {
        verifier.verify(token).await.expect("a good token");
    }
    let first = begun.elapsed() / TOKENS;
    let begun = Instant::now();
    for number in 0..ASKED {
        let token = &tokens[(number % TOKENS) as usize];
        black_box(verifier.verify(black_box(token)).await.expect("a good token"));
    }
    let again = begun.elapsed() / ASKED;

    println!("| work | per token | signatures checked |\n|---|---|---|");
    println!("| {TOKENS} tokens for the first time | {first:?} | {TOKENS} |");
    println!("| {ASKED} times again | {again:?} | {} |", verifier.signatures_checked() - u64::from(TOKENS));
}
