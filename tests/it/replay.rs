//! The whole story through the API alone: import, the review that opens by itself, edits, positions, publication; and
//! a second document that is reaffirmed.

use chrono::TimeDelta;
use consilium::domain::role::{Discipline, Office};
use serde_json::{Value, json};

use crate::harness::{
    on_both_databases,
    world::{User, World},
};

const ADVICE: &str = include_str!("data/advice.md");
const SHORT: &str = include_str!("data/short.md");

/// Everybody who takes part.
struct Group<'a> {
    chair: User<'a>,
    vice_chair: User<'a>,
    secretariat: User<'a>,
    members: Vec<(Discipline, User<'a>)>,
    second_nurse: User<'a>,
    editor: User<'a>,
}

impl<'a> Group<'a> {
    async fn gather(world: &'a World) -> Self {
        let mut members = Vec::new();
        for discipline in Discipline::ALL {
            let subject = format!("{}-1", discipline.word().to_lowercase());
            members.push((*discipline, world.seated(&subject, Office::Member, Some(*discipline)).await));
        }
        Self {
            chair: world.seated("chair", Office::Chair, None).await,
            vice_chair: world.seated("vice-chair", Office::ViceChair, None).await,
            secretariat: world.seated("secretariat", Office::Secretariat, None).await,
            members,
            second_nurse: world.seated("nursing-2", Office::Member, Some(Discipline::Nursing)).await,
            editor: world.user("editor"),
        }
    }

    fn member(&self, discipline: Discipline) -> &User<'a> {
        &self.members.iter().find(|(own, _)| *own == discipline).expect("a member").1
    }
}

/// The cells of the open review, as the chair sees them.
async fn cells(chair: &User<'_>, slug: &str) -> Vec<Value> {
    let query = "query($slug: String!) { document(slug: $slug) { review { id cells {
        discipline needed given state digest section { id key }
        signOffs { id seat { id } } objections { id } } } } }";
    let data = chair.ask(query, json!({ "slug": slug })).await.data();
    data["document"]["review"]["cells"].as_array().expect("cells").clone()
}

async fn review_id(chair: &User<'_>, slug: &str) -> String {
    let query = "query($slug: String!) { document(slug: $slug) { review { id } } }";
    let data = chair.ask(query, json!({ "slug": slug })).await.data();
    data["document"]["review"]["id"].as_str().expect("an open review").to_owned()
}

async fn draft_section(user: &User<'_>, slug: &str, key: &str) -> Value {
    let query = "query($slug: String!, $key: String!) { document(slug: $slug) { draft { section(key: $key) {
        id key digest heading body summary recommendations { number strength text summary } } } } }";
    let data = user.ask(query, json!({ "slug": slug, "key": key })).await.data();
    data["document"]["draft"]["section"].clone()
}

async fn blockers(chair: &User<'_>, slug: &str) -> Vec<String> {
    let query = "query($slug: String!) { document(slug: $slug) { review { gate { ready blockers { code } } } } }";
    let data = chair.ask(query, json!({ "slug": slug })).await.data();
    let gate = &data["document"]["review"]["gate"];
    let blockers: Vec<String> = gate["blockers"]
        .as_array()
        .expect("blockers")
        .iter()
        .map(|blocker| blocker["code"].as_str().expect("a code").to_owned())
        .collect();
    assert_eq!(gate["ready"].as_bool(), Some(blockers.is_empty()));
    blockers
}

/// Everybody signs what waits for their discipline and is not met.
async fn sign_the_rest(group: &Group<'_>, slug: &str) {
    let review = review_id(&group.chair, slug).await;
    for cell in cells(&group.chair, slug).await {
        if cell["state"] == "MET" {
            continue;
        }
        let discipline = Discipline::from_word(cell["discipline"].as_str().expect("a word")).expect("a discipline");
        let input = json!({ "reviewId": review, "sectionId": cell["section"]["id"], "digest": cell["digest"] });
        group.member(discipline).run("signOff", input, "position { id }").await.done();
    }
}

