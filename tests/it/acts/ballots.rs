//! Ending a deadlock by ballot (S13).

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::stage::{Stage, with};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

const BALLOT: &str = "position { staleness isStandingObjection ballot { state reason electors inFavour against \
    votes { isInFavour seat { holder { name } } } } }";

/// The nurse objects to a section.
async fn objection(stage: &Stage<'_>) -> Value {
    let input = with(stage.at("rota").await, json!({ "reason": "Two are not enough." }));
    json!({ "positionId": stage.nurse.run("object", input, "position { id }").await.done()["position"]["id"] })
}

async fn open(stage: &Stage<'_>, objection: &Value) -> Value {
    let input = with(objection.clone(), json!({ "reason": "We have talked for weeks." }));
    stage.chair.run("openBallot", input, BALLOT).await.done()["position"]["ballot"].clone()
}

async fn vote(user: &User<'_>, objection: &Value, is_in_favour: bool) -> Value {
    let input = with(objection.clone(), json!({ "isInFavour": is_in_favour }));
    user.run("castVote", input, BALLOT).await.done()["position"]["ballot"].clone()
}

on_both_databases! {
    async fn s13_an_objection_that_is_voted_down_stands_no_more_and_its_words_are_published(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.editor, "clinic", "New.").await;
        let objection = objection(&stage).await;
        let ballot = open(&stage, &objection).await;
        assert_eq!((&ballot["state"], &ballot["electors"]), (&json!("OPEN"), &json!(4)), "surgeon, two nurses, patient");
        let told = stage.surgeon.ask("{ viewer { notices(first: 1) { nodes { kind } } } }", json!({})).await.data();
        assert_eq!(told["viewer"]["notices"]["nodes"][0]["kind"], "BALLOT_HELD");

        vote(&stage.surgeon, &objection, true).await;
        vote(&stage.patient, &objection, true).await;
        let again = with(objection.clone(), json!({ "isInFavour": false }));
        assert_eq!(stage.patient.run("castVote", again, BALLOT).await.problem_code(), "VOTED_ALREADY");
        vote(&stage.nurse, &objection, false).await;
        assert_eq!(stage.chair.run("closeBallot", objection.clone(), BALLOT).await.problem_code(), "BALLOT_OPEN");
        assert!(stage.blockers().await.contains(&"OBJECTION_STANDS".to_owned()), "until it is closed");
        let ballot = vote(&stage.second_nurse, &objection, true).await;
        assert_eq!((&ballot["inFavour"], &ballot["against"]), (&json!(3), &json!(1)));
        let closed = stage.chair.run("closeBallot", objection.clone(), BALLOT).await.done()["position"].clone();
        assert_eq!(closed["ballot"]["state"], "PASSED");
        assert_eq!((&closed["staleness"], &closed["isStandingObjection"]), (&json!("VOTED_DOWN"), &json!(false)));
        assert!(!stage.blockers().await.contains(&"OBJECTION_STANDS".to_owned()));

        let views = "minorityViews { section { key } discipline reason inFavour against electors }";
        stage.sign_all().await;
        stage.note().await;
        assert_eq!(stage.see(&format!("draft {{ {views} }}")).await["draft"]["minorityViews"], json!([]), "with the edition");
        stage.publish().await;
        let partner = world.affiliated("partner").await;
        let query = format!("{{ document(slug: \"acts\") {{ edition {{ number {views} }} }} }}");
        let edition = partner.ask(&query, json!({})).await.data()["document"]["edition"].clone();
        assert_eq!(edition, json!({ "number": "2.0", "minorityViews": [{ "section": { "key": "rota" }, "discipline": "NURSING",
            "reason": "Two are not enough.", "inFavour": 3, "against": 1, "electors": 4 }] }));
    }

    async fn s13_a_ballot_fails_without_two_thirds_of_all_votes_and_there_is_no_second_one(world: World) {
        let stage = Stage::in_review(&world).await;
        let objection = objection(&stage).await;
        open(&stage, &objection).await;
        for user in [&stage.surgeon, &stage.patient] {
            vote(user, &objection, true).await;
        }
        world.pass(TimeDelta::days(7));
        let closed = stage.chair.run("closeBallot", objection.clone(), BALLOT).await.done()["position"].clone();
        assert_eq!((&closed["ballot"]["state"], &closed["isStandingObjection"]), (&json!("FAILED"), &json!(true)));
        assert!(stage.blockers().await.contains(&"OBJECTION_STANDS".to_owned()));
        let late = with(objection.clone(), json!({ "isInFavour": true }));
        assert_eq!(stage.second_nurse.run("castVote", late, BALLOT).await.problem_code(), "BALLOT_UNKNOWN");
        let again = with(objection.clone(), json!({ "reason": "Once more." }));
        assert_eq!(stage.chair.run("openBallot", again, BALLOT).await.problem_code(), "BALLOT_HELD");
    }

    async fn s13_who_has_recused_themselves_has_no_vote_and_an_approval_is_no_objection(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.second_nurse.run("recuse", stage.at("rota").await, "position { id }").await.done();
        let signed = stage.surgeon.run("signOff", stage.at("operation").await, "position { id }").await;
        let reason = json!({ "reason": "Why not." });
        if let Some(id) = signed.body["data"]["signOff"]["position"]["id"].as_str() {
            let input = with(json!({ "positionId": id }), reason.clone());
            assert_eq!(stage.chair.run("openBallot", input, BALLOT).await.problem_code(), "OBJECTION_UNKNOWN");
        }
        let objection = objection(&stage).await;
        let ballot = open(&stage, &objection).await;
        assert_eq!(ballot["electors"], 3);
        let input = with(objection.clone(), json!({ "isInFavour": true }));
        assert_eq!(stage.second_nurse.run("castVote", input, BALLOT).await.problem_code(), "NO_VOTE");
        let lifted = with(stage.at("rota").await, json!({}));
        stage.nurse.run("liftObjection", crate::acts::stage::without(lifted, "digest"), "position { id }").await.done();
        assert!(!stage.blockers().await.contains(&"OBJECTION_STANDS".to_owned()), "its holder can still lift it");
    }

    async fn a1_only_chair_and_vice_chair_hold_a_ballot_and_only_voting_seats_vote(world: World) {
        let stage = Stage::in_review(&world).await;
        let objection = objection(&stage).await;
        let opening = with(objection.clone(), json!({ "reason": "Enough." }));
        for user in [&stage.nurse, &stage.secretariat, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("openBallot", opening.clone(), BALLOT).await.error_code(), "FORBIDDEN");
        }
        stage.vice_chair.run("openBallot", opening, BALLOT).await.done();
        let voting = with(objection.clone(), json!({ "isInFavour": true }));
        for user in [&stage.chair, &stage.secretariat, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("castVote", voting.clone(), BALLOT).await.error_code(), "FORBIDDEN");
        }
        world.pass(TimeDelta::days(7));
        for user in [&stage.nurse, &stage.secretariat] {
            assert_eq!(user.run("closeBallot", objection.clone(), BALLOT).await.error_code(), "FORBIDDEN");
        }
    }
}
