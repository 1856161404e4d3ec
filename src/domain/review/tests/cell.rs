//! When a cell is met, and what it lacks otherwise (S1, S8, S9, S12).

use chrono::Duration;

use crate::domain::{
    document::revision::ChangeClass,
    review::{
        cell::{Cell, Scope},
        cell::{WHOLE, cells},
        examination::{CellState, examine_all},
        position::PositionAct::*,
    },
    role::{Discipline, Office, Seat, Term},
    testing::*,
};

const PATIENT: (Discipline, u8) = (Discipline::PatientRepresentative, 1);
const TWO_SURGEONS: (Discipline, u8) = (Discipline::Surgery, 2);

/// Where the first cell stands: surgery on the first section, in these tests.
fn state(world: &World) -> CellState {
    examine_all(&world.facts, world.now)[0].state
}

fn given(world: &World) -> (u8, u8) {
    let cells = examine_all(&world.facts, world.now);
    (cells[0].given, cells[0].needed)
}

fn keep_only(world: &mut World, seats: &[u128]) {
    let surgeon = |seat: &Seat| seat.post.discipline() == Some(Discipline::Surgery);
    world.facts.seats.retain(|seat| !surgeon(seat) || seats.iter().any(|number| seat.id == seat_id(*number)));
}

/// A surgeon writes the text of the first section: an EDITOR grant is not needed for a section of one's own.
fn written_by(surgeon: u128, required: (Discipline, u8)) -> World {
    let mut world = World::new(&[&[required]]);
    world.revise(surgeon, 0, "A surgeon's text", ChangeClass::Clinical).unwrap();
    world
}

#[test]
fn s1_every_discipline_named_must_be_met_and_any_seat_of_it_meets_it() {
    let mut world = World::new(&[&[SURGERY, NURSING]]);
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    let states: Vec<_> = examine_all(&world.facts, world.now).iter().map(|cell| cell.state).collect();
    assert_eq!(states, [CellState::Met, CellState::Open, CellState::Open]);
    world.take(NURSES[0], on(0), Approve).unwrap();
    let states: Vec<_> = examine_all(&world.facts, world.now).iter().map(|cell| cell.state).collect();
    assert_eq!(states, [CellState::Met, CellState::Met, CellState::Open]);
}

#[test]
fn s1_cells_are_what_sections_name_in_reading_order_and_then_the_whole() {
    let world = World::new(&[&[NURSING, SURGERY], &[], &[NURSING]]);
    let cell = |index, discipline| Cell { scope: on(index), discipline };
    let expected = [cell(0, Discipline::Surgery), cell(0, Discipline::Nursing), cell(2, Discipline::Nursing), WHOLE];
    assert_eq!(cells(&world.facts).into_iter().map(|(cell, _)| cell).collect::<Vec<_>>(), expected);
}

#[test]
fn s1_as_many_approvals_are_needed_as_are_asked() {
    let mut world = World::new(&[&[TWO_SURGEONS]]);
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    assert_eq!((state(&world), given(&world)), (CellState::Open, (1, 2)));
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    assert_eq!((state(&world), given(&world)), (CellState::Met, (2, 2)));
}

#[test]
fn s1_one_person_with_two_seats_of_a_discipline_is_one_approval() {
    let mut world = World::new(&[&[TWO_SURGEONS]]);
    let twice = Seat { holder: person(SURGEONS[0]), ..seat(13, Office::Chair, Some(Discipline::Surgery)) };
    world.facts.seats.push(twice.clone());
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    let permit = world.permit(SURGEONS[0], world.thing_of_cell(on(0), &twice)).unwrap();
    let id = crate::domain::id::PositionId(world.id());
    let ask = world.ask(on(0), Approve);
    let taken = crate::domain::review::position::take(&permit.on(&world.facts).unwrap(), ask, id, world.now).unwrap();
    world.facts.positions.push(taken.position().clone());
    assert_eq!((state(&world), given(&world)), (CellState::Open, (1, 2)));
}

