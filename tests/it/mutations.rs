//! Changing things through the API: what each mutation answers, whom it refuses, and what it tells the user to mend.

use chrono::TimeDelta;
use consilium::domain::role::{Discipline, Office};
use serde_json::{Value, json};

use crate::harness::{
    on_both_databases,
    world::{User, World},
};

const ADVICE: &str = include_str!("data/short.md");
const SECTION: &str =
    "section { id digest heading body summary recommendations { number summary } references { url } }";

/// The group's people, its document under review, and what they work on.
struct Table<'a> {
    chair: User<'a>,
    secretary: User<'a>,
    nurse: User<'a>,
    patient: User<'a>,
    adviser: User<'a>,
    document: Value,
    review: Value,
    /// The section of the draft: its id and its digest.
    section: Value,
}

impl<'a> Table<'a> {
    async fn set(world: &'a World) -> Self {
        let chair = world.seated("chair", Office::Chair, None).await;
        let secretary = world.seated("secretary", Office::Secretariat, None).await;
        let nurse = world.seated("nurse", Office::Member, Some(Discipline::Nursing)).await;
        let patient = world.seated("patient", Office::Member, Some(Discipline::PatientRepresentative)).await;
        let adviser = world.seated("adviser", Office::Adviser, None).await;
        let group = world.group_id(&chair).await;
        let input = json!({ "groupId": group, "manuscript": ADVICE });
        let document = chair.run("importDocument", input, "document { id }").await.done()["document"]["id"].clone();
        let input = json!({ "documentId": document, "reason": "New evidence." });
        let review = secretary.run("openReview", input, "review { id }").await.done()["review"]["id"].clone();
        let draft = chair.ask("{ document(slug: \"short\") { draft { sections { id digest } } } }", json!({})).await;
        let section = draft.data()["document"]["draft"]["sections"][0].clone();
        Self { chair, secretary, nurse, patient, adviser, document, review, section }
    }

    /// The input of a position on the section as it was read at the start.
    fn position(&self) -> Value {
        json!({ "reviewId": self.review, "sectionId": self.section["id"], "digest": self.section["digest"] })
    }

    /// The input of a revision of it.
    fn revision(&self, fields: Value) -> Value {
        with(json!({ "sectionId": self.section["id"], "digest": self.section["digest"] }), fields)
    }
}

fn with(mut input: Value, more: Value) -> Value {
    let fields = input.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    input
}

