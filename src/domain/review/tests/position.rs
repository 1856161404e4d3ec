//! Taking positions, and being refused (S5, S6, S8, S10, S11).

use chrono::Duration;

use crate::domain::{
    access::Denied,
    document::revision::ChangeClass,
    id::PositionId,
    review::{
        cell::{Cell, Scope},
        position::{
            Ask, Position, PositionAct::*, PositionProblem, Staleness, is_recused, latest_act, staleness,
            standing_objections, take,
        },
    },
    role::Discipline,
    testing::*,
    text::Prose,
};

fn one_section() -> World {
    World::new(&[&[SURGERY]])
}

fn surgery() -> Cell {
    Cell { scope: on(0), discipline: Discipline::Surgery }
}

#[test]
fn s5_a_position_names_the_digest_that_was_read_and_when() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    let [taken] = &*world.facts.positions else { panic!("one position") };
    assert_eq!((taken.digest, taken.cell, taken.act), (world.digest(0), surgery(), Approve));
    assert_eq!((taken.seat, taken.recorded_by, taken.taken_at), (seat_id(11), person(11), world.now));
    assert_eq!(taken.instruction, None);
}

#[test]
fn s5_a_position_on_a_text_that_has_moved_on_is_refused_with_the_current_digest() {
    for act in [Approve, Object, Abstain, Recuse] {
        let mut world = one_section();
        let read_before = world.ask(on(0), act);
        world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
        let current = world.digest(0);
        let refused = world.take_as_asked(SURGEONS[0], read_before);
        assert_eq!(refused, Err(PositionProblem::SectionChanged { current }.into()), "{act}");
        assert!(world.facts.positions.is_empty(), "{act}");
    }
}

#[test]
fn s5_a_signature_on_the_whole_is_refused_when_any_section_has_moved_on() {
    let mut world = World::new(&[&[SURGERY], &[NURSING]]);
    let read_before = world.ask(Scope::Whole, Approve);
    world.revise(EDITORS[0], 1, "Another text", ChangeClass::Clinical).unwrap();
    let current = world.facts.text.outline.digest();
    let refused = world.take_as_asked(PATIENTS[0], read_before);
    assert_eq!(refused, Err(PositionProblem::SectionChanged { current }.into()));
}

#[test]
fn s6_an_objection_without_a_written_reason_is_refused() {
    let mut world = one_section();
    let ask = Ask { reason: None, ..world.ask(on(0), Object) };
    assert_eq!(world.take_as_asked(SURGEONS[0], ask), Err(PositionProblem::ReasonMissing.into()));
    // And a blank reason is no reason: it cannot even be made.
    assert!(Prose::new(" \n ").is_err());
}

#[test]
fn s6_an_objection_stands_until_its_holder_lifts_replaces_or_withdraws_it() {
    for end in [Lift, Approve, Abstain, Recuse, Withdraw] {
        let mut world = one_section();
        world.take(SURGEONS[0], on(0), Object).unwrap();
        world.take(SURGEONS[1], on(0), Approve).unwrap();
        assert_eq!(standing_objections(&world.facts, surgery()).count(), 1, "another's approval does not lift it");
        world.take(SURGEONS[0], on(0), end).unwrap();
        assert_eq!(standing_objections(&world.facts, surgery()).count(), 0, "{end}");
    }
}

#[test]
fn s6_an_objection_stands_though_its_text_moved_on() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Object).unwrap();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    assert_eq!(standing_objections(&world.facts, surgery()).count(), 1);
    // Its holder can take it back without having read the new text.
    let long_ago = Ask { seen: content("never written").digest(), ..world.ask(on(0), Lift) };
    world.take_as_asked(SURGEONS[0], long_ago).unwrap();
    assert_eq!(standing_objections(&world.facts, surgery()).count(), 0);
}

