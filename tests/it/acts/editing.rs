//! Giving a section another text: who may, and that nothing is overwritten (D1, D4).

use serde_json::json;

use super::stage::{NO_DIGEST, Stage, with, word};
use crate::harness::{on_both_databases, world::World};

on_both_databases! {
    async fn d4_an_edit_from_a_text_that_moved_on_is_refused_and_overwrites_nothing(world: World) {
        let stage = Stage::in_review(&world).await;
        let read = stage.named("clinic").await;
        let current = stage.revise(&stage.nurse, "clinic", "Hers.").await["digest"].clone();
        for (name, more) in [
            ("reviseSection", json!({ "body": "His." })),
            ("standDownRecommendation", json!({ "number": 1, "reason": "No." })),
            ("removeSection", json!({})),
            ("confirmEditorial", json!({})),
        ] {
            let problem = stage.editor.run(name, with(read.clone(), more), "__typename").await.problem();
            assert_eq!(problem["__typename"], "SectionChangedError", "{name}");
            assert_eq!((&problem["code"], &problem["currentDigest"]), (&json!("SECTION_CHANGED"), &current), "{name}");
            assert_eq!(problem["path"], json!(["input", "digest"]), "{name}");
        }
        assert_eq!(stage.section("clinic").await["body"], "Hers.");
        assert_eq!(stage.section("clinic").await["author"]["name"], "nurse");
    }

    async fn d4_a_digest_that_no_text_ever_had_is_refused_likewise(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = with(stage.named("clinic").await, json!({ "digest": NO_DIGEST, "body": "His." }));
        assert_eq!(stage.editor.run("reviseSection", input, "__typename").await.problem_code(), "SECTION_CHANGED");
    }

    async fn a_member_revises_only_sections_that_name_their_discipline_and_an_officer_none(world: World) {
        let stage = Stage::in_review(&world).await;
        let everywhere = [&stage.editor];
        let nowhere = [&stage.chair, &stage.vice_chair, &stage.secretariat, &stage.adviser, &stage.patient];
        for key in ["clinic", "rota", "operation", "records"] {
            for user in nowhere {
                let input = with(stage.named(key).await, json!({ "body": "Mine." }));
                let refused = user.run("reviseSection", input, "__typename").await;
                assert_eq!(refused.error_code(), "FORBIDDEN", "{key}");
            }
            for user in everywhere {
                stage.revise(user, key, "The editor's.").await;
            }
        }
        for (user, own, foreign) in [(&stage.surgeon, "operation", "rota"), (&stage.nurse, "rota", "operation")] {
            stage.revise(user, own, "Ours.").await;
            for key in [foreign, "records"] {
                let input = with(stage.named(key).await, json!({ "body": "Not ours." }));
                assert_eq!(user.run("reviseSection", input, "__typename").await.error_code(), "FORBIDDEN", "{key}");
            }
        }
    }

    async fn what_a_viewer_can_do_is_what_they_are_let_do(world: World) {
        let stage = Stage::in_review(&world).await;
        let query = "{ document(slug: \"acts\") { draft { sections { id key digest viewerCanRevise } } } }";
        for user in [&stage.nurse, &stage.chair, &stage.editor, &stage.secretariat] {
            let sections = user.ask(query, json!({})).await.data()["document"]["draft"]["sections"].clone();
            for section in sections.as_array().expect("sections") {
                let input = json!({ "sectionId": section["id"], "digest": section["digest"], "heading": "New" });
                let answer = user.run("reviseSection", input, "__typename").await;
                let done = answer.body.get("errors").is_none();
                assert_eq!(section["viewerCanRevise"], done, "{}", section["key"]);
            }
        }
    }

    async fn d1_a_published_edition_does_not_change_and_its_ids_name_the_section_in_the_draft(world: World) {
        let stage = Stage::in_review(&world).await;
        let selection = "edition { section(key: \"clinic\") { id digest body } }";
        let before = stage.see(selection).await;
        let published = &before["edition"]["section"];
        let input = json!({ "sectionId": published["id"], "digest": published["digest"], "body": "New." });
        let payload = stage.nurse.run("reviseSection", input, "section { id body edition { state } }").await.done();
        assert_eq!((&payload["section"]["body"], &payload["section"]["edition"]["state"]), (&json!("New."), &json!("DRAFT")));
        assert_ne!(payload["section"]["id"], published["id"]);
        assert_eq!(stage.see(selection).await, before);
    }

    async fn an_edit_that_changes_nothing_is_told_so(world: World) {
        let stage = Stage::in_review(&world).await;
        let section = stage.section("clinic").await;
        for same in [json!({}), json!({ "heading": "Clinic", "body": format!("{}\r\n\r\n", word(&section["body"])) })] {
            let input = with(stage.named("clinic").await, same);
            let problem = stage.nurse.run("reviseSection", input, "section { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!("NOTHING_CHANGED"), &json!(["input"])));
        }
    }

    async fn without_a_draft_there_is_nothing_to_edit(world: World) {
        let stage = Stage::published(&world).await;
        let section = stage.see("edition { section(key: \"clinic\") { id digest } }").await["edition"]["section"].clone();
        let named = json!({ "sectionId": section["id"], "digest": section["digest"] });
        let edits = [
            ("reviseSection", with(named.clone(), json!({ "body": "New." }))),
            ("removeSection", named.clone()),
            ("moveSection", json!({ "sectionId": section["id"], "arrangement": section["digest"] })),
            ("confirmEditorial", named.clone()),
            ("standDownRecommendation", with(named, json!({ "number": 1, "reason": "No." }))),
            ("createSection", json!({ "documentId": stage.document, "heading": "New" })),
            ("writeChangeNote", json!({ "documentId": stage.document, "note": "New." })),
        ];
        for (name, input) in edits {
            assert_eq!(stage.editor.run(name, input, "__typename").await.error_code(), "NOT_FOUND", "{name}");
        }
    }

    async fn every_mistake_in_a_text_is_told_at_once_each_with_its_place(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = with(stage.named("clinic").await, json!({
            "heading": "Two\nlines",
            "body": "::: recommendation R9 OFFER",
            "summary": "## Marked {#marked}\u{0}",
            "recommendations": [
                { "number": 0, "strength": "OFFER", "text": " " },
                { "number": 1, "strength": "OFFER", "text": "x".repeat(10_001), "summary": ":::" },
            ],
            "references": [{ "text": "", "url": "javascript:alert(1)" }],
        }));
        let answer = stage.nurse.run("reviseSection", input, "section { id }").await.data();
        let problems = answer["reviseSection"]["userErrors"].as_array().expect("problems").clone();
        let told: Vec<String> = problems.iter().map(|problem| {
            let path: Vec<String> = problem["path"].as_array().expect("a path").iter().skip(1).map(word).collect();
            format!("{} {}", path.join("."), word(&problem["code"]))
        }).collect();
        assert_eq!(told, [
            "heading TEXT_NOT_ALLOWED",
            "body TEXT_RESERVED",
            "summary TEXT_NOT_ALLOWED",
            "recommendations.0.number NUMBER_INVALID",
            "recommendations.0.text TEXT_BLANK",
            "recommendations.1.text TEXT_TOO_LONG",
            "recommendations.1.summary TEXT_RESERVED",
            "references.0.text TEXT_BLANK",
            "references.0.url URL_NOT_HTTPS",
        ]);
    }
}
