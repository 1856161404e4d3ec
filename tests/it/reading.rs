//! Reading: what is hidden leaves no trace, pages and links lead where they should, and asking for more things does not
//! cost more statements.

use consilium::{
    commands::{self, Import, OpenReview, TakePosition, WithdrawEdition},
    domain::{
        access::{Actor, Presence},
        document::content::Digest,
        id::{DocumentId, ReviewId, SectionId},
        review::{cell::Scope, opening::Opening, position::PositionAct},
        role::{Discipline, Office},
        text::Prose,
    },
    graphql::id::{decode_edition_id, decode_review_id, decode_section_id},
    manuscript,
};
use serde_json::{Value, json};

use crate::harness::{
    on_both_databases,
    world::{User, World},
};

/// A document in which a hidden section has another under it that says nothing of itself.
const PARTLY_HIDDEN: &str = "---
title: Partly hidden
slug: partly-hidden
issued: 2017-08
review_due: 2019-05
final_window_days: 0
---

# Clinic {#clinic stage=DIAGNOSIS disciplines=\"SURGERY NURSING\"}

Everybody is seen with *lymphoedema* in mind & heart.

::: recommendation R1 OFFER
Offer a named nurse.
:::

# Staffing {#staffing audience=GROUP disciplines=NURSING}

Confidential lymphoedema staffing.

## Rota {#rota disciplines=NURSING}

The lymphoedema rota.

::: recommendation R2 MUST
Keep the rota.
:::

# Follow-up {#follow-up disciplines=NURSING}

Lymphoedema is looked for.
";

/// What a reviewer's page shows.
const WHOLE_DRAFT: &str = "query($slug: String!) { document(slug: $slug) { title draft { number sections { id key heading body
    digest recommendations { label strength text } } } review { id gate { ready blockers { code message } } cells { state needed
    given digest viewerCanSign } positions { nodes { act discipline counts } } } } }";

/// A document of so many sections, each with eight recommendations, which nurses sign and write.
fn sections(slug: &str, count: usize) -> String {
    let mut text = format!("---\ntitle: Long\nslug: {slug}\nissued: 2017-08\nreview_due: 2019-05\n---\n");
    for section in 0..count {
        text +=
            &format!("\n# Section {section} {{#s{section} disciplines=NURSING}}\n\nThe text of section {section}.\n");
        for number in section * 8 + 1..section * 8 + 9 {
            text += &format!("\n::: recommendation R{number} OFFER\nOffer number {number}.\n:::\n");
        }
    }
    text
}

async fn import(world: &World, text: &str) -> DocumentId {
    let manuscript = manuscript::read(text).expect("a manuscript");
    let command = Import { group: world.group, manuscript };
    commands::import(&world.store, &Actor::System, &command).await.expect("a document")
}

async fn open_review(world: &World, document: DocumentId) -> ReviewId {
    let reason = Some(Prose::new("Early.").expect("a reason"));
    let command = OpenReview { document, opening: Opening { reason, ..Opening::default() } };
    commands::open_review(&world.store, &Actor::System, &command).await.expect("a review")
}

async fn take(world: &World, user: &User<'_>, review: ReviewId, act: PositionAct, section: &Value) {
    let id = decode_section_id(&section["id"].as_str().expect("an id").into()).expect("a section");
    let seen: Digest = section["digest"].as_str().expect("a digest").parse().expect("a digest");
    let reason = (act == PositionAct::Object).then(|| Prose::new("No.").expect("a reason"));
    let command =
        TakePosition { review, scope: Scope::Section(id), seat: None, act, seen: Some(seen), reason, until: None };
    let actor = world.store.actor(&user.login()).await.expect("an actor").shown(Presence::Present);
    commands::take_position(&world.store, &actor, &command).await.expect("a position");
}

async fn data(user: &User<'_>, query: &str) -> Value {
    user.ask(query, json!({})).await.data()
}