on_both_databases! {
    async fn the_advice_is_imported_reviewed_signed_off_by_discipline_and_published(world: World) {
        let group = Group::gather(&world).await;
        let group_id = world.group_id(&group.chair).await;

        // Edition 1.0 of August 2017 comes in; the secretariat cannot say that something is in force.
        world.set_clock("2017-09-01T09:00:00Z");
        let input = json!({ "groupId": group_id, "manuscript": ADVICE });
        let refused = group.secretariat.run("importDocument", input.clone(), "document { id }").await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        let payload = group.chair.run("importDocument", input, "document { id slug reviewDue edition { number issued } }")
            .await.done();
        let document = payload["document"]["id"].clone();
        assert_eq!(payload["document"]["edition"], json!({ "number": "1.0", "issued": "2017-08" }));
        assert_eq!(payload["document"]["reviewDue"], "2019-05");
        let input = json!({ "documentId": document, "role": "EDITOR",
            "to": { "person": { "subject": group.editor.subject(), "name": "Editor" } } });
        group.secretariat.run("grantRole", input, "__typename").await.done();

        // The due month approaches; six months before, the review opens by itself.
        let status = "{ document(slug: \"advice\") { reviewStatus } }";
        assert_eq!(world.tick().await, 0);
        assert_eq!(world.anonymous().ask(status, json!({})).await.data()["document"]["reviewStatus"], "CURRENT");
        world.set_clock("2018-11-29T23:59:59Z");
        assert_eq!(world.tick().await, 0);
        world.set_clock("2018-11-30T00:00:00Z");
        assert_eq!(world.tick().await, 1);
        assert_eq!(world.tick().await, 0);
        assert_eq!(world.anonymous().ask(status, json!({})).await.data()["document"]["reviewStatus"], "IN_REVIEW");
        let draft = "{ document(slug: \"advice\") { draft { number state } review { kind due openedBy { id } } } }";
        let data = group.chair.ask(draft, json!({})).await.data();
        assert_eq!(data["document"]["draft"], json!({ "number": "2.0", "state": "DRAFT" }));
        assert_eq!(data["document"]["review"], json!({ "kind": "FULL", "due": "2019-05", "openedBy": null }));

        // Editors revise one section, add one, and stand one recommendation down.
        world.set_clock("2019-01-10T10:00:00Z");
        let imaging = draft_section(&group.editor, "advice", "imaging").await;
        let input = json!({ "sectionId": imaging["id"], "digest": imaging["digest"], "body": "Imaging on the same day." });
        group.editor.run("reviseSection", input.clone(), "section { digest }").await.done();
        let stale = group.editor.run("reviseSection", input, "section { digest }").await.problem();
        assert_eq!(stale["code"], "SECTION_CHANGED");
        assert_ne!(stale["currentDigest"], imaging["digest"]);
        let input = json!({ "documentId": document, "heading": "Breast pain", "key": "breast-pain",
            "afterId": imaging["id"], "requirements": [{ "discipline": "SURGERY" }], "body": "Take it seriously.",
            "recommendations": [{ "strength": "OFFER", "text": "Offer an examination." }] });
        let payload = group.editor.run("createSection", input, "section { key recommendations { number } }").await.done();
        assert_eq!(payload["section"]["recommendations"][0]["number"], 4);
        let follow_up = draft_section(&group.editor, "advice", "follow-up").await;
        let input = json!({ "sectionId": follow_up["id"], "digest": follow_up["digest"], "number": 3,
            "reason": "Replaced by supported self-management." });
        group.editor.run("standDownRecommendation", input, "section { recommendations { isStoodDown } }").await.done();

        // They word one recommendation anew, and put one section at the end.
        let systemic = draft_section(&group.editor, "advice", "systemic").await;
        let input = json!({ "sectionId": systemic["id"], "digest": systemic["digest"], "recommendations": [
            { "number": 2, "strength": "CONSIDER", "text": "Consider a second opinion where the team or the patient is divided." }] });
        group.editor.run("reviseSection", input, "section { digest }").await.done();
        let arrangement = "{ document(slug: \"advice\") { draft { arrangement section(key: \"genetics\") { id } records: section(key: \"records\") { id } } } }";
        let draft = group.editor.ask(arrangement, json!({})).await.data()["document"]["draft"].clone();
        let input = json!({ "sectionId": draft["section"]["id"], "arrangement": draft["arrangement"], "afterId": draft["records"]["id"] });
        group.editor.run("moveSection", input, "section { number }").await.done();

        // Nobody signs for a discipline by virtue of an office.
        let review = review_id(&group.chair, "advice").await;
        let genetics = draft_section(&group.chair, "advice", "genetics").await;
        let input = json!({ "reviewId": review, "sectionId": genetics["id"], "digest": genetics["digest"] });
        for officer in [&group.secretariat, &group.chair, &group.vice_chair, group.member(Discipline::Surgery)] {
            assert_eq!(officer.run("signOff", input.clone(), "position { id }").await.error_code(), "FORBIDDEN");
        }

        // Publication is refused with typed blockers.
        let refused = group.chair.run("publishEdition", json!({ "reviewId": review }), "edition { number }").await.problem();
        assert_eq!(refused["code"], "PUBLICATION_BLOCKED");
        assert!(!refused["blockers"].as_array().expect("blockers").is_empty());

        // An oncologist objects; a nurse recuses herself.
        let systemic = draft_section(&group.chair, "advice", "systemic").await;
        let at = |section: &Value| json!({ "reviewId": review, "sectionId": section["id"], "digest": section["digest"] });
        let oncologist = group.member(Discipline::Oncology);
        let mut objection = at(&systemic);
        objection["reason"] = json!("  ");
        let blank = oncologist.run("object", objection.clone(), "position { id }").await;
        assert_eq!(blank.problem_code(), "REASON_MISSING");
        objection["reason"] = json!("It does not say who decides.");
        oncologist.run("object", objection, "position { id }").await.done();
        let nurse = group.member(Discipline::Nursing);
        nurse.run("recuse", at(&follow_up_now(&group).await), "position { id }").await.done();
        let cell = cells(&group.chair, "advice").await.into_iter()
            .find(|cell| cell["section"]["key"] == "systemic" && cell["discipline"] == "ONCOLOGY").expect("a cell");
        assert_eq!(cell["state"], "BLOCKED");

        // The other nurse fills the cell; the objection is lifted; everybody signs.
        group.second_nurse.run("signOff", at(&follow_up_now(&group).await), "position { id }").await.done();
        let lift = json!({ "reviewId": review, "sectionId": systemic["id"] });
        oncologist.run("liftObjection", lift, "position { id }").await.done();
        world.pass(TimeDelta::days(10));
        sign_the_rest(&group, "advice").await;
        assert_eq!(blockers(&group.chair, "advice").await, ["FINAL_WINDOW", "CHANGE_NOTE_MISSING"]);

        // One revision after sign-off: exactly its own sign-offs, and those on the whole, go stale.
        let imaging = draft_section(&group.editor, "advice", "imaging").await;
        let impact = "query($review: ID!, $section: ID!) { review(id: $review) {
            revisionImpact(section: $section) { id } } }";
        let variables = json!({ "review": review, "section": imaging["id"] });
        let data = group.editor.ask(impact, variables).await.data();
        let expected = data["review"]["revisionImpact"].as_array().expect("positions").len();
        assert_eq!(expected, 2 + 1, "radiology, surgery, and the patients' on the whole");
        let input = json!({ "sectionId": imaging["id"], "digest": imaging["digest"], "body": "Imaging on the same day, always." });
        group.editor.run("reviseSection", input, "section { digest }").await.done();
        let stale: Vec<(Value, Value)> = cells(&group.chair, "advice").await.into_iter()
            .filter(|cell| cell["state"] == "STALE")
            .map(|cell| (cell["section"]["key"].clone(), cell["discipline"].clone())).collect();
        let key = json!("imaging");
        assert_eq!(stale, [
            (key.clone(), json!("SURGERY")), (key, json!("RADIOLOGY")), (Value::Null, json!("PATIENT_REPRESENTATIVE")),
        ]);
        sign_the_rest(&group, "advice").await;

        // The window, the note, and then the chair publishes, once. The clock stood still while people signed, and acts
        // of one seat are a millisecond apart all the same.
        world.pass(TimeDelta::days(10) + TimeDelta::milliseconds(1));
        assert_eq!(blockers(&group.chair, "advice").await, ["CHANGE_NOTE_MISSING"]);
        let input = json!({ "documentId": document, "note": "Breast pain is new; follow-up changed." });
        group.secretariat.run("writeChangeNote", input, "edition { changeNote }").await.done();
        assert!(blockers(&group.chair, "advice").await.is_empty());
        let input = json!({ "reviewId": review, "nextDue": "2021-05" });
        assert_eq!(group.secretariat.run("publishEdition", input.clone(), "edition { id }").await.error_code(), "FORBIDDEN");
        let payload = group.chair.run("publishEdition", input.clone(), "edition { number state }").await.done();
        assert_eq!(payload["edition"], json!({ "number": "2.0", "state": "PUBLISHED" }));
        assert_eq!(group.chair.run("publishEdition", input, "edition { id }").await.problem_code(), "REVIEW_CLOSED");

        // All seven disciplines and the commissioners took positions.
        let query = "{ document(slug: \"advice\") { reviews { nodes { positions(first: 100) { nodes { discipline act } } } } } }";
        let data = group.chair.ask(query, json!({})).await.data();
        let positions = data["document"]["reviews"]["nodes"][0]["positions"]["nodes"].as_array().expect("positions").clone();
        for discipline in Discipline::ALL {
            let signed = |position: &&Value| position["discipline"] == discipline.word() && position["act"] == "APPROVE";
            assert!(positions.iter().any(|position| signed(&position)), "{discipline} signed nothing");
        }

        // 2018 is still answered by 1.0, and the comparison tells what happened to each section.
        let query = "{ document(slug: \"advice\") { reviewDue now: edition { id number } then: edition(onDate: \"2018-06-01\") { id number } } }";
        let data = world.anonymous().ask(query, json!({})).await.data();
        assert_eq!(data["document"]["now"]["number"], "2.0");
        assert_eq!(data["document"]["then"]["number"], "1.0");
        assert_eq!(data["document"]["reviewDue"], "2021-05");
        let compare = "query($before: ID!, $after: ID!) { compareEditions(before: $before, after: $after) {
            sections { key change body { change text } recommendations { number change text { change text } } } } }";
        let variables = json!({ "before": data["document"]["then"]["id"], "after": data["document"]["now"]["id"] });
        let compared = world.anonymous().ask(compare, variables).await.data();
        let change = |key: &str| {
            let sections = compared["compareEditions"]["sections"].as_array().expect("sections");
            sections.iter().find(|section| section["key"] == key).expect("a section").clone()
        };
        assert_eq!(change("imaging")["change"], "REVISED");
        assert_eq!(change("breast-pain")["change"], "ADDED");
        assert_eq!(change("genetics")["change"], "MOVED");
        assert_eq!(change("records")["change"], "UNCHANGED");
        let reworded = &change("systemic")["recommendations"][0];
        assert_eq!((&change("systemic")["change"], &reworded["change"]), (&json!("REVISED"), &json!("REVISED")));
        let added: Vec<&str> = reworded["text"].as_array().expect("words").iter()
            .filter(|span| span["change"] == "ADDED").map(|span| span["text"].as_str().expect("a text").trim()).collect();
        assert_eq!(added, ["or the patient"]);
        assert_eq!(change("follow-up")["recommendations"][0]["change"], "STOOD_DOWN");
        let words: Vec<Value> = change("imaging")["body"].as_array().expect("words").iter()
            .map(|span| span["change"].clone()).collect();
        assert!(words.contains(&json!("ADDED")) && words.contains(&json!("KEPT")), "{words:?}");
    }

    async fn a_review_that_finds_nothing_to_change_ends_reaffirmed(world: World) {
        let group = Group::gather(&world).await;
        let group_id = world.group_id(&group.chair).await;
        world.set_clock("2017-09-01T09:00:00Z");
        let input = json!({ "groupId": group_id, "manuscript": SHORT });
        group.chair.run("importDocument", input, "document { id }").await.done();
        world.set_clock("2019-04-01T09:00:00Z");
        assert_eq!(world.tick().await, 1);
        let review = review_id(&group.chair, "short").await;
        let input = json!({ "reviewId": review, "statement": "Read again; it still holds." });
        let early = group.chair.run("reaffirmDocument", input.clone(), "review { id }").await;
        assert_eq!(early.problem_code(), "PUBLICATION_BLOCKED");
        sign_the_rest(&group, "short").await;
        let nothing = group.chair.run("publishEdition", json!({ "reviewId": review }), "edition { id }").await;
        assert_eq!(nothing.problem_code(), "NOTHING_CHANGED");
        group.chair.run("reaffirmDocument", input, "review { id }").await.done();
        let query = "{ document(slug: \"short\") { reviewStatus reviewDue currency { statement } edition { number } draft { id } } }";
        let data = world.anonymous().ask(query, json!({})).await.data();
        assert_eq!(data["document"], json!({
            "reviewStatus": "CURRENT", "reviewDue": "2021-04",
            "currency": { "statement": "Read again; it still holds." },
            "edition": { "number": "1.0" }, "draft": null,
        }));
        let query = "{ document(slug: \"short\") { reviews { nodes { outcome } } draft { id } } }";
        let data = group.chair.ask(query, json!({})).await.data();
        assert_eq!(data["document"]["reviews"]["nodes"][0]["outcome"], "REAFFIRMED");
        assert_eq!(data["document"]["draft"], Value::Null);
    }
}

async fn follow_up_now(group: &Group<'_>) -> Value {
    draft_section(&group.chair, "advice", "follow-up").await
}