on_both_databases! {
    async fn omitted_fields_of_a_revision_stay_and_null_clears(world: World) {
        let table = Table::set(&world).await;
        let nurse = &table.nurse;
        let fields = json!({
            "summary": "Plainly.",
            "recommendations": [{ "strength": "OFFER", "text": "Offer a named nurse.", "summary": "A nurse." }],
            "references": [{ "text": "A paper", "url": "https://example.org" }],
        });
        let first = nurse.run("reviseSection", table.revision(fields), SECTION).await.done()["section"].clone();
        assert_eq!((&first["heading"], &first["body"]), (&json!("Nursing"), &json!("Everybody has a named nurse.")));
        assert_eq!(first["recommendations"], json!([{ "number": 1, "summary": "A nurse." }]));

        let named = |of: &Value| json!({ "sectionId": of["id"], "digest": of["digest"] });
        let fields = json!({ "body": "Another text.", "recommendations": [
            { "number": 1, "strength": "MUST", "text": "Everybody has a nurse." },
            { "strength": "CONSIDER", "text": "Consider two." },
        ] });
        let input = with(named(&first), fields);
        let second = nurse.run("reviseSection", input, SECTION).await.done()["section"].clone();
        assert_eq!((&second["summary"], &second["body"]), (&json!("Plainly."), &json!("Another text.")));
        let kept = json!([{ "number": 1, "summary": "A nurse." }, { "number": 2, "summary": null }]);
        assert_eq!(second["recommendations"], kept);
        assert_eq!(second["references"], first["references"]);

        let input = with(named(&second), json!({ "summary": null }));
        let third = nurse.run("reviseSection", input, SECTION).await.done()["section"].clone();
        assert_eq!((&third["summary"], &third["body"]), (&json!(null), &json!("Another text.")));
    }

    async fn d4_and_s5_a_text_that_moved_on_is_told_with_its_digest(world: World) {
        let table = Table::set(&world).await;
        let revised = table.nurse.run("reviseSection", table.revision(json!({ "body": "New." })), SECTION).await.done();
        let current = &revised["section"]["digest"];
        let again = table.nurse.run("reviseSection", table.revision(json!({ "body": "Other." })), SECTION).await;
        let signed = table.nurse.run("signOff", table.position(), "position { id }").await;
        for problem in [again.problem(), signed.problem()] {
            assert_eq!(problem["__typename"], "SectionChangedError");
            assert_eq!((&problem["currentDigest"], &problem["path"]), (current, &json!(["input", "digest"])));
        }
    }

    async fn a_review_lives_from_sign_off_to_publication(world: World) {
        let table = Table::set(&world).await;
        let chair = &table.chair;
        let review = json!({ "reviewId": table.review });
        let note = json!({ "documentId": table.document, "note": "The nurse has a name." });
        let revised = table.nurse.run("reviseSection", table.revision(json!({ "body": "New." })), SECTION).await.done();
        let blocked = chair.run("publishEdition", review.clone(), "edition { id }").await.problem();
        assert_eq!(blocked["__typename"], "PublicationBlockedError");
        let kinds: Vec<&str> = blocked["blockers"].as_array().expect("blockers").iter()
            .map(|blocker| blocker["__typename"].as_str().expect("a kind")).collect();
        assert_eq!(kinds, ["NoEligibleSeat", "CellNotMet", "ChangeNoteMissing"]);

        world.seated("second-nurse", Office::Member, Some(Discipline::Nursing)).await;
        chair.run("writeChangeNote", note, "edition { changeNote }").await.done();
        let position = with(table.position(), json!({ "digest": revised["section"]["digest"] }));
        let second = world.user("second-nurse");
        let objected = second.run("object", with(position.clone(), json!({ "reason": " " })), "position { id }").await;
        assert_eq!(objected.problem_code(), "REASON_MISSING");
        second.run("object", with(position.clone(), json!({ "reason": "No." })), "position { id act }").await.done();
        second.run("liftObjection", json!({ "reviewId": table.review, "sectionId": revised["section"]["id"] }), "position { id }").await.done();
        let signed = second.run("signOff", position, "position { act counts section { key } }").await.done();
        assert_eq!(signed["position"], json!({ "act": "APPROVE", "counts": true, "section": { "key": "nursing" } }));

        let draft = chair.ask("{ document(slug: \"short\") { draft { digest } } }", json!({})).await.data();
        let whole = json!({ "reviewId": table.review, "digest": draft["document"]["draft"]["digest"] });
        table.patient.run("signOff", whole, "position { isOnWhole }").await.done();
        // Acts of one seat at one instant are put in order, a millisecond apart.
        world.pass(TimeDelta::seconds(1));
        let selection = "edition { state number isInForce } review { outcome } query { document(slug: \"short\") { draft { id } } }";
        let published = chair.run("publishEdition", review.clone(), selection).await.done();
        assert_eq!(published["edition"], json!({ "state": "PUBLISHED", "number": "2.0", "isInForce": true }));
        assert_eq!(published["review"]["outcome"], "PUBLISHED");
        assert_eq!(published["query"]["document"]["draft"], json!(null));
        assert_eq!(chair.run("publishEdition", review, "edition { id }").await.problem_code(), "REVIEW_CLOSED");
    }

    async fn a_draft_is_written_section_by_section(world: World) {
        let table = Table::set(&world).await;
        let nurse = &table.nurse;
        let input = json!({ "documentId": table.document, "afterId": table.section["id"], "heading": "Follow-up care",
            "requirements": [{ "discipline": "NURSING" }], "stage": "FOLLOW_UP" });
        let selection = "section { id digest key number requirements { discipline approvals } }";
        let created = nurse.run("createSection", input.clone(), selection).await.done()["section"].clone();
        assert_eq!((&created["key"], &created["number"]), (&json!("follow-up-care"), &json!("2")));
        assert_eq!(created["requirements"], json!([{ "discipline": "NURSING", "approvals": 1 }]));
        assert_eq!(nurse.run("createSection", input, selection).await.problem_code(), "KEY_TAKEN");

        let arrangement = async || {
            let data = nurse.ask("{ documents { nodes { draft { arrangement } } } }", json!({})).await.data();
            json!({ "arrangement": data["documents"]["nodes"][0]["draft"]["arrangement"] })
        };
        let below = json!({ "sectionId": created["id"], "parentId": table.section["id"] });
        let before = with(below.clone(), arrangement().await);
        let moved = nurse.run("moveSection", before.clone(), "section { number }").await.done();
        assert_eq!(moved["section"]["number"], "1.1");
        let now = arrangement().await;
        let moved_on = nurse.run("moveSection", before, "section { number }").await.problem();
        let told = (&moved_on["code"], &moved_on["path"], &moved_on["changed"]);
        assert_eq!(told, (&json!("ARRANGEMENT_CHANGED"), &json!(["input", "arrangement"]), &now["arrangement"]));
        let again = nurse.run("moveSection", with(below, now.clone()), "section { number }").await;
        assert_eq!(again.problem_code(), "NOTHING_CHANGED");
        let inside = with(json!({ "sectionId": table.section["id"], "parentId": created["id"] }), now);
        assert_eq!(nurse.run("moveSection", inside, "section { number }").await.problem_code(), "UNDER_ITSELF");
        let named = json!({ "sectionId": created["id"], "digest": created["digest"] });
        let removed = nurse.run("removeSection", named, "document { draft { sections { key } } }").await.done();
        assert_eq!(removed["document"]["draft"]["sections"], json!([{ "key": "nursing" }]));
    }

    async fn d5_an_editorial_change_waits_for_a_second_person(world: World) {
        let table = Table::set(&world).await;
        let input = table.revision(json!({ "body": "Everyone has a named nurse.", "class": "EDITORIAL" }));
        let revised = table.nurse.run("reviseSection", input, SECTION).await.done()["section"].clone();
        let named = json!({ "sectionId": revised["id"], "digest": revised["digest"] });
        let selection = "section { awaitsEditorialConfirmation }";
        let own = table.nurse.run("confirmEditorial", named.clone(), selection).await;
        assert_eq!(own.error_code(), "FORBIDDEN");
        let confirmed = table.secretary.run("confirmEditorial", named.clone(), selection).await.done();
        assert_eq!(confirmed["section"]["awaitsEditorialConfirmation"], false);
        let again = table.secretary.run("confirmEditorial", named, selection).await;
        assert_eq!(again.problem_code(), "NOTHING_TO_CONFIRM");
    }

    async fn s10_an_instruction_is_recorded_with_both_names(world: World) {
        let table = Table::set(&world).await;
        let seats = "{ group(slug: \"expert-group\") { seats { id office discipline } } }";
        let seats = table.secretary.ask(seats, json!({})).await.data();
        let seats = seats["group"]["seats"].as_array().expect("seats");
        let seat = &seats.iter().find(|seat| seat["discipline"] == "NURSING").expect("the nurse's seat")["id"];
        let input = with(table.position(), json!({ "seatId": seat, "act": "APPROVE", "instruction": "I sign, by letter." }));
        let without = with(input.clone(), json!({ "digest": null }));
        let selection = "position { instruction recordedBy { name } seat { holder { name } } }";
        let run = async |input: Value| table.secretary.run("recordInstructedPosition", input, selection).await;
        assert_eq!(run(without).await.problem_code(), "DIGEST_MISSING");
        let recorded = run(input.clone()).await.done()["position"].clone();
        assert_eq!(recorded["recordedBy"]["name"], "secretary");
        assert_eq!(recorded["seat"]["holder"]["name"], "nurse");
        let refused = table.adviser.run("recordInstructedPosition", input, selection).await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
    }

    async fn seats_and_roles_are_given_and_taken_back(world: World) {
        let table = Table::set(&world).await;
        let secretary = &table.secretary;
        let group = world.group_id(secretary).await;
        let person = json!({ "subject": "radiologist", "name": "Radiologist" });
        let input = json!({ "groupId": group, "person": person, "office": "MEMBER" });
        let selection = "seat { id discipline isInTerm until holder { name } }";
        assert_eq!(secretary.run("grantSeat", input.clone(), selection).await.problem_code(), "DISCIPLINE_MISSING");
        let input = with(input, json!({ "discipline": "RADIOLOGY" }));
        let seat = secretary.run("grantSeat", input.clone(), selection).await.done()["seat"].clone();
        assert_eq!((&seat["isInTerm"], &seat["holder"]["name"]), (&json!(true), &json!("Radiologist")));
        assert_eq!(secretary.run("grantSeat", input.clone(), selection).await.problem_code(), "SEAT_HELD");
        assert_eq!(table.nurse.run("grantSeat", input, selection).await.error_code(), "FORBIDDEN");
        let sees = "{ document(slug: \"short\") { viewerCanReadDraft } }";
        let radiologist = world.user("radiologist");
        assert_eq!(radiologist.ask(sees, json!({})).await.data()["document"]["viewerCanReadDraft"], true);
        let ended = secretary.run("endSeat", json!({ "seatId": seat["id"] }), selection).await.done();
        assert_eq!(ended["seat"]["isInTerm"], false);
        assert_eq!(radiologist.ask(sees, json!({})).await.data()["document"]["viewerCanReadDraft"], false);

        let input = json!({ "documentId": table.document, "role": "EDITOR", "to": { "person": person } });
        let granted = secretary.run("grantRole", input.clone(), "grantId document { id }").await.done();
        assert_eq!(secretary.run("grantRole", input, "grantId").await.problem_code(), "ROLE_HELD");
        assert_eq!(radiologist.ask(sees, json!({})).await.data()["document"]["viewerCanReadDraft"], true);
        let input = json!({ "grantId": granted["grantId"] });
        secretary.run("revokeRole", input.clone(), "document { id }").await.done();
        assert_eq!(secretary.run("revokeRole", input, "document { id }").await.problem_code(), "GRANT_REVOKED");
        assert_eq!(radiologist.ask(sees, json!({})).await.data()["document"]["viewerCanReadDraft"], false);
    }

    async fn reviews_are_scheduled_moved_and_cancelled(world: World) {
        let table = Table::set(&world).await;
        let secretary = &table.secretary;
        let input = json!({ "documentId": table.document, "due": "2020-05", "reason": "Agreed." });
        let selection = "document { reviewDue reviewPolicy { intervalMonths } }";
        let odd = with(input.clone(), json!({ "intervalMonths": 121 }));
        let problem = secretary.run("scheduleReview", odd, selection).await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("OUT_OF_RANGE"), &json!(["input", "intervalMonths"])));
        let scheduled = secretary.run("scheduleReview", with(input, json!({ "intervalMonths": 36 })), selection).await.done();
        assert_eq!(scheduled["document"], json!({ "reviewDue": "2020-05", "reviewPolicy": { "intervalMonths": 36 } }));

        let input = json!({ "reviewId": table.review, "publicationOn": "2017-09-02", "reason": "Sooner." });
        let moved = secretary.run("moveReview", input.clone(), "review { id }").await;
        assert_eq!(moved.problem_code(), "DATES_OUT_OF_ORDER");
        let input = with(input, json!({ "draftingUntil": "2017-09-01", "signOffUntil": "2017-09-01" }));
        secretary.run("moveReview", input, "review { id }").await.done();
        let input = json!({ "reviewId": table.review, "reason": "Not now." });
        let cancelled = secretary.run("cancelReview", input.clone(), "review { outcome }").await.done();
        assert_eq!(cancelled["review"]["outcome"], "CANCELLED");
        assert_eq!(secretary.run("cancelReview", input, "review { id }").await.problem_code(), "REVIEW_CLOSED");
    }

    async fn a_seat_abstains_and_recuses_itself_and_takes_that_back(world: World) {
        let table = Table::set(&world).await;
        let nurse = &table.nurse;
        let selection = "position { act staleness }";
        let named = json!({ "reviewId": table.review, "sectionId": table.section["id"] });
        let abstained = nurse.run("abstain", table.position(), selection).await.done();
        assert_eq!(abstained["position"], json!({ "act": "ABSTAIN", "staleness": null }));
        assert_eq!(nurse.run("abstain", table.position(), selection).await.problem_code(), "ALREADY_TAKEN");
        nurse.run("recuse", table.position(), selection).await.done();
        assert_eq!(nurse.run("signOff", table.position(), selection).await.problem_code(), "SEAT_RECUSED");
        nurse.run("withdrawPosition", named.clone(), selection).await.done();
        assert_eq!(nurse.run("withdrawPosition", named.clone(), selection).await.problem_code(), "NOTHING_TO_WITHDRAW");
        assert_eq!(nurse.run("liftObjection", named, selection).await.problem_code(), "NOTHING_TO_LIFT");
        assert_eq!(table.patient.run("abstain", table.position(), selection).await.error_code(), "FORBIDDEN");
    }

    async fn d7_a_withdrawn_edition_stays_readable_under_its_explanation(world: World) {
        let table = Table::set(&world).await;
        let query = "{ document(slug: \"short\") { edition { id } draft { id } } }";
        let editions = table.chair.ask(query, json!({})).await.data()["document"].clone();
        let named = |id: &Value| json!({ "editionId": id, "explanation": "It was wrong." });
        let selection = "edition { state withdrawalExplanation sections { key } }";
        let draft = table.chair.run("withdrawEdition", named(&editions["draft"]["id"]), selection).await;
        assert_eq!(draft.problem_code(), "NOT_PUBLISHED");
        let input = named(&editions["edition"]["id"]);
        let refused = table.secretary.run("withdrawEdition", input.clone(), selection).await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        let withdrawn = table.chair.run("withdrawEdition", input.clone(), selection).await.done();
        let expected = json!({ "state": "WITHDRAWN", "withdrawalExplanation": "It was wrong.",
            "sections": [{ "key": "nursing" }] });
        assert_eq!(withdrawn["edition"], expected);
        assert_eq!(table.chair.run("withdrawEdition", input, selection).await.problem_code(), "ALREADY_WITHDRAWN");
    }

    async fn every_fault_of_a_manuscript_is_told_with_its_line(world: World) {
        let chair = world.seated("chair", Office::Chair, None).await;
        let group = world.group_id(&chair).await;
        let query = "mutation($input: ImportDocumentInput!) { importDocument(input: $input) {
            document { id } userErrors { code ... on ManuscriptFaultError { line path } } } }";
        let input = json!({ "groupId": group, "manuscript": "no front matter" });
        let answer = chair.ask(query, json!({ "input": input })).await.data();
        let payload = &answer["importDocument"];
        assert_eq!(payload["document"], json!(null));
        assert_eq!(payload["userErrors"][0]["code"], "MANUSCRIPT_FAULT");
        assert_eq!(payload["userErrors"][0]["path"], json!(["input", "manuscript"]));
        assert!(payload["userErrors"][0]["line"].is_u64());
    }

    async fn a2_a_wrong_a_foreign_and_a_hidden_id_are_refused_alike(world: World) {
        let table = Table::set(&world).await;
        let stranger = world.user("stranger");
        let run = async |user: &User<'_>, id: &Value| {
            let input = json!({ "reviewId": id, "reason": "No." });
            user.run("cancelReview", input, "review { id }").await.body
        };
        let hidden = run(&stranger, &table.review).await;
        assert_eq!(hidden["errors"][0]["extensions"]["code"], "NOT_FOUND");
        for id in [json!("nonsense"), table.document.clone()] {
            assert_eq!(run(&stranger, &id).await, hidden);
        }
        let hidden = stranger.run("reviseSection", table.revision(json!({ "body": "Mine." })), "section { id }").await;
        assert_eq!(hidden.error_code(), "NOT_FOUND");
        let refused = table.adviser.run("reviseSection", table.revision(json!({ "body": "Mine." })), "section { id }").await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        let unread = json!({ "body": "Mine.", "digest": format!("sha256:{}", "0".repeat(64)) });
        let refused = table.adviser.run("reviseSection", table.revision(unread), "section { id }").await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
    }
}
