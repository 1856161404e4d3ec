//! The rules of GraphQL over HTTP (draft of August 2026) that the other files do not try, documents by digest, and rates.

use poem::{
    Request,
    http::{Method, Uri},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    http::{get, post},
    *,
};
use crate::config::DocumentMode;

const TEXT: &str = "query A { echo } query B { caller }";

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn apollos(text: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } })
}

impl Service {
    fn running(mode: DocumentMode) -> (Self, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("trusted.graphql"), TEXT).unwrap();
        let documents = Documents::new(mode, Some(directory.path())).unwrap();
        (Self::with(Settings { documents, ..Settings::default() }), directory)
    }
}

#[tokio::test]
async fn other_methods_are_405_with_allow_and_options_tells_what_is_allowed() {
    let service = Service::new();
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE, Method::HEAD] {
        let request = Request::builder().method(method.clone()).uri(Uri::from_static("/graphql")).finish();
        let reply = service.call(request).await;
        assert_eq!((reply.status, reply.header("allow")), (405, "GET, POST, OPTIONS"), "{method}");
    }
    let options = Request::builder().method(Method::OPTIONS).uri(Uri::from_static("/graphql")).finish();
    let reply = service.call(options).await;
    assert_eq!((reply.status, reply.header("allow"), reply.text.as_str()), (204, "GET, POST, OPTIONS", ""));
    for address in ["/health/live", "/graphiql"] {
        let request = Request::builder().method(Method::POST).uri(address.parse::<Uri>().unwrap()).finish();
        let reply = service.call(request).await;
        assert_eq!((reply.refusal().0, reply.header("allow")), (405, "GET, HEAD"), "{address}");
    }
}

#[tokio::test]
async fn every_answer_says_that_it_varies_by_accept() {
    let service = Service::new();
    for reply in [service.query("{ echo }").await, service.query("{").await, service.get("/nowhere").await] {
        let vary: Vec<_> = reply.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(vary.join(", ").matches("Accept").count(), 1, "{vary:?}");
    }
}

#[tokio::test]
async fn a_name_that_is_given_twice_is_refused_wherever_it_stands() {
    let service = Service::new();
    for body in [
        r#"{"query":"{echo}","query":"{caller}"}"#,
        r#"{"query":"{echo}","\u0071uery":"{caller}"}"#,
        r#"{"query":"{echo}","variables":{"a":1,"a":2}}"#,
        r#"{"query":"{echo}","unknown":[{"a":1,"a":2}]}"#,
    ] {
        assert_eq!(service.post(body).await.refusal(), (400, "BAD_REQUEST".into()), "{body}");
    }
}

#[tokio::test]
async fn parameters_of_others_in_the_url_are_nothing_to_us() {
    let service = Service::new();
    assert_eq!(service.get("/graphql?query=%7Becho%7D&utm=1&utm=2&x").await.status, 200);
}

#[tokio::test]
async fn the_name_null_is_a_name_in_a_url() {
    let service = Service::new();
    assert_eq!(service.get("/graphql?query=query%20null%7Becho%7D&operationName=null").await.status, 200);
    assert_eq!(service.get("/graphql?query=%7Becho%7D&operationName=null").await.refusal().0, 422);
}

#[tokio::test]
async fn a_request_is_sent_uncompressed() {
    let service = Service::new();
    let send = async |encoding: &str| {
        service.call(post().header("content-encoding", encoding).body("{\"query\":\"{echo}\"}")).await
    };
    for encoding in ["gzip", "br", "deflate", "zstd", "identity, gzip"] {
        let reply = send(encoding).await;
        assert_eq!((reply.refusal().0, reply.header("accept-encoding")), (415, "identity"), "{encoding}");
    }
    assert_eq!(send("identity").await.status, 200);
}

#[tokio::test]
async fn there_is_at_most_one_host() {
    let service = Service::new();
    let request = post().header("host", "a.example").header("host", "b.example").body("{\"query\":\"{echo}\"}");
    assert_eq!(service.call(request).await.refusal(), (400, "BAD_REQUEST".into()));
}

