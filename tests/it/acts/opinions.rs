//! Opinions of advisers: without a vote, on the text that was read, and published with the edition.

use consilium::{
    commands::{self, EnterAffiliation, NewOrganisation},
    domain::{appointment::Invitee, directory::OrganisationKind, text::Line},
};
use serde_json::{Value, json};

use super::stage::{Stage, with};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

const OPINIONS: &str = "section { key opinions { stance reason onBehalfOf adviser { name } isOnThisText } }";

/// The adviser belongs to this body.
async fn affiliate(stage: &Stage<'_>, body: &str) {
    let organisation = NewOrganisation {
        name: body.to_owned(),
        kind: OrganisationKind::ClinicalReferenceGroup,
        nation: "England".to_owned(),
        ods_code: None,
        ons_code: None,
    };
    commands::enter_organisations(&stage.world.store, &[organisation]).await.expect("an organisation");
    let invitee = Invitee { login: stage.adviser.login(), name: Line::new("adviser").expect("a name") };
    let affiliation = EnterAffiliation { invitee, organisation: body.to_owned() };
    assert!(commands::enter_affiliation(&stage.world.store, &affiliation).await.expect("an affiliation"));
}

async fn opinion(stage: &Stage<'_>, key: &str, stance: &str, reason: Option<&str>) -> Value {
    with(stage.at(key).await, json!({ "stance": stance, "reason": reason }))
}

async fn give(stage: &Stage<'_>, key: &str, stance: &str, reason: Option<&str>) -> Value {
    let input = opinion(stage, key, stance, reason).await;
    stage.adviser.run("giveOpinion", input, OPINIONS).await.done()["section"]["opinions"].clone()
}

/// What somebody reads of the edition in force, or of the draft.
async fn read(user: &User<'_>, edition: &str) -> Value {
    let query = format!(
        "{{ document(slug: \"acts\") {{ {edition} {{ alsoAdvised sections {{ key opinions {{ stance reason onBehalfOf adviser {{ name }} }} }} }} }} }}"
    );
    let found = user.ask(&query, json!({})).await.data()["document"][edition].clone();
    let sections = found["sections"].as_array().cloned().unwrap_or_default();
    let spoken: Vec<Value> = sections.into_iter().filter(|section| section["opinions"] != json!([])).collect();
    json!({ "alsoAdvised": found["alsoAdvised"], "sections": spoken })
}

