//! Hostile and broken clients on a real socket: each is answered or hung up on, in bounded time, and never by a 5xx.

use std::{net::SocketAddr, time::Duration};

use futures_util::StreamExt;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

use crate::harness::world::World;

/// The longest that anything here may take; the longest of our limits is 15 s.
const BOUND: Duration = Duration::from_secs(40);

/// Sends bytes as they are, and gives everything that comes back until the server closes.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // The server may hang up before it has read everything.
    let _ = stream.write_all(bytes).await;
    read_to_end(stream).await
}

async fn read_to_end(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = async {
        let mut chunk = [0; 16 * 1024];
        while let Ok(size @ 1..) = stream.read(&mut chunk).await {
            answer.extend_from_slice(&chunk[..size]);
        }
    };
    timeout(BOUND, read).await.expect("the server hangs up in time");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The statuses of the answers, in order.
fn statuses(text: &str) -> Vec<u16> {
    let heads = text.match_indices("HTTP/1.").filter_map(|(at, _)| text.get(at + 9..at + 12)?.parse().ok());
    heads.collect()
}

fn post(body: &str, more: &str) -> String {
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {length}\r\n{more}\r\n{body}"
    )
}

fn query(text: &str) -> String {
    post(&json!({ "query": text }).to_string(), "")
}

/// The only answer, which has the headers that every answer has.
async fn answer(address: SocketAddr, request: &str) -> (u16, Value) {
    let text = exchange(address, request.as_bytes()).await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text}\nto {request:.200}"));
    for header in ["x-content-type-options: nosniff", "content-security-policy: ", "x-request-id: ", "vary: "] {
        assert!(head.to_lowercase().contains(header), "{header} is missing:\n{head}");
    }
    (statuses(head)[0], serde_json::from_str(body).unwrap_or_default())
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

