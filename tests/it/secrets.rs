//! What is nobody else's business stays out of all output, however much of a log an operator asks for.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::harness::{on_both_databases, service::Service};

const MANUSCRIPT: &str = "---
title: Zebrafinch title
slug: secrets
review_due: 2099-05
---

# Quokka heading {#nursing disciplines=\"NURSING\"}

Axolotl sentence of the advice.
";

/// What people wrote, and what they are called.
const WORDS: &[&str] = &[
    "Zebrafinch",
    "Quokka",
    "Axolotl",
    "Pangolin",
    "Narwhal",
    "Capybara",
    "Okapi",
    "Tapir",
    "Wombat",
    "Numbat",
    "Ocelot",
    "Marmoset",
    "Meerkat",
    "Echidna",
];

on_both_databases! {
    async fn no_token_key_password_name_or_text_is_ever_printed(service: Service) {
        let mut service = service;
        let chair = service.output(&["token", "--subject", "Pangolin", "--name", "Narwhal Name", "--seat", "chair@group"]);
        let nurse = service.token("Capybara", "member:nursing@group");
        let home = service.write("here", "").parent().expect("a directory").to_owned();
        let key = std::fs::read_to_string(home.join("consilium.key")).expect("a key file");
        let url = service.database_url().replacen("://postgres@", "://postgres:Wombat-password@", 1);
        service.start_with(&[], &[("CONSILIUM_LOG__FILTER", "trace"), ("CONSILIUM_DATABASE__URL", &url)]);

        act(&service, &chair, &nurse).await;
        bother(&service, &nurse).await;
        listen(&service, &nurse).await;

        service.terminate();
        let printed = service.printed();
        let (status, log) = service.ended();
        assert!(status.success());
        assert!(log.iter().filter(|line| line.contains("answered a request")).count() >= 15, "{log:#?}");
        let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
        let secrets = [parts(&chair)[1..].to_vec(), parts(&nurse)[1..].to_vec(), vec![key.trim().to_owned()]].concat();
        for line in log.iter().chain([&printed]) {
            for secret in secrets.iter().map(String::as_str).chain(WORDS.iter().copied()) {
                assert!(!line.contains(secret), "{secret} in {line}");
            }
        }
    }
}

/// Changes things, well and badly.
async fn act(service: &Service, chair: &str, nurse: &str) {
    let group = service.ask(chair, "{ group(slug: \"group\") { id seats { holder { name } } } }", json!({})).await;
    let import = "mutation($input: ImportDocumentInput!) { importDocument(input: $input) { document { id } userErrors { message } } }";
    let input = json!({ "groupId": group["data"]["group"]["id"], "manuscript": MANUSCRIPT });
    let imported = service.ask(chair, import, json!({ "input": input })).await;
    let document = &imported["data"]["importDocument"]["document"]["id"];
    assert!(document.is_string(), "{imported:#}");
    service.ask(chair, import, json!({ "input": { "groupId": "Okapi", "manuscript": "Okapi" } })).await;
    let open = "mutation($input: OpenReviewInput!) { openReview(input: $input) { review { id cells { digest section { id } } } userErrors { message } } }";
    let input = json!({ "documentId": document, "kind": "FULL", "reason": "Tapir reason." });
    let opened = service.ask(chair, open, json!({ "input": input })).await;
    let review = &opened["data"]["openReview"]["review"];
    let object =
        "mutation($input: ObjectInput!) { object(input: $input) { position { reason } userErrors { message } } }";
    let cell = &review["cells"][0];
    let input = json!({ "reviewId": review["id"], "sectionId": cell["section"]["id"], "digest": cell["digest"], "reason": "Tapir objection." });
    let objected = service.ask(nurse, object, json!({ "input": input })).await;
    assert_eq!(objected["data"]["object"]["position"]["reason"], "Tapir objection.", "{objected:#}");
    let invite =
        "mutation($input: GrantSeatInput!) { grantSeat(input: $input) { seat { id } userErrors { message } } }";
    let input = json!({ "input": { "groupId": "x", "person": { "subject": "Marmoset", "name": "Marmoset" }, "office": "OBSERVER" } });
    service.ask(chair, invite, input).await;
}

/// Sends what cannot be answered.
async fn bother(service: &Service, nurse: &str) {
    let client = reqwest::Client::new();
    let url = service.graphql();
    for authorization in ["Bearer Numbat", &format!("Bearer {nurse}Numbat"), "Basic TnVtYmF0Ok51bWJhdA==", "Numbat"] {
        let request = client
            .post(&url)
            .header("authorization", authorization)
            .json(&json!({ "query": "{ viewer { isSignedIn } }" }));
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), 401);
    }
    for body in ["{\"query\": Ocelot", "{\"query\":\"{ Ocelot\"}", "{\"query\":\"{ Ocelot(name: \\\"Ocelot\\\") }\"}"] {
        let request = client.post(&url).bearer_auth(nurse).header("content-type", "application/json").body(body);
        let request = request.header("idempotency-key", "Echidna").header("cookie", "session=Echidna");
        assert!(request.send().await.expect("an answer").status().is_client_error());
    }
    for query in ["query=%7Bsearch(text:%22Meerkat%22)%7Bnodes%7BsnippetText%7D%7D%7D", "access_token=Meerkat"] {
        let request = client.get(format!("{url}?{query}")).header("referer", "https://a.example/?Meerkat");
        request.send().await.expect("an answer");
    }
    let events = client.post(&url).bearer_auth(nurse).header("accept", "text/event-stream");
    let events = events.json(&json!({ "query": "{ search(text: \"Meerkat\") { nodes { snippetText } } }" }));
    assert!(events.send().await.expect("an answer").text().await.expect("events").contains("event: complete"));
}

/// Asks over a socket.
async fn listen(service: &Service, nurse: &str) {
    let mut request = format!("ws://{}/graphql", service.address()).into_client_request().expect("a request");
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
    let (mut socket, _) = connect_async(request).await.expect("a socket");
    let mut say = async |message: Value| {
        socket.send(Message::text(message.to_string())).await.expect("an open socket");
        socket.next().await
    };
    say(json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {nurse}") } })).await;
    let payload = json!({ "query": "query($t: String!) { search(text: $t) { nodes { snippetText } } }", "variables": { "t": "Meerkat" } });
    say(json!({ "type": "subscribe", "id": "one", "payload": payload })).await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_without_its_password() {
    let service = Service::on_sqlite().await;
    for url in [
        "postgres://Wombat-user:Wombat-password@127.0.0.1:1/Wombat-name",
        "postgres://user:Wombat-password@[::1]:1/name?sslpassword=Wombat-password",
        "postgres://user:Wombat-password@127.0.0.1:notaport/name",
        "Wombat-password",
    ] {
        let mut command = service.command(&["migrate"]);
        command.env("CONSILIUM_DATABASE__URL", url).env("CONSILIUM_LOG__FILTER", "trace");
        let output = command.output().expect("it runs");
        assert!(!output.status.success());
        let told = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
        assert!(!told.is_empty() && !told.contains("Wombat-password"), "{told}");
    }
}
