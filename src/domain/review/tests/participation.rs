//! Who takes part, because of interests (S8) and in spite of offices.

use crate::domain::{
    access::{Denied, Thing, act},
    comment::{CommentProblem, Remark},
    document::{draft::DraftProblem, revision::ChangeClass},
    id::{CommentId, InterestActionId, InterestId},
    interest::{Interest, InterestCategory},
    review::{
        ballot::{self, BallotProblem},
        cell::Scope,
        conclusion::{ConclusionProblem, publish},
        examination::{CellState, examine_all},
        gate::{Blocker, gate},
        participation::{InterestAction, NewAction, ParticipationProblem, decide, non_participants},
        position::{PositionAct, PositionProblem, Staleness, staleness},
        task::tasks,
    },
    role::Discipline,
    testing::*,
};
use InterestAction::{DeclareOnly, DiscussOnly, Exclude};

const NURSING: (Discipline, u8) = (Discipline::Nursing, 1);

fn interest(of: u128) -> Interest {
    Interest {
        id: InterestId(uuid::Uuid::from_u128(of)),
        seat: seat_id(of),
        category: InterestCategory::Financial,
        description: prose("Shares in a maker of scanners."),
        topics: vec![],
        since: date("2016-04"),
        until: None,
        declared_at: at("2018-12-01T09:00:00Z"),
        withheld: None,
    }
}

/// Decides about the interest of somebody, on a section or on everything.
fn try_to_weigh(
    world: &mut World,
    by: u128,
    of: u128,
    text: Option<usize>,
    action: InterestAction,
) -> Result<(), ParticipationProblem> {
    let scope = text.map_or(Scope::Whole, on);
    let thing = Thing { author: Some(person(of)), ..world.thing(scope) };
    let permit = world.permit::<act::WeighInterests>(by, thing).expect("a permit");
    let id = InterestActionId(world.id());
    let new = NewAction { id, section: scope.section(), action, reason: prose("They hold shares.") };
    let decided = decide(&permit.on(&world.facts).unwrap(), &interest(of), new, world.now)?;
    let all = world.facts.actions.iter().cloned().chain([decided.action().clone()]);
    world.facts.actions = all.collect();
    Ok(())
}

fn weigh(world: &mut World, by: u128, of: u128, text: Option<usize>, action: InterestAction) {
    try_to_weigh(world, by, of, text, action).unwrap();
}

fn cell(world: &World, at: usize) -> (CellState, usize) {
    let cells = examine_all(&world.facts, world.now);
    (cells[at].state, cells[at].eligible.len())
}

#[test]
fn s8_an_exclusion_leaves_the_count_of_seats_and_of_signatures_at_once() {
    for action in [DiscussOnly, Exclude] {
        let mut world = World::new(&[&[SURGERY], &[SURGERY]]);
        let before = cell(&world, 0);
        world.take(SURGEONS[0], on(0), PositionAct::Approve).unwrap();
        assert_eq!(cell(&world, 0).0, CellState::Met);
        weigh(&mut world, SECRETARY, SURGEONS[0], Some(0), action);
        assert_eq!(cell(&world, 0), (CellState::Open, before.1 - 1), "the signature counts no more");
        assert_eq!(staleness(&world.facts, &world.facts.positions[0]), Some(Staleness::Excluded));
        assert_eq!(cell(&world, 1), before, "the other section is as it was");
        let refused = world.take(SURGEONS[0], on(0), PositionAct::Object);
        assert_eq!(refused, Err(Refused::Position(PositionProblem::TakesNoPart)));
        assert!(tasks(&world.facts, person(SURGEONS[0]), world.now).iter().all(|task| task.cell.scope != on(0)));
        // Taking back what was said is always theirs.
        world.take(SURGEONS[0], on(0), PositionAct::Withdraw).unwrap();
    }
    let mut world = World::new(&[&[SURGERY]]);
    weigh(&mut world, CHAIR, SURGEONS[0], Some(0), DeclareOnly);
    world.take(SURGEONS[0], on(0), PositionAct::Approve).unwrap();
    assert_eq!(cell(&world, 0).0, CellState::Met, "declared only: full part");
}

#[test]
fn s8_the_gate_names_a_discipline_that_exclusions_leave_without_a_signer() {
    let mut world = World::new(&[&[SURGERY]]);
    let surgeons: Vec<u128> = SURGEONS.to_vec();
    for surgeon in &surgeons {
        weigh(&mut world, SECRETARY, *surgeon, None, Exclude);
    }
    let blockers = gate(&world.facts, world.now).blockers;
    assert!(blockers.iter().any(|blocker| matches!(blocker, Blocker::NoEligibleSeat { .. })), "{blockers:?}");
    weigh(&mut world, SECRETARY, surgeons[0], None, DeclareOnly);
    assert_eq!(cell(&world, 0), (CellState::Open, 1), "the latest decision stands");
}

