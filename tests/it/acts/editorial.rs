//! Changes of wording only: they count as such once a second person agrees (D5, D6, S3).

use serde_json::{Value, json};

use super::stage::{Stage, with};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

/// Words a section otherwise.
async fn reword(stage: &Stage<'_>, user: &User<'_>, key: &str) -> Value {
    let input = with(stage.named(key).await, json!({ "body": "In other words.", "class": "EDITORIAL" }));
    let selection = "section { id digest changeClass awaitsEditorialConfirmation isEditorialConfirmed }";
    user.run("reviseSection", input, selection).await.done()["section"].clone()
}

async fn number(stage: &Stage<'_>) -> Value {
    stage.see("review { proposedNumber }").await["review"]["proposedNumber"].clone()
}

on_both_databases! {
    async fn d5_an_editorial_change_counts_as_clinical_until_a_second_person_confirms_it(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign_all().await;
        let reworded = reword(&stage, &stage.editor, "clinic").await;
        assert_eq!(reworded["changeClass"], "EDITORIAL");
        assert_eq!((&reworded["awaitsEditorialConfirmation"], &reworded["isEditorialConfirmed"]), (&json!(true), &json!(false)));
        assert_eq!(number(&stage).await, "2.0");
        for (key, discipline) in [("clinic", "SURGERY"), ("clinic", "NURSING"), ("", "PATIENT_REPRESENTATIVE")] {
            assert_eq!(stage.state(key, discipline).await, "STALE", "{key} {discipline}");
        }

        let named = stage.named("clinic").await;
        let own = stage.editor.run("confirmEditorial", named.clone(), "__typename").await;
        assert_eq!(own.error_code(), "FORBIDDEN", "the author is no second person");
        let stranger = stage.patient.run("confirmEditorial", named.clone(), "__typename").await;
        assert_eq!(stranger.error_code(), "FORBIDDEN", "the section does not name their discipline");
        let selection = "section { isEditorialConfirmed awaitsEditorialConfirmation }";
        let confirmed = stage.second_nurse.run("confirmEditorial", named.clone(), selection).await.done();
        assert_eq!(confirmed["section"], json!({ "isEditorialConfirmed": true, "awaitsEditorialConfirmation": false }));

        assert_eq!(number(&stage).await, "1.1");
        for (key, discipline) in [("clinic", "SURGERY"), ("clinic", "NURSING"), ("", "PATIENT_REPRESENTATIVE")] {
            assert_eq!(stage.state(key, discipline).await, "MET", "{key} {discipline}");
        }
        let twice = stage.chair.run("confirmEditorial", named, selection).await.problem();
        assert_eq!((&twice["code"], &twice["path"]), (&json!("NOTHING_TO_CONFIRM"), &json!(["input", "sectionId"])));
    }

    async fn s9_who_words_a_text_otherwise_becomes_one_of_its_authors(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign(&stage.nurse, "rota").await;
        reword(&stage, &stage.nurse, "rota").await;
        stage.chair.run("confirmEditorial", stage.named("rota").await, "section { id }").await.done();
        assert_eq!(stage.state("rota", "NURSING").await, "OPEN", "carried over, but now an author's alone");
        stage.sign(&stage.second_nurse, "rota").await;
        assert_eq!(stage.state("rota", "NURSING").await, "MET");
    }

    async fn d5_chair_vice_chair_and_secretariat_may_be_the_second_person(world: World) {
        let stage = Stage::in_review(&world).await;
        for (key, user) in [("clinic", &stage.chair), ("rota", &stage.vice_chair), ("operation", &stage.secretariat)] {
            reword(&stage, &stage.editor, key).await;
            let own = stage.editor.run("confirmEditorial", stage.named(key).await, "__typename").await;
            assert_eq!(own.error_code(), "FORBIDDEN");
            user.run("confirmEditorial", stage.named(key).await, "section { id }").await.done();
        }
        assert_eq!(number(&stage).await, "1.1");
    }

    async fn d5_a_clinical_change_cannot_be_called_editorial_afterwards(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.nurse, "clinic", "Other advice.").await;
        let refused = stage.chair.run("confirmEditorial", stage.named("clinic").await, "__typename").await;
        assert_eq!(refused.problem_code(), "NOTHING_TO_CONFIRM");
        let untouched = stage.chair.run("confirmEditorial", stage.named("rota").await, "__typename").await;
        assert_eq!(untouched.problem_code(), "NOTHING_TO_CONFIRM");
    }

    async fn d5_words_over_an_unsigned_clinical_change_carry_nothing_from_before_it(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign_all().await;
        stage.revise(&stage.nurse, "clinic", "Other advice.").await;
        reword(&stage, &stage.nurse, "clinic").await;
        stage.chair.run("confirmEditorial", stage.named("clinic").await, "section { id }").await.done();
        assert_eq!(stage.state("clinic", "SURGERY").await, "STALE");
        assert_eq!(stage.state("", "PATIENT_REPRESENTATIVE").await, "STALE");
        assert_eq!(number(&stage).await, "2.0");
    }

    async fn d6_an_edition_with_editorial_changes_only_is_minor_and_needs_no_note(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign_all().await;
        reword(&stage, &stage.editor, "clinic").await;
        stage.chair.run("confirmEditorial", stage.named("clinic").await, "section { id }").await.done();
        assert!(stage.blockers().await.is_empty());
        assert_eq!(stage.publish().await["number"], "1.1");
    }

    async fn what_keeps_somebody_from_an_act_is_told_beside_whether_they_can(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = with(stage.named("rota").await, json!({ "body": "Polished.", "class": "EDITORIAL" }));
        stage.nurse.run("reviseSection", input, "section { id }").await.done();
        stage.nurse.run("recuse", stage.at("clinic").await, "position { id }").await.done();
        let query = "{ document(slug: \"acts\") {
            viewerCanPublish viewerCannotPublishReasons viewerCannotRunReviewReasons
            edition { section(key: \"rota\") { viewerCanRevise viewerCannotReviseReasons } }
            draft { section(key: \"rota\") { viewerCanRevise viewerCannotReviseReasons
                viewerCanConfirmEditorial viewerCannotConfirmEditorialReasons cells { viewerCanSign viewerCannotSignReasons } } }
            review { viewerCannotRecordInstructionReasons cells(discipline: NURSING) { section { key } viewerCanSign viewerCannotSignReasons } } } }";
        let seen = async |user: &crate::harness::world::User<'_>| user.ask(query, json!({})).await.data()["document"].clone();
        let nurse = seen(&stage.nurse).await;
        assert_eq!((&nurse["viewerCanPublish"], &nurse["viewerCannotPublishReasons"]), (&json!(false), &json!(["OFFICE_MISSING"])));
        assert_eq!(nurse["edition"]["section"], json!({ "viewerCanRevise": false, "viewerCannotReviseReasons": ["NOT_IN_DRAFT"] }));
        assert_eq!(nurse["draft"]["section"], json!({ "viewerCanRevise": true, "viewerCannotReviseReasons": [],
            "viewerCanConfirmEditorial": false, "viewerCannotConfirmEditorialReasons": ["OWN_CHANGE"],
            "cells": [{ "viewerCanSign": true, "viewerCannotSignReasons": [] }] }));
        assert_eq!(nurse["review"]["cells"][0], json!({ "section": { "key": "clinic" }, "viewerCanSign": false,
            "viewerCannotSignReasons": ["SEAT_RECUSED"] }));
        let chair = seen(&stage.chair).await;
        assert_eq!((&chair["viewerCanPublish"], &chair["viewerCannotPublishReasons"]), (&json!(true), &json!([])));
        let section = &chair["draft"]["section"];
        assert_eq!(section["viewerCannotReviseReasons"], json!(["DISCIPLINE_MISSING", "ROLE_MISSING"]));
        assert_eq!(section["viewerCannotConfirmEditorialReasons"], json!([]));
        assert_eq!(section["cells"], json!([{ "viewerCanSign": false, "viewerCannotSignReasons": ["SEAT_MISSING"] }]));
        let input = json!({ "reviewId": stage.review, "reason": "Enough." });
        stage.chair.run("cancelReview", input, "review { id }").await.done();
        let query = "query($id: ID!) { review(id: $id) { viewerCannotRunReviewReasons cells { viewerCannotSignReasons } } }";
        let over = stage.secretariat.ask(query, json!({ "id": stage.review })).await.data()["review"].clone();
        assert_eq!(over["viewerCannotRunReviewReasons"], json!(["REVIEW_OVER"]));
        assert_eq!(over["cells"][0]["viewerCannotSignReasons"], json!(["REVIEW_OVER", "SEAT_MISSING"]));
    }
}
