//! Listening over a real WebSocket: what is heard, what it says, and that it ends with what one may see (A2, A5).

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    acts::stage::{ADVICE, Stage},
    harness::{
        on_both_databases,
        world::{User, World},
    },
};

/// Longer than anything here takes, shorter than a person waits.
const SOON: Duration = Duration::from_secs(20);
const REVIEW: &str = "subscription($id: ID!) { reviewChanged(reviewId: $id) {
    positions { totalCount } draft { section(key: \"rota\") { body } } outcome } }";

/// One listener with one subscription.
pub(crate) struct Listener(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Listener {
    /// Connects and subscribes. Comes back when the subscription listens.
    pub(crate) async fn new(address: SocketAddr, user: &User<'_>, query: &str, variables: Value) -> Self {
        let mut listener = Self::connect(address, user).await;
        listener.subscribe(query, variables).await;
        listener.listens().await;
        listener
    }

    /// Comes back when the subscription listens.
    async fn listens(&mut self) {
        // Operations begin in order, and this one asks the database.
        let probe = json!({ "query": "{ documents { totalCount } }" });
        self.send(json!({ "type": "subscribe", "id": "probe", "payload": probe })).await;
        assert_eq!(self.next().await["id"], "probe");
        assert_eq!(self.next().await, json!({ "type": "complete", "id": "probe" }));
    }

    /// Connects, and says who it is.
    pub(crate) async fn connect(address: SocketAddr, user: &User<'_>) -> Self {
        Self::connect_as(address, user.authorization()).await
    }

    /// The same for a service that runs by itself. Comes back when the subscription listens.
    pub(crate) async fn at_service(address: SocketAddr, token: &str, query: &str, variables: Value) -> Self {
        let mut listener = Self::connect_as(address, Some(format!("Bearer {token}"))).await;
        listener.subscribe(query, variables).await;
        listener.listens().await;
        listener
    }

    async fn connect_as(address: SocketAddr, authorization: Option<String>) -> Self {
        let mut request = format!("ws://{address}/graphql").into_client_request().expect("a request");
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
        let (stream, _) = connect_async(request).await.expect("a socket");
        let mut listener = Self(stream);
        let payload = authorization.map_or(json!({}), |authorization| json!({ "Authorization": authorization }));
        listener.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(listener.next().await, json!({ "type": "connection_ack" }));
        listener
    }

    pub(crate) async fn subscribe(&mut self, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": "news", "payload": payload })).await;
    }

    /// Sends a message.
    pub(crate) async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("an open socket");
    }

    /// The next message that is not about the connection itself.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            match timeout(SOON, self.0.next()).await.expect("an answer in time") {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).expect("a message");
                    if message["type"] != "ping" {
                        return message;
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("the socket is gone: {other:?}"),
            }
        }
    }

    /// What is heard next.
    pub(crate) async fn hears(&mut self, field: &str) -> Value {
        let message = self.next().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!("news")), "{message:#}");
        assert!(message["payload"].get("errors").is_none(), "{message:#}");
        message["payload"]["data"][field].clone()
    }

    /// There is no more to hear.
    pub(crate) async fn hears_the_end(&mut self) {
        assert_eq!(self.next().await, json!({ "type": "complete", "id": "news" }));
    }

    /// The code with which the socket was closed, whatever was said before.
    pub(crate) async fn is_closed_with(&mut self) -> u16 {
        loop {
            match timeout(SOON, self.0.next()).await.expect("an answer in time") {
                Some(Ok(Message::Close(frame))) => return frame.expect("a reason").code.into(),
                Some(Ok(_)) => {}
                other => panic!("the socket is gone: {other:?}"),
            }
        }
    }

    /// The code of a refusal, after which there is no more to hear.
    pub(crate) async fn is_refused(&mut self) -> Value {
        let message = self.next().await;
        assert!(message["payload"]["data"].is_null(), "{message:#}");
        let errors = if message["type"] == "error" { &message["payload"] } else { &message["payload"]["errors"] };
        errors[0]["extensions"]["code"].clone()
    }
}

