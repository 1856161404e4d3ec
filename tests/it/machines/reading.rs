//! What a client reads with which scope and which role, asked of the running API.

use consilium::{
    commands::{self, GrantSeat},
    domain::{
        access::Actor,
        appointment::Invitee,
        document::Key,
        role::{Office, Post},
        text::Line,
    },
};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::partner::{ALL, KeyPair, Partner, new_client};
use crate::{
    acts::stage::Stage,
    harness::{
        on_both_databases,
        world::{User, World},
    },
    listening::Listener,
};

/// What of the document under review shows: nothing, what is published, or the draft too.
async fn sees(user: &User<'_>) -> &'static str {
    let query = "{ document(slug: \"acts\") { title draft { id } review { id } } }";
    let document = user.ask(query, json!({})).await.data()["document"].clone();
    match (document.is_null(), document["draft"].is_object(), document["review"].is_object()) {
        (true, false, false) => "nothing",
        (false, false, false) => "published",
        (false, true, true) => "draft",
        other => panic!("half of it: {other:?}"),
    }
}

on_both_databases! {
    async fn drafts_take_the_scope_and_a_role_given_to_the_client_or_its_organisation(world: World) {
        let stage = Stage::in_review(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let (both, reading) = ("advice:read drafts:read", "advice:read");
        assert_eq!(sees(&partner.machine(Some(both)).await).await, "published", "a scope alone opens no draft");
        for to in [json!({ "clientId": partner.id }), json!({ "organisationId": partner.organisation })] {
            let input = json!({ "documentId": stage.document, "role": "READER", "to": to });
            let grant = stage.secretariat.run("grantRole", input, "grantId").await.done()["grantId"].clone();
            let machine = partner.machine(Some(both)).await;
            assert_eq!(sees(&machine).await, "draft", "{to}");
            assert_eq!(sees(&partner.machine(Some(reading)).await).await, "published", "{to}: a role alone neither");
            assert_eq!(sees(&partner.machine(Some("drafts:read")).await).await, "nothing", "the document is for partners");
            assert_eq!(sees(&partner.machine(Some("events:read checklist:write comments:write")).await).await, "nothing");
            stage.secretariat.run("revokeRole", json!({ "grantId": grant }), "document { id }").await.done();
            assert_eq!(sees(&machine).await, "published", "{to}: revoked, on the next request (A5)");
        }
    }

    async fn s10_a_client_with_everything_it_can_be_given_changes_nothing(world: World) {
        let stage = Stage::in_review(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        for (role, to) in [("COMMENTER", json!({ "clientId": partner.id })), ("EDITOR", json!({ "organisationId": partner.organisation }))] {
            let input = json!({ "documentId": stage.document, "role": role, "to": to });
            stage.secretariat.run("grantRole", input, "grantId").await.done();
        }
        let machine = partner.machine(None).await;
        assert_eq!(sees(&machine).await, "draft");
        let edit = json!({ "sectionId": stage.named("records").await["sectionId"], "digest": stage.named("records").await["digest"], "body": "Mine." });
        let review = json!({ "reviewId": stage.review });
        for (name, input, selection) in [
            ("reviseSection", edit, "section { id }"),
            ("signOff", stage.at("rota").await, "position { id }"),
            ("abstain", stage.at("rota").await, "position { id }"),
            ("publishEdition", review, "edition { id }"),
            ("writeChangeNote", json!({ "documentId": stage.document, "note": "Mine." }), "edition { id }"),
            ("revokeClient", json!({ "clientId": partner.id }), "client { id }"),
        ] {
            let code = machine.run(name, input, selection).await.error_code().to_owned();
            assert!(["FORBIDDEN", "NOT_FOUND"].contains(&code.as_str()), "{name}: {code}");
        }
        let tasks = machine.ask("{ viewer { tasks { why } seats { id } } }", json!({})).await.data();
        assert_eq!(tasks["viewer"], json!({ "tasks": [], "seats": [] }));
    }

    async fn only_with_events_read_does_a_client_hear_of_changes(world: World) {
        let stage = Stage::in_review(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let input = json!({ "documentId": stage.document, "role": "READER", "to": { "clientId": partner.id } });
        stage.secretariat.run("grantRole", input, "grantId").await.done();
        let address = world.listen().await;
        let review = ("subscription($id: ID!) { reviewChanged(reviewId: $id) { id } }", json!({ "id": stage.review }));
        let editions = ("subscription { documentPublished { slug } }", json!({}));
        let deaf = partner.machine(Some("advice:read drafts:read")).await;
        for (query, variables) in [&review, &editions] {
            let mut listener = Listener::connect(address, &deaf).await;
            listener.subscribe(query, variables.clone()).await;
            assert_eq!(listener.is_refused().await, "FORBIDDEN", "{query}");
        }
        let hearing = partner.machine(Some("advice:read drafts:read events:read")).await;
        let mut listener = Listener::new(address, &hearing, review.0, review.1.clone()).await;
        stage.revise(&stage.editor, "records", "New.").await;
        assert_eq!(listener.hears("reviewChanged").await["id"], stage.review);
        // Without the scope for drafts there is no review to hear of.
        let elsewhere = partner.machine(Some("advice:read events:read")).await;
        let mut listener = Listener::connect(address, &elsewhere).await;
        listener.subscribe(review.0, review.1).await;
        assert_eq!(listener.is_refused().await, "NOT_FOUND");
    }

    async fn another_groups_word_about_an_organisation_is_not_for_machines_of_this_one(world: World) {
        let stage = Stage::in_review(&world).await;
        let (name, slug) = (Line::new("Others").expect("a name"), Key::new("others").expect("a slug"));
        let group = commands::found_group(&world.store, &slug, &name).await.expect("a group");
        let ours = Partner::registered(&stage, &ALL).await;
        let input = json!({ "documentId": stage.document, "role": "READER", "to": { "organisationId": ours.organisation } });
        stage.secretariat.run("grantRole", input, "grantId").await.done();
        // The secretariat of the other group registers a machine, with a key of its own, in the organisation's name.
        let invitee = Invitee { login: world.user("others").login(), name };
        let post = Post::new(Office::Secretariat, None).expect("a post");
        let seat = GrantSeat { group, invitee, post, from: None, until: None, succeeds: None };
        commands::grant_seat(&world.store, &Actor::System, &seat).await.expect("a seat");
        let others = world.user("others");
        let key = KeyPair::new(Algorithm::ES256, "first");
        let mut input = new_client(&world, &ours.organisation, &ALL, &key.jwks()).await;
        let query = "{ group(slug: \"others\") { id } }";
        input["groupId"] = others.ask(query, json!({})).await.data()["group"]["id"].clone();
        let created = others.run("createClient", input, "client { id clientId }").await.done()["client"].clone();
        let client_id = created["clientId"].as_str().expect("a client").to_owned();
        let theirs = Partner { world: &world, key, id: created["id"].clone(), client_id, organisation: ours.organisation.clone() };
        assert_eq!(sees(&theirs.machine(None).await).await, "published");
        assert_eq!(sees(&ours.machine(None).await).await, "draft");
        let input = json!({ "documentId": stage.document, "role": "READER", "to": { "clientId": theirs.id } });
        assert_eq!(stage.secretariat.run("grantRole", input, "grantId").await.error_code(), "NOT_FOUND");
        let seen = stage.secretariat.ask("query($id: ID!) { node(id: $id) { id } }", json!({ "id": theirs.id })).await.data();
        assert_eq!(seen["node"], Value::Null, "another group's client is not this secretariat's to know");
    }
}
