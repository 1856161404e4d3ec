//! Reminders through time: each rung of the ladder once, whatever happens (T4, T5); notices in the transaction of what they
//! tell; and the outbox that they leave the house by.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use consilium::{
    domain::{
        document::policy::Ladder,
        notice::{Channel, DeliveryOutcome},
        review::ladder::{self, latest_rung},
        time::Timestamp,
    },
    scheduler,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::{
    acts::stage::{ADVICE, Stage, with, word},
    harness::{
        on_both_databases,
        world::{User, World},
    },
};

const NOTICES: &str = "{ viewer { notices(first: 100) { totalCount nodes { id kind message readAt review { id }
    reminders { review { id } document { slug } deadline until rung waiting }
    escalations { review { id } deadline rung late { waiting seat { holder { name } } } } } } } }";

/// What somebody was told, oldest first.
async fn notices(user: &User<'_>) -> Vec<Value> {
    let mut seen =
        user.ask(NOTICES, json!({})).await.data()["viewer"]["notices"]["nodes"].as_array().expect("notices").clone();
    seen.reverse();
    seen
}

async fn reminders(user: &User<'_>) -> Vec<Value> {
    notices(user).await.into_iter().filter(|notice| notice["kind"] == "REMINDER").collect()
}

/// The clocks and rungs of a reminder, review by review.
fn rungs(reminder: &Value) -> Vec<String> {
    let told = reminder["reminders"].as_array().expect("reminders").iter();
    told.map(|told| format!("{} {}", word(&told["deadline"]), word(&told["rung"]))).collect()
}

/// More documents of the group, all alike, each with its review open; their ids.
async fn more_reviews(stage: &Stage<'_>, slugs: std::ops::Range<usize>) -> Vec<Value> {
    let mut reviews = Vec::new();
    for number in slugs {
        let manuscript = ADVICE.replace("slug: acts", &format!("slug: acts-{number}"));
        let input = json!({ "groupId": stage.world.group_id(&stage.chair).await, "manuscript": manuscript });
        let imported = stage.chair.run("importDocument", input, "document { id }").await.done();
        let input = json!({ "documentId": imported["document"]["id"], "reason": "New evidence." });
        reviews.push(stage.secretariat.run("openReview", input, "review { id }").await.done()["review"]["id"].clone());
    }
    reviews
}

