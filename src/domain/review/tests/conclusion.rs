//! How a review ends, and how an edition is withdrawn (D7, D8, S14 to S16).

use chrono::Duration;

use crate::domain::{
    access::{Denied, act},
    document::{
        ReviewPolicy,
        edition::{EditionState, Publication},
        outline::Place,
        revision::ChangeClass,
    },
    review::{
        Outcome, ReviewKind,
        cell::Scope,
        conclusion::{Concluded, ConclusionProblem, WithdrawalProblem, cancel, publish, reaffirm, withdraw},
        gate::Blocker,
        position::PositionAct::*,
    },
    testing::*,
    time::PartialDate,
};

fn sign(world: &mut World) {
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
}

/// Clinically changed, noted and signed.
fn ready() -> World {
    let mut world = World::new(&[&[SURGERY]]);
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.note();
    sign(&mut world);
    world
}

/// Signed, and nothing changed.
fn unchanged() -> World {
    let mut world = World::new(&[&[SURGERY], &[]]);
    sign(&mut world);
    world
}

fn published(world: &World, issued: Option<&str>, next_due: Option<&str>) -> Result<Concluded, ConclusionProblem> {
    let permit = world.permit(CHAIR, world.thing(Scope::Whole)).unwrap();
    let policy = ReviewPolicy::default();
    publish(&permit.on(&world.facts).unwrap(), &policy, issued.map(date), next_due.map(date), world.now)
}

fn reaffirmed(world: &World, next_due: Option<&str>) -> Result<Concluded, ConclusionProblem> {
    let permit = world.permit(VICE_CHAIR, world.thing(Scope::Whole)).unwrap();
    let policy = ReviewPolicy::default();
    reaffirm(&permit.on(&world.facts).unwrap(), &policy, prose("Still current."), next_due.map(date), world.now)
}

#[test]
fn s15_the_chair_publishes_through_an_empty_gate() {
    let world = ready();
    let concluded = published(&world, None, None).unwrap();
    let release = concluded.published().unwrap();
    assert_eq!(release.edition, world.facts.draft.as_ref().unwrap().id);
    assert_eq!(release.number.to_string(), "2.0");
    assert_eq!(release.publication, Publication { issued: date("2019-01-07"), published_at: world.now });
    assert_eq!(release.supersedes, world.facts.review.base);
    assert_eq!((concluded.outcome(), concluded.by()), (&Outcome::Published, Some(person(CHAIR))));
    assert_eq!((concluded.review(), concluded.at()), (world.facts.review.id, world.now));
    assert_eq!(concluded.next_due(), Some(date("2021-01")), "the interval after it, known to the month");
}

#[test]
fn s15_only_chair_and_vice_chair_publish() {
    let world = ready();
    for number in [SECRETARY, ADVISER, SURGEONS[0], PATIENTS[0], EDITORS[0]] {
        let refused = world.permit::<act::Publish>(number, world.thing(Scope::Whole));
        assert_eq!(refused.err(), Some(Denied::Forbidden), "{number}");
    }
    assert_eq!(world.permit::<act::Publish>(OBSERVER, world.thing(Scope::Whole)).err(), Some(Denied::Hidden));
    assert!(world.permit::<act::Publish>(VICE_CHAIR, world.thing(Scope::Whole)).is_ok());
}

#[test]
fn s15_publishing_twice_gives_one_edition() {
    let mut world = ready();
    world.publish().unwrap();
    assert_eq!(world.publish().unwrap_err(), ConclusionProblem::ReviewClosed.into());
    assert_eq!(reaffirmed(&world, None).unwrap_err(), ConclusionProblem::ReviewClosed);
    assert_eq!(world.cancel().unwrap_err(), ConclusionProblem::ReviewClosed.into());
}

#[test]
fn s15_there_is_nothing_to_publish_without_a_draft() {
    let mut world = ready();
    world.facts.draft = None;
    assert_eq!(published(&world, None, None).unwrap_err(), ConclusionProblem::ReviewClosed);
}

