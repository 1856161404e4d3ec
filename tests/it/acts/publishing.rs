//! Concluding a review: through an empty gate, once, by those who lead (D6, S14 to S16).

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::stage::{NO_DIGEST, Stage, with};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

on_both_databases! {
    async fn s14_the_gate_lists_what_is_missing_and_opens_when_nothing_is(world: World) {
        let mut stage = Stage::published(&world).await;
        stage.open(json!({ "reason": "Now.", "finalWindowDays": 10 })).await;
        stage.revise(&stage.editor, "clinic", "New.").await;
        let input = json!({ "reviewId": stage.review });
        let refused = stage.chair.run("publishEdition", input.clone(), "edition { id }").await.problem();
        assert_eq!((&refused["code"], &refused["path"]), (&json!("PUBLICATION_BLOCKED"), &json!(["input", "reviewId"])));
        let codes: Vec<&Value> = refused["blockers"].as_array().expect("blockers").iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, [["CELL_NOT_MET"; 5].as_slice(), &["CHANGE_NOTE_MISSING"]].concat());
        stage.sign_all().await;
        assert_eq!(stage.blockers().await, ["FINAL_WINDOW", "CHANGE_NOTE_MISSING"]);
        stage.note().await;
        assert_eq!(stage.blockers().await, ["FINAL_WINDOW"]);
        world.pass(TimeDelta::days(10) - TimeDelta::seconds(2));
        let refused = stage.chair.run("publishEdition", input.clone(), "edition { id }").await;
        assert_eq!(refused.problem()["blockers"][0]["code"], "FINAL_WINDOW");
        world.pass(TimeDelta::seconds(3));
        assert_eq!(stage.see("review { gate { ready blockers { code } } }").await["review"]["gate"], json!({ "ready": true, "blockers": [] }));
        stage.chair.run("publishEdition", input, "edition { id }").await.done();
    }

    async fn s14_a_sign_off_in_the_final_window_does_not_start_it_again_but_an_edit_does(world: World) {
        let mut stage = Stage::published(&world).await;
        stage.open(json!({ "reason": "Now.", "finalWindowDays": 10 })).await;
        stage.sign_all().await;
        let until = async || stage.see("review { gate { windowUntil } }").await["review"]["gate"]["windowUntil"].clone();
        let first = until().await;
        world.pass(TimeDelta::days(5));
        stage.sign(&stage.second_nurse, "rota").await;
        assert_eq!(until().await, first);
        stage.revise(&stage.editor, "rota", "New.").await;
        assert_eq!(until().await, Value::Null);
        stage.sign(&stage.nurse, "rota").await;
        stage.patient.run("signOff", stage.whole().await, "position { id }").await.done();
        assert_ne!(until().await, first);
    }

    async fn s15_chair_and_vice_chair_publish_and_nobody_else(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.editor, "clinic", "New.").await;
        stage.sign_all().await;
        stage.note().await;
        let input = json!({ "reviewId": stage.review });
        for user in [&stage.secretariat, &stage.nurse, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("publishEdition", input.clone(), "edition { id }").await.error_code(), "FORBIDDEN");
        }
        let selection = "edition { number state isInForce issued changeNote section(key: \"clinic\") { body } }
            review { isOpen outcome concludedBy { name } gate { ready } } query { document(slug: \"acts\") { reviewDue draft { id } } }";
        let published = stage.vice_chair.run("publishEdition", input.clone(), selection).await.done();
        assert_eq!(published["edition"], json!({ "number": "2.0", "state": "PUBLISHED", "isInForce": true,
            "issued": "2017-09-01", "changeNote": "The clinic changed.", "section": { "body": "New." } }));
        assert_eq!(published["review"], json!({ "isOpen": false, "outcome": "PUBLISHED",
            "concludedBy": { "name": "vice-chair" }, "gate": null }));
        assert_eq!(published["query"]["document"], json!({ "reviewDue": "2019-09", "draft": null }));
        for user in [&stage.chair, &stage.vice_chair] {
            let problem = user.run("publishEdition", input.clone(), "edition { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!("REVIEW_CLOSED"), &json!(["input", "reviewId"])));
        }
        let editions = stage.see("editions { nodes { number state } }").await["editions"]["nodes"].clone();
        assert_eq!(editions, json!([{ "number": "2.0", "state": "PUBLISHED" }, { "number": "1.0", "state": "SUPERSEDED" }]));
    }

    async fn d6_what_was_added_removed_or_changed_makes_a_major_number_that_needs_a_note(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign_all().await;
        stage.editor.run("removeSection", stage.named("records").await, "document { id }").await.done();
        stage.patient.run("signOff", stage.whole().await, "position { id }").await.done();
        assert_eq!(stage.see("review { proposedNumber }").await["review"]["proposedNumber"], "2.0");
        assert_eq!(stage.blockers().await, ["CHANGE_NOTE_MISSING"]);
        for user in [&stage.nurse, &stage.adviser] {
            let input = json!({ "documentId": stage.document, "note": "Mine." });
            assert_eq!(user.run("writeChangeNote", input, "edition { id }").await.error_code(), "FORBIDDEN");
        }
        let blank = json!({ "documentId": stage.document, "note": "" });
        let problem = stage.editor.run("writeChangeNote", blank, "edition { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("TEXT_BLANK"), &json!(["input", "note"])));
        let mut read = Value::Null;
        for (user, note) in [(&stage.editor, "First."), (&stage.chair, "Records are *gone*.")] {
            let input = json!({ "documentId": stage.document, "note": note, "digest": read });
            let written = user.run("writeChangeNote", input, "edition { changeNote changeNoteDigest }").await.done();
            assert_eq!(written["edition"]["changeNote"], note);
            read = written["edition"]["changeNoteDigest"].clone();
        }
        assert_eq!(stage.publish().await["number"], "2.0");
        let note = stage.see("edition { changeNote(format: TEXT) }").await["edition"]["changeNote"].clone();
        assert_eq!(note, "Records are gone.");
    }

    async fn d4_a_change_note_that_was_rewritten_meanwhile_is_not_overwritten(world: World) {
        let stage = Stage::in_review(&world).await;
        let write = async |user: &User<'_>, note: &str, read: &Value| {
            let input = json!({ "documentId": stage.document, "note": note, "digest": read });
            user.run("writeChangeNote", input, "edition { changeNoteDigest }").await
        };
        let first = write(&stage.editor, "The editor's.", &Value::Null).await.done()["edition"]["changeNoteDigest"].clone();
        for read in [Value::Null, json!(NO_DIGEST)] {
            let problem = write(&stage.chair, "The chair's.", &read).await.problem();
            let told = (&problem["code"], &problem["path"], &problem["changed"]);
            assert_eq!(told, (&json!("NOTE_CHANGED"), &json!(["input", "digest"]), &first));
        }
        assert_eq!(stage.see("draft { changeNote }").await["draft"]["changeNote"], "The editor's.");
        write(&stage.chair, "Both.", &first).await.done();
        assert_eq!(stage.see("draft { changeNote }").await["draft"]["changeNote"], "Both.");
    }

    async fn d4_a_section_is_not_moved_in_a_tree_that_stands_otherwise_than_it_was_read(world: World) {
        let stage = Stage::in_review(&world).await;
        let operation = stage.section("operation").await["id"].clone();
        let (clinic, records) = (stage.placed("clinic").await, stage.placed("records").await);
        stage.editor.run("moveSection", with(clinic, json!({ "afterId": operation })), "section { id }").await.done();
        let problem = stage.editor.run("moveSection", records, "section { id }").await.problem();
        let now = stage.placed("records").await;
        assert_eq!((&problem["code"], &problem["path"]), (&json!("ARRANGEMENT_CHANGED"), &json!(["input", "arrangement"])));
        assert_eq!(problem["changed"], now["arrangement"]);
        let number = stage.editor.run("moveSection", now, "section { number }").await.done()["section"]["number"].clone();
        assert_eq!(number, "1");
    }

    async fn dates_of_a_publication_that_cannot_be_are_refused(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.editor, "records", "New.").await;
        stage.sign_all().await;
        stage.note().await;
        for (fields, code, place) in [
            (json!({ "issued": "2017-08-31" }), "NOT_TODAY", "issued"),
            (json!({ "issued": "2017-09-02" }), "NOT_TODAY", "issued"),
            (json!({ "issued": "2017-10" }), "NOT_TODAY", "issued"),
            (json!({ "nextDue": "2017-08" }), "NEXT_DUE_PAST", "nextDue"),
            (json!({ "nextDue": "1900-01" }), "NEXT_DUE_PAST", "nextDue"),
        ] {
            let input = with(json!({ "reviewId": stage.review }), fields.clone());
            let problem = stage.chair.run("publishEdition", input, "edition { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &json!(["input", place])), "{fields}");
        }
        let input = json!({ "reviewId": stage.review, "issued": "2017-09", "nextDue": "2020-01-15" });
        let selection = "edition { issued document { reviewDue } }";
        let published = stage.chair.run("publishEdition", input, selection).await.done();
        assert_eq!(published["edition"], json!({ "issued": "2017-09", "document": { "reviewDue": "2020-01-15" } }));
    }

    async fn s16_a_review_that_changes_nothing_ends_reaffirmed_and_in_no_other_way(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = json!({ "reviewId": stage.review, "statement": "It *still* holds." });
        let early = stage.chair.run("reaffirmDocument", input.clone(), "review { id }").await.problem();
        assert_eq!((&early["code"], &early["path"]), (&json!("PUBLICATION_BLOCKED"), &json!(["input", "reviewId"])));
        stage.sign_all().await;
        let publish = stage.chair.run("publishEdition", json!({ "reviewId": stage.review }), "edition { id }").await.problem();
        assert_eq!((&publish["code"], &publish["path"]), (&json!("NOTHING_CHANGED"), &json!(["input", "reviewId"])));
        for user in [&stage.secretariat, &stage.nurse, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("reaffirmDocument", input.clone(), "review { id }").await.error_code(), "FORBIDDEN");
        }
        for (fields, code, place) in [
            (json!({ "statement": " " }), "TEXT_BLANK", "statement"),
            (json!({ "nextDue": "2017-08-31" }), "NEXT_DUE_PAST", "nextDue"),
        ] {
            let problem = stage.chair.run("reaffirmDocument", with(input.clone(), fields), "review { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &json!(["input", place])));
        }
        let selection = "review { outcome statement concludedBy { name } cells { state } }";
        let ended = stage.vice_chair.run("reaffirmDocument", input.clone(), selection).await.done();
        assert_eq!(ended["review"]["statement"], "It *still* holds.");
        assert_eq!((&ended["review"]["outcome"], &ended["review"]["concludedBy"]["name"]), (&json!("REAFFIRMED"), &json!("vice-chair")));
        let seen = stage.see("reviewDue draft { id } edition { number } currency { statement(format: TEXT) }").await;
        assert_eq!(seen, json!({ "reviewDue": "2019-09", "draft": null, "edition": { "number": "1.0" },
            "currency": { "statement": "It still holds." } }));
        assert_eq!(stage.chair.run("reaffirmDocument", input, "review { id }").await.problem_code(), "REVIEW_CLOSED");
    }

    async fn s16_a_draft_that_says_something_else_is_not_reaffirmed(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.editor, "records", "New.").await;
        stage.sign_all().await;
        let input = json!({ "reviewId": stage.review, "statement": "It still holds." });
        let problem = stage.chair.run("reaffirmDocument", input, "review { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("DRAFT_DIFFERS"), &json!(["input", "reviewId"])));
    }

    async fn t2_only_a_full_review_moves_the_date_of_the_next_one(world: World) {
        let mut stage = Stage::published(&world).await;
        stage.open(json!({ "kind": "CORRECTION", "reason": "A slip." })).await;
        let slip = with(stage.named("records").await, json!({ "body": "Without the slip.", "class": "EDITORIAL" }));
        stage.editor.run("reviseSection", slip, "section { id }").await.done();
        stage.chair.run("confirmEditorial", stage.named("records").await, "section { id }").await.done();
        stage.patient.run("signOff", stage.whole().await, "position { id }").await.done();
        stage.settle();
        stage.publish().await;
        assert_eq!(stage.see("reviewDue").await["reviewDue"], "2019-05");
        world.set_clock("2018-12-01T00:00:00Z");
        assert_eq!(world.tick().await, 1);
    }
}
