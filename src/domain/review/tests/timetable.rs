//! Due dates, the plan of a review, and what the scheduler is told to do (T1 to T3, T7).

use chrono::Duration;
use proptest::prelude::*;

use crate::domain::{
    document::ReviewPolicy,
    review::timetable::{Candidate, OutOfOrder, ReviewStatus, Step, Timetable, opens_at, plan, review_status},
    testing::{DOCUMENT, OTHER_DOCUMENT, at, date},
    time::PartialDate,
};

fn policy(lead_months: u32, final_window_days: u32) -> ReviewPolicy {
    ReviewPolicy { lead_months, final_window_days, ..ReviewPolicy::default() }
}

fn planned(opened_at: &str, due: &str) -> [String; 3] {
    let timetable = Timetable::plan(at(opened_at), date(due), &ReviewPolicy::default());
    [timetable.drafting_until, timetable.sign_off_until, timetable.publication_on].map(|day| day.to_string())
}

#[test]
fn t1_the_status_is_computed_and_a_review_that_is_late_is_overdue_though_it_is_open() {
    use ReviewStatus::*;
    for (now, is_in_review, expected) in [
        ("2018-11-29T23:59:59.999Z", false, Current),
        ("2018-11-30T00:00:00Z", false, DueSoon),
        ("2018-11-29T00:00:00Z", true, InReview),
        ("2019-05-31T22:59:59.999Z", false, DueSoon),
        ("2019-05-31T22:59:59.999Z", true, InReview),
        // 31 May is over in London, where it is summer, an hour before it is over in UTC.
        ("2019-05-31T23:00:00Z", false, Overdue),
        ("2019-05-31T23:00:00Z", true, Overdue),
    ] {
        let status = review_status(date("2019-05"), &ReviewPolicy::default(), is_in_review, at(now));
        assert_eq!(status, expected, "{now} {is_in_review}");
    }
}

#[test]
fn t2_a_review_opens_its_lead_before_the_last_day_it_can_be_due() {
    for (due, lead, expected) in [
        ("2019-05", 6, "2018-11-30T00:00:00Z"),
        ("2019-05-10", 6, "2018-11-10T00:00:00Z"),
        ("2019-12", 6, "2019-06-29T23:00:00Z"),
        // The last day of a month that is longer than the month the lead leads to.
        ("2019-08", 6, "2019-02-28T00:00:00Z"),
        ("2020-08", 6, "2020-02-29T00:00:00Z"),
        ("2020-02", 12, "2019-02-28T00:00:00Z"),
        ("2019-05", 0, "2019-05-30T23:00:00Z"),
        // Begins on the day the clocks go forward, and on the day they go back: midnight is before the change.
        ("2019-09-30", 6, "2019-03-30T00:00:00Z"),
        ("2019-10-31", 7, "2019-03-31T00:00:00Z"),
        ("2020-04-27", 6, "2019-10-26T23:00:00Z"),
    ] {
        assert_eq!(opens_at(date(due), &policy(lead, 10)), at(expected), "{due} {lead}");
    }
}

#[test]
fn t2_a_normal_review_is_planned_to_the_last_day_of_its_due_date() {
    assert_eq!(planned("2018-11-30T00:00:00Z", "2019-05"), ["2019-02-24", "2019-05-21", "2019-05-31"]);
}

#[test]
fn t2_a_review_that_opens_early_has_all_the_time_there_is() {
    assert_eq!(planned("2018-05-31T12:00:00Z", "2019-05"), ["2018-11-24", "2019-05-21", "2019-05-31"]);
}

#[test]
fn t2_a_review_that_opens_late_keeps_its_date_while_a_quarter_of_the_lead_is_left() {
    // Six months from 16 April have 183 days; a quarter is 45, and 45 are left.
    assert_eq!(planned("2019-04-16T12:00:00Z", "2019-05")[2], "2019-05-31");
    assert_eq!(planned("2019-04-17T12:00:00Z", "2019-05")[2], "2019-10-17");
}

#[test]
fn t2_an_overdue_review_gets_its_whole_lead_from_now_on() {
    assert_eq!(planned("2026-11-23T10:00:00Z", "2019-05"), ["2027-02-16", "2027-05-13", "2027-05-23"]);
}

#[test]
fn t7_a_plan_counts_days_in_london() {
    // 23:30 on 30 June in UTC is 1 July in London.
    assert_eq!(planned("2019-06-30T23:30:00Z", "2019-05")[2], "2020-01-01");
    assert_eq!(planned("2019-12-30T23:30:00Z", "2019-05")[2], "2020-06-30");
}

#[test]
fn t7_a_plan_from_the_last_of_august_ends_on_the_leap_day() {
    assert_eq!(planned("2019-08-31T12:00:00Z", "2019-05")[2], "2020-02-29");
    assert_eq!(planned("2018-08-31T12:00:00Z", "2017-08")[2], "2019-02-28");
}