async fn world() -> (World, SocketAddr) {
    let world = World::on_sqlite().await;
    let address = world.listen().await;
    (world, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_that_are_broken_or_too_large_are_refused() {
    let (_world, address) = world().await;
    let many = (0..120).map(|number| format!("x-{number}: 1\r\n")).collect::<String>();
    for (what, bytes, allowed) in [
        ("no HTTP", "hello\r\n\r\n".to_owned(), &[400][..]),
        ("a control character", "GET /graphql HTTP/1.1\r\nhost: a\r\nx: \x01\r\n\r\n".to_owned(), &[400]),
        ("a space in a name", "GET /graphql HTTP/1.1\r\nhost: a\r\nx y: 1\r\n\r\n".to_owned(), &[400]),
        ("a NUL", "GET /graphql HTTP/1.1\r\nhost: a\0\r\n\r\n".to_owned(), &[400]),
        ("no host", "GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n".to_owned(), &[400]),
        (
            "two hosts",
            "GET /health/live HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n".to_owned(),
            &[400],
        ),
        ("many headers", format!("GET /graphql HTTP/1.1\r\nhost: a\r\n{many}\r\n"), &[431]),
        ("a large header", post("{\"query\":\"{__typename}\"}", &format!("x: {}\r\n", "x".repeat(17_000))), &[431]),
        ("a huge header", format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "x".repeat(1_000_000)), &[431]),
        ("a long URI", format!("GET /graphql?query={} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(66_000)), &[414]),
        ("another version", "GET / HTTP/3.7\r\nhost: a\r\n\r\n".to_owned(), &[400]),
    ] {
        let text = exchange(address, bytes.as_bytes()).await;
        let statuses = statuses(&text);
        // What is far too large may be hung up on before the refusal is read.
        let is_told = statuses.len() == 1 || (statuses.is_empty() && bytes.len() > 60_000);
        assert!(is_told && statuses.iter().all(|status| allowed.contains(status)), "{what}: {text:.300}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_does_not_hide_in_another() {
    let (_world, address) = world().await;
    let hidden = "GET /health/ready HTTP/1.1\r\nhost: a\r\n\r\n";
    let smuggled = [
        // Both lengths; a doubled length; a transfer coding that is none; chunked that is not last.
        format!(
            "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
        ),
        format!(
            "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n{hidden}"
        ),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 0\r\n\r\n{hidden}"),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}"),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: +4\r\n\r\n0\r\n\r\n{hidden}"),
    ];
    for request in smuggled {
        let text = exchange(address, request.as_bytes()).await;
        let statuses = statuses(&text);
        assert!(!text.contains("ready") && !text.contains("200 OK"), "{request}\n{text}");
        assert!(statuses.len() == 1 && (400..500).contains(&statuses[0]), "{statuses:?}\n{request}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_and_hurried_clients_are_served() {
    let (_world, address) = world().await;
    let old = exchange(address, b"GET /health/live HTTP/1.0\r\n\r\n").await;
    assert_eq!(statuses(&old), [200]);
    let one = query("{ __typename }").replace("connection: close\r\n", "");
    let pipelined = exchange(address, format!("{one}{one}{}", query("{ __typename }")).as_bytes()).await;
    assert_eq!(statuses(&pipelined), [200, 200, 200]);
    let head = exchange(address, b"HEAD /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    for (request, status) in [
        ("TRACE /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", 405),
        ("OPTIONS /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", 204),
        ("GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", 404),
        ("GET /graphql/../etc/passwd HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", 404),
        ("CONNECT a:80 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", 404),
        ("GET /graphql HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: close\r\n\r\n", 400),
    ] {
        assert_eq!(answer(address, request).await.0, status, "{request}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_are_measured_as_they_come_in() {
    let (_world, address) = world().await;
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let chunk = format!("{:x}\r\n{}\r\n", 64 * 1024, " ".repeat(64 * 1024));
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(5));
    assert_eq!(statuses(&exchange(address, chunked.as_bytes()).await)[0], 413);
    let fits = "{\"query\":\"{ __typename }\"}";
    let fits = format!("{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{fits}\r\n0\r\n\r\n", fits.len());
    assert_eq!(answer(address, &fits).await.0, 200);
    let broken = format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n");
    assert_eq!(statuses(&exchange(address, broken.as_bytes()).await), [400]);
    assert_eq!(answer(address, &post("{\"query\":\"{ __typename }\"}", "content-encoding: gzip\r\n")).await.0, 415);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_heads_and_slow_bodies_are_not_waited_for() {
    let (_world, address) = world().await;
    let one = query("{ __typename }").replace("connection: close\r\n", "");
    // Byte after byte, so that the connection is never silent: a first head, a later head, a body.
    let dripping = async |before: String| {
        let begun = Instant::now();
        let stream = TcpStream::connect(address).await.expect("a connection");
        let (mut reading, mut writing) = stream.into_split();
        let drip = async move {
            writing.write_all(before.as_bytes()).await.ok();
            while writing.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        let drip = tokio::spawn(drip);
        let mut answer = Vec::new();
        timeout(BOUND, reading.read_to_end(&mut answer)).await.expect("the server hangs up in time").ok();
        drip.abort();
        (begun.elapsed(), String::from_utf8_lossy(&answer).into_owned())
    };
    let body = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n";
    let (first, later, body) = tokio::join!(
        dripping("GET /graphql HTTP/1.1\r\nx: ".to_owned()),
        dripping(format!("{one}GET /graphql HTTP/1.1\r\nx: ")),
        dripping(body.to_owned()),
    );
    assert!(first.0 < Duration::from_secs(12), "{:?}", first.0);
    assert!(later.0 < Duration::from_secs(12), "{:?}", later.0);
    assert_eq!(statuses(&later.1)[0], 200);
    assert!(body.0 < Duration::from_secs(30), "{:?}", body.0);
    assert_eq!(statuses(&body.1), [408]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_are_refused_before_they_go_off() {
    let (_world, address) = world().await;
    let typenames = |count: usize| (0..count).map(|number| format!("a{number}: __typename ")).collect::<String>();
    let spreads =
        (0..20).map(|at| format!("fragment F{at} on Query {{ ...F{} ...F{} }} ", at + 1, at + 1)).collect::<String>();
    let refused = [
        ("deep selections", format!("{}a{}", "{a".repeat(5_000), "}".repeat(5_000))),
        ("deep values", format!("{{ a(b: {}) }}", "[".repeat(100_000))),
        ("deep objects", format!("{{ a(b: {}) }}", "{c:".repeat(50_000))),
        ("aliases", format!("{{ {} }}", typenames(150))),
        ("root fields", format!("{{ {} }}", typenames(60))),
        ("directives", format!("{{ a {} }}", "@a ".repeat(1_000))),
        ("tokens", format!("{{ {} }}", "a ".repeat(60_000))),
        ("fragments that double", format!("{{ ...F0 }} {spreads} fragment F20 on Query {{ __typename }}")),
        ("a circle", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned()),
        ("operations", "query A{__typename} ".repeat(30)),
        (
            "variables",
            format!("query({}) {{ __typename }}", (0..300).map(|at| format!("$v{at}: Int ")).collect::<String>()),
        ),
        ("a long name", format!("{{ {} }}", "a".repeat(10_000))),
        ("a long number", format!("{{ a(b: {}) }}", "9".repeat(100_000))),
        ("an unended string", format!("{{ a(b: \"{}", "x".repeat(100_000))),
        ("an unended block", format!("{{ a(b: \"\"\"{}", "\"".repeat(100_000))),
        ("control characters", "{ a\u{0}\u{1} }".to_owned()),
        (
            "nested introspection",
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".to_owned(),
        ),
    ];
    for (what, text) in refused {
        let begun = Instant::now();
        let (status, body) = answer(address, &query(&text)).await;
        assert!([400, 422].contains(&status), "{what}: {status} {body:#}");
        assert!(!code(&body).is_empty() && body.get("data").is_none(), "{what}: {body:#}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{what}: {:?}", begun.elapsed());
    }
    for (what, body, expected) in [
        ("a batch", format!("[{}]", vec!["{\"query\":\"{__typename}\"}"; 1_000].join(",")), 422),
        (
            "huge variables",
            json!({ "query": "{ __typename }", "variables": { "a": vec![0; 50_000] } }).to_string(),
            422,
        ),
        (
            "deep variables",
            format!("{{\"query\":\"{{__typename}}\",\"variables\":{{\"a\":{}}}}}", "[".repeat(100_000)),
            400,
        ),
        ("a doubled name", "{\"query\":\"{__typename}\",\"query\":\"{a}\"}".to_owned(), 400),
        ("a lone surrogate", "{\"query\":\"\\ud800\"}".to_owned(), 400),
        ("a large number", "{\"query\":\"{__typename}\",\"variables\":{\"a\":1e999}}".to_owned(), 400),
    ] {
        assert_eq!(answer(address, &post(&body, "")).await.0, expected, "{what}");
    }
    let mut invalid = post("{\"query\":\"{ a(b: \\\"##\\\") }\"}", "").into_bytes();
    invalid.iter_mut().filter(|byte| **byte == b'#').for_each(|byte| *byte = 0xff);
    assert_eq!(statuses(&exchange(address, &invalid).await), [400]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_nobody_reads_is_given_up() {
    let (_world, address) = world().await;
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let one = query("{ __schema { types { name description } } }").replace("connection: close\r\n", "");
    // More than all buffers between us hold, and nobody reads: in the end nothing more is taken, and then we are cut off.
    let flood = async { while stream.write_all(one.as_bytes()).await.is_ok() {} };
    timeout(BOUND * 2, flood).await.expect("the server hangs up in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_introspection_no_error_tells_the_schema() {
    let mut world = World::on_sqlite().await;
    world.config.http.introspection = false;
    let endpoint = world.replica().await;
    let user = world.anonymous();
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Document\") { name } }",
        "{ documen { id } }",
        "{ document(slg: \"x\") { id } }",
        "{ document(slug: \"x\") { titl } }",
        "{ search(text: \"x\", firs: 1) { nodes { snippetText } } }",
    ] {
        let answer = user.ask_at(&endpoint, None, query, json!({})).await;
        assert!(
            answer.body["data"].is_null() || answer.body["data"]["__schema"].is_null(),
            "{query}: {:#}",
            answer.body
        );
        let text = answer.body.to_string();
        assert!(!text.contains("Did you mean"), "{text}");
    }
    let name = user.ask_at(&endpoint, None, "{ __typename }", json!({})).await.data();
    assert_eq!(name["__typename"], "Query");
}

/// Requests that nobody would write: pieces of good ones, put together at random.
fn requests() -> impl Strategy<Value = Vec<u8>> {
    let methods = prop::sample::select(vec!["GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "get", "\u{0}", ""]);
    let targets = prop::sample::select(vec![
        "/graphql",
        "/graphql?query=%7B__typename%7D",
        "/graphql?query=%FF&variables=%7B",
        "/",
        "*",
        "//",
        "/graphiql/%2e%2e",
        "http://b/graphql",
        "/health/ready",
        "/graphql?documentId=sha256:00",
        "/\u{e9}",
        "/graphql?query={a}&query={b}",
    ]);
    let headers = prop::sample::select(vec![
        "content-type: application/json",
        "content-type: text/plain",
        "accept: text/event-stream",
        "accept: ;q=,,*",
        "authorization: Bearer x",
        "authorization: Basic",
        "idempotency-key: \"k\"",
        "content-encoding: gzip",
        "transfer-encoding: chunked",
        "content-length: 5",
        "content-length: -1",
        "expect: 100-continue",
        "upgrade: websocket",
        "connection: upgrade",
        "origin: null",
        "x-forwarded-for: 1",
        "host: b",
        "accept: application/json;q=0.0001",
        "sec-websocket-version: 13",
        "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
        "range: bytes=0-1",
        "te: trailers",
    ]);
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "\"query\":",
        "\"{__typename}\"",
        ",",
        "[",
        "]",
        "\"variables\":",
        "null",
        "{}",
        "\"operationName\":",
        "\"mutation{a}\"",
        "\"extensions\":{\"persistedQuery\":1}",
        "1e9",
        "\\u0000",
        "\"\\ud800\"",
        "5\r\n",
        "0\r\n\r\n",
        "\u{7f}",
    ]);
    let body = prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat());
    (methods, targets, prop::collection::vec(headers, 0..6), body, any::<bool>()).prop_map(
        |(method, target, headers, body, is_measured)| {
            let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
            let length = if is_measured { format!("content-length: {}\r\n", body.len()) } else { String::new() };
            format!("{method} {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}{length}\r\n{body}")
                .into_bytes()
        },
    )
}

/// Sends a request; if nothing comes back in a while, so that more of it seems to be waited for, says that nothing comes.
async fn poked(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request).await.expect("it is taken");
    if timeout(Duration::from_secs(1), stream.readable()).await.is_err() {
        stream.shutdown().await.ok();
    }
    read_to_end(stream).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_sent_is_answered_in_time_and_never_with_a_5xx() {
    let (_world, address) = world().await;
    let mut runner = TestRunner::deterministic();
    let strategy = requests();
    let requests: Vec<_> = (0..400).map(|_| strategy.new_tree(&mut runner).expect("a request").current()).collect();
    let sent = requests.iter().map(|request| async move { (request, poked(address, request).await) });
    let answers: Vec<_> = futures_util::stream::iter(sent).buffer_unordered(8).collect().await;
    for (request, text) in answers {
        for status in statuses(&text) {
            assert!(status < 500, "{status} to {:?}\n{text}", String::from_utf8_lossy(request));
        }
        assert!(!text.contains("\"INTERNAL\""), "{text}");
    }
    assert_eq!(answer(address, &query("{ __typename }")).await.0, 200, "it still serves");
}
