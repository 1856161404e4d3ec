//! The ladder: who is reminded of what, and when, each rung once (T4, T5).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use proptest::prelude::*;

use crate::domain::{
    document::policy::{Before, Ladder, LadderProblem},
    id::PersonId,
    review::{
        ReviewFacts,
        ladder::{Deadline, Message, Plan, Rung, due, latest_rung, plan},
        position::PositionAct::*,
        request::{RequestProblem, accept, request},
    },
    testing::*,
    time::{Timestamp, start_of_day},
};

/// A review that opened on 7 January; its disciplines sign until 21 May.
fn world() -> World {
    World::new(&[&[SURGERY, NURSING], &[NURSING]])
}

fn day(text: &str) -> NaiveDate {
    date(text).first_day()
}

/// What a message says of the reader's own work: which clock, which rung, how many things.
fn own(message: &Message) -> Vec<(Deadline, String, usize)> {
    let told = |reminder: &crate::domain::review::ladder::Reminder| {
        (reminder.deadline, reminder.rung.to_string(), reminder.tasks.len())
    };
    message.reminders.iter().map(told).collect()
}

/// Ticks at an instant: plans, and marks the ladder as walked.
fn tick(world: &mut World, now: &str) -> Vec<Message> {
    let now = at(now);
    let Plan { messages, walked } = plan([&world.facts], now);
    for walked in walked {
        assert_eq!(walked.from, world.facts.review.walked_at);
        world.facts.review.walked_at = walked.to;
    }
    messages
}

fn to(messages: &[Message], number: u128) -> Option<&Message> {
    messages.iter().find(|message| message.to == person(number))
}

#[test]
fn t4_the_ladder_has_its_rungs_on_the_first_instant_of_their_day_in_london() {
    let ladder = Ladder::default();
    let (until, begin) = (day("2019-05-21"), at("2017-01-01T00:00:00Z"));
    for (now, expected) in [
        ("2018-11-20T23:59:59.999Z", None),
        ("2018-11-21T00:00:00Z", Some("P6M")),
        ("2019-02-21T00:00:00Z", Some("P3M")),
        // British summer time has begun.
        ("2019-04-20T22:59:59.999Z", Some("P3M")),
        ("2019-04-20T23:00:00Z", Some("P1M")),
        ("2019-05-13T23:00:00Z", Some("P7D")),
        ("2019-05-20T22:59:59.999Z", Some("P7D")),
        ("2019-05-20T23:00:00Z", Some("P0D")),
        ("2019-05-27T22:59:59.999Z", Some("P0D")),
        ("2019-05-27T23:00:00Z", Some("+P7D")),
        ("2019-06-10T12:00:00Z", Some("+P14D")),
        ("2020-05-21T12:00:00Z", Some("+P364D")),
    ] {
        let rung = latest_rung(&ladder, until, begin, at(now));
        assert_eq!(rung.map(|rung| rung.to_string()).as_deref(), expected, "{now}");
    }
}

#[test]
fn t4_each_rung_is_sent_once_and_several_missed_become_the_latest() {
    let mut world = world();
    let told = |messages: &[Message]| to(messages, SURGEONS[0]).map(own);
    assert_eq!(told(&tick(&mut world, "2019-01-08T00:00:00Z")), None, "six months before was over when it opened");
    world.facts.acceptances = acceptances(&world.facts);
    let rung = |step: &str| Some(vec![(Deadline::Complete, step.to_owned(), 1)]);
    assert_eq!(told(&tick(&mut world, "2019-02-21T09:00:00Z")), rung("P3M"));
    assert_eq!(told(&tick(&mut world, "2019-02-21T09:00:01Z")), None);
    // Nobody looked from February to the last day of May.
    assert_eq!(told(&tick(&mut world, "2019-05-31T09:00:00Z")), rung("+P7D"));
    assert_eq!(told(&tick(&mut world, "2019-06-03T09:00:00Z")), None);
    assert_eq!(told(&tick(&mut world, "2019-06-04T09:00:00Z")), rung("+P14D"));
}

fn acceptances(facts: &ReviewFacts) -> Vec<crate::domain::review::request::Acceptance> {
    let accepted = |seat: &crate::domain::role::Seat| crate::domain::review::request::Acceptance {
        seat: seat.id,
        at: facts.review.opened_at,
    };
    facts.seats.iter().map(accepted).collect()
}