#[test]
fn s6_an_objection_can_be_repeated_on_the_new_text_and_stands_once() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Object).unwrap();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    let again = world.take(SURGEONS[0], on(0), Object).unwrap();
    let standing: Vec<_> = standing_objections(&world.facts, surgery()).map(|position| position.id).collect();
    assert_eq!(standing, [again]);
}

#[test]
fn s6_nobody_else_lifts_an_objection() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Object).unwrap();
    assert_eq!(world.take(SURGEONS[1], on(0), Lift), Err(PositionProblem::NothingToLift.into()));
    for stranger in [CHAIR, VICE_CHAIR, SECRETARY, EDITORS[0], NURSES[0]] {
        // Even naming the objector's seat: a permit is for a seat of one's own.
        let seat = world.facts.seat(seat_id(11)).unwrap();
        let thing = world.thing_of_cell(on(0), seat);
        let denied = world.permit::<crate::domain::access::act::TakePosition>(stranger, thing);
        assert_eq!(denied.err(), Some(Denied::Forbidden), "{stranger}");
    }
}

#[test]
fn s6_an_objection_outlives_the_term_of_its_holder() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Object).unwrap();
    world.wait(Duration::minutes(1));
    world.end_seat(SURGEONS[0]);
    assert_eq!(standing_objections(&world.facts, surgery()).count(), 1);
    assert_eq!(world.take(SURGEONS[0], on(0), Lift), Err(Denied::Hidden.into()), "who has left lifts nothing");
}

/// An objection whose holder's term is over, and a successor in the seat.
fn inherited() -> (World, PositionId) {
    let mut world = one_section();
    let objection = world.take(SURGEONS[0], on(0), Object).unwrap();
    world.wait(Duration::minutes(1));
    world.end_seat(SURGEONS[0]);
    world.succeed(SURGEONS[0], SUCCESSORS[0]);
    (world, objection)
}

fn standing(world: &World) -> Vec<PositionId> {
    standing_objections(&world.facts, surgery()).map(|position| position.id).collect()
}

#[test]
fn s6_a_successor_in_the_seat_lifts_the_inherited_objection_by_an_act_that_names_it() {
    let (mut world, objection) = inherited();
    assert_eq!(standing(&world), [objection]);
    assert_eq!(world.take(SURGEONS[1], on(0), Lift), Err(PositionProblem::NothingToLift.into()), "another seat");
    world.take(SUCCESSORS[0], on(0), Lift).unwrap();
    let lift = world.facts.positions.last().unwrap();
    assert_eq!((lift.seat, lift.answers), (seat_id(SUCCESSORS[0]), Some(objection)));
    assert_eq!(standing(&world), []);
    assert_eq!(staleness(&world.facts, &world.facts.positions[0]), Some(Staleness::Replaced));
    assert_eq!(world.take(SUCCESSORS[0], on(0), Lift), Err(PositionProblem::NothingToLift.into()), "only once");
}

#[test]
fn s6_a_successor_who_confirms_the_inherited_objection_has_it_as_their_own() {
    let (mut world, objection) = inherited();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    let confirmed = world.take(SUCCESSORS[0], on(0), Object).unwrap();
    assert_eq!(world.facts.positions.last().unwrap().answers, Some(objection));
    assert_eq!(standing(&world), [confirmed], "one objection, not two");
    world.take(SUCCESSORS[0], on(0), Lift).unwrap();
    assert_eq!(world.facts.positions.last().unwrap().answers, None, "what they lift now is their own");
    assert_eq!(standing(&world), [], "and what they inherited does not come back");
}

#[test]
fn s6_a_successor_ends_an_inherited_objection_by_nothing_but_lifting_or_confirming_it() {
    for act in [Approve, Abstain, Recuse] {
        let (mut world, objection) = inherited();
        world.take(SUCCESSORS[0], on(0), act).unwrap();
        assert_eq!(standing(&world), [objection], "{act}");
        world.take(SUCCESSORS[0], on(0), Withdraw).unwrap();
        assert_eq!(standing(&world), [objection], "{act}, withdrawn");
    }
    let (mut world, _) = inherited();
    world.take(SUCCESSORS[0], on(0), Recuse).unwrap();
    assert_eq!(world.take(SUCCESSORS[0], on(0), Lift), Err(PositionProblem::Recused.into()));
}

