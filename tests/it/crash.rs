//! What was acknowledged survives `kill -9`, seen from outside the process.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::harness::postgres;

const ADVICE: &str = "---
title: Advice for the crash
slug: crash
review_due: 2099-05
---

# Nursing {#nursing disciplines=\"NURSING\"}

Everybody has a named nurse.
";

/// The binary, serving a database in a directory of its own.
struct Service {
    directory: tempfile::TempDir,
    database: String,
    running: Option<Child>,
    url: String,
}

impl Service {
    fn new(database: Option<String>) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let embedded = format!("sqlite:{}", directory.path().join("crash.db").display());
        Self { directory, database: database.unwrap_or(embedded), running: None, url: String::new() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_consilium"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env("CONSILIUM_DATABASE__URL", &self.database)
            .env("CONSILIUM_LOG__FORMAT", "json");
        command
    }

    fn output(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the command runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    fn token(&self, subject: &str, seat: &str) -> String {
        self.output(&["token", "--subject", subject, "--name", subject, "--seat", seat])
    }

    /// Starts serving on a free port, and reads from the log which one it is.
    fn start(&mut self) {
        let mut child =
            self.command(&["serve", "--bind", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut log = BufReader::new(child.stderr.take().expect("a log")).lines();
        let bound = log.by_ref().find_map(|line| {
            let line: Value = serde_json::from_str(&line.ok()?).ok()?;
            Some(line["fields"]["bound"].as_str().or(line["bound"].as_str())?.to_owned())
        });
        std::thread::spawn(move || log.for_each(drop));
        self.url = format!("http://{}/graphql", bound.expect("the log says where it serves"));
        self.running = Some(child);
    }

    fn kill(&mut self) {
        let mut child = self.running.take().expect("it runs");
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(child) = &mut self.running {
            let _ = child.kill();
        }
    }
}

async fn ask(url: &str, token: &str, query: &str, variables: Value) -> reqwest::Result<Value> {
    let body = json!({ "query": query, "variables": variables });
    let request = reqwest::Client::new().post(url).bearer_auth(token).json(&body);
    request.timeout(Duration::from_secs(20)).send().await?.json().await
}

async fn nothing_acknowledged_is_lost(mut service: Service) {
    let chair = service.token("chair", "chair@crash");
    let nurse = service.token("nurse", "member:nursing@crash");
    service.start();
    let group = ask(&service.url, &chair, "{ group(slug: \"crash\") { id } }", json!({})).await.expect("an answer");
    let import = "mutation($input: ImportDocumentInput!) { importDocument(input: $input) { document { id } userErrors { message } } }";
    let input = json!({ "input": { "groupId": group["data"]["group"]["id"], "manuscript": ADVICE } });
    let imported = ask(&service.url, &chair, import, input).await.expect("an answer");
    let document = &imported["data"]["importDocument"]["document"]["id"];
    assert!(document.is_string(), "{imported:#}");
    let open = "mutation($input: OpenReviewInput!) { openReview(input: $input) { review { id cells { digest section { id } } } userErrors { message } } }";
    let input = json!({ "input": { "documentId": document, "kind": "FULL", "reason": "First edition." } });
    let opened = ask(&service.url, &chair, open, input).await.expect("an answer");
    let review = opened["data"]["openReview"]["review"].clone();
    assert!(review["id"].is_string(), "{opened:#}");

    // The nurse signs and withdraws as fast as she can, until the service dies under her hands.
    let acknowledged: Arc<Mutex<Vec<Value>>> = Arc::default();
    let dead = Arc::new(AtomicBool::new(false));
    let signing = {
        let (acknowledged, dead, url, nurse) = (acknowledged.clone(), dead.clone(), service.url.clone(), nurse.clone());
        let review = review.clone();
        tokio::spawn(async move {
            let cell = &review["cells"][0];
            let withdraw = json!({ "reviewId": review["id"], "sectionId": cell["section"]["id"] });
            let mut sign = withdraw.clone();
            sign["digest"] = cell["digest"].clone();
            for act in ["signOff", "withdrawPosition"].iter().cycle() {
                let kind = format!("{}{}", act[..1].to_uppercase(), &act[1..]);
                let query =
                    format!("mutation($input: {kind}Input!) {{ {act}(input: $input) {{ position {{ id }} }} }}");
                let input = if *act == "signOff" { &sign } else { &withdraw };
                match ask(&url, &nurse, &query, json!({ "input": input })).await {
                    Ok(answer) => {
                        let id = answer["data"][act]["position"]["id"].clone();
                        assert!(id.is_string(), "{answer:#}");
                        acknowledged.lock().expect("unpoisoned").push(id);
                    }
                    Err(_) if dead.load(Ordering::SeqCst) => return,
                    Err(error) => panic!("{error}"),
                }
            }
        })
    };
    while acknowledged.lock().expect("unpoisoned").len() < 20 {
        assert!(!signing.is_finished(), "the nurse was refused");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    dead.store(true, Ordering::SeqCst);
    service.kill();
    signing.await.expect("the nurse stopped");

    service.start();
    let query = "query($id: ID!) { review(id: $id) { positions(last: 100) { nodes { id } totalCount } } }";
    let kept = ask(&service.url, &nurse, query, json!({ "id": review["id"] })).await.expect("an answer");
    let acknowledged = acknowledged.lock().expect("unpoisoned");
    let nodes = kept["data"]["review"]["positions"]["nodes"].as_array().unwrap_or_else(|| panic!("{kept:#}"));
    for id in acknowledged.iter().rev().take(90) {
        assert!(nodes.iter().any(|node| node["id"] == *id), "an acknowledged act is lost");
    }
    // At most the one act in hand when the service died was done and not acknowledged.
    let total = kept["data"]["review"]["positions"]["totalCount"].as_u64().expect("a count");
    let known = acknowledged.len() as u64;
    assert!(total == known || total == known + 1, "{total} acts for {known} acknowledged");
}

#[tokio::test]
async fn acknowledged_acts_survive_kill_9_on_sqlite() {
    nothing_acknowledged_is_lost(Service::new(None)).await;
}

#[tokio::test]
async fn acknowledged_acts_survive_kill_9_on_postgres() {
    let database = postgres::shared().empty().await;
    nothing_acknowledged_is_lost(Service::new(Some(database.url()))).await;
}