fn public(slug: &str) -> String {
    ADVICE.replace("slug: acts", &format!("slug: {slug}")).replace("audience: PARTNERS", "audience: PUBLIC")
}

/// Withdraws the edition in force of a document, which is news of it.
async fn withdraw(stage: &Stage<'_>, slug: &str) {
    let query = "query($slug: String!) { document(slug: $slug) { edition { id } } }";
    let data = stage.chair.ask(query, json!({ "slug": slug })).await.data();
    let input = json!({ "editionId": data["document"]["edition"]["id"], "explanation": "It was wrong." });
    stage.chair.run("withdrawEdition", input, "edition { id }").await.done();
}

on_both_databases! {
    async fn a_review_is_heard_to_change_with_each_act_as_it_then_stands(world: World) {
        let stage = Stage::in_review(&world).await;
        let address = world.listen().await;
        let mut listener = Listener::new(address, &stage.adviser, REVIEW, json!({ "id": stage.review })).await;
        let stands = |positions: u64, body: &str, outcome: Value| json!({ "positions": { "totalCount": positions },
            "draft": { "section": { "body": body } }, "outcome": outcome });
        let before = "A nurse is there every day.";
        stage.sign(&stage.nurse, "rota").await;
        assert_eq!(listener.hears("reviewChanged").await, stands(1, before, Value::Null));
        stage.revise(&stage.editor, "rota", "New.").await;
        assert_eq!(listener.hears("reviewChanged").await, stands(1, "New.", Value::Null));
        let refused = stage.surgeon.run("signOff", stage.at("rota").await, "position { id }").await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        let dates = json!({ "reviewId": stage.review, "publicationOn": "2020-01-01", "reason": "Later." });
        stage.chair.run("moveReview", dates, "review { id }").await.done();
        assert_eq!(listener.hears("reviewChanged").await, stands(1, "New.", Value::Null), "a refusal is no news");
        let cancel = json!({ "reviewId": stage.review, "reason": "Enough." });
        stage.chair.run("cancelReview", cancel, "review { id }").await.done();
        assert_eq!(listener.hears("reviewChanged").await, stands(1, "New.", json!("CANCELLED")));
    }

    async fn a2_who_may_not_read_a_section_does_not_hear_when_it_changes(world: World) {
        let stage = Stage::in_review(&world).await;
        let person = json!({ "person": { "subject": "reader", "name": "Reader" } });
        let input = json!({ "documentId": stage.document, "role": "READER", "to": person });
        stage.secretariat.run("grantRole", input, "grantId").await.done();
        let input = json!({ "documentId": stage.document, "heading": "Hidden", "audience": "GROUP", "key": "hidden",
            "requirements": [{ "discipline": "NURSING" }], "body": "Before." });
        stage.editor.run("createSection", input, "section { id }").await.done();
        let address = world.listen().await;
        let query = "subscription($id: ID!) { reviewChanged(reviewId: $id) { outcome positions { nodes { act } } } }";
        let id = json!({ "id": stage.review });
        let mut reader = Listener::new(address, &world.user("reader"), query, id.clone()).await;
        let mut adviser = Listener::new(address, &stage.adviser, query, id).await;

        stage.revise(&stage.editor, "hidden", "After.").await;
        stage.sign(&stage.nurse, "hidden").await;
        stage.patient.run("signOff", stage.whole().await, "position { id }").await.done();
        stage.editor.run("removeSection", stage.named("hidden").await, "document { id }").await.done();
        for _ in 0..4 {
            adviser.hears("reviewChanged").await;
        }
        // What is heard first is what was done after all of these: it shows both signatures that are for the reader.
        stage.sign(&stage.surgeon, "operation").await;
        let approvals = json!([{ "act": "APPROVE" }, { "act": "APPROVE" }]);
        assert_eq!(reader.hears("reviewChanged").await["positions"]["nodes"], approvals);
        let input = json!({ "reviewId": stage.review, "reason": "Enough." });
        stage.chair.run("cancelReview", input, "review { id }").await.done();
        assert_eq!(reader.hears("reviewChanged").await["outcome"], "CANCELLED");
    }

    async fn an_edition_is_heard_to_enter_and_to_leave_force(world: World) {
        let stage = Stage::in_review(&world).await;
        let address = world.listen().await;
        let query = "subscription($id: ID) { documentPublished(documentId: $id) { slug edition { number } } }";
        let mut only = Listener::new(address, &stage.nurse, query, json!({ "id": stage.document })).await;
        let mut all = Listener::new(address, &stage.nurse, query, json!({})).await;
        stage.revise(&stage.editor, "records", "New.").await;
        stage.sign_all().await;
        stage.note().await;
        stage.publish().await;
        for listener in [&mut only, &mut all] {
            assert_eq!(listener.hears("documentPublished").await, json!({ "slug": "acts", "edition": { "number": "2.0" } }));
        }
        withdraw(&stage, "acts").await;
        for listener in [&mut only, &mut all] {
            assert_eq!(listener.hears("documentPublished").await, json!({ "slug": "acts", "edition": null }));
        }
    }

    async fn a2_who_may_not_read_a_document_does_not_hear_of_it(world: World) {
        let stage = Stage::in_review(&world).await;
        let group = world.group_id(&stage.chair).await;
        let address = world.listen().await;
        let query = "subscription { documentPublished { slug } }";
        let mut stranger = Listener::new(address, &world.anonymous(), query, json!({})).await;
        withdraw(&stage, "acts").await;
        let input = json!({ "groupId": group, "manuscript": public("public") });
        stage.chair.run("importDocument", input, "document { id }").await.done();
        withdraw(&stage, "public").await;
        let heard = stranger.hears("documentPublished").await;
        assert_eq!(heard, json!({ "slug": "public" }), "news comes in order, and that of the partners' document came first");
    }

    async fn a5_who_has_no_seat_or_role_any_more_hears_no_more(world: World) {
        let stage = Stage::in_review(&world).await;
        let address = world.listen().await;
        let id = json!({ "id": stage.review });
        let mut seated = Listener::new(address, &stage.second_nurse, REVIEW, id.clone()).await;
        let mut granted = Listener::new(address, &stage.editor, REVIEW, id).await;
        stage.sign(&stage.nurse, "rota").await;
        for listener in [&mut seated, &mut granted] {
            assert_eq!(listener.hears("reviewChanged").await["positions"]["totalCount"], 1);
        }
        let input = json!({ "seatId": stage.seat("second-nurse").await });
        stage.secretariat.run("endSeat", input, "seat { id }").await.done();
        stage.secretariat.run("revokeRole", json!({ "grantId": stage.editor_grant }), "document { id }").await.done();
        stage.sign(&stage.surgeon, "operation").await;
        seated.hears_the_end().await;
        granted.hears_the_end().await;
    }

    async fn a2_nobody_listens_to_what_they_may_not_read(world: World) {
        let stage = Stage::in_review(&world).await;
        let address = world.listen().await;
        world.seated("observer", consilium::domain::role::Office::Observer, None).await;
        let document = "subscription($id: ID) { documentPublished(documentId: $id) { slug } }";
        for (query, id) in [(REVIEW, &stage.review), (REVIEW, &stage.document), (REVIEW, &json!("nonsense")), (document, &stage.document)] {
            for user in [world.anonymous(), world.user("nobody")] {
                let mut listener = Listener::connect(address, &user).await;
                listener.subscribe(query, json!({ "id": id })).await;
                assert_eq!(listener.is_refused().await, "NOT_FOUND");
            }
        }
        let mut observer = Listener::connect(address, &world.user("observer")).await;
        observer.subscribe(REVIEW, json!({ "id": stage.review })).await;
        assert_eq!(observer.is_refused().await, "NOT_FOUND");
    }
}
