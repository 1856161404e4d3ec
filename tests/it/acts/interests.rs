//! The register of interests, and who takes no part because of one (S8).

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::stage::{Stage, with};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

const ENTRY: &str = "holderName office discipline category isDirect description topics since until withheldReason";

/// Somebody declares an interest. Gives its id.
async fn declare(stage: &Stage<'_>, user: &User<'_>, name: &str, category: &str) -> Value {
    let input = json!({ "seatId": stage.seat(name).await, "category": category,
        "description": "Advises a maker of drugs.", "topics": ["Taxanes"], "since": "2016-04" });
    user.run("declareInterest", input, "interest { id }").await.done()["interest"]["id"].clone()
}

/// The register, as somebody reads it.
async fn register(user: &User<'_>) -> Value {
    let query = format!("{{ group(slug: \"expert-group\") {{ interests {{ totalCount nodes {{ {ENTRY} }} }} }} }}");
    user.ask(&query, json!({})).await.data()["group"]["interests"].clone()
}

/// A decision about an interest, on a section or on everything.
async fn decision(stage: &Stage<'_>, interest: &Value, key: Option<&str>, action: &str) -> Value {
    let section = match key {
        Some(key) => stage.section(key).await["id"].clone(),
        None => Value::Null,
    };
    json!({ "reviewId": stage.review, "interestId": interest, "sectionId": section, "action": action, "reason": "They are paid." })
}

async fn weigh(stage: &Stage<'_>, by: &User<'_>, interest: &Value, key: Option<&str>, action: &str) {
    by.run("weighInterest", decision(stage, interest, key, action).await, "review { id }").await.done();
}

/// The cell of a discipline in a section.
async fn cell(user: &User<'_>, key: &str, discipline: &str) -> Value {
    let query = format!(
        "{{ document(slug: \"acts\") {{ draft {{ section(key: \"{key}\") {{ id }} }} review {{ cells {{ section {{ key }} \
         discipline state viewerCannotSignReasons eligibleSeats {{ id }} }} }} }} }}"
    );
    let data = user.ask(&query, json!({})).await.data();
    let cells = data["document"]["review"]["cells"].as_array().expect("cells").clone();
    let is_meant = |cell: &&Value| cell["section"]["key"] == key && cell["discipline"] == discipline;
    cells.iter().find(is_meant).expect("a cell").clone()
}

