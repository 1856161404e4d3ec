//! What an edit may do, and which number follows (D4 to D7).

use crate::domain::{
    access::{Denied, Permit, act},
    document::{
        Audience,
        change::{
            Edit, EditProblem, SectionChange, Wording, changes, confirm_editorial, create, may_remove, next_number,
            revise, stand_down,
        },
        content::{Content, RecommendationNumber, Strength},
        revision::ChangeClass,
        revision::Revision,
    },
    review::cell::Scope,
    testing::*,
};

fn number(number: u32) -> RecommendationNumber {
    RecommendationNumber::new(number).unwrap()
}

fn permit(world: &World) -> Permit<act::Revise> {
    world.permit(EDITORS[0], world.thing(on(0))).unwrap()
}

fn edit(next: u32) -> Edit {
    let revision = crate::domain::id::RevisionId(uuid::Uuid::from_u128(9));
    Edit { revision, class: ChangeClass::Clinical, next_number: number(next), now: at("2019-01-07T09:00:00Z") }
}

/// A section with R1 and R2 where R2 has been stood down, in a world where R3 is the next number.
fn current() -> Revision {
    let world = World::new(&[&[SURGERY]]);
    let wording =
        Wording { recommendations: vec![statement(None, "First"), statement(None, "Second")], ..wording("Text") };
    let first = create(&permit(&world), section(0), wording, edit(1)).unwrap().revision().clone();
    let seen = first.head.digest;
    let reason = prose("Overtaken.");
    stand_down(&permit(&world), &first, seen, number(2), reason, edit(3)).unwrap().revision().clone()
}

fn revised(recommendations: Vec<crate::domain::document::change::StatementWording>) -> Result<Content, EditProblem> {
    let (world, current) = (World::new(&[&[SURGERY]]), current());
    let wording = Wording { recommendations, ..wording("Text") };
    let revised = revise(&permit(&world), &current, current.head.digest, wording, &[number(1)], edit(3))?;
    Ok(revised.revision().content.clone())
}

#[test]
fn d4_an_edit_of_a_text_that_has_moved_on_is_refused_with_the_current_digest() {
    let (world, current) = (World::new(&[&[SURGERY]]), current());
    let moved_on = Err(EditProblem::SectionChanged { current: current.head.digest });
    let seen = content("as it was").digest();
    let editing = revise(&permit(&world), &current, seen, wording("New"), &[], edit(3)).map(drop);
    assert_eq!(editing, moved_on);
    let standing_down = stand_down(&permit(&world), &current, seen, number(1), prose("Why"), edit(3)).map(drop);
    assert_eq!(standing_down, moved_on);
    let confirming = {
        let permit = world.permit(CHAIR, world.thing(on(0))).unwrap();
        confirm_editorial(&permit, &current.head, Audience::Public, seen, world.now)
    };
    assert_eq!(confirming.map(drop), moved_on);
}

#[test]
fn d1_a_revision_keeps_its_author_its_base_and_its_digest() {
    let (world, current) = (World::new(&[&[SURGERY]]), current());
    let keep = |text: &str| Wording { recommendations: as_worded(&current.content), ..wording(text) };
    let decided = revise(&permit(&world), &current, current.head.digest, keep("New"), &[], edit(3)).unwrap();
    let head = &decided.revision().head;
    assert_eq!((head.author, head.based_on), (Some(person(EDITORS[0])), Some(current.head.id)));
    assert_eq!((head.section, head.digest), (section(0), decided.revision().content.digest()));
    assert_eq!((head.class, head.confirmed), (ChangeClass::Clinical, None));
}

#[test]
fn d4_an_edit_that_changes_nothing_is_refused() {
    assert_eq!(revised(as_worded(&current().content)), Err(EditProblem::NothingChanged));
}

#[test]
fn d7_a_new_recommendation_gets_the_next_number_and_the_others_keep_theirs() {
    let [first, second] = as_worded(&current().content).try_into().unwrap();
    let content = revised(vec![statement(None, "New"), second, first, statement(None, "Newer")]).unwrap();
    let numbers: Vec<u32> = content.recommendations.iter().map(|statement| statement.number.get()).collect();
    assert_eq!(numbers, [3, 2, 1, 4]);
}

#[test]
fn d7_a_recommendation_of_a_published_edition_cannot_be_dropped_nor_one_that_was_stood_down() {
    let [first, second] = as_worded(&current().content).try_into().unwrap();
    assert_eq!(revised(vec![second]), Err(EditProblem::RecommendationMissing(number(1))));
    assert_eq!(revised(vec![first]), Err(EditProblem::RecommendationMissing(number(2))));
}

