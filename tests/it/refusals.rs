//! Everything that can be asked for, asked for by those who may not (A1, A2). What is there to ask is read from the schema,
//! so a mutation or a root field without a case fails here by itself.

use async_graphql::ID;
use consilium::{
    commands::{self, EnterAffiliation, GrantSeat, NewOrganisation},
    domain::{
        access::Actor,
        appointment::Invitee,
        directory::OrganisationKind,
        document::Key,
        role::{Discipline, Office, Post},
        text::Line,
    },
    graphql::id::GlobalId,
};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    acts::stage::{ADVICE, Stage, with, without, word},
    harness::world::{User, World},
    machines::partner::{KeyPair, Partner, new_client, organisation},
};

/// Names of the fields of a root.
async fn fields(world: &World, root: &str) -> Vec<String> {
    let query = format!("{{ __schema {{ {root} {{ fields {{ name }} }} }} }}");
    let data = world.anonymous().ask(&query, json!({})).await.data();
    let fields = data["__schema"][root]["fields"].as_array().expect("fields").clone();
    fields.iter().map(|field| word(&field["name"])).collect()
}

/// People who may change nothing here, by who they are.
async fn strangers(world: &World) -> Vec<(&'static str, User<'_>)> {
    let named = |text: &str| Line::new(text).expect("a name");
    let organisation = NewOrganisation {
        name: "An alliance".to_owned(),
        kind: OrganisationKind::CancerAlliance,
        nation: "England".to_owned(),
        ods_code: None,
        ons_code: None,
    };
    commands::enter_organisations(&world.store, &[organisation]).await.expect("an organisation");
    let (partner, other) = (world.user("partner"), world.user("other"));
    let invitee = Invitee { login: partner.login(), name: named("partner") };
    let affiliation = EnterAffiliation { invitee, organisation: "An alliance".to_owned() };
    assert!(commands::enter_affiliation(&world.store, &affiliation).await.expect("an affiliation"));
    let slug = Key::new("others").expect("a slug");
    let group = commands::found_group(&world.store, &slug, &named("Others")).await.expect("a group");
    for post in [
        Post::new(Office::Member, Some(Discipline::Nursing)),
        Post::new(Office::Chair, None),
        Post::new(Office::Secretariat, None),
    ] {
        let invitee = Invitee { login: other.login(), name: named("other") };
        let post = post.expect("a post");
        let from = Some("2017-01-01T00:00:00Z".parse().expect("a date"));
        let command = GrantSeat { group, invitee, post, from, until: None, succeeds: None };
        commands::grant_seat(&world.store, &Actor::System, &command).await.expect("a seat");
    }
    vec![
        ("anonymous", world.anonymous()),
        ("nobody", world.user("nobody")),
        ("a partner", partner),
        ("an observer", world.seated("observer", Office::Observer, None).await),
        ("another group's member, chair and secretariat", other),
    ]
}