#[test]
fn s1_a_chair_with_a_discipline_signs_for_it_like_any_seat() {
    let mut world = World::new(&[&[SURGERY]]);
    world.facts.seats.retain(|seat| seat.id != seat_id(CHAIR));
    world.facts.seats.push(seat(CHAIR, Office::Chair, Some(Discipline::Surgery)));
    world.take(CHAIR, on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Met);
}

#[test]
fn s2_a_cell_whose_sign_off_went_stale_asks_its_holder_again() {
    let mut world = World::new(&[&[SURGERY]]);
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    assert_eq!((state(&world), given(&world)), (CellState::Stale, (0, 1)));
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Met);
}

#[test]
fn s2_a_sign_off_withdrawn_or_replaced_leaves_a_cell_open() {
    for act in [Withdraw, Abstain] {
        let mut world = World::new(&[&[SURGERY]]);
        world.take(SURGEONS[0], on(0), Approve).unwrap();
        world.take(SURGEONS[0], on(0), act).unwrap();
        assert_eq!(state(&world), CellState::Open, "{act}");
    }
}

#[test]
fn s6_an_objection_blocks_a_cell_that_is_otherwise_met_even_when_its_text_moved_on() {
    let mut world = World::new(&[&[SURGERY]]);
    world.take(SURGEONS[0], on(0), Object).unwrap();
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Blocked);
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Blocked);
    world.take(SURGEONS[0], on(0), Lift).unwrap();
    assert_eq!(state(&world), CellState::Met);
}

#[test]
fn s8_abstain_stays_in_the_count_of_seats_and_recuse_leaves_it() {
    let mut world = World::new(&[&[TWO_SURGEONS]]);
    world.take(SURGEONS[0], on(0), Abstain).unwrap();
    assert_eq!(state(&world), CellState::Open);
    world.take(SURGEONS[0], on(0), Recuse).unwrap();
    assert_eq!(state(&world), CellState::NoEligibleSeat, "two are asked and one is left");
    world.take(SURGEONS[0], on(0), Withdraw).unwrap();
    assert_eq!(state(&world), CellState::Open);
}

#[test]
fn s8_a_recusal_is_for_one_cell() {
    let mut world = World::new(&[&[SURGERY], &[SURGERY]]);
    keep_only(&mut world, &[SURGEONS[0]]);
    world.take(SURGEONS[0], on(1), Recuse).unwrap();
    let states: Vec<_> = examine_all(&world.facts, world.now).iter().map(|cell| cell.state).collect();
    assert_eq!(states, [CellState::Open, CellState::NoEligibleSeat, CellState::Open]);
}

#[test]
fn s8_a_discipline_whose_terms_are_over_or_not_begun_has_no_eligible_seat() {
    let mut world = World::new(&[&[SURGERY]]);
    world.end_seat(SURGEONS[0]);
    assert_eq!(state(&world), CellState::Open);
    let tomorrow = world.now + Duration::days(1);
    let second = world.facts.seats.iter_mut().find(|seat| seat.id == seat_id(12)).unwrap();
    second.term = Term::new(tomorrow, None).unwrap();
    assert_eq!(state(&world), CellState::NoEligibleSeat);
    world.wait(Duration::days(1));
    assert_eq!(state(&world), CellState::Open);
}

#[test]
fn s8_a_sign_off_counts_beside_one_still_to_come_though_its_term_is_over() {
    let mut world = World::new(&[&[TWO_SURGEONS]]);
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.wait(Duration::days(1));
    world.end_seat(SURGEONS[0]);
    assert_eq!(state(&world), CellState::Open);
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Met);
}

#[test]
fn s9_an_author_may_approve_but_it_counts_only_beside_another() {
    let mut world = written_by(SURGEONS[0], SURGERY);
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    assert_eq!((state(&world), given(&world)), (CellState::Open, (0, 1)));
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Met);
    let mut world = written_by(SURGEONS[0], TWO_SURGEONS);
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    assert_eq!((state(&world), given(&world)), (CellState::Met, (2, 2)), "beside another it counts in full");
}

