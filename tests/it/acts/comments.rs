//! Comments: on the text that was read, by whoever has a voice or was given one, until they are settled.

use serde_json::{Value, json};

use super::stage::{Stage, with, without};
use crate::{
    harness::{
        on_both_databases,
        world::{User, World},
    },
    machines::partner::{ALL, Partner},
};

const COMMENT: &str =
    "comment { id body isSettled isOnCurrentText author { name } organisation { name } section { key } }";

async fn grant<'a>(stage: &Stage<'a>, role: &str, who: &str) -> User<'a> {
    let to = json!({ "person": { "subject": who, "name": who } });
    let input = json!({ "documentId": stage.document, "role": role, "to": to });
    stage.secretariat.run("grantRole", input, "grantId").await.done();
    stage.world.user(who)
}

async fn remark(stage: &Stage<'_>, key: &str, body: &str) -> Value {
    with(stage.named(key).await, json!({ "body": body }))
}

/// The bodies of the comments of the review that somebody reads.
async fn read(user: &User<'_>, arguments: &str) -> Vec<String> {
    let query = format!(
        "{{ document(slug: \"acts\") {{ review {{ comments{arguments} {{ totalCount nodes {{ body }} }} }} }} }}"
    );
    let data = user.ask(&query, json!({})).await.data();
    let comments = &data["document"]["review"]["comments"];
    let nodes = comments["nodes"].as_array().cloned().unwrap_or_default();
    nodes.iter().map(|node| node["body"].as_str().expect("a body").to_owned()).collect()
}