#[test]
fn t2_dates_of_a_timetable_follow_one_another() {
    let day = |text: &str| date(text).first_day();
    let (first, second) = (day("2019-02-01"), day("2019-03-01"));
    assert!(Timetable::new(first, first, first, first).is_ok());
    assert_eq!(Timetable::new(second, first, second, second), Err(OutOfOrder));
    assert_eq!(Timetable::new(first, second, first, second), Err(OutOfOrder));
    assert_eq!(Timetable::new(first, first, second, first), Err(OutOfOrder));
}

fn candidate(due: &str) -> Candidate {
    let policy = ReviewPolicy::default();
    Candidate { document: DOCUMENT, due: date(due), policy, is_in_review: false, answered: None }
}

#[test]
fn t2_the_system_opens_a_review_from_the_first_instant_of_its_lead_and_however_late_it_wakes() {
    for (now, expected) in [
        ("2018-11-29T23:59:59.999Z", 0),
        ("2018-11-30T00:00:00Z", 1),
        ("2019-05-31T12:00:00Z", 1),
        ("2026-11-23T00:00:00Z", 1),
    ] {
        assert_eq!(plan(&[candidate("2019-05")], at(now)).len(), expected, "{now}");
    }
}

#[test]
fn t3_a_review_that_falls_due_while_one_is_open_is_not_stacked_on_it() {
    let candidates = [
        Candidate { is_in_review: true, ..candidate("2019-05") },
        Candidate { document: OTHER_DOCUMENT, ..candidate("2019-05") },
    ];
    let steps = plan(&candidates, at("2019-05-01T00:00:00Z"));
    assert_eq!(steps, [Step::OpenReview { document: OTHER_DOCUMENT, due: date("2019-05") }]);
}

#[test]
fn t3_a_due_date_that_was_answered_is_not_answered_twice_and_a_new_one_is() {
    let answered = Candidate { answered: Some(date("2019-05")), ..candidate("2019-05") };
    assert_eq!(plan(&[answered], at("2019-05-01T00:00:00Z")), []);
    let promised_anew = Candidate { due: date("2019-07"), ..answered };
    assert_eq!(plan(&[promised_anew], at("2019-05-01T00:00:00Z")).len(), 1);
}

proptest! {
    #[test]
    fn t2_every_plan_is_in_order_begins_today_and_keeps_the_final_window(
        opened in 0_i64..4_000, due in 0_u32..150, lead in 0_u32..=ReviewPolicy::MONTHS_MAX,
        window in 0..=ReviewPolicy::FINAL_WINDOW_DAYS_MAX,
    ) {
        let opened_at = at("2017-01-01T12:00:00Z") + Duration::days(opened);
        let due = date("2016-06").plus_months(due);
        let timetable = Timetable::plan(opened_at, due, &policy(lead, window));
        let Timetable { scoping_until, drafting_until, sign_off_until, publication_on } = timetable;
        prop_assert_eq!(Timetable::new(scoping_until, drafting_until, sign_off_until, publication_on), Ok(timetable));
        let opened_on = crate::domain::time::london_day(opened_at);
        prop_assert!(opened_on <= drafting_until);
        prop_assert!(opened_on < publication_on || publication_on == due.last_day());
        let days = (publication_on - opened_on).num_days();
        prop_assert_eq!((publication_on - sign_off_until).num_days(), i64::from(window).min(days / 2));
    }

    #[test]
    fn t2_planning_again_once_the_plan_is_carried_out_gives_nothing_new(
        documents in proptest::collection::vec((0_u32..60, any::<bool>(), any::<bool>()), 0..8), now in 0_i64..1_800,
    ) {
        let now = at("2017-01-01T00:00:00Z") + Duration::days(now);
        let mut candidates: Vec<Candidate> = (100..)
            .zip(documents)
            .map(|(id, (due, is_in_review, is_answered))| {
                let due = date("2017-01").plus_months(due);
                let answered: Option<PartialDate> = is_answered.then_some(due);
                let document = crate::domain::id::DocumentId(uuid::Uuid::from_u128(id));
                Candidate { document, due, is_in_review, answered, policy: ReviewPolicy::default() }
            })
            .collect();
        let steps = plan(&candidates, now);
        prop_assert_eq!(&steps, &plan(&candidates, now));
        for Step::OpenReview { document, due } in steps {
            let opened = candidates.iter_mut().find(|candidate| candidate.document == document).unwrap();
            prop_assert!(!opened.is_in_review && opened.due == due);
            opened.is_in_review = true;
            opened.answered = Some(due);
        }
        prop_assert_eq!(plan(&candidates, now), vec![]);
    }
}
