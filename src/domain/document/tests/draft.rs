//! The acts that edit a draft, as one outcome each (D2, D4, D7, S3).

use crate::domain::{
    document::{
        Audience,
        change::{EditProblem, Wording},
        draft::{DraftProblem, NewSection},
        outline::{OutlineProblem, Place},
        revision::ChangeClass,
    },
    event::EventKind,
    testing::*,
};

const FIRST: Place = Place { parent: None, after: None };

fn under(index: usize) -> Place {
    Place { parent: Some(section(index)), after: None }
}

#[test]
fn d2_moving_a_section_is_no_step_of_the_text_and_every_other_edit_is_one() {
    let world = World::new(&[&[SURGERY], &[SURGERY]]);
    let permit = world.permit(EDITORS[0], world.thing(on(1))).unwrap();
    let moved = world
        .draft()
        .move_section(&permit, section(1), world.facts.text.outline.arrangement(), FIRST, world.now)
        .unwrap();
    assert_eq!((moved.kind(), moved.step()), (EventKind::SectionMoved, None));

    let mut world = world;
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.create(EDITORS[0], new_section(9)).unwrap();
    world.remove(EDITORS[0], section(1)).unwrap();
    let steps: Vec<bool> = world.facts.text.steps.iter().map(|step| step.revision.is_some()).collect();
    assert_eq!(steps, [false, true, false, false]);
    assert_eq!(world.facts.text.steps[3].digest, world.facts.text.outline.digest());
}

#[test]
fn d5_a_new_section_is_no_editorial_change_of_the_whole() {
    let mut world = World::new(&[&[SURGERY]]);
    let edit = world.edit(ChangeClass::Editorial);
    let permit = world.permit(EDITORS[0], world.thing(on(0))).unwrap();
    let created = world.draft().create_section(&permit, new_section(9), edit).unwrap();
    assert_eq!(created.step().unwrap().revision, None);
}

#[test]
fn d4_a_move_that_moves_nothing_is_refused() {
    let mut world = World::new(&[&[SURGERY], &[SURGERY]]);
    assert_eq!(world.relocate(EDITORS[0], section(0), FIRST), Err(EditProblem::NothingChanged.into()));
}

#[test]
fn d4_removing_a_section_that_moved_on_is_refused() {
    let mut world = World::new(&[&[SURGERY]]);
    let before = world.current(section(0));
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    let permit = world.permit(EDITORS[0], world.thing(on(0))).unwrap();
    let current = world.current(section(0));
    let refused = world.draft().remove_section(&permit, &current, before.head.digest, world.now);
    let problem = EditProblem::SectionChanged { current: current.head.digest };
    assert_eq!(refused.unwrap_err(), DraftProblem::Edit(problem));
}

#[test]
fn d7_a_section_with_published_recommendations_stays_until_they_are_stood_down() {
    let mut world = World::new(&[&[SURGERY]]);
    let with_statement = Wording { recommendations: vec![statement(None, "Offer it.")], ..wording("Text 0") };
    world.reword(EDITORS[0], section(0), with_statement, ChangeClass::Clinical).unwrap();
    let number = world.current(section(0)).content.recommendations[0].number;
    world.published.push(number);
    assert_eq!(world.remove(EDITORS[0], section(0)), Err(EditProblem::RecommendationMissing(number).into()));

    let permit = world.permit(EDITORS[0], world.thing(on(0))).unwrap();
    let (current, edit) = (world.current(section(0)), world.edit(ChangeClass::Editorial));
    let reason = prose("Overtaken.");
    let stood_down = world.draft().stand_down(&permit, &current, current.head.digest, number, reason, edit).unwrap();
    assert_eq!(stood_down.kind(), EventKind::RecommendationStoodDown);
    world.apply(&stood_down);
    assert_eq!(world.remove(EDITORS[0], section(0)), Ok(()));
}

#[test]
fn d3_a_section_may_be_narrower_than_its_document_and_never_wider() {
    let mut world = World::new(&[]);
    world.document.audience = Audience::Partners;
    for (audience, may) in [(Audience::Group, true), (Audience::Partners, true), (Audience::Public, false)] {
        let new = NewSection { audience: Some(audience), ..new_section(9) };
        let expected = if may { Ok(()) } else { Err(DraftProblem::AudienceTooWide.into()) };
        assert_eq!(world.clone().create(EDITORS[0], new), expected, "{audience}");
    }
}

#[test]
fn d2_a_tree_that_cannot_be_is_refused() {
    let mut world = World::new(&[&[SURGERY], &[SURGERY]]);
    let twice = NewSection { key: key("section-1"), ..new_section(9) };
    assert_eq!(world.create(EDITORS[0], twice), Err(DraftProblem::Outline(OutlineProblem::Twice).into()));
    world.relocate(EDITORS[0], section(1), under(0)).unwrap();
    let has_children = Err(DraftProblem::Outline(OutlineProblem::HasChildren).into());
    assert_eq!(world.remove(EDITORS[0], section(0)), has_children);
    let under_itself = Err(DraftProblem::Outline(OutlineProblem::UnderItself).into());
    assert_eq!(world.relocate(EDITORS[0], section(0), under(1)), under_itself);
}
