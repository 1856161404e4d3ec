//! Cells handed to single seats, and how much a seat takes on.

use crate::domain::{
    absence::{Absence, Availability},
    access::{Permit, Thing, act},
    id::{AbsenceId, SeatId},
    review::{
        assignment::{Assignment, AssignmentProblem, assign},
        cell::{Cell, Scope},
        position::PositionAct,
        task::every_task,
    },
    role::Discipline,
    testing::*,
};

fn surgery(scope: Scope) -> Cell {
    Cell { scope, discipline: Discipline::Surgery }
}

/// The second surgeon leads, in a review of three sections.
fn world() -> World {
    let mut world = World::new(&[&[SURGERY], &[SURGERY], &[SURGERY]]);
    world.facts.seats.iter_mut().filter(|seat| seat.id == seat_id(SURGEONS[1])).for_each(|seat| seat.is_lead = true);
    world
}

fn permit(world: &World, by: u128, scope: Scope) -> Result<Permit<act::AssignCells>, Refused> {
    world.permit(by, Thing { disciplines: vec![Discipline::Surgery], ..world.thing(scope) }).map_err(Refused::Denied)
}

fn try_to_assign(world: &mut World, scope: Scope, to: &[u128]) -> Result<(), AssignmentProblem> {
    let permit = permit(world, SURGEONS[1], scope).unwrap();
    let seats = to.iter().map(|number| seat_id(*number)).collect();
    let assigned = assign(&permit.on(&world.facts).unwrap(), seats, world.now)?;
    world.facts.assignments.retain(|assignment| assignment.cell != assigned.cell());
    let (cell, seats) = (assigned.cell(), assigned.seats());
    world.facts.assignments.extend(seats.iter().map(|seat| Assignment { cell, seat: *seat }));
    Ok(())
}

/// The seats that are asked in a cell.
fn asked(world: &World, scope: Scope) -> Vec<SeatId> {
    let tasks = every_task(&world.facts, world.now).into_iter();
    tasks.filter(|(_, task)| task.cell == surgery(scope)).map(|(_, task)| task.seat).collect()
}

#[test]
fn a_cell_is_handed_over_by_the_lead_of_its_discipline_or_the_secretariat() {
    let world = world();
    for by in [SURGEONS[1], SECRETARY] {
        assert!(permit(&world, by, on(0)).is_ok());
    }
    for by in [SURGEONS[0], NURSES[0], CHAIR, ADVISER] {
        assert!(permit(&world, by, on(0)).is_err(), "{by}");
    }
}

#[test]
fn s1_who_is_handed_a_cell_is_asked_and_everybody_of_the_discipline_still_may_sign() {
    let mut world = world();
    let both: Vec<SeatId> = SURGEONS.iter().map(|number| seat_id(*number)).collect();
    assert_eq!(asked(&world, on(0)), both);
    try_to_assign(&mut world, on(0), &[SURGEONS[0]]).unwrap();
    assert_eq!(asked(&world, on(0)), [seat_id(SURGEONS[0])]);
    assert_eq!(asked(&world, on(1)), both, "the other cells are as they were");
    world.take(SURGEONS[1], on(0), PositionAct::Approve).unwrap();
    assert_eq!(asked(&world, on(0)), [], "met");
    world.take(SURGEONS[1], on(0), PositionAct::Withdraw).unwrap();
    try_to_assign(&mut world, on(0), &[]).unwrap();
    assert_eq!(asked(&world, on(0)), both, "handed back");
}

#[test]
fn t6_a_cell_in_the_hands_of_somebody_who_cannot_sign_or_is_away_waits_for_others() {
    let mut world = world();
    try_to_assign(&mut world, on(0), &[SURGEONS[0]]).unwrap();
    let day = |text: &str| date(text).first_day();
    world.facts.absences.push(Absence {
        id: AbsenceId(uuid::Uuid::from_u128(1)),
        seat: seat_id(SURGEONS[0]),
        from: day("2019-01-01"),
        until: day("2019-02-01"),
        availability: Availability::Away,
        stand_in: Some(seat_id(SURGEONS[1])),
        declared_by: person(SURGEONS[0]),
        declared_at: world.now,
        ended_at: None,
    });
    assert_eq!(asked(&world, on(0)), SURGEONS.map(seat_id), "whoever stands in is asked as well");
    world.facts.absences.clear();
    world.take(SURGEONS[0], on(0), PositionAct::Recuse).unwrap();
    assert_eq!(asked(&world, on(0)), [seat_id(SURGEONS[1])], "no cell waits for nobody");
}

#[test]
fn a_seat_is_not_handed_more_than_it_takes_on() {
    let mut world = world();
    let surgeon = |world: &mut World, limit| {
        world
            .facts
            .seats
            .iter_mut()
            .filter(|seat| seat.id == seat_id(SURGEONS[0]))
            .for_each(|seat| seat.load_limit = limit);
    };
    surgeon(&mut world, Some(1));
    try_to_assign(&mut world, on(0), &[SURGEONS[0]]).unwrap();
    assert_eq!(try_to_assign(&mut world, on(1), &[SURGEONS[0]]), Err(AssignmentProblem::LoadLimit { limit: 1 }));
    try_to_assign(&mut world, on(1), &[SURGEONS[1]]).unwrap();
    try_to_assign(&mut world, on(0), &SURGEONS).unwrap();
    world.take(SURGEONS[0], on(0), PositionAct::Approve).unwrap();
    try_to_assign(&mut world, on(1), &[SURGEONS[0]]).unwrap();
    surgeon(&mut world, Some(0));
    assert_eq!(try_to_assign(&mut world, on(2), &[SURGEONS[0]]), Err(AssignmentProblem::LoadLimit { limit: 0 }));
}

#[test]
fn a_cell_is_handed_to_seats_that_can_sign_in_it() {
    let mut world = world();
    for other in [NURSES[0], CHAIR, 999] {
        assert_eq!(try_to_assign(&mut world, on(0), &[other]), Err(AssignmentProblem::SeatUnfit), "{other}");
    }
    assert_eq!(try_to_assign(&mut world, Scope::Whole, &[SURGEONS[0]]), Err(AssignmentProblem::NoSuchCell));
    assert_eq!(try_to_assign(&mut world, on(0), &[]), Err(AssignmentProblem::NothingChanged));
    try_to_assign(&mut world, on(0), &[SURGEONS[0]]).unwrap();
    assert_eq!(try_to_assign(&mut world, on(0), &[SURGEONS[0], SURGEONS[0]]), Err(AssignmentProblem::NothingChanged));
    world.cancel().unwrap();
    assert_eq!(try_to_assign(&mut world, on(0), &[SURGEONS[1]]), Err(AssignmentProblem::ReviewClosed));
}
