//! The gate: each blocker, and what clears it (D6, S6, S8, S12, S14).

use chrono::Duration;

use crate::domain::{
    document::revision::ChangeClass,
    review::{
        cell::WHOLE,
        cell::{Cell, Scope},
        gate::{Blocker, gate, proposed_number, sign_off_gate},
        position::PositionAct::*,
    },
    role::Discipline,
    testing::*,
    time::{london_day, start_of_day},
};

const SURGERY_CELL: Cell = Cell {
    scope: Scope::Section(crate::domain::id::SectionId(uuid::Uuid::from_u128(1_000))),
    discipline: Discipline::Surgery,
};

fn not_met(cell: Cell, given: u8, is_stale: bool) -> Blocker {
    Blocker::CellNotMet { cell, needed: 1, given, is_stale }
}

/// Clinically changed, noted and signed: nothing is in the way.
fn ready() -> World {
    let mut world = World::new(&[&[SURGERY]]);
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.note();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
    world
}

#[test]
fn s14_the_gate_is_empty_when_every_cell_is_met_nothing_stands_and_the_note_is_there() {
    let world = ready();
    assert_eq!(world.blockers(), []);
    assert!(gate(&world.facts, world.now).is_ready());
}

#[test]
fn s14_a_cell_that_is_not_met_is_a_blocker() {
    let mut world = World::new(&[&[SURGERY]]);
    assert_eq!(world.blockers(), [not_met(SURGERY_CELL, 0, false), not_met(WHOLE, 0, false)]);
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    assert_eq!(world.blockers(), [not_met(WHOLE, 0, false)]);
}

#[test]
fn s14_the_gate_follows_from_the_facts_and_not_from_what_it_said_before() {
    let mut world = ready();
    world.revise(EDITORS[0], 0, "Yet another text", ChangeClass::Clinical).unwrap();
    assert_eq!(world.blockers(), [not_met(SURGERY_CELL, 0, true), not_met(WHOLE, 0, true)]);
}

#[test]
fn s9_the_lone_approval_of_an_author_is_not_counted_as_given() {
    let mut world = World::new(&[&[SURGERY]]);
    world.revise(SURGEONS[0], 0, "A surgeon's text", ChangeClass::Clinical).unwrap();
    world.note();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
    assert_eq!(world.blockers(), [not_met(SURGERY_CELL, 0, false)]);
}

#[test]
fn s6_each_objection_that_stands_is_a_blocker_until_it_is_lifted() {
    let mut world = ready();
    let first = world.take(SURGEONS[0], on(0), Object).unwrap();
    let second = world.take(SURGEONS[1], on(0), Object).unwrap();
    let whole = world.take(PATIENTS[1], Scope::Whole, Object).unwrap();
    let stands = |cell, position, by| Blocker::ObjectionStands { cell, position, lifter: Some(seat_id(by)) };
    let three = [
        stands(SURGERY_CELL, first, SURGEONS[0]),
        stands(SURGERY_CELL, second, SURGEONS[1]),
        stands(WHOLE, whole, PATIENTS[1]),
    ];
    assert_eq!(world.blockers(), three);
    world.revise(EDITORS[0], 0, "Yet another text", ChangeClass::Clinical).unwrap();
    assert_eq!(world.blockers(), three, "an edit lifts nothing");
    for (number, scope) in [(SURGEONS[0], on(0)), (SURGEONS[1], on(0)), (PATIENTS[1], Scope::Whole)] {
        world.take(number, scope, Lift).unwrap();
    }
    assert_eq!(world.blockers(), [not_met(SURGERY_CELL, 0, false), not_met(WHOLE, 0, true)]);
}

#[test]
fn s6_the_gate_names_the_seat_that_can_lift_an_objection_or_that_none_can() {
    let mut world = ready();
    let position = world.take(SURGEONS[0], on(0), Object).unwrap();
    world.wait(Duration::days(1));
    let stands =
        |by: Option<u128>| [Blocker::ObjectionStands { cell: SURGERY_CELL, position, lifter: by.map(seat_id) }];
    assert_eq!(world.blockers(), stands(Some(SURGEONS[0])));
    world.end_seat(SURGEONS[0]);
    assert_eq!(world.blockers(), stands(None));
    world.succeed(SURGEONS[0], SUCCESSORS[0]);
    assert_eq!(world.blockers(), stands(Some(SUCCESSORS[0])));
    world.wait(Duration::days(1));
    world.end_seat(SUCCESSORS[0]);
    world.succeed(SUCCESSORS[0], SUCCESSORS[1]);
    assert_eq!(world.blockers(), stands(Some(SUCCESSORS[1])), "whoever sits there now");
}

#[test]
fn s8_a_discipline_without_a_seat_that_can_sign_is_a_blocker() {
    let mut world = World::new(&[&[SURGERY]]);
    world.take(SURGEONS[0], on(0), Recuse).unwrap();
    world.end_seat(SURGEONS[1]);
    assert_eq!(world.blockers(), [Blocker::NoEligibleSeat { cell: SURGERY_CELL }, not_met(WHOLE, 0, false)]);
}

