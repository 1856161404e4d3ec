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
    let (draft, seen) = (world.draft(), world.facts.text.outline.arrangement());
    let moved = permit.on(&draft).unwrap().move_section(seen, FIRST, world.now).unwrap();
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
    let created = permit.on(&world.draft()).unwrap().create_section(new_section(9), edit).unwrap();
    assert_eq!(created.step().unwrap().revision, None);
}

#[test]
fn d4_a_move_that_moves_nothing_is_refused() {
    let mut world = World::new(&[&[SURGERY], &[SURGERY]]);
    assert_eq!(world.relocate(EDITORS[0], section(0), FIRST), Err(EditProblem::NothingChanged.into()));
}

#[test]
fn d4_a_move_in_an_arrangement_that_was_changed_meanwhile_is_refused() {
    let mut world = World::new(&[&[SURGERY], &[SURGERY]]);
    let seen = world.facts.text.outline.arrangement();
    world.revise(EDITORS[1], 0, "Another text", ChangeClass::Clinical).unwrap();
    assert_eq!(world.facts.text.outline.arrangement(), seen, "it knows no texts");
    world.relocate(EDITORS[1], section(1), FIRST).unwrap();
    let permit = world.permit(EDITORS[0], world.thing(on(1))).unwrap();
    let refused = permit.on(&world.draft()).unwrap().move_section(seen, under(0), world.now);
    let current = world.facts.text.outline.arrangement();
    assert_eq!(refused.unwrap_err(), DraftProblem::ArrangementChanged { current });
}

#[test]
fn d4_a_change_note_that_was_rewritten_meanwhile_is_not_overwritten() {
    let mut world = World::new(&[]);
    let permit = world.permit(EDITORS[0], world.thing(crate::domain::review::cell::Scope::Whole)).unwrap();
    let write =
        |world: &World, seen| permit.on(&world.draft()).unwrap().write_change_note(seen, prose("New."), world.now);
    assert_eq!(write(&world, None).unwrap().note(), &prose("New."));
    world.note();
    let current = world.draft().edition.change_note_digest();
    for seen in [None, Some(content("another").digest())] {
        assert_eq!(write(&world, seen).unwrap_err(), DraftProblem::NoteChanged { current });
    }
    assert!(write(&world, current).is_ok());
}

#[test]
fn a4_a_permit_for_one_section_edits_no_other() {
    let mut world = World::new(&[&[SURGERY], &[SURGERY]]);
    let permit = world.permit(SURGEONS[0], world.thing(on(0))).unwrap();
    let (other, edit) = (world.current(section(1)), world.edit(ChangeClass::Clinical));
    let (draft, seen) = (world.draft(), other.head.digest);
    let refused = permit.on(&draft).unwrap().revise_section(&other, seen, wording("New"), edit);
    let current = world.digest(0);
    assert_eq!(refused.unwrap_err(), DraftProblem::Edit(EditProblem::SectionChanged { current }));
    assert!(permit.on(&draft).unwrap().remove_section(&other, seen, world.now).is_err());
}

#[test]
fn d4_removing_a_section_that_moved_on_is_refused() {
    let mut world = World::new(&[&[SURGERY]]);
    let before = world.current(section(0));
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    let permit = world.permit(EDITORS[0], world.thing(on(0))).unwrap();
    let current = world.current(section(0));
    let refused = permit.on(&world.draft()).unwrap().remove_section(&current, before.head.digest, world.now);
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
    let (draft, seen) = (world.draft(), current.head.digest);
    let stood_down = permit.on(&draft).unwrap().stand_down(&current, seen, number, reason, edit).unwrap();
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