/// An input that works, and who may send it; what must be there before is done.
async fn case<'a>(stage: &Stage<'a>, name: &str) -> (User<'a>, Value) {
    let (editor, nurse, chair, secretariat) = (&stage.editor, &stage.nurse, &stage.chair, &stage.secretariat);
    let document = json!({ "documentId": stage.document });
    let review = json!({ "reviewId": stage.review });
    let reason = json!({ "reason": "A good one." });
    let person = json!({ "subject": "new", "name": "New" });
    let (user, input) = match name {
        "importDocument" => {
            let manuscript = ADVICE.replace("slug: acts", "slug: new");
            (chair, json!({ "groupId": stage.world.group_id(chair).await, "manuscript": manuscript }))
        }
        "createSection" => (editor, with(document, json!({ "heading": "New" }))),
        "reviseSection" => (editor, with(stage.named("rota").await, json!({ "body": "New." }))),
        "moveSection" => (editor, stage.placed("operation").await),
        "removeSection" => (editor, stage.named("records").await),
        "confirmEditorial" => {
            let input = with(stage.named("rota").await, json!({ "body": "New.", "class": "EDITORIAL" }));
            editor.run("reviseSection", input, "section { id }").await.done();
            (chair, stage.named("rota").await)
        }
        "standDownRecommendation" => (editor, with(with(stage.named("clinic").await, reason), json!({ "number": 1 }))),
        "giveOpinion" => (&stage.adviser, with(stage.at("rota").await, json!({ "stance": "SUPPORTS" }))),
        "writeComment" => (&stage.adviser, with(stage.named("rota").await, json!({ "body": "New." }))),
        "settleComment" => {
            let input = with(stage.named("rota").await, json!({ "body": "New." }));
            let written = stage.adviser.run("writeComment", input, "comment { id }").await.done();
            (editor, json!({ "commentId": written["comment"]["id"] }))
        }
        "writeChangeNote" => (editor, with(document, json!({ "note": "New." }))),
        "grantSeat" => {
            let group = stage.world.group_id(chair).await;
            (secretariat, json!({ "groupId": group, "person": person, "office": "ADVISER" }))
        }
        "inviteToSeat" => {
            let group = stage.world.group_id(chair).await;
            (secretariat, json!({ "groupId": group, "name": "New", "office": "ADVISER" }))
        }
        "revokeInvitation" => {
            let group = stage.world.group_id(chair).await;
            let input = json!({ "groupId": group, "name": "New", "office": "ADVISER" });
            let invited = secretariat.run("inviteToSeat", input, "invitation { id }").await.done();
            (secretariat, json!({ "invitationId": invited["invitation"]["id"] }))
        }
        "acceptInvitation" => (nurse, json!({ "code": "made up" })),
        "endSeat" => (secretariat, json!({ "seatId": stage.seat("adviser").await })),
        "grantRole" => (secretariat, with(document, json!({ "role": "READER", "to": { "person": person } }))),
        "revokeRole" => (secretariat, json!({ "grantId": stage.editor_grant })),
        "createClient" => {
            let organisation = organisation(stage.world, "Another alliance").await;
            let key = KeyPair::new(Algorithm::ES256, "key");
            (secretariat, new_client(stage.world, &organisation, &["ADVICE_READ"], &key.jwks()).await)
        }
        "addClientKey" => {
            let partner = Partner::registered(stage, &["ADVICE_READ"]).await;
            let key = KeyPair::new(Algorithm::ES256, "second");
            (secretariat, json!({ "clientId": partner.id, "jwk": key.jwks() }))
        }
        "revokeClientKey" => {
            let partner = Partner::registered(stage, &["ADVICE_READ"]).await;
            (secretariat, json!({ "clientId": partner.id, "kid": "first" }))
        }
        "revokeClient" => {
            let partner = Partner::registered(stage, &["ADVICE_READ"]).await;
            (secretariat, json!({ "clientId": partner.id }))
        }
        "scheduleReview" => (secretariat, with(with(document, reason), json!({ "due": "2020-05" }))),
        "openReview" => {
            secretariat.run("cancelReview", with(review, reason.clone()), "review { id }").await.done();
            (secretariat, with(document, reason))
        }
        "moveReview" => (secretariat, with(with(review, reason), json!({ "publicationOn": "2020-01-01" }))),
        "reopenRules" => {
            let input = with(with(document, reason.clone()), json!({ "due": "2020-05", "quorum": 2 }));
            secretariat.run("scheduleReview", input, "document { id }").await.done();
            (secretariat, with(review, reason))
        }
        "cancelReview" => (secretariat, with(review, reason)),
        "acceptRequest" => (nurse, review),
        "setContact" | "createCalendarLink" | "revokeCalendarLink" => (nurse, json!({})),
        "markNoticesRead" => {
            let notices = chair.ask("{ viewer { notices { nodes { id } } } }", json!({})).await.data();
            (chair, json!({ "noticeIds": [notices["viewer"]["notices"]["nodes"][0]["id"]] }))
        }
        "signOff" | "abstain" | "recuse" => (nurse, stage.at("rota").await),
        "object" => (nurse, with(stage.at("rota").await, reason)),
        "appointLead" => (secretariat, json!({ "seatId": stage.seat("nurse").await })),
        "assignCell" => {
            let cell = with(stage.at("rota").await, json!({ "discipline": "NURSING" }));
            let cell = without(cell, "digest");
            (secretariat, with(cell, json!({ "seatIds": [stage.seat("second-nurse").await] })))
        }
        "setLoadLimit" => (nurse, json!({ "seatId": stage.seat("nurse").await, "limit": 3 })),
        "declareInterest" => (nurse, interest(stage).await),
        "confirmInterests" => (nurse, json!({ "seatId": stage.seat("nurse").await })),
        "endInterest" => (nurse, with(declared_interest(stage).await, json!({ "until": "2017-08" }))),
        "withholdInterest" => (secretariat, with(declared_interest(stage).await, reason)),
        "weighInterest" => {
            let input = with(with(review, reason), json!({ "action": "EXCLUDE" }));
            (chair, with(input, declared_interest(stage).await))
        }
        "declareAbsence" => (nurse, absence(stage).await),
        "endAbsence" => {
            let selection = "seat { absences { id } }";
            let declared = nurse.run("declareAbsence", absence(stage).await, selection).await.done();
            (nurse, json!({ "absenceId": declared["seat"]["absences"][0]["id"] }))
        }
        "openBallot" => (chair, with(objection(stage).await, reason)),
        "castVote" | "closeBallot" => {
            let objection = objection(stage).await;
            chair.run("openBallot", with(objection.clone(), reason), "position { id }").await.done();
            if name == "closeBallot" {
                stage.world.pass(chrono::TimeDelta::days(7));
                (chair, objection)
            } else {
                (&stage.surgeon, with(objection, json!({ "isInFavour": true })))
            }
        }
        "requestTime" => (nurse, with(stage.at("rota").await, json!({ "until": "2017-09-20" }))),
        "liftObjection" => {
            nurse.run("object", with(stage.at("rota").await, reason), "position { id }").await.done();
            (nurse, without(stage.at("rota").await, "digest"))
        }
        "withdrawPosition" => {
            stage.sign(nurse, "rota").await;
            (nurse, without(stage.at("rota").await, "digest"))
        }
        "recordInstructedPosition" => {
            let letter = json!({ "seatId": stage.seat("nurse").await, "act": "APPROVE", "instruction": "I sign." });
            (secretariat, with(stage.at("rota").await, letter))
        }
        "publishEdition" => {
            stage.revise(editor, "records", "New.").await;
            stage.sign_all().await;
            stage.note().await;
            (chair, review)
        }
        "publishInterimNotice" => {
            secretariat.run("cancelReview", with(review, reason.clone()), "review { id }").await.done();
            let opening = with(with(document, reason), json!({ "kind": "EXCEPTIONAL" }));
            let opened = secretariat.run("openReview", opening, "review { id }").await.done();
            let review = json!({ "reviewId": opened["review"]["id"] });
            for (user, key) in [(nurse, "rota"), (&stage.surgeon, "operation")] {
                stage.revise(editor, key, "New.").await;
                user.run("signOff", with(stage.at(key).await, review.clone()), "position { id }").await.done();
            }
            stage.note().await;
            (chair, review)
        }
        "reaffirmDocument" => {
            stage.sign_all().await;
            (chair, with(review, json!({ "statement": "It still holds." })))
        }
        "withdrawEdition" => {
            let edition = stage.see("edition { id }").await["edition"]["id"].clone();
            (chair, json!({ "editionId": edition, "explanation": "It was wrong." }))
        }
        unknown => panic!("give {unknown} a case here: an input that works, and who may send it"),
    };
    (user.clone(), input)
}

