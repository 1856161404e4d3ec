//! Clients whose keys are published at an address of their own.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::partner::{ALL, KeyPair, Partner, new_client, organisation};
use crate::{
    acts::stage::{Stage, with},
    harness::{on_both_databases, world::World},
};

/// A partner's site on this machine, which publishes a set of keys.
struct Site {
    address: SocketAddr,
    published: Arc<Mutex<String>>,
}

impl Site {
    async fn publishing(keys: &[&Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let site = Self { address, published: Arc::new(Mutex::new(json!({ "keys": keys }).to_string())) };
        let published = Arc::clone(&site.published);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = stream.read_u8().await else { break };
                    head.push(byte);
                }
                let body = published.lock().expect("unpoisoned").clone();
                let answer =
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        site
    }

    fn url(&self) -> String {
        format!("http://{}/keys", self.address)
    }
}

async fn registered<'a>(stage: &Stage<'a>, site: &Site, key: KeyPair) -> Partner<'a> {
    let organisation = organisation(stage.world, "An alliance").await;
    let input = new_client(stage.world, &organisation, &ALL, "").await;
    let input = with(input, json!({ "keys": { "keySetUrl": site.url() } }));
    let created =
        stage.secretariat.run("createClient", input, "client { id clientId keySetUrl keys { kid } }").await.done();
    let client = &created["client"];
    assert_eq!((&client["keySetUrl"], &client["keys"]), (&json!(site.url()), &json!([])));
    let client_id = client["clientId"].as_str().expect("a client").to_owned();
    Partner { world: stage.world, key, id: client["id"].clone(), client_id, organisation }
}

on_both_databases! {
    async fn a_published_key_is_believed_seen_once_used_and_can_be_revoked(world: World) {
        let stage = Stage::published(&world).await;
        let [first, second] = ["first", "second"].map(|kid| KeyPair::new(Algorithm::ES256, kid));
        // What else an alliance publishes there, and what it should not, does no harm.
        let other = json!({ "kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB" });
        let site = Site::publishing(&[&other, &first.jwk, &second.jwk]).await;
        let partner = registered(&stage, &site, first.clone()).await;
        let by_first = world.bearer(&partner.ask(&partner.assertion(), &[]).await.token());
        let sign = |key: &KeyPair| key.sign(&key.header(), &partner.claims());
        let by_second = world.bearer(&partner.ask(&sign(&second), &[]).await.token());
        partner.ask(&partner.assertion(), &[]).await.token();

        let query = "query($id: ID!) { node(id: $id) { ... on Client { keys { kid isLive lastUsedAt } } } }";
        let seen = stage.secretariat.ask(query, json!({ "id": partner.id })).await.data();
        let used = "2017-09-01T09:00:00.000Z";
        let expected = [("first", true), ("second", true)].map(|(kid, live)| json!({ "kid": kid, "isLive": live, "lastUsedAt": used }));
        assert_eq!(seen["node"]["keys"], json!(expected));

        let revoke = json!({ "clientId": partner.id, "kid": "first" });
        stage.secretariat.run("revokeClientKey", revoke, "client { id }").await.done();
        let viewer = "{ viewer { client { clientId } } }";
        assert_eq!(by_first.ask(viewer, json!({})).await.error_code(), "UNAUTHENTICATED");
        assert_eq!(by_second.ask(viewer, json!({})).await.data()["viewer"]["client"]["clientId"], partner.client_id);
        assert_eq!(partner.ask(&partner.assertion(), &[]).await.refusal(), (401, "invalid_client"), "though still published");
        let add = json!({ "clientId": partner.id, "jwk": first.jwks() });
        assert_eq!(stage.secretariat.run("addClientKey", add, "client { id }").await.problem_code(), "KEYS_PUBLISHED");
    }

    async fn a_site_that_is_away_or_publishes_nonsense_gives_nobody_a_token(world: World) {
        let stage = Stage::published(&world).await;
        let key = KeyPair::new(Algorithm::ES256, "first");
        let mut private = key.jwk.clone();
        private["d"] = json!("c2VjcmV0");
        let site = Site::publishing(&[&private]).await;
        let partner = registered(&stage, &site, key).await;
        assert_eq!(partner.ask(&partner.assertion(), &[]).await.refusal(), (401, "invalid_client"));
        for (name, problem) in [("https://10.0.0.1/keys", "KEY_SET_URL_NOT_ALLOWED"), ("http://alliance.example.org/keys", "KEY_SET_URL_NOT_ALLOWED")] {
            let input = with(new_client(&world, &partner.organisation, &ALL, "").await, json!({ "keys": { "keySetUrl": name } }));
            let told = stage.secretariat.run("createClient", input, "client { id }").await.problem();
            assert_eq!((&told["code"], &told["path"]), (&json!(problem), &json!(["input", "keys", "keySetUrl"])));
        }
    }
}
