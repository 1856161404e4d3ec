//! Idempotency keys: a mutation that is sent again with its key acts once, whoever serves it and whatever happens.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    acts::stage::Stage,
    harness::{
        answer::Answer,
        on_both_databases,
        world::{User, World},
    },
};

const SIGN: &str = "mutation Sign($input: SignOffInput!) {
    signOff(input: $input) { position { id act takenAt } userErrors { code } } }";
const NOTE: &str = "mutation($input: WriteChangeNoteInput!) {
    writeChangeNote(input: $input) { edition { changeNote } userErrors { code } } }";

/// What the nurse signs.
async fn signature(stage: &Stage<'_>) -> Value {
    json!({ "input": stage.at("rota").await })
}

async fn positions(user: &User<'_>, review: &Value) -> u64 {
    let query = "query($id: ID!) { review(id: $id) { positions { totalCount } } }";
    let data = user.ask(query, json!({ "id": review })).await.data();
    data["review"]["positions"]["totalCount"].as_u64().expect("a count")
}

fn refusal(answer: &Answer) -> (u16, &str) {
    assert!(answer.body.get("data").is_none(), "{:#}", answer.body);
    (answer.status.as_u16(), answer.error_code())
}

on_both_databases! {
    async fn a_repeat_gets_the_first_answer_and_does_not_act(world: World) {
        let stage = Stage::in_review(&world).await;
        let signed = signature(&stage).await;
        let first = stage.nurse.ask_once("k", SIGN, signed.clone()).await.data();
        assert_eq!(first["signOff"]["position"]["act"], "APPROVE");
        world.pass(TimeDelta::hours(23));
        for _ in 0..3 {
            assert_eq!(stage.nurse.ask_once("k", SIGN, signed.clone()).await.data(), first);
        }
        assert_eq!(positions(&stage.chair, &stage.review).await, 1);
        let replica = world.replica().await;
        assert_eq!(stage.nurse.ask_at(&replica, Some("k"), SIGN, signed.clone()).await.data(), first);
        // Without the key it is another act, which has nothing to do.
        assert_eq!(stage.nurse.ask(SIGN, signed).await.problem_code(), "ALREADY_TAKEN");
    }

    async fn a_key_belongs_to_one_request_of_one_actor_for_a_day(world: World) {
        let stage = Stage::in_review(&world).await;
        let note = |text: &str| json!({ "input": { "documentId": stage.document, "note": text } });
        stage.editor.ask_once("k", NOTE, note("First.")).await.done();
        assert_eq!(refusal(&stage.editor.ask_once("k", NOTE, note("Second.")).await), (422, "BAD_REQUEST"));
        let renamed = NOTE.replace("mutation(", "mutation Renamed(");
        assert_eq!(refusal(&stage.editor.ask_once("k", &renamed, note("First.")).await), (422, "BAD_REQUEST"));
        stage.chair.ask_once("k", NOTE, note("The chair's.")).await;
        let kept = stage.editor.ask_once("k", NOTE, note("First.")).await.done();
        assert_eq!(kept["userErrors"], json!([]));
        world.pass(TimeDelta::hours(25));
        let after = stage.editor.ask_once("k", NOTE, note("Second.")).await.done();
        assert_eq!(after["edition"]["changeNote"], "Second.");
        world.pass(TimeDelta::hours(25));
        assert!(world.store.forget_keys().await.expect("a database") >= 1);
    }

    async fn what_was_not_done_is_not_kept(world: World) {
        let stage = Stage::in_review(&world).await;
        let mut wrong = signature(&stage).await;
        wrong["input"]["digest"] = json!(format!("sha256:{}", "0".repeat(64)));
        let refused = stage.nurse.ask_once("k", SIGN, wrong).await;
        assert!(refused.body["data"]["signOff"]["position"].is_null(), "{:#}", refused.body);
        let signed = signature(&stage).await;
        assert!(stage.nurse.ask_once("k", SIGN, signed.clone()).await.done()["position"]["id"].is_string());
        let anonymous = world.anonymous();
        for _ in 0..2 {
            assert_eq!(anonymous.ask_once("k", SIGN, signed.clone()).await.error_code(), "NOT_FOUND");
        }
    }

    async fn each_field_of_a_request_is_an_act_of_its_own(world: World) {
        let stage = Stage::in_review(&world).await;
        let query = "mutation($input: SignOffInput!, $back: WithdrawPositionInput!) {
            a: signOff(input: $input) { position { id } userErrors { code } }
            b: withdrawPosition(input: $back) { position { id } userErrors { code } }
            c: signOff(input: $input) { position { id } userErrors { code } } }";
        let mut variables = signature(&stage).await;
        variables["back"] = variables["input"].clone();
        variables["back"].as_object_mut().expect("an input").remove("digest");
        let first = stage.nurse.ask_once("k", query, variables.clone()).await.data();
        assert_eq!(positions(&stage.chair, &stage.review).await, 3, "{first:#}");
        assert_eq!(stage.nurse.ask_once("k", query, variables).await.data(), first);
        assert_eq!(positions(&stage.chair, &stage.review).await, 3);
    }

    async fn a5_a_repeat_is_read_with_what_one_may_see_by_then(world: World) {
        let stage = Stage::in_review(&world).await;
        let query = "mutation($input: SignOffInput!) {
            signOff(input: $input) { position { id section { body } } userErrors { code } } }";
        let signed = signature(&stage).await;
        let first = stage.second_nurse.ask_once("k", query, signed.clone()).await.data();
        assert!(first["signOff"]["position"]["section"]["body"].is_string(), "{first:#}");
        let seat = json!({ "seatId": stage.seat("second-nurse").await });
        stage.secretariat.run("endSeat", seat, "seat { id }").await.done();
        let repeated = stage.second_nurse.ask_once("k", query, signed).await;
        assert!(repeated.body["data"]["signOff"]["position"].is_null(), "{:#}", repeated.body);
    }

    async fn of_sixteen_at_once_on_two_replicas_one_acts(world: World) {
        let stage = Stage::in_review(&world).await;
        let signed = signature(&stage).await;
        let replicas = [world.replica().await, world.replica().await];
        let all = (0..16).map(|number| stage.nurse.ask_at(&replicas[number % 2], Some("k"), SIGN, signed.clone()));
        let answers = join_all(all).await;
        assert_eq!(positions(&stage.chair, &stage.review).await, 1);
        let kept = stage.nurse.ask_once("k", SIGN, signed).await.data();
        let mut done = 0;
        for answer in answers {
            if answer.body.get("errors").is_none() {
                assert_eq!(answer.body["data"], kept);
                done += 1;
            } else {
                assert_eq!(answer.error_code(), "CONFLICT", "{:#}", answer.body);
            }
        }
        assert!(done >= 1);
    }

    async fn of_sixteen_with_keys_of_their_own_each_is_kept(world: World) {
        let stage = Stage::in_review(&world).await;
        let note = |number: usize| json!({ "input": { "documentId": stage.document, "note": format!("Note {number}.") } });
        let keys: Vec<String> = (0..16).map(|number| format!("k{number}")).collect();
        let all = keys.iter().enumerate().map(|(number, key)| stage.editor.ask_once(key, NOTE, note(number)));
        for answer in join_all(all).await {
            answer.done();
        }
        for (number, key) in keys.iter().enumerate() {
            stage.editor.ask_once(key, NOTE, note(number)).await.done();
        }
    }
}
