//! Who changed anything is everybody's who may read it (A6).

use serde_json::json;

use super::stage::{Stage, with};
use crate::harness::{on_both_databases, world::World};

on_both_databases! {
    async fn a6_whoever_may_read_a_thing_reads_who_changed_it(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.nurse, "rota", "Hers.").await;
        stage.sign(&stage.second_nurse, "rota").await;
        let objection = with(stage.at("operation").await, json!({ "reason": "No." }));
        stage.surgeon.run("object", objection, "position { id }").await.done();
        let input = json!({ "reviewId": stage.review, "reason": "Enough." });
        stage.chair.run("cancelReview", input, "review { id }").await.done();
        let query = "{ document(slug: \"acts\") {
            draft { section(key: \"rota\") { author { name } revisedAt } }
            reviews { nodes { openedBy { name } concludedBy { name } reason
                positions { nodes { act takenAt seat { holder { name } } recordedBy { name } reason } } } } } }";
        let signed = |act: &str, name: &str, reason: Option<&str>| json!({ "act": act, "takenAt": "2017-09-01T09:00:00.000Z",
            "seat": { "holder": { "name": name } }, "recordedBy": { "name": name }, "reason": reason });
        let expected = json!({
            "draft": { "section": { "author": { "name": "nurse" }, "revisedAt": "2017-09-01T09:00:00.000Z" } },
            "reviews": { "nodes": [{ "openedBy": { "name": "secretariat" }, "concludedBy": { "name": "chair" },
                "reason": "Enough.", "positions": { "nodes": [
                    signed("APPROVE", "second-nurse", None), signed("OBJECT", "surgeon", Some("No.")),
                ] } }] },
        });
        for user in [&stage.adviser, &stage.editor, &stage.patient] {
            assert_eq!(user.ask(query, json!({})).await.data()["document"], expected);
        }
        assert_eq!(world.user("nobody").ask(query, json!({})).await.data()["document"], json!(null));
    }
}
