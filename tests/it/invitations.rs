//! Invitations: a code binds whoever brings it to a seat, once; every no is the same no.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{
    on_both_databases,
    service::Service,
    world::{User, World},
};
use consilium::domain::role::Office;

async fn invite(world: &World, secretariat: &User<'_>, fields: Value) -> Value {
    let mut input = json!({ "groupId": world.group_id(secretariat).await, "name": "Ann Ward", "office": "MEMBER",
        "discipline": "SURGERY" });
    input.as_object_mut().expect("an input").extend(fields.as_object().expect("fields").clone());
    let selection = "code invitation { id state name office discipline seat { id } expiresAt }";
    secretariat.run("inviteToSeat", input, selection).await.done()
}

async fn accept(user: &User<'_>, code: &Value) -> Value {
    let answer = user.run("acceptInvitation", json!({ "code": code }), "seat { office discipline isInTerm }").await;
    answer.data()["acceptInvitation"].clone()
}

/// What is answered to a code that is not good.
fn no() -> Value {
    json!({ "seat": null, "userErrors": [{ "__typename": "PlainUserError", "code": "INVITATION_NOT_VALID",
        "message": "the code is not valid", "path": ["input", "code"] }] })
}

async fn listed(world: &World, user: &User<'_>) -> Value {
    let query = "{ group(slug: \"expert-group\") { invitations { id } all: invitations(all: true) { state name \
                 invitedBy { name } seat { holder { name } } } } }";
    let _ = world;
    user.ask(query, json!({})).await.data()["group"].clone()
}