#[test]
fn s9_another_than_the_author_needs_nobody_beside_them() {
    let mut world = written_by(SURGEONS[0], SURGERY);
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Met);
}

#[test]
fn s9_an_approval_of_another_discipline_does_not_stand_beside_an_author() {
    let mut world = World::new(&[&[SURGERY, NURSING]]);
    world.revise(SURGEONS[0], 0, "A surgeon's text", ChangeClass::Clinical).unwrap();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(NURSES[0], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Open);
}

#[test]
fn s9_a_discipline_of_the_author_alone_has_no_eligible_seat() {
    let mut world = written_by(SURGEONS[0], SURGERY);
    keep_only(&mut world, &[SURGEONS[0]]);
    assert_eq!(state(&world), CellState::NoEligibleSeat);
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::NoEligibleSeat);
}

#[test]
fn s9_an_author_remains_one_when_another_changes_the_wording_only() {
    let mut world = written_by(SURGEONS[0], SURGERY);
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.revise(EDITORS[0], 0, "A surgeon's text.", ChangeClass::Editorial).unwrap();
    world.confirm(EDITORS[1], section(0)).unwrap();
    assert_eq!((state(&world), given(&world)), (CellState::Open, (0, 1)), "a comma does not make it another's text");
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Met);
}

#[test]
fn s9_who_wrote_an_earlier_text_is_not_the_author_of_this_one() {
    let mut world = written_by(SURGEONS[0], SURGERY);
    world.revise(EDITORS[0], 0, "An editor's text", ChangeClass::Clinical).unwrap();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    assert_eq!(state(&world), CellState::Met);
}

#[test]
fn s12_patient_representatives_sign_the_whole_whatever_the_sections_name() {
    for required in [&[][..], &[&[][..]], &[&[SURGERY][..]], &[&[PATIENT][..]]] {
        let world = World::new(required);
        assert_eq!(cells(&world.facts).last(), Some(&(WHOLE, 1)));
    }
}

#[test]
fn s12_signing_the_sections_is_not_signing_the_whole_and_the_other_way_round() {
    let mut world = World::new(&[&[PATIENT]]);
    let states = |world: &World| examine_all(&world.facts, world.now).iter().map(|cell| cell.state).collect::<Vec<_>>();
    world.take(PATIENTS[0], on(0), Approve).unwrap();
    assert_eq!(states(&world), [CellState::Met, CellState::Open]);
    world.take(PATIENTS[0], on(0), Withdraw).unwrap();
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
    assert_eq!(states(&world), [CellState::Open, CellState::Met]);
}

#[test]
fn s14_a_cell_is_met_when_the_last_sign_off_it_needed_was_given() {
    let mut world = World::new(&[&[SURGERY]]);
    let met_at = |world: &World| examine_all(&world.facts, world.now)[0].met_at;
    assert_eq!(met_at(&world), None);
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    let first = world.now;
    world.wait(Duration::days(3));
    world.take(SURGEONS[1], on(0), Approve).unwrap();
    assert_eq!(met_at(&world), Some(first), "one more than needed changes nothing");
}

#[test]
fn s14_a_cell_that_was_blocked_is_met_when_the_objection_ceased_to_stand_and_not_later() {
    for end in [Lift, Withdraw] {
        let mut world = World::new(&[&[SURGERY]]);
        world.take(SURGEONS[0], on(0), Approve).unwrap();
        world.take(SURGEONS[1], on(0), Object).unwrap();
        world.wait(Duration::days(2));
        assert_eq!(examine_all(&world.facts, world.now)[0].met_at, None, "{end}");
        world.take(SURGEONS[1], on(0), end).unwrap();
        let lifted_at = world.now;
        world.wait(Duration::days(9));
        // What its holder does afterwards must not begin the final window anew.
        world.take(SURGEONS[1], on(0), Abstain).unwrap();
        assert_eq!(examine_all(&world.facts, world.now)[0].met_at, Some(lifted_at), "{end}");
    }
}
