//! Which positions still count (S2 to S4), and the decisions about texts that come back or change in wording only.

use chrono::Duration;

use crate::domain::{
    document::{outline::Place, revision::ChangeClass},
    id::PositionId,
    review::{
        cell::Scope,
        position::{PositionAct::*, Staleness, impact, staleness},
    },
    role::{Discipline, Office, Term},
    testing::*,
};

const PATIENT: (Discipline, u8) = (Discipline::PatientRepresentative, 1);

/// Everybody has signed everything of two sections.
fn signed() -> World {
    let mut world = World::new(&[&[SURGERY, PATIENT], &[SURGERY]]);
    for index in [0, 1] {
        world.take(SURGEONS[0], on(index), Approve).unwrap();
    }
    world.take(PATIENTS[0], on(0), Approve).unwrap();
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
    world.wait(Duration::days(1));
    world
}

fn stale_scopes(world: &World) -> Vec<Scope> {
    let stale = world.facts.positions.iter().filter(|position| staleness(&world.facts, position).is_some());
    stale.map(|position| position.cell.scope).collect()
}

fn reasons(world: &World) -> Vec<Option<Staleness>> {
    world.facts.positions.iter().map(|position| staleness(&world.facts, position)).collect()
}

#[test]
fn s2_a_position_on_the_current_text_counts() {
    assert_eq!(stale_scopes(&signed()), []);
}

#[test]
fn s3_an_edit_makes_stale_exactly_the_positions_on_its_section_and_on_the_whole() {
    let mut world = signed();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    assert_eq!(stale_scopes(&world), [on(0), on(0), Scope::Whole]);
    let mut world = signed();
    world.revise(EDITORS[0], 1, "Another text", ChangeClass::Clinical).unwrap();
    assert_eq!(stale_scopes(&world), [on(1), Scope::Whole]);
}

#[test]
fn s3_every_kind_of_position_goes_stale_with_its_text() {
    for act in [Approve, Object, Abstain, Recuse] {
        let mut world = World::new(&[&[SURGERY]]);
        world.take(SURGEONS[0], on(0), act).unwrap();
        world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
        assert_eq!(reasons(&world), [Some(Staleness::TextChanged)], "{act}");
    }
}

#[test]
fn s3_moving_a_section_makes_nothing_stale() {
    let mut world = signed();
    world.relocate(EDITORS[0], section(0), Place { parent: None, after: Some(section(1)) }).unwrap();
    assert_eq!(stale_scopes(&world), []);
}

#[test]
fn s12_adding_or_removing_a_section_makes_the_whole_stale_and_no_other_section() {
    let mut world = signed();
    world.create(EDITORS[0], new_section(9)).unwrap();
    assert_eq!(stale_scopes(&world), [Scope::Whole]);
    let mut world = signed();
    world.remove(EDITORS[0], section(1)).unwrap();
    assert_eq!(stale_scopes(&world), [on(1), Scope::Whole]);
}

#[test]
fn d5_an_editorial_change_counts_as_clinical_until_confirmed_and_then_carries_positions_over() {
    let mut world = signed();
    world.revise(EDITORS[0], 0, "Text 0.", ChangeClass::Editorial).unwrap();
    assert_eq!(stale_scopes(&world), [on(0), on(0), Scope::Whole]);
    world.confirm(EDITORS[1], section(0)).unwrap();
    assert_eq!(stale_scopes(&world), []);
}

#[test]
fn s3_confirmed_editorial_changes_carry_positions_over_one_after_another() {
    let mut world = signed();
    for body in ["Text 0.", "Text 0!", "Text 0?"] {
        world.revise(EDITORS[0], 0, body, ChangeClass::Editorial).unwrap();
        world.confirm(EDITORS[1], section(0)).unwrap();
        world.revise(EDITORS[0], 1, body, ChangeClass::Editorial).unwrap();
        world.confirm(EDITORS[1], section(1)).unwrap();
    }
    assert_eq!(stale_scopes(&world), []);
    // A clinical change in between ends it, whatever is confirmed afterwards.
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.revise(EDITORS[0], 0, "Another text.", ChangeClass::Editorial).unwrap();
    world.confirm(EDITORS[1], section(0)).unwrap();
    assert_eq!(stale_scopes(&world), [on(0), on(0), Scope::Whole]);
}

#[test]
fn s3_a_confirmation_does_not_vouch_for_the_unconfirmed_change_before_it() {
    let mut world = signed();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Editorial).unwrap();
    world.revise(EDITORS[0], 0, "Another text.", ChangeClass::Editorial).unwrap();
    world.confirm(EDITORS[1], section(0)).unwrap();
    assert_eq!(stale_scopes(&world), [on(0), on(0), Scope::Whole]);
}