/// An absence of the nurse.
async fn absence(stage: &Stage<'_>) -> Value {
    json!({ "seatId": stage.seat("nurse").await, "firstDay": "2017-09-04", "backOn": "2017-09-18" })
}

/// An interest of the nurse.
async fn interest(stage: &Stage<'_>) -> Value {
    json!({ "seatId": stage.seat("nurse").await, "category": "FINANCIAL", "description": "Shares.", "since": "2016-04" })
}

/// One that stands in the register.
async fn declared_interest(stage: &Stage<'_>) -> Value {
    let declared = stage.nurse.run("declareInterest", interest(stage).await, "interest { id }").await.done();
    json!({ "interestId": declared["interest"]["id"] })
}

/// An objection that stands.
async fn objection(stage: &Stage<'_>) -> Value {
    let input = with(stage.at("rota").await, json!({ "reason": "No." }));
    let objected = stage.nurse.run("object", input, "position { id }").await.done();
    json!({ "positionId": objected["position"]["id"] })
}

/// All that a mutation could have changed.
async fn everything(stage: &Stage<'_>) -> Value {
    let query = "{ documents(first: 3) { totalCount nodes { slug reviewDue reviewPolicy { leadMonths } edition { id state }
        draft { digest changeNote sections { key number digest isEditorialConfirmed opinions { stance } } }
        reviews(first: 5) { nodes { id isOpen outcome timetable { publicationOn } rules { quorum } interestDecisions(all: true) { action } cells(discipline: NURSING) { assignedSeats { id } } requests { acceptedAt } positions(first: 5) { totalCount nodes { ballot { closedAt inFavour against } } } comments { totalCount } settled: comments(settled: true) { totalCount } } } } }
        viewer { notices { nodes { readAt } } }
        group(slug: \"expert-group\") { seats(all: true) { id until isLead declaredAt loadLimit absences(all: true) { endedAt } } interests(first: 3) { nodes { until withheldReason } } } }";
    let clients = "{ group(slug: \"expert-group\") { clients { nodes { id revokedAt keys { kid revokedAt } } } } }";
    let seen = stage.chair.ask(query, json!({})).await.data();
    json!([seen, stage.secretariat.ask(clients, json!({})).await.data()])
}

