//! The tree of an edition: whatever is done to it, it stays a tree in reading order (D2, S12, A2).

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use uuid::Uuid;

use crate::domain::{
    document::{
        Audience, Requirements,
        outline::{Outline, OutlineProblem, Place, Placement},
    },
    id::{RevisionId, SectionId},
    testing::{content, key, section},
};

fn placement(index: usize, parent: Option<usize>) -> Placement {
    Placement {
        section: section(index),
        key: key(&format!("section-{index}")),
        parent: parent.map(section),
        audience: None,
        stage: None,
        requirements: Requirements::none(),
        revision: RevisionId(Uuid::from_u128(index as u128)),
        digest: content(&format!("Text {index}")).digest(),
    }
}

/// 0 ( 1 ( 2 ) 3 ) 4
fn tree() -> Outline {
    let parents = [None, Some(0), Some(1), Some(0), None];
    Outline::new(parents.into_iter().enumerate().map(|(index, parent)| placement(index, parent)).collect()).unwrap()
}

fn order(outline: &Outline) -> Vec<SectionId> {
    outline.iter().map(|placement| placement.section).collect()
}

fn place(parent: Option<usize>, after: Option<usize>) -> Place {
    Place { parent: parent.map(section), after: after.map(section) }
}

#[test]
fn d2_numbers_follow_the_place() {
    assert_eq!(tree().numbers(), ["1", "1.1", "1.1.1", "1.2", "2"]);
    assert_eq!(tree().levels(), [1, 2, 3, 2, 1]);
}

#[test]
fn d2_a_section_moves_with_all_under_it() {
    let mut outline = tree();
    outline.relocate(section(1), place(None, Some(4))).unwrap();
    assert_eq!(order(&outline), [0, 3, 4, 1, 2].map(section));
    assert_eq!(outline.numbers(), ["1", "1.1", "2", "3", "3.1"]);
}

#[test]
fn d2_trees_that_cannot_be_are_refused() {
    use OutlineProblem::*;
    for (placements, expected) in [
        (vec![placement(0, Some(1)), placement(1, None)], UnknownSection),
        (vec![placement(0, Some(0))], UnknownSection),
        // The subtree of 0 was left before 2.
        (vec![placement(0, None), placement(1, None), placement(2, Some(0))], UnknownSection),
        (vec![placement(0, None), Placement { section: section(1), ..placement(0, None) }], Twice),
        (vec![placement(0, None), Placement { key: key("other"), ..placement(0, None) }], Twice),
        ((0..7).map(|index| placement(index, index.checked_sub(1))).collect(), TooDeep),
        ((0..=Outline::SECTIONS_MAX).map(|index| placement(index, None)).collect(), TooMany),
    ] {
        assert_eq!(Outline::new(placements).unwrap_err(), expected);
    }
    assert!(Outline::new((0..6).map(|index| placement(index, index.checked_sub(1))).collect()).is_ok());
}

#[test]
fn d2_places_that_cannot_be_are_refused() {
    use OutlineProblem::*;
    for (moved, to, expected) in [
        (9, place(None, None), UnknownSection),
        (4, place(Some(9), None), UnknownSection),
        (4, place(None, Some(9)), UnknownSection),
        (4, place(None, Some(1)), NotASibling),
        (4, place(Some(1), Some(3)), NotASibling),
        (0, place(Some(2), None), UnderItself),
        (0, place(Some(0), None), UnderItself),
        (0, place(None, Some(0)), UnderItself),
    ] {
        let mut outline = tree();
        assert_eq!(outline.relocate(section(moved), to), Err(expected), "{moved} to {to:?}");
        assert_eq!(outline, tree(), "a refused act changes nothing");
    }
    let mut outline = tree();
    assert_eq!(outline.insert(placement(4, None), place(None, None)), Err(Twice));
    assert_eq!(outline.remove(section(0)), Err(HasChildren));
    assert_eq!(outline.remove(section(9)), Err(UnknownSection));
    assert_eq!(outline.replace(section(9), RevisionId(Uuid::nil()), content("").digest()), Err(UnknownSection));
    assert_eq!(outline, tree(), "a refused act changes nothing");
}

#[test]
fn s12_the_digest_of_the_whole_is_about_texts_and_not_about_their_order() {
    let mut moved = tree();
    moved.relocate(section(4), place(Some(0), None)).unwrap();
    assert_eq!(moved.digest(), tree().digest());
    assert!(!moved.says_the_same(&tree()));
    let mut edited = tree();
    edited.replace(section(2), RevisionId(Uuid::from_u128(2)), content("Another").digest()).unwrap();
    assert_ne!(edited.digest(), tree().digest());
    let mut swapped = tree();
    let texts = [0, 1].map(|index| content(&format!("Text {index}")).digest());
    swapped.replace(section(0), RevisionId(Uuid::from_u128(0)), texts[1]).unwrap();
    swapped.replace(section(1), RevisionId(Uuid::from_u128(1)), texts[0]).unwrap();
    assert_ne!(swapped.digest(), tree().digest(), "which section says it matters");
}

#[test]
fn d1_the_same_text_under_another_revision_says_the_same() {
    let mut outline = tree();
    outline.replace(section(2), RevisionId(Uuid::from_u128(99)), content("Text 2").digest()).unwrap();
    assert!(outline.says_the_same(&tree()) && outline != tree());
    outline.remove(section(4)).unwrap();
    assert!(!outline.says_the_same(&tree()) && !tree().says_the_same(&outline));
}