#[test]
fn s6_lifting_what_was_inherited_leaves_the_successors_own_signature_as_it_is() {
    let (mut world, _) = inherited();
    let signed = world.take(SUCCESSORS[0], on(0), Approve).unwrap();
    world.take(SUCCESSORS[0], on(0), Lift).unwrap();
    let latest = latest_act(&world.facts, surgery(), seat_id(SUCCESSORS[0])).unwrap();
    assert_eq!((latest.id, staleness(&world.facts, latest)), (signed, None));
    assert!(world.facts.positions[1].taken_at < world.facts.positions[2].taken_at);
}

#[test]
fn s6_an_objection_passes_down_a_line_of_successors_until_one_answers_it() {
    let (mut world, objection) = inherited();
    world.wait(Duration::minutes(1));
    world.end_seat(SUCCESSORS[0]);
    assert_eq!(world.take(SUCCESSORS[0], on(0), Lift), Err(Denied::Hidden.into()), "who has left lifts nothing");
    world.succeed(SUCCESSORS[0], SUCCESSORS[1]);
    assert_eq!(standing(&world), [objection]);
    world.take(SUCCESSORS[1], on(0), Lift).unwrap();
    assert_eq!((standing(&world), world.facts.positions.last().unwrap().answers), (vec![], Some(objection)));
}

#[test]
fn s6_the_secretariat_may_record_a_successors_answer_on_written_instruction() {
    let (mut world, objection) = inherited();
    let ask = world.ask(on(0), Lift);
    world.instruct(SECRETARY, SUCCESSORS[0], ask).unwrap();
    assert_eq!((standing(&world), world.facts.positions.last().unwrap().answers), (vec![], Some(objection)));
}

#[test]
fn s6_a_seat_that_succeeds_nobody_inherits_nothing() {
    let (mut world, objection) = inherited();
    world.facts.seats.iter_mut().for_each(|seat| seat.succeeds = None);
    assert_eq!(world.take(SUCCESSORS[0], on(0), Lift), Err(PositionProblem::NothingToLift.into()));
    let own = world.take(SUCCESSORS[0], on(0), Object).unwrap();
    assert_eq!((standing(&world), world.facts.positions.last().unwrap().answers), (vec![objection, own], None));
}

#[test]
fn s6_there_must_be_an_objection_to_lift() {
    for before in [None, Some(Approve), Some(Abstain), Some(Recuse)] {
        let mut world = one_section();
        if let Some(act) = before {
            world.take(SURGEONS[0], on(0), act).unwrap();
        }
        assert_eq!(world.take(SURGEONS[0], on(0), Lift), Err(PositionProblem::NothingToLift.into()), "{before:?}");
    }
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Object).unwrap();
    world.take(SURGEONS[0], on(0), Lift).unwrap();
    assert_eq!(world.take(SURGEONS[0], on(0), Lift), Err(PositionProblem::NothingToLift.into()));
}

#[test]
fn a4_a_permit_for_one_cell_takes_no_position_in_another() {
    let mut world = World::new(&[&[SURGERY], &[SURGERY]]);
    let seat = world.facts.seat(seat_id(SURGEONS[0])).unwrap().clone();
    let permit = world.permit(SURGEONS[0], world.thing_of_cell(on(0), &seat)).unwrap();
    let (ask, id) = (world.ask(on(1), Approve), PositionId(world.id()));
    let refused = take(&permit.on(&world.facts).unwrap(), ask, id, world.now).map(drop);
    assert_eq!(refused, Err(PositionProblem::NoSuchCell));
}