#[test]
fn s14_publication_is_refused_with_what_is_in_the_way() {
    let mut world = ready();
    let position = world.take(SURGEONS[0], on(0), Object).unwrap();
    let refused = published(&world, None, None).unwrap_err();
    assert_eq!(refused, ConclusionProblem::Blocked(world.blockers()));
    assert!(matches!(world.blockers()[..], [Blocker::ObjectionStands { position: stands, .. }] if stands == position));
}

#[test]
fn s16_publishing_is_refused_when_nothing_changed() {
    assert_eq!(published(&unchanged(), None, None).unwrap_err(), ConclusionProblem::NothingChanged);
}

#[test]
fn s16_a_text_that_was_changed_back_did_not_change() {
    let mut world = unchanged();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.revise(EDITORS[0], 0, "Text 0", ChangeClass::Clinical).unwrap();
    assert_eq!(published(&world, None, None).unwrap_err(), ConclusionProblem::NothingChanged);
    assert!(reaffirmed(&world, None).is_ok());
}

#[test]
fn d6_moving_sections_alone_makes_a_minor_edition() {
    let mut world = unchanged();
    world.relocate(EDITORS[0], section(1), Place { parent: None, after: None }).unwrap();
    assert_eq!(published(&world, None, None).unwrap().published().unwrap().number.to_string(), "1.1");
}

#[test]
fn d8_the_cover_bears_the_day_of_publication_or_its_month_in_london() {
    let mut world = ready();
    for (now, issued, expected) in [
        ("2019-05-31T22:30:00Z", Some("2019-05"), Ok("2019-05")),
        ("2019-05-31T22:30:00Z", Some("2019-05-31"), Ok("2019-05-31")),
        // It is June in London.
        ("2019-05-31T23:30:00Z", Some("2019-05"), Err(ConclusionProblem::NotToday)),
        ("2019-05-31T23:30:00Z", Some("2019-05-31"), Err(ConclusionProblem::NotToday)),
        ("2019-05-31T23:30:00Z", Some("2019-06-02"), Err(ConclusionProblem::NotToday)),
        ("2019-05-31T23:30:00Z", None, Ok("2019-06-01")),
    ] {
        world.now = at(now);
        let issued = published(&world, issued, None);
        let issued = issued.map(|concluded| concluded.published().unwrap().publication.issued.to_string());
        assert_eq!(issued, expected.map(str::to_owned), "{now}");
    }
}

#[test]
fn t1_the_next_review_is_due_the_interval_later_unless_a_date_to_come_is_given() {
    let mut world = ready();
    world.now = at("2019-05-31T22:30:00Z");
    assert_eq!(published(&world, Some("2019-05"), None).unwrap().next_due(), Some(date("2021-05")));
    assert_eq!(published(&world, None, Some("2020-02-29")).unwrap().next_due(), Some(date("2020-02-29")));
    assert_eq!(published(&world, None, Some("2019-05")).unwrap().next_due(), Some(date("2019-05")), "not over yet");
    assert_eq!(published(&world, None, Some("2019-05-30")).unwrap_err(), ConclusionProblem::NextDuePast);
    assert_eq!(reaffirmed(&unchanged(), Some("2018-12")).unwrap_err(), ConclusionProblem::NextDuePast);
}

#[test]
fn t2_only_a_full_review_moves_the_promise_of_the_next_one_by_itself() {
    for kind in [ReviewKind::Partial, ReviewKind::Exceptional, ReviewKind::Correction] {
        let mut world = ready();
        world.facts.review.kind = kind;
        world.facts.chosen = world.facts.text.outline.iter().map(|placement| placement.section).collect();
        if kind != ReviewKind::Correction {
            assert_eq!(published(&world, None, None).unwrap().next_due(), None);
            assert_eq!(published(&world, None, Some("2020-02")).unwrap().next_due(), Some(date("2020-02")));
            assert_eq!(published(&world, None, Some("2018-12")).unwrap_err(), ConclusionProblem::NextDuePast);
        }
        let mut world = unchanged();
        world.facts.review.kind = kind;
        assert_eq!(reaffirmed(&world, None).unwrap().next_due(), None);
    }
}