on_both_databases! {
    async fn t4_an_act_tells_those_it_concerns_in_its_own_transaction(world: World) {
        let stage = Stage::in_review(&world).await;
        for user in [&stage.nurse, &stage.patient, &stage.chair, &stage.vice_chair] {
            let told = notices(user).await;
            assert_eq!(told.len(), 1, "{told:#?}");
            assert_eq!((&told[0]["kind"], &told[0]["review"]["id"]), (&json!("REVIEW_OPENED"), &stage.review));
        }
        assert_eq!(notices(&stage.secretariat).await, Vec::<Value>::new(), "who did it knows");
        assert_eq!(notices(&stage.adviser).await, Vec::<Value>::new());

        let blank = with(stage.at("rota").await, json!({ "reason": " " }));
        stage.nurse.run("object", blank, "position { id }").await.problem();
        let objection = with(stage.at("rota").await, json!({ "reason": "No." }));
        stage.nurse.run("object", objection, "position { id }").await.done();
        let told = notices(&stage.chair).await;
        assert_eq!(told.iter().map(|notice| word(&notice["kind"])).collect::<Vec<_>>(), ["REVIEW_OPENED", "OBJECTION_RAISED"]);

        let letter = json!({ "seatId": stage.seat("second-nurse").await, "act": "APPROVE", "instruction": "I sign." });
        let letter = with(stage.at("rota").await, letter);
        stage.secretariat.run("recordInstructedPosition", letter, "position { id }").await.done();
        assert_eq!(notices(&stage.second_nurse).await[1]["kind"], "POSITION_RECORDED");

        stage.revise(&stage.editor, "rota", "Two nurses are there.").await;
        assert_eq!(notices(&stage.second_nurse).await[2]["kind"], "ASKED_AGAIN");
        assert_eq!(notices(&stage.surgeon).await.len(), 1, "another section is none of theirs");
    }

    async fn a2_notices_are_their_readers_and_are_marked_by_nobody_else(world: World) {
        let stage = Stage::in_review(&world).await;
        let own = notices(&stage.nurse).await[0]["id"].clone();
        let input = json!({ "noticeIds": [own] });
        for other in [&stage.chair, &stage.second_nurse, &world.anonymous()] {
            assert_eq!(other.run("markNoticesRead", input.clone(), "__typename").await.error_code(), "NOT_FOUND");
        }
        assert!(notices(&stage.nurse).await[0]["readAt"].is_null());
        let selection = "viewer { notices(unreadOnly: true) { totalCount } }";
        let marked = stage.nurse.run("markNoticesRead", input.clone(), selection).await.done();
        assert_eq!(marked["viewer"]["notices"]["totalCount"], 0);
        let read_at = notices(&stage.nurse).await[0]["readAt"].clone();
        world.pass(TimeDelta::days(1));
        stage.nurse.run("markNoticesRead", input, selection).await.done();
        assert_eq!(notices(&stage.nurse).await[0]["readAt"], read_at, "the first time counts");
        stage.chair.run("markNoticesRead", json!({}), selection).await.done();
        assert!(notices(&stage.chair).await[0]["readAt"].is_string());
        assert!(notices(&stage.patient).await[0]["readAt"].is_null());
        let many = json!({ "noticeIds": vec![own_of(&stage.nurse).await; 101] });
        assert_eq!(stage.nurse.run("markNoticesRead", many, selection).await.error_code(), "BAD_USER_INPUT");
    }

    async fn t4_a_request_is_accepted_in_words_or_by_the_first_position(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = json!({ "reviewId": stage.review });
        let selection = "review { requests { seat { holder { name } } acceptUntil acceptedAt completeUntil } }";
        for other in [&stage.adviser, &stage.editor, &stage.chair] {
            assert_eq!(other.run("acceptRequest", input.clone(), selection).await.error_code(), "FORBIDDEN");
        }
        let accepted = stage.nurse.run("acceptRequest", input.clone(), selection).await.done();
        let requests = accepted["review"]["requests"].as_array().expect("requests").clone();
        let of = |name: &str| requests.iter().find(|request| request["seat"]["holder"]["name"] == name).expect("a request").clone();
        assert_eq!((&of("nurse")["acceptUntil"], &of("nurse")["completeUntil"]), (&json!("2017-09-08"), &json!("2019-05-31")));
        assert!(of("nurse")["acceptedAt"].is_string() && of("second-nurse")["acceptedAt"].is_null());
        assert_eq!(stage.nurse.run("acceptRequest", input.clone(), selection).await.problem_code(), "ALREADY_ACCEPTED");
        stage.sign(&stage.second_nurse, "rota").await;
        assert_eq!(stage.second_nurse.run("acceptRequest", input, selection).await.problem_code(), "ALREADY_ACCEPTED");
        world.set_clock("2017-09-08T09:00:00Z");
        world.tick().await;
        assert_eq!(rungs(&reminders(&stage.surgeon).await[0]), ["ACCEPT P0D"]);
        assert_eq!(reminders(&stage.nurse).await.len() + reminders(&stage.second_nurse).await.len(), 0);
    }

    async fn t4_several_schedulers_at_once_send_each_rung_once_and_gather_all_that_waits(world: World) {
        let stage = Stage::in_review(&world).await;
        more_reviews(&stage, 0..2).await;
        world.set_clock("2019-02-28T00:00:00Z");
        let tick = || scheduler::tick(&world.store, world.now());
        let (one, two, three) = tokio::join!(tick(), tick(), tick());
        assert!(one.is_ok() && two.is_ok() && three.is_ok());
        let told = reminders(&stage.surgeon).await;
        assert_eq!(told.len(), 1, "{told:#?}");
        // Each of the three reviews on both clocks: the acceptance was due 76 weeks ago, the work is in three months.
        let clocks: BTreeMap<String, usize> = rungs(&told[0]).into_iter().fold(BTreeMap::new(), |mut counted, rung| {
            *counted.entry(rung).or_default() += 1;
            counted
        });
        assert_eq!(clocks, BTreeMap::from([("ACCEPT +P532D".to_owned(), 3), ("COMPLETE P3M".to_owned(), 3)]));
        assert_eq!(told[0]["message"], "6 of your tasks wait, the nearest until 2017-09-08.");
        world.pass(TimeDelta::hours(1));
        world.tick().await;
        assert_eq!(reminders(&stage.surgeon).await.len(), 1);
    }

    async fn t5_the_secretariat_then_the_vice_chair_then_the_chair_hear_of_what_is_late(world: World) {
        let stage = Stage::in_review(&world).await;
        for (clock, heard) in [("2019-06-07T00:00:00Z", [1, 0, 0]), ("2019-06-14T00:00:00Z", [2, 1, 0]), ("2019-06-21T00:00:00Z", [3, 2, 1])] {
            world.set_clock(clock);
            world.tick().await;
            let mut counts = Vec::new();
            for user in [&stage.secretariat, &stage.vice_chair, &stage.chair] {
                let told = reminders(user).await;
                assert!(told.iter().all(|notice| notice["reminders"] == json!([])), "the duty is not theirs");
                counts.push(told.iter().filter(|notice| notice["escalations"] != json!([])).count());
            }
            assert_eq!(counts, heard, "{clock}");
        }
        let late = &reminders(&stage.chair).await[0]["escalations"][0]["late"];
        let names: BTreeSet<String> = late.as_array().expect("seats").iter().map(|late| word(&late["seat"]["holder"]["name"])).collect();
        assert_eq!(names, ["nurse", "patient", "second-nurse", "surgeon"].map(str::to_owned).into());
        assert_eq!(reminders(&stage.nurse).await.len(), 3, "it stays with the first");
    }

    async fn t4_a_tick_that_dies_between_plan_and_commit_loses_nothing(world: World) {
        let stage = Stage::in_review(&world).await;
        world.set_clock("2019-05-31T00:00:00Z");
        for _ in 0..2 {
            let facts = world.store.reviews_to_remind(world.now()).await.expect("facts");
            let mut tx = world.store.begin().await.expect("a transaction");
            tx.record(ladder::plan(&facts, world.now())).await.expect("recorded");
            drop(tx);
            assert_eq!(reminders(&stage.nurse).await.len(), 0);
        }
        // What was planned before another tick did it is not done again.
        let facts = world.store.reviews_to_remind(world.now()).await.expect("facts");
        world.tick().await;
        let mut tx = world.store.begin().await.expect("a transaction");
        tx.record(ladder::plan(&facts, world.now())).await.expect("recorded");
        tx.commit().await.expect("committed");
        assert_eq!(rungs(&reminders(&stage.nurse).await[0]), ["COMPLETE P0D"]);
        assert_eq!(reminders(&stage.nurse).await.len(), 1);
    }

    async fn t4_nothing_is_sent_for_a_review_that_was_closed_while_the_plan_was_made(world: World) {
        let stage = Stage::in_review(&world).await;
        world.set_clock("2019-05-31T00:00:00Z");
        let facts = world.store.reviews_to_remind(world.now()).await.expect("facts");
        let cancel = json!({ "reviewId": stage.review, "reason": "Over." });
        stage.chair.run("cancelReview", cancel, "review { id }").await.done();
        let mut tx = world.store.begin().await.expect("a transaction");
        tx.record(ladder::plan(&facts, world.now())).await.expect("recorded");
        tx.commit().await.expect("committed");
        world.set_clock("2020-05-31T00:00:00Z");
        assert_eq!(scheduler::remind(&world.store, world.now()).await.expect("a tick"), 0);
        assert_eq!(reminders(&stage.nurse).await.len(), 0);
        assert_eq!(notices(&stage.nurse).await[1]["kind"], "REVIEW_CANCELLED");
    }

    /// Random jumps of 0 to 400 days, downtime, two schedulers at once, crashes between plan and commit, dates that move
    /// and reviews that end; compared with what one person is told rung by rung.
    async fn t4_whatever_happens_each_rung_is_sent_at_most_once_and_none_is_lost(world: World) {
        let stage = Stage::in_review(&world).await;
        let mut reviews = vec![stage.review.clone()];
        reviews.extend(more_reviews(&stage, 0..3).await);
        let mut until: BTreeMap<usize, NaiveDate> = BTreeMap::new();
        let mut walked: BTreeMap<usize, Timestamp> = BTreeMap::new();
        for (at, review) in reviews.iter().enumerate() {
            stage.nurse.run("acceptRequest", json!({ "reviewId": review }), "review { id }").await.done();
            until.insert(at, "2019-05-31".parse().expect("a day"));
            walked.insert(at, world.now());
        }
        let mut dice = StdRng::seed_from_u64(4);
        let mut sent: BTreeSet<(usize, NaiveDate, String)> = BTreeSet::new();
        let mut told = 0;
        for step in 0..40 {
            let days = if dice.random_bool(0.5) { dice.random_range(0..40) } else { dice.random_range(0..400) };
            world.pass(TimeDelta::days(days) + TimeDelta::seconds(dice.random_range(1..86_400)));
            match dice.random_range(0..8) {
                0 => {
                    let at = dice.random_range(0..reviews.len());
                    if let Some(day) = until.get_mut(&at) {
                        *day = world.now().date_naive() + TimeDelta::days(dice.random_range(1..500));
                        let input = json!({ "reviewId": reviews[at], "scopingUntil": "2017-10-01", "draftingUntil": "2017-11-01",
                            "signOffUntil": day.to_string(), "publicationOn": day.to_string(), "reason": "Moved." });
                        stage.secretariat.run("moveReview", input, "review { id }").await.done();
                    }
                }
                1 if until.len() > 1 && step > 20 => {
                    let at = *until.keys().next().expect("an open review");
                    let input = json!({ "reviewId": reviews[at], "reason": "Over." });
                    stage.chair.run("cancelReview", input, "review { id }").await.done();
                    until.remove(&at);
                }
                2 | 3 => {
                    let facts = world.store.reviews_to_remind(world.now()).await.expect("facts");
                    let mut tx = world.store.begin().await.expect("a transaction");
                    tx.record(ladder::plan(&facts, world.now())).await.expect("recorded");
                    drop(tx);
                    continue;
                }
                _ => {}
            }
            let now = world.now();
            let (one, two) = tokio::join!(scheduler::remind(&world.store, now), scheduler::remind(&world.store, now));
            assert!(one.is_ok() && two.is_ok());
            let mut expected = BTreeSet::new();
            for (at, day) in &until {
                let from = walked.insert(*at, now).expect("a mark");
                if let Some(rung) = latest_rung(&Ladder::default(), *day, from, now) {
                    expected.insert((*at, *day, rung.to_string()));
                } else {
                    // A ladder without a rung due is not walked, which comes to the same.
                    walked.insert(*at, from);
                }
            }
            let mut seen = reminders(&stage.nurse).await;
            for _ in 0..100 {
                if seen.len() > told || expected.is_empty() {
                    break;
                }
                // A tick that died holds its rows until the database has noticed, and whoever looks meanwhile passes them
                // over; the next one does not.
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                scheduler::remind(&world.store, now).await.expect("a tick");
                seen = reminders(&stage.nurse).await;
            }
            let new = &seen[told..];
            assert_eq!(new.len(), usize::from(!expected.is_empty()), "{step}: {new:#?}");
            told = seen.len();
            let read = |told: &Value| {
                let at = reviews.iter().position(|review| *review == told["review"]["id"]).expect("a review");
                (at, word(&told["until"]).parse().expect("a day"), word(&told["rung"]))
            };
            let found: BTreeSet<_> = new.iter().flat_map(|notice| notice["reminders"].as_array().expect("a list")).map(read).collect();
            assert_eq!(found, expected, "{step} at {now}");
            for rung in found {
                assert!(sent.insert(rung.clone()), "{rung:?} was sent twice");
            }
        }
        assert!(sent.len() > 20, "only {} rungs were sent", sent.len());
    }

    async fn t4_the_statements_of_a_tick_do_not_grow_with_what_waits(world: World) {
        let stage = Stage::in_review(&world).await;
        let mut statements = Vec::new();
        for (clock, more) in [("2018-11-30T00:00:00Z", 0..0), ("2019-02-28T00:00:00Z", 0..25)] {
            more_reviews(&stage, more).await;
            world.set_clock(clock);
            let before = world.statements();
            assert!(scheduler::remind(&world.store, world.now()).await.expect("a tick") > 0);
            let sending = world.statements() - before;
            let before = world.statements();
            assert_eq!(scheduler::remind(&world.store, world.now()).await.expect("a tick"), 0);
            statements.push((sending, world.statements() - before));
        }
        assert_eq!(statements[0], statements[1]);
    }

    async fn a_delivery_is_leased_to_one_at_a_time_and_settled_by_whoever_holds_it(world: World) {
        let stage = Stage::in_review(&world).await;
        let told = notices(&stage.nurse).await.len();
        assert_eq!(told, 1);
        let lease = |minutes: i64| world.store.lease_deliveries(Channel::Email, world.now() + TimeDelta::minutes(minutes), 100);
        let (one, two) = tokio::join!(lease(5), lease(5));
        let (one, two) = (one.expect("leases"), two.expect("leases"));
        let all: BTreeSet<_> = one.iter().chain(&two).map(|leased| leased.notice.id).collect();
        assert_eq!(all.len(), one.len() + two.len(), "nothing is leased to two");
        assert_eq!(all.len(), 6, "everybody but the secretariat, the adviser and the editor");
        assert_eq!(lease(5).await.expect("leases"), []);

        // Whoever held them was killed: another has them once the lease is over, and the first has lost them.
        world.pass(TimeDelta::minutes(6));
        let again = lease(5).await.expect("leases");
        assert_eq!(again.len(), 6);
        assert!(again.iter().all(|leased| leased.attempts == 2));
        let mut first = one.into_iter().chain(two);
        let lost = first.next().expect("a lease");
        assert!(!world.store.settle_delivery(&lost, DeliveryOutcome::Sent).await.expect("an answer"));
        for leased in &again[1..] {
            assert!(world.store.settle_delivery(leased, DeliveryOutcome::Sent).await.expect("an answer"));
        }
        assert!(world.store.postpone_delivery(&again[0], world.now() + TimeDelta::hours(1)).await.expect("an answer"));
        world.pass(TimeDelta::minutes(30));
        assert_eq!(lease(5).await.expect("leases"), []);
        world.pass(TimeDelta::minutes(30));
        let last = lease(5).await.expect("leases");
        assert_eq!(last.iter().map(|leased| (leased.notice.id, leased.attempts)).collect::<Vec<_>>(), [(again[0].notice.id, 3)]);
        assert!(world.store.settle_delivery(&last[0], DeliveryOutcome::NotWanted).await.expect("an answer"));
        world.pass(TimeDelta::days(400));
        assert_eq!(lease(5).await.expect("leases"), []);
    }
}

async fn own_of(user: &User<'_>) -> Value {
    notices(user).await[0]["id"].clone()
}
