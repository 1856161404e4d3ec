//! Three replicas on one PostgreSQL with a streaming standby: reads come from the standby, everybody sees what they did
//! themselves wherever they ask, news is everywhere within a second, and a standby that fails is nobody's error.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::{
    harness::{
        postgres::{Database, Durability, Server, connect},
        service::Service,
        standby::Standby,
    },
    listening::Listener,
};

const ADVICE: &str = "---
title: Advice that is read everywhere
slug: everywhere
review_due: 2099-05
---

# Nursing {#nursing disciplines=\"NURSING\"}

Everybody has a named nurse.
";
/// How soon a publication is served by every replica.
const NEWS_WITHIN: Duration = Duration::from_secs(1);

/// A primary, a standby of it, and three replicas that read from the standby.
struct Replicas {
    replicas: Vec<Service>,
    standby: Standby,
    behind: DatabaseConnection,
    key: tempfile::TempDir,
    database: Database,
}

impl Replicas {
    async fn start() -> Self {
        let server: &'static Server = Box::leak(Box::new(Server::start(Durability::Fast)));
        let database = server.empty().await;
        let standby = Standby::of(server);
        let key = tempfile::tempdir().expect("a directory");
        let url = standby.url_of(database.name());
        let settings = [
            ("CONSILIUM_DATABASE__READ_URL", url.clone()),
            ("CONSILIUM_DATABASE__CONNECTIONS", "4".to_owned()),
            ("CONSILIUM_AUTH__KEY_FILE", key.path().join("key").display().to_string()),
            ("CONSILIUM_SCHEDULER__ENABLED", "false".to_owned()),
        ];
        let mut replicas: Vec<Service> = (0..3).map(|_| Service::replica(database.url(), &settings)).collect();
        replicas.iter_mut().for_each(|replica| replica.start(&[]));
        Self { replicas, behind: connect(&url).await, standby, key, database }
    }

    /// Lets the standby fall behind, or catch up.
    async fn replay(&self, goes_on: bool) {
        let act = if goes_on { "resume" } else { "pause" };
        self.behind.execute_unprepared(&format!("SELECT pg_wal_replay_{act}()")).await.expect("the standby listens");
    }

    /// How many connections of replicas the standby has that read a document last.
    async fn readers_of_standby(&self) -> i64 {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'consilium' AND query LIKE '%shelf%'";
        let statement = Statement::from_string(self.behind.get_database_backend(), sql);
        let row = self.behind.query_one_raw(statement).await.expect("activity can be seen").expect("a count");
        row.try_get_by_index(0).expect("a number")
    }

    /// The number of the edition in force, as one replica tells anybody.
    async fn edition(&self, replica: usize, token: &str, slug: &str) -> Value {
        let query = "query($slug: String!) { document(slug: $slug) { edition { number } } }";
        let answer = self.replicas[replica].ask(token, query, json!({ "slug": slug })).await;
        assert!(answer["errors"].is_null(), "{answer:#}");
        answer["data"]["document"]["edition"]["number"].clone()
    }

    /// Waits until every replica tells this of a document, not longer than news may take.
    async fn everywhere(&self, token: &str, slug: &str, expected: &Value) {
        let began = Instant::now();
        for replica in 0..self.replicas.len() {
            while self.edition(replica, token, slug).await != *expected {
                assert!(began.elapsed() < NEWS_WITHIN, "replica {replica} does not tell of {expected}");
                tokio::task::yield_now().await;
            }
        }
    }