/// Every place of an input where an id stands, as a path of names.
fn places_of_ids(input: &Value) -> Vec<String> {
    let fields = input.as_object().into_iter().flatten();
    let places = fields.flat_map(|(name, value)| match value {
        Value::String(_) if name.ends_with("Id") => vec![format!("/{name}")],
        Value::Object(_) => places_of_ids(value).into_iter().map(|place| format!("/{name}{place}")).collect(),
        _ => vec![],
    });
    places.collect()
}

/// An id of the same kind that names nothing; none where everybody may know what there is.
fn nowhere(id: &Value) -> Option<Value> {
    let none = Uuid::now_v7();
    let id = match GlobalId::decode(&ID(word(id))).expect("an id") {
        GlobalId::Document(_) => GlobalId::Document(none.into()),
        GlobalId::Edition(_) => GlobalId::Edition(none.into()),
        GlobalId::Section(edition, _) => GlobalId::Section(edition, none.into()),
        GlobalId::Review(_) => GlobalId::Review(none.into()),
        GlobalId::Comment(review, _) => GlobalId::Comment(review, none.into()),
        GlobalId::Seat(_) => GlobalId::Seat(none.into()),
        GlobalId::Grant(_) => GlobalId::Grant(none.into()),
        GlobalId::Notice(_) => GlobalId::Notice(none.into()),
        GlobalId::Invitation(_) => GlobalId::Invitation(none.into()),
        GlobalId::Absence(_) => GlobalId::Absence(none.into()),
        GlobalId::Interest(_) => GlobalId::Interest(none.into()),
        GlobalId::Client(_) => GlobalId::Client(none.into()),
        GlobalId::Group(_) | GlobalId::Organisation(_) => return None,
        GlobalId::Position(review, _) => GlobalId::Position(review, none.into()),
        GlobalId::Recommendation(..) | GlobalId::Person(_) => {
            panic!("give {id} a case here: an id of its kind that names nothing")
        }
    };
    Some(json!(id.encode()))
}

/// An id that somebody may not know of and one that names nothing get the same answer, byte for byte (A2).
async fn assert_hidden(name: &str, user: &User<'_>, input: &Value, place: &str) {
    let Some(nowhere) = nowhere(&input.pointer(place).expect("an id").clone()) else { return };
    let mut other = input.clone();
    *other.pointer_mut(place).expect("an id") = nowhere;
    let (real, none) = (user.run(name, input.clone(), "__typename").await, user.run(name, other, "__typename").await);
    assert_eq!((real.status, &real.body), (none.status, &none.body), "{name} with another {place}");
    assert_eq!(real.error_code(), "NOT_FOUND", "{name} {place}");
}

