//! A section for fewer people than its document is not there for the others, and nothing tells of it but one word: that
//! they read an extract (A2).
//!
//! Two documents are kept side by side, act by act. One has sections for the group; the other never had them. Whoever is
//! not of the group is answered the same about both. Numbers of recommendations last, so they show that some are
//! missing; both documents are given the same.

use consilium::domain::role::{Discipline, Office};
use serde_json::{Value, json};

use crate::{
    acts::stage::with,
    harness::{
        on_both_databases,
        world::{User, World},
    },
};

/// With sections for the group where the text goes on as if there were none.
const WHOLE: &str = "---
title: Advice in part
slug: whole
issued: 2017-08
review_due: 2019-05
final_window_days: 0
---

# Clinic {#clinic disciplines=NURSING}

Some ordinary words.

::: recommendation R1 OFFER
Offer an ordinary visit.
:::

# Board {#board audience=GROUP disciplines=SURGERY}

Some ordinary words of the board.

::: recommendation R2 OFFER
Offer ordinary minutes.
:::

## Annex {#annex}

Some ordinary words under the board.

::: recommendation R3 OFFER
Offer an ordinary annex.
:::

# Operation {#operation}

Some ordinary words, again ordinary.

## Audit {#audit audience=GROUP}

Some ordinary words of an audit.

## After {#after}

Some ordinary words on what comes after.

::: recommendation R4 CONSIDER
Consider ordinary things.
:::
";

/// The same without them.
fn without_sections_for_the_group() -> String {
    let mut is_hidden = false;
    let lines = WHOLE.lines().filter(|line| {
        if line.starts_with('#') {
            is_hidden = ["{#board", "{#annex", "{#audit"].iter().any(|key| line.contains(key));
        }
        !is_hidden
    });
    lines.map(|line| format!("{line}\n")).collect::<String>().replace("slug: whole", "slug: extract")
}

/// Both documents, and who works on them.
struct Pair<'a> {
    chair: User<'a>,
    secretariat: User<'a>,
    editor: User<'a>,
    nurse: User<'a>,
    surgeon: User<'a>,
    patient: User<'a>,
}

const BOTH: [&str; 2] = ["whole", "extract"];

impl<'a> Pair<'a> {
    async fn set(world: &'a World) -> Self {
        let member = async |subject, discipline| world.seated(subject, Office::Member, Some(discipline)).await;
        let pair = Self {
            chair: world.seated("chair", Office::Chair, None).await,
            secretariat: world.seated("secretariat", Office::Secretariat, None).await,
            editor: world.user("editor"),
            nurse: member("nurse", Discipline::Nursing).await,
            surgeon: member("surgeon", Discipline::Surgery).await,
            patient: member("patient", Discipline::PatientRepresentative).await,
        };
        world.seated("observer", Office::Observer, None).await;
        let group = world.group_id(&pair.chair).await;
        for manuscript in [WHOLE.to_owned(), without_sections_for_the_group()] {
            done(&pair.chair, "importDocument", json!({ "groupId": group, "manuscript": manuscript })).await;
        }
        for slug in BOTH {
            for (role, who) in [("READER", "reader"), ("EDITOR", "editor")] {
                let to = json!({ "person": { "subject": who, "name": who } });
                let input = json!({ "documentId": pair.see(slug, "id").await["id"], "role": role, "to": to });
                done(&pair.secretariat, "grantRole", input).await;
            }
        }
        // The second edition differs where all can see it, and on the one side also where few can.
        pair.open_reviews().await;
        for slug in BOTH {
            pair.revise(slug, "clinic", "Some other ordinary words.").await;
        }
        pair.revise("whole", "board", "Some other ordinary words of the board.").await;
        done(&pair.editor, "removeSection", pair.named("whole", "audit").await).await;
        let clinic = pair.named("whole", "clinic").await["sectionId"].clone();
        let id = pair.see("whole", "id").await["id"].clone();
        let minutes = json!({ "documentId": id, "afterId": clinic, "heading": "Minutes", "audience": "GROUP" });
        done(&pair.editor, "createSection", minutes).await;
        for slug in BOTH {
            let id = pair.see(slug, "id").await["id"].clone();
            done(&pair.secretariat, "writeChangeNote", json!({ "documentId": id, "note": "The clinic." })).await;
            let review = pair.see(slug, "review { id wholeDigest }").await["review"].clone();
            let on = async |key| with(pair.named(slug, key).await, json!({ "reviewId": review["id"] }));
            done(&pair.nurse, "signOff", on("clinic").await).await;
            if slug == "whole" {
                done(&pair.surgeon, "signOff", on("board").await).await;
            }
            let whole = json!({ "reviewId": review["id"], "digest": review["wholeDigest"] });
            done(&pair.patient, "signOff", whole).await;
        }
        world.pass(chrono::TimeDelta::days(1));
        for slug in BOTH {
            let review = pair.see(slug, "review { id }").await["review"]["id"].clone();
            done(&pair.chair, "publishEdition", json!({ "reviewId": review })).await;
        }
        // And another review is open.
        pair.open_reviews().await;
        for slug in BOTH {
            pair.revise(slug, "after", "Some new ordinary words.").await;
            let review = pair.see(slug, "review { id }").await["review"]["id"].clone();
            let on = with(pair.named(slug, "clinic").await, json!({ "reviewId": review }));
            done(&pair.nurse, "object", with(on, json!({ "reason": "An ordinary reason." }))).await;
            if slug == "whole" {
                let on = with(pair.named(slug, "board").await, json!({ "reviewId": review }));
                done(&pair.surgeon, "object", with(on, json!({ "reason": "Another reason." }))).await;
            }
        }
        pair
    }