#[tokio::test]
async fn a_text_is_remembered_when_it_comes_with_its_digest_and_then_its_digest_is_enough() {
    let service = Service::new();
    let by_id = json!({ "documentId": format!("sha256:{}", hash("{ echo }")) });
    let by_hash = json!({ "extensions": apollos("{ echo }") });
    for body in [&by_id, &by_hash] {
        let reply = service.post(body).await;
        assert_eq!(reply.refusal(), (422, "PERSISTED_QUERY_NOT_FOUND".into()));
        assert_eq!(reply.json()["errors"][0]["message"], "PersistedQueryNotFound");
    }
    let both = json!({ "query": "{ echo }", "extensions": apollos("{ echo }") });
    assert_eq!(service.post(&both).await.status, 200);
    for body in [&by_id, &by_hash] {
        assert_eq!(service.post(body).await.json()["data"]["echo"], "None None");
    }
    let uri = format!("/graphql?documentId=sha256:{}", hash("{ echo }"));
    assert_eq!(service.get(&uri).await.json()["data"]["echo"], "None None");
    let extensions = apollos("{ echo }").to_string().replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
    assert_eq!(service.get(&format!("/graphql?extensions={extensions}")).await.status, 200);
}

#[tokio::test]
async fn nothing_is_remembered_under_a_wrong_digest_or_that_is_no_document() {
    let service = Service::new();
    let wrong = json!({ "query": "{ echo }", "extensions": apollos("{ caller }") });
    assert_eq!(service.post(wrong).await.refusal(), (400, "BAD_REQUEST".into()));
    let nonsense = json!({ "query": "{", "extensions": apollos("{") });
    assert_eq!(service.post(nonsense).await.refusal().1, "GRAPHQL_PARSE_FAILED");
    let by_hash = json!({ "extensions": apollos("{") });
    assert_eq!(service.post(by_hash).await.refusal().1, "PERSISTED_QUERY_NOT_FOUND");
    let twice = json!({ "documentId": "sha256:ab", "extensions": apollos("{ echo }") });
    assert_eq!(service.post(twice).await.refusal(), (422, "BAD_REQUEST".into()));
    let version = json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": hash("{ echo }") } } });
    assert_eq!(service.post(version).await.refusal().1, "PERSISTED_QUERY_NOT_SUPPORTED");
    let hashless = json!({ "extensions": { "persistedQuery": { "version": 1 } } });
    assert_eq!(service.post(hashless).await.refusal(), (422, "BAD_REQUEST".into()));
}

#[tokio::test]
async fn a_remembered_mutation_is_no_more_run_by_get_than_any_other() {
    let service = Service::new();
    let text = "mutation { change(milliseconds: 0) }";
    // Remembering runs it, as a POST may.
    service.post(json!({ "query": text, "extensions": apollos(text) })).await;
    assert!(service.changed.swap(false, Ordering::SeqCst));
    let reply = service.get(&format!("/graphql?documentId=sha256:{}", hash(text))).await;
    assert_eq!((reply.refusal().0, reply.header("allow")), (405, "POST"));
    assert!(!service.has_changed());
}

#[tokio::test]
async fn in_mode_open_texts_are_run_and_nothing_is_remembered() {
    let (service, _directory) = Service::running(DocumentMode::Open);
    assert_eq!(service.post(json!({ "query": "{ echo }", "extensions": apollos("{ echo }") })).await.status, 200);
    let by_hash = json!({ "extensions": apollos("{ echo }") });
    assert_eq!(service.post(&by_hash).await.refusal().1, "PERSISTED_QUERY_NOT_FOUND");
    let trusted = json!({ "documentId": format!("sha256:{}", hash(TEXT)), "operationName": "A" });
    assert_eq!(service.post(trusted).await.status, 200);
    let documents = Documents::new(DocumentMode::Open, None).unwrap();
    let service = Service::with(Settings { documents, ..Settings::default() });
    assert_eq!(service.post(&by_hash).await.refusal(), (422, "PERSISTED_QUERY_NOT_SUPPORTED".into()));
}

