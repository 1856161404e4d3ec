//! Answers by server-sent events, over a real connection.

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::timeout};

use super::*;

/// Longer than anything here takes, shorter than a person waits.
const SOON: Duration = Duration::from_secs(20);

/// One stream, read as it comes.
struct Stream {
    status: u16,
    headers: reqwest::header::HeaderMap,
    response: futures_util::stream::BoxStream<'static, Vec<u8>>,
    text: String,
}

async fn listen(service: &Service) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(run(listener, service.door.clone()));
    format!("http://{address}/graphql")
}

async fn ask(url: &str, query: &str, accept: &str, token: Option<&str>) -> Stream {
    let mut request = reqwest::Client::new().post(url).header("accept", accept).json(&json!({ "query": query }));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Stream::of(request.send().await.unwrap())
}

impl Stream {
    fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let chunks = futures_util::stream::unfold(response, |mut response| async move {
            let chunk = response.chunk().await.ok().flatten()?;
            Some((chunk.to_vec(), response))
        });
        Self { status, headers, response: chunks.boxed(), text: String::new() }
    }

    /// The next event or comment; `None` at the end.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                self.text = rest.to_owned();
                return Some(event);
            }
            let chunk = timeout(SOON, self.response.next()).await.expect("in time")?;
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }

    /// The next event of name `next`.
    async fn answer(&mut self) -> Value {
        let event = self.next().await.expect("an event");
        serde_json::from_str(event.strip_prefix("event: next\ndata: ").unwrap_or_else(|| panic!("{event}"))).unwrap()
    }

    async fn completes(&mut self) {
        assert_eq!(self.next().await.as_deref(), Some("event: complete\ndata: "));
        assert_eq!(self.next().await, None);
    }
}

#[tokio::test]
async fn a_subscription_is_a_stream_of_events_that_ends_with_complete() {
    let service = Service::new();
    let url = listen(&service).await;
    let mut stream = ask(&url, "subscription { count(to: 2) }", "text/event-stream", None).await;
    assert_eq!(
        (stream.status, &stream.headers["content-type"]),
        (200, &"text/event-stream; charset=utf-8".parse().unwrap())
    );
    assert!(stream.headers["cache-control"].to_str().unwrap().contains("no-cache"));
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    for count in 1..=2 {
        assert_eq!(stream.answer().await, json!({ "data": { "count": count } }));
    }
    stream.completes().await;
}

#[tokio::test]
async fn what_is_wrong_with_the_document_is_an_event_with_status_200() {
    let service = Service::new();
    let url = listen(&service).await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { count(to: \"x\") }", "BAD_USER_INPUT"),
    ] {
        let mut stream = ask(&url, query, "text/event-stream", None).await;
        assert_eq!(stream.status, 200, "{query}");
        let answer = stream.answer().await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}");
        assert!(answer.get("data").is_none());
        stream.completes().await;
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_refused_before_there_is_a_stream() {
    let service = Service::new();
    let url = listen(&service).await;
    let stream = ask(&url, "{ echo }", "text/event-stream", Some("nobody")).await;
    assert_eq!(
        (stream.status, stream.headers["content-type"].to_str().unwrap()),
        (401, "application/json; charset=utf-8")
    );
    let client = reqwest::Client::new();
    let get = client.get(format!("{url}?query=mutation%7Bchange%7D")).header("accept", "text/event-stream");
    assert_eq!(get.send().await.unwrap().status().as_u16(), 405);
    let malformed = client.post(&url).header("accept", "text/event-stream").header("content-type", "application/json");
    assert_eq!(malformed.body("{").send().await.unwrap().status().as_u16(), 400);
    assert!(!service.has_changed());
}

#[tokio::test]
async fn queries_and_mutations_may_be_asked_by_events_and_subscriptions_only_so() {
    let service = Service::new();
    let url = listen(&service).await;
    let mut stream = ask(&url, "{ caller }", "text/event-stream", Some("ada")).await;
    assert_eq!(stream.answer().await, json!({ "data": { "caller": "ada" } }));
    stream.completes().await;
    let mut stream = ask(&url, "mutation { change }", "text/event-stream", None).await;
    assert_eq!(stream.answer().await, json!({ "data": { "change": true } }));
    let refused = ask(&url, "subscription { count(to: 1) }", "application/json", None).await;
    assert_eq!(refused.status, 422);
    let either = ask(&url, "{ echo }", "application/json, text/event-stream", None).await;
    assert_eq!(either.headers["content-type"], "application/json; charset=utf-8");
    let mut either = ask(&url, "subscription { count(to: 1) }", "application/json, text/event-stream", None).await;
    assert_eq!(either.answer().await, json!({ "data": { "count": 1 } }));
    let by_get = reqwest::Client::new().get(format!("{url}?query=subscription%7Bcount(to:1)%7D"));
    let mut by_get = Stream::of(by_get.header("accept", "text/event-stream").send().await.unwrap());
    assert_eq!(by_get.answer().await, json!({ "data": { "count": 1 } }));
}

#[tokio::test]
async fn a_silent_stream_shows_that_it_lives_and_ends_with_its_token() {
    let mut service = Service::new();
    service.door.patience.ping = Duration::from_millis(50);
    let url = listen(&service).await;
    let mut stream = ask(&url, "subscription { silence }", "text/event-stream", Some("revoked")).await;
    assert_eq!(stream.next().await.as_deref(), Some(":"));
    service.grace.store(false, Ordering::SeqCst);
    while let Some(event) = stream.next().await {
        assert_eq!(event, ":");
    }
    let mut stream = ask(&url, "subscription { silence }", "text/event-stream", Some("brief")).await;
    while let Some(event) = stream.next().await {
        assert_eq!(event, ":");
    }
}

#[tokio::test]
async fn streams_are_bounded_in_number_and_end_with_the_service() {
    let service = Service::new();
    let url = listen(&service).await;
    let all = service.door.streams.acquire_many(u32::try_from(STREAMS_MAX).unwrap()).await.unwrap();
    let refused = ask(&url, "subscription { silence }", "text/event-stream", None).await;
    assert_eq!((refused.status, &refused.headers["retry-after"]), (503, &"1".parse().unwrap()));
    drop(all);
    let mut stream = ask(&url, "subscription { silence }", "text/event-stream", None).await;
    assert_eq!(stream.status, 200);
    service.shutdown.cancel();
    assert_eq!(stream.next().await, None);
}