#[test]
fn s16_a_review_that_finds_nothing_to_change_ends_reaffirmed() {
    let world = unchanged();
    let concluded = reaffirmed(&world, None).unwrap();
    assert_eq!(concluded.outcome(), &Outcome::Reaffirmed { statement: prose("Still current.") });
    assert_eq!(concluded.published(), None, "no new edition");
    assert_eq!(concluded.next_due(), Some(date("2021-01")));
    assert_eq!(concluded.by(), Some(person(VICE_CHAIR)));
}

#[test]
fn d7_a_review_whose_base_was_withdrawn_publishes_and_does_not_reaffirm() {
    let mut world = unchanged();
    world.facts.base.as_mut().unwrap().is_in_force = false;
    assert_eq!(reaffirmed(&world, None).unwrap_err(), ConclusionProblem::NothingToReaffirm);
    assert_eq!(published(&world, None, None).unwrap().published().unwrap().number.to_string(), "1.1");
}

#[test]
fn s16_reaffirming_needs_the_same_sign_offs_and_the_same_window() {
    let mut world = unchanged();
    world.facts.review.final_window_days = 10;
    let until = world.now + Duration::days(10);
    let window = ConclusionProblem::Blocked(vec![Blocker::FinalWindow { until }]);
    assert_eq!(reaffirmed(&world, None).unwrap_err(), window);
    world.take(PATIENTS[0], Scope::Whole, Withdraw).unwrap();
    assert!(matches!(reaffirmed(&world, None), Err(ConclusionProblem::Blocked(_))));
}

#[test]
fn s16_a_draft_that_differs_is_not_reaffirmed() {
    assert_eq!(reaffirmed(&ready(), None).unwrap_err(), ConclusionProblem::DraftDiffers);
    let mut moved = unchanged();
    moved.relocate(EDITORS[0], section(1), Place { parent: None, after: None }).unwrap();
    assert_eq!(reaffirmed(&moved, None).unwrap_err(), ConclusionProblem::DraftDiffers);
}

#[test]
fn s16_there_must_be_an_edition_in_force_to_reaffirm() {
    let mut world = unchanged();
    for base in [None, world.facts.base.clone().map(|base| crate::domain::review::Base { is_in_force: false, ..base })]
    {
        world.facts.base = base;
        assert_eq!(reaffirmed(&world, None).unwrap_err(), ConclusionProblem::NothingToReaffirm);
    }
}

#[test]
fn t2_cancelling_a_review_changes_no_due_date_and_publishes_nothing() {
    let world = ready();
    let permit = world.permit(SECRETARY, world.thing(Scope::Whole)).unwrap();
    let concluded = cancel(&permit.on(&world.facts).unwrap(), prose("No quorum."), world.now).unwrap();
    assert_eq!((concluded.published(), concluded.next_due()), (None, None));
    assert_eq!(concluded.outcome(), &Outcome::Cancelled { reason: prose("No quorum.") });
}

#[test]
fn d7_what_was_published_is_withdrawn_once_with_an_explanation() {
    let world = ready();
    let publication =
        Publication { issued: PartialDate::month_of(date("2017-08").first_day()), published_at: world.now };
    let then = world.now;
    let superseded = EditionState::Superseded { publication, superseded_at: then };
    let withdrawn = EditionState::Withdrawn { publication, withdrawn_at: then, explanation: prose("Unsafe.") };
    for (state, expected) in [
        (EditionState::Draft, Err(WithdrawalProblem::NotPublished)),
        (EditionState::Published(publication), Ok(prose("Unsafe."))),
        (superseded, Ok(prose("Unsafe."))),
        (withdrawn, Err(WithdrawalProblem::AlreadyWithdrawn)),
    ] {
        let permit = world.permit(CHAIR, world.thing(Scope::Whole)).unwrap();
        let decided = withdraw(&permit.on(&edition("1.0", state)).unwrap(), prose("Unsafe."), world.now);
        assert_eq!(decided.map(|withdrawn| withdrawn.explanation), expected);
    }
}
