//! Audits of the live service by other people's suites.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::Value;

use crate::harness::service::{Service, succeeded};

/// What the tests use of other people's JavaScript.
const NODE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node");

/// Wishes of the audit, which follows an older draft, that the draft of August 2026 has overruled or left to the server.
/// `docs/http.md` gives the reasons. None of them is a MUST.
const OVERRULED: &[(&str, &str)] = &[
    ("47DE", "SHOULD accept */* and use application/json"),
    ("80D8", "SHOULD assume application/json content-type when accept is missing"),
    ("423L", "MAY use 400 status code on missing {query}"),
    ("LKJ0", "MAY use 400 status code on object {query}"),
    ("LKJ1", "MAY use 400 status code on number {query}"),
    ("LKJ2", "MAY use 400 status code on boolean {query}"),
    ("LKJ3", "MAY use 400 status code on array {query}"),
    ("6C00", "MAY use 400 status code on object {operationName}"),
    ("6C01", "MAY use 400 status code on number {operationName}"),
    ("6C02", "MAY use 400 status code on boolean {operationName}"),
    ("6C03", "MAY use 400 status code on array {operationName}"),
    ("4760", "MAY use 400 status code on string {variables}"),
    ("4761", "MAY use 400 status code on number {variables}"),
    ("4762", "MAY use 400 status code on boolean {variables}"),
    ("4763", "MAY use 400 status code on array {variables}"),
    ("58B0", "MAY use 400 status code on string {extensions}"),
    ("58B1", "MAY use 400 status code on number {extensions}"),
    ("58B2", "MAY use 400 status code on boolean {extensions}"),
    ("58B3", "MAY use 400 status code on array {extensions}"),
    ("3E3A", "MAY use 400 status code if parameters are invalid"),
    ("572B", "SHOULD use 200 status code on document parsing failure when accepting application/json"),
    ("FDE2", "SHOULD use 200 status code on document validation failure when accepting application/json"),
    ("7B9B", "SHOULD use a status code of 200 on variable coercion failure when accepting application/json"),
    ("86EE", "SHOULD use a status code of 400 on variable coercion failure"),
];

/// Runs a script of `tests/node`, and gives what it prints.
#[track_caller]
fn node(script: &str, argument: &str) -> Value {
    let missing = "this test needs Node.js 18 or newer with its packages: install nodejs and npm, then run\n  \
                   npm ci --prefix tests/node";
    assert!(Path::new(NODE).join("node_modules/graphql-http").exists(), "{missing}");
    let output = Command::new("node").arg(script).arg(argument).current_dir(NODE).output();
    let output = output.unwrap_or_else(|error| panic!("{missing}\n({error})"));
    serde_json::from_str(&succeeded(&output)).expect("JSON")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_of_graphql_http_finds_every_must_kept_and_only_named_wishes_not() {
    let mut service = Service::on_sqlite().await;
    service.start(&[]);
    let url = service.graphql();
    let results = tokio::task::spawn_blocking(move || node("audit.mjs", &url)).await.expect("no panic");
    let results = results.as_array().expect("results");
    assert!(results.len() >= 60, "{}", results.len());
    let text = |result: &Value, field: &str| result[field].as_str().unwrap_or_default().to_owned();
    let failed: BTreeMap<String, &Value> =
        results.iter().filter(|result| result["status"] != "ok").map(|result| (text(result, "id"), result)).collect();
    for (id, result) in &failed {
        let overruled = OVERRULED.iter().find(|(overruled, _)| overruled == id);
        let (_, wish) = overruled.unwrap_or_else(|| panic!("not kept: {result:#}"));
        let name = text(result, "name");
        assert!(name.starts_with(wish) && !name.starts_with("MUST"), "{id} asks for something else by now: {name}");
    }
    for (id, wish) in OVERRULED {
        assert!(failed.contains_key(*id), "{id} is kept, so it is no exception: {wish}");
    }
}
