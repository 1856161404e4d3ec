//! Acts of present persons: who signs or publishes has logged in lately; who has not is asked to, and nothing is done.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    acts::stage::{Stage, with, without},
    harness::{on_both_databases, world::World},
};

/// Every act that wants a present person, with somebody who may, by their subject, and an input that would do.
async fn acts(stage: &Stage<'_>) -> Vec<(&'static str, &'static str, Value)> {
    let (at, review) = (stage.at("rota").await, json!({ "reviewId": stage.review }));
    let edition = stage.see("edition { id }").await["edition"]["id"].clone();
    let letter = json!({ "seatId": stage.seat("nurse").await, "act": "APPROVE", "instruction": "I sign." });
    vec![
        ("signOff", "nurse", at.clone()),
        ("object", "nurse", with(at.clone(), json!({ "reason": "A good one." }))),
        ("abstain", "nurse", at.clone()),
        ("recuse", "nurse", at.clone()),
        ("liftObjection", "nurse", without(at.clone(), "digest")),
        ("withdrawPosition", "nurse", without(at.clone(), "digest")),
        ("recordInstructedPosition", "secretariat", with(at, letter)),
        ("publishEdition", "chair", review.clone()),
        ("reaffirmDocument", "chair", with(review, json!({ "statement": "It still holds." }))),
        ("withdrawEdition", "chair", json!({ "editionId": edition, "explanation": "It was wrong." })),
    ]
}

async fn positions(stage: &Stage<'_>) -> Value {
    stage.see("edition { id state } review { id positions { totalCount } }").await
}

on_both_databases! {
    async fn who_logged_in_long_ago_signs_and_publishes_nothing_and_is_told_to_log_in(world: World) {
        let stage = Stage::in_review(&world).await;
        let before = positions(&stage).await;
        for (name, subject, input) in acts(&stage).await {
            let absent = world.user_since(subject, TimeDelta::minutes(481));
            let refused = absent.run(name, input.clone(), "__typename").await;
            assert_eq!((refused.error_code(), refused.status.as_u16()), ("STEP_UP_REQUIRED", 401), "{name}");
            let extensions = &refused.body["errors"][0]["extensions"];
            assert_eq!((&extensions["maxAge"], &extensions["acrValues"]), (&json!(28_800), &json!([])), "{name}");
            let challenge = refused.challenge.clone().unwrap_or_default();
            for part in ["Bearer ", "error=\"insufficient_user_authentication\"", "max_age=\"28800\""] {
                assert!(challenge.contains(part), "{name}: {challenge}");
            }
            // Who may not is told so first: that a log-in is wanting would say that the thing is there (A2).
            let stranger = world.user_since("nobody", TimeDelta::minutes(481)).run(name, input, "__typename").await;
            assert!(["NOT_FOUND", "FORBIDDEN"].contains(&stranger.error_code()), "{name}: {:#}", stranger.body);
            assert_eq!(stranger.challenge, None, "{name}");
        }
        assert_eq!(positions(&stage).await, before);
        let absent = world.user_since("nurse", TimeDelta::minutes(481));
        let query = "{ document(slug: \"acts\") { review { cells { viewerCanSign } } } }";
        let [absent, present] = [absent.ask(query, json!({})).await, stage.nurse.ask(query, json!({})).await];
        assert_eq!(absent.data(), present.data(), "the same buttons");
    }

    async fn an_absent_person_reads_and_writes_as_ever_and_signs_after_a_new_log_in(world: World) {
        let stage = Stage::in_review(&world).await;
        let absent = world.user_since("nurse", TimeDelta::hours(9));
        let input = with(stage.named("rota").await, json!({ "body": "New." }));
        absent.run("reviseSection", input, "section { id }").await.done();
        let input = stage.at("rota").await;
        assert_eq!(absent.run("signOff", input.clone(), "__typename").await.error_code(), "STEP_UP_REQUIRED");
        world.user_since("nurse", TimeDelta::minutes(479)).run("signOff", input, "position { id }").await.done();
    }
}