#[test]
fn s14_a_signature_that_counts_again_opens_the_final_window_anew() {
    let mut world = World::new(&[&[SURGERY]]);
    world.take(SURGEONS[0], on(0), PositionAct::Approve).unwrap();
    weigh(&mut world, SECRETARY, SURGEONS[0], Some(0), Exclude);
    world.wait(chrono::Duration::days(20));
    weigh(&mut world, SECRETARY, SURGEONS[0], Some(0), DeclareOnly);
    assert_eq!(examine_all(&world.facts, world.now)[0].met_at, Some(world.now));
}

#[test]
fn s6_an_exclusion_does_not_end_an_objection_that_stands() {
    let mut world = World::new(&[&[SURGERY]]);
    world.take(SURGEONS[0], on(0), PositionAct::Object).unwrap();
    weigh(&mut world, CHAIR, SURGEONS[0], Some(0), Exclude);
    assert_eq!(cell(&world, 0).0, CellState::Blocked);
    world.take(SURGEONS[0], on(0), PositionAct::Lift).unwrap();
    assert_eq!(cell(&world, 0).0, CellState::Open);
}

#[test]
fn whoever_discusses_only_comments_and_whoever_is_excluded_does_not_and_neither_writes() {
    let mut world = World::new(&[&[SURGERY]]);
    let comment = |world: &mut World| {
        let permit = world.permit::<act::Comment>(SURGEONS[0], world.thing(on(0))).unwrap();
        let (by, seen) = (permit.commenter().unwrap(), world.digest(0));
        let remark = Remark { id: CommentId(world.id()), by, seen, body: prose("Say when."), now: world.now };
        let (draft, review) = (world.draft(), world.facts.review.clone());
        permit.on(&draft).unwrap().comment(Some(&review), 0, remark).map(drop)
    };
    weigh(&mut world, SECRETARY, SURGEONS[0], Some(0), DiscussOnly);
    assert_eq!(comment(&mut world), Ok(()));
    let no_part = Err(Refused::Draft(DraftProblem::TakesNoPart));
    assert_eq!(world.revise(SURGEONS[0], 0, "Another text.", ChangeClass::Clinical), no_part);
    weigh(&mut world, SECRETARY, SURGEONS[0], Some(0), Exclude);
    assert_eq!(comment(&mut world), Err(CommentProblem::Excluded));
    assert_eq!(world.remove(SURGEONS[0], section(0)), no_part);
    world.revise(SURGEONS[1], 0, "Another text.", ChangeClass::Editorial).unwrap();
    assert_eq!(world.confirm(SURGEONS[0], section(0)), no_part);
}

#[test]
fn nobody_decides_about_their_own_interest_and_no_member_about_anybodys() {
    let world = World::new(&[&[SURGERY]]);
    let thing = |of| Thing { author: Some(person(of)), ..world.thing(Scope::Whole) };
    for own in [CHAIR, VICE_CHAIR, SECRETARY] {
        let refused = world.permit::<act::WeighInterests>(own, thing(own)).err();
        assert_eq!(refused, Some(Denied::Forbidden));
        assert!(world.permit::<act::WeighInterests>(own, thing(SURGEONS[0])).is_ok());
    }
    for other in [SURGEONS[1], ADVISER] {
        assert!(world.permit::<act::WeighInterests>(other, thing(SURGEONS[0])).is_err());
    }
}

#[test]
fn s15_a_chair_with_a_conflict_hands_the_acts_of_the_office_to_the_vice_chair() {
    let mut world = World::new(&[&[SURGERY], &[SURGERY]]);
    let objection = world.take(SURGEONS[0], on(0), PositionAct::Object).unwrap();
    weigh(&mut world, VICE_CHAIR, CHAIR, Some(0), Exclude);
    let open = |world: &World, by: u128| {
        let permit = world.permit::<act::Publish>(by, world.thing(on(0))).unwrap();
        ballot::open(&permit.on(&world.facts).unwrap(), objection, prose("We are stuck."), world.now).map(drop)
    };
    assert_eq!(open(&world, CHAIR), Err(BallotProblem::TakesNoPart));
    assert_eq!(open(&world, VICE_CHAIR), Ok(()));
    let weighed = try_to_weigh(&mut world, CHAIR, SURGEONS[1], Some(0), Exclude);
    assert_eq!(weighed, Err(ParticipationProblem::TakesNoPart), "nor what others take part in there");
    assert_eq!(try_to_weigh(&mut world, CHAIR, SURGEONS[1], Some(1), Exclude), Ok(()));

    let end = |world: &World, by: u128| {
        let permit = world.permit::<act::Publish>(by, world.thing(Scope::Whole)).unwrap();
        publish(&permit.on(&world.facts).unwrap(), &world.document.policy, None, None, world.now).unwrap_err()
    };
    assert!(
        matches!(end(&world, CHAIR), ConclusionProblem::Blocked(_)),
        "one section does not keep them from the whole"
    );
    weigh(&mut world, SECRETARY, CHAIR, None, DiscussOnly);
    assert_eq!(end(&world, CHAIR), ConclusionProblem::TakesNoPart);
    assert!(matches!(end(&world, VICE_CHAIR), ConclusionProblem::Blocked(_)));
}

