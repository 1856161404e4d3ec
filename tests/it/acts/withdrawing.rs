//! Withdrawing an edition: with an explanation, above a text that stays readable (D7).

use serde_json::{Value, json};

use super::stage::{Stage, with};
use crate::harness::{on_both_databases, world::World};

async fn edition_in_force(stage: &Stage<'_>) -> Value {
    stage.see("edition { id }").await["edition"]["id"].clone()
}

async fn withdraw(stage: &Stage<'_>) {
    let input = json!({ "editionId": edition_in_force(stage).await, "explanation": "It was wrong." });
    stage.chair.run("withdrawEdition", input, "edition { id }").await.done();
}

on_both_databases! {
    async fn d7_a_withdrawn_edition_is_out_of_force_and_stays_readable_under_the_explanation(world: World) {
        let stage = Stage::published(&world).await;
        let id = edition_in_force(&stage).await;
        let input = json!({ "editionId": id, "explanation": "It was *wrong*." });
        for user in [&stage.secretariat, &stage.nurse, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("withdrawEdition", input.clone(), "edition { id }").await.error_code(), "FORBIDDEN");
        }
        let blank = with(input.clone(), json!({ "explanation": "\t" }));
        let problem = stage.chair.run("withdrawEdition", blank, "edition { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("TEXT_BLANK"), &json!(["input", "explanation"])));
        let selection = "edition { state isInForce withdrawalExplanation(format: TEXT) section(key: \"clinic\") { body } }";
        let withdrawn = stage.vice_chair.run("withdrawEdition", input.clone(), selection).await.done();
        let expected = json!({ "state": "WITHDRAWN", "isInForce": false, "withdrawalExplanation": "It was wrong.",
            "section": { "body": "Everybody is seen in one visit." } });
        assert_eq!(withdrawn["edition"], expected);
        let query = format!("query($id: ID!) {{ edition(id: $id) {} }}", &selection["edition ".len()..]);
        assert_eq!(stage.editor.ask(&query, json!({ "id": id })).await.data()["edition"], expected);
        assert_eq!(stage.see("edition { id }").await["edition"], Value::Null);
        let again = stage.chair.run("withdrawEdition", input, "edition { id }").await.problem();
        assert_eq!((&again["code"], &again["path"]), (&json!("ALREADY_WITHDRAWN"), &json!(["input", "editionId"])));
    }

    async fn a_draft_is_not_withdrawn(world: World) {
        let stage = Stage::in_review(&world).await;
        let draft = stage.see("draft { id }").await["draft"]["id"].clone();
        let input = json!({ "editionId": draft, "explanation": "Not this one." });
        assert_eq!(stage.chair.run("withdrawEdition", input, "edition { id }").await.problem_code(), "NOT_PUBLISHED");
    }

    async fn d7_what_is_withdrawn_during_its_review_cannot_be_reaffirmed(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign_all().await;
        withdraw(&stage).await;
        let input = json!({ "reviewId": stage.review, "statement": "It still holds." });
        let problem = stage.chair.run("reaffirmDocument", input, "review { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("NOTHING_TO_REAFFIRM"), &json!(["input", "reviewId"])));
    }

    async fn d7_what_replaces_a_withdrawn_edition_leaves_it_withdrawn(world: World) {
        let stage = Stage::in_review(&world).await;
        withdraw(&stage).await;
        stage.revise(&stage.editor, "records", "Right.").await;
        stage.sign_all().await;
        stage.note().await;
        stage.publish().await;
        let editions = stage.see("editions { nodes { number state } }").await["editions"]["nodes"].clone();
        assert_eq!(editions, json!([{ "number": "2.0", "state": "PUBLISHED" }, { "number": "1.0", "state": "WITHDRAWN" }]));
    }

    async fn what_was_withdrawn_is_reviewed_when_somebody_asks_and_not_by_itself(world: World) {
        let mut stage = Stage::published(&world).await;
        withdraw(&stage).await;
        world.set_clock("2019-01-01T00:00:00Z");
        assert_eq!(world.tick().await, 0);
        stage.open(json!({ "reason": "It was right after all." })).await;
        stage.sign_all().await;
        assert_eq!(stage.publish().await["number"], "1.1", "the same words may be published anew");
    }
}