    /// Runs a mutation on one replica that must succeed.
    async fn run(&self, replica: usize, token: &str, name: &str, input: Value, selection: &str) -> Value {
        let kind = format!("{}{}Input!", name[..1].to_uppercase(), &name[1..]);
        let query =
            format!("mutation($input: {kind}) {{ {name}(input: $input) {{ {selection} userErrors {{ message }} }} }}");
        let answer = self.replicas[replica].ask(token, &query, json!({ "input": input })).await;
        assert_eq!(answer["data"][name]["userErrors"], json!([]), "{answer:#}");
        answer["data"][name].clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_read_from_a_standby_and_tell_everybody_what_they_must_see() {
    let mut all = Replicas::start().await;
    let token = |subject: &str, seat: &str| all.replicas[0].token(subject, seat);
    let (chair, nurse) = (token("chair", "chair@replicas"), token("nurse", "member:nursing@replicas"));

    // A publication is served everywhere, though the standby stands still.
    let group = all.replicas[0].ask(&chair, "{ group(slug: \"replicas\") { id } }", json!({})).await;
    let group = &group["data"]["group"]["id"];
    all.replay(false).await;
    let published = ADVICE.replace("slug: everywhere", "slug: published\nissued: 2017-08\naudience: PUBLIC");
    let input = json!({ "groupId": group, "manuscript": published });
    let imported = all.run(0, &chair, "importDocument", input, "document { edition { id } }").await;
    all.everywhere(&nurse, "published", &json!("1.0")).await;
    all.replay(true).await;

    // What somebody does on one replica they see on all of them, however far behind the standby is.
    let input = json!({ "groupId": group, "manuscript": ADVICE });
    let imported_draft = all.run(1, &chair, "importDocument", input, "document { id }").await;
    let input = json!({ "documentId": imported_draft["document"]["id"], "kind": "FULL", "reason": "First edition." });
    let opened = all.run(2, &chair, "openReview", input, "review { id cells { digest section { id } } }").await;
    let review = &opened["review"]["id"];
    let cell = &opened["review"]["cells"][0];
    let subscription = "subscription($id: ID!) { reviewChanged(reviewId: $id) { positions { totalCount } } }";
    let address = all.replicas[1].address().parse().expect("an address");
    let mut listener = Listener::at_service(address, &chair, subscription, json!({ "id": review })).await;
    all.replay(false).await;
    let count = "query($id: ID!) { review(id: $id) { positions { totalCount } } }";
    for round in 1..=4_u64 {
        let mut input = json!({ "reviewId": review, "sectionId": cell["section"]["id"] });
        let act = if round % 2 == 1 { "signOff" } else { "withdrawPosition" };
        if act == "signOff" {
            input["digest"] = cell["digest"].clone();
        }
        all.run(0, &nurse, act, input, "position { id }").await;
        for replica in &all.replicas {
            let seen = replica.ask(&nurse, count, json!({ "id": review })).await;
            assert_eq!(seen["data"]["review"]["positions"]["totalCount"], round, "{seen:#}");
        }
        assert_eq!(listener.hears("reviewChanged").await["positions"]["totalCount"], round);
    }
    all.replay(true).await;

    // Reads do come from the standby, once it has caught up.
    until(async || {
        all.edition(1, &nurse, "everywhere").await;
        all.readers_of_standby().await > 0
    })
    .await;

    // The standby fails in the middle of reading, and comes back: readers see neither.
    let asked = AtomicUsize::new(0);
    let reading = (0..3).map(async |replica: usize| {
        while asked.fetch_add(1, Ordering::Relaxed) < 200 {
            assert_eq!(all.edition(replica, &nurse, "published").await, "1.0");
            let seen = all.replicas[replica].ask(&chair, count, json!({ "id": review })).await;
            assert!(seen["errors"].is_null(), "{seen:#}");
        }
    });
    let failing = async {
        while asked.load(Ordering::Relaxed) < 50 {
            tokio::task::yield_now().await;
        }
        all.standby.strike();
    };
    tokio::join!(join_all(reading), failing);
    all.standby.start_again();
    all.behind = connect(&all.standby.url_of(all.database.name())).await;
    until(async || {
        all.edition(2, &nurse, "everywhere").await;
        all.readers_of_standby().await > 0
    })
    .await;

    // What is withdrawn is out of force everywhere.
    let input = json!({ "editionId": imported["document"]["edition"]["id"], "explanation": "It was wrong." });
    all.run(2, &chair, "withdrawEdition", input, "edition { id }").await;
    all.everywhere(&nurse, "published", &Value::Null).await;
    drop(all.key);
}

/// Tries until it is so, for as long as a busy machine may take.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not come to be");
        tokio::task::yield_now().await;
    }
}
