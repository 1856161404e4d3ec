//! Scheduling, opening, moving and cancelling reviews (T1 to T3).

use serde_json::{Value, json};

use super::stage::{Stage, with};
use crate::harness::{on_both_databases, world::World};

on_both_databases! {
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
        let crossed = json!({ "reviewId": stage.review, "draftingUntil": "2018-03-15", "reason": "Longer." });
        let problem = stage.chair.run("moveReview", crossed, selection).await.problem();
        assert_eq!((&problem["code"], &problem["path"]), (&json!("DATES_OUT_OF_ORDER"), &json!(["input"])));
        let cancel = json!({ "reviewId": stage.review, "reason": "Over." });
        stage.chair.run("cancelReview", cancel, "review { id }").await.done();
        assert_eq!(stage.chair.run("moveReview", input, selection).await.problem_code(), "REVIEW_CLOSED");
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
