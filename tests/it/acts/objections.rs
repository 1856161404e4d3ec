//! Objections: in writing, blocking, and only their holder's to lift (S6).

use serde_json::{Value, json};

use super::stage::{Stage, with, without};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

async fn object(stage: &Stage<'_>, user: &User<'_>, key: &str) -> Value {
    let input = with(stage.at(key).await, json!({ "reason": "It does not say who decides." }));
    user.run("object", input, "position { id reason isStandingObjection }").await.done()["position"].clone()
}

async fn new_nurse(stage: &Stage<'_>, name: &str, succeeds: &Value) -> Value {
    let group = stage.world.group_id(&stage.chair).await;
    let person = json!({ "subject": name, "name": name });
    json!({ "groupId": group, "person": person, "office": "MEMBER", "discipline": "NURSING", "succeedsId": succeeds })
}

/// Somebody who takes the place of a nurse's ended seat.
async fn succeed<'a>(stage: &Stage<'a>, name: &str, succeeds: &Value) -> User<'a> {
    let input = new_nurse(stage, name, succeeds).await;
    stage.secretariat.run("grantSeat", input, "seat { id }").await.done();
    stage.world.user(name)
}

/// A nurse objects and leaves; whoever takes her place lifts the objection, or confirms it and lifts it as their own.
async fn a_successor_answers(world: &World, answer: &str) {
    let stage = Stage::in_review(world).await;
    let objection = object(&stage, &stage.second_nurse, "rota").await;
    stage.settle();
    let before = stage.seat("second-nurse").await;
    stage.secretariat.run("endSeat", json!({ "seatId": before }), "seat { id }").await.done();
    let lifter = "review { gate { blockers { ... on ObjectionStands { lifter { holder { name } } } } } }";
    let told = |lifter: Value| json!([{ "lifter": lifter }]);
    let standing = async |stage: &Stage<'_>| {
        let blockers = stage.see(lifter).await["review"]["gate"]["blockers"].as_array().expect("blockers").clone();
        Value::from_iter(blockers.into_iter().filter(|blocker| blocker.get("lifter").is_some()))
    };
    assert_eq!(standing(&stage).await, told(Value::Null), "nobody sits there");

    let successor = succeed(&stage, "successor", &before).await;
    assert_eq!(standing(&stage).await, told(json!({ "holder": { "name": "successor" } })));
    let tasks = "{ viewer { tasks { why section { key } position { id } } } }";
    let waiting = successor.ask(tasks, json!({})).await.data()["viewer"]["tasks"].clone();
    let inherited =
        json!({ "why": "INHERITED_OBJECTION", "section": { "key": "rota" }, "position": { "id": objection["id"] } });
    assert!(waiting.as_array().expect("tasks").contains(&inherited), "{waiting:#}");

    let lift = without(stage.at("rota").await, "digest");
    assert_eq!(
        stage.nurse.run("liftObjection", lift.clone(), "position { id }").await.problem_code(),
        "NOTHING_TO_LIFT"
    );
    stage.sign(&successor, "rota").await;
    assert_eq!(stage.state("rota", "NURSING").await, "BLOCKED", "an approval answers nothing");
    let input =
        if answer == "object" { with(stage.at("rota").await, json!({ "reason": "I agree." })) } else { lift.clone() };
    let selection = "position { id act answers { id isStandingObjection staleness seat { holder { name } } } seat { succeeds { id } } }";
    let answered = successor.run(answer, input, selection).await.done()["position"].clone();
    assert_eq!(
        answered["answers"],
        json!({ "id": objection["id"], "isStandingObjection": false,
        "staleness": "REPLACED", "seat": { "holder": { "name": "second-nurse" } } })
    );
    assert_eq!(answered["seat"], json!({ "succeeds": { "id": before } }));
    if answer == "object" {
        assert_eq!(stage.state("rota", "NURSING").await, "BLOCKED");
        assert_eq!(stage.cell("rota", "NURSING").await["objections"], json!([{ "reason": "I agree." }]));
        successor.run("liftObjection", lift, "position { id }").await.done();
        stage.sign(&successor, "rota").await;
    }
    assert_eq!(stage.state("rota", "NURSING").await, "MET");
}

