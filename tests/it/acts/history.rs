//! Who changed anything is everybody's who may read it (A6).

use serde_json::{Value, json};

use super::stage::{Stage, with, word};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

on_both_databases! {
    async fn a6_whoever_may_read_a_thing_reads_who_changed_it(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.nurse, "rota", "Hers.").await;
        stage.sign(&stage.second_nurse, "rota").await;
        let objection = with(stage.at("operation").await, json!({ "reason": "No." }));
        stage.surgeon.run("object", objection, "position { id }").await.done();
        let input = json!({ "reviewId": stage.review, "reason": "Enough." });
        stage.chair.run("cancelReview", input, "review { id }").await.done();
        let query = "{ document(slug: \"acts\") {
            draft { section(key: \"rota\") { author { name } revisedAt } }
            reviews { nodes { openedBy { name } concludedBy { name } reason
                positions { nodes { act takenAt seat { holder { name } } recordedBy { name } reason } } } } } }";
        let signed = |act: &str, name: &str, reason: Option<&str>| json!({ "act": act, "takenAt": "2017-09-01T09:00:00.000Z",
            "seat": { "holder": { "name": name } }, "recordedBy": { "name": name }, "reason": reason });
        let expected = json!({
            "draft": { "section": { "author": { "name": "nurse" }, "revisedAt": "2017-09-01T09:00:00.000Z" } },
            "reviews": { "nodes": [{ "openedBy": { "name": "secretariat" }, "concludedBy": { "name": "chair" },
                "reason": "Enough.", "positions": { "nodes": [
                    signed("APPROVE", "second-nurse", None), signed("OBJECT", "surgeon", Some("No.")),
                ] } }] },
        });
        for user in [&stage.adviser, &stage.editor, &stage.patient] {
            assert_eq!(user.ask(query, json!({})).await.data()["document"], expected);
        }
        assert_eq!(world.user("nobody").ask(query, json!({})).await.data()["document"], json!(null));
    }

    async fn a6_the_history_of_a_document_and_of_a_review_tells_every_act_with_its_author(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.nurse, "rota", "Hers.").await;
        stage.sign(&stage.second_nurse, "rota").await;
        stage.note().await;
        let input = json!({ "reviewId": stage.review, "reason": "Enough." });
        stage.chair.run("cancelReview", input, "review { id }").await.done();
        let query = "{ document(slug: \"acts\") { history { totalCount nodes { kind by { name } section { key } position { act } } }
            reviews { nodes { history { totalCount nodes { kind by { name } } } } } } }";
        let seen = stage.adviser.ask(query, json!({})).await.data()["document"].clone();
        let act = |kind: &str, by: &str, section: Value, position: Value|
            json!({ "kind": kind, "by": { "name": by }, "section": section, "position": position });
        let (none, rota) = (Value::Null, json!({ "key": "rota" }));
        assert_eq!(seen["history"]["nodes"], json!([
            act("REVIEW_CANCELLED", "chair", none.clone(), none.clone()),
            act("CHANGE_NOTE_WRITTEN", "secretariat", none.clone(), none.clone()),
            act("POSITION_TAKEN", "second-nurse", rota.clone(), json!({ "act": "APPROVE" })),
            act("SECTION_REVISED", "nurse", rota, none.clone()),
            act("REVIEW_OPENED", "secretariat", none.clone(), none.clone()),
            act("DOCUMENT_IMPORTED", "chair", none.clone(), none),
        ]));
        assert_eq!(seen["history"]["totalCount"], 6);
        let of_review = &seen["reviews"]["nodes"][0]["history"];
        assert_eq!((&of_review["totalCount"], of_review["nodes"].as_array().map(Vec::len)), (&json!(5), Some(5)));

        // Roles are for whoever manages them, and the rest of the record is the same for all who read drafts.
        let count = async |user: &User<'_>| user.ask(query, json!({})).await.data()["document"]["history"]["totalCount"].clone();
        for (user, expected) in [(&stage.nurse, 6), (&stage.editor, 6), (&stage.chair, 6), (&stage.secretariat, 7)] {
            assert_eq!(count(user).await, expected);
        }
        assert_eq!(world.user("nobody").ask(query, json!({})).await.data()["document"], Value::Null);
    }

    async fn a6_reading_leaves_no_record(world: World) {
        let stage = Stage::in_review(&world).await;
        let history = "history { totalCount }";
        let before = stage.see(history).await;
        stage.see("draft { sections { body } } review { cells { state } gate { ready } positions { totalCount } }").await;
        stage.nurse.ask("{ viewer { tasks { why } } search(text: \"visit\", in: DRAFTS) { nodes { snippetText } } }", json!({})).await.data();
        assert_eq!(stage.see(history).await, before);
    }

    async fn a2_the_history_hides_what_its_reader_may_not_read(world: World) {
        let stage = Stage::in_review(&world).await;
        let person = json!({ "person": { "subject": "reader", "name": "Reader" } });
        let input = json!({ "documentId": stage.document, "role": "READER", "to": person });
        stage.secretariat.run("grantRole", input, "grantId").await.done();
        let input = json!({ "documentId": stage.document, "heading": "Hidden", "audience": "GROUP", "key": "hidden",
            "requirements": [{ "discipline": "NURSING" }], "body": "Before." });
        stage.editor.run("createSection", input, "section { id }").await.done();
        stage.sign(&stage.nurse, "hidden").await;
        stage.sign(&stage.nurse, "rota").await;
        stage.patient.run("signOff", stage.whole().await, "position { id }").await.done();
        let query = "{ document(slug: \"acts\") { history { totalCount nodes { kind } } review { history { totalCount nodes { kind } } } } }";
        let kinds = |seen: &Value| -> Vec<String> {
            let nodes = seen["history"]["nodes"].as_array().expect("events");
            assert_eq!(seen["history"]["totalCount"], nodes.len());
            nodes.iter().map(|event| word(&event["kind"])).collect()
        };
        let reader = world.user("reader").ask(query, json!({})).await.data()["document"].clone();
        assert_eq!(kinds(&reader), ["POSITION_TAKEN", "REVIEW_OPENED", "DOCUMENT_IMPORTED"], "only that on the rota");
        assert_eq!(kinds(&reader["review"]), ["POSITION_TAKEN", "REVIEW_OPENED"]);
        let member = stage.see("history { totalCount nodes { kind } }").await;
        assert_eq!(kinds(&member), ["POSITION_TAKEN", "POSITION_TAKEN", "POSITION_TAKEN", "SECTION_CREATED",
            "REVIEW_OPENED", "DOCUMENT_IMPORTED"]);

        stage.editor.run("removeSection", stage.named("hidden").await, "document { id }").await.done();
        let after = world.user("reader").ask(query, json!({})).await.data()["document"].clone();
        assert_eq!(kinds(&after), kinds(&reader), "nor that it left");
    }

    async fn a6_the_public_reads_what_was_published_and_not_who_did_it(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.editor, "records", "New.").await;
        stage.sign_all().await;
        stage.note().await;
        stage.publish().await;
        let observer = world.seated("observer", consilium::domain::role::Office::Observer, None).await;
        let query = "{ document(slug: \"acts\") { history { totalCount nodes { kind isBySystem by { name } } } } }";
        let seen = observer.ask(query, json!({})).await.data()["document"]["history"].clone();
        let published = json!({ "kind": "EDITION_PUBLISHED", "isBySystem": false, "by": { "name": "chair" } });
        assert_eq!(seen, json!({ "totalCount": 1, "nodes": [published] }));
    }

    async fn a_history_is_read_page_by_page_from_either_end(world: World) {
        let stage = Stage::in_review(&world).await;
        for body in ["One.", "Two.", "Three."] {
            stage.revise(&stage.editor, "records", body).await;
        }
        let page = async |arguments: &str| {
            let selection = format!("history({arguments}) {{ edges {{ cursor node {{ kind at }} }} pageInfo {{ hasNextPage hasPreviousPage }} }}");
            stage.see(&selection).await["history"].clone()
        };
        let all = page("first: 100").await["edges"].as_array().expect("edges").clone();
        assert_eq!(all.len(), 5);
        let first = page("first: 2").await;
        assert_eq!((first["edges"].as_array(), &first["pageInfo"]["hasNextPage"]), (Some(&all[..2].to_vec()), &json!(true)));
        let rest = page(&format!("first: 10, after: {}", first["edges"][1]["cursor"])).await;
        assert_eq!((rest["edges"].as_array(), &rest["pageInfo"]["hasNextPage"]), (Some(&all[2..].to_vec()), &json!(false)));
        let last = page("last: 2").await;
        assert_eq!((last["edges"].as_array(), &last["pageInfo"]["hasPreviousPage"]), (Some(&all[3..].to_vec()), &json!(true)));
        let middle = page(&format!("last: 1, before: {}", last["edges"][0]["cursor"])).await;
        assert_eq!(middle["edges"].as_array(), Some(&all[2..3].to_vec()));
        for wrong in ["first: 1, after: \"nonsense\"", "first: 101", "last: -1"] {
            let query = format!("{{ document(slug: \"acts\") {{ history({wrong}) {{ totalCount }} }} }}");
            assert_eq!(stage.chair.ask(&query, json!({})).await.error_code(), "BAD_USER_INPUT", "{wrong}");
        }
    }
}
