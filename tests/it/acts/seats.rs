//! Seats and roles: what they grant begins and ends with them, on the next request (A5).

use async_graphql::ID;
use consilium::{
    commands::{self, Refused, WriteChangeNote},
    domain::{
        access::{Denied, Exposure, Thing, act, permit},
        appointment::revoke_role,
        text::Prose,
    },
    graphql::id::{decode_document_id, decode_grant_id},
};
use serde_json::{Value, json};

use super::stage::{Stage, with, word};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

async fn reads_draft(user: &User<'_>) -> bool {
    let data = user.ask("{ document(slug: \"acts\") { draft { id } } }", json!({})).await.data();
    data["document"]["draft"].is_object()
}

async fn new_seat(stage: &Stage<'_>, fields: Value) -> Value {
    let group = stage.world.group_id(&stage.chair).await;
    let person = json!({ "subject": "radiologist", "name": "Radiologist" });
    with(json!({ "groupId": group, "person": person, "office": "MEMBER", "discipline": "RADIOLOGY" }), fields)
}

on_both_databases! {
    async fn a5_a_seat_that_ended_grants_nothing_on_the_next_request(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign(&stage.nurse, "rota").await;
        stage.settle();
        let seat = stage.seat("nurse").await;
        let ended = stage.secretariat.run("endSeat", json!({ "seatId": seat }), "seat { isInTerm until }").await.done();
        assert_eq!(ended["seat"], json!({ "isInTerm": false, "until": "2017-09-01T09:00:01.000Z" }));
        assert!(!reads_draft(&stage.nurse).await);
        for input in [stage.at("clinic").await, with(stage.at("clinic").await, json!({ "seatId": seat }))] {
            assert_eq!(stage.nurse.run("signOff", input, "position { id }").await.error_code(), "NOT_FOUND");
        }
        let input = with(stage.named("rota").await, json!({ "body": "Mine." }));
        assert_eq!(stage.nurse.run("reviseSection", input, "section { id }").await.error_code(), "NOT_FOUND");
        assert_eq!(stage.state("rota", "NURSING").await, "MET", "what was signed in term stays signed");
        let again = stage.secretariat.run("endSeat", json!({ "seatId": seat }), "seat { id }").await.problem();
        assert_eq!((&again["code"], &again["path"]), (&json!("TERM_OVER"), &json!(["input", "seatId"])));
    }

    async fn a5_a_term_ends_by_itself_at_its_instant(world: World) {
        let stage = Stage::in_review(&world).await;
        let seat = stage.seat("nurse").await;
        let input = json!({ "seatId": seat, "until": "2017-12-31T23:59:59.999+00:00" });
        stage.secretariat.run("endSeat", input, "seat { id }").await.done();
        world.set_clock("2017-12-31T23:59:59.998Z");
        assert!(reads_draft(&stage.nurse).await);
        world.set_clock("2017-12-31T23:59:59.999Z");
        assert!(!reads_draft(&stage.nurse).await);
    }

    async fn a5_a_seat_of_the_future_grants_nothing_before_it_begins(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = new_seat(&stage, json!({ "from": "2018-01-01T00:00:00Z" })).await;
        let seat = stage.secretariat.run("grantSeat", input, "seat { id isInTerm }").await.done()["seat"].clone();
        assert_eq!(seat["isInTerm"], false);
        let radiologist = world.user("radiologist");
        assert!(!reads_draft(&radiologist).await);
        let query = "{ viewer { seats { id } all: seats(all: true) { id } } document(slug: \"acts\") { id } }";
        let seen = radiologist.ask(query, json!({})).await.data();
        assert_eq!(seen["viewer"], json!({ "seats": [], "all": [{ "id": seat["id"] }] }));
        assert_eq!(seen["document"], Value::Null, "not even a partner yet");
        world.set_clock("2018-01-01T00:00:00Z");
        assert!(reads_draft(&radiologist).await);
    }

    async fn a5_a_seat_of_the_future_can_be_taken_back_before_it_begins(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = new_seat(&stage, json!({ "from": "2018-01-01T00:00:00Z" })).await;
        let seat = stage.secretariat.run("grantSeat", input, "seat { id }").await.done()["seat"]["id"].clone();
        stage.secretariat.run("endSeat", json!({ "seatId": seat }), "seat { id }").await.done();
        world.set_clock("2018-01-01T00:00:00Z");
        assert!(!reads_draft(&world.user("radiologist")).await);
    }

    async fn a5_a_revoked_grant_grants_nothing_on_the_next_request(world: World) {
        let stage = Stage::in_review(&world).await;
        assert!(reads_draft(&stage.editor).await);
        stage.revise(&stage.editor, "records", "The editor's.").await;
        let input = json!({ "grantId": stage.editor_grant });
        for user in [&stage.chair, &stage.nurse, &stage.editor] {
            let refused = user.run("revokeRole", input.clone(), "document { id }").await;
            assert_eq!(refused.error_code(), "NOT_FOUND", "who was given what is for those who manage it");
        }
        stage.secretariat.run("revokeRole", input.clone(), "document { id }").await.done();
        assert!(!reads_draft(&stage.editor).await);
        let edit = with(stage.named("records").await, json!({ "body": "Again." }));
        assert_eq!(stage.editor.run("reviseSection", edit, "section { id }").await.error_code(), "NOT_FOUND");
        let again = stage.secretariat.run("revokeRole", input, "document { id }").await.problem();
        assert_eq!((&again["code"], &again["path"]), (&json!("GRANT_REVOKED"), &json!(["input", "grantId"])));
    }

    async fn a5_an_act_that_waited_while_its_role_was_taken_back_is_refused(world: World) {
        let stage = Stage::in_review(&world).await;
        let document = decode_document_id(&ID(word(&stage.document))).expect("a document");
        let grant = decode_grant_id(&ID(word(&stage.editor_grant))).expect("a grant");
        let actor = async |user: &User<'_>| world.store.actor(&user.login()).await.expect("an actor");
        let (editor, secretary) = (actor(&stage.editor).await, actor(&stage.secretariat).await);

        let mut tx = world.store.begin().await.expect("a turn");
        tx.lock_document(document).await.expect("a lock").expect("a document");
        let (store, note) = (world.store.clone(), Prose::new("Late.").expect("a note"));
        let waiting = tokio::spawn(async move {
            let command = WriteChangeNote { document, seen: None, note };
            commands::write_change_note(&store, &editor, &command).await
        });
        let grant = tx.grant(grant).await.expect("an answer").expect("a grant");
        let roles = Thing::document(world.group, document, Exposure::Roles);
        let permit = permit::<act::ManageGrants>(&secretary, roles, world.now()).expect("a permit");
        let revoked = revoke_role(&permit.on(&grant).expect("its grant"), world.now()).expect("revoked");
        tx.record(revoked).await.expect("recorded");
        tx.commit().await.expect("committed");
        let refused = waiting.await.expect("an answer").expect_err("a refusal");
        assert!(matches!(refused, Refused::Denied(Denied::Hidden)), "{refused:?}");
        assert_eq!(stage.see("draft { changeNote }").await["draft"]["changeNote"], Value::Null);
    }

    async fn a5_an_act_that_was_let_in_before_a_seat_ended_is_refused_after(world: World) {
        let stage = Stage::in_review(&world).await;
        let document = decode_document_id(&ID(word(&stage.document))).expect("a document");
        let vice_chair = world.store.actor(&stage.vice_chair.login()).await.expect("an actor");
        let input = json!({ "seatId": stage.seat("vice-chair").await });
        stage.secretariat.run("endSeat", input, "seat { id }").await.done();
        let command = WriteChangeNote { document, seen: None, note: Prose::new("Late.").expect("a note") };
        let refused = commands::write_change_note(&world.store, &vice_chair, &command).await.expect_err("a refusal");
        assert!(matches!(refused, Refused::Denied(Denied::Hidden)), "{refused:?}");
    }

    async fn only_the_secretariat_gives_seats_and_roles(world: World) {
        let stage = Stage::in_review(&world).await;
        let seat = new_seat(&stage, json!({})).await;
        let end = json!({ "seatId": stage.seat("nurse").await });
        let person = json!({ "subject": "reader", "name": "Reader" });
        let role = json!({ "documentId": stage.document, "role": "READER", "to": { "person": person } });
        for user in [&stage.chair, &stage.vice_chair, &stage.nurse, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("grantSeat", seat.clone(), "seat { id }").await.error_code(), "FORBIDDEN");
            assert_eq!(user.run("endSeat", end.clone(), "seat { id }").await.error_code(), "FORBIDDEN");
            assert_eq!(user.run("grantRole", role.clone(), "grantId").await.error_code(), "FORBIDDEN");
        }
    }

    async fn what_is_wrong_with_an_appointment_is_told_with_its_place(world: World) {
        let stage = Stage::in_review(&world).await;
        let nurse = json!({ "subject": "nurse", "name": "Another name" });
        let named = |subject: &str, name: &str| json!({ "person": { "subject": subject, "name": name } });
        let cases = [
            (json!({ "discipline": null }), "DISCIPLINE_MISSING", json!(["input", "discipline"])),
            (json!({ "office": "SECRETARIAT" }), "OFFICE_DOES_NOT_VOTE", json!(["input", "discipline"])),
            (json!({ "person": nurse, "discipline": "NURSING" }), "SEAT_HELD", json!(["input", "person"])),
            (json!({ "from": "2018-01-01T00:00:00Z", "until": "2017-01-01T00:00:00Z" }), "TERM_EMPTY", json!(["input", "until"])),
            (json!({ "until": "2016-01-01T00:00:00Z" }), "TERM_EMPTY", json!(["input", "until"])),
            (named("", "Radiologist"), "TEXT_BLANK", json!(["input", "person", "subject"])),
            (named("radio\u{0}logist", "Radiologist"), "TEXT_NOT_ALLOWED", json!(["input", "person", "subject"])),
            (named("radiologist", "Two\nlines"), "TEXT_NOT_ALLOWED", json!(["input", "person", "name"])),
            (named("radiologist", &"x".repeat(301)), "TEXT_TOO_LONG", json!(["input", "person", "name"])),
        ];
        for (fields, code, path) in cases {
            let input = new_seat(&stage, fields.clone()).await;
            let problem = stage.secretariat.run("grantSeat", input, "seat { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &path), "{fields}");
        }
        let past = json!({ "seatId": stage.seat("nurse").await, "until": "2017-08-31T00:00:00Z" });
        let problem = stage.secretariat.run("endSeat", past, "seat { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("END_PAST"), &json!(["input", "until"])));
        let editor = json!({ "person": { "subject": "editor", "name": "Editor" } });
        let input = json!({ "documentId": stage.document, "role": "EDITOR", "to": editor });
        let problem = stage.secretariat.run("grantRole", input, "grantId").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("ROLE_HELD"), &json!(["input", "to"])));
    }

    async fn a_role_is_given_to_one_grantee_of_one_kind(world: World) {
        let stage = Stage::in_review(&world).await;
        let person = json!({ "subject": "reader", "name": "Reader" });
        let both = json!({ "person": person, "organisationId": stage.document });
        for to in [json!({}), both, json!({ "person": null })] {
            let input = json!({ "documentId": stage.document, "role": "READER", "to": to });
            assert_eq!(stage.secretariat.run("grantRole", input, "grantId").await.error_code(), "BAD_USER_INPUT", "{to}");
        }
        let input = json!({ "documentId": stage.document, "role": "READER", "to": { "organisationId": stage.document } });
        assert_eq!(stage.secretariat.run("grantRole", input, "grantId").await.error_code(), "NOT_FOUND");
    }
}