#[test]
fn s3_the_whole_is_carried_over_once_every_change_since_is_confirmed() {
    let mut world = signed();
    world.revise(EDITORS[0], 0, "Text 0.", ChangeClass::Editorial).unwrap();
    world.revise(EDITORS[0], 1, "Text 1.", ChangeClass::Editorial).unwrap();
    world.confirm(EDITORS[1], section(1)).unwrap();
    assert_eq!(stale_scopes(&world), [on(0), on(0), Scope::Whole]);
    world.confirm(EDITORS[1], section(0)).unwrap();
    assert_eq!(stale_scopes(&world), []);
}

#[test]
fn s2_signatures_count_again_when_their_text_comes_back() {
    let mut world = signed();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.revise(EDITORS[1], 0, "Text 0", ChangeClass::Clinical).unwrap();
    assert_eq!(stale_scopes(&world), []);
}

#[test]
fn s2_a_later_act_of_the_same_seat_in_the_same_cell_replaces_a_position() {
    for act in [Object, Abstain, Withdraw] {
        let mut world = signed();
        world.take(SURGEONS[0], on(0), act).unwrap();
        assert_eq!(reasons(&world)[..4], [Some(Staleness::Replaced), None, None, None], "{act}");
    }
    let mut world = signed();
    world.take(SURGEONS[1], on(0), Abstain).unwrap();
    assert_eq!(stale_scopes(&world), [], "another seat replaces nothing");
}

#[test]
fn s2_a_position_of_a_seat_that_recused_itself_is_stale_for_that_reason() {
    let mut world = signed();
    world.take(SURGEONS[0], on(0), Recuse).unwrap();
    assert_eq!(reasons(&world), [Some(Staleness::Recused), None, None, None, None]);
    world.take(SURGEONS[0], on(0), Withdraw).unwrap();
    assert_eq!(reasons(&world)[0], Some(Staleness::Replaced), "coming back does not bring the signature back");
}

#[test]
fn s2_a_signature_outlives_the_term_it_was_given_in() {
    let mut world = signed();
    world.end_seat(SURGEONS[0]);
    assert_eq!(stale_scopes(&world), []);
}

#[test]
fn s2_a_position_counts_only_if_its_seat_was_in_term_when_it_was_taken() {
    let mut world = signed();
    let taken_at = world.facts.positions[0].taken_at;
    for (from, until, counts) in [
        (taken_at, None, true),
        (taken_at + Duration::milliseconds(1), None, false),
        (at("2017-01-01T00:00:00Z"), Some(taken_at), false),
        (at("2017-01-01T00:00:00Z"), Some(taken_at + Duration::milliseconds(1)), true),
    ] {
        let seat = world.facts.seats.iter_mut().find(|seat| seat.id == seat_id(11)).unwrap();
        seat.term = Term::new(from, until).unwrap();
        let expected = (!counts).then_some(Staleness::SeatNotEligible);
        assert_eq!(reasons(&world)[0], expected, "{from} until {until:?}");
    }
}

#[test]
fn s2_a_position_counts_only_for_the_discipline_of_its_seat() {
    let mut world = signed();
    let index = world.facts.seats.iter().position(|seat| seat.id == seat_id(11)).unwrap();
    world.facts.seats[index].post = seat(11, Office::Member, Some(Discipline::Oncology)).post;
    assert_eq!(reasons(&world)[0], Some(Staleness::SeatNotEligible));
    world.facts.seats.remove(index);
    assert_eq!(reasons(&world)[0], Some(Staleness::SeatNotEligible), "no such seat");
}

#[test]
fn s4_the_impact_told_before_an_edit_is_what_the_edit_makes_stale() {
    let mut world = signed();
    world.take(SURGEONS[1], on(0), Object).unwrap();
    world.take(SURGEONS[1], on(0), Lift).unwrap();
    world.take(SURGEONS[1], on(0), Abstain).unwrap();
    for index in [0, 1] {
        let told: Vec<PositionId> = impact(&world.facts, section(index)).iter().map(|position| position.id).collect();
        let mut after = world.clone();
        after.revise(EDITORS[0], index, "Another text", ChangeClass::Clinical).unwrap();
        let counted = |world: &World, index: usize| staleness(&world.facts, &world.facts.positions[index]).is_none();
        let made_stale = (0..world.facts.positions.len()).filter(|at| counted(&world, *at) && !counted(&after, *at));
        let made_stale: Vec<PositionId> = made_stale.map(|at| world.facts.positions[at].id).collect();
        assert_eq!(told, made_stale);
        assert!(impact(&after.facts, section(index)).is_empty(), "nothing is left to make stale");
    }
}