#[test]
fn s8_who_recused_themselves_takes_the_recusal_back_before_anything_else() {
    for act in [Approve, Object, Abstain] {
        let mut world = one_section();
        world.take(SURGEONS[0], on(0), Recuse).unwrap();
        assert_eq!(world.take(SURGEONS[0], on(0), act), Err(PositionProblem::Recused.into()), "{act}");
        world.take(SURGEONS[0], on(0), Withdraw).unwrap();
        world.take(SURGEONS[0], on(0), act).unwrap();
        assert!(!is_recused(&world.facts, surgery(), seat_id(11)), "{act}");
    }
}

#[test]
fn s8_a_recusal_does_not_end_because_the_text_moved_on() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Recuse).unwrap();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    assert!(is_recused(&world.facts, surgery(), seat_id(11)));
    assert_eq!(world.take(SURGEONS[0], on(0), Approve), Err(PositionProblem::Recused.into()));
}

#[test]
fn s10_a_position_on_written_instruction_keeps_both_names_and_the_member_can_undo_it() {
    let mut world = one_section();
    let ask = world.ask(on(0), Approve);
    world.instruct(SECRETARY, SURGEONS[0], ask).unwrap();
    let taken = &world.facts.positions[0];
    assert_eq!((taken.seat, taken.recorded_by), (seat_id(11), person(SECRETARY)));
    assert_eq!(taken.instruction, Some(prose("Letter of today")));
    world.take(SURGEONS[0], on(0), Withdraw).unwrap();
    assert_eq!(latest_act(&world.facts, surgery(), seat_id(11)).unwrap().act, Withdraw);
}

#[test]
fn s10_nobody_but_the_secretariat_records_an_instruction() {
    let mut world = one_section();
    for stranger in [CHAIR, VICE_CHAIR, SURGEONS[0], SURGEONS[1], ADVISER, EDITORS[0]] {
        let ask = world.ask(on(0), Approve);
        assert_eq!(world.instruct(stranger, SURGEONS[0], ask), Err(Denied::Forbidden.into()), "{stranger}");
    }
}

#[test]
fn s10_chair_secretariat_and_editors_sign_for_no_discipline() {
    let mut world = one_section();
    for (number, instructed) in [(CHAIR, false), (VICE_CHAIR, false), (SECRETARY, false), (CHAIR, true)] {
        let ask = world.ask(on(0), Approve);
        let refused = match instructed {
            false => world.take_as_asked(number, ask),
            true => world.instruct(SECRETARY, number, ask),
        };
        let expected = if instructed { PositionProblem::NoSuchCell.into() } else { Denied::Forbidden.into() };
        assert_eq!(refused, Err(expected), "{number}");
    }
    assert!(world.facts.positions.is_empty());
}

#[test]
fn s10_a_position_cannot_be_recorded_for_a_seat_that_is_not_in_term() {
    let mut world = one_section();
    world.end_seat(SURGEONS[0]);
    let ask = world.ask(on(0), Approve);
    assert_eq!(world.instruct(SECRETARY, SURGEONS[0], ask), Err(PositionProblem::SeatNotInTerm.into()));
}

#[test]
fn s11_the_current_position_is_the_latest_act_by_time_and_id_whatever_the_order_of_the_records() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.wait(Duration::days(1));
    world.take(SURGEONS[0], on(0), Withdraw).unwrap();
    world.facts.positions = world.facts.positions.iter().rev().cloned().collect();
    assert_eq!(latest_act(&world.facts, surgery(), seat_id(11)).unwrap().act, Withdraw);
    // At one instant the id decides.
    let same_instant = world.facts.positions[0].taken_at;
    let at_once = |position: &Position| Position { taken_at: same_instant, ..position.clone() };
    world.facts.positions = world.facts.positions.iter().map(at_once).collect();
    assert_eq!(latest_act(&world.facts, surgery(), seat_id(11)).unwrap().act, Withdraw);
}