#[test]
fn t4_one_message_gathers_all_that_waits_for_a_person_in_every_review() {
    let (mut one, mut other) = (world(), world());
    other.facts.review.id = crate::domain::id::ReviewId(uuid::Uuid::from_u128(6));
    for world in [&mut one, &mut other] {
        world.facts.acceptances = acceptances(&world.facts);
    }
    other.take(NURSES[0], on(1), Approve).unwrap();
    let Plan { messages, walked } = plan([&one.facts, &other.facts], at("2019-02-21T09:00:00Z"));
    assert_eq!(walked.len(), 2);
    let people: BTreeSet<PersonId> = messages.iter().map(|message| message.to).collect();
    assert_eq!(people.len(), messages.len(), "one message for each person");
    let nurse = to(&messages, NURSES[0]).unwrap();
    assert_eq!(nurse.reminders.iter().map(|reminder| reminder.tasks.len()).collect::<Vec<_>>(), [2, 1]);
    assert!(to(&messages, CHAIR).is_none(), "nothing waits for the chair");
}

#[test]
fn t4_nothing_is_sent_for_a_review_that_is_over_nor_to_whoever_owes_nothing() {
    let mut world = world();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(NURSES[0], on(0), Recuse).unwrap();
    let messages = tick(&mut world, "2019-02-21T09:00:00Z");
    assert!(to(&messages, SURGEONS[1]).is_none(), "the cell is met");
    assert_eq!(to(&messages, NURSES[0]).map(own), Some(vec![(Deadline::Complete, "P3M".to_owned(), 1)]));
    world.cancel().unwrap();
    assert!(!due(&world.facts.review, &world.facts.seats, at("2019-05-31T09:00:00Z")));
    assert_eq!(plan([&world.facts], at("2019-05-31T09:00:00Z")), Plan::default());
}

#[test]
fn t4_a_request_has_two_clocks_with_two_labels() {
    let mut world = world();
    let surgeon = world.facts.seat(seat_id(SURGEONS[0])).unwrap();
    let asked = request(&world.facts.review, surgeon);
    assert_eq!((asked.accept_until, asked.complete_until), (day("2019-01-14"), day("2019-05-21")));
    let thing = crate::domain::access::Thing { seat: Some(surgeon.clone()), ..world.thing_of_cell(on(0), surgeon) };
    let permit = world.permit(SURGEONS[0], thing).unwrap();
    let accepted = accept(&permit.on(&world.facts).unwrap(), world.now).unwrap();
    world.facts.acceptances.push(accepted.acceptance());
    let again = accept(&permit.on(&world.facts).unwrap(), world.now);
    assert_eq!(again.unwrap_err(), RequestProblem::AlreadyAccepted);
    // The first position says as much.
    world.take(NURSES[0], on(0), Abstain).unwrap();

    let messages = tick(&mut world, "2019-01-14T09:00:00Z");
    assert_eq!(to(&messages, SURGEONS[0]), None);
    assert_eq!(to(&messages, NURSES[0]), None);
    assert_eq!(to(&messages, SURGEONS[1]).map(own), Some(vec![(Deadline::Accept, "P0D".to_owned(), 1)]));
    // Both clocks in one message: five weeks after the one, three months before the other.
    let messages = tick(&mut world, "2019-02-21T09:00:00Z");
    let both = vec![(Deadline::Accept, "+P35D".to_owned(), 1), (Deadline::Complete, "P3M".to_owned(), 1)];
    assert_eq!(to(&messages, SURGEONS[1]).map(own), Some(both));
    // From the day itself on there is one clock left.
    let messages = tick(&mut world, "2019-05-21T09:00:00Z");
    assert_eq!(to(&messages, SURGEONS[1]).map(own), Some(vec![(Deadline::Complete, "P0D".to_owned(), 1)]));
}

