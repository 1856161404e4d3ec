//! Registering clients: who may, what a key must be, and that a private one is stored nowhere.

use aws_lc_rs::rsa;
use consilium::domain::role::Office;
use jsonwebtoken::{Algorithm, jwk::Jwk};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::partner::{ALL, KeyPair, Partner, new_client, organisation, rsa_key};
use crate::{
    acts::stage::{Stage, with},
    harness::{on_both_databases, world::World},
};

const CLIENTS: &str = "{ group(slug: \"expert-group\") { viewerCanManageClients clients(first: 1) { totalCount \
    pageInfo { hasNextPage } nodes { id clientId name contact scopes revokedAt lastUsedAt keySetUrl registeredAt \
    organisation { id } keys { kid thumbprint algorithms isLive expiresAt } } } } }";

/// A set whose keys have these members changed; null takes one away.
fn set(key: &KeyPair, changes: &[(&str, Value)]) -> String {
    let mut jwk = key.jwk.clone();
    let members = jwk.as_object_mut().expect("an object");
    for (name, value) in changes {
        if value.is_null() {
            members.remove(*name)
        } else {
            members.insert((*name).to_owned(), value.clone())
        };
    }
    json!({ "keys": [jwk] }).to_string()
}

on_both_databases! {
    async fn the_secretariat_registers_clients_and_sees_them_and_nobody_else_does(world: World) {
        let stage = Stage::published(&world).await;
        let org = organisation(&world, "An alliance").await;
        let key = KeyPair::new(Algorithm::RS512, "2017-09");
        let input = with(
            new_client(&world, &org, &["DRAFTS_READ", "ADVICE_READ"], &key.jwks()).await,
            json!({ "name": "Intranet", "keysExpireAt": "2018-09-01T00:00:00Z" }),
        );
        let created = stage.secretariat.run("createClient", input.clone(), "client { id }").await.done();
        let seen = stage.secretariat.ask(CLIENTS, json!({})).await.data()["group"].clone();
        let client = &seen["clients"]["nodes"][0];
        assert_eq!(seen["viewerCanManageClients"], true);
        assert_eq!(client["id"], created["client"]["id"]);
        assert_eq!(client["keys"][0]["thumbprint"].as_str().expect("a thumbprint").len(), 43);
        assert_eq!(
            [&client["name"], &client["scopes"], &client["organisation"]["id"], &client["registeredAt"], &client["lastUsedAt"]],
            [&json!("Intranet"), &json!(["ADVICE_READ", "DRAFTS_READ"]), &org, &json!("2017-09-01T09:00:00.000Z"), &Value::Null]
        );
        let first = &client["keys"][0];
        assert_eq!(
            [&first["kid"], &first["algorithms"], &first["isLive"], &first["expiresAt"]],
            [&json!("2017-09"), &json!(["RS256", "RS512", "PS256"]), &json!(true), &json!("2018-09-01T00:00:00.000Z")]
        );
        Partner::registered(&stage, &ALL).await;
        let page = stage.secretariat.ask(CLIENTS, json!({})).await.data()["group"]["clients"].clone();
        assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"]), (&json!(2), &json!(true)));

        let observer = world.seated("observer", Office::Observer, None).await;
        let node = "query($id: ID!) { node(id: $id) { id } }";
        for user in [&world.anonymous(), &stage.chair, &stage.vice_chair, &stage.nurse, &stage.adviser, &stage.editor, &observer] {
            assert_eq!(user.run("createClient", input.clone(), "client { id }").await.error_code(), "FORBIDDEN");
            let seen = user.ask(CLIENTS, json!({})).await.data()["group"].clone();
            assert_eq!((&seen["viewerCanManageClients"], &seen["clients"]["totalCount"]), (&json!(false), &json!(0)));
            let id = json!({ "id": client["id"] });
            assert_eq!(user.ask(node, id).await.data()["node"], Value::Null);
            for (name, more) in [
                ("addClientKey", json!({ "jwk": KeyPair::new(Algorithm::ES256, "x").jwks() })),
                ("revokeClientKey", json!({ "kid": "2017-09" })),
                ("revokeClient", json!({})),
            ] {
                let input = with(json!({ "clientId": client["id"] }), more);
                assert_eq!(user.run(name, input, "client { id }").await.error_code(), "NOT_FOUND", "{name}");
            }
        }
    }

    async fn a_private_key_is_refused_and_stored_nowhere(world: World) {
        let stage = Stage::published(&world).await;
        let org = organisation(&world, "An alliance").await;
        let (rsa, ec) = (KeyPair::new(Algorithm::RS256, "rsa"), KeyPair::new(Algorithm::ES256, "ec"));
        let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA";
        let mut sets: Vec<String> = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].map(|name| set(&rsa, &[(name, json!(secret))])).to_vec();
        sets.push(set(&ec, &[("d", json!(secret))]));
        sets.push(set(&ec, &[("kty", json!("oct"))]));
        sets.push(json!({ "keys": [ec.jwk, { "kty": "oct", "kid": "mac", "k": secret }] }).to_string());
        // A key by itself, where a set is asked for.
        sets.push(with(ec.jwk.clone(), json!({ "d": secret })).to_string());
        for jwks in sets {
            let input = new_client(&world, &org, &ALL, &jwks).await;
            let problem = stage.secretariat.run("createClient", input, "client { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!("KEY_PRIVATE"), &json!(["input", "keys", "jwks"])), "{jwks}");
            assert!(!problem.to_string().contains(secret), "{problem}");
        }
        let partner = Partner::registered(&stage, &ALL).await;
        let add = json!({ "clientId": partner.id, "jwk": with(ec.jwk.clone(), json!({ "d": secret })).to_string() });
        let problem = stage.secretariat.run("addClientKey", add, "client { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("KEY_PRIVATE"), &json!(["input", "jwk"])));
        for (table, texts) in [("client", "name || contact || scopes"), ("client_key", "kid || thumbprint || jwk"), ("event", "data")] {
            assert!(!texts_of(&world, table, texts).await.contains(secret), "{table} has the secret");
        }
    }

    async fn a_key_that_is_not_strong_or_not_for_this_is_refused(world: World) {
        let stage = Stage::published(&world).await;
        let org = organisation(&world, "An alliance").await;
        let (rsa, ec) = (KeyPair::new(Algorithm::RS256, "rsa"), KeyPair::new(Algorithm::ES256, "ec"));
        // A modulus of 2040 bits: the last byte of the text's group is cut off.
        let short = json!(&rsa.jwk["n"].as_str().expect("a modulus")[..340]);
        let p384 = KeyPair::new(Algorithm::ES384, "p384").jwk;
        let not_allowed = [
            set(&rsa, &[("n", short)]),
            set(&rsa, &[("e", json!("Aw"))]),
            set(&rsa, &[("e", json!("AQAA"))]),
            set(&rsa, &[("n", json!("not base64!"))]),
            set(&rsa, &[("n", Value::Null)]),
            set(&rsa, &[("alg", json!("HS256"))]),
            set(&rsa, &[("alg", json!("RSA-OAEP"))]),
            set(&rsa, &[("alg", json!("ES256"))]),
            set(&rsa, &[("alg", json!("none"))]),
            set(&rsa, &[("alg", json!(7))]),
            set(&rsa, &[("use", json!("enc"))]),
            set(&rsa, &[("key_ops", json!(["sign", "verify"]))]),
            set(&rsa, &[("kid", Value::Null)]),
            set(&rsa, &[("kid", json!(""))]),
            set(&rsa, &[("kid", json!("a\nb"))]),
            set(&rsa, &[("kid", json!("k".repeat(129)))]),
            set(&ec, &[("crv", json!("secp256k1"))]),
            set(&ec, &[("crv", json!("P-384"))]),
            set(&ec, &[("alg", json!("ES384"))]),
            set(&ec, &[("x", p384["x"].clone())]),
            set(&ec, &[("kty", json!("OKP"))]),
            set(&ec, &[("kty", Value::Null)]),
        ];
        let not_a_set = ["", "{}", "[]", "{\"keys\": {}}", "{\"keys\": []}", "{\"keys\": [7]}", "-----BEGIN PUBLIC KEY-----", &"x".repeat(40_000)];
        let cases = not_allowed.iter().map(|jwks| (jwks.as_str(), "KEY_NOT_ALLOWED"));
        for (jwks, code) in cases.chain(not_a_set.map(|jwks| (jwks, "KEY_SET_INVALID"))) {
            let input = new_client(&world, &org, &ALL, jwks).await;
            let problem = stage.secretariat.run("createClient", input, "client { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &json!(["input", "keys", "jwks"])), "{jwks}");
        }
        let weak = rsa_key(rsa::KeySize::Rsa2048);
        let jwk = serde_json::to_value(Jwk::from_encoding_key(&weak, Algorithm::RS512).expect("a public part")).expect("JSON");
        let named = with(json!({ "kid": "named", "use": "sig", "alg": "RS512" }), json!({ "kty": "RSA", "n": jwk["n"], "e": jwk["e"] }));
        let input = new_client(&world, &org, &ALL, &json!({ "keys": [named] }).to_string()).await;
        let done = stage.secretariat.run("createClient", input, "client { keys { algorithms } }").await.done();
        assert_eq!(done["client"]["keys"][0]["algorithms"], json!(["RS512"]), "a key says for itself what it is for");
    }

    async fn what_is_wrong_with_a_client_is_told_with_its_place(world: World) {
        let stage = Stage::published(&world).await;
        let org = organisation(&world, "An alliance").await;
        let [a, b, c] = ["a", "b", "c"].map(|kid| KeyPair::new(Algorithm::ES256, kid));
        let jwks = |keys: &[&Value]| json!({ "keys": { "jwks": json!({ "keys": keys }).to_string() } });
        let good = with(new_client(&world, &org, &ALL, &a.jwks()).await, json!({ "name": "Intranet" }));
        let renamed = with(a.jwk.clone(), json!({ "kid": "b" }));
        for (fields, code, path) in [
            (json!({ "name": " " }), "TEXT_BLANK", json!(["input", "name"])),
            (json!({ "contact": "two\nlines" }), "TEXT_NOT_ALLOWED", json!(["input", "contact"])),
            (json!({ "scopes": [] }), "SCOPES_MISSING", json!(["input", "scopes"])),
            (json!({ "keysExpireAt": "2017-09-01T09:00:00Z" }), "EXPIRY_PAST", json!(["input"])),
            (jwks(&[&a.jwk, &b.jwk, &c.jwk]), "TOO_MANY_KEYS", json!(["input"])),
            (jwks(&[&a.jwk, &with(b.jwk.clone(), json!({ "kid": "a" }))]), "KEY_ID_TAKEN", json!(["input"])),
            (jwks(&[&a.jwk, &renamed]), "KEY_KNOWN", json!(["input"])),
        ] {
            let problem = stage.secretariat.run("createClient", with(good.clone(), fields.clone()), "client { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &path), "{fields}");
        }
        let created = stage.secretariat.run("createClient", good.clone(), "client { id }").await.done();
        let taken = stage.secretariat.run("createClient", good.clone(), "client { id }").await.problem();
        assert_eq!((&taken["code"], &taken["path"]), (&json!("CLIENT_NAME_TAKEN"), &json!(["input", "name"])));
        let revoke = json!({ "clientId": created["client"]["id"] });
        stage.secretariat.run("revokeClient", revoke, "client { id }").await.done();
        stage.secretariat.run("createClient", good, "client { id }").await.done();
        let input = with(new_client(&world, &json!("b3JnYW5pc2F0aW9uOng"), &ALL, &a.jwks()).await, json!({ "name": "Nobody's" }));
        assert_eq!(stage.secretariat.run("createClient", input, "client { id }").await.error_code(), "NOT_FOUND");
        let editor = json!({ "documentId": stage.document, "role": "EDITOR", "to": { "clientId": created["client"]["id"] } });
        let problem = stage.secretariat.run("grantRole", editor, "grantId").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("ROLE_NOT_FOR_CLIENT"), &json!(["input", "role"])));
    }
}

/// What the texts of a table say, all rows together.
async fn texts_of(world: &World, table: &str, texts: &str) -> String {
    let db = sea_orm::Database::connect(world.config.database.url.expose()).await.expect("the database");
    let sql = format!("SELECT {texts} AS texts FROM {table}");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("rows");
    assert!(!rows.is_empty(), "{table} is empty: this test is blind to it");
    rows.iter().map(|row| row.try_get::<String>("", "texts").expect("text")).collect()
}
