//! Many at once: whatever the order, the outcome is one that the rules allow, and what was acknowledged is kept.

use std::{future::poll_fn, task::Poll};

use consilium::{
    clock::Clock,
    domain::{
        access::Actor,
        role::{Discipline, Office},
    },
    store::{Address, Store},
};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{answer::Answer, on_both_databases, world::World};

const RACE: &str = "---
title: Advice that many work on
slug: race
issued: 2017-08
review_due: 2018-05
final_window_days: 0
---

# One {#one disciplines=\"SURGERY NURSING\"}

The first text.

# Two {#two disciplines=\"SURGERY ONCOLOGY\"}

The second text.
";

const REVIEW: &str = "{ document(slug: \"race\") {
    edition { number sections { key digest requirements { discipline } } }
    reviews { nodes { id isOpen outcome positions { nodes { id act digest discipline section { key } } } } } } }";

/// One client's act, named by its mutation.
type Work<'a> = std::pin::Pin<Box<dyn Future<Output = (&'static str, Answer)> + 'a>>;

on_both_databases! {
    async fn thirty_two_clients_sign_edit_and_publish_at_once(world: World) {
        let chair = world.seated("chair", Office::Chair, None).await;
        let vice_chair = world.seated("vice-chair", Office::ViceChair, None).await;
        let mut members = Vec::new();
        for discipline in [Discipline::Surgery, Discipline::Nursing, Discipline::Oncology, Discipline::PatientRepresentative] {
            for number in 1..=2 {
                let subject = format!("{}-{number}", discipline.word().to_lowercase());
                members.push((discipline, world.seated(&subject, Office::Member, Some(discipline)).await));
            }
        }
        let group = world.group_id(&chair).await;
        chair.run("importDocument", json!({ "groupId": group, "manuscript": RACE }), "document { id }").await.done();
        world.set_clock("2018-01-10T09:00:00Z");
        assert_eq!(world.tick().await, 1);
        let query = "{ document(slug: \"race\") { id review { id wholeDigest } draft { sections { id key digest } } } }";
        let data = chair.ask(query, json!({})).await.data();
        let review = data["document"]["review"]["id"].clone();
        let sections = data["document"]["draft"]["sections"].as_array().expect("sections").clone();
        let note = json!({ "documentId": data["document"]["id"], "note": "Clearer." });
        chair.run("writeChangeNote", note, "edition { id }").await.done();

        // 18 signatures, 8 edits, 6 publications.
        let sign = |user: usize, section: &Value, digest: &Value| {
            let input = json!({ "reviewId": review, "sectionId": section, "digest": digest });
            let user = members[user].1.clone();
            async move { ("signOff", user.run("signOff", input, "position { id }").await) }
        };
        let edit = |user: usize, section: &Value, round: usize| {
            let input = json!({ "sectionId": section["id"], "digest": section["digest"], "body": format!("Text {round}.") });
            let user = members[user].1.clone();
            async move { ("reviseSection", user.run("reviseSection", input, "section { digest }").await) }
        };
        let (one, two) = (&sections[0], &sections[1]);
        let mut work: Vec<Work<'_>> = Vec::new();
        for round in 0..2 {
            for user in 0..4 {
                work.push(Box::pin(sign(user, &one["id"], &one["digest"])));
            }
            for user in [0, 1, 4, 5] {
                work.push(Box::pin(sign(user, &two["id"], &two["digest"])));
            }
            work.push(Box::pin(sign(6, &Value::Null, &data["document"]["review"]["wholeDigest"])));
            for user in 0..4 {
                work.push(Box::pin(edit(user, if user % 2 == 0 { one } else { two }, round * 10 + user)));
            }
            for publisher in [&chair, &vice_chair, &chair] {
                let (user, input) = (publisher.clone(), json!({ "reviewId": review }));
                work.push(Box::pin(async move {
                    ("publishEdition", user.run("publishEdition", input, "edition { number }").await)
                }));
            }
        }
        assert_eq!(work.len(), 32);
        let answers = join_all(work).await;

        let published = succeeded(&answers, "publishEdition");
        assert!(published.len() <= 1, "one review, one edition");
        let data = chair.ask(REVIEW, json!({})).await.data();
        let recorded = data["document"]["reviews"]["nodes"][0]["positions"]["nodes"].as_array().expect("positions");
        for signed in succeeded(&answers, "signOff") {
            let id = &signed["position"]["id"];
            assert!(recorded.iter().any(|position| position["id"] == *id), "an acknowledged signature is lost");
        }
        assert_eq!(recorded.len(), succeeded(&answers, "signOff").len(), "a refused signature was recorded");
        // Of the edits of one section from one digest, one wins; the others are told that it moved on.
        assert!(succeeded(&answers, "reviseSection").len() <= 2);
        for (what, answer) in &answers {
            let code = answer.body["data"][what]["userErrors"][0]["code"].as_str();
            let allowed = ["SECTION_CHANGED", "ALREADY_TAKEN", "PUBLICATION_BLOCKED", "REVIEW_CLOSED", "NOTHING_CHANGED"];
            let gone = answer.body["errors"][0]["extensions"]["code"] == "NOT_FOUND";
            assert!(gone || code.is_none_or(|code| allowed.contains(&code)), "{what}: {:#}", answer.body);
        }
        if !published.is_empty() {
            for section in data["document"]["edition"]["sections"].as_array().expect("sections") {
                for needed in section["requirements"].as_array().expect("requirements") {
                    let signed = recorded.iter().any(|position| {
                        position["act"] == "APPROVE"
                            && position["section"]["key"] == section["key"]
                            && position["discipline"] == needed["discipline"]
                            && position["digest"] == section["digest"]
                    });
                    assert!(signed, "{} was published without {}", section["key"], needed["discipline"]);
                }
            }
        }
    }
}

on_both_databases! {
    async fn whoever_vanishes_while_beginning_takes_no_act_of_others_along(world: World) {
        let chair = world.seated("chair", Office::Chair, None).await;
        let group = world.group_id(&chair).await;
        let address = Address::of(&world.config.database, &world.config.limits);
        let another = Store::open(&address, Clock::system()).await.expect("the same database");
        for round in 0..12 {
            // Leaves after so many steps of beginning, wherever that is.
            let mut beginning = Box::pin(world.store.begin());
            for _ in 0..round {
                if poll_fn(|context| Poll::Ready(beginning.as_mut().poll(context).is_ready())).await {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(beginning);
            let slug = format!("kept-{round}");
            let manuscript = RACE.replace("slug: race", &format!("slug: {slug}"));
            let input = json!({ "groupId": group, "manuscript": manuscript });
            chair.run("importDocument", input, "document { id }").await.done();
            let seen = another.reader(Actor::System).document_by_slug(&slug).await.expect("an answer");
            assert!(seen.is_some(), "an acknowledged act is not lasting");
        }
    }
}

fn succeeded(answers: &[(&str, Answer)], what: &str) -> Vec<Value> {
    answers
        .iter()
        .filter(|(name, _)| *name == what)
        .map(|(name, answer)| answer.body["data"][name].clone())
        .filter(|payload| payload["userErrors"].as_array().is_some_and(Vec::is_empty))
        .collect()
}