#[test]
fn a2_a_section_is_never_seen_by_more_than_its_document() {
    let outline = Outline::new(vec![Placement { audience: Some(Audience::Public), ..placement(0, None) }]).unwrap();
    for (document, reader, seen) in [
        (Audience::Group, Audience::Public, false),
        (Audience::Group, Audience::Partners, false),
        (Audience::Group, Audience::Group, true),
        (Audience::Partners, Audience::Public, false),
        (Audience::Public, Audience::Public, true),
    ] {
        assert_eq!(!outline.seen_by(document, reader).is_empty(), seen, "{document} {reader}");
    }
}

#[derive(Clone, Debug)]
enum Deed {
    Insert(Option<usize>, Option<usize>),
    Relocate(usize, Option<usize>, Option<usize>),
    Remove(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let some = || proptest::option::of(0_usize..24);
    let deed = prop_oneof![
        4 => (some(), some()).prop_map(|(parent, after)| Deed::Insert(parent, after)),
        3 => (0_usize..24, some(), some()).prop_map(|(moved, parent, after)| Deed::Relocate(moved, parent, after)),
        1 => (0_usize..24).prop_map(Deed::Remove),
    ];
    proptest::collection::vec(deed, 1..40)
}

fn audiences() -> impl Strategy<Value = Vec<Option<Audience>>> {
    proptest::collection::vec(proptest::option::of(proptest::sample::select(Audience::ALL)), 24..25)
}

/// Siblings given as index of any section: the place is made sense of, so that most deeds succeed.
fn sensible(outline: &Outline, parent: Option<usize>, after: Option<usize>) -> Place {
    let at = |index: usize| outline.iter().nth(index % outline.len().max(1)).map(|placement| placement.section);
    let parent = parent.and_then(at);
    let siblings: Vec<SectionId> = outline.children(parent).map(|placement| placement.section).collect();
    let after = after.filter(|_| !siblings.is_empty()).map(|after| siblings[after % siblings.len()]);
    Place { parent, after }
}

/// Does the deeds; also what each section's parent ought to be, kept independently.
fn done(deeds: &[Deed]) -> (Outline, HashMap<SectionId, Option<SectionId>>, usize) {
    let (mut outline, mut parents, mut refused) = (Outline::default(), HashMap::new(), 0);
    for (index, deed) in deeds.iter().enumerate() {
        let before = outline.clone();
        let at = |index: usize| before.iter().nth(index % before.len().max(1)).map(|placement| placement.section);
        let result = match *deed {
            Deed::Insert(parent, after) => {
                let to = sensible(&outline, parent, after);
                let inserted = outline.insert(placement(index, None), to);
                inserted.map(|()| parents.insert(section(index), to.parent)).map(|_| ())
            }
            Deed::Relocate(moved, parent, after) => {
                let (moved, to) = (at(moved).unwrap_or(section(99)), sensible(&outline, parent, after));
                outline.relocate(moved, to).map(|()| parents.insert(moved, to.parent)).map(|_| ())
            }
            Deed::Remove(removed) => {
                let removed = at(removed).unwrap_or(section(99));
                outline.remove(removed).map(|_| parents.remove(&removed)).map(|_| ())
            }
        };
        if result.is_err() {
            assert_eq!(outline, before, "a refused act changes nothing");
            refused += 1;
        }
    }
    (outline, parents, refused)
}

proptest! {
    #[test]
    fn d2_whatever_is_done_to_a_tree_parents_come_first_subtrees_stand_together_and_no_level_is_too_deep(
        deeds in deeds(),
    ) {
        let (outline, parents, _) = done(&deeds);
        // The sections are those that were put there, under the parents they were put under.
        let found: HashMap<_, _> = outline.iter().map(|placement| (placement.section, placement.parent)).collect();
        prop_assert_eq!(&found, &parents);
        prop_assert_eq!(outline.len(), parents.len());
        // Pre-order, told naively: all between a section and the last one under it are under it.
        let order = order(&outline);
        let under = |section: SectionId, root: SectionId| {
            std::iter::successors(Some(section), |section| parents[section]).skip(1).any(|above| above == root)
        };
        for (at, root) in order.iter().enumerate() {
            let descendants: Vec<bool> = order.iter().map(|section| under(*section, *root)).collect();
            let together = descendants[at + 1..].iter().take_while(|is_under| **is_under).count();
            prop_assert_eq!(together, descendants.iter().filter(|is_under| **is_under).count());
            let depth = std::iter::successors(Some(*root), |section| parents[section]).count();
            prop_assert!(depth <= Outline::LEVELS_MAX);
            prop_assert_eq!(outline.levels()[at], depth);
        }
        let numbers: HashSet<String> = outline.numbers().into_iter().collect();
        prop_assert_eq!(numbers.len(), outline.len(), "printed numbers are unique");
    }

    #[test]
    fn a2_what_a_reader_does_not_see_hides_all_under_it_and_nothing_else(
        deeds in deeds(), audiences in audiences(), document in proptest::sample::select(Audience::ALL),
        reader in proptest::sample::select(Audience::ALL),
    ) {
        let (outline, parents, _) = done(&deeds);
        let mut placements: Vec<Placement> = outline.iter().cloned().collect();
        for (placement, audience) in placements.iter_mut().zip(audiences.iter().cycle()) {
            placement.audience = *audience;
        }
        let outline = Outline::new(placements).unwrap();
        let shown = |section: SectionId| {
            let audience = outline.find(section).unwrap().audience.unwrap_or(document);
            audience.min(document) >= reader
        };
        let expected: Vec<SectionId> = order(&outline)
            .into_iter()
            .filter(|section| std::iter::successors(Some(*section), |section| parents[section]).all(shown))
            .collect();
        let seen = outline.seen_by(document, reader);
        prop_assert_eq!(order(&seen), expected);
        prop_assert_eq!(Outline::new(seen.iter().cloned().collect()), Ok(seen), "what is left is a tree");
    }
}
