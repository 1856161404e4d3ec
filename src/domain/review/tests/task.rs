//! What waits for whom (T4).

use crate::domain::{
    document::revision::ChangeClass,
    review::{
        cell::Scope,
        position::PositionAct::*,
        task::{TaskReason, tasks},
    },
    testing::*,
};

fn waiting(world: &World, number: u128) -> Vec<(Scope, TaskReason)> {
    let tasks = tasks(&world.facts, person(number), world.now).into_iter();
    tasks.map(|task| (task.cell.scope, task.reason)).collect()
}

fn world() -> World {
    World::new(&[&[SURGERY, NURSING], &[NURSING]])
}

#[test]
fn t4_each_seat_is_asked_for_what_its_discipline_owes() {
    let world = world();
    assert_eq!(waiting(&world, SURGEONS[0]), [(on(0), TaskReason::NotSigned)]);
    assert_eq!(waiting(&world, NURSES[0]), [(on(0), TaskReason::NotSigned), (on(1), TaskReason::NotSigned)]);
    assert_eq!(waiting(&world, PATIENTS[0]), [(Scope::Whole, TaskReason::NotSigned)]);
    for number in [CHAIR, SECRETARY, ADVISER, OBSERVER, EDITORS[0]] {
        assert_eq!(waiting(&world, number), []);
    }
}

#[test]
fn t4_a_cell_that_is_met_asks_nobody() {
    let mut world = world();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    assert_eq!(waiting(&world, SURGEONS[0]), []);
    assert_eq!(waiting(&world, SURGEONS[1]), []);
}

#[test]
fn t4_who_signed_the_text_before_is_asked_again() {
    let mut world = world();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    assert_eq!(waiting(&world, SURGEONS[0]), [(on(0), TaskReason::Stale)]);
    assert_eq!(waiting(&world, SURGEONS[1]), [(on(0), TaskReason::NotSigned)]);
}

#[test]
fn s6_an_objection_waits_for_its_holder() {
    let mut world = world();
    world.take(SURGEONS[0], on(0), Object).unwrap();
    assert_eq!(waiting(&world, SURGEONS[0]), [(on(0), TaskReason::ObjectionOfMine)]);
    assert_eq!(waiting(&world, SURGEONS[1]), [(on(0), TaskReason::NotSigned)]);
    world.take(SURGEONS[0], on(0), Lift).unwrap();
    assert_eq!(waiting(&world, SURGEONS[0]), [(on(0), TaskReason::NotSigned)]);
}

#[test]
fn s6_an_inherited_objection_waits_for_the_successor_alone_until_it_is_answered() {
    for answer in [Lift, Object] {
        let mut world = world();
        let objection = world.take(SURGEONS[0], on(0), Object).unwrap();
        world.wait(chrono::Duration::minutes(1));
        world.end_seat(SURGEONS[0]);
        world.succeed(SURGEONS[0], SUCCESSORS[0]);
        assert_eq!(waiting(&world, SUCCESSORS[0]), [(on(0), TaskReason::InheritedObjection)]);
        assert_eq!(tasks(&world.facts, person(SUCCESSORS[0]), world.now)[0].latest, Some(objection));
        assert_eq!(waiting(&world, SURGEONS[0]), []);
        assert_eq!(waiting(&world, SURGEONS[1]), [(on(0), TaskReason::NotSigned)]);
        world.take(SUCCESSORS[0], on(0), answer).unwrap();
        let then = if answer == Lift { TaskReason::NotSigned } else { TaskReason::ObjectionOfMine };
        assert_eq!(waiting(&world, SUCCESSORS[0]), [(on(0), then)]);
    }
}

#[test]
fn s8_a_seat_that_recused_itself_or_is_out_of_term_owes_nothing() {
    let mut world = world();
    world.take(SURGEONS[0], on(0), Recuse).unwrap();
    assert_eq!(waiting(&world, SURGEONS[0]), []);
    world.end_seat(SURGEONS[1]);
    assert_eq!(waiting(&world, SURGEONS[1]), []);
}

#[test]
fn s10_a_member_is_told_what_was_recorded_in_their_name() {
    for act in [Approve, Abstain, Recuse] {
        let mut world = world();
        let ask = world.ask(on(0), act);
        world.instruct(SECRETARY, SURGEONS[0], ask).unwrap();
        assert_eq!(waiting(&world, SURGEONS[0]), [(on(0), TaskReason::RecordedOnInstruction)]);
        world.take(SURGEONS[0], on(0), Withdraw).unwrap();
        assert_eq!(waiting(&world, SURGEONS[0]), [(on(0), TaskReason::NotSigned)]);
    }
}

#[test]
fn t4_nothing_waits_once_the_review_is_over() {
    let mut world = world();
    world.cancel().unwrap();
    assert_eq!(waiting(&world, SURGEONS[0]), []);
}
