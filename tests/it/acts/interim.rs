//! Urgent interim notices: published at once, and fully signed off later.

use serde_json::json;

use super::stage::{Stage, with};
use crate::harness::{on_both_databases, world::World};

const EDITION: &str = "edition { number isFullySignedOff signOffDue }";

/// An exceptional review with two sections changed.
async fn hurried(world: &World) -> Stage<'_> {
    let mut stage = Stage::published(world).await;
    stage.open(json!({ "kind": "EXCEPTIONAL", "reason": "A drug was recalled." })).await;
    stage.revise(&stage.editor, "rota", "Nobody is given it.").await;
    stage.revise(&stage.editor, "operation", "Nobody is given it before one.").await;
    stage.note().await;
    stage
}

on_both_databases! {
    async fn an_interim_notice_is_published_with_two_disciplines_and_told_as_not_fully_signed_off(world: World) {
        let mut stage = hurried(&world).await;
        let review = json!({ "reviewId": stage.review });
        let publish = async || stage.chair.run("publishInterimNotice", review.clone(), EDITION).await;
        assert_eq!(publish().await.problem_code(), "INTERIM_NOT_SIGNED");
        stage.sign(&stage.nurse, "rota").await;
        assert_eq!(publish().await.problem_code(), "INTERIM_NOT_SIGNED", "one discipline");
        stage.sign(&stage.surgeon, "operation").await;
        let published = publish().await.done()["edition"].clone();
        assert_eq!(published, json!({ "number": "2.0", "isFullySignedOff": false, "signOffDue": "2017-09-29" }));
        let partner = world.affiliated("partner").await;
        let query = format!("{{ document(slug: \"acts\") {{ reviewDue {EDITION} }} }}");
        let read = async || partner.ask(&query, json!({})).await.data()["document"].clone();
        assert_eq!(read().await, json!({ "reviewDue": "2017-09-29", "edition": published }), "every reader sees it");

        // The full review opens by itself, and everybody signs the same text.
        assert_eq!(world.tick().await, 1);
        stage.review = stage.see("review { id kind }").await["review"]["id"].clone();
        stage.sign_all().await;
        let input = json!({ "reviewId": stage.review, "statement": "It stands." });
        stage.chair.run("reaffirmDocument", input, "review { id }").await.done();
        let after = read().await;
        assert_eq!(after["edition"]["isFullySignedOff"], true, "{after:#}");
    }

    async fn an_interim_notice_is_held_up_by_an_objection_and_ends_an_exceptional_review_only(world: World) {
        let stage = hurried(&world).await;
        stage.sign(&stage.second_nurse, "rota").await;
        stage.sign(&stage.surgeon, "operation").await;
        let objection = with(stage.at("rota").await, json!({ "reason": "It is given to some." }));
        stage.nurse.run("object", objection, "position { id }").await.done();
        let review = json!({ "reviewId": stage.review });
        assert_eq!(stage.chair.run("publishInterimNotice", review.clone(), EDITION).await.problem_code(), "PUBLICATION_BLOCKED");
        for user in [&stage.nurse, &stage.secretariat, &stage.editor] {
            assert_eq!(user.run("publishInterimNotice", review.clone(), EDITION).await.error_code(), "FORBIDDEN");
        }
        stage.chair.run("cancelReview", json!({ "reviewId": stage.review, "reason": "Enough." }), "review { id }").await.done();
        let mut stage = stage;
        stage.open(json!({ "reason": "In full." })).await;
        let review = json!({ "reviewId": stage.review });
        assert_eq!(stage.chair.run("publishInterimNotice", review, EDITION).await.problem_code(), "NOT_EXCEPTIONAL");
    }
}
