//! The tree of a draft: adding, moving and removing sections.

use serde_json::{Value, json};

use super::stage::{Stage, with, word};
use crate::harness::{on_both_databases, world::World};

const KEYS: &str = "draft { sections { key number } }";

async fn outline(stage: &Stage<'_>) -> Vec<String> {
    let draft = stage.see(KEYS).await["draft"].clone();
    let line = |section: &Value| format!("{} {}", word(&section["number"]), word(&section["key"]));
    draft["sections"].as_array().expect("sections").iter().map(line).collect()
}

on_both_databases! {
    async fn a_section_is_added_where_it_belongs_and_gets_the_next_numbers(world: World) {
        let stage = Stage::in_review(&world).await;
        let clinic = stage.section("clinic").await;
        let rota = stage.section("rota").await;
        let input = json!({ "documentId": stage.document, "heading": "Évaluation: pain & care!", "parentId": clinic["id"],
            "afterId": rota["id"], "audience": "GROUP", "stage": "DIAGNOSIS", "body": "New.",
            "requirements": [{ "discipline": "NURSING", "approvals": 2 }],
            "recommendations": [{ "strength": "MUST", "text": "One." }, { "strength": "OFFER", "text": "Two." }] });
        let selection = "section { key number audience stage author { name } changeClass recommendations { number }
            requirements { discipline approvals } parent { key } }";
        let section = stage.nurse.run("createSection", input, selection).await.done()["section"].clone();
        assert_eq!(section, json!({
            "key": "valuation-pain-care", "number": "1.2", "audience": "GROUP", "stage": "DIAGNOSIS",
            "author": { "name": "nurse" }, "changeClass": "CLINICAL",
            "recommendations": [{ "number": 3 }, { "number": 4 }],
            "requirements": [{ "discipline": "NURSING", "approvals": 2 }], "parent": { "key": "clinic" },
        }));
        let cell = stage.cell("valuation-pain-care", "NURSING").await;
        assert_eq!((&cell["needed"], &cell["state"]), (&json!(2), &json!("OPEN")));
    }

    async fn a_member_adds_only_sections_that_name_their_discipline_and_an_officer_none(world: World) {
        let stage = Stage::in_review(&world).await;
        let naming = |heading: &str, requirements: Value| {
            json!({ "documentId": stage.document, "heading": heading, "requirements": requirements })
        };
        let surgical = naming("Surgical", json!([{ "discipline": "SURGERY" }]));
        for user in [&stage.nurse, &stage.chair, &stage.vice_chair, &stage.secretariat, &stage.adviser] {
            assert_eq!(user.run("createSection", surgical.clone(), "__typename").await.error_code(), "FORBIDDEN");
        }
        let nobodys = stage.surgeon.run("createSection", naming("Nobody's", json!([])), "__typename").await;
        assert_eq!(nobodys.error_code(), "FORBIDDEN");
        stage.surgeon.run("createSection", surgical, "section { id }").await.done();
        stage.editor.run("createSection", naming("Nobody's", json!([])), "section { id }").await.done();
    }

    async fn what_is_wrong_with_a_new_section_is_told_with_its_place(world: World) {
        let stage = Stage::in_review(&world).await;
        let cases = [
            (json!({ "key": "clinic" }), "KEY_TAKEN", "key"),
            (json!({ "heading": "Clinic" }), "KEY_TAKEN", "key"),
            (json!({ "key": "Two Words" }), "KEY_INVALID", "key"),
            (json!({ "key": "x".repeat(81) }), "KEY_INVALID", "key"),
            (json!({ "key": "" }), "KEY_INVALID", "key"),
            (json!({ "audience": "PUBLIC" }), "AUDIENCE_TOO_WIDE", "audience"),
            (json!({ "heading": "" }), "TEXT_BLANK", "heading"),
            (json!({ "heading": "x".repeat(301) }), "TEXT_TOO_LONG", "heading"),
            (json!({ "body": "## Hidden {#hidden}" }), "TEXT_RESERVED", "body"),
            (json!({ "requirements": [{ "discipline": "NURSING", "approvals": 0 }] }), "REQUIREMENTS_WRONG", "requirements"),
            (json!({ "requirements": [{ "discipline": "NURSING", "approvals": 10 }] }), "REQUIREMENTS_WRONG", "requirements"),
            (json!({ "requirements": [{ "discipline": "NURSING" }, { "discipline": "NURSING" }] }), "REQUIREMENTS_WRONG", "requirements"),
            (json!({ "recommendations": [{ "number": 1, "strength": "MUST", "text": "Mine." }] }), "RECOMMENDATION_UNKNOWN", "recommendations"),
            (json!({ "references": vec![json!({ "text": "One" }); 201] }), "TOO_MANY_REFERENCES", "references"),
            (json!({ "recommendations": vec![json!({ "strength": "MUST", "text": "One" }); 201] }), "TOO_MANY_RECOMMENDATIONS", "recommendations"),
        ];
        let before = outline(&stage).await;
        for (fields, code, place) in cases {
            let input = with(json!({ "documentId": stage.document, "heading": "New" }), fields.clone());
            let problem = stage.editor.run("createSection", input, "section { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"][1]), (&json!(code), &json!(place)), "{fields}");
        }
        assert_eq!(outline(&stage).await, before);
    }

    async fn a_key_is_never_given_twice_even_when_its_section_is_gone(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.editor.run("removeSection", stage.named("records").await, "document { id }").await.done();
        let input = json!({ "documentId": stage.document, "heading": "Records" });
        assert_eq!(stage.editor.run("createSection", input, "section { id }").await.problem_code(), "KEY_TAKEN");
    }

    async fn a_section_moves_with_all_under_it_and_what_was_signed_still_counts(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign_all().await;
        assert_eq!(outline(&stage).await, ["1 clinic", "1.1 rota", "2 operation", "3 records"]);
        let (clinic, operation) = (stage.section("clinic").await, stage.section("operation").await);
        let input = with(stage.placed("clinic").await, json!({ "afterId": operation["id"] }));
        let moved = stage.nurse.run("moveSection", input, "section { number digest children { key } }").await.done();
        assert_eq!(moved["section"], json!({ "number": "2", "digest": clinic["digest"], "children": [{ "key": "rota" }] }));
        assert_eq!(outline(&stage).await, ["1 operation", "2 clinic", "2.1 rota", "3 records"]);
        for (key, discipline) in [("clinic", "NURSING"), ("rota", "NURSING"), ("", "PATIENT_REPRESENTATIVE")] {
            assert_eq!(stage.state(key, discipline).await, "MET");
        }
    }

    async fn where_a_section_cannot_stand_is_told(world: World) {
        let stage = Stage::in_review(&world).await;
        let id = async |key: &str| stage.section(key).await["id"].clone();
        let (clinic, rota, operation) = (id("clinic").await, id("rota").await, id("operation").await);
        let cases = [
            (json!({ "parentId": rota }), "UNDER_ITSELF", json!(["input"])),
            (json!({ "afterId": rota }), "UNDER_ITSELF", json!(["input"])),
            (json!({ "parentId": clinic }), "UNDER_ITSELF", json!(["input"])),
            (json!({}), "NOTHING_CHANGED", json!(["input"])),
        ];
        for (place, code, path) in cases {
            let input = with(stage.placed("clinic").await, place.clone());
            let problem = stage.editor.run("moveSection", input, "section { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &path), "{place}");
        }
        let input = with(stage.placed("records").await, json!({ "parentId": operation, "afterId": rota }));
        let problem = stage.editor.run("moveSection", input, "section { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("NOT_A_SIBLING"), &json!(["input", "afterId"])));
        let refused = stage.nurse.run("moveSection", stage.placed("operation").await, "section { id }").await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
    }

    async fn sections_stand_at_most_six_deep(world: World) {
        let stage = Stage::in_review(&world).await;
        let mut parent = stage.section("rota").await["id"].clone();
        for level in 3..=7 {
            let input = json!({ "documentId": stage.document, "heading": format!("Level {level}"), "parentId": parent });
            let answer = stage.editor.run("createSection", input, "section { id level }").await;
            if level == 7 {
                assert_eq!(answer.problem_code(), "TOO_DEEP");
                return;
            }
            let section = answer.done()["section"].clone();
            assert_eq!(section["level"], level);
            parent = section["id"].clone();
        }
    }

    async fn a_section_is_removed_once_nothing_hangs_on_it(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign_all().await;
        let standing = stage.nurse.run("removeSection", stage.named("clinic").await, "document { id }").await.problem();
        assert_eq!((&standing["code"], &standing["path"]), (&json!("RECOMMENDATION_MISSING"), &json!(["input", "sectionId"])));
        let input = with(stage.named("clinic").await, json!({ "number": 1, "reason": "No longer." }));
        stage.nurse.run("standDownRecommendation", input, "section { id }").await.done();
        let children = stage.nurse.run("removeSection", stage.named("clinic").await, "document { id }").await;
        assert_eq!(children.problem_code(), "SECTION_HAS_CHILDREN");
        let foreign = stage.nurse.run("removeSection", stage.named("operation").await, "document { id }").await;
        assert_eq!(foreign.error_code(), "FORBIDDEN");
        for key in ["rota", "clinic"] {
            stage.nurse.run("removeSection", stage.named(key).await, "document { id }").await.done();
        }
        assert_eq!(outline(&stage).await, ["1 operation", "2 records"]);
        assert_eq!(stage.state("operation", "SURGERY").await, "MET", "its own sign-off is untouched");
        assert_eq!(stage.state("", "PATIENT_REPRESENTATIVE").await, "STALE");
        let again = stage.see("edition { section(key: \"rota\") { id digest } }").await["edition"]["section"].clone();
        let input = json!({ "sectionId": again["id"], "digest": again["digest"] });
        assert_eq!(stage.nurse.run("removeSection", input, "document { id }").await.error_code(), "NOT_FOUND");
    }
}
