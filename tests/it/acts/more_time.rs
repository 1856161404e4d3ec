//! Asking for more time on a text (S7).

use chrono::TimeDelta;
use serde_json::json;

use super::stage::{Stage, with};
use crate::harness::{on_both_databases, world::World};

const ASKED: &str = "position { act until counts }";

on_both_databases! {
    async fn s7_a_request_for_time_blocks_until_its_day_is_over_in_london(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.editor, "clinic", "New.").await;
        stage.sign_all().await;
        stage.note().await;
        assert_eq!(stage.blockers().await, [""; 0]);
        let asked = with(stage.at("rota").await, json!({ "until": "2017-09-10", "reason": "We meet on Friday." }));
        let done = stage.nurse.run("requestTime", asked, ASKED).await.done();
        assert_eq!(done["position"], json!({ "act": "NEED_MORE_TIME", "until": "2017-09-10", "counts": true }));
        assert_eq!(stage.blockers().await, ["TIME_REQUESTED"]);
        assert_eq!(stage.state("rota", "NURSING").await, "BLOCKED");
        let publish = json!({ "reviewId": stage.review });
        stage.chair.run("publishEdition", publish, "edition { id }").await.problem();
        // Ten o'clock in the evening of the tenth in London is nine o'clock UTC.
        world.set_clock("2017-09-10T22:59:59Z");
        assert_eq!(stage.blockers().await, ["TIME_REQUESTED"]);
        world.set_clock("2017-09-10T23:00:00Z");
        // Another nurse signed; whoever asked for time has let it pass.
        let blockers = stage.blockers().await;
        assert!(!blockers.contains(&"TIME_REQUESTED".to_owned()), "{blockers:?}");
    }

    async fn s7_a_seat_asks_for_time_once_in_a_review_and_its_next_position_ends_the_request(world: World) {
        let stage = Stage::in_review(&world).await;
        let at = |section: serde_json::Value, until: &str| with(section, json!({ "until": until }));
        for until in ["2017-08-31", "2019-06-01"] {
            let asked = at(stage.at("rota").await, until);
            let problem = stage.nurse.run("requestTime", asked, ASKED).await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!("DAY_OUT_OF_RANGE"), &json!(["input", "until"])));
        }
        stage.nurse.run("requestTime", at(stage.at("rota").await, "2019-05-31"), ASKED).await.done();
        assert!(stage.blockers().await.contains(&"TIME_REQUESTED".to_owned()));
        stage.sign(&stage.nurse, "rota").await;
        assert!(!stage.blockers().await.contains(&"TIME_REQUESTED".to_owned()));
        world.pass(TimeDelta::days(1));
        let again = stage.nurse.run("requestTime", at(stage.at("rota").await, "2017-10-01"), ASKED).await;
        assert_eq!(again.problem_code(), "TIME_ASKED_BEFORE");
        // Another seat has its own.
        stage.second_nurse.run("requestTime", at(stage.at("rota").await, "2017-10-01"), ASKED).await.done();
    }

    async fn s7_an_edit_asks_whoever_wanted_time_again_and_no_longer_waits_for_them(world: World) {
        let stage = Stage::in_review(&world).await;
        let asked = with(stage.at("rota").await, json!({ "until": "2018-01-01" }));
        stage.nurse.run("requestTime", asked.clone(), ASKED).await.done();
        stage.revise(&stage.editor, "rota", "Two nurses are there.").await;
        assert!(!stage.blockers().await.contains(&"TIME_REQUESTED".to_owned()));
        let late = stage.second_nurse.run("requestTime", asked, ASKED).await;
        assert_eq!(late.problem_code(), "SECTION_CHANGED");
    }

    async fn s10_the_secretariat_records_a_request_for_time_on_written_instruction(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = json!({ "seatId": stage.seat("nurse").await, "act": "NEED_MORE_TIME", "instruction": "Until Friday." });
        let input = with(stage.at("rota").await, input);
        let missing = stage.secretariat.run("recordInstructedPosition", input.clone(), ASKED).await;
        assert_eq!(missing.problem_code(), "DAY_OUT_OF_RANGE");
        let input = with(input, json!({ "until": "2017-09-08" }));
        let done = stage.secretariat.run("recordInstructedPosition", input, ASKED).await.done();
        assert_eq!(done["position"]["until"], "2017-09-08");
    }
}
