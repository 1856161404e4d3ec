//! Keys and clients come and go: rotation without a pause, ends that are felt on the next request (A5), and what the
//! secretariat sees of it.

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::partner::{ALL, KeyPair, Partner};
use crate::{
    acts::stage::Stage,
    harness::{
        on_both_databases,
        world::{User, World},
    },
    listening::Listener,
};

async fn is_admitted(machine: &User<'_>) -> bool {
    let answer = machine.ask("{ viewer { client { id } } }", json!({})).await;
    if answer.body.get("errors").is_some() {
        assert_eq!((answer.status.as_u16(), answer.error_code()), (401, "UNAUTHENTICATED"));
        return false;
    }
    answer.data()["viewer"]["client"].is_object()
}

async fn keys(stage: &Stage<'_>, partner: &Partner<'_>) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on Client { revokedAt lastUsedAt \
        keys { kid isLive addedAt expiresAt revokedAt lastUsedAt algorithms } } } }";
    stage.secretariat.ask(query, json!({ "id": partner.id })).await.data()["node"].clone()
}

/// The assertion of the same client, signed with another key.
fn signed_by(partner: &Partner<'_>, key: &KeyPair) -> String {
    key.sign(&key.header(), &partner.claims())
}

on_both_databases! {
    async fn two_keys_are_live_while_one_takes_over_from_the_other(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let (second, third) = (KeyPair::new(Algorithm::RS256, "second"), KeyPair::new(Algorithm::ES384, "third"));
        assert_eq!(partner.ask(&signed_by(&partner, &second), &[]).await.refusal(), (401, "invalid_client"));
        let add = |key: &KeyPair| json!({ "clientId": partner.id, "jwk": key.jwk.to_string() });
        stage.secretariat.run("addClientKey", add(&second), "client { id }").await.done();
        for key in [&partner.key, &second] {
            partner.ask(&signed_by(&partner, key), &[]).await.token();
        }
        let problem = stage.secretariat.run("addClientKey", add(&third), "client { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("TOO_MANY_KEYS"), &json!(["input"])));

        let by_first = world.bearer(&partner.ask(&partner.assertion(), &[]).await.token());
        let by_second = world.bearer(&partner.ask(&signed_by(&partner, &second), &[]).await.token());
        assert!(is_admitted(&by_first).await && is_admitted(&by_second).await);
        let revoke = json!({ "clientId": partner.id, "kid": "first" });
        stage.secretariat.run("revokeClientKey", revoke.clone(), "client { id }").await.done();
        assert!(!is_admitted(&by_first).await, "a token that was got with a revoked key");
        assert!(is_admitted(&by_second).await);
        assert_eq!(partner.ask(&partner.assertion(), &[]).await.refusal(), (401, "invalid_client"));
        let again = stage.secretariat.run("revokeClientKey", revoke, "client { id }").await.problem_code();
        assert_eq!(again, "KEY_REVOKED");
        let unknown = json!({ "clientId": partner.id, "kid": "nth" });
        assert_eq!(stage.secretariat.run("revokeClientKey", unknown, "client { id }").await.problem_code(), "KEY_UNKNOWN");

        stage.secretariat.run("addClientKey", add(&third), "client { id }").await.done();
        partner.ask(&signed_by(&partner, &third), &[]).await.token();
        for (key, code) in [
            (KeyPair { jwk: { let mut jwk = third.jwk.clone(); jwk["kid"] = json!("first"); jwk }, ..third.clone() }, "KEY_ID_TAKEN"),
            (KeyPair { jwk: { let mut jwk = partner.key.jwk.clone(); jwk["kid"] = json!("anew"); jwk }, ..third.clone() }, "KEY_KNOWN"),
        ] {
            let problem = stage.secretariat.run("addClientKey", add(&key), "client { id }").await.problem_code();
            assert_eq!(problem, code, "what was revoked does not come back");
        }
        let seen = keys(&stage, &partner).await;
        let told: Vec<_> = seen["keys"].as_array().expect("keys").iter().map(|key| (&key["kid"], &key["isLive"])).collect();
        assert_eq!(json!(told), json!([["first", false], ["second", true], ["third", true]]));
    }

    async fn a5_a_revoked_clients_token_stops_on_the_next_request(world: World) {
        let stage = Stage::published(&world).await;
        let (partner, other) = (Partner::registered(&stage, &ALL).await, Partner::registered(&stage, &ALL).await);
        let (machine, others) = (partner.machine(None).await, other.machine(None).await);
        assert!(is_admitted(&machine).await);
        let revoke = json!({ "clientId": partner.id });
        let done = stage.secretariat.run("revokeClient", revoke.clone(), "client { revokedAt }").await.done();
        assert_eq!(done["client"]["revokedAt"], "2017-09-01T09:00:00.000Z");
        assert!(!is_admitted(&machine).await);
        assert!(is_admitted(&others).await);
        assert_eq!(partner.ask(&partner.assertion(), &[]).await.refusal(), (401, "invalid_client"));
        assert_eq!(stage.secretariat.run("revokeClient", revoke, "client { id }").await.problem_code(), "CLIENT_REVOKED");
        let key = KeyPair::new(Algorithm::ES256, "new");
        let add = json!({ "clientId": partner.id, "jwk": key.jwk.to_string() });
        assert_eq!(stage.secretariat.run("addClientKey", add, "client { id }").await.problem_code(), "CLIENT_REVOKED");
        // Still there to be seen.
        assert!(keys(&stage, &partner).await["revokedAt"].is_string());
    }

    async fn a5_a_key_ends_by_itself_at_its_instant(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let second = KeyPair::new(Algorithm::ES256, "second");
        let add = json!({ "clientId": partner.id, "jwk": second.jwks(), "expiresAt": "2017-10-01T00:00:00Z" });
        stage.secretariat.run("addClientKey", add, "client { id }").await.done();
        let machine = world.bearer(&partner.ask(&signed_by(&partner, &second), &[]).await.token());
        world.set_clock("2017-09-30T23:59:59.999Z");
        assert!(is_admitted(&machine).await);
        partner.ask(&signed_by(&partner, &second), &[]).await.token();
        world.set_clock("2017-10-01T00:00:00Z");
        assert!(!is_admitted(&machine).await);
        assert_eq!(partner.ask(&signed_by(&partner, &second), &[]).await.refusal(), (401, "invalid_client"));
        let seen = keys(&stage, &partner).await["keys"][1].clone();
        assert_eq!((&seen["isLive"], &seen["expiresAt"]), (&json!(false), &json!("2017-10-01T00:00:00.000Z")));
        let third = KeyPair::new(Algorithm::ES256, "third");
        let past = json!({ "clientId": partner.id, "jwk": third.jwks(), "expiresAt": "2017-09-30T00:00:00Z" });
        assert_eq!(stage.secretariat.run("addClientKey", past, "client { id }").await.problem_code(), "EXPIRY_PAST");
    }

    async fn last_use_is_seen_and_costs_no_write_for_each_request(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let never = keys(&stage, &partner).await;
        assert_eq!((&never["lastUsedAt"], &never["keys"][0]["lastUsedAt"]), (&Value::Null, &Value::Null));
        let machine = partner.machine(None).await;
        assert_eq!(keys(&stage, &partner).await["keys"][0]["lastUsedAt"], "2017-09-01T09:00:00.000Z");
        assert!(is_admitted(&machine).await);
        used_at(&stage, &partner, "2017-09-01T09:00:00.000Z").await;
        // Within the minute nothing is written: as many statements as of a person who asks again.
        let before = world.statements();
        assert!(is_admitted(&machine).await);
        let once = world.statements() - before;
        for _ in 0..10 {
            assert!(is_admitted(&machine).await);
        }
        assert_eq!(world.statements() - before, 11 * once);
        world.pass(TimeDelta::seconds(61));
        assert!(is_admitted(&machine).await);
        used_at(&stage, &partner, "2017-09-01T09:01:01.000Z").await;
    }

    async fn a5_an_open_socket_of_a_revoked_client_is_closed(world: World) {
        let stage = Stage::in_review(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let input = json!({ "documentId": stage.document, "role": "READER", "to": { "clientId": partner.id } });
        stage.secretariat.run("grantRole", input, "grantId").await.done();
        let machine = partner.machine(None).await;
        let query = "subscription($id: ID!) { reviewChanged(reviewId: $id) { id } }";
        let mut listener = Listener::new(world.listen().await, &machine, query, json!({ "id": stage.review })).await;
        stage.revise(&stage.editor, "records", "New.").await;
        assert_eq!(listener.hears("reviewChanged").await["id"], stage.review);

        stage.secretariat.run("revokeClient", json!({ "clientId": partner.id }), "client { id }").await.done();
        stage.revise(&stage.editor, "records", "Newer.").await;
        // The subscription ends without a word about the review; the next thing that is asked for closes the socket.
        listener.hears_the_end().await;
        listener.subscribe("{ viewer { isSignedIn } }", json!({})).await;
        assert_eq!(listener.is_closed_with().await, 4403);
    }
}

/// Waits until the use is noted, which happens behind the request's back.
async fn used_at(stage: &Stage<'_>, partner: &Partner<'_>, instant: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while keys(stage, partner).await["lastUsedAt"] != instant {
        assert!(std::time::Instant::now() < deadline, "the use was never noted");
        tokio::task::yield_now().await;
    }
}
