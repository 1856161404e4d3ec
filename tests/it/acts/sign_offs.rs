//! Signing off: bound to the text that was read, stale when it moves on (S3 to S5, S9, S11, S12).

use serde_json::{Value, json};

use super::stage::{Stage, with, without, word};
use crate::harness::{on_both_databases, world::World};

/// The positions that no longer count, as `key DISCIPLINE why`.
async fn stale(stage: &Stage<'_>) -> Vec<String> {
    let seen =
        stage.see("review { positions(first: 100) { nodes { discipline staleness counts section { key } } } }").await;
    let nodes = seen["review"]["positions"]["nodes"].as_array().expect("positions").clone();
    let told = |position: &Value| {
        let why = position["staleness"].as_str()?;
        Some(format!(
            "{} {} {why}",
            position["section"]["key"].as_str().unwrap_or("whole"),
            word(&position["discipline"])
        ))
    };
    nodes.iter().filter_map(told).collect()
}

on_both_databases! {
    async fn s5_a_sign_off_on_a_text_that_moved_on_is_refused_and_nothing_is_recorded(world: World) {
        let stage = Stage::in_review(&world).await;
        let read = stage.at("clinic").await;
        let current = stage.revise(&stage.nurse, "clinic", "New.").await["digest"].clone();
        for name in ["signOff", "object", "abstain", "recuse"] {
            let input = with(read.clone(), json!({ "reason": "Read." }));
            let problem = stage.surgeon.run(name, input, "position { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!("SECTION_CHANGED"), &json!(["input", "digest"])), "{name}");
            assert_eq!(problem["currentDigest"], current, "{name}");
        }
        let whole = stage.whole().await;
        stage.revise(&stage.nurse, "rota", "New.").await;
        let problem = stage.patient.run("signOff", whole, "position { id }").await.problem();
        assert_eq!((&problem["code"], &problem["currentDigest"]), (&json!("SECTION_CHANGED"), &stage.whole().await["digest"]));
        assert_eq!(stage.recorded().await, 0);
    }

    async fn a_signature_takes_four_statements_however_many_there_are(world: World) {
        let stage = Stage::in_review(&world).await;
        let text = stage.at("clinic").await;
        stage.sign(&stage.nurse, "clinic").await;
        for _ in 0..3 {
            for (name, input) in [("withdrawPosition", without(text.clone(), "digest")), ("signOff", text.clone())] {
                let (taken, statements) = world.counted(stage.nurse.run(name, input, "userErrors { code }")).await;
                taken.done();
                assert_eq!(statements, 4, "{name}: who signs, the locks, the positions that matter, what is written");
            }
        }
    }

    async fn s3_an_edit_makes_stale_exactly_what_s4_said_before_it(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign_all().await;
        let clinic = stage.section("clinic").await;
        let query = "query($review: ID!, $section: ID!) { review(id: $review) {
            revisionImpact(section: $section) { discipline section { key } } } }";
        let variables = json!({ "review": stage.review, "section": clinic["id"] });
        let impact = stage.nurse.ask(query, variables).await.data()["review"]["revisionImpact"].clone();
        let told = |position: &Value| {
            let key = position["section"]["key"].as_str().unwrap_or("whole");
            format!("{key} {} TEXT_CHANGED", word(&position["discipline"]))
        };
        let expected: Vec<String> = impact.as_array().expect("positions").iter().map(told).collect();
        assert_eq!(expected, ["clinic SURGERY TEXT_CHANGED", "clinic NURSING TEXT_CHANGED", "whole PATIENT_REPRESENTATIVE TEXT_CHANGED"]);
        assert!(stale(&stage).await.is_empty());
        stage.revise(&stage.nurse, "clinic", "New.").await;
        assert_eq!(stale(&stage).await, expected);
        assert_eq!(stage.state("clinic", "SURGERY").await, "STALE");
        assert_eq!(stage.state("rota", "NURSING").await, "MET");
        assert_eq!(stage.state("operation", "SURGERY").await, "MET");
        assert_eq!(stage.recorded().await, 5, "kept, and shown");
    }

    async fn s2_a_text_that_comes_back_has_its_sign_offs_again(world: World) {
        let stage = Stage::in_review(&world).await;
        let before = word(&stage.section("clinic").await["body"]);
        stage.sign(&stage.surgeon, "clinic").await;
        stage.revise(&stage.nurse, "clinic", "New.").await;
        assert_eq!(stage.state("clinic", "SURGERY").await, "STALE");
        stage.revise(&stage.nurse, "clinic", &before).await;
        assert_eq!(stage.state("clinic", "SURGERY").await, "MET");
    }

    async fn s9_an_authors_approval_counts_only_beside_another_of_their_discipline(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.nurse, "rota", "Mine.").await;
        stage.sign(&stage.nurse, "rota").await;
        let cell = stage.cell("rota", "NURSING").await;
        assert_eq!((&cell["state"], &cell["given"]), (&json!("OPEN"), &json!(0)));
        stage.sign(&stage.second_nurse, "rota").await;
        let cell = stage.cell("rota", "NURSING").await;
        assert_eq!((&cell["state"], &cell["given"]), (&json!("MET"), &json!(2)));
        stage.revise(&stage.surgeon, "operation", "Mine.").await;
        assert_eq!(stage.state("operation", "SURGERY").await, "NO_ELIGIBLE_SEAT", "there is no other surgeon");
        stage.sign(&stage.surgeon, "operation").await;
        assert_eq!(stage.state("operation", "SURGERY").await, "NO_ELIGIBLE_SEAT");
    }

    async fn s11_what_was_withdrawn_stays_withdrawn(world: World) {
        let stage = Stage::in_review(&world).await;
        let before = word(&stage.section("clinic").await["body"]);
        stage.sign(&stage.surgeon, "clinic").await;
        let withdraw = without(stage.at("clinic").await, "digest");
        let position = stage.surgeon.run("withdrawPosition", withdraw.clone(), "position { act counts }").await.done();
        assert_eq!(position["position"]["act"], "WITHDRAW");
        assert_eq!(stage.state("clinic", "SURGERY").await, "OPEN");
        stage.revise(&stage.nurse, "clinic", "New.").await;
        stage.revise(&stage.nurse, "clinic", &before).await;
        assert_eq!(stage.state("clinic", "SURGERY").await, "OPEN", "the old text does not bring it back");
        let again = stage.surgeon.run("withdrawPosition", withdraw, "position { id }").await.problem();
        assert_eq!((&again["code"], &again["path"]), (&json!("NOTHING_TO_WITHDRAW"), &json!(["input"])));
        stage.sign(&stage.surgeon, "clinic").await;
        assert_eq!(stage.state("clinic", "SURGERY").await, "MET");
    }

    async fn the_same_sign_off_twice_is_recorded_once(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign(&stage.surgeon, "clinic").await;
        let again = stage.surgeon.run("signOff", stage.at("clinic").await, "position { id }").await;
        assert_eq!(again.problem_code(), "ALREADY_TAKEN");
        assert_eq!(stage.recorded().await, 1);
    }

    async fn s12_patient_representatives_and_nobody_else_sign_the_document_as_a_whole(world: World) {
        let stage = Stage::in_review(&world).await;
        let whole = stage.whole().await;
        for user in [&stage.nurse, &stage.surgeon, &stage.chair, &stage.secretariat, &stage.editor] {
            assert_eq!(user.run("signOff", whole.clone(), "position { id }").await.error_code(), "FORBIDDEN");
        }
        assert_eq!(stage.state("", "PATIENT_REPRESENTATIVE").await, "OPEN");
        let section = stage.patient.run("signOff", stage.at("clinic").await, "position { id }").await;
        assert_eq!(section.error_code(), "FORBIDDEN", "no section names them");
        let signed = stage.patient.run("signOff", whole, "position { isOnWhole section { key } }").await.done();
        assert_eq!(signed["position"], json!({ "isOnWhole": true, "section": null }));
        assert_eq!(stage.state("", "PATIENT_REPRESENTATIVE").await, "MET");
        stage.revise(&stage.editor, "records", "A section that nobody is named in.").await;
        assert_eq!(stage.state("", "PATIENT_REPRESENTATIVE").await, "STALE", "every text is part of the whole");
    }

    async fn nobody_signs_in_a_review_that_is_over(world: World) {
        let stage = Stage::in_review(&world).await;
        let read = stage.at("clinic").await;
        stage.sign(&stage.surgeon, "clinic").await;
        let input = json!({ "reviewId": stage.review, "reason": "Not now." });
        stage.chair.run("cancelReview", input, "review { id }").await.done();
        for (name, input) in [("signOff", read.clone()), ("withdrawPosition", without(read, "digest"))] {
            let problem = stage.surgeon.run(name, input, "position { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!("REVIEW_CLOSED"), &json!(["input", "reviewId"])), "{name}");
        }
    }

    async fn s5_a_signature_can_be_checked_with_the_text_in_hand_whatever_the_section_says_now(world: World) {
        let stage = Stage::in_review(&world).await;
        let read = stage.section("rota").await;
        stage.sign(&stage.nurse, "rota").await;
        stage.revise(&stage.editor, "rota", "It says something else now.").await;
        stage.patient.run("signOff", stage.whole().await, "position { id }").await.done();
        let query = "{ document(slug: \"acts\") { review { positions { nodes { digest staleness content { digest heading body canonicalJson } } } } } }";
        for reader in [&stage.nurse, &stage.adviser, &stage.editor] {
            let data = reader.ask(query, json!({})).await.data();
            let positions = &data["document"]["review"]["positions"]["nodes"];
            let (signed, whole) = (&positions[0], &positions[1]);
            assert_eq!((&signed["staleness"], &signed["digest"]), (&json!("TEXT_CHANGED"), &read["digest"]));
            assert_eq!((&signed["content"]["body"], &signed["content"]["heading"]), (&read["body"], &read["heading"]));
            let canonical = signed["content"]["canonicalJson"].as_str().expect("a text");
            let digest = format!("sha256:{}", hex::encode(<sha2::Sha256 as sha2::Digest>::digest(canonical)));
            assert_eq!((&json!(digest), &signed["content"]["digest"]), (&signed["digest"], &signed["digest"]));
            assert_eq!(whole["content"], json!(null));
        }
    }
}