on_both_databases! {
    async fn s5_an_advisers_opinion_is_on_the_text_that_was_read_and_the_latest_stands(world: World) {
        let stage = Stage::in_review(&world).await;
        affiliate(&stage, "A reference group").await;
        let missing = stage.adviser.run("giveOpinion", opinion(&stage, "rota", "CONCERNS", None).await, OPINIONS).await.problem();
        assert_eq!((&missing["code"], &missing["path"]), (&json!("REASON_MISSING"), &json!(["input", "reason"])));
        let told = give(&stage, "rota", "CONCERNS", Some("Nobody is on call.")).await;
        assert_eq!(told, json!([{ "stance": "CONCERNS", "reason": "Nobody is on call.", "onBehalfOf": "A reference group",
            "adviser": { "name": "adviser" }, "isOnThisText": true }]));
        let again = opinion(&stage, "rota", "CONCERNS", Some("Nobody is on call.")).await;
        assert_eq!(stage.adviser.run("giveOpinion", again.clone(), OPINIONS).await.problem()["code"], "ALREADY_TAKEN");
        stage.revise(&stage.nurse, "rota", "Somebody always is.").await;
        let late = stage.adviser.run("giveOpinion", with(again, json!({ "stance": "NO_VIEW" })), OPINIONS).await;
        assert_eq!(late.problem()["code"], "SECTION_CHANGED");
        let query = "draft { section(key: \"rota\") { opinions { stance isOnThisText } } }";
        let read = async || stage.see(query).await["draft"]["section"]["opinions"].clone();
        assert_eq!(read().await, json!([{ "stance": "CONCERNS", "isOnThisText": false }]));
        give(&stage, "rota", "SUPPORTS", None).await;
        assert_eq!(read().await, json!([{ "stance": "SUPPORTS", "isOnThisText": true }]));
        let query = "{ document(slug: \"acts\") { history(first: 1) { nodes { kind by { name } section { key } } } } }";
        let event = stage.nurse.ask(query, json!({})).await.data()["document"]["history"]["nodes"][0].clone();
        assert_eq!(event, json!({ "kind": "OPINION_GIVEN", "by": { "name": "adviser" }, "section": { "key": "rota" } }));
    }

    async fn s14_an_opinion_has_no_vote_blocks_nothing_and_is_published_with_the_edition(world: World) {
        let stage = Stage::in_review(&world).await;
        affiliate(&stage, "A reference group").await;
        stage.revise(&stage.editor, "clinic", "New.").await;
        let before = stage.blockers().await;
        give(&stage, "clinic", "SUPPORTS", None).await;
        give(&stage, "rota", "CONCERNS", Some("Not enough people.")).await;
        assert_eq!(stage.blockers().await, before, "it is neither a sign-off nor an objection");
        assert_eq!(stage.recorded().await, 0);
        stage.sign_all().await;
        stage.note().await;
        assert_eq!(stage.blockers().await, [""; 0]);
        let outside = world.user("nobody");
        assert_eq!(read(&outside, "edition").await["sections"], json!([]));
        let edition = stage.publish().await;
        assert_eq!(edition["number"], "2.0");
        let seen = read(&stage.nurse, "edition").await;
        let entry = |key: &str, stance: &str, reason: Value| json!({ "key": key, "opinions": [{ "stance": stance, "reason": reason,
            "onBehalfOf": "A reference group", "adviser": { "name": "adviser" } }] });
        assert_eq!(seen, json!({ "alsoAdvised": ["A reference group"],
            "sections": [entry("clinic", "SUPPORTS", Value::Null), entry("rota", "CONCERNS", json!("Not enough people."))] }));
        let late = stage.adviser.run("giveOpinion", json!({ "reviewId": stage.review, "stance": "NO_VIEW",
            "sectionId": stage.see("edition { section(key: \"rota\") { id digest } }").await["edition"]["section"]["id"],
            "digest": stage.see("edition { section(key: \"rota\") { id digest } }").await["edition"]["section"]["digest"] }), OPINIONS).await;
        assert_eq!(late.problem()["code"], "REVIEW_CLOSED");
        assert_eq!(read(&stage.nurse, "edition").await, seen);
    }

    async fn a1_only_advisers_in_term_give_opinions(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = opinion(&stage, "rota", "SUPPORTS", None).await;
        let other_seat = with(input.clone(), json!({ "seatId": stage.seat("adviser").await }));
        for user in [&stage.chair, &stage.vice_chair, &stage.secretariat, &stage.nurse, &stage.editor] {
            for input in [&input, &other_seat] {
                assert_eq!(user.run("giveOpinion", input.clone(), OPINIONS).await.error_code(), "FORBIDDEN");
            }
        }
        for hidden in [&world.user("nobody"), &world.anonymous()] {
            assert_eq!(hidden.run("giveOpinion", input.clone(), OPINIONS).await.error_code(), "NOT_FOUND");
        }
        give(&stage, "rota", "SUPPORTS", None).await;
        let seat = stage.seat("adviser").await;
        stage.secretariat.run("endSeat", json!({ "seatId": seat }), "seat { id }").await.done();
        let refused = stage.adviser.run("giveOpinion", opinion(&stage, "clinic", "SUPPORTS", None).await, OPINIONS).await;
        assert_eq!(refused.error_code(), "NOT_FOUND", "the term is over");
        let seen = read(&stage.nurse, "draft").await;
        assert_eq!(seen["sections"][0]["opinions"][0]["stance"], "SUPPORTS", "what was said in term stays said");
        assert_eq!(seen["alsoAdvised"], json!([]), "who belongs to no body speaks for none");
    }

    async fn a2_an_opinion_on_a_section_for_the_group_does_not_exist_for_others_who_read_the_edition(world: World) {
        let stage = Stage::in_review(&world).await;
        affiliate(&stage, "A reference group").await;
        let board = json!({ "documentId": stage.document, "heading": "Board", "key": "board", "audience": "GROUP" });
        stage.editor.run("createSection", board, "section { id }").await.done();
        let to = json!({ "person": { "subject": "reader", "name": "reader" } });
        let input = json!({ "documentId": stage.document, "role": "READER", "to": to });
        stage.secretariat.run("grantRole", input, "grantId").await.done();
        let reader = world.user("reader");
        give(&stage, "board", "CONCERNS", Some("For us alone.")).await;
        assert_eq!(read(&stage.nurse, "draft").await["sections"][0]["opinions"][0]["reason"], "For us alone.");
        let nothing = json!({ "alsoAdvised": [], "sections": [] });
        assert_eq!(read(&reader, "draft").await, nothing);
        stage.sign_all().await;
        stage.note().await;
        stage.publish().await;
        assert_eq!(read(&reader, "edition").await, nothing);
        assert_eq!(read(&stage.nurse, "edition").await["alsoAdvised"], json!(["A reference group"]));
    }

    async fn what_was_said_in_a_review_that_came_to_nothing_is_not_published_with_the_next(world: World) {
        let mut stage = Stage::in_review(&world).await;
        give(&stage, "rota", "CONCERNS", Some("Too few.")).await;
        stage.chair.run("cancelReview", json!({ "reviewId": stage.review, "reason": "Enough." }), "review { id }").await.done();
        stage.open(json!({ "reason": "Again." })).await;
        stage.revise(&stage.editor, "clinic", "New.").await;
        stage.sign_all().await;
        stage.note().await;
        stage.publish().await;
        assert_eq!(read(&stage.nurse, "edition").await["sections"], json!([]));
    }
}