/// A section that only the group may know of, and somebody who reads the rest of the draft.
async fn hidden_section<'a>(stage: &Stage<'a>) -> (User<'a>, Value) {
    let person = json!({ "person": { "subject": "reader", "name": "Reader" } });
    let input = json!({ "documentId": stage.document, "role": "READER", "to": person });
    stage.secretariat.run("grantRole", input, "grantId").await.done();
    let input = json!({ "documentId": stage.document, "heading": "Hidden", "audience": "GROUP",
        "requirements": [{ "discipline": "NURSING" }] });
    let section = stage.editor.run("createSection", input, "section { id }").await.done()["section"]["id"].clone();
    (stage.world.user("reader"), section)
}

/// Each mutation in a world of its own: to whom a thing is hidden, it does not exist, whatever they ask it to be done to.
async fn every_hidden_thing<W: Future<Output = World>>(new_world: impl Fn() -> W) {
    for name in fields(&new_world().await, "mutationType").await {
        let world = new_world().await;
        let stage = Stage::in_review(&world).await;
        let query = "query($name: String!) { __type(name: $name) { inputFields { name } } }";
        let kind = json!({ "name": format!("{}{}Input", name[..1].to_uppercase(), &name[1..]) });
        let data = world.anonymous().ask(query, kind).await.data();
        let inputs = data["__type"]["inputFields"].as_array().expect("an input").clone();
        let takes_section = inputs.iter().any(|field| field["name"] == "sectionId");
        let hidden = if takes_section { Some(hidden_section(&stage).await) } else { None };
        let (_, input) = case(&stage, &name).await;
        for place in places_of_ids(&input) {
            for stranger in [world.anonymous(), world.user("nobody")] {
                assert_hidden(&name, &stranger, &input, &place).await;
            }
        }
        if let Some((reader, section)) = hidden {
            let input = with(input.clone(), json!({ "sectionId": section }));
            assert_hidden(&name, &reader, &input, "/sectionId").await;
        }
        if name == "revokeRole" {
            for insider in [&stage.chair, &stage.nurse, &stage.editor] {
                assert_hidden(&name, insider, &input, "/grantId").await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a2_every_mutation_answers_a_hidden_id_like_one_of_nothing_on_sqlite() {
    every_hidden_thing(World::on_sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a2_every_mutation_answers_a_hidden_id_like_one_of_nothing_on_postgres() {
    every_hidden_thing(World::on_postgres).await;
}

/// Each mutation in a world of its own: refused to every stranger, without a trace, and done for who may.
async fn every_mutation<W: Future<Output = World>>(new_world: impl Fn() -> W) {
    for name in fields(&new_world().await, "mutationType").await {
        // Who has the code may accept, whoever they are; who has not is refused in `invitations.rs`. How one is reached, and
        // links that show what one reads anyway, are one's own: see `letters.rs`.
        if ["acceptInvitation", "setContact", "createCalendarLink", "revokeCalendarLink"].contains(&name.as_str()) {
            continue;
        }
        let world = new_world().await;
        let stage = Stage::in_review(&world).await;
        let strangers = strangers(&world).await;
        let (entitled, input) = case(&stage, &name).await;
        let before = everything(&stage).await;
        for (who, stranger) in strangers {
            let answer = stranger.run(&name, input.clone(), "query { viewer { isSignedIn } }").await;
            let code = answer.error_code();
            assert!(["FORBIDDEN", "NOT_FOUND"].contains(&code), "{name} by {who}: {code}");
            assert!(answer.body["data"].is_null(), "{name} by {who}: {:#}", answer.body);
        }
        assert_eq!(everything(&stage).await, before, "{name} left a trace");
        entitled.run(&name, input, "__typename").await.done();
        // Another grant or invitation shows nowhere above.
        let shows_elsewhere = ["grantRole", "revokeRole", "inviteToSeat", "revokeInvitation"].contains(&name.as_str());
        assert!(
            shows_elsewhere || everything(&stage).await != before,
            "{name} changed nothing: this test is blind to it"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a1_every_mutation_is_refused_to_strangers_on_sqlite() {
    every_mutation(World::on_sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a1_every_mutation_is_refused_to_strangers_on_postgres() {
    every_mutation(World::on_postgres).await;
}

/// A query for something hidden through a root field, and what it answers to those from whom it is hidden. None if the
/// field is public.
fn hidden(name: &str) -> Option<(&'static str, Value)> {
    let nothing = |selection: &'static str| Some((selection, Value::Null));
    match name {
        "compareEditions" => nothing("compareEditions(before: $edition, after: $edition) { summary { unchanged } }"),
        "document" => nothing("document(slug: \"hidden\") { id }"),
        "documents" => Some(("documents { totalCount nodes { id } }", json!({ "totalCount": 0, "nodes": [] }))),
        "edition" => nothing("edition(id: $edition) { id }"),
        "node" => nothing("node(id: $review) { id }"),
        "nodes" => {
            Some(("nodes(ids: [$document, $edition, $section, $review]) { id }", json!([null, null, null, null])))
        }
        "recommendation" => nothing("recommendation(document: \"hidden\", number: 1, edition: \"1.0\") { id }"),
        "review" => nothing("review(id: $review) { id }"),
        "search" => Some(("search(text: \"visit\", in: DRAFTS) { nodes { snippetText } }", json!({ "nodes": [] }))),
        "section" => nothing("section(document: \"hidden\", key: \"clinic\", edition: \"1.0\") { id }"),
        // That a group exists, who works where, and who one is oneself is no secret.
        "group" | "organisations" | "viewer" => None,
        unknown => panic!("give {unknown} a case here: a query for something hidden, and what strangers are answered"),
    }
}

async fn every_root_field(world: World) {
    let strangers = strangers(&world).await;
    let chair = world.seated("chair", Office::Chair, None).await;
    let manuscript = ADVICE.replace("slug: acts", "slug: hidden").replace("issued: 2017-08\n", "");
    let input =
        json!({ "groupId": world.group_id(&chair).await, "manuscript": manuscript.replace("PARTNERS", "GROUP") });
    chair.run("importDocument", input, "document { id }").await.done();
    let input = json!({ "documentId": chair.ask("{ document(slug: \"hidden\") { id } }", json!({})).await.data()["document"]["id"], "reason": "Now." });
    chair.run("openReview", input, "review { id }").await.done();
    let query = "{ document(slug: \"hidden\") { id review { id } draft { id section(key: \"clinic\") { id } } } }";
    let ids = chair.ask(query, json!({})).await.data()["document"].clone();
    let variables = json!({ "document": ids["id"], "edition": ids["draft"]["id"], "review": ids["review"]["id"],
        "section": ids["draft"]["section"]["id"] });
    for name in fields(&world, "queryType").await {
        let Some((selection, nothing)) = hidden(&name) else { continue };
        let used = ["document", "edition", "review", "section"].map(|id| (id, selection.contains(&format!("${id}"))));
        let declared: Vec<String> =
            used.iter().filter(|(_, used)| *used).map(|(id, _)| format!("${id}: ID!")).collect();
        let head = if declared.is_empty() { String::new() } else { format!("query({})", declared.join(", ")) };
        let query = format!("{head} {{ {selection} }}");
        for (who, stranger) in &strangers {
            let seen = stranger.ask(&query, variables.clone()).await.data();
            assert_eq!(seen[&name], nothing, "{name} to {who}");
        }
        let seen = chair.ask(&query, variables.clone()).await.data();
        assert_ne!(seen[&name], nothing, "{name} shows nothing to anybody: this test is blind to it");
    }
    let mut subscriptions = fields(&world, "subscriptionType").await;
    subscriptions.sort();
    let known = "give it a refusal in listening.rs, then name it here";
    assert_eq!(subscriptions, ["documentPublished", "reviewChanged"], "{known}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a2_every_root_field_hides_what_is_hidden_on_sqlite() {
    every_root_field(World::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a2_every_root_field_hides_what_is_hidden_on_postgres() {
    every_root_field(World::on_postgres().await).await;
}