#[tokio::test]
async fn in_mode_trusted_only_the_operators_documents_are_run() {
    let (service, _directory) = Service::running(DocumentMode::Trusted);
    let trusted = json!({ "documentId": format!("sha256:{}", hash(TEXT)), "operationName": "A" });
    assert_eq!(service.post(trusted).await.json()["data"]["echo"], "None None");
    let by_text = json!({ "query": TEXT, "operationName": "B" });
    assert_eq!(service.post(by_text).await.status, 200, "a trusted text may be sent as it is");
    let other = json!({ "query": "mutation { change }" });
    assert_eq!(service.post(other).await.refusal(), (403, "FORBIDDEN".into()));
    let registering = json!({ "query": "{ echo }", "extensions": apollos("{ echo }") });
    assert_eq!(service.post(registering).await.refusal(), (403, "FORBIDDEN".into()));
    assert_eq!(
        service.post(json!({ "extensions": apollos("{ echo }") })).await.refusal().1,
        "PERSISTED_QUERY_NOT_FOUND"
    );
    assert!(!service.has_changed());
}

#[tokio::test]
async fn who_asks_for_too_much_is_told_when_to_come_back_and_others_are_not() {
    let service = Service::with(Settings { rates: Rates::new(3, 5), ..Settings::default() });
    let first = service.query("{ echo }").await;
    assert_eq!(first.header("ratelimit-policy"), "\"minute\";q=3;w=60");
    assert_eq!(first.header("ratelimit"), "\"minute\";r=2;t=20");
    assert_eq!(service.post("{").await.status, 400, "an attempt counts as well");
    assert_eq!(service.query("{ echo }").await.status, 200);
    let refused = service.query("mutation { change }").await;
    assert_eq!(refused.refusal(), (429, "RATE_LIMITED".into()));
    assert_eq!(refused.header("ratelimit"), "\"minute\";r=0;t=60");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert!(!service.has_changed());
    let guess = post().header("authorization", "Bearer nobody").body("{\"query\":\"{echo}\"}");
    assert_eq!(service.call(guess).await.refusal().0, 429, "who guesses at tokens is somebody unknown");
    let ada = post().header("authorization", "Bearer ada").body("{\"query\":\"{echo}\"}");
    let reply = service.call(ada).await;
    assert_eq!((reply.status, reply.header("ratelimit")), (200, "\"minute\";r=4;t=12"));
    assert_eq!(service.call(get("/health/live").finish()).await.status, 200);
}

#[tokio::test]
async fn a_larger_operation_counts_for_more() {
    let service = Service::with(Settings { rates: Rates::new(1_000, 0), ..Settings::default() });
    let reply = service.query("{ documents(first: 100) { nodes { id a: id b: id } } }").await;
    assert_eq!((reply.status, reply.header("ratelimit")), (200, "\"minute\";r=995;t=1"));
    let free = post().header("authorization", "Bearer ada").body("{\"query\":\"{echo}\"}");
    assert_eq!(service.call(free).await.header("ratelimit"), "", "no limit, nothing to tell");
}

#[tokio::test]
async fn an_idempotency_key_has_a_shape_and_means_nothing_where_nothing_is_changed() {
    let service = Service::new();
    let send = async |key: &str| {
        service.call(post().header("idempotency-key", key).body("{\"query\":\"mutation { change }\"}")).await
    };
    for key in ["", "\"\"", "a b", "a\"b", "é", &"x".repeat(256)] {
        assert_eq!(send(key).await.refusal(), (400, "BAD_REQUEST".into()), "{key:?}");
    }
    let twice = post().header("idempotency-key", "a").header("idempotency-key", "b");
    assert_eq!(service.call(twice.body("{\"query\":\"mutation { change }\"}")).await.refusal().0, 400);
    assert!(!service.has_changed());
    for key in ["8e03978e-40d5-43e8-bc93-6894a57f9324", "\"8e03978e-40d5-43e8-bc93-6894a57f9324\""] {
        assert_eq!(send(key).await.status, 200);
    }
    let query = post().header("idempotency-key", "a").body("{\"query\":\"{echo}\"}");
    assert_eq!(service.call(query).await.status, 200);
}