    async fn open_reviews(&self) {
        for slug in BOTH {
            let input = json!({ "documentId": self.see(slug, "id").await["id"], "reason": "New evidence." });
            done(&self.secretariat, "openReview", input).await;
        }
    }

    async fn revise(&self, slug: &str, key: &str, body: &str) {
        done(&self.editor, "reviseSection", with(self.named(slug, key).await, json!({ "body": body }))).await;
    }

    async fn named(&self, slug: &str, key: &str) -> Value {
        let selection = format!("draft {{ section(key: \"{key}\") {{ id digest }} }}");
        let section = self.see(slug, &selection).await["draft"]["section"].clone();
        json!({ "sectionId": section["id"], "digest": section["digest"] })
    }

    async fn see(&self, slug: &str, selection: &str) -> Value {
        about(&self.chair, slug, selection).await
    }
}

async fn done(user: &User<'_>, name: &str, input: Value) {
    user.run(name, input, "__typename").await.done();
}

async fn about(user: &User<'_>, slug: &str, selection: &str) -> Value {
    let query = format!("{{ document(slug: \"{slug}\") {{ {selection} }} }}");
    user.ask(&query, json!({})).await.data()["document"].clone()
}

/// Everything in an edition that could tell of another section.
const EDITION: &str = "number state changeNote
    sections { key number level heading body(format: HTML) text: body(format: TEXT) audience digest stage
        parent { key } children { key number } recommendations { label text section { number } } references { text }
        requirements { discipline approvals } cells { discipline state given needed } }
    recommendations(includeStoodDown: true) { label section { key number } }
    hidden: section(key: \"board\") { id } under: section(key: \"annex\") { id } audit: section(key: \"audit\") { id }";

/// What a reader is told of a document.
async fn told(user: &User<'_>, slug: &str) -> Value {
    let selection = format!(
        "title audience reviewStatus reviewDue reviewPolicy {{ finalWindowDays }}
         first: edition(number: \"1.0\") {{ {EDITION} }} second: edition {{ {EDITION} }}
         editions {{ totalCount nodes {{ number state }} }}
         section(key: \"annex\") {{ id }} recommendation(number: 3) {{ id }} R4: recommendation(number: 4) {{ label section {{ number }} }}"
    );
    let document = about(user, slug, &selection).await;
    let ids = about(user, slug, "id first: edition(number: \"1.0\") { id } second: edition { id }").await;
    let (id, first, second) = (&ids["id"], &ids["first"]["id"], &ids["second"]["id"]);
    let summary = "added removed moved revised unchanged
        recommendationsAdded recommendationsRemoved recommendationsRevised recommendationsStoodDown";
    let hits =
        "edges { cursor } nodes { section { key number } snippetText snippetHTML } pageInfo { hasNextPage endCursor }";
    let query = format!(
        "{{ compareEditions(before: {first}, after: {second}) {{ summary {{ {summary} }} sections {{ key change isMoved
            body {{ change text }} recommendations {{ label change isMoved }} }} }}
          all: search(text: \"ordinary\", document: {id}) {{ {hits} }}
          one: search(text: \"ordinary\", document: {id}, first: 1) {{ {hits} }}
          three: search(text: \"ordinary\", document: {id}, first: 3) {{ {hits} }}
          board: search(text: \"board\", document: {id}) {{ {hits} }}
          surgery: search(text: \"ordinary\", document: {id}, discipline: SURGERY) {{ {hits} }} }}"
    );
    json!({ "document": document, "more": user.ask(&query, json!({})).await.data() })
}

/// What somebody who may read drafts is told of the work on it besides.
async fn told_of_work(user: &User<'_>, slug: &str) -> Value {
    let cells = "cells { discipline needed given state section { key number } signOffs { act } objections { reason } }";
    let selection = format!(
        "draft {{ {EDITION} }} review {{ kind isOpen {cells} board: cells(discipline: SURGERY) {{ state }}
            positions {{ totalCount nodes {{ act reason section {{ key }} discipline counts }} pageInfo {{ hasNextPage }} }}
            surgery: positions(discipline: SURGERY) {{ totalCount }} }}
         reviews {{ totalCount nodes {{ {cells} outcome positions {{ totalCount nodes {{ act section {{ key }} isOnWhole }} }} }} }}"
    );
    about(user, slug, &selection).await
}

on_both_databases! {
    async fn a2_an_extract_tells_nothing_of_what_is_left_out(world: World) {
        Pair::set(&world).await;
        for user in [world.anonymous(), world.user("nobody"), world.user("observer"), world.user("reader")] {
            let (whole, extract) = (told(&user, "whole").await, told(&user, "extract").await);
            assert_eq!(whole, extract);
            assert_eq!(extract["document"]["second"]["sections"].as_array().map(Vec::len), Some(3), "{extract:#}");
        }
        let chair = world.user("chair");
        let (whole, extract) = (told(&chair, "whole").await, told(&chair, "extract").await);
        for part in ["/document/first/sections", "/document/second/recommendations", "/more/compareEditions", "/more/all", "/more/board"] {
            assert_ne!(whole.pointer(part), extract.pointer(part), "{part} is the same for all: this test is blind to it");
        }
    }

    async fn a2_an_extract_of_a_draft_tells_nothing_of_the_work_on_what_is_left_out(world: World) {
        Pair::set(&world).await;
        let reader = world.user("reader");
        let (mut whole, mut extract) = (told_of_work(&reader, "whole").await, told_of_work(&reader, "extract").await);
        // What is signed on the whole is about all of it, so readers of an extract are told nothing of that.
        for told in [&mut whole, &mut extract] {
            without_the_whole(told);
        }
        assert_eq!(whole, extract);
        let chair = world.user("chair");
        assert_ne!(told_of_work(&chair, "whole").await["review"], told_of_work(&chair, "extract").await["review"]);
    }

    async fn a2_an_extract_says_that_it_is_one_and_gives_nothing_that_is_made_of_the_whole(world: World) {
        Pair::set(&world).await;
        let edition = "edition { isExtract digest arrangement }";
        for user in [world.anonymous(), world.user("observer"), world.user("reader")] {
            assert_eq!(about(&user, "whole", edition).await, json!({ "edition": { "isExtract": true, "digest": null, "arrangement": null } }));
            assert_eq!(about(&user, "extract", edition).await["edition"]["isExtract"], false);
        }
        for user in [world.user("chair"), world.user("editor")] {
            assert_eq!(about(&user, "whole", edition).await["edition"]["isExtract"], false);
        }
        let review = "review { wholeDigest proposedNumber gate { ready } }";
        let nothing = json!({ "review": { "wholeDigest": null, "proposedNumber": null, "gate": null } });
        assert_eq!(about(&world.user("reader"), "whole", review).await, nothing);
        assert_eq!(about(&world.user("chair"), "whole", review).await["review"]["gate"]["ready"], false);
    }
}

/// Takes out cells and positions that are on the document as a whole.
fn without_the_whole(told: &mut Value) {
    match told {
        Value::Array(items) => {
            items.retain(|item| item["discipline"] != "PATIENT_REPRESENTATIVE" && item["isOnWhole"] != true);
            items.iter_mut().for_each(without_the_whole);
        }
        Value::Object(fields) => {
            let has_whole = fields.get("nodes").is_some_and(|nodes| nodes[0].get("isOnWhole").is_some());
            if has_whole {
                fields.remove("totalCount");
            }
            fields.values_mut().for_each(without_the_whole);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