on_both_databases! {
    async fn the_register_is_public_except_for_what_is_withheld_for_a_stated_reason(world: World) {
        let stage = Stage::published(&world).await;
        let interest = declare(&stage, &stage.nurse, "nurse", "FINANCIAL").await;
        let anonymous = world.anonymous();
        let entry = json!({ "holderName": "nurse", "office": "MEMBER", "discipline": "NURSING", "category": "FINANCIAL",
            "isDirect": true, "description": "Advises a maker of drugs.", "topics": ["Taxanes"], "since": "2016-04", "until": null,
            "withheldReason": null });
        let told = json!({ "totalCount": 1, "nodes": [entry] });
        assert_eq!(register(&anonymous).await, told);
        for user in [&stage.nurse, &stage.surgeon, &stage.chair] {
            let input = json!({ "interestId": interest, "reason": "They are threatened." });
            assert_eq!(user.run("withholdInterest", input, "interest { id }").await.error_code(), "FORBIDDEN");
        }
        let withhold = json!({ "interestId": interest, "reason": "They are threatened." });
        stage.secretariat.run("withholdInterest", withhold, "interest { withheldReason }").await.done();
        assert_eq!(register(&anonymous).await, json!({ "totalCount": 0, "nodes": [] }));
        assert_eq!(register(&world.affiliated("partner").await).await["totalCount"], 0);
        for user in [&stage.nurse, &stage.chair, &stage.adviser] {
            assert_eq!(register(user).await["nodes"][0]["withheldReason"], "They are threatened.");
        }
        stage.secretariat.run("withholdInterest", json!({ "interestId": interest }), "interest { id }").await.done();
        assert_eq!(register(&anonymous).await, told, "published again");
        let end = json!({ "interestId": interest, "until": "2017-08" });
        stage.nurse.run("endInterest", end.clone(), "interest { until }").await.done();
        assert_eq!(stage.nurse.run("endInterest", end, "interest { until }").await.problem_code(), "INTEREST_ENDED");
        assert_eq!(register(&anonymous).await["nodes"][0]["until"], "2017-08", "it stays in the register");
    }

    async fn interests_are_declared_by_whoever_holds_the_seat_with_dates_that_can_be(world: World) {
        let stage = Stage::published(&world).await;
        let seat = stage.seat("nurse").await;
        let input = json!({ "seatId": seat, "category": "INDIRECT", "description": "A spouse's shares.", "since": "2016-04" });
        for user in [&stage.surgeon, &stage.chair, &stage.secretariat] {
            assert_eq!(user.run("declareInterest", input.clone(), "interest { id }").await.error_code(), "FORBIDDEN");
            assert_eq!(user.run("confirmInterests", json!({ "seatId": seat }), "seat { id }").await.error_code(), "FORBIDDEN");
        }
        for hidden in [&world.user("nobody"), &world.anonymous()] {
            assert_eq!(hidden.run("declareInterest", input.clone(), "interest { id }").await.error_code(), "NOT_FOUND");
        }
        let problem = async |more: Value| {
            stage.nurse.run("declareInterest", with(input.clone(), more), "interest { id }").await.problem_code()
        };
        assert_eq!(problem(json!({ "since": "2018-01" })).await, "INTEREST_DATES");
        assert_eq!(problem(json!({ "until": "2016-03" })).await, "INTEREST_DATES");
        assert_eq!(problem(json!({ "description": " " })).await, "TEXT_BLANK");
        assert_eq!(problem(json!({ "topics": vec!["A topic"; 21] })).await, "TOO_MANY_TOPICS");
        assert_eq!(register(&world.anonymous()).await["totalCount"], 0);
    }

    async fn s8_an_exclusion_leaves_the_count_at_once_and_the_gate_names_who_is_left_without_a_signer(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign(&stage.surgeon, "operation").await;
        assert_eq!(cell(&stage.surgeon, "operation", "SURGERY").await["state"], "MET");
        let interest = declare(&stage, &stage.surgeon, "surgeon", "NON_FINANCIAL_PROFESSIONAL").await;
        weigh(&stage, &stage.secretariat, &interest, Some("operation"), "EXCLUDE").await;
        let seen = cell(&stage.surgeon, "operation", "SURGERY").await;
        assert_eq!((&seen["state"], &seen["eligibleSeats"]), (&json!("NO_ELIGIBLE_SEAT"), &json!([])));
        assert_eq!(seen["viewerCannotSignReasons"], json!(["TAKES_NO_PART"]));
        assert!(stage.blockers().await.contains(&"NO_ELIGIBLE_SEAT".to_owned()));
        let positions = "review { positions { nodes { staleness } } }";
        assert_eq!(stage.see(positions).await["review"]["positions"]["nodes"][0]["staleness"], "EXCLUDED");
        let told = stage.surgeon.ask("{ viewer { notices(first: 1) { nodes { kind } } } }", json!({})).await.data();
        assert_eq!(told["viewer"]["notices"]["nodes"][0]["kind"], "INTEREST_WEIGHED");
        let again = with(stage.at("operation").await, json!({ "reason": "No." }));
        assert_eq!(stage.surgeon.run("object", again, "position { id }").await.problem_code(), "TAKES_NO_PART");
        let comment = with(stage.named("operation").await, json!({ "body": "Why not?" }));
        assert_eq!(stage.surgeon.run("writeComment", comment.clone(), "comment { id }").await.problem_code(), "TAKES_NO_PART");
        let revise = with(stage.named("operation").await, json!({ "body": "Another." }));
        assert_eq!(stage.surgeon.run("reviseSection", revise.clone(), "section { id }").await.problem_code(), "TAKES_NO_PART");

        // What they read stays as it was, and so do the other sections.
        assert!(stage.surgeon.ask("{ document(slug: \"acts\") { draft { section(key: \"operation\") { body } } } }", json!({})).await.data()["document"]["draft"]["section"]["body"].is_string());
        stage.sign(&stage.surgeon, "clinic").await;
        weigh(&stage, &stage.chair, &interest, Some("operation"), "DISCUSS_ONLY").await;
        stage.surgeon.run("writeComment", comment, "comment { id }").await.done();
        assert_eq!(stage.surgeon.run("reviseSection", revise, "section { id }").await.problem_code(), "TAKES_NO_PART");
        weigh(&stage, &stage.vice_chair, &interest, Some("operation"), "DECLARE_ONLY").await;
        assert_eq!(cell(&stage.surgeon, "operation", "SURGERY").await["state"], "MET", "the signature counts again");
        let decisions = "review { interestDecisions(all: true) { action isStanding category section { key } decidedBy { name } } }";
        let seen = stage.see(decisions).await["review"]["interestDecisions"].clone();
        let one = |action: &str, is_standing: bool, by: &str| json!({ "action": action, "isStanding": is_standing,
            "category": "NON_FINANCIAL_PROFESSIONAL", "section": { "key": "operation" }, "decidedBy": { "name": by } });
        assert_eq!(seen, json!([one("EXCLUDE", false, "secretariat"), one("DISCUSS_ONLY", false, "chair"), one("DECLARE_ONLY", true, "vice-chair")]));
    }

    async fn the_edition_tells_who_took_no_part_by_category_and_a_name_only_if_the_interest_is_public(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.editor, "clinic", "New.").await;
        let interest = declare(&stage, &stage.second_nurse, "second-nurse", "INDIRECT").await;
        weigh(&stage, &stage.secretariat, &interest, Some("rota"), "EXCLUDE").await;
        let recused = with(stage.at("clinic").await, json!({ "reason": "A friend runs it." }));
        stage.second_nurse.run("recuse", recused, "position { id }").await.done();
        stage.sign_all().await;
        stage.note().await;
        let selection = "nonParticipants { name office discipline category action section { key } }";
        assert_eq!(stage.see(&format!("draft {{ {selection} }}")).await["draft"]["nonParticipants"], json!([]), "with the edition");
        stage.publish().await;
        let partner = world.affiliated("partner").await;
        let query = format!("{{ document(slug: \"acts\") {{ edition {{ {selection} }} }} }}");
        let read = async || partner.ask(&query, json!({})).await.data()["document"]["edition"]["nonParticipants"].clone();
        let one = |name: Value, category: Value, action: Value, key: &str| json!({ "name": name, "office": "MEMBER",
            "discipline": "NURSING", "category": category, "action": action, "section": { "key": key } });
        let recusal = one(json!("second-nurse"), Value::Null, Value::Null, "clinic");
        let told = read().await.as_array().expect("a list").clone();
        assert_eq!(told.len(), 2);
        assert!(told.contains(&one(json!("second-nurse"), json!("INDIRECT"), json!("EXCLUDE"), "rota")), "{told:#?}");
        assert!(told.contains(&recusal));
        let withhold = json!({ "interestId": interest, "reason": "They are threatened." });
        stage.secretariat.run("withholdInterest", withhold, "interest { id }").await.done();
        let told = read().await.as_array().expect("a list").clone();
        assert!(told.contains(&one(Value::Null, json!("INDIRECT"), json!("EXCLUDE"), "rota")), "{told:#?}");
        assert!(told.contains(&recusal));
        let late = decision(&stage, &interest, None, "EXCLUDE").await;
        assert_eq!(stage.chair.run("weighInterest", late, "review { id }").await.problem_code(), "REVIEW_CLOSED");
    }

    async fn a_declaration_that_has_lapsed_suspends_positions_and_not_reading(world: World) {
        let mut stage = Stage::published(&world).await;
        declare(&stage, &stage.nurse, "nurse", "FINANCIAL").await;
        world.pass(TimeDelta::days(1));
        let policy = json!({ "documentId": stage.document, "due": "2019-05", "asksDeclarations": true, "reason": "A new rule." });
        stage.secretariat.run("scheduleReview", policy, "document { reviewPolicy { asksDeclarations } }").await.done();
        stage.open(json!({ "reason": "New evidence." })).await;
        for (user, name, key) in [(&stage.nurse, "nurse", "rota"), (&stage.surgeon, "surgeon", "operation")] {
            let refused = user.run("signOff", stage.at(key).await, "position { id }").await;
            assert_eq!(refused.problem_code(), "DECLARATION_LAPSED", "said before the review, or never");
            let tasks = user.ask("{ viewer { tasks { needsDeclaration } } }", json!({})).await.data();
            assert_eq!(tasks["viewer"]["tasks"][0]["needsDeclaration"], true);
            let discipline = if name == "nurse" { "NURSING" } else { "SURGERY" };
            assert_eq!(cell(user, key, discipline).await["viewerCannotSignReasons"], json!(["DECLARATION_LAPSED"]));
            let confirm = json!({ "seatId": stage.seat(name).await });
            user.run("confirmInterests", confirm, "seat { declaredAt }").await.done();
            stage.sign(user, key).await;
        }
        world.pass(TimeDelta::days(366));
        assert_eq!(cell(&stage.nurse, "rota", "NURSING").await["state"], "MET", "it was signed while the declaration was good");
        let refused = stage.nurse.run("abstain", stage.at("rota").await, "position { id }").await;
        assert_eq!(refused.problem_code(), "DECLARATION_LAPSED", "a year is over");
    }

    async fn s15_a_chair_with_a_conflict_hands_that_sections_acts_to_the_vice_chair(world: World) {
        let stage = Stage::in_review(&world).await;
        let objection = with(stage.at("rota").await, json!({ "reason": "Two are not enough." }));
        let objection = stage.nurse.run("object", objection, "position { id }").await.done()["position"]["id"].clone();
        let interest = declare(&stage, &stage.chair, "chair", "NON_FINANCIAL_PERSONAL").await;
        let own = decision(&stage, &interest, Some("rota"), "DECLARE_ONLY").await;
        assert_eq!(stage.chair.run("weighInterest", own, "review { id }").await.error_code(), "FORBIDDEN");
        weigh(&stage, &stage.vice_chair, &interest, Some("rota"), "EXCLUDE").await;
        let ballot = json!({ "positionId": objection, "reason": "We have talked for weeks." });
        assert_eq!(stage.chair.run("openBallot", ballot.clone(), "position { id }").await.problem_code(), "TAKES_NO_PART");
        stage.vice_chair.run("openBallot", ballot, "position { id }").await.done();
        weigh(&stage, &stage.secretariat, &interest, None, "EXCLUDE").await;
        let publish = json!({ "reviewId": stage.review });
        assert_eq!(stage.chair.run("publishEdition", publish.clone(), "edition { id }").await.problem_code(), "TAKES_NO_PART");
        assert_eq!(stage.vice_chair.run("publishEdition", publish, "edition { id }").await.problem_code(), "PUBLICATION_BLOCKED");
        let again = decision(&stage, &interest, None, "EXCLUDE").await;
        assert_eq!(stage.secretariat.run("weighInterest", again, "review { id }").await.problem_code(), "NOTHING_CHANGED");
        for user in [&stage.nurse, &stage.adviser, &stage.editor] {
            let input = decision(&stage, &interest, None, "DECLARE_ONLY").await;
            assert_eq!(user.run("weighInterest", input, "review { id }").await.error_code(), "FORBIDDEN");
        }
    }
}