#[test]
fn s11_acts_of_one_seat_are_in_the_order_they_were_recorded_though_a_clock_went_back() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.wait(Duration::hours(-1));
    world.take(SURGEONS[0], on(0), Withdraw).unwrap();
    assert!(world.facts.positions[0].taken_at < world.facts.positions[1].taken_at);
    assert_eq!(latest_act(&world.facts, surgery(), seat_id(11)).unwrap().act, Withdraw);
}

#[test]
fn s2_no_act_is_put_after_the_end_of_the_term_it_is_taken_in() {
    let mut world = one_section();
    world.wait(Duration::milliseconds(1));
    world.end_seat(SURGEONS[0]);
    world.wait(Duration::milliseconds(-1));
    world.take(SURGEONS[0], on(0), Abstain).unwrap();
    // In order after the abstention it would fall on the first instant after the term, and never count.
    assert_eq!(world.take(SURGEONS[0], on(0), Approve), Err(PositionProblem::SeatNotInTerm.into()));
}

#[test]
fn s11_withdrawn_stays_withdrawn() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Approve).unwrap();
    world.take(SURGEONS[0], on(0), Withdraw).unwrap();
    assert_eq!(world.take(SURGEONS[0], on(0), Withdraw), Err(PositionProblem::NothingToWithdraw.into()));
    let before = world.facts.text.outline.clone();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.revise(EDITORS[0], 0, "Text 0", ChangeClass::Clinical).unwrap();
    assert_eq!(before.digest(), world.facts.text.outline.digest());
    assert_eq!(latest_act(&world.facts, surgery(), seat_id(11)).unwrap().act, Withdraw);
}

#[test]
fn s11_there_must_be_a_position_to_withdraw() {
    let mut world = one_section();
    assert_eq!(world.take(SURGEONS[0], on(0), Withdraw), Err(PositionProblem::NothingToWithdraw.into()));
    world.take(SURGEONS[0], on(0), Object).unwrap();
    world.take(SURGEONS[0], on(0), Lift).unwrap();
    assert_eq!(world.take(SURGEONS[0], on(0), Withdraw), Err(PositionProblem::NothingToWithdraw.into()));
}

#[test]
fn s11_the_same_position_on_the_same_text_is_recorded_once() {
    for act in [Approve, Object, Abstain, Recuse] {
        let mut world = one_section();
        world.take(SURGEONS[0], on(0), act).unwrap();
        assert_eq!(world.take(SURGEONS[0], on(0), act), Err(PositionProblem::AlreadyTaken.into()), "{act}");
        if act != Recuse {
            world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
            world.take(SURGEONS[0], on(0), act).unwrap();
        }
    }
}

#[test]
fn s1_a_cell_that_the_draft_does_not_ask_for_takes_no_position() {
    let mut world = World::new(&[&[SURGERY], &[NURSING]]);
    let refused = Err(PositionProblem::NoSuchCell.into());
    assert_eq!(world.take(NURSES[0], on(0), Approve), refused, "not a discipline of the section");
    assert_eq!(world.take(SURGEONS[0], Scope::Whole, Approve), refused, "only patient representatives sign the whole");
    assert_eq!(world.take(PATIENTS[0], on(0), Approve), refused);
    assert_eq!(world.take(SURGEONS[0], on(7), Approve), refused, "no such section");
    world.remove(EDITORS[0], section(0)).unwrap();
    assert_eq!(world.take(SURGEONS[0], on(0), Approve), refused, "no longer there");
    world.take(PATIENTS[0], Scope::Whole, Approve).unwrap();
}

#[test]
fn s2_no_position_is_taken_once_the_review_is_over() {
    let mut world = one_section();
    world.take(SURGEONS[0], on(0), Object).unwrap();
    world.cancel().unwrap();
    for act in [Approve, Object, Abstain, Recuse, Lift, Withdraw] {
        assert_eq!(world.take(SURGEONS[0], on(0), act), Err(PositionProblem::ReviewClosed.into()), "{act}");
    }
}
