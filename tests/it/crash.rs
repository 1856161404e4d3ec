//! What was acknowledged survives `kill -9`, seen from outside the process.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::harness::{
    on_both_databases,
    service::{Service, ask},
};

const ADVICE: &str = "---
title: Advice for the crash
slug: crash
review_due: 2099-05
---

# Nursing {#nursing disciplines=\"NURSING\"}

Everybody has a named nurse.
";

on_both_databases! {
    async fn acknowledged_acts_survive_kill_9(service: Service) {
        nothing_acknowledged_is_lost(service).await;
    }

    async fn a_key_is_one_act_however_the_service_dies(service: Service) {
        every_key_is_one_act(service).await;
    }
}

async fn nothing_acknowledged_is_lost(mut service: Service) {
    let chair = service.token("chair", "chair@crash");
    let nurse = service.token("nurse", "member:nursing@crash");
    service.start(&[]);
    let review = under_review(&service, &chair).await;

    // The nurse signs and withdraws as fast as she can, until the service dies under her hands.
    let acknowledged: Arc<Mutex<Vec<Value>>> = Arc::default();
    let dead = Arc::new(AtomicBool::new(false));
    let signing = {
        let (acknowledged, dead, url, nurse) = (acknowledged.clone(), dead.clone(), service.graphql(), nurse.clone());
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

    service.start(&[]);
    let query = "query($id: ID!) { review(id: $id) { positions(last: 100) { nodes { id } totalCount } } }";
    let kept = service.ask(&nurse, query, json!({ "id": review["id"] })).await;
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

/// Imports the advice and opens a review of it.
async fn under_review(service: &Service, chair: &str) -> Value {
    let group = service.ask(chair, "{ group(slug: \"crash\") { id } }", json!({})).await;
    let import = "mutation($input: ImportDocumentInput!) { importDocument(input: $input) { document { id } userErrors { message } } }";
    let input = json!({ "input": { "groupId": group["data"]["group"]["id"], "manuscript": ADVICE } });
    let imported = service.ask(chair, import, input).await;
    let document = &imported["data"]["importDocument"]["document"]["id"];
    assert!(document.is_string(), "{imported:#}");
    let open = "mutation($input: OpenReviewInput!) { openReview(input: $input) { review { id cells { digest section { id } } } userErrors { message } } }";
    let input = json!({ "input": { "documentId": document, "kind": "FULL", "reason": "First edition." } });
    let opened = service.ask(chair, open, input).await;
    let review = opened["data"]["openReview"]["review"].clone();
    assert!(review["id"].is_string(), "{opened:#}");
    review
}

/// Asks for a mutation with an idempotency key.
async fn ask_once(url: &str, token: &str, key: &str, body: &Value) -> reqwest::Result<Value> {
    let request = reqwest::Client::new().post(url).bearer_auth(token).header("idempotency-key", key).json(body);
    request.timeout(Duration::from_secs(20)).send().await?.json().await
}

async fn every_key_is_one_act(mut service: Service) {
    let chair = service.token("chair", "chair@crash");
    let nurse = service.token("nurse", "member:nursing@crash");
    service.start(&[]);
    let review = under_review(&service, &chair).await;

    // The nurse signs and withdraws, each with a key of its own, until the service dies under her hands; three times.
    let mut sent: Vec<(String, Value)> = Vec::new();
    let mut known: Vec<Option<Value>> = Vec::new();
    for round in 1..=3 {
        let dead = Arc::new(AtomicBool::new(false));
        let acting = {
            let (dead, url, nurse, review, first) =
                (dead.clone(), service.graphql(), nurse.clone(), review.clone(), sent.len());
            tokio::spawn(async move {
                let (mut sent, mut known) = (Vec::new(), Vec::new());
                for number in first.. {
                    let (key, body) = (format!("key-{number}"), act(&review, number));
                    sent.push((key.clone(), body.clone()));
                    match ask_once(&url, &nurse, &key, &body).await {
                        Ok(answer) => {
                            let id = answer["data"]["act"]["position"]["id"].clone();
                            assert!(id.is_string(), "{answer:#}");
                            known.push(Some(id));
                        }
                        Err(_) if dead.load(Ordering::SeqCst) => {
                            known.push(None);
                            break;
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
                (sent, known)
            })
        };
        tokio::time::sleep(Duration::from_millis(150 * round)).await;
        dead.store(true, Ordering::SeqCst);
        service.kill();
        let (more, outcomes) = acting.await.expect("the nurse stopped");
        sent.extend(more);
        known.extend(outcomes);
        service.start(&[]);
        // What was in hand when the service died is sent again, and again: it is done once, and told alike.
        let (key, body) = sent.last().expect("an act");
        let answer = ask_once(&service.graphql(), &nurse, key, body).await.expect("an answer");
        let id = answer["data"]["act"]["position"]["id"].clone();
        assert!(id.is_string(), "{answer:#}");
        *known.last_mut().expect("an act") = Some(id);
    }
    for ((key, body), id) in sent.iter().zip(&known).rev().take(12) {
        let answer = ask_once(&service.graphql(), &nurse, key, body).await.expect("an answer");
        assert_eq!(Some(&answer["data"]["act"]["position"]["id"]), id.as_ref(), "{answer:#}");
    }
    let query = "query($id: ID!) { review(id: $id) { positions { totalCount } } }";
    let kept = service.ask(&nurse, query, json!({ "id": review["id"] })).await;
    assert_eq!(kept["data"]["review"]["positions"]["totalCount"], sent.len(), "one act for each key");
}

/// The act of a number: a signature, or its withdrawal.
fn act(review: &Value, number: usize) -> Value {
    let cell = &review["cells"][0];
    let mut input = json!({ "reviewId": review["id"], "sectionId": cell["section"]["id"] });
    let (kind, act) =
        if number % 2 == 0 { ("SignOffInput", "signOff") } else { ("WithdrawPositionInput", "withdrawPosition") };
    if act == "signOff" {
        input["digest"] = cell["digest"].clone();
    }
    let query = format!(
        "mutation($input: {kind}!) {{ act: {act}(input: $input) {{ position {{ id }} userErrors {{ code }} }} }}"
    );
    json!({ "query": query, "variables": { "input": input } })
}
