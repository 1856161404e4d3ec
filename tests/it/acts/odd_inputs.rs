//! What clients send by mistake or in malice: always a clear code, never a fault of ours. The harness asserts the latter
//! of every answer.

use consilium::{
    commands,
    domain::{
        access::Actor,
        appointment::Invitee,
        role::{Discipline, Office, Post},
    },
    graphql::id::GlobalId,
};
use serde_json::{Value, json};

use super::stage::{ADVICE, Stage, with, without};
use crate::harness::{answer::Answer, on_both_databases, world::World};

/// Inputs that leave out nothing, by the mutation they are for.
async fn inputs(stage: &Stage<'_>) -> Vec<(&'static str, Value)> {
    let (at, named) = (stage.at("rota").await, stage.named("rota").await);
    let document = json!({ "documentId": stage.document, "reason": "Now.", "heading": "New", "note": "New." });
    let only = |fields: &[&str], of: &Value| {
        let kept = fields.iter().map(|field| ((*field).to_owned(), of[*field].clone()));
        Value::Object(kept.collect())
    };
    vec![
        ("signOff", at.clone()),
        ("abstain", at.clone()),
        ("recuse", at.clone()),
        ("object", with(at.clone(), json!({ "reason": "No." }))),
        ("liftObjection", only(&["reviewId", "sectionId"], &at)),
        ("withdrawPosition", only(&["reviewId", "sectionId"], &at)),
        ("reviseSection", with(named.clone(), json!({ "body": "New." }))),
        ("moveSection", stage.placed("rota").await),
        ("removeSection", named.clone()),
        ("confirmEditorial", named.clone()),
        ("standDownRecommendation", with(named, json!({ "number": 1, "reason": "No." }))),
        ("createSection", only(&["documentId", "heading"], &document)),
        ("openReview", only(&["documentId", "reason"], &document)),
        ("writeChangeNote", only(&["documentId", "note"], &document)),
        ("moveReview", json!({ "reviewId": stage.review, "reason": "No." })),
        ("cancelReview", json!({ "reviewId": stage.review, "reason": "No." })),
        ("publishEdition", json!({ "reviewId": stage.review })),
        ("reaffirmDocument", json!({ "reviewId": stage.review, "statement": "Yes." })),
        ("endSeat", json!({ "seatId": stage.seat("nurse").await })),
        ("revokeRole", json!({ "grantId": stage.editor_grant })),
    ]
}

/// The code of the first error or problem; none if it was done.
fn code(answer: &Answer) -> Option<&str> {
    let error = answer.body["errors"][0]["extensions"]["code"].as_str();
    let payload = || answer.body["data"].as_object()?.values().next()?["userErrors"][0]["code"].as_str();
    error.or_else(payload)
}

/// Another document of the same group, under review too: its review and a section of its draft.
async fn another(stage: &Stage<'_>) -> (Value, Value) {
    let group = stage.world.group_id(&stage.chair).await;
    let manuscript = ADVICE.replace("slug: acts", "slug: another");
    let input = json!({ "groupId": group, "manuscript": manuscript });
    let document = stage.chair.run("importDocument", input, "document { id }").await.done()["document"]["id"].clone();
    let input = json!({ "documentId": document, "reason": "Now." });
    let selection = "review { id draft { section(key: \"rota\") { id digest } } }";
    let review = stage.secretariat.run("openReview", input, selection).await.done()["review"].clone();
    (review["id"].clone(), review["draft"]["section"].clone())
}

/// One id of each kind, and some that are none.
async fn ids(stage: &Stage<'_>) -> Vec<(&'static str, Value)> {
    stage.sign(&stage.surgeon, "operation").await;
    let seen = stage.see("draft { id } group { id } review { positions { nodes { id } } }").await;
    let section = stage.section("operation").await;
    let unknown = |kind: &str| {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
        json!(BASE64.encode(format!("{kind}:0199aaaa-0000-7000-8000-000000000000")))
    };
    vec![
        ("documentId", stage.document.clone()),
        ("reviewId", stage.review.clone()),
        ("editionId", seen["draft"]["id"].clone()),
        ("sectionId", section["id"].clone()),
        ("seatId", stage.seat("chair").await),
        ("grantId", stage.editor_grant.clone()),
        ("groupId", seen["group"]["id"].clone()),
        ("positionId", seen["review"]["positions"]["nodes"][0]["id"].clone()),
        ("recommendationId", section["recommendations"][0]["id"].clone()),
        ("", json!("")),
        ("", json!("nonsense")),
        ("", json!("\u{0}")),
        ("", json!(42)),
        ("", json!("é".repeat(5_000))),
        ("", unknown("document")),
        ("", unknown("review")),
        ("", unknown("seat")),
        ("", unknown("grant")),
        ("", unknown("edition")),
        ("", unknown("0199aaaa-0000-7000-8000-000000000000:section")),
    ]
}