on_both_databases! {
    async fn a_code_binds_the_log_in_that_brings_it_to_the_seat_and_is_used_up(world: World) {
        let secretariat = world.seated("secretariat", Office::Secretariat, None).await;
        let invited = invite(&world, &secretariat, json!({})).await;
        assert_eq!(invited["invitation"]["state"], "OPEN");
        assert!(invited["code"].as_str().expect("a code").len() >= 43);
        let (ann, other) = (world.user("ann"), world.user("other"));
        assert_eq!(ann.ask("{ viewer { isSignedIn } }", json!({})).await.data()["viewer"]["isSignedIn"], false);
        let accepted = accept(&ann, &invited["code"]).await;
        assert_eq!(accepted["seat"], json!({ "office": "MEMBER", "discipline": "SURGERY", "isInTerm": true }));
        let query = "{ viewer { person { name } seats { discipline } } }";
        let seen = ann.ask(query, json!({})).await.data();
        assert_eq!(seen["viewer"], json!({ "person": { "name": "Ann Ward" }, "seats": [{ "discipline": "SURGERY" }] }));
        for user in [&ann, &other] {
            assert_eq!(accept(user, &invited["code"]).await, no(), "it was used");
        }
        let listed = listed(&world, &secretariat).await;
        assert_eq!(listed["invitations"], json!([]));
        assert_eq!(listed["all"], json!([{ "state": "ACCEPTED", "name": "Ann Ward", "invitedBy": { "name": "secretariat" },
            "seat": { "holder": { "name": "Ann Ward" } } }]));
    }

    async fn every_code_that_is_not_good_has_the_same_answer_and_gives_nothing(world: World) {
        let secretariat = world.seated("secretariat", Office::Secretariat, None).await;
        let [expired, revoked, foreign, over] = [
            invite(&world, &secretariat, json!({ "expiresAt": "2017-09-02T09:00:00Z" })).await,
            invite(&world, &secretariat, json!({})).await,
            invite(&world, &secretariat, json!({ "issuer": "https://cis2.example.test" })).await,
            invite(&world, &secretariat, json!({ "until": "2017-09-02T09:00:00Z" })).await,
        ];
        let input = json!({ "invitationId": revoked["invitation"]["id"] });
        let gone = secretariat.run("revokeInvitation", input.clone(), "invitation { state }").await.done();
        assert_eq!(gone["invitation"]["state"], "REVOKED");
        assert_eq!(secretariat.run("revokeInvitation", input, "__typename").await.problem_code(), "INVITATION_OVER");
        world.pass(TimeDelta::days(1));
        let good = invite(&world, &secretariat, json!({})).await["code"].as_str().expect("a code").to_owned();
        let near = format!("{}{}", &good[..42], if good.ends_with('A') { 'B' } else { 'A' });
        let ann = world.user("ann");
        for code in [
            expired["code"].clone(),
            revoked["code"].clone(),
            foreign["code"].clone(),
            over["code"].clone(),
            json!(near),
            json!(good.to_uppercase()),
            json!(format!("{good}x")),
            json!(""),
            json!(" "),
            json!("x".repeat(100_000)),
            json!("' OR 1=1; --"),
            json!("\u{0}"),
        ] {
            assert_eq!(accept(&ann, &code).await, no(), "{code}");
        }
        assert_eq!(ann.ask("{ viewer { isSignedIn } }", json!({})).await.data()["viewer"]["isSignedIn"], false);
        let refused = world.anonymous().run("acceptInvitation", json!({ "code": good }), "__typename").await;
        assert_eq!(refused.error_code(), "UNAUTHENTICATED");
        assert!(accept(&ann, &json!(format!(" {good}\n"))).await["seat"].is_object(), "white space is nobody's fault");
    }

    async fn of_many_who_bring_a_code_at_once_one_gets_the_seat(world: World) {
        let secretariat = world.seated("secretariat", Office::Secretariat, None).await;
        let code = invite(&world, &secretariat, json!({})).await["code"].clone();
        let users: Vec<User<'_>> = (0..8).map(|n| world.user(&format!("racer-{n}"))).collect();
        let answers = join_all(users.iter().map(|user| accept(user, &code))).await;
        assert_eq!(answers.iter().filter(|answer| answer["seat"].is_object()).count(), 1, "{answers:#?}");
        assert_eq!(answers.iter().filter(|answer| **answer == no()).count(), 7, "{answers:#?}");
        let seats = "{ group(slug: \"expert-group\") { seats { discipline } } }";
        let seats = secretariat.ask(seats, json!({})).await.data()["group"]["seats"].clone();
        assert_eq!(seats.as_array().expect("seats").len(), 2);
    }

    async fn only_the_secretariat_invites_and_sees_invitations(world: World) {
        let secretariat = world.seated("secretariat", Office::Secretariat, None).await;
        let invited = invite(&world, &secretariat, json!({})).await;
        let group = world.group_id(&secretariat).await;
        let mut users = vec![world.anonymous(), world.user("nobody")];
        for office in [Office::Chair, Office::ViceChair, Office::Adviser, Office::Observer] {
            users.push(world.seated(&format!("{office:?}"), office, None).await);
        }
        for user in users {
            let input = json!({ "groupId": group, "name": "X", "office": "CHAIR" });
            assert_eq!(user.run("inviteToSeat", input, "code").await.error_code(), "FORBIDDEN");
            let input = json!({ "invitationId": invited["invitation"]["id"] });
            assert_eq!(user.run("revokeInvitation", input, "__typename").await.error_code(), "NOT_FOUND");
            assert_eq!(listed(&world, &user).await, json!({ "invitations": [], "all": [] }));
        }
        assert_eq!(listed(&world, &secretariat).await["all"].as_array().expect("a list").len(), 1);
    }

    async fn what_is_wrong_with_an_invitation_is_told_where_it_is(world: World) {
        let secretariat = world.seated("secretariat", Office::Secretariat, None).await;
        let group = world.group_id(&secretariat).await;
        for (fields, code, field) in [
            (json!({ "name": " " }), "TEXT_BLANK", "name"),
            (json!({ "office": "MEMBER", "discipline": null }), "DISCIPLINE_MISSING", "discipline"),
            (json!({ "until": "2017-01-01T00:00:00Z" }), "TERM_EMPTY", "until"),
            (json!({ "expiresAt": "2017-09-01T09:00:00Z" }), "OUT_OF_RANGE", "expiresAt"),
            (json!({ "expiresAt": "2018-09-01T09:00:00Z" }), "OUT_OF_RANGE", "expiresAt"),
        ] {
            let mut input = json!({ "groupId": group, "name": "Ann", "office": "MEMBER", "discipline": "NURSING" });
            input.as_object_mut().expect("an input").extend(fields.as_object().expect("fields").clone());
            let problem = secretariat.run("inviteToSeat", input, "code").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &json!(["input", field])), "{fields}");
        }
        let held = invite(&world, &secretariat, json!({})).await;
        let again = invite(&world, &secretariat, json!({})).await;
        let ann = world.user("ann");
        assert!(accept(&ann, &held["code"]).await["seat"].is_object());
        assert_eq!(accept(&ann, &again["code"]).await["userErrors"][0]["code"], "SEAT_HELD");
        assert!(accept(&world.user("bea"), &again["code"]).await["seat"].is_object(), "it is not used up by that");
    }

    async fn a_repeated_invitation_is_made_once_and_does_not_tell_the_code_again(world: World) {
        let secretariat = world.seated("secretariat", Office::Secretariat, None).await;
        let mutation = "mutation($input: InviteToSeatInput!) { inviteToSeat(input: $input) {
            code invitation { id } userErrors { code } } }";
        let input = json!({ "input": { "groupId": world.group_id(&secretariat).await, "name": "Ann", "office": "ADVISER" } });
        let first = secretariat.ask_once("k", mutation, input.clone()).await.data()["inviteToSeat"].clone();
        let second = secretariat.ask_once("k", mutation, input).await.data()["inviteToSeat"].clone();
        assert!(first["code"].is_string());
        assert_eq!(second, json!({ "code": null, "invitation": first["invitation"], "userErrors": [] }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_neither_in_the_log_nor_in_the_database() {
    let mut service = Service::on_sqlite().await;
    let secretariat = service.token("sec", "secretariat@expert-group");
    let ann = service.output(&["token", "--subject", "ann"]);
    service.start_with(&[], &[("CONSILIUM_LOG__FILTER", "debug")]);
    let group = service.ask(&secretariat, "{ group(slug: \"expert-group\") { id } }", json!({})).await;
    let mutation = "mutation($input: InviteToSeatInput!) { inviteToSeat(input: $input) { code } }";
    let input = json!({ "groupId": group["data"]["group"]["id"], "name": "Ann", "office": "ADVISER" });
    let invited = service.ask(&secretariat, mutation, json!({ "input": input })).await;
    let code = invited["data"]["inviteToSeat"]["code"].as_str().expect("a code").to_owned();
    let mutation = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { seat { id } } }";
    for token in [&secretariat, &ann, &ann] {
        service.ask(token, mutation, json!({ "input": { "code": code } })).await;
    }
    service.terminate();
    let (_, log) = service.ended();
    assert!(log.len() > 3);
    for secret in [&code, &ann, &secretariat] {
        assert!(!log.iter().any(|line| line.contains(secret.as_str())), "a secret is in the log");
    }
    for file in service.files() {
        let bytes = std::fs::read(&file).expect("a file");
        let is_kept = bytes.windows(code.len()).any(|window| window == code.as_bytes());
        assert!(!is_kept, "the code is in {}", file.display());
    }
}