on_both_databases! {
    async fn s6_an_objection_blocks_its_cell_and_publication_whatever_others_sign(world: World) {
        let stage = Stage::in_review(&world).await;
        let objection = object(&stage, &stage.second_nurse, "rota").await;
        assert_eq!(objection["reason"], "It does not say who decides.");
        stage.note().await;
        stage.sign_all().await;
        let cell = stage.cell("rota", "NURSING").await;
        assert_eq!((&cell["state"], &cell["given"]), (&json!("BLOCKED"), &json!(1)));
        assert_eq!(stage.blockers().await, ["OBJECTION_STANDS"]);
        let selection = "review { gate { blockers { ... on ObjectionStands { discipline section { key } position { id } } } } }";
        let gate = stage.see(selection).await["review"]["gate"].clone();
        let told = json!([{ "discipline": "NURSING", "section": { "key": "rota" }, "position": { "id": objection["id"] } }]);
        assert_eq!(gate["blockers"], told);
        let refused = stage.chair.run("publishEdition", json!({ "reviewId": stage.review }), "edition { id }").await;
        assert_eq!(refused.problem_code(), "PUBLICATION_BLOCKED");
    }

    async fn s6_an_objection_stands_after_an_edit_and_only_its_holder_lifts_it(world: World) {
        let stage = Stage::in_review(&world).await;
        object(&stage, &stage.second_nurse, "rota").await;
        stage.revise(&stage.editor, "rota", "It says who decides.").await;
        assert_eq!(stage.state("rota", "NURSING").await, "BLOCKED");
        let seat = json!({ "seatId": stage.seat("second-nurse").await });
        let lift = without(stage.at("rota").await, "digest");
        for user in [&stage.chair, &stage.secretariat, &stage.editor, &stage.surgeon] {
            assert_eq!(user.run("liftObjection", lift.clone(), "position { id }").await.error_code(), "FORBIDDEN");
        }
        let own = stage.nurse.run("liftObjection", lift.clone(), "position { id }").await.problem();
        assert_eq!((&own["code"], &own["path"]), (&json!("NOTHING_TO_LIFT"), &json!(["input"])));
        let foreign = stage.nurse.run("liftObjection", with(lift.clone(), seat), "position { id }").await;
        assert_eq!(foreign.error_code(), "FORBIDDEN");
        let input = with(lift, json!({ "reason": "It does now." }));
        let lifted = stage.second_nurse.run("liftObjection", input, "position { act reason }").await.done();
        assert_eq!(lifted["position"], json!({ "act": "LIFT", "reason": "It does now." }));
        assert_eq!(stage.state("rota", "NURSING").await, "OPEN");
    }

    async fn s6_an_approval_of_its_holder_replaces_an_objection(world: World) {
        let stage = Stage::in_review(&world).await;
        object(&stage, &stage.nurse, "rota").await;
        stage.revise(&stage.editor, "rota", "It says who decides.").await;
        stage.sign(&stage.nurse, "rota").await;
        assert_eq!(stage.state("rota", "NURSING").await, "MET");
        let seen = stage.see("review { positions { nodes { act isStandingObjection staleness } } }").await;
        assert_eq!(seen["review"]["positions"]["nodes"][0],
            json!({ "act": "OBJECT", "isStandingObjection": false, "staleness": "REPLACED" }));
    }

    async fn s6_an_objection_stays_when_its_holders_term_ends(world: World) {
        let stage = Stage::in_review(&world).await;
        object(&stage, &stage.second_nurse, "rota").await;
        let seat = json!({ "seatId": stage.seat("second-nurse").await });
        stage.secretariat.run("endSeat", seat, "seat { id }").await.done();
        assert_eq!(stage.state("rota", "NURSING").await, "BLOCKED");
        let lift = without(stage.at("rota").await, "digest");
        let gone = stage.second_nurse.run("liftObjection", lift, "position { id }").await;
        assert_eq!(gone.error_code(), "NOT_FOUND", "who has no seat reads no review");
    }

    async fn s6_a_successor_in_the_seat_lifts_what_its_holder_left_standing(world: World) {
        a_successor_answers(&world, "liftObjection").await;
    }

    async fn s6_a_successor_in_the_seat_confirms_what_its_holder_left_standing(world: World) {
        a_successor_answers(&world, "object").await;
    }

    async fn s6_an_objection_passes_down_a_line_of_successors(world: World) {
        let stage = Stage::in_review(&world).await;
        object(&stage, &stage.second_nurse, "rota").await;
        let mut place = stage.seat("second-nurse").await;
        for name in ["first-successor", "second-successor"] {
            stage.settle();
            stage.secretariat.run("endSeat", json!({ "seatId": place }), "seat { id }").await.done();
            succeed(&stage, name, &place).await;
            place = stage.seat(name).await;
        }
        let lift = without(stage.at("rota").await, "digest");
        let gone = world.user("first-successor").run("liftObjection", lift.clone(), "position { id }").await;
        assert_eq!(gone.error_code(), "NOT_FOUND");
        world.user("second-successor").run("liftObjection", lift, "position { id }").await.done();
        assert_eq!(stage.state("rota", "NURSING").await, "OPEN");
    }

    async fn s6_a_seat_is_succeeded_once_in_its_own_post_and_after_its_end(world: World) {
        let stage = Stage::in_review(&world).await;
        let before = stage.seat("second-nurse").await;
        let path = json!(["input", "succeedsId"]);
        let refused = async |fields: Value| {
            let input = with(new_nurse(&stage, "successor", &before).await, fields);
            let problem = stage.secretariat.run("grantSeat", input, "seat { id }").await.problem();
            assert_eq!(problem["path"], path);
            problem["code"].clone()
        };
        assert_eq!(refused(json!({})).await, "CANNOT_SUCCEED", "its term has no end");
        stage.settle();
        stage.secretariat.run("endSeat", json!({ "seatId": before }), "seat { id }").await.done();
        assert_eq!(refused(json!({ "from": "2017-09-01T09:00:00.999Z" })).await, "CANNOT_SUCCEED");
        assert_eq!(refused(json!({ "discipline": "SURGERY" })).await, "CANNOT_SUCCEED");
        succeed(&stage, "successor", &before).await;
        let another = with(new_nurse(&stage, "another", &before).await, json!({}));
        let problem = stage.secretariat.run("grantSeat", another, "seat { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("SUCCEEDED_ALREADY"), &path));
        let nowhere = json!({ "succeedsId": consilium::graphql::id::GlobalId::Seat(consilium::domain::id::SeatId(uuid::Uuid::nil())).encode() });
        let input = with(new_nurse(&stage, "another", &before).await, nowhere);
        assert_eq!(stage.secretariat.run("grantSeat", input, "seat { id }").await.error_code(), "NOT_FOUND");
    }

    async fn a_withdrawn_objection_does_not_stand(world: World) {
        let stage = Stage::in_review(&world).await;
        object(&stage, &stage.nurse, "rota").await;
        let input = without(stage.at("rota").await, "digest");
        stage.nurse.run("withdrawPosition", input.clone(), "position { id }").await.done();
        assert_eq!(stage.state("rota", "NURSING").await, "OPEN");
        assert_eq!(stage.nurse.run("liftObjection", input, "position { id }").await.problem_code(), "NOTHING_TO_LIFT");
    }
}
