//! The token endpoint: what it gives, and each of its errors in the words of RFC 6749.

use jsonwebtoken::Algorithm;
use poem::{Request, http::Method};
use serde_json::json;

use super::partner::{ALL, ASSERTION_TYPE, ENDPOINT, KeyPair, Partner, post, send, written};
use crate::{
    acts::stage::Stage,
    harness::{on_both_databases, world::World},
};

on_both_databases! {
    async fn a_partner_gets_a_short_token_for_every_way_of_signing_and_reads_with_it(world: World) {
        let stage = Stage::published(&world).await;
        for algorithm in [Algorithm::RS256, Algorithm::RS512, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384] {
            let partner = Partner::with_key(&stage, &ALL, KeyPair::new(algorithm, "key one")).await;
            let reply = partner.ask(&partner.assertion(), &[]).await;
            let machine = world.bearer(&reply.token());
            assert_eq!(reply.headers["cache-control"], "no-store");
            assert_eq!(reply.headers["content-type"], "application/json");
            assert_eq!((&reply.body["token_type"], &reply.body["expires_in"]), (&json!("Bearer"), &json!(world.config.machines.token_seconds)));
            let scope = "advice:read drafts:read comments:write checklist:write events:read";
            assert_eq!(reply.body["scope"], scope, "{algorithm:?}: all, as none was named");
            let query = "{ viewer { isSignedIn person { id } client { clientId } scopes } document(slug: \"acts\") { title } }";
            let seen = machine.ask(query, json!({})).await.data();
            assert_eq!(seen["viewer"]["client"]["clientId"], partner.client_id);
            assert_eq!(seen["viewer"]["isSignedIn"], false, "a machine is not a person");
            assert_eq!(seen["viewer"]["scopes"], json!(ALL));
            assert_eq!(seen["document"]["title"], "Advice to act on", "what is published for partners");
        }
    }

    async fn a_token_can_be_narrowed_and_never_widened(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &["ADVICE_READ", "EVENTS_READ"]).await;
        let narrow = partner.ask(&partner.assertion(), &[("scope", "events:read")]).await;
        assert_eq!(narrow.body["scope"], "events:read");
        let query = "{ viewer { scopes } document(slug: \"acts\") { title } }";
        let seen = world.bearer(&narrow.token()).ask(query, json!({})).await.data();
        assert_eq!(seen, json!({ "viewer": { "scopes": ["EVENTS_READ"] }, "document": null }));
        let empty = partner.ask(&partner.assertion(), &[("scope", "")]).await;
        assert_eq!(empty.body["scope"], "advice:read events:read", "one without a value is as if it were omitted");
        for scope in ["drafts:read", "advice:read drafts:read", "admin", "advice:read  events:read", "ADVICE_READ", "*", " "] {
            let refused = partner.ask(&partner.assertion(), &[("scope", scope)]).await;
            assert_eq!(refused.refusal(), (400, "invalid_scope"), "{scope}");
        }
    }

    async fn assertions_may_be_meant_for_the_endpoint_or_the_issuer_and_say_who_they_are_beside(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &["ADVICE_READ"]).await;
        let mut claims = partner.claims();
        claims["aud"] = json!("https://consilium.localhost");
        // A client may have read the clock as a number with a fraction.
        claims["exp"] = json!(claims["exp"].as_f64().expect("a number") + 0.25);
        claims.as_object_mut().expect("claims").remove("iat");
        let assertion = partner.key.sign(&json!({ "alg": "ES256", "kid": "first" }), &claims);
        partner.ask(&assertion, &[("client_id", &partner.client_id), ("resource", "ignored")]).await.token();
        let other = partner.ask(&partner.assertion(), &[("client_id", "somebody else")]).await;
        assert_eq!(other.refusal(), (401, "invalid_client"));
    }

    async fn each_error_is_the_one_that_the_rfc_names(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &["ADVICE_READ"]).await;
        let assertion = partner.assertion();
        let grant = ("grant_type", "client_credentials");
        let kind = ("client_assertion_type", ASSERTION_TYPE);
        let signed = ("client_assertion", assertion.as_str());
        let saml = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer");
        let cases: [(&str, Vec<(&str, &str)>, (u16, &str)); 14] = [
            ("nothing", vec![], (400, "invalid_request")),
            ("no grant type", vec![kind, signed], (400, "invalid_request")),
            ("an empty grant type", vec![("grant_type", ""), kind, signed], (400, "invalid_request")),
            ("a code", vec![("grant_type", "authorization_code"), kind, signed], (400, "unsupported_grant_type")),
            ("a bearer grant", vec![("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), kind, signed], (400, "unsupported_grant_type")),
            ("no authentication", vec![grant], (401, "invalid_client")),
            ("only a name", vec![grant, ("client_id", &partner.client_id)], (401, "invalid_client")),
            ("a secret", vec![grant, ("client_id", &partner.client_id), ("client_secret", "x")], (401, "invalid_client")),
            ("a secret too", vec![grant, kind, signed, ("client_secret", "x")], (400, "invalid_request")),
            ("no assertion", vec![grant, kind], (400, "invalid_request")),
            ("no type", vec![grant, signed], (400, "invalid_request")),
            ("another type", vec![grant, saml, signed], (401, "invalid_client")),
            ("an assertion twice", vec![grant, kind, signed, signed], (400, "invalid_request")),
            ("a scope twice", vec![grant, kind, signed, ("scope", "advice:read"), ("scope", "")], (400, "invalid_request")),
        ];
        for (what, form, expected) in cases {
            let reply = post(&world, "/oauth/token", &written(&form), &[]).await;
            assert_eq!(reply.refusal(), expected, "{what}");
            assert!(reply.body["error_description"].as_str().is_some_and(str::is_ascii), "{what}");
        }
        partner.ask(&assertion, &[]).await.token();
    }

    async fn credentials_come_in_the_body_of_a_form_and_nowhere_else(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &["ADVICE_READ"]).await;
        let assertion = partner.assertion();
        let grant = [("grant_type", "client_credentials")];
        let form = written(&[grant[0], ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &assertion)]);
        let in_address = post(&world, &format!("/oauth/token?{form}"), "", &[]).await;
        assert_eq!(in_address.refusal(), (400, "invalid_request"));
        let half = post(&world, "/oauth/token?scope=advice:read", &form, &[]).await;
        assert_eq!(half.refusal(), (400, "invalid_request"));
        let json = json!({ "grant_type": "client_credentials" }).to_string();
        for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
            let reply = post(&world, "/oauth/token", &json, &[("content-type", content_type)]).await;
            assert_eq!(reply.refusal(), (400, "invalid_request"), "{content_type}");
        }
        for (header, challenge) in [("Basic YTpi", "Basic"), ("Bearer abc", "Bearer")] {
            let alone = post(&world, "/oauth/token", &written(&grant), &[("authorization", header)]).await;
            assert_eq!(alone.refusal(), (401, "invalid_client"));
            let told = alone.headers["www-authenticate"].to_str().expect("text");
            assert!(told.starts_with(challenge), "whoever tried a scheme is told about that one: {told}");
            let beside = post(&world, "/oauth/token", &form, &[("authorization", header)]).await;
            assert_eq!(beside.refusal(), (400, "invalid_request"), "one way only");
        }
        let large = post(&world, "/oauth/token", &"x".repeat(17 * 1024), &[]).await;
        assert_eq!(large.refusal(), (413, "invalid_request"));
        let many = post(&world, "/oauth/token", &(0..60).map(|n| format!("{n}=1&")).collect::<String>(), &[]).await;
        assert_eq!(many.refusal(), (400, "invalid_request"));
        let got = send(&world, Request::builder().method(Method::GET).uri("/oauth/token".parse().expect("a path")).finish()).await;
        assert_eq!(got.refusal(), (405, "invalid_request"));
        assert_eq!(got.headers["allow"], "POST");
        // Nothing of all that has used the assertion up.
        assert_eq!(post(&world, "/oauth/token", &form, &[]).await.status, 200);
    }

    async fn the_service_says_what_a_client_must_know(world: World) {
        let uri = "/.well-known/oauth-authorization-server".parse().expect("a path");
        let reply = send(&world, Request::builder().uri(uri).finish()).await;
        assert_eq!(reply.status, 200);
        assert_eq!(
            reply.body,
            json!({
                "issuer": "https://consilium.localhost",
                "token_endpoint": ENDPOINT,
                "grant_types_supported": ["client_credentials"],
                "response_types_supported": [],
                "scopes_supported": ["advice:read", "drafts:read", "comments:write", "checklist:write", "events:read"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS512", "PS256", "ES256", "ES384"],
            })
        );
    }
}