#[test]
fn t5_escalation_adds_people_and_never_takes_the_duty_off_the_first() {
    let mut world = world();
    world.facts.acceptances = acceptances(&world.facts);
    world.facts.review.walked_at = at("2019-05-21T12:00:00Z");
    let helpers = [SECRETARY, VICE_CHAIR, CHAIR];
    for (now, added) in [
        ("2019-05-28T09:00:00Z", vec![SECRETARY]),
        ("2019-06-04T09:00:00Z", vec![SECRETARY, VICE_CHAIR]),
        ("2019-06-11T09:00:00Z", vec![SECRETARY, VICE_CHAIR, CHAIR]),
        ("2019-07-09T09:00:00Z", vec![SECRETARY, VICE_CHAIR, CHAIR]),
    ] {
        let messages = tick(&mut world, now);
        assert!(!to(&messages, SURGEONS[0]).unwrap().reminders.is_empty(), "the duty stays: {now}");
        for helper in helpers {
            let escalations = to(&messages, helper).map_or(0, |message| message.escalations.len());
            assert_eq!(escalations, usize::from(added.contains(&helper)), "{now} {helper}");
        }
        let late = &to(&messages, SECRETARY).unwrap().escalations[0].late;
        assert_eq!((late.get(&seat_id(SURGEONS[0])), late.get(&seat_id(NURSES[0]))), (Some(&1), Some(&2)), "{now}");
    }
}

#[test]
fn t5_an_acceptance_that_is_late_comes_to_the_secretariat_too() {
    let mut world = world();
    let on_the_day = tick(&mut world, "2019-01-14T09:00:00Z");
    assert!(to(&on_the_day, SECRETARY).is_none());
    let week_after = tick(&mut world, "2019-01-21T09:00:00Z");
    let escalation = &to(&week_after, SECRETARY).unwrap().escalations[0];
    assert_eq!((escalation.deadline, escalation.rung), (Deadline::Accept, Rung::After { days: 7 }));
    assert!(to(&week_after, CHAIR).is_none());
}

#[test]
fn t2_moving_the_dates_arms_the_ladder_again_and_what_was_sent_stays_sent() {
    let mut world = world();
    world.facts.acceptances = acceptances(&world.facts);
    let told = |messages: &[Message]| to(messages, SURGEONS[0]).map(own);
    assert!(told(&tick(&mut world, "2019-05-14T09:00:00Z")).is_some());
    world.facts.review.timetable.sign_off_until = day("2019-06-28");
    assert_eq!(told(&tick(&mut world, "2019-05-21T09:00:00Z")), None, "this is the day no more");
    let rung = |step: &str| Some(vec![(Deadline::Complete, step.to_owned(), 1)]);
    assert_eq!(told(&tick(&mut world, "2019-05-28T09:00:00Z")), rung("P1M"));
    assert_eq!(told(&tick(&mut world, "2019-06-28T09:00:00Z")), rung("P0D"));
}

#[test]
fn t4_a_ladder_is_data_and_reads_back_as_it_is_written() {
    assert_eq!(Ladder::default().to_string(), "P6M P3M P1M P7D P0D +P7D");
    for text in ["P6M P3M P1M P7D P0D +P7D", "P0D", "", "+P1D", "P1M15D P20D"] {
        assert_eq!(text.parse::<Ladder>().unwrap().to_string(), text);
    }
    for (text, problem) in [
        ("P1M P3M", LadderProblem::OutOfOrder),
        ("P7D P7D", LadderProblem::OutOfOrder),
        ("P25M", LadderProblem::TooLong),
        ("P9D P8D P7D P6D P5D P4D P3D P2D P1D", LadderProblem::TooLong),
        ("+P0D", LadderProblem::Apart),
        ("+P1M", LadderProblem::NotRead),
        ("P1W", LadderProblem::NotRead),
        ("7", LadderProblem::NotRead),
        ("P", LadderProblem::NotRead),
        ("P99999999999D", LadderProblem::NotRead),
    ] {
        assert_eq!(text.parse::<Ladder>(), Err(problem), "{text}");
    }
}

/// Every rung of a ladder up to an instant, told naively.
fn every_rung(ladder: &Ladder, until: NaiveDate, last: Timestamp) -> BTreeMap<Timestamp, String> {
    let before = ladder.before().iter().map(|before| Rung::Before(*before));
    let after = ladder.every_days().into_iter().flat_map(|every| (1..).map(move |n| Rung::After { days: n * every }));
    let after = after.take_while(|rung| start_of_day(rung.day(until)) <= last);
    let rungs = before.chain(after).map(|rung| (start_of_day(rung.day(until)), rung.to_string()));
    rungs.filter(|(at, _)| *at <= last).collect()
}

