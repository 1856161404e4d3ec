//! Everybody listens to everything that they are told of, while it changes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    operations::{Call, Start, Writer},
    scene::Scene,
    walker::Walker,
};
use crate::{harness::world::User, listening::Listener};

/// An operation that ends by itself.
const PROBE: &str = "probe";

/// A review and a document of each kind, of which there will be news.
pub(super) struct Changing {
    reviews: Vec<Value>,
    documents: Vec<Value>,
    editions: Vec<Value>,
}

impl Changing {
    pub(super) async fn in_scene(scene: &Scene<'_>) -> Self {
        let mut changing = Self { reviews: vec![], documents: vec![], editions: vec![] };
        for slug in ["open", "partners", "spare"] {
            changing.reviews.push(scene.find(&scene.chair, slug, "review { id }").await["review"]["id"].clone());
        }
        // The one for everybody comes last: whoever hears of it has heard whatever came before.
        for slug in ["spare", "partners", "open"] {
            let found = scene.find(&scene.chair, slug, "id edition { id }").await;
            changing.documents.push(found["id"].clone());
            changing.editions.push(found["edition"]["id"].clone());
        }
        changing
    }

    /// Makes news of each.
    pub(super) async fn change(&self, scene: &Scene<'_>) {
        for review in &self.reviews {
            let input = json!({ "reviewId": review, "publicationOn": "2035-01-01", "reason": "Later." });
            scene.chair.run("moveReview", input, "review { id }").await.done();
        }
        for edition in &self.editions {
            let input = json!({ "editionId": edition, "explanation": "It was wrong." });
            scene.chair.run("withdrawEdition", input, "edition { id }").await.done();
        }
    }

    /// Listens as somebody, to everything that can be listened to.
    pub(super) async fn listener(&self, walker: &Walker, address: std::net::SocketAddr, user: &User<'_>) -> Listening {
        let writer = Writer { schema: &walker.schema, known: &walker.known };
        let mut socket = Listener::connect(address, user).await;
        let mut open = BTreeSet::new();
        for field in walker.schema.fields("Subscription") {
            let ids = match field.name.as_str() {
                "reviewChanged" => self.reviews.iter().map(|id| vec![format!("reviewId: {id}")]).collect(),
                "documentPublished" => {
                    let each = self.documents.iter().map(|id| vec![format!("documentId: {id}")]);
                    each.chain([vec![]]).collect::<Vec<_>>()
                }
                new => panic!("{new} is new: say here what to listen to"),
            };
            for arguments in ids {
                let id = format!("{}{}", field.name, open.len());
                let query = writer.document(&Start::Root("subscription"), &[Call::of(field, arguments)], 0);
                let payload = json!({ "query": query });
                socket.send(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
                open.insert(id);
            }
        }
        // Operations begin in order, and this one asks the database.
        let probe = json!({ "query": "{ documents { totalCount } }" });
        socket.send(json!({ "type": "subscribe", "id": PROBE, "payload": probe })).await;
        let mut heard = vec![];
        loop {
            let message = socket.next().await;
            if message["id"] == PROBE && message["type"] == "complete" {
                return Listening { socket, open, heard };
            }
            heard.push(message);
        }
    }
}

/// Somebody who listens.
pub(super) struct Listening {
    socket: Listener,
    /// Subscriptions of which nothing was heard yet.
    open: BTreeSet<String>,
    /// What came before there was news.
    heard: Vec<Value>,
}

impl Listening {
    /// Takes in whatever comes, until each subscription was refused or has told something, and the one that tells of
    /// every document has told of the last.
    pub(super) async fn hear(mut self, walker: &mut Walker, who: &'static str) {
        let mut is_last_heard = false;
        let mut heard = self.heard.into_iter();
        while !self.open.is_empty() || !is_last_heard {
            let message = match heard.next() {
                Some(message) => message,
                None => self.socket.next().await,
            };
            walker.hear(who, &message.to_string());
            self.open.remove(message["id"].as_str().unwrap_or_default());
            is_last_heard |= message.to_string().contains("\"slug\":\"open\"");
        }
    }
}