on_both_databases! {
    async fn a2_what_is_hidden_leaves_no_trace(world: World) {
        import(&world, PARTLY_HIDDEN).await;
        let member = world.seated("nurse", Office::Member, Some(Discipline::Nursing)).await;
        let anonymous = world.anonymous();
        let query = "{ document(slug: \"partly-hidden\") {
            edition { id isExtract digest sections { id key number recommendations { id label } } recommendations { label } }
            section(key: \"rota\") { id } hidden: recommendation(number: 2) { id } open: recommendation(number: 1) { id }
            draft { id } review { id } reviews { totalCount } viewerCanReadDraft viewerCanPublish } }";
        let whole = data(&member, query).await["document"].clone();
        let seen = data(&anonymous, query).await["document"].clone();

        let keys = |document: &Value| {
            let sections = document["edition"]["sections"].as_array().expect("sections").clone();
            let key = |section: &Value| format!("{} {}", section["number"], section["key"]).replace('"', "");
            sections.iter().map(key).collect::<Vec<_>>()
        };
        assert_eq!(keys(&whole), ["1 clinic", "2 staffing", "2.1 rota", "3 follow-up"]);
        assert_eq!(keys(&seen), ["1 clinic", "2 follow-up"], "numbers close up");
        assert_eq!((&whole["edition"]["isExtract"], &seen["edition"]["isExtract"]), (&json!(false), &json!(true)));
        assert!(whole["edition"]["digest"].is_string() && seen["edition"]["digest"].is_null());
        assert_eq!(seen["edition"]["recommendations"], json!([{ "label": "R1" }]));
        assert!(whole["hidden"].is_object() && seen["hidden"].is_null() && seen["open"].is_object());
        assert!(whole["section"].is_object() && seen["section"].is_null());
        assert_eq!(seen["viewerCanReadDraft"], false);

        let hidden_id = whole["edition"]["sections"][2]["id"].as_str().expect("an id");
        let wrong_id = &hidden_id[..hidden_id.len() - 4];
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
        let ids = json!({ "ids": [hidden_id, wrong_id, seen["edition"]["sections"][1]["id"]] });
        let nodes = anonymous.ask(query, ids.clone()).await.data();
        assert_eq!((&nodes["nodes"][0], &nodes["nodes"][1]), (&Value::Null, &Value::Null));
        assert_eq!(nodes["nodes"][2]["__typename"], "Section");
        assert!(member.ask(query, ids).await.data()["nodes"][0].is_object());
    }

    async fn a2_no_page_of_hits_tells_that_something_is_hidden(world: World) {
        import(&world, PARTLY_HIDDEN).await;
        let member = world.seated("nurse", Office::Member, Some(Discipline::Nursing)).await;
        let query = "query($first: Int!, $after: String) { search(text: \"lymphoedema\", first: $first, after: $after) {
            edges { cursor node { section { key } snippetText snippetHTML } } pageInfo { hasNextPage endCursor } } }";
        let found = async |user: &User<'_>, first: u64, after: Value| {
            let data = user.ask(query, json!({ "first": first, "after": after })).await.data();
            let page = data["search"].clone();
            let keys = page["edges"].as_array().expect("edges").iter().map(|edge| {
                edge["node"]["section"]["key"].as_str().expect("a key").to_owned()
            });
            (keys.collect::<Vec<_>>(), page.clone())
        };
        assert_eq!(found(&member, 20, Value::Null).await.0.len(), 4);
        let (all, page) = found(&world.anonymous(), 20, Value::Null).await;
        assert_eq!(all.len(), 2);
        assert_eq!(page["pageInfo"]["hasNextPage"], false);
        let clinic = page["edges"].as_array().expect("edges").iter().find(|edge| edge["node"]["section"]["key"] == "clinic");
        let html = clinic.expect("the clinic")["node"]["snippetHTML"].as_str().expect("html");
        assert!(html.contains("<mark>lymphoedema</mark>") && html.contains("&amp; heart"), "{html}");

        let (first, page) = found(&world.anonymous(), 1, Value::Null).await;
        assert_eq!((first.as_slice(), &page["pageInfo"]["hasNextPage"]), (&all[..1], &json!(true)));
        let (second, page) = found(&world.anonymous(), 1, page["pageInfo"]["endCursor"].clone()).await;
        assert_eq!((second.as_slice(), &page["pageInfo"]["hasNextPage"]), (&all[1..], &json!(false)));
    }

    async fn statements_do_not_grow_with_what_is_returned(world: World) {
        let chair = world.seated("chair", Office::Chair, None).await;
        world.seated("nurse", Office::Member, Some(Discipline::Nursing)).await;
        world.seated("surgeon", Office::Member, Some(Discipline::Surgery)).await;
        for number in 0..30 {
            let document = import(&world, &PARTLY_HIDDEN.replace("partly-hidden", &format!("document-{number:02}"))).await;
            open_review(&world, document).await;
            let query = format!("{{ document(slug: \"document-{number:02}\") {{ draft {{ sections {{ id digest }} }} }} }}");
            let section = chair.ask(&query, json!({})).await.data()["document"]["draft"]["sections"][0].clone();
            let input = json!({ "sectionId": section["id"], "digest": section["digest"], "body": "Why?" });
            chair.run("writeComment", input, "comment { id }").await.done();
        }
        let query = "query($first: Int!) { documents(first: $first) { totalCount nodes {
            slug reviewStatus currency { statement } group { name seats { holder { name } } } viewerCanPublish
            edition { document { slug } sections { heading author { name } parent { key } children { key } } }
            draft { sections { cells { state section { key } eligibleSeats { holder { name organisation { name } } } } } }
            review { openedBy { name } draft { number } base { number } gate { ready blockers { code ... on CellNotMet {
                section { key } } } } cells { section { edition { document { title } } } viewerSeat { id } } positions(first: 8) { nodes { seat { id } content { digest } } } comments(first: 2) { nodes { body author { name } } } history(first: 8) { totalCount nodes { kind by { name } section { key } } } }
        } } }";
        let mut statements = Vec::new();
        // At first, when nothing is in memory, and again.
        for first in [1, 30, 1, 30] {
            let before = world.statements();
            let documents = chair.ask(query, json!({ "first": first })).await.data()["documents"].clone();
            statements.push(world.statements() - before);
            assert_eq!(documents["nodes"].as_array().expect("documents").len(), first);
            assert_eq!(documents["totalCount"], 30);
        }
        assert!(statements[1] <= statements[0], "{statements:?}");
        assert_eq!(statements[2], statements[3]);
        let notices = "query($first: Int!) { viewer { notices(first: $first) { totalCount nodes { kind message
            document { title } review { id } reminders { review { id } } } } } }";
        let mut statements = Vec::new();
        for first in [1, 30] {
            let before = world.statements();
            let seen = chair.ask(notices, json!({ "first": first })).await.data()["viewer"]["notices"].clone();
            statements.push(world.statements() - before);
            assert_eq!(seen["nodes"].as_array().expect("notices").len(), first);
            assert_eq!(seen["totalCount"], 30);
        }
        assert_eq!(statements[0], statements[1], "notices");
        let before = world.statements();
        chair.ask("{ documents { nodes { slug } } }", json!({})).await.data();
        let uncounted = world.statements() - before;
        let before = world.statements();
        chair.ask("{ documents { nodes { slug } totalCount } }", json!({})).await.data();
        assert_eq!(world.statements() - before, uncounted + 1, "counted only when selected");
    }

    async fn a_draft_is_read_whole_in_eight_statements_whatever_its_size(world: World) {
        let nurse = world.seated("nurse", Office::Member, Some(Discipline::Nursing)).await;
        let mut told = Vec::new();
        for size in [1, 60] {
            let slug = format!("sections-{size}");
            let document = import(&world, &sections(&slug, size)).await;
            open_review(&world, document).await;
            let read = async || {
                let before = world.statements();
                let data = nurse.ask(WHOLE_DRAFT, json!({ "slug": slug })).await.data();
                let draft = data["document"]["draft"]["sections"].as_array().expect("sections").clone();
                assert_eq!((draft.len(), draft[size - 1]["recommendations"].as_array().expect("some").len()), (size, 8));
                (world.statements() - before, draft[0].clone(), data["document"]["review"]["id"].clone())
            };
            let (at_first, section, review) = read().await;
            let (again, ..) = read().await;
            let input = json!({ "sectionId": section["id"], "digest": section["digest"], "body": "Other words." });
            nurse.run("reviseSection", input, "section { digest }").await.done();
            let (after_an_edit, section, _) = read().await;
            let input = json!({ "reviewId": review, "sectionId": section["id"], "digest": section["digest"] });
            nurse.run("signOff", input, "position { id }").await.done();
            let (after_a_signature, ..) = read().await;
            assert!(after_an_edit <= 8 && again <= 8 && after_a_signature <= 8, "{again} {after_an_edit}");
            told.push((at_first, again, after_an_edit, after_a_signature));
        }
        assert_eq!((told[0].1, told[0].2, told[0].3), (told[1].1, told[1].2, told[1].3));
        assert!(told[1].0 <= told[0].0, "{told:?}");
    }

    async fn pages_lead_on_and_back(world: World) {
        for number in 0..5 {
            import(&world, &PARTLY_HIDDEN.replace("partly-hidden", &format!("document-{number}"))).await;
        }
        let user = world.anonymous();
        let page = async |arguments: &str| {
            let query = format!("{{ documents({arguments}) {{ nodes {{ slug }} pageInfo {{
                hasNextPage hasPreviousPage startCursor endCursor }} }} }}");
            let page = user.ask(&query, json!({})).await.data()["documents"].clone();
            let slugs: Vec<String> = page["nodes"].as_array().expect("nodes").iter()
                .map(|node| node["slug"].as_str().expect("a slug").replace("document-", "")).collect();
            (slugs.join(""), page["pageInfo"].clone())
        };
        let cursor = |info: &Value, end: &str| info[end].as_str().expect("a cursor").to_owned();
        let (first, info) = page("first: 2").await;
        assert_eq!((first.as_str(), &info["hasNextPage"], &info["hasPreviousPage"]), ("01", &json!(true), &json!(false)));
        let (second, info) = page(&format!("first: 2, after: \"{}\"", cursor(&info, "endCursor"))).await;
        assert_eq!((second.as_str(), &info["hasNextPage"]), ("23", &json!(true)));
        let (before, _) = page(&format!("last: 1, before: \"{}\"", cursor(&info, "startCursor"))).await;
        assert_eq!(before, "1");
        let (rest, info) = page(&format!("first: 100, after: \"{}\"", cursor(&info, "endCursor"))).await;
        assert_eq!((rest.as_str(), &info["hasNextPage"]), ("4", &json!(false)));
        assert_eq!(page("last: 2").await.0, "34");
        assert_eq!(page("first: 0").await.0, "");

        let foreign = data(&user, "{ document(slug: \"document-0\") { editions { pageInfo { endCursor } } } }").await;
        let foreign = foreign["document"]["editions"]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
        for wrong in ["first: 101", "first: -1", "last: 101", "first: 1, last: 1", "after: \"x\"", &format!("after: \"{foreign}\"")] {
            let answer = user.ask(&format!("{{ documents({wrong}) {{ nodes {{ slug }} }} }}"), json!({})).await;
            assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{wrong}");
        }
        for wrong in ["document { id }", "document(slug: \"a\", id: \"b\") { id }", "group { id }",
            "search(text: \"a\\u0000\") { nodes { snippetText } }",
            "document(slug: \"document-0\") { edition(number: \"1.0\", onDate: \"2018-01-01\") { id } }"] {
            assert_eq!(user.ask(&format!("{{ {wrong} }}"), json!({})).await.error_code(), "BAD_USER_INPUT", "{wrong}");
        }
    }

    async fn a_link_to_a_recommendation_outlives_the_edition(world: World) {
        import(&world, PARTLY_HIDDEN).await;
        let chair = world.seated("chair", Office::Chair, None).await;
        let query = "{ section(document: \"partly-hidden\", key: \"clinic\") { id }
            named: section(document: \"partly-hidden\", key: \"clinic\", edition: \"1.0\") { id }
            recommendation(document: \"partly-hidden\", number: 1) { label section { edition { state isInForce } } }
            unknown: recommendation(document: \"partly-hidden\", number: 9) { id }
            document(slug: \"partly-hidden\") { id edition { id number } before: edition(onDate: \"2017-07-31\") { id }
                then: edition(onDate: \"2017-08-01\") { id } later: edition(number: \"2.0\") { id } } }";
        let user = world.anonymous();
        let found = data(&user, query).await;
        let edition = found["document"]["edition"]["id"].as_str().expect("an edition").to_owned();
        assert_eq!(found["section"], found["named"]);
        assert_eq!(found["recommendation"]["section"]["edition"], json!({ "state": "PUBLISHED", "isInForce": true }));
        assert!(found["unknown"].is_null());
        assert_eq!((&found["document"]["before"], &found["document"]["later"]), (&Value::Null, &Value::Null));
        assert_eq!(found["document"]["then"]["id"], edition.as_str());
        let by_id = user.ask("query($id: String!) { section(document: $id, key: \"clinic\") { id } }",
            json!({ "id": found["document"]["id"] })).await.data();
        assert_eq!(by_id["section"], found["section"]);

        let edition = decode_edition_id(&edition.as_str().into()).expect("an edition");
        let explanation = Prose::new("It was *wrong*.").expect("an explanation");
        let actor = world.store.actor(&chair.login()).await.expect("an actor").shown(Presence::Present);
        let command = WithdrawEdition { edition, explanation };
        commands::withdraw_edition(&world.store, &actor, &command).await.expect("a withdrawal");
        let found = data(&user, query).await;
        assert_eq!((&found["section"], &found["document"]["edition"]), (&Value::Null, &Value::Null));
        assert!(found["named"].is_object());
        assert_eq!(found["recommendation"]["section"]["edition"], json!({ "state": "WITHDRAWN", "isInForce": false }));
        let query = "{ document(slug: \"partly-hidden\") { editions { nodes { withdrawalExplanation(format: TEXT) } } } }";
        let nodes = data(&user, query).await["document"]["editions"]["nodes"].clone();
        assert_eq!(nodes, json!([{ "withdrawalExplanation": "It was wrong." }]));
    }

    async fn what_waits_for_a_member_goes_when_it_is_done(world: World) {
        let document = import(&world, PARTLY_HIDDEN).await;
        let surgeon = world.seated("surgeon", Office::Member, Some(Discipline::Surgery)).await;
        let nurse = world.seated("nurse", Office::Member, Some(Discipline::Nursing)).await;
        world.seated("patient", Office::Member, Some(Discipline::PatientRepresentative)).await;
        let review = open_review(&world, document).await;
        let tasks = async |user: &User<'_>| {
            let query = "{ viewer { isSignedIn tasks { why section { key } seat { discipline } cell { viewerCanSign } } } }";
            let viewer = data(user, query).await["viewer"].clone();
            let tasks = viewer["tasks"].as_array().expect("tasks").clone();
            let told = |task: &Value| format!("{} {}", task["why"], task["section"]["key"]).replace('"', "");
            tasks.iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(tasks(&surgeon).await, ["NOT_SIGNED clinic"]);
        assert_eq!(tasks(&nurse).await.len(), 4);
        assert_eq!(tasks(&world.anonymous()).await, Vec::<String>::new());
        assert_eq!(tasks(&world.user("patient")).await, ["NOT_SIGNED null"]);

        let query = "{ document(slug: \"partly-hidden\") { review { id } draft { section(key: \"clinic\") { id digest } } } }";
        let found = data(&surgeon, query).await["document"].clone();
        let id = found["review"]["id"].as_str().expect("an id");
        assert_eq!(decode_review_id(&id.into()), Some(review));
        let clinic = &found["draft"]["section"];
        take(&world, &surgeon, review, PositionAct::Object, clinic).await;
        assert_eq!(tasks(&surgeon).await, ["OBJECTION_OF_MINE clinic"]);
        take(&world, &surgeon, review, PositionAct::Lift, clinic).await;
        take(&world, &surgeon, review, PositionAct::Approve, clinic).await;
        assert_eq!(tasks(&surgeon).await, Vec::<String>::new());

        let query = "query($section: ID!) { document(slug: \"partly-hidden\") { review {
            proposedNumber wholeDigest gate { ready windowUntil blockers { __typename code message } }
            revisionImpact(section: $section) { act counts discipline }
            positions(section: $section) { totalCount nodes { act counts staleness isStandingObjection seat { holder { name } } } }
            cells(section: $section, discipline: SURGERY) { state given needed viewerCanSign viewerSeat { office }
                signOffs { act } objections { act } } } } }";
        let answer = surgeon.ask(query, json!({ "section": clinic["id"] })).await.data();
        let review = &answer["document"]["review"];
        assert_eq!(review["revisionImpact"], json!([{ "act": "APPROVE", "counts": true, "discipline": "SURGERY" }]));
        assert_eq!(review["cells"][0]["state"], "MET");
        assert_eq!(review["cells"][0]["signOffs"], json!([{ "act": "APPROVE" }]));
        assert_eq!(review["cells"][0]["viewerSeat"]["office"], "MEMBER");
        assert_eq!(review["positions"]["totalCount"], 3);
        assert_eq!(review["positions"]["nodes"][0]["staleness"], "REPLACED");
        assert_eq!(review["positions"]["nodes"][2]["counts"], true);
        assert_eq!(review["gate"]["ready"], false);
        assert_eq!(review["gate"]["blockers"].as_array().expect("blockers").len(), 5, "{review:#}");
        assert_eq!(review["gate"]["blockers"][0]["__typename"], "CellNotMet");

        let query = "{ document(slug: \"partly-hidden\") { review { id } reviewStatus } }";
        let public = data(&world.anonymous(), query).await["document"].clone();
        assert_eq!(public, json!({ "review": null, "reviewStatus": "IN_REVIEW" }));
    }

    async fn who_reads_an_extract_of_a_review_is_told_nothing_of_the_rest(world: World) {
        let document = import(&world, PARTLY_HIDDEN).await;
        let secretary = world.seated("secretary", Office::Secretariat, None).await;
        let nurse = world.seated("nurse", Office::Member, Some(Discipline::Nursing)).await;
        let review = open_review(&world, document).await;
        let actor = world.store.actor(&secretary.login()).await.expect("an actor");
        let reader = world.user("reader");
        let invitee = consilium::domain::appointment::Invitee {
            login: reader.login(),
            name: consilium::domain::text::Line::new("reader").expect("a name"),
        };
        let grant = commands::GrantRole {
            document,
            to: commands::GrantTo::Person(invitee),
            role: consilium::domain::role::GrantRole::Reader,
        };
        commands::grant_role(&world.store, &actor, &grant).await.expect("a grant");
        let draft = "{ document(slug: \"partly-hidden\") { draft { sections { id key digest } } } }";
        let sections = data(&nurse, draft).await["document"]["draft"]["sections"].clone();
        take(&world, &nurse, review, PositionAct::Object, &sections[2]).await;
        take(&world, &nurse, review, PositionAct::Approve, &sections[0]).await;

        let query = "query($hidden: ID!) { document(slug: \"partly-hidden\") { review { wholeDigest proposedNumber
            gate { ready } cells { section { key } } positions { totalCount nodes { id section { key } } }
            hidden: positions(section: $hidden) { totalCount } cellsOf: cells(section: $hidden) { state }
            revisionImpact(section: $hidden) { act } } } }";
        let variables = json!({ "hidden": sections[2]["id"] });
        let whole = nurse.ask(query, variables.clone()).await.data()["document"]["review"].clone();
        assert_eq!(whole["positions"]["totalCount"], 2);
        assert_eq!(whole["hidden"]["totalCount"], 1);
        let seen = reader.ask(query, variables).await.data()["document"]["review"].clone();
        assert_eq!((&seen["wholeDigest"], &seen["proposedNumber"], &seen["gate"]), (&Value::Null, &Value::Null, &Value::Null));
        assert_eq!(seen["cells"].as_array().expect("cells").len(), 3, "{seen:#}");
        assert_eq!(seen["positions"]["totalCount"], 1);
        assert_eq!(seen["hidden"]["totalCount"], 0);
        assert_eq!((&seen["cellsOf"], &seen["revisionImpact"]), (&json!([]), &json!([])));

        let position = whole["positions"]["nodes"][0]["id"].clone();
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert!(nurse.ask(node, json!({ "id": position })).await.data()["node"].is_object());
        assert!(reader.ask(node, json!({ "id": position })).await.data()["node"].is_null());
    }
}

#[test]
fn sections_are_named_alike_in_all_editions() {
    let section = SectionId(uuid::Uuid::from_u128(1));
    let edition = |number| consilium::domain::id::EditionId(uuid::Uuid::from_u128(number));
    let id = |number| consilium::graphql::id::GlobalId::Section(edition(number), section).encode();
    assert_eq!(decode_section_id(&id(1)), decode_section_id(&id(2)));
}
