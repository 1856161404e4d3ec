//! Abstaining, recusing oneself, and who can take a position at all (S8, S10).

use serde_json::{Value, json};

use super::stage::{NO_DIGEST, Stage, with, without, word};
use crate::harness::{on_both_databases, world::World};

async fn eligible(stage: &Stage<'_>, key: &str, discipline: &str) -> Vec<String> {
    let cell = stage.cell(key, discipline).await;
    cell["eligibleSeats"].as_array().expect("seats").iter().map(|seat| word(&seat["holder"]["name"])).collect()
}

on_both_databases! {
    async fn s8_who_abstains_stays_in_the_count_of_seats(world: World) {
        let stage = Stage::in_review(&world).await;
        let abstained = stage.nurse.run("abstain", stage.at("rota").await, "position { act reason }").await.done();
        assert_eq!(abstained["position"], json!({ "act": "ABSTAIN", "reason": null }));
        assert_eq!(eligible(&stage, "rota", "NURSING").await, ["nurse", "second-nurse"]);
        assert_eq!(stage.state("rota", "NURSING").await, "OPEN", "an abstention is no approval");
        let again = stage.nurse.run("abstain", stage.at("rota").await, "position { id }").await;
        assert_eq!(again.problem_code(), "ALREADY_TAKEN");
        stage.sign(&stage.nurse, "rota").await;
        assert_eq!(stage.state("rota", "NURSING").await, "MET");
    }

    async fn s8_who_recuses_leaves_the_count_and_without_a_seat_left_nobody_may_fill_in(world: World) {
        let stage = Stage::in_review(&world).await;
        let reason = json!({ "reason": "My own ward." });
        let input = with(stage.at("rota").await, reason);
        let recused = stage.nurse.run("recuse", input, "position { act reason }").await.done();
        assert_eq!(recused["position"], json!({ "act": "RECUSE", "reason": "My own ward." }));
        assert_eq!(eligible(&stage, "rota", "NURSING").await, ["second-nurse"]);
        assert_eq!(eligible(&stage, "clinic", "NURSING").await, ["nurse", "second-nurse"], "in this cell only");
        for (name, code) in [("signOff", "SEAT_RECUSED"), ("object", "SEAT_RECUSED"), ("abstain", "SEAT_RECUSED"), ("recuse", "ALREADY_TAKEN")] {
            let input = with(stage.at("rota").await, json!({ "reason": "After all." }));
            assert_eq!(stage.nurse.run(name, input, "position { id }").await.problem_code(), code, "{name}");
        }
        stage.second_nurse.run("recuse", stage.at("rota").await, "position { id }").await.done();
        assert_eq!(stage.state("rota", "NURSING").await, "NO_ELIGIBLE_SEAT");
        assert!(stage.blockers().await.contains(&"NO_ELIGIBLE_SEAT".to_owned()));
        for user in [&stage.surgeon, &stage.chair, &stage.vice_chair, &stage.secretariat, &stage.editor, &stage.adviser] {
            let refused = user.run("signOff", stage.at("rota").await, "position { id }").await;
            assert_eq!(refused.error_code(), "FORBIDDEN");
        }
        let back = without(stage.at("rota").await, "digest");
        stage.nurse.run("withdrawPosition", back, "position { id }").await.done();
        stage.sign(&stage.nurse, "rota").await;
        assert_eq!(stage.state("rota", "NURSING").await, "MET");
    }

    async fn a_sign_off_stops_counting_when_its_seat_recuses_itself(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign(&stage.nurse, "rota").await;
        stage.nurse.run("recuse", stage.at("rota").await, "position { id }").await.done();
        let seen = stage.see("review { positions { nodes { act counts staleness } } }").await;
        assert_eq!(seen["review"]["positions"]["nodes"], json!([
            { "act": "APPROVE", "counts": false, "staleness": "RECUSED" },
            { "act": "RECUSE", "counts": true, "staleness": null },
        ]));
        assert_eq!(stage.state("rota", "NURSING").await, "OPEN");
    }

    async fn s10_no_office_signs_for_a_discipline(world: World) {
        let stage = Stage::in_review(&world).await;
        let at = with(stage.at("rota").await, json!({ "reason": "By my office." }));
        for name in ["signOff", "object", "abstain", "recuse"] {
            for user in [&stage.chair, &stage.vice_chair, &stage.secretariat, &stage.adviser, &stage.editor] {
                assert_eq!(user.run(name, at.clone(), "position { id }").await.error_code(), "FORBIDDEN", "{name}");
            }
        }
        assert_eq!(stage.recorded().await, 0);
    }

    async fn s10_a_chair_with_a_discipline_signs_for_that_one_alone(world: World) {
        let stage = Stage::in_review(&world).await;
        use consilium::domain::role::{Discipline, Office};
        let chair = world.seated("signing-chair", Office::Chair, Some(Discipline::Nursing)).await;
        stage.sign(&chair, "rota").await;
        assert_eq!(stage.state("rota", "NURSING").await, "MET");
        let refused = chair.run("signOff", stage.at("operation").await, "position { id }").await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
    }

    async fn a_seat_is_named_where_several_of_ones_own_would_do_and_must_be_ones_own(world: World) {
        let stage = Stage::in_review(&world).await;
        use consilium::domain::role::{Discipline, Office};
        world.seated("nurse", Office::ViceChair, Some(Discipline::Nursing)).await;
        let ambiguous = stage.nurse.run("signOff", stage.at("rota").await, "position { id }").await;
        assert_eq!(ambiguous.error_code(), "FORBIDDEN", "nobody guesses which seat is meant");
        let own = with(stage.at("rota").await, json!({ "seatId": stage.seat("nurse").await }));
        stage.nurse.run("signOff", own, "position { id }").await.done();
        for name in ["second-nurse", "chair", "patient"] {
            let input = with(stage.at("rota").await, json!({ "seatId": stage.seat(name).await }));
            assert_eq!(stage.nurse.run("signOff", input, "position { id }").await.error_code(), "FORBIDDEN", "{name}");
        }
    }

    async fn what_cannot_be_taken_is_told_with_its_place(world: World) {
        let stage = Stage::in_review(&world).await;
        let at = stage.at("rota").await;
        let cases: [(&str, Value, &str, Value); 6] = [
            ("object", with(at.clone(), json!({ "reason": "\n " })), "REASON_MISSING", json!(["input", "reason"])),
            ("object", with(at.clone(), json!({ "reason": "x".repeat(10_001) })), "TEXT_TOO_LONG", json!(["input", "reason"])),
            ("abstain", with(at.clone(), json!({ "reason": "a\u{0}b" })), "TEXT_NOT_ALLOWED", json!(["input", "reason"])),
            ("signOff", with(at.clone(), json!({ "digest": NO_DIGEST })), "SECTION_CHANGED", json!(["input", "digest"])),
            ("liftObjection", without(at.clone(), "digest"), "NOTHING_TO_LIFT", json!(["input"])),
            ("withdrawPosition", without(at.clone(), "digest"), "NOTHING_TO_WITHDRAW", json!(["input"])),
        ];
        for (name, input, code, path) in cases {
            let problem = stage.nurse.run(name, input, "position { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &path), "{name}");
        }
        let removed = stage.at("records").await;
        stage.editor.run("removeSection", stage.named("records").await, "document { id }").await.done();
        let gone = stage.nurse.run("signOff", removed, "position { id }").await;
        assert_eq!(gone.error_code(), "NOT_FOUND", "what has left the draft cannot be signed");
    }
}