#[test]
fn d7_a_recommendation_never_published_can_be_dropped_and_its_number_is_not_given_away() {
    let (world, current) = (World::new(&[&[SURGERY]]), current());
    let [_, second] = as_worded(&current.content).try_into().unwrap();
    let wording = Wording { recommendations: vec![second, statement(None, "New")], ..wording("Text") };
    let decided = revise(&permit(&world), &current, current.head.digest, wording, &[], edit(3)).unwrap();
    assert_eq!(decided.new_numbers(), [number(3)]);
}

#[test]
fn d7_a_number_is_only_for_the_recommendation_of_this_section_that_has_it_and_once() {
    let [first, second] = as_worded(&current().content).try_into().unwrap();
    let unknown = revised(vec![first.clone(), second.clone(), statement(Some(9), "Taken from elsewhere")]);
    assert_eq!(unknown, Err(EditProblem::RecommendationUnknown(number(9))));
    let twice = revised(vec![first.clone(), second, first]);
    assert_eq!(twice, Err(EditProblem::RecommendationTwice(number(1))));
    let world = World::new(&[&[SURGERY]]);
    let new = Wording { recommendations: vec![statement(Some(1), "Mine")], ..wording("New") };
    let created = create(&permit(&world), section(3), new, edit(3)).map(drop);
    assert_eq!(created, Err(EditProblem::RecommendationUnknown(number(1))));
}

#[test]
fn d7_what_was_stood_down_stays_word_for_word_with_its_reason() {
    let [first, second] = as_worded(&current().content).try_into().unwrap();
    let stood_down = Err(EditProblem::RecommendationStoodDown(number(2)));
    let mut reworded = second.clone();
    reworded.text = prose("Something else");
    assert_eq!(revised(vec![first.clone(), reworded]), stood_down);
    let mut stronger = second.clone();
    stronger.strength = Strength::Must;
    assert_eq!(revised(vec![first.clone(), stronger]), stood_down);
    let content = revised(vec![second, first, statement(None, "New")]).unwrap();
    assert_eq!(content.statement(number(2)).unwrap().stood_down, Some(prose("Overtaken.")));
}

#[test]
fn d7_a_recommendation_is_stood_down_once_and_by_its_number() {
    let (world, current) = (World::new(&[&[SURGERY]]), current());
    let attempt = |of| stand_down(&permit(&world), &current, current.head.digest, number(of), prose("Why"), edit(3));
    assert_eq!(attempt(2).unwrap_err(), EditProblem::RecommendationStoodDown(number(2)));
    assert_eq!(attempt(9).unwrap_err(), EditProblem::RecommendationUnknown(number(9)));
    assert_eq!(attempt(1).unwrap().new_numbers(), []);
}

#[test]
fn d5_standing_down_is_clinical_whatever_it_is_called() {
    let (world, current) = (World::new(&[&[SURGERY]]), current());
    let edit = Edit { class: ChangeClass::Editorial, ..edit(3) };
    let decided = stand_down(&permit(&world), &current, current.head.digest, number(1), prose("Why"), edit).unwrap();
    assert_eq!(decided.revision().head.class, ChangeClass::Clinical);
}

#[test]
fn d7_a_section_holds_a_limited_number_of_recommendations_and_numbers_run_out() {
    let many = (0..=Wording::RECOMMENDATIONS_MAX).map(|at| statement(None, &format!("{at}"))).collect();
    assert_eq!(revised(many), Err(EditProblem::TooManyRecommendations));
    let world = World::new(&[&[SURGERY]]);
    let last = RecommendationNumber::MAX.get();
    let mut wording = Wording { recommendations: vec![statement(None, "Last")], ..wording("New") };
    let created = create(&permit(&world), section(3), wording.clone(), edit(last)).unwrap();
    assert_eq!(created.new_numbers(), [RecommendationNumber::MAX]);
    wording.recommendations.push(statement(None, "One more"));
    let refused = create(&permit(&world), section(3), wording, edit(last)).map(drop);
    assert_eq!(refused, Err(EditProblem::TooManyRecommendations));
}

#[test]
fn d7_a_section_is_removed_only_once_its_published_recommendations_are_stood_down() {
    let content = current().content;
    assert_eq!(may_remove(&content, &[number(1), number(2)]), Err(EditProblem::RecommendationMissing(number(1))));
    assert_eq!(may_remove(&content, &[number(2)]), Ok(()), "R2 was stood down, R1 was never published");
}