on_both_databases! {
    async fn an_id_of_another_kind_or_of_nothing_is_not_found(world: World) {
        let stage = Stage::in_review(&world).await;
        let ids = ids(&stage).await;
        for (name, input) in inputs(&stage).await {
            let fields = input.as_object().expect("an input").keys().filter(|field| field.ends_with("Id"));
            for field in fields {
                for (_, id) in ids.iter().filter(|(kind, _)| kind != field) {
                    let input = with(input.clone(), json!({ field.as_str(): id }));
                    for user in [&stage.nurse, &stage.secretariat] {
                        let answer = user.run(name, input.clone(), "__typename").await;
                        // An integer is an id to GraphQL, if it fits into 64 bits.
                        assert_eq!(code(&answer), Some("NOT_FOUND"), "{name} {field} {id}");
                    }
                }
            }
        }
    }

    async fn an_id_without_its_field_or_with_a_null_is_bad_input(world: World) {
        let stage = Stage::in_review(&world).await;
        for (name, input) in inputs(&stage).await {
            let fields = input.as_object().expect("an input").keys().cloned().collect::<Vec<_>>();
            for field in fields {
                if matches!((name, field.as_str()), ("reviseSection", "body") | ("openReview", "reason") | (_, "sectionId")) {
                    continue;
                }
                for odd in [without(input.clone(), &field), with(input.clone(), json!({ field.as_str(): null })),
                    with(input.clone(), json!({ field.as_str(): [[]] })), with(input.clone(), json!({ "another": 1 }))] {
                    let answer = stage.chair.run(name, odd.clone(), "__typename").await;
                    assert_eq!(code(&answer), Some("BAD_USER_INPUT"), "{name} {odd}");
                }
            }
        }
    }

    async fn sections_and_reviews_of_another_document_do_not_mix(world: World) {
        let stage = Stage::in_review(&world).await;
        let (review, section) = another(&stage).await;
        let own = stage.at("rota").await;
        let foreign = json!({ "reviewId": stage.review, "sectionId": section["id"], "digest": section["digest"] });
        for input in [foreign, with(own.clone(), json!({ "reviewId": review }))] {
            for name in ["signOff", "object", "abstain", "recuse"] {
                let input = with(input.clone(), json!({ "reason": "No." }));
                assert_eq!(code(&stage.nurse.run(name, input, "__typename").await), Some("NOT_FOUND"), "{name}");
            }
        }
        let seat = stage.seat("nurse").await;
        let letter = json!({ "seatId": seat, "act": "APPROVE", "instruction": "I sign." });
        let letter = with(with(own.clone(), letter), json!({ "reviewId": review }));
        assert_eq!(code(&stage.secretariat.run("recordInstructedPosition", letter, "__typename").await), Some("NOT_FOUND"));

        let placed = stage.placed("rota").await;
        let place = |field: &str| with(placed.clone(), json!({ field: section["id"] }));
        for field in ["parentId", "afterId"] {
            let answer = stage.nurse.run("moveSection", place(field), "__typename").await;
            assert_eq!(code(&answer), Some("SECTION_UNKNOWN"), "{field}");
        }
        let new = |field: &str| json!({ "documentId": stage.document, "heading": "New", field: section["id"] });
        assert_eq!(code(&stage.editor.run("createSection", new("parentId"), "__typename").await), Some("NOT_FOUND"));
        assert_eq!(code(&stage.editor.run("createSection", new("afterId"), "__typename").await), Some("SECTION_UNKNOWN"));

        let query = "query($review: ID!, $section: ID!) { review(id: $review) { cells(section: $section) { state }
            revisionImpact(section: $section) { id } positions(section: $section) { totalCount } } }";
        let seen = stage.nurse.ask(query, json!({ "review": stage.review, "section": section["id"] })).await.data();
        assert_eq!(seen["review"], json!({ "cells": [], "revisionImpact": [], "positions": { "totalCount": 0 } }));
    }

    async fn a_seat_of_another_group_takes_no_part(world: World) {
        let stage = Stage::in_review(&world).await;
        let (group, login) = (consilium::domain::document::Key::new("others"), world.user("stranger").login());
        let name = |text: &str| consilium::domain::text::Line::new(text).expect("a name");
        let group = commands::found_group(&world.store, &group.expect("a slug"), &name("Others")).await.expect("a group");
        let command = commands::GrantSeat {
            group, invitee: Invitee { login, name: name("Stranger") }, from: None, until: None, succeeds: None,
            post: Post::new(Office::Member, Some(Discipline::Nursing)).expect("a post"),
        };
        let seat = commands::grant_seat(&world.store, &Actor::System, &command).await.expect("a seat");
        let seat = json!({ "seatId": GlobalId::Seat(seat).encode() });
        let input = with(stage.at("rota").await, seat.clone());
        assert_eq!(code(&stage.nurse.run("signOff", input.clone(), "__typename").await), Some("FORBIDDEN"));
        assert_eq!(code(&world.user("stranger").run("signOff", input.clone(), "__typename").await), Some("NOT_FOUND"));
        let letter = with(input, json!({ "act": "APPROVE", "instruction": "I sign." }));
        let answer = stage.secretariat.run("recordInstructedPosition", letter, "__typename").await;
        assert_eq!(code(&answer), Some("CELL_UNKNOWN"));
        assert_eq!(code(&stage.secretariat.run("endSeat", seat, "__typename").await), Some("FORBIDDEN"));
    }

    async fn what_is_not_written_as_its_type_asks_is_bad_input(world: World) {
        let stage = Stage::in_review(&world).await;
        let document = json!({ "documentId": stage.document, "due": "2020-05", "reason": "Why." });
        let review = json!({ "reviewId": stage.review, "reason": "Why." });
        let seat = json!({ "seatId": stage.seat("nurse").await });
        let rota = stage.at("rota").await;
        let mut cases: Vec<(&str, &Value, &str, Value)> = Vec::new();
        for date in ["2019-13", "2019-00", "2019-02-30", "2019", "", "May 2019", "1899-12", "3000-01", "2019-05\u{0}", "２０１９-05"] {
            cases.push(("scheduleReview", &document, "due", json!(date)));
        }
        for date in ["2017-10", "2017-02-29", "+2017-10-01", "2017-10-01T00:00:00Z", "99999-01-01"] {
            cases.push(("moveReview", &review, "publicationOn", json!(date)));
        }
        for instant in ["2017-10-01", "2017-10-01T25:00:00Z", "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "now"] {
            cases.push(("endSeat", &seat, "until", json!(instant)));
        }
        for digest in ["", "sha256:", "sha1:0000", &"0".repeat(64), &format!("sha256:{}", "g".repeat(64))] {
            cases.push(("signOff", &rota, "digest", json!(digest)));
        }
        for number in [json!(2_147_483_648_u64), json!("7"), json!(1.5), json!(true)] {
            cases.push(("scheduleReview", &document, "leadMonths", number));
        }
        cases.push(("openReview", &document, "kind", json!("HALF")));
        cases.push(("signOff", &rota, "reason", json!(42)));
        for (name, input, field, odd) in cases {
            let input = with(input.clone(), json!({ field: odd }));
            let input = if name == "openReview" { without(input, "due") } else { input };
            let answer = stage.secretariat.run(name, input, "__typename").await;
            assert_eq!(code(&answer), Some("BAD_USER_INPUT"), "{name} {field} {odd}");
        }
    }

    async fn the_ends_of_time_are_instants_like_others(world: World) {
        let stage = Stage::in_review(&world).await;
        let group = stage.world.group_id(&stage.chair).await;
        let input = json!({ "groupId": group, "office": "OBSERVER", "person": { "subject": "old", "name": "Old" },
            "from": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59.999Z" });
        let seat = stage.secretariat.run("grantSeat", input, "seat { from until isInTerm }").await.done()["seat"].clone();
        let term = json!({ "from": "0001-01-01T00:00:00.000Z", "until": "9999-12-31T23:59:59.999Z", "isInTerm": true });
        assert_eq!(seat, term);
        for at in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"] {
            let query = "query($at: DateTime!) { group(slug: \"expert-group\") { seats(inTermAt: $at) { id } } }";
            stage.chair.ask(query, json!({ "at": at })).await.data();
        }
        for on in ["1900-01-01", "2999-12-31"] {
            stage.see(&format!("edition(onDate: \"{on}\") {{ id }}")).await;
        }
    }

    async fn names_that_nothing_can_have_find_nothing(world: World) {
        let stage = Stage::in_review(&world).await;
        let edition = stage.see("edition { id }").await["edition"]["id"].clone();
        for name in ["\u{0}", "a\u{0}b", "", " ", "%", "_", "'; DROP TABLE document; --", "\u{10ffff}", &"x".repeat(10_000)] {
            let query = "query($name: String!, $id: ID!, $edition: ID!) {
                document(slug: $name) { id } group(slug: $name) { id } byId: document(id: $id) { id }
                section(document: $name, key: $name) { id } inDocument: section(document: \"acts\", key: $name) { id }
                recommendation(document: $name, number: 1) { id } node(id: $id) { id } review(id: $id) { id }
                edition(id: $edition) { section(key: $name) { id } } compareEditions(before: $id, after: $edition) { summary { added } } }";
            let found = stage.chair.ask(query, json!({ "name": name, "id": name, "edition": edition })).await.data();
            let mut found = found.as_object().expect("fields").clone();
            assert_eq!(found.remove("edition"), Some(json!({ "section": null })), "{name:?}");
            assert!(found.values().all(Value::is_null), "{name:?}: {found:#?}");
        }
        for number in [0, -1, i32::MIN, i32::MAX] {
            let query = "query($number: Int!) { recommendation(document: \"acts\", number: $number) { id } }";
            assert_eq!(stage.chair.ask(query, json!({ "number": number })).await.data()["recommendation"], Value::Null);
        }
    }

    async fn cursors_that_we_never_gave_are_bad_input(world: World) {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
        let stage = Stage::in_review(&world).await;
        let id = "0199aaaa-0000-7000-8000-000000000000";
        for cursor in ["documents", "documents:", &format!("documents:{id}"), "hits:x", "hits:-1", "hits:99999999999999999999", ""] {
            for cursor in [cursor.to_owned(), BASE64.encode(cursor)] {
                for list in ["documents(after: $cursor) { nodes { id } }", "search(text: \"visit\", after: $cursor) { nodes { snippetText } }"] {
                    let query = format!("query($cursor: String!) {{ {list} }}");
                    let answer = stage.chair.ask(&query, json!({ "cursor": cursor })).await;
                    assert_eq!(code(&answer), Some("BAD_USER_INPUT"), "{list} {cursor}");
                }
            }
        }
        for made_up in [format!("documents:{id}:a\u{0}b"), format!("documents:{id}:\u{10ffff}"), format!("organisations:{id}:\u{0}")] {
            let list = made_up.split(':').next().unwrap_or_default();
            let query = format!("query($cursor: String!) {{ {list}(after: $cursor) {{ nodes {{ id }} }} }}");
            let answer = stage.chair.ask(&query, json!({ "cursor": BASE64.encode(&made_up) })).await;
            assert_eq!(code(&answer).is_some(), made_up.contains('\u{0}'), "{made_up:?}");
        }
        let query = "query($cursor: String!) { search(text: \"visit\", first: 100, after: $cursor) { nodes { snippetText } } }";
        let far = json!({ "cursor": BASE64.encode(format!("hits:{}", u64::MAX)) });
        assert_eq!(stage.chair.ask(query, far).await.data()["search"]["nodes"], json!([]));
    }

    async fn a_text_that_is_larger_than_a_request_may_be_is_refused_as_a_whole(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = with(stage.named("rota").await, json!({ "body": "x".repeat(300 * 1024) }));
        let answer = stage.nurse.run("reviseSection", input, "__typename").await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (413, Some("BAD_REQUEST")));
    }
}
