//! Scheduling, opening, moving and cancelling reviews (T1 to T3).

use serde_json::{Value, json};

use super::stage::{Stage, with};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

on_both_databases! {
    async fn the_board_shows_each_discipline_at_each_section_in_signs_and_in_words(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign(&stage.nurse, "rota").await;
        stage.surgeon.run("object", with(stage.at("operation").await, json!({ "reason": "No." })), "position { id }").await.done();
        let board = json!({ "documentId": stage.document, "heading": "Board matters", "key": "board", "audience": "GROUP",
            "requirements": [{ "discipline": "NURSING" }] });
        stage.editor.run("createSection", board, "section { id }").await.done();
        let to = json!({ "person": { "subject": "reader", "name": "reader" } });
        let grant = json!({ "documentId": stage.document, "role": "READER", "to": to });
        stage.secretariat.run("grantRole", grant, "grantId").await.done();
        let seen = async |user: &User<'_>| {
            let data = user.ask("{ document(slug: \"acts\") { review { board } } }", json!({})).await.data();
            data["document"]["review"]["board"].as_str().expect("a picture").to_owned()
        };
        let drawn = seen(&stage.adviser).await;
        assert!(drawn.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""), "{drawn}");
        for label in ["2.1 Rota, Nursing: signed, 1 of 1", "2 Clinic, Surgery: open, 0 of 1", "3 Operation, Surgery: objected to, 0 of 1",
            "1 Board matters, Nursing: open, 0 of 1", "The document as a whole, Patients: open, 0 of 1"] {
            assert!(drawn.contains(label), "{label}: {drawn}");
        }
        let drawn = seen(&world.user("reader")).await;
        assert!(drawn.contains("1.1 Rota, Nursing") && !drawn.contains("Board matters"), "{drawn}");
    }

    async fn t2_opening_early_needs_a_reason_and_in_time_none(world: World) {
        let stage = Stage::published(&world).await;
        let input = json!({ "documentId": stage.document });
        for reason in [json!(null), json!("  ")] {
            let input = with(input.clone(), json!({ "reason": reason }));
            let problem = stage.secretariat.run("openReview", input, "review { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!("REASON_MISSING"), &json!(["input", "reason"])));
        }
        for user in [&stage.nurse, &stage.adviser, &stage.editor] {
            let input = with(input.clone(), json!({ "reason": "Now." }));
            assert_eq!(user.run("openReview", input, "review { id }").await.error_code(), "FORBIDDEN");
        }
        world.set_clock("2018-11-30T00:00:00Z");
        let selection = "review { kind due isOpen finalWindowDays draft { number } base { number } openedBy { name } }";
        let opened = stage.vice_chair.run("openReview", input, selection).await.done();
        assert_eq!(opened["review"], json!({ "kind": "FULL", "due": "2019-05", "isOpen": true, "finalWindowDays": 0,
            "draft": { "number": "2.0" }, "base": { "number": "1.0" }, "openedBy": { "name": "vice-chair" } }));
    }

    async fn t3_only_one_review_is_open_at_a_time_and_one_that_falls_due_meanwhile_is_merged(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = json!({ "documentId": stage.document, "kind": "CORRECTION", "reason": "A slip." });
        let problem = stage.chair.run("openReview", input, "review { id }").await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("REVIEW_ALREADY_OPEN"), &json!(["input", "documentId"])));
        world.set_clock("2018-12-01T00:00:00Z");
        assert_eq!(world.tick().await, 0);
        assert_eq!(stage.see("reviews { totalCount }").await["reviews"]["totalCount"], 1);
    }

    async fn what_is_wrong_with_the_plan_of_a_review_is_told(world: World) {
        let stage = Stage::published(&world).await;
        let cases = [
            ("openReview", json!({ "reason": "Now.", "finalWindowDays": 91 }), "OUT_OF_RANGE", "finalWindowDays"),
            ("openReview", json!({ "reason": "Now.", "finalWindowDays": -1 }), "OUT_OF_RANGE", "finalWindowDays"),
            ("openReview", json!({ "reason": "x".repeat(10_001) }), "TEXT_TOO_LONG", "reason"),
            ("scheduleReview", json!({ "due": "2017-08", "reason": "Late." }), "DATE_OVER", "due"),
            ("scheduleReview", json!({ "due": "2017-08-31", "reason": "Late." }), "DATE_OVER", "due"),
            ("scheduleReview", json!({ "due": "2020-05", "reason": "" }), "TEXT_BLANK", "reason"),
            ("scheduleReview", json!({ "due": "2020-05", "reason": "More.", "intervalMonths": 0 }), "OUT_OF_RANGE", "intervalMonths"),
            ("scheduleReview", json!({ "due": "2020-05", "reason": "More.", "leadMonths": 121 }), "OUT_OF_RANGE", "leadMonths"),
            ("scheduleReview", json!({ "due": "2020-05", "reason": "More.", "finalWindowDays": i32::MAX }), "OUT_OF_RANGE", "finalWindowDays"),
        ];
        for (name, fields, code, place) in cases {
            let input = with(json!({ "documentId": stage.document }), fields.clone());
            let problem = stage.secretariat.run(name, input, "__typename").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &json!(["input", place])), "{fields}");
        }
    }

    async fn t1_another_date_is_promised_with_a_reason_and_shows_at_once(world: World) {
        let stage = Stage::published(&world).await;
        let input = json!({ "documentId": stage.document, "due": "2017-09-01", "leadMonths": 1, "finalWindowDays": 5,
            "reason": "New evidence." });
        for user in [&stage.nurse, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("scheduleReview", input.clone(), "document { id }").await.error_code(), "FORBIDDEN");
        }
        let selection = "document { reviewDue reviewStatus reviewPolicy { intervalMonths leadMonths finalWindowDays } }";
        let scheduled = stage.secretariat.run("scheduleReview", input, selection).await.done();
        assert_eq!(scheduled["document"], json!({ "reviewDue": "2017-09-01", "reviewStatus": "DUE_SOON",
            "reviewPolicy": { "intervalMonths": 24, "leadMonths": 1, "finalWindowDays": 5 } }));
        assert_eq!(world.tick().await, 1);
        assert_eq!(stage.see("reviewStatus").await["reviewStatus"], "IN_REVIEW");
        assert_eq!(stage.see("review { finalWindowDays due }").await["review"], json!({ "finalWindowDays": 5, "due": "2017-09-01" }));
        let input = json!({ "documentId": stage.document, "due": "2999-12", "reason": "Far off.", "leadMonths": 120 });
        stage.secretariat.run("scheduleReview", input, selection).await.done();
        assert_eq!(stage.see("review { due }").await["review"]["due"], "2017-09-01", "an open review keeps its own rules");
    }

    async fn t2_dates_of_an_open_review_are_moved_with_a_reason(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = json!({ "reviewId": stage.review, "draftingUntil": "2018-01-31", "signOffUntil": "2018-02-28",
            "publicationOn": "2018-03-01", "reason": "Sooner." });
        let selection = "review { timetable { draftingUntil signOffUntil publicationOn } }";
        for user in [&stage.nurse, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("moveReview", input.clone(), selection).await.error_code(), "FORBIDDEN");
        }
        let blank = with(input.clone(), json!({ "reason": "" }));
        let problem = stage.secretariat.run("moveReview", blank, selection).await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("TEXT_BLANK"), &json!(["input", "reason"])));
        let moved = stage.secretariat.run("moveReview", input.clone(), selection).await.done();
        let planned = json!({ "draftingUntil": "2018-01-31", "signOffUntil": "2018-02-28", "publicationOn": "2018-03-01" });
        assert_eq!(moved["review"]["timetable"], planned);
        let one = json!({ "reviewId": stage.review, "publicationOn": "2018-03-31", "reason": "Later." });
        let moved = stage.chair.run("moveReview", one, selection).await.done();
        assert_eq!(moved["review"]["timetable"], with(planned, json!({ "publicationOn": "2018-03-31" })));
        // A stage that is put off puts off what depends on it; one that ends sooner does not.
        let later = json!({ "reviewId": stage.review, "draftingUntil": "2018-02-10", "reason": "Longer." });
        let moved = stage.chair.run("moveReview", later, selection).await.done();
        assert_eq!(moved["review"]["timetable"], json!({ "draftingUntil": "2018-02-10", "signOffUntil": "2018-03-10", "publicationOn": "2018-04-10" }));
        let sooner = json!({ "reviewId": stage.review, "draftingUntil": "2018-01-20", "reason": "Shorter." });
        let moved = stage.chair.run("moveReview", sooner, selection).await.done();
        assert_eq!(moved["review"]["timetable"], json!({ "draftingUntil": "2018-01-20", "signOffUntil": "2018-03-10", "publicationOn": "2018-04-10" }));
        let crossed = json!({ "reviewId": stage.review, "draftingUntil": "2018-03-15", "signOffUntil": "2018-03-10", "reason": "Longer." });
        let problem = stage.chair.run("moveReview", crossed, selection).await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("DATES_OUT_OF_ORDER"), &json!(["input"])));
        let cancel = json!({ "reviewId": stage.review, "reason": "Over." });
        stage.chair.run("cancelReview", cancel, "review { id }").await.done();
        assert_eq!(stage.chair.run("moveReview", input, selection).await.problem_code(), "REVIEW_CLOSED");
    }

    async fn t2_rules_are_data_and_an_open_review_keeps_those_it_was_opened_with(world: World) {
        let stage = Stage::published(&world).await;
        let policy = "reviewPolicy { intervalMonths scopingDays signOffDays acceptDays quorum ladder }";
        let defaults = json!({ "intervalMonths": 24, "scopingDays": 14, "signOffDays": null, "acceptDays": 7, "quorum": 1,
            "ladder": ["P6M", "P3M", "P1M", "P7D", "P0D", "+P7D"] });
        assert_eq!(stage.see(policy).await["reviewPolicy"], defaults);
        let input = json!({ "documentId": stage.document, "due": "2019-05", "reason": "Agreed." });
        for (fields, code, place) in [
            (json!({ "quorum": 0 }), "OUT_OF_RANGE", "quorum"),
            (json!({ "quorum": 10 }), "OUT_OF_RANGE", "quorum"),
            (json!({ "acceptDays": -1 }), "OUT_OF_RANGE", "acceptDays"),
            (json!({ "scopingDays": 731 }), "OUT_OF_RANGE", "scopingDays"),
            (json!({ "signOffDays": 731 }), "OUT_OF_RANGE", "signOffDays"),
            (json!({ "ladder": ["P7D", "P1M"] }), "LADDER_INVALID", "ladder"),
            (json!({ "ladder": ["P1Y"] }), "LADDER_INVALID", "ladder"),
            (json!({ "ladder": vec!["P1D"; 1000] }), "LADDER_INVALID", "ladder"),
        ] {
            let problem = stage.secretariat.run("scheduleReview", with(input.clone(), fields.clone()), "document { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!(code), &json!(["input", place])), "{fields}");
        }
        let rules = json!({ "scopingDays": 7, "signOffDays": 30, "acceptDays": 3, "quorum": 2, "ladder": ["P7D", "+P1D"] });
        let selection = format!("document {{ {policy} }}");
        let set = stage.chair.run("scheduleReview", with(input.clone(), rules.clone()), &selection).await.done();
        assert_eq!(set["document"]["reviewPolicy"], with(json!({ "intervalMonths": 24 }), rules.clone()));

        let mut stage = stage;
        stage.open(json!({ "reason": "Now." })).await;
        let later = with(input, json!({ "quorum": 1, "signOffDays": null, "ladder": [] }));
        let set = stage.secretariat.run("scheduleReview", later, &selection).await.done();
        assert_eq!(set["document"]["reviewPolicy"], json!({ "intervalMonths": 24, "scopingDays": 7, "signOffDays": null,
            "acceptDays": 3, "quorum": 1, "ladder": [] }));
        let review = stage.see("review { rules { scopingDays signOffDays acceptDays quorum ladder }
            timetable { scopingUntil draftingUntil signOffUntil publicationOn } }").await["review"].clone();
        assert_eq!(review["rules"], rules);
        assert_eq!(review["timetable"], json!({ "scopingUntil": "2017-09-08", "draftingUntil": "2019-05-01",
            "signOffUntil": "2019-05-31", "publicationOn": "2019-05-31" }));
        let cell = stage.cell("clinic", "SURGERY").await;
        assert_eq!((&cell["needed"], &cell["state"]), (&json!(2), &json!("NO_ELIGIBLE_SEAT")));
    }

    async fn t2_rules_are_reopened_with_a_reason_and_the_affected_cells_ask_again(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign(&stage.second_nurse, "rota").await;
        stage.sign(&stage.surgeon, "operation").await;
        assert_eq!(stage.state("rota", "NURSING").await, "MET");
        let input = json!({ "reviewId": stage.review, "reason": "Two of each." });
        let selection = "review { finalWindowDays rules { quorum } }";
        assert_eq!(stage.secretariat.run("reopenRules", input.clone(), selection).await.problem_code(), "NOTHING_CHANGED");
        let policy = json!({ "documentId": stage.document, "due": "2019-05", "quorum": 2, "finalWindowDays": 4, "reason": "Two." });
        stage.secretariat.run("scheduleReview", policy, "document { id }").await.done();
        assert_eq!(stage.state("rota", "NURSING").await, "MET", "an open review keeps its rules");
        for user in [&stage.nurse, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("reopenRules", input.clone(), selection).await.error_code(), "FORBIDDEN");
        }
        let reopened = stage.secretariat.run("reopenRules", input.clone(), selection).await.done();
        assert_eq!(reopened["review"], json!({ "finalWindowDays": 4, "rules": { "quorum": 2 } }));
        let cell = stage.cell("rota", "NURSING").await;
        assert_eq!((&cell["state"], &cell["needed"], &cell["given"]), (&json!("OPEN"), &json!(2), &json!(1)));
        let tasks = "{ viewer { tasks { why section { key } until acceptUntil acceptedAt others { holder { name } } } \
            notices(first: 1) { nodes { kind } } } }";
        let viewer = stage.nurse.ask(tasks, json!({})).await.data()["viewer"].clone();
        assert_eq!(viewer["notices"]["nodes"][0]["kind"], "RULES_REOPENED");
        let rota = viewer["tasks"].as_array().expect("tasks").iter().find(|task| task["section"]["key"] == "rota").expect("a task").clone();
        assert_eq!(rota, json!({ "why": "NOT_SIGNED", "section": { "key": "rota" }, "until": "2019-05-31",
            "acceptUntil": "2017-09-08", "acceptedAt": null, "others": [{ "holder": { "name": "second-nurse" } }] }));
        stage.sign(&stage.nurse, "rota").await;
        assert_eq!(stage.state("rota", "NURSING").await, "MET", "what was signed stays signed");
        let cancel = json!({ "reviewId": stage.review, "reason": "Over." });
        stage.chair.run("cancelReview", cancel, "review { id }").await.done();
        assert_eq!(stage.chair.run("reopenRules", input, selection).await.problem_code(), "REVIEW_CLOSED");
    }

    async fn t4_those_who_run_a_review_see_how_far_each_has_come(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.sign(&stage.nurse, "rota").await;
        world.set_clock("2019-06-07T09:00:00Z");
        world.tick().await;
        let query = "{ document(slug: \"acts\") { review { progress { discipline met open overdue
            seats { seat { holder { name } } signed open overdue acceptedAt lastRemindedAt } } } } }";
        let of = async |user: &crate::harness::world::User<'_>| user.ask(query, json!({})).await.data()["document"]["review"]["progress"].clone();
        for user in [&stage.nurse, &stage.adviser, &stage.editor] {
            assert_eq!(of(user).await, Value::Null);
        }
        let progress = of(&stage.secretariat).await;
        let words = |field: &str| progress.as_array().expect("progress").iter().map(|one| one[field].clone()).collect::<Vec<_>>();
        assert_eq!(words("discipline"), ["SURGERY", "NURSING", "PATIENT_REPRESENTATIVE"]);
        assert_eq!((words("met"), words("open"), words("overdue")), (vec![json!(0), json!(1), json!(0)], vec![json!(2), json!(1), json!(1)], vec![json!(2), json!(1), json!(1)]));
        let nurses = &progress[1]["seats"];
        assert_eq!((&nurses[0]["seat"]["holder"]["name"], &nurses[0]["signed"], &nurses[0]["open"]), (&json!("nurse"), &json!(1), &json!(1)));
        assert_eq!((&nurses[1]["signed"], &nurses[1]["open"], &nurses[1]["acceptedAt"]), (&json!(0), &json!(1), &Value::Null));
        assert_eq!(nurses[1]["lastRemindedAt"], "2019-06-07T09:00:00.000Z");
    }

    async fn a_partial_review_examines_chosen_sections_and_lets_no_other_change(world: World) {
        let mut stage = Stage::published(&world).await;
        let edition = "edition { section(key: \"rota\") { id } }";
        let rota = stage.see(edition).await["edition"]["section"]["id"].clone();
        let open = |fields: Value| with(json!({ "documentId": stage.document, "reason": "A new rota." }), fields);
        for wrong in [json!({ "kind": "PARTIAL" }), json!({ "kind": "PARTIAL", "sectionIds": [] }), json!({ "kind": "FULL", "sectionIds": [rota] })] {
            let problem = stage.secretariat.run("openReview", open(wrong), "review { id }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!("SECTIONS_WRONG"), &json!(["input", "sectionIds"])));
        }
        let nowhere = open(json!({ "kind": "PARTIAL", "sectionIds": [stage.document] }));
        assert_eq!(stage.secretariat.run("openReview", nowhere, "review { id }").await.error_code(), "NOT_FOUND");
        stage.open(json!({ "kind": "PARTIAL", "sectionIds": [rota, rota], "reason": "A new rota." })).await;
        let cells = stage.see("review { cells { discipline section { key } } }").await["review"]["cells"].clone();
        assert_eq!(cells, json!([{ "discipline": "NURSING", "section": { "key": "rota" } }, { "discipline": "PATIENT_REPRESENTATIVE", "section": null }]));
        let refused = stage.surgeon.run("signOff", stage.at("clinic").await, "position { id }").await;
        assert!(refused.body.to_string().contains("FORBIDDEN") || refused.body.to_string().contains("CELL_UNKNOWN"), "{:#}", refused.body);
        stage.revise(&stage.editor, "rota", "Two nurses are there.").await;
        stage.revise(&stage.editor, "clinic", "Everybody is seen in two visits.").await;
        stage.sign(&stage.nurse, "rota").await;
        stage.patient.run("signOff", stage.whole().await, "position { id }").await.done();
        stage.note().await;
        stage.settle();
        assert_eq!(stage.blockers().await, ["OUTSIDE_REVIEW"]);
        stage.revise(&stage.editor, "clinic", "Everybody is seen in one visit.").await;
        stage.patient.run("signOff", stage.whole().await, "position { id }").await.done();
        stage.settle();
        assert_eq!(stage.publish().await["number"], "2.0");
        assert_eq!(stage.see("reviewDue").await["reviewDue"], "2019-05", "the promise of the full review stays");
    }

    async fn a_correction_changes_wording_only(world: World) {
        let mut stage = Stage::published(&world).await;
        stage.open(json!({ "kind": "CORRECTION", "reason": "A slip." })).await;
        let cells = stage.see("review { cells { section { key } } }").await["review"]["cells"].clone();
        assert_eq!(cells, json!([{ "section": null }]), "nothing is corrected yet");
        let slip = with(stage.named("rota").await, json!({ "body": "A nurse is here every day.", "class": "EDITORIAL" }));
        stage.editor.run("reviseSection", slip, "section { id }").await.done();
        stage.sign(&stage.nurse, "rota").await;
        stage.patient.run("signOff", stage.whole().await, "position { id }").await.done();
        stage.settle();
        let blockers = stage.blockers().await;
        assert!(blockers.contains(&"CLINICAL_CHANGE".to_owned()), "not yet confirmed by a second person: {blockers:?}");
        stage.chair.run("confirmEditorial", stage.named("rota").await, "section { id }").await.done();
        stage.settle();
        assert_eq!(stage.blockers().await, Vec::<String>::new());
        stage.revise(&stage.editor, "clinic", "Everybody is seen in two visits.").await;
        assert!(stage.blockers().await.contains(&"CLINICAL_CHANGE".to_owned()));
        stage.revise(&stage.editor, "clinic", "Everybody is seen in one visit.").await;
        assert_eq!(stage.publish().await["number"], "1.1", "the text is again what was signed");
    }

    async fn an_exceptional_review_starts_now_and_has_short_windows(world: World) {
        let mut stage = Stage::published(&world).await;
        let due = json!({ "documentId": stage.document, "due": "2019-05", "finalWindowDays": 10, "reason": "As agreed." });
        stage.secretariat.run("scheduleReview", due, "document { id }").await.done();
        stage.open(json!({ "kind": "EXCEPTIONAL", "reason": "A safety notice." })).await;
        let review = stage.see("review { finalWindowDays rules { scopingDays }
            timetable { scopingUntil draftingUntil signOffUntil publicationOn } }").await["review"].clone();
        assert_eq!(review, json!({ "finalWindowDays": 3, "rules": { "scopingDays": 3 }, "timetable": { "scopingUntil": "2017-09-04",
            "draftingUntil": "2017-09-13", "signOffUntil": "2017-09-26", "publicationOn": "2017-09-29" } }));
    }

    async fn t2_stages_have_a_planned_day_and_the_day_they_ended(world: World) {
        let stage = Stage::in_review(&world).await;
        let stages = async || {
            let seen = stage.see("reviews(last: 1) { nodes { stages { stage plannedUntil endedOn isLate } } }").await;
            seen["reviews"]["nodes"][0]["stages"].as_array().expect("stages").clone()
        };
        let ended = |stages: &[Value]| stages.iter().map(|stage| stage["endedOn"].as_str().unwrap_or("-").to_owned()).collect::<Vec<_>>();
        let seen = stages().await;
        assert_eq!(seen.iter().map(|stage| stage["stage"].as_str().expect("a word")).collect::<Vec<_>>(),
            ["SCOPING", "DRAFTING", "SIGN_OFF", "FINAL_WINDOW", "PUBLICATION"]);
        assert_eq!(ended(&seen), ["-"; 5]);
        world.set_clock("2017-10-02T09:00:00Z");
        assert_eq!(stages().await[0]["isLate"], true, "scoping was to end in a fortnight");
        stage.revise(&stage.editor, "clinic", "Everybody is seen at once.").await;
        assert_eq!(ended(&stages().await), ["2017-10-02", "-", "-", "-", "-"]);
        world.set_clock("2017-11-03T09:00:00Z");
        stage.sign(&stage.surgeon, "clinic").await;
        assert_eq!(ended(&stages().await), ["2017-10-02", "2017-10-02", "-", "-", "-"]);
        world.set_clock("2017-11-04T09:00:00Z");
        stage.revise(&stage.editor, "clinic", "Everybody is seen soon.").await;
        assert_eq!(ended(&stages().await), ["2017-10-02", "-", "-", "-", "-"], "it is in drafting again");
        world.set_clock("2017-11-05T09:00:00Z");
        stage.sign_all().await;
        assert_eq!(ended(&stages().await), ["2017-10-02", "2017-11-04", "2017-11-05", "2017-11-05", "-"]);
        world.set_clock("2017-11-06T09:00:00Z");
        stage.note().await;
        stage.publish().await;
        assert_eq!(ended(&stages().await)[4], "2017-11-06");
    }

    async fn t3_a_cancelled_review_keeps_its_draft_and_is_not_opened_again_by_itself(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.nurse, "clinic", "New.").await;
        let input = json!({ "reviewId": stage.review, "reason": "Too early." });
        for user in [&stage.nurse, &stage.adviser, &stage.editor] {
            assert_eq!(user.run("cancelReview", input.clone(), "review { id }").await.error_code(), "FORBIDDEN");
        }
        let blank = with(input.clone(), json!({ "reason": " " }));
        assert_eq!(stage.secretariat.run("cancelReview", blank, "review { id }").await.problem_code(), "TEXT_BLANK");
        let cancelled = stage.secretariat.run("cancelReview", input.clone(), "review { isOpen outcome reason concludedBy { name } }").await;
        assert_eq!(cancelled.done()["review"], json!({ "isOpen": false, "outcome": "CANCELLED", "reason": "Too early.",
            "concludedBy": { "name": "secretariat" } }));
        assert_eq!(stage.secretariat.run("cancelReview", input, "review { id }").await.problem_code(), "REVIEW_CLOSED");
        assert_eq!(stage.see("review { id }").await["review"], Value::Null);
        assert_eq!(stage.section("clinic").await["body"], "New.");
        world.set_clock("2018-12-01T00:00:00Z");
        assert_eq!(world.tick().await, 0, "somebody decided that");
        let reopened = json!({ "documentId": stage.document });
        let review = stage.secretariat.run("openReview", reopened, "review { draft { section(key: \"clinic\") { body } } }").await.done();
        assert_eq!(review["review"]["draft"]["section"]["body"], "New.");
    }

    async fn t2_a_correction_that_is_over_does_not_stand_for_the_full_review(world: World) {
        let mut stage = Stage::published(&world).await;
        stage.open(json!({ "kind": "CORRECTION", "reason": "A slip." })).await;
        let input = json!({ "reviewId": stage.review, "reason": "No slip." });
        stage.chair.run("cancelReview", input, "review { id }").await.done();
        world.set_clock("2018-12-01T00:00:00Z");
        assert_eq!(world.tick().await, 1);
        assert_eq!(stage.see("review { kind }").await["review"]["kind"], "FULL");
    }

    async fn nobody_opens_a_review_of_what_they_cannot_read(world: World) {
        let stage = Stage::in_review(&world).await;
        let cancel = json!({ "reviewId": stage.review, "reason": "No." });
        let open = json!({ "documentId": stage.document, "reason": "No." });
        for user in [world.anonymous(), world.user("nobody")] {
            assert_eq!(user.run("cancelReview", cancel.clone(), "review { id }").await.error_code(), "NOT_FOUND");
            assert_eq!(user.run("openReview", open.clone(), "review { id }").await.error_code(), "NOT_FOUND");
        }
    }
}
