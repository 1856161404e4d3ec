//! What the secretariat records for members, on their written word (S10).

use serde_json::{Value, json};

use super::stage::{NO_DIGEST, Stage, with, without};
use crate::harness::{on_both_databases, world::World};

/// The nurse's sign-off on the rota, by letter.
async fn letter(stage: &Stage<'_>) -> Value {
    let seat = stage.seat("nurse").await;
    with(stage.at("rota").await, json!({ "seatId": seat, "act": "APPROVE", "instruction": "I sign the rota." }))
}

on_both_databases! {
    async fn s10_both_names_are_kept_and_the_member_is_told_and_can_undo_it(world: World) {
        let stage = Stage::in_review(&world).await;
        let selection = "position { act counts instruction seat { holder { name } } recordedBy { name } }";
        let input = letter(&stage).await;
        let recorded = stage.secretariat.run("recordInstructedPosition", input, selection).await.done();
        assert_eq!(recorded["position"], json!({ "act": "APPROVE", "counts": true, "instruction": "I sign the rota.",
            "seat": { "holder": { "name": "nurse" } }, "recordedBy": { "name": "secretariat" } }));
        assert_eq!(stage.state("rota", "NURSING").await, "MET");
        let tasks = "{ viewer { tasks { why section { key } position { instruction } } } }";
        let tasks = stage.nurse.ask(tasks, json!({})).await.data()["viewer"]["tasks"].clone();
        let told = json!({ "why": "RECORDED_ON_INSTRUCTION", "section": { "key": "rota" },
            "position": { "instruction": "I sign the rota." } });
        assert!(tasks.as_array().expect("tasks").contains(&told), "{tasks:#}");
        let undo = without(stage.at("rota").await, "digest");
        let selection = "position { act recordedBy { name } instruction }";
        let undone = stage.nurse.run("withdrawPosition", undo, selection).await.done();
        assert_eq!(undone["position"], json!({ "act": "WITHDRAW", "recordedBy": { "name": "nurse" }, "instruction": null }));
        assert_eq!(stage.state("rota", "NURSING").await, "OPEN");
    }

    async fn s10_only_the_secretariat_records_an_instruction_and_it_signs_nothing_itself(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = letter(&stage).await;
        for user in [&stage.chair, &stage.vice_chair, &stage.nurse, &stage.surgeon, &stage.adviser, &stage.editor] {
            let refused = user.run("recordInstructedPosition", input.clone(), "position { id }").await;
            assert_eq!(refused.error_code(), "FORBIDDEN");
        }
        let plain = without(without(input, "act"), "instruction");
        let refused = stage.secretariat.run("signOff", plain, "position { id }").await;
        assert_eq!(refused.error_code(), "FORBIDDEN", "a member's seat is not the secretariat's");
        assert_eq!(stage.recorded().await, 0);
    }

    async fn s10_an_instruction_obeys_the_rules_of_the_cell(world: World) {
        let stage = Stage::in_review(&world).await;
        let letter = letter(&stage).await;
        let seat = async |name: &str| json!({ "seatId": stage.seat(name).await });
        let of_whole = with(without(letter.clone(), "sectionId"), json!({ "digest": stage.whole().await["digest"] }));
        let cases = [
            (with(letter.clone(), json!({ "instruction": " " })), "TEXT_BLANK", "instruction"),
            (without(letter.clone(), "digest"), "DIGEST_MISSING", "digest"),
            (with(letter.clone(), json!({ "digest": NO_DIGEST })), "SECTION_CHANGED", "digest"),
            (with(letter.clone(), json!({ "act": "OBJECT" })), "REASON_MISSING", "reason"),
            (with(letter.clone(), seat("surgeon").await), "CELL_UNKNOWN", "sectionId"),
            (with(letter.clone(), seat("chair").await), "CELL_UNKNOWN", "sectionId"),
            (with(letter.clone(), seat("secretariat").await), "CELL_UNKNOWN", "sectionId"),
            (of_whole, "CELL_UNKNOWN", "sectionId"),
            (without(with(letter.clone(), json!({ "act": "LIFT" })), "digest"), "NOTHING_TO_LIFT", ""),
            (without(with(letter.clone(), json!({ "act": "WITHDRAW" })), "digest"), "NOTHING_TO_WITHDRAW", ""),
        ];
        for (input, code, place) in cases {
            let answer = stage.secretariat.run("recordInstructedPosition", input.clone(), "position { id }").await;
            let problem = answer.problem();
            assert_eq!(problem["code"], code, "{input}");
            assert_eq!(problem["path"][1].as_str().unwrap_or_default(), place, "{input}");
        }
        stage.secretariat.run("endSeat", seat("nurse").await, "seat { id }").await.done();
        let problem = stage.secretariat.run("recordInstructedPosition", letter, "position { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("SEAT_NOT_IN_TERM"), &json!(["input", "seatId"])));
        assert_eq!(stage.recorded().await, 0);
    }

    async fn s10_an_objection_by_letter_is_the_members_to_lift(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = with(letter(&stage).await, json!({ "act": "OBJECT", "reason": "Too few nurses." }));
        stage.secretariat.run("recordInstructedPosition", input, "position { id }").await.done();
        assert_eq!(stage.state("rota", "NURSING").await, "BLOCKED");
        let lift = without(stage.at("rota").await, "digest");
        assert_eq!(stage.secretariat.run("liftObjection", lift.clone(), "position { id }").await.error_code(), "FORBIDDEN");
        stage.nurse.run("liftObjection", lift, "position { id }").await.done();
        assert_eq!(stage.state("rota", "NURSING").await, "OPEN");
    }
}