fn ladders() -> impl Strategy<Value = Ladder> {
    let rungs = proptest::collection::btree_set((0_u32..8, 0_u32..30), 0..6);
    (rungs, proptest::option::of(1_u32..40)).prop_filter_map("a ladder", |(rungs, every)| {
        let rungs: Vec<Before> = rungs.into_iter().rev().map(|(months, days)| Before { months, days }).collect();
        Ladder::new(&rungs, every).ok()
    })
}

proptest! {
    /// Random ladders, days and ticks 0 to 400 days apart: a rung is sent at the first tick from its instant on, unless a
    /// later one is due by then too; none is sent twice.
    #[test]
    fn t4_whenever_somebody_looks_each_rung_is_sent_at_most_once_and_none_is_lost(
        ladder in ladders(), until in 0_i64..900,
        ticks in proptest::collection::vec((0_i64..400, 0_i64..86_400_000), 1..20),
    ) {
        let mut world = World::new(&[&[SURGERY]]);
        let opened_at = world.facts.review.opened_at;
        world.facts.acceptances = acceptances(&world.facts);
        world.facts.review.rules.ladder = ladder;
        world.facts.review.timetable.sign_off_until = day("2019-01-07") + Duration::days(until);
        let until = world.facts.review.timetable.sign_off_until;
        let (mut now, mut sent) = (opened_at, Vec::new());
        for (days, more) in ticks {
            let before = now;
            now += Duration::days(days) + Duration::milliseconds(more);
            let is_due = due(&world.facts.review, &world.facts.seats, now);
            let messages = tick(&mut world, &now.to_rfc3339());
            let rungs = every_rung(&ladder, until, now);
            let expected = rungs.range(before..).rfind(|(at, _)| **at > before).map(|(_, rung)| rung.clone());
            let told = to(&messages, SURGEONS[0]).map(|message| message.reminders[0].rung.to_string());
            prop_assert_eq!(&told, &expected);
            prop_assert!(is_due || told.is_none(), "what is due is looked at");
            sent.extend(told);
            prop_assert_eq!(plan([&world.facts], now), Plan::default(), "planning again gives nothing");
        }
        let once: BTreeSet<&String> = sent.iter().collect();
        prop_assert_eq!(once.len(), sent.len());
    }
}

#[test]
fn t5_the_lead_of_a_discipline_is_told_first_and_of_that_discipline_only() {
    let mut world = world();
    let lead = world.facts.seats.iter_mut().find(|seat| seat.id == seat_id(SURGEONS[1])).unwrap();
    lead.is_lead = true;
    tick(&mut world, "2019-05-21T10:00:00Z");
    let messages = tick(&mut world, "2019-05-28T10:00:00Z");
    let late = |number| {
        let escalations = &to(&messages, number).unwrap().escalations;
        escalations.iter().flat_map(|escalation| escalation.late.keys().copied()).collect::<BTreeSet<_>>()
    };
    assert_eq!(late(SURGEONS[1]), [seat_id(SURGEONS[0])].into());
    assert!(late(SECRETARY).len() > 2, "the secretariat is told of everybody");
}

#[test]
fn t4_ten_thousand_open_cells_in_two_hundred_reviews_are_planned_without_delay() {
    let section: &[_] = &[SURGERY];
    let world = World::new(&[section; 50]);
    let review = |number: u128| {
        let mut facts = world.facts.clone();
        facts.review.id = crate::domain::id::ReviewId(uuid::Uuid::from_u128(number));
        facts
    };
    let reviews: Vec<ReviewFacts> = (0..200).map(review).collect();
    let work = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let begun = work();
    let planned = plan(&reviews, at("2019-05-21T10:00:00Z"));
    let taken = work();
    let waiting: usize =
        planned.messages.iter().flat_map(|message| &message.reminders).map(|reminder| reminder.tasks.len()).sum();
    assert!(waiting >= 10_000, "{waiting}");
    // Without optimisation; with it, it takes some tens of milliseconds.
    let seconds = (taken.tv_sec - begun.tv_sec) as f64 + (taken.tv_nsec - begun.tv_nsec) as f64 / 1e9;
    assert!(seconds < 10.0, "{seconds} s");
}