#[test]
fn s12_no_patient_representative_means_no_edition() {
    let mut world = ready();
    world.facts.seats.retain(|seat| seat.post.discipline() != Some(Discipline::PatientRepresentative));
    assert_eq!(world.blockers(), [Blocker::NoEligibleSeat { cell: WHOLE }]);
}

#[test]
fn s14_the_final_window_begins_when_the_last_cell_is_met_and_ends_on_the_instant() {
    let mut world = World::new(&[&[SURGERY]]);
    world.facts.review.final_window_days = 10;
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.note();
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
    world.wait(Duration::days(30));
    assert_eq!(gate(&world.facts, world.now).window_until, None, "not while a cell is open");
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    let until = world.now + Duration::days(10);
    assert_eq!(world.blockers(), [Blocker::FinalWindow { until }]);
    world.wait(Duration::days(10) - Duration::milliseconds(1));
    assert_eq!(world.blockers(), [Blocker::FinalWindow { until }]);
    world.wait(Duration::milliseconds(1));
    assert_eq!(world.blockers(), []);
    assert_eq!(gate(&world.facts, world.now).window_until, Some(until));
}

#[test]
fn s14_the_final_window_begins_anew_when_a_change_is_signed_or_its_confirmation_carries_signatures_over() {
    let mut world = ready();
    world.facts.review.final_window_days = 10;
    world.wait(Duration::days(9));
    world.revise(EDITORS[0], 0, "Another text.", ChangeClass::Editorial).unwrap();
    world.confirm(EDITORS[1], section(0)).unwrap();
    let until = world.now + Duration::days(10);
    assert_eq!(world.blockers(), [Blocker::FinalWindow { until }]);
    world.revise(EDITORS[0], 0, "Yet another text", ChangeClass::Clinical).unwrap();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
    assert_eq!(world.blockers(), [Blocker::FinalWindow { until: world.now + Duration::days(10) }]);
}

#[test]
fn d6_a_major_number_needs_a_change_note_and_a_minor_one_does_not() {
    let mut world = ready();
    world.facts.draft.as_mut().unwrap().change_note = None;
    assert_eq!(proposed_number(&world.facts).to_string(), "2.0");
    assert_eq!(world.blockers(), [Blocker::ChangeNoteMissing]);

    let mut world = World::new(&[&[SURGERY]]);
    world.revise(EDITORS[0], 0, "Text 0.", ChangeClass::Editorial).unwrap();
    world.confirm(EDITORS[1], section(0)).unwrap();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
    assert_eq!(proposed_number(&world.facts).to_string(), "1.1");
    assert_eq!(world.blockers(), []);
}

#[test]
fn d6_the_note_is_asked_for_beside_whatever_else_is_in_the_way() {
    let mut world = World::new(&[&[SURGERY]]);
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    let missing = [not_met(SURGERY_CELL, 0, false), not_met(WHOLE, 0, false), Blocker::ChangeNoteMissing];
    assert_eq!(world.blockers(), missing);
    assert_eq!(sign_off_gate(&world.facts, world.now).blockers, missing[..2], "a reaffirmation needs no note");
}

#[test]
fn d6_a_first_edition_keeps_the_number_it_was_brought_in_with() {
    let mut world = ready();
    world.facts.base = None;
    assert_eq!(proposed_number(&world.facts), "2.0".parse().unwrap());
    world.facts.draft = None;
    assert_eq!(proposed_number(&world.facts), "1.0".parse().unwrap());
}

#[test]
fn s7_a_request_for_time_blocks_until_its_day_is_over_and_the_final_window_begins_then() {
    let mut world = ready();
    world.facts.review.final_window_days = 10;
    let request = world.take(SURGEONS[1], on(0), NeedMoreTime).unwrap();
    // A week from now, to the end of that day in London.
    let until = start_of_day(london_day(world.now) + chrono::Days::new(8));
    let blocker = Blocker::TimeRequested { cell: SURGERY_CELL, position: request, until };
    assert_eq!(gate(&world.facts, world.now).blockers, [blocker]);
    let last = gate(&world.facts, until - Duration::milliseconds(1));
    assert_eq!(last.window_until, None);
    assert_eq!(gate(&world.facts, until).window_until, Some(until + chrono::Days::new(10)));
}

#[test]
fn s7_a_request_for_time_that_an_edit_ended_puts_the_final_window_off_no_more() {
    let mut world = ready();
    world.facts.review.final_window_days = 10;
    world.take(SURGEONS[1], on(0), NeedMoreTime).unwrap();
    world.revise(EDITORS[0], 0, "Yet another text", ChangeClass::Clinical).unwrap();
    world.wait(Duration::hours(1));
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
    let window = gate(&world.facts, world.now).window_until.unwrap();
    assert!(window < world.now + chrono::Days::new(11));
    assert_eq!(gate(&world.facts, world.now + chrono::Days::new(30)).window_until, Some(window));
}