on_both_databases! {
    async fn s5_a_comment_is_on_the_text_that_was_read(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = remark(&stage, "rota", "Say who leads.").await;
        let written = stage.adviser.run("writeComment", input.clone(), COMMENT).await.done()["comment"].clone();
        assert_eq!(without(written.clone(), "id"), json!({
            "body": "Say who leads.", "isSettled": false, "isOnCurrentText": true, "author": { "name": "adviser" },
            "organisation": null, "section": { "key": "rota" },
        }));
        stage.revise(&stage.nurse, "rota", "The lead nurse does.").await;
        let late = stage.adviser.run("writeComment", input, COMMENT).await;
        assert_eq!(late.problem()["code"], "SECTION_CHANGED");
        let query = "query($id: ID!) { node(id: $id) { ... on Comment { body(format: HTML) isOnCurrentText digest } } }";
        let found = stage.surgeon.ask(query, json!({ "id": written["id"] })).await.data()["node"].clone();
        assert_eq!((found["isOnCurrentText"].clone(), found["body"].clone()), (json!(false), json!("<p>Say who leads.</p>")));
        assert_eq!(read(&stage.surgeon, "").await, ["Say who leads."], "the late one was not recorded");
    }

    async fn a1_who_has_a_voice_or_was_given_one_comments_and_nobody_else(world: World) {
        let stage = Stage::in_review(&world).await;
        let (reader, commenter) = (grant(&stage, "READER", "reader").await, grant(&stage, "COMMENTER", "commenter").await);
        let observer = world.seated("observer", consilium::domain::role::Office::Observer, None).await;
        for user in [&commenter, &stage.editor, &stage.adviser, &stage.surgeon, &stage.secretariat, &stage.vice_chair, &stage.chair] {
            let input = remark(&stage, "rota", "Mine.").await;
            user.run("writeComment", input, COMMENT).await.done();
        }
        let input = remark(&stage, "rota", "Mine.").await;
        assert_eq!(reader.run("writeComment", input.clone(), COMMENT).await.error_code(), "FORBIDDEN");
        for hidden in [&observer, &world.user("nobody"), &world.anonymous()] {
            assert_eq!(hidden.run("writeComment", input.clone(), COMMENT).await.error_code(), "NOT_FOUND");
        }
        assert_eq!(read(&reader, "(first: 1)").await, ["Mine."]);
        assert_eq!(read(&observer, "").await, [""; 0]);
        let selection = "draft { section(key: \"rota\") { viewerCanComment viewerCannotCommentReasons } }";
        let query = format!("{{ document(slug: \"acts\") {{ {selection} }} }}");
        let told = reader.ask(&query, json!({})).await.data()["document"]["draft"]["section"].clone();
        assert_eq!(told, json!({ "viewerCanComment": false, "viewerCannotCommentReasons": ["OFFICE_MISSING", "ROLE_MISSING"] }));
    }

    async fn a_partners_machine_comments_with_the_scope_and_the_role_and_is_named_by_its_organisation(world: World) {
        let stage = Stage::in_review(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let role = async |role: &str| {
            let input = json!({ "documentId": stage.document, "role": role, "to": { "clientId": partner.id } });
            stage.secretariat.run("grantRole", input, "grantId").await.done();
        };
        role("READER").await;
        let input = remark(&stage, "rota", "Our trusts ask how.").await;
        let machine = partner.machine(None).await;
        assert_eq!(machine.run("writeComment", input.clone(), COMMENT).await.error_code(), "FORBIDDEN", "a reader");
        role("COMMENTER").await;
        let silent = partner.machine(Some("advice:read drafts:read events:read")).await;
        assert_eq!(silent.run("writeComment", input.clone(), COMMENT).await.error_code(), "FORBIDDEN", "without the scope");
        let written = machine.run("writeComment", input, COMMENT).await.done()["comment"].clone();
        assert_eq!(written["author"], Value::Null);
        let organisation = written["organisation"]["name"].as_str().expect("an organisation");
        assert!(organisation.starts_with("Alliance "));
        let settle = json!({ "commentId": written["id"] });
        assert_eq!(machine.run("settleComment", settle, COMMENT).await.error_code(), "FORBIDDEN");
        let query = "{ document(slug: \"acts\") { history(first: 1) { nodes { kind isBySystem by { name } byOrganisation { name } section { key } } } } }";
        let event = stage.adviser.ask(query, json!({})).await.data()["document"]["history"]["nodes"][0].clone();
        assert_eq!(event, json!({ "kind": "COMMENT_WRITTEN", "isBySystem": false, "by": null,
            "byOrganisation": { "name": organisation }, "section": { "key": "rota" } }));
    }

    async fn its_author_and_those_who_answer_for_the_text_settle_a_comment_once(world: World) {
        let stage = Stage::in_review(&world).await;
        let commenter = grant(&stage, "COMMENTER", "commenter").await;
        let settled_by = ["adviser", "editor", "nurse", "secretariat", "chair"];
        for (name, user) in settled_by.iter().zip([&stage.adviser, &stage.editor, &stage.nurse, &stage.secretariat, &stage.chair]) {
            let input = remark(&stage, "rota", &format!("For {name}.")).await;
            let written = stage.adviser.run("writeComment", input, "comment { id viewerCanSettle }").await.done();
            assert_eq!(written["comment"]["viewerCanSettle"], true);
            let id = written["comment"]["id"].clone();
            let query = "query($id: ID!) { node(id: $id) { ... on Comment { viewerCanSettle isSettled answer settledAt settledBy { name } } } }";
            for other in [&stage.surgeon, &commenter] {
                assert_eq!(other.ask(query, json!({ "id": id })).await.data()["node"]["viewerCanSettle"], false);
                let refused = other.run("settleComment", json!({ "commentId": id }), "comment { id }").await;
                assert_eq!(refused.error_code(), "FORBIDDEN", "{name}");
            }
            user.run("settleComment", json!({ "commentId": id, "answer": "Said so now." }), "comment { id }").await.done();
            let found = stage.surgeon.ask(query, json!({ "id": id })).await.data()["node"].clone();
            assert_eq!(found, json!({ "viewerCanSettle": false, "isSettled": true, "answer": "Said so now.",
                "settledAt": "2017-09-01T09:00:00.000Z", "settledBy": { "name": name } }));
            let again = user.run("settleComment", json!({ "commentId": id }), "comment { id }").await;
            assert_eq!(again.problem()["code"], "ALREADY_SETTLED");
        }
        stage.adviser.run("writeComment", remark(&stage, "clinic", "Which clinic?").await, COMMENT).await.done();
        assert_eq!(read(&stage.nurse, "(settled: false)").await, ["Which clinic?"]);
        assert_eq!(read(&stage.nurse, "(settled: true, last: 1)").await, ["For chair."]);
        let section = stage.section("clinic").await["id"].clone();
        assert_eq!(read(&stage.nurse, &format!("(section: {section})")).await, ["Which clinic?"]);
    }

    async fn a_comment_on_a_section_for_the_group_does_not_exist_for_others_who_read_the_draft(world: World) {
        let stage = Stage::in_review(&world).await;
        let commenter = grant(&stage, "COMMENTER", "commenter").await;
        let board = json!({ "documentId": stage.document, "heading": "Board", "key": "board", "audience": "GROUP" });
        stage.editor.run("createSection", board, "section { id }").await.done();
        let hidden = remark(&stage, "board", "For us alone.").await;
        assert_eq!(commenter.run("writeComment", hidden.clone(), COMMENT).await.error_code(), "NOT_FOUND");
        let written = stage.editor.run("writeComment", hidden, COMMENT).await.done()["comment"].clone();
        commenter.run("writeComment", remark(&stage, "rota", "For everybody.").await, COMMENT).await.done();
        assert_eq!(read(&commenter, "").await, ["For everybody."]);
        assert_eq!(read(&stage.adviser, "").await, ["For us alone.", "For everybody."]);
        let node = commenter.ask("query($id: ID!) { node(id: $id) { id } }", json!({ "id": written["id"] })).await.data();
        assert_eq!(node["node"], Value::Null);
        let settle = json!({ "commentId": written["id"] });
        assert_eq!(commenter.run("settleComment", settle, COMMENT).await.error_code(), "NOT_FOUND");
    }

    async fn when_the_review_is_over_its_comments_stand_as_they_are(world: World) {
        let stage = Stage::in_review(&world).await;
        let written = stage.adviser.run("writeComment", remark(&stage, "rota", "Too late?").await, COMMENT).await.done();
        let id = written["comment"]["id"].clone();
        let input = json!({ "reviewId": stage.review, "reason": "Enough." });
        stage.chair.run("cancelReview", input, "review { id }").await.done();
        let late = stage.adviser.run("writeComment", remark(&stage, "rota", "Later.").await, COMMENT).await;
        assert_eq!(late.problem()["code"], "REVIEW_CLOSED");
        let settle = stage.adviser.run("settleComment", json!({ "commentId": id }), COMMENT).await;
        assert_eq!(settle.problem()["code"], "REVIEW_CLOSED");
        let query = "{ document(slug: \"acts\") { reviews { nodes { comments { nodes { body } } } } } }";
        let data = stage.adviser.ask(query, json!({})).await.data();
        assert_eq!(data["document"]["reviews"]["nodes"][0]["comments"]["nodes"], json!([{ "body": "Too late?" }]));
    }
}
