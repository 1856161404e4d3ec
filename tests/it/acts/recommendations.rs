//! Recommendations have a lasting identity: they are stood down, not deleted, and no number is given twice (D7).

use serde_json::{Value, json};

use super::stage::{Stage, with};
use crate::harness::{on_both_databases, world::World};

/// An input that gives a section exactly these recommendations.
async fn reworded(stage: &Stage<'_>, key: &str, recommendations: Value) -> Value {
    with(stage.named(key).await, json!({ "recommendations": recommendations }))
}

fn stated(number: Option<u32>) -> Value {
    json!({ "number": number, "strength": "OFFER", "text": "Offer one visit." })
}

on_both_databases! {
    async fn d7_a_recommendation_is_stood_down_and_keeps_its_words_and_its_number(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = with(stage.named("clinic").await, json!({ "number": 1, "reason": "Two visits are safer." }));
        let selection = "section { changeClass recommendations { number text isStoodDown stoodDownReason } }";
        let section = stage.nurse.run("standDownRecommendation", input, selection).await.done()["section"].clone();
        assert_eq!(section, json!({ "changeClass": "CLINICAL", "recommendations": [{ "number": 1,
            "text": "Offer one visit.", "isStoodDown": true, "stoodDownReason": "Two visits are safer." }] }));

        let again = with(stage.named("clinic").await, json!({ "number": 1, "reason": "Again." }));
        let problem = stage.nurse.run("standDownRecommendation", again, "section { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("RECOMMENDATION_STOOD_DOWN"), &json!(["input", "number"])));
        let reworded_now = json!([{ "number": 1, "strength": "MUST", "text": "Two visits." }]);
        let problem = stage.nurse.run("reviseSection", reworded(&stage, "clinic", reworded_now).await, "section { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("RECOMMENDATION_STOOD_DOWN"), &json!(["input", "recommendations"])));

        let two = reworded(&stage, "clinic", json!([stated(Some(1)), { "strength": "OFFER", "text": "Two visits." }])).await;
        let section = stage.nurse.run("reviseSection", two, selection).await.done()["section"].clone();
        assert_eq!(section["recommendations"][1]["number"], 3, "R1 is taken for ever, and R2 is another section's");
    }

    async fn d7_one_that_was_published_cannot_be_left_out(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = reworded(&stage, "clinic", json!([])).await;
        let problem = stage.nurse.run("reviseSection", input, "section { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("RECOMMENDATION_MISSING"), &json!(["input", "recommendations"])));
    }

    async fn d7_the_number_of_one_that_was_never_published_is_not_given_away_either(world: World) {
        let stage = Stage::in_review(&world).await;
        let two = reworded(&stage, "clinic", json!([stated(Some(1)), { "strength": "MUST", "text": "New." }])).await;
        stage.nurse.run("reviseSection", two, "section { id }").await.done();
        let one = reworded(&stage, "clinic", json!([stated(Some(1))])).await;
        stage.nurse.run("reviseSection", one, "section { id }").await.done();
        let two = reworded(&stage, "clinic", json!([stated(Some(1)), { "strength": "MUST", "text": "Newer." }])).await;
        stage.nurse.run("reviseSection", two, "section { id }").await.done();
        assert_eq!(stage.section("clinic").await["recommendations"][1]["number"], 4);
        let back = reworded(&stage, "clinic", json!([stated(Some(1)), { "number": 3, "strength": "MUST", "text": "New." }])).await;
        assert_eq!(stage.nurse.run("reviseSection", back, "section { id }").await.problem_code(), "RECOMMENDATION_UNKNOWN");
    }

    async fn numbers_that_do_not_fit_are_told(world: World) {
        let stage = Stage::in_review(&world).await;
        let cases = [
            (json!([stated(Some(1)), stated(Some(2))]), "RECOMMENDATION_UNKNOWN"),
            (json!([stated(Some(1)), stated(Some(1))]), "RECOMMENDATION_TWICE"),
            (json!([stated(Some(1)), stated(Some(999_999))]), "RECOMMENDATION_UNKNOWN"),
        ];
        for (given, code) in cases {
            let input = reworded(&stage, "clinic", given.clone()).await;
            let problem = stage.nurse.run("reviseSection", input, "section { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &json!(["input", "recommendations"])), "{given}");
        }
        let stand_down = async |number: i32, reason: &str| {
            let input = with(stage.named("clinic").await, json!({ "number": number, "reason": reason }));
            let problem = stage.nurse.run("standDownRecommendation", input, "section { id }").await.problem();
            format!("{} {}", problem["code"], problem["path"][1]).replace('"', "")
        };
        assert_eq!(stand_down(2, "Another section's.").await, "RECOMMENDATION_UNKNOWN number");
        assert_eq!(stand_down(0, "None.").await, "NUMBER_INVALID number");
        assert_eq!(stand_down(i32::MAX, "None.").await, "NUMBER_INVALID number");
        assert_eq!(stand_down(1, " \n").await, "TEXT_BLANK reason");
    }

    async fn d7_a_link_to_a_recommendation_leads_to_what_became_of_it(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = with(stage.named("clinic").await, json!({ "number": 1, "reason": "Two visits are safer." }));
        stage.nurse.run("standDownRecommendation", input, "section { id }").await.done();
        stage.note().await;
        stage.sign(&stage.second_nurse, "clinic").await;
        stage.sign_all().await;
        stage.publish().await;
        let link = stage.see("recommendation(number: 1) { isStoodDown section { edition { number } } }").await;
        assert_eq!(link["recommendation"], json!({ "isStoodDown": true, "section": { "edition": { "number": "2.0" } } }));
    }
}
