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

    async fn a_withdrawn_objection_does_not_stand(world: World) {
        let stage = Stage::in_review(&world).await;
        object(&stage, &stage.nurse, "rota").await;
        let input = without(stage.at("rota").await, "digest");
        stage.nurse.run("withdrawPosition", input.clone(), "position { id }").await.done();
        assert_eq!(stage.state("rota", "NURSING").await, "OPEN");
        assert_eq!(stage.nurse.run("liftObjection", input, "position { id }").await.problem_code(), "NOTHING_TO_LIFT");
    }
}