#[test]
fn what_stands_already_is_not_decided_again_and_nothing_after_the_end() {
    let mut world = World::new(&[&[SURGERY]]);
    weigh(&mut world, SECRETARY, SURGEONS[0], Some(0), Exclude);
    let again = try_to_weigh(&mut world, CHAIR, SURGEONS[0], Some(0), Exclude);
    assert_eq!(again, Err(ParticipationProblem::NothingChanged));
    assert_eq!(try_to_weigh(&mut world, CHAIR, SURGEONS[0], None, Exclude), Ok(()), "on everything is another");
    world.cancel().unwrap();
    let over = try_to_weigh(&mut world, CHAIR, SURGEONS[0], Some(0), DeclareOnly);
    assert_eq!(over, Err(ParticipationProblem::ReviewClosed));
}

#[test]
fn s13_whoever_takes_no_part_has_no_vote_in_a_ballot() {
    let mut world = World::new(&[&[SURGERY]]);
    let objection = world.take(SURGEONS[0], on(0), PositionAct::Object).unwrap();
    let electors = |world: &World| {
        let permit = world.permit::<act::Publish>(CHAIR, world.thing(on(0))).unwrap();
        let opened = ballot::open(&permit.on(&world.facts).unwrap(), objection, prose("We are stuck."), world.now);
        match opened.unwrap().moved() {
            ballot::Moved::Opened(ballot) => ballot.electors.iter().map(|elector| elector.seat).collect::<Vec<_>>(),
            ballot::Moved::Voted(..) | ballot::Moved::Closed(_) => panic!("opened"),
        }
    };
    assert!(electors(&world).contains(&seat_id(SURGEONS[1])));
    weigh(&mut world, SECRETARY, SURGEONS[1], None, DiscussOnly);
    assert!(!electors(&world).contains(&seat_id(SURGEONS[1])));
}

#[test]
fn a_declaration_that_has_lapsed_suspends_positions_and_not_what_was_signed() {
    let mut world = World::new(&[&[SURGERY]]);
    let scope = on(0);
    let declare = |world: &mut World, at| {
        world
            .facts
            .seats
            .iter_mut()
            .filter(|seat| seat.id == seat_id(SURGEONS[0]))
            .for_each(|seat| seat.declared_at = at);
    };
    let now = world.now;
    declare(&mut world, Some(now));
    world.take(SURGEONS[0], scope, PositionAct::Approve).unwrap();
    world.wait(chrono::Duration::days(366));
    let lapsed = Err(Refused::Position(PositionProblem::DeclarationLapsed));
    assert_eq!(world.take(SURGEONS[0], scope, PositionAct::Abstain), lapsed);
    assert_eq!(
        staleness(&world.facts, &world.facts.positions[0]),
        None,
        "it was signed while the declaration was good"
    );
    world.take(SURGEONS[0], scope, PositionAct::Withdraw).unwrap();
    let now = world.now;
    declare(&mut world, Some(now));
    world.take(SURGEONS[0], scope, PositionAct::Approve).unwrap();
}

#[test]
fn an_edition_tells_who_took_no_part_by_category_and_who_recused_themselves() {
    let mut world = World::new(&[&[SURGERY, NURSING]]);
    weigh(&mut world, SECRETARY, SURGEONS[0], Some(0), Exclude);
    weigh(&mut world, SECRETARY, SURGEONS[1], Some(0), Exclude);
    weigh(&mut world, SECRETARY, SURGEONS[1], Some(0), DeclareOnly);
    world.take(NURSES[0], on(0), PositionAct::Recuse).unwrap();
    let told = non_participants(&world.facts.actions, &world.facts.positions);
    let told: Vec<_> = told.iter().map(|who| (who.seat, who.category, who.action)).collect();
    let nurse = (seat_id(NURSES[0]), None, None);
    let surgeon = (seat_id(SURGEONS[0]), Some(InterestCategory::Financial), Some(Exclude));
    assert_eq!(told.len(), 2);
    assert!(told.contains(&nurse) && told.contains(&surgeon), "{told:?}");
}