#[test]
fn d5_a_second_person_confirms_an_editorial_change_and_its_author_does_not() {
    let mut world = World::new(&[&[SURGERY]]);
    world.revise(SURGEONS[0], 0, "Text 0.", ChangeClass::Editorial).unwrap();
    for stranger in [SURGEONS[0], NURSES[0], ADVISER] {
        assert_eq!(world.confirm(stranger, section(0)), Err(Denied::Forbidden.into()), "{stranger}");
    }
    for second in [SURGEONS[1], EDITORS[0], SECRETARY, VICE_CHAIR, CHAIR] {
        assert_eq!(world.clone().confirm(second, section(0)), Ok(()), "{second}");
    }
    let head = world.current(section(0)).head;
    assert_eq!(head.effective_class(), ChangeClass::Clinical, "until then it counts as clinical");
    world.confirm(SURGEONS[1], section(0)).unwrap();
    let head = world.current(section(0)).head;
    assert_eq!(head.effective_class(), ChangeClass::Editorial);
    assert_eq!(head.confirmed.unwrap().by, person(SURGEONS[1]));
}

#[test]
fn d5_only_an_unconfirmed_editorial_change_can_be_confirmed() {
    let mut world = World::new(&[&[SURGERY]]);
    let nothing = Err(EditProblem::NothingToConfirm.into());
    assert_eq!(world.confirm(CHAIR, section(0)), nothing, "nothing was edited");
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    assert_eq!(world.confirm(CHAIR, section(0)), nothing, "a clinical change");
    world.revise(EDITORS[0], 0, "Another text.", ChangeClass::Editorial).unwrap();
    world.confirm(CHAIR, section(0)).unwrap();
    assert_eq!(world.confirm(VICE_CHAIR, section(0)), nothing, "confirmed already");
}

#[test]
fn d6_the_next_number_is_major_if_any_section_changed_clinically_was_added_or_removed() {
    use SectionChange::*;
    let base = "1.3".parse().unwrap();
    for (change, expected) in [
        (Same, "1.4"),
        (Revised(ChangeClass::Editorial), "1.4"),
        (Revised(ChangeClass::Clinical), "2.0"),
        (Added, "2.0"),
        (Removed, "2.0"),
    ] {
        let number = next_number(base, &[(section(0), Same), (section(1), change), (section(2), Same)]);
        assert_eq!(number, expected.parse().unwrap(), "{change:?}");
    }
}

#[test]
fn d6_changes_are_told_section_by_section_from_the_base() {
    let mut world = World::new(&[&[SURGERY], &[SURGERY], &[SURGERY], &[SURGERY], &[SURGERY]]);
    let base = world.facts.text.outline.clone();
    world.revise(EDITORS[0], 0, "Another text", ChangeClass::Clinical).unwrap();
    world.revise(EDITORS[0], 1, "Text 1.", ChangeClass::Editorial).unwrap();
    world.confirm(EDITORS[1], section(1)).unwrap();
    world.revise(EDITORS[0], 2, "Text 2.", ChangeClass::Editorial).unwrap();
    world.remove(EDITORS[0], section(3)).unwrap();
    world.create(EDITORS[0], new_section(9)).unwrap();
    let expected = [
        (section(9), SectionChange::Added),
        (section(0), SectionChange::Revised(ChangeClass::Clinical)),
        (section(1), SectionChange::Revised(ChangeClass::Editorial)),
        (section(2), SectionChange::Revised(ChangeClass::Clinical)),
        (section(4), SectionChange::Same),
        (section(3), SectionChange::Removed),
    ];
    assert_eq!(changes(&base, &world.facts.text), expected);
}

#[test]
fn d6_one_clinical_step_makes_the_whole_way_from_the_base_clinical() {
    for classes in [[ChangeClass::Clinical, ChangeClass::Editorial], [ChangeClass::Editorial, ChangeClass::Clinical]] {
        let mut world = World::new(&[&[SURGERY]]);
        let base = world.facts.text.outline.clone();
        for (class, body) in classes.into_iter().zip(["Another text", "Another text."]) {
            world.revise(EDITORS[0], 0, body, class).unwrap();
            let _clinical_is_not_confirmed = world.confirm(EDITORS[1], section(0));
        }
        let expected = [(section(0), SectionChange::Revised(ChangeClass::Clinical))];
        assert_eq!(changes(&base, &world.facts.text), expected, "{classes:?}");
    }
}

#[test]
fn a1_who_may_not_revise_a_section_gets_no_permit_to() {
    let mut world = World::new(&[&[SURGERY]]);
    for stranger in [CHAIR, VICE_CHAIR, SECRETARY, ADVISER, NURSES[0]] {
        let refused = world.revise(stranger, 0, "Mine", ChangeClass::Clinical);
        assert_eq!(refused, Err(Denied::Forbidden.into()), "{stranger}");
    }
    let hidden = world.permit::<act::Revise>(OBSERVER, world.thing(Scope::Whole));
    assert_eq!(hidden.err(), Some(Denied::Hidden));
}
