//! What only a real connection shows: sockets, slow clients, and the end of the server.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::*;

/// Longer than anything here takes, shorter than a person waits.
const SOON: Duration = Duration::from_secs(20);

struct Running {
    service: Service,
    address: std::net::SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
}

async fn start(service: Service) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(run(listener, service.door.clone()));
    Running { service, address, server }
}

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Running {
    async fn connect_with(&self, headers: &[(&'static str, &str)]) -> Result<Client, u16> {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Client(stream)),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    async fn connect(&self) -> Client {
        self.connect_with(&[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    /// A socket on which operations may begin.
    async fn open(&self, payload: Value) -> Client {
        let mut client = self.connect().await;
        client.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(client.next().await, json!({ "type": "connection_ack" }));
        client
    }
}

impl Client {
    async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    async fn next(&mut self) -> Value {
        match timeout(SOON, self.0.next()).await.unwrap().unwrap().unwrap() {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// The code the socket is closed with, after anything else that is still on its way.
    async fn closed(&mut self) -> u16 {
        loop {
            match timeout(SOON, self.0.next()).await.unwrap() {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_socket_carries_subscriptions_queries_and_refusals() {
    let running = start(Service::new()).await;
    let mut client = running.open(json!({ "Authorization": "Bearer ada" })).await;
    client.subscribe("s", "subscription { count(to: 2) }").await;
    for count in 1..=2 {
        assert_eq!(
            client.next().await,
            json!({ "type": "next", "id": "s", "payload": { "data": { "count": count } } })
        );
    }
    assert_eq!(client.next().await, json!({ "type": "complete", "id": "s" }));
    client.subscribe("q", "{ caller }").await;
    assert_eq!(client.next().await["payload"], json!({ "data": { "caller": "ada" } }));
    assert_eq!(client.next().await["type"], "complete");
    for (query, code) in [
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { count(to: \"x\") }", "BAD_USER_INPUT"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ panic }", "INTERNAL"),
    ] {
        client.subscribe("e", query).await;
        let error = client.next().await;
        assert_eq!(
            (error["type"].as_str(), error["payload"][0]["extensions"]["code"].as_str()),
            (Some("error"), Some(code))
        );
    }
    client.subscribe("m", "mutation { change }").await;
    assert_eq!(client.next().await["payload"]["data"]["change"], true);
}

#[tokio::test]
async fn breaches_close_a_real_socket_with_their_codes() {
    let running = start(Service::new()).await;
    let mut client = running.connect().await;
    client.subscribe("a", "{ echo }").await;
    assert_eq!(client.closed().await, 4401);

    let mut client = running.open(json!({})).await;
    client.send(json!({ "type": "connection_init" })).await;
    assert_eq!(client.closed().await, 4429);

    let mut client = running.open(json!({})).await;
    client.subscribe("a", "subscription { silence }").await;
    client.subscribe("a", "subscription { silence }").await;
    assert_eq!(client.closed().await, 4409);

    let mut client = running.connect().await;
    client.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(client.closed().await, 4400);

    let mut client = running.connect().await;
    client.send(json!({ "type": "connection_init", "payload": { "authorization": "Bearer nobody" } })).await;
    assert_eq!(client.closed().await, 4403);

    let mut client = running.connect().await;
    client.0.send(Message::text("x".repeat(65 * 1024))).await.unwrap();
    assert_eq!(client.closed().await, 1009);

    let mut client = running.connect_with(&[]).await.unwrap();
    assert_eq!(client.closed().await, 4406);
}

#[tokio::test]
async fn a_silent_client_is_closed_with_4408() {
    let mut service = Service::new();
    service.door.patience.init = Duration::from_millis(50);
    let running = start(service).await;
    let mut client = running.connect().await;
    assert_eq!(client.closed().await, 4408);
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let running = start(Service::new()).await;
    let mut client = running.open(json!({ "Authorization": "Bearer brief" })).await;
    client.subscribe("s", "subscription { silence }").await;
    assert_eq!(client.closed().await, 4403);

    let mut client = running.open(json!({ "Authorization": "Bearer revoked" })).await;
    running.service.grace.store(false, Ordering::SeqCst);
    client.subscribe("q", "{ caller }").await;
    assert_eq!(client.closed().await, 4403);
}

#[tokio::test]
async fn a_token_may_come_with_the_upgrade() {
    let running = start(Service::new()).await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let mut client = running.connect_with(&[protocol, ("authorization", "Bearer ada")]).await.unwrap();
    client.send(json!({ "type": "connection_init" })).await;
    assert_eq!(client.next().await["type"], "connection_ack");
    client.subscribe("q", "{ caller }").await;
    assert_eq!(client.next().await["payload"]["data"]["caller"], "ada");
    assert_eq!(running.connect_with(&[protocol, ("authorization", "Basic x")]).await.err(), Some(401));
}

#[tokio::test]
async fn pages_of_other_origins_open_no_socket() {
    let running = start(Service::new()).await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    assert_eq!(running.connect_with(&[protocol, ("origin", "https://evil.example")]).await.err(), Some(403));
    let own = format!("http://{}", running.address);
    assert!(running.connect_with(&[protocol, ("origin", &own)]).await.is_ok());
}

#[tokio::test]
async fn a_stopping_service_says_goodbye_and_finishes_its_mutations() {
    let running = start(Service::new()).await;
    let mut client = running.open(json!({})).await;
    client.subscribe("s", "subscription { silence }").await;
    client.subscribe("m", "mutation { change(milliseconds: 600) }").await;
    client.subscribe("q", "{ echo }").await;
    // Operations begin in order, so the mutation has begun when the query is answered.
    assert_eq!(client.next().await["id"], "q");
    running.service.shutdown.cancel();
    // At once, and not because pings stay unanswered.
    let code = timeout(Duration::from_secs(10), client.closed()).await.expect("a goodbye");
    assert_eq!(code, 1001);
    drop(client);
    timeout(SOON, running.server).await.unwrap().unwrap().unwrap();
    assert!(running.service.has_changed());
    assert!(TcpStream::connect(running.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_head_that_does_not_arrive_is_not_waited_for() {
    let running = start(Service::new()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"POST /graphql HTTP/1.1\r\nhost: a\r\n").await.unwrap();
    let mut rest = Vec::new();
    timeout(SOON, stream.read_to_end(&mut rest)).await.expect("the server hangs up").ok();
}

#[tokio::test]
async fn a_plain_request_works_over_a_real_connection() {
    let running = start(Service::new()).await;
    let url = format!("http://{}/graphql", running.address);
    let client = reqwest::Client::new();
    let reply = client.post(&url).json(&json!({ "query": "{ echo }" })).send().await.unwrap();
    assert_eq!(reply.json::<Value>().await.unwrap(), json!({ "data": { "echo": "None None" } }));
    let large = reqwest::Body::from(format!("{{\"query\":\"{{echo}}#{}\"}}", "x".repeat(300_000)));
    let reply = client.post(&url).header("content-type", "application/json").body(large).send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 413);
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let long = format!("GET /graphql?query=%23{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(66_000));
    stream.write_all(long.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 414");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_given_up() {
    let mut service = Service::new();
    service.door.patience.queue = Duration::from_millis(50);
    let running = start(service).await;
    let mut client = running.open(json!({})).await;
    // More than all buffers between us hold, and nobody reads.
    // Each message repeats the id, so a long one fills them sooner.
    client.subscribe(&"flood".repeat(25), "subscription { count(to: 2000000000) }").await;
    running.service.door.sockets.close();
    timeout(SOON, running.service.door.sockets.wait()).await.expect("the socket ends");
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_its_socket_at_the_next_ping() {
    let mut service = Service::new();
    service.door.patience.ping = Duration::from_millis(50);
    let running = start(service).await;
    let mut client = running.open(json!({ "Authorization": "Bearer revoked" })).await;
    client.subscribe("s", "subscription { silence }").await;
    assert_eq!(client.next().await, json!({ "type": "ping" }));
    client.send(json!({ "type": "pong" })).await;
    running.service.grace.store(false, Ordering::SeqCst);
    assert_eq!(client.closed().await, 4403);
}

#[tokio::test]
async fn a_role_that_is_removed_ends_the_socket_at_the_next_ping() {
    let mut service = Service::new();
    service.door.patience.ping = Duration::from_millis(50);
    let running = start(service).await;
    let mut client = running.open(json!({ "Authorization": "Bearer demoted" })).await;
    assert_eq!(client.next().await, json!({ "type": "ping" }));
    running.service.grace.store(false, Ordering::SeqCst);
    assert_eq!(client.closed().await, 4403);
}
