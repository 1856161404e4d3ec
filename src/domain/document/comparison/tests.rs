//! Editions here are written as trees in one line: `a(b c) d` is a section, two under it, and one more. `b=text` gives
//! a section other words than its name.

use std::collections::HashSet;

use proptest::{prelude::*, sample::Index};
use uuid::Uuid;

use super::*;
use crate::domain::{
    document::{
        Requirements,
        content::{RecommendationNumber, Reference, Statement, Strength},
        edition::Place,
        words::{Change, Span},
    },
    id::RevisionId,
    text::{Body, Line, Prose},
};

/// An edition to be compared, with its texts in the order of its tree.
#[derive(Clone, Debug)]
struct Sample {
    outline: Outline,
    contents: HashMap<RevisionId, Content>,
}

impl Sample {
    fn new(sections: Vec<(Placement, Content)>) -> Self {
        let contents = sections.iter().map(|(placement, content)| (placement.revision, content.clone())).collect();
        let placements = sections.into_iter().map(|(placement, _)| placement).collect();
        Self { outline: Outline::new(placements).unwrap(), contents }
    }

    /// Reads the notation above.
    fn tree(text: &str) -> Self {
        let mut sections: Vec<(Placement, Content)> = Vec::new();
        let mut path: Vec<SectionId> = Vec::new();
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        for token in spaced.split_whitespace() {
            match token {
                "(" => path.push(sections.last().unwrap().0.section),
                ")" => drop(path.pop()),
                name => {
                    let (key, body) = name.split_once('=').unwrap_or((name, name));
                    sections.push(section(key, path.last().copied(), content(body, vec![])));
                }
            }
        }
        Self::new(sections)
    }

    fn side(&self) -> Side<'_> {
        Side::new(&self.outline, |placement| self.contents.get(&placement.revision)).unwrap()
    }

    fn one(content: Content) -> Self {
        Self::new(vec![section("a", None, content)])
    }
}

fn section(key: &str, parent: Option<SectionId>, content: Content) -> (Placement, Content) {
    let digest = content.digest();
    let placement = Placement {
        section: SectionId(Uuid::from_u128(u128::from_str_radix(key, 36).unwrap())),
        key: Key::new(key).unwrap(),
        parent,
        audience: None,
        stage: None,
        requirements: Requirements::none(),
        revision: RevisionId(Uuid::from_slice(&digest.bytes()[..16]).unwrap()),
        digest,
    };
    (placement, content)
}

fn content(body: &str, recommendations: Vec<Statement>) -> Content {
    Content {
        heading: Line::new("Heading").unwrap(),
        body: Body::new(body).unwrap(),
        summary: None,
        recommendations,
        references: vec![],
    }
}

fn statement(number: u32, text: &str) -> Statement {
    Statement {
        number: RecommendationNumber::new(number).unwrap(),
        strength: Strength::Offer,
        text: Prose::new(text).unwrap(),
        summary: None,
        stood_down: None,
    }
}

fn stood_down(statement: Statement) -> Statement {
    Statement { stood_down: Some(Prose::new("Overtaken.").unwrap()), ..statement }
}

fn reference(text: &str) -> Reference {
    Reference { text: Line::new(text).unwrap(), url: None }
}

/// `+a` was added, `-a` removed, `*a` revised, `~a` moved, `*~a` both.
fn shown(before: &str, after: &str) -> String {
    let (before, after) = (Sample::tree(before), Sample::tree(after));
    let compared = compare(&before.side(), &after.side());
    let show = |section: &SectionComparison<'_>| {
        let sign = match (section.change(), section.is_moved()) {
            (SectionDifference::Added, _) => "+",
            (SectionDifference::Removed, _) => "-",
            (SectionDifference::Revised, true) => "*~",
            (SectionDifference::Revised, false) => "*",
            (SectionDifference::Moved, _) => "~",
            (SectionDifference::Unchanged, _) => "",
        };
        format!("{sign}{}", section.key())
    };
    compared.iter().map(show).collect::<Vec<_>>().join(" ")
}

fn side_of(spans: &[Span], gone: Change) -> String {
    spans.iter().filter(|span| span.change != gone).map(|span| span.text.as_str()).collect()
}

#[test]
fn sections_come_go_move_and_read_otherwise() {
    for (before, after, expected) in [
        ("", "", ""),
        ("a b", "a b", "a b"),
        ("a", "a b", "a +b"),
        ("a b", "b", "-a b"),
        ("a b", "a b=new", "a *b"),
        ("a b c d e", "e a b c d", "~e a b c d"),
        ("a b c", "c=new a b", "*~c a b"),
        ("a(b) c", "a c(b)", "a c ~b"),
        ("a(b)", "a b", "a ~b"),
        ("a(b(c))", "b(a(c))", "~b ~a ~c"),
    ] {
        assert_eq!(shown(before, after), expected, "{before} to {after}");
    }
}

#[test]
fn what_stands_under_a_moved_section_is_not_moved() {
    assert_eq!(shown("a(b(c d)) e f", "a e f b(c d)"), "a e f ~b c d");
    assert_eq!(shown("a(b c) d(e f)", "d(e f) a(b c)"), "~d e f a b c");
}

#[test]
fn a_removed_section_is_listed_where_it_stood() {
    for (before, after, expected) in [
        ("a b c", "a c", "a -b c"),
        ("a(b) c", "a c", "a -b c"),
        ("a(b(c)) d", "d", "-a -b -c d"),
        // Behind the whole subtree of the sibling before it, new sections too.
        ("a(b) c d", "a(b x) d", "a b +x -c d"),
        // With its parent, wherever that went.
        ("a b(c d) e f", "a e f b(d)", "a e f ~b -c d"),
        // Not behind a sibling that went elsewhere.
        ("a b c d e", "a d e b", "a -c d e ~b"),
        // The parent is gone, the child is not.
        ("a(b c) d", "d(b)", "-a -c d ~b"),
    ] {
        assert_eq!(shown(before, after), expected, "{before} to {after}");
    }
}

#[test]
fn a_section_that_is_hidden_on_one_side_is_simply_not_there() {
    use crate::domain::document::Audience;
    let full = Sample::tree("a(b) c");
    let mut placements: Vec<Placement> = full.outline.iter().cloned().collect();
    placements[0].audience = Some(Audience::Group);
    let narrowed = Outline::new(placements).unwrap().seen_by(Audience::Public, Audience::Public);
    let seen = Sample { outline: narrowed, contents: full.contents.clone() };
    let compared = compare(&full.side(), &seen.side());
    let changes: Vec<SectionDifference> = compared.iter().map(SectionComparison::change).collect();
    assert_eq!(changes, [SectionDifference::Removed, SectionDifference::Removed, SectionDifference::Unchanged]);
}

#[test]
fn nothing_is_compared_without_its_text() {
    let sample = Sample::tree("a b");
    let missing = sample.outline.find_key("b").unwrap();
    let found = Side::new(&sample.outline, |placement| {
        (placement.key != missing.key).then(|| &sample.contents[&placement.revision])
    });
    assert_eq!(found.err(), Some(TextMissing(missing.section)));
}

#[test]
fn every_text_of_a_section_is_compared_by_the_word() {
    let before = Sample::one(content("within 14 days", vec![]));
    let after = Sample::one(Content {
        heading: Line::new("New heading").unwrap(),
        summary: Some(Prose::new("Soon.").unwrap()),
        ..content("within 7 days", vec![])
    });
    let (before, after) = (before.side(), after.side());
    let compared = compare(&before, &after);
    let text = compared[0].text();
    let span = |change, text: &str| Span { change, text: text.to_owned() };
    assert_eq!(text.heading(), [span(Change::Removed, "Heading"), span(Change::Added, "New heading")]);
    assert_eq!(
        text.body(),
        [
            span(Change::Kept, "within "),
            span(Change::Removed, "14"),
            span(Change::Added, "7"),
            span(Change::Kept, " days")
        ]
    );
    assert_eq!(text.summary(), [span(Change::Added, "Soon.")]);

    let compared = compare(&before, &before);
    assert_eq!(compared[0].text().body(), [span(Change::Kept, "within 14 days")]);
    assert_eq!(compared[0].text().summary(), []);
}

#[test]
fn recommendations_are_matched_by_number() {
    use RecommendationDifference::{Added, Removed, Revised, StoodDown, Unchanged};
    let firmer = |statement: Statement| Statement { strength: Strength::Must, ..statement };
    for (before, after, expected) in [
        (vec![], vec![statement(1, "x")], vec![(1, Added, false)]),
        (vec![statement(1, "x")], vec![], vec![(1, Removed, false)]),
        (vec![statement(1, "x")], vec![statement(1, "x")], vec![(1, Unchanged, false)]),
        (vec![statement(1, "x")], vec![statement(1, "y")], vec![(1, Revised, false)]),
        (vec![statement(1, "x")], vec![firmer(statement(1, "x"))], vec![(1, Revised, false)]),
        (vec![statement(1, "x")], vec![stood_down(statement(1, "x"))], vec![(1, StoodDown, false)]),
        (vec![statement(1, "x")], vec![stood_down(statement(1, "y"))], vec![(1, StoodDown, false)]),
        (vec![stood_down(statement(1, "x"))], vec![stood_down(statement(1, "x"))], vec![(1, Unchanged, false)]),
        // Read backwards.
        (vec![stood_down(statement(1, "x"))], vec![statement(1, "x")], vec![(1, Revised, false)]),
        // Came and went between the two.
        (vec![], vec![stood_down(statement(1, "x"))], vec![(1, StoodDown, false)]),
        // The order is the reader's, and what is gone stays where it was.
        (
            vec![statement(1, "x"), statement(2, "x"), statement(3, "x"), statement(4, "x")],
            vec![statement(4, "x"), statement(1, "x"), statement(3, "x")],
            vec![(4, Unchanged, true), (1, Unchanged, false), (2, Removed, false), (3, Unchanged, false)],
        ),
    ] {
        let (before, after) = (content("a", before), content("a", after));
        let compared: Vec<_> = Sides::Both { before: &before, after: &after }
            .recommendations()
            .iter()
            .map(|recommendation| (recommendation.number().get(), recommendation.change(), recommendation.is_moved()))
            .collect();
        assert_eq!(compared, expected);
    }
}

#[test]
fn a_recommendation_shows_its_strengths_its_words_and_why_it_no_longer_stands() {
    let before = content("a", vec![statement(1, "Offer MRI.")]);
    let after =
        content("a", vec![stood_down(Statement { strength: Strength::Consider, ..statement(1, "Offer MRI.") })]);
    let compared = Sides::Both { before: &before, after: &after }.recommendations();
    let strengths = compared[0].sides().map(|statement| statement.strength);
    assert_eq!(strengths, Sides::Both { before: Strength::Offer, after: Strength::Consider });
    assert_eq!(compared[0].sides().text(), [Span { change: Change::Kept, text: "Offer MRI.".to_owned() }]);
    assert_eq!(compared[0].sides().summary(), []);
    assert_eq!(compared[0].sides().stood_down(), [Span { change: Change::Added, text: "Overtaken.".to_owned() }]);
}

#[test]
fn references_are_kept_added_or_removed_even_if_one_is_given_twice() {
    for (before, after, expected) in [
        ("a b", "a b", "a b"),
        ("a b c", "a x c", "a -b +x c"),
        ("a", "a a", "a +a"),
        ("a b", "b a", "+b a -b"),
        ("", "a", "+a"),
    ] {
        let [before, after] = [before, after].map(|texts| Content {
            references: texts.split(' ').filter(|text| !text.is_empty()).map(reference).collect(),
            ..content("a", vec![])
        });
        let show = |compared: &ReferenceComparison<'_>| {
            let sign = match compared.change {
                Change::Kept => "",
                Change::Removed => "-",
                Change::Added => "+",
            };
            format!("{sign}{}", compared.reference.text)
        };
        let compared = Sides::Both { before: &before, after: &after }.references();
        assert_eq!(compared.iter().map(show).collect::<Vec<_>>().join(" "), expected);
    }
}

#[test]
fn a_reference_with_another_address_is_another_reference() {
    let [before, after] = ["https://a.example", "https://b.example"].map(|url| Content {
        references: vec![Reference { url: Some(Line::new(url).unwrap()), ..reference("Guideline") }],
        ..content("a", vec![])
    });
    let compared = Sides::Both { before: &before, after: &after }.references();
    assert_eq!(compared.iter().map(|reference| reference.change).collect::<Vec<_>>(), [Change::Removed, Change::Added]);
}

#[test]
fn the_summary_counts_each_section_and_each_recommendation_once() {
    let before = Sample::new(vec![
        section("a", None, content("a", vec![statement(1, "x"), statement(2, "x"), statement(3, "x")])),
        section("b", None, content("b", vec![statement(4, "x")])),
        section("c", None, content("c", vec![])),
        section("d", None, content("d", vec![])),
    ]);
    let after = Sample::new(vec![
        section("d", None, content("d", vec![])),
        section("a", None, content("a", vec![statement(1, "x"), statement(2, "y"), stood_down(statement(3, "x"))])),
        section("c", None, content("c", vec![])),
        section("e", None, content("e", vec![statement(5, "x"), statement(6, "x")])),
    ]);
    assert_eq!(
        Summary::of(&compare(&before.side(), &after.side())),
        Summary {
            added: 1,
            removed: 1,
            moved: 1,
            revised: 1,
            unchanged: 1,
            recommendations_added: 2,
            recommendations_removed: 1,
            recommendations_revised: 1,
            recommendations_stood_down: 1,
        }
    );
}

/// Any tree of some of sixteen sections, in any order, with some of a few texts.
fn samples() -> impl Strategy<Value = Sample> {
    let names: Vec<String> = ('a'..='p').map(String::from).collect();
    let chosen = proptest::sample::subsequence(names, 0..=16).prop_shuffle();
    (chosen, proptest::collection::vec((0..4_usize, "[xy ]{0,6}", "[xy]{1,3}", any::<bool>()), 16)).prop_map(
        |(names, facts)| {
            let mut path: Vec<SectionId> = Vec::new();
            let sections = names.iter().zip(facts).map(|(name, (level, body, advice, has_advice))| {
                path.truncate(level);
                let number = u32::from_str_radix(name, 36).unwrap();
                let statements = if has_advice { vec![statement(number, &advice)] } else { vec![] };
                let made = section(name, path.last().copied(), content(&body, statements));
                path.push(made.0.section);
                made
            });
            Sample::new(sections.collect())
        },
    )
}

fn assert_reproduced(spans: &[Span], before: &str, after: &str) {
    assert_eq!(side_of(spans, Change::Added), before);
    assert_eq!(side_of(spans, Change::Removed), after);
}

proptest! {
    #[test]
    fn an_edition_does_not_differ_from_itself(sample in samples()) {
        let (before, after) = (sample.side(), sample.side());
        let compared = compare(&before, &after);
        prop_assert!(compared.iter().all(|section| section.change() == SectionDifference::Unchanged));
        prop_assert_eq!(Summary::of(&compared), Summary { unchanged: sample.outline.len(), ..Summary::default() });
    }

    #[test]
    fn every_section_of_either_side_is_listed_once_in_the_order_of_after(before in samples(), after in samples()) {
        let (old, new) = (before.side(), after.side());
        let compared = compare(&old, &new);
        let listed: HashSet<SectionId> = compared.iter().map(SectionComparison::section).collect();
        let all: HashSet<SectionId> =
            before.outline.iter().chain(after.outline.iter()).map(|placement| placement.section).collect();
        prop_assert_eq!(listed.len(), compared.len());
        prop_assert_eq!(listed, all);

        let read: Vec<SectionId> =
            compared.iter().filter(|section| section.sides().after().is_some()).map(SectionComparison::section).collect();
        let order: Vec<SectionId> = after.outline.iter().map(|placement| placement.section).collect();
        prop_assert_eq!(read, order);
    }

    /// Its latest places make one tree, so a reader sees each section under its own parent.
    #[test]
    fn the_list_is_a_tree_in_reading_order(before in samples(), after in samples()) {
        let (old, new) = (before.side(), after.side());
        let mut path: Vec<SectionId> = Vec::new();
        for section in compare(&old, &new) {
            let parent = section.sides().latest().placement.parent;
            while path.last().copied() != parent {
                prop_assert!(path.pop().is_some(), "stands outside its parent");
            }
            path.push(section.section());
        }
    }

    #[test]
    fn the_spans_reproduce_both_sides(before in samples(), after in samples()) {
        let (old, new) = (before.side(), after.side());
        for section in compare(&old, &new) {
            let text = section.text();
            let body = |content: Option<&&Content>| content.map(|content| content.body.to_string()).unwrap_or_default();
            assert_reproduced(&text.body(), &body(text.before()), &body(text.after()));
            for recommendation in text.recommendations() {
                let sides = recommendation.sides();
                let words = |side: Option<&&Statement>| side.map(|side| side.text.to_string()).unwrap_or_default();
                assert_reproduced(&sides.text(), &words(sides.before()), &words(sides.after()));
            }
        }
    }

    /// Which of two siblings that changed places counts as moved depends on the direction, so those that say the same
    /// are taken together here.
    #[test]
    fn comparing_backwards_swaps_what_came_and_what_went(before in samples(), after in samples()) {
        let (old, new) = (before.side(), after.side());
        let (there, back) = (Summary::of(&compare(&old, &new)), Summary::of(&compare(&new, &old)));
        prop_assert_eq!((back.added, back.removed, back.revised), (there.removed, there.added, there.revised));
        prop_assert_eq!(back.moved + back.unchanged, there.moved + there.unchanged);
        prop_assert_eq!(back.recommendations_added, there.recommendations_removed);
        prop_assert_eq!(back.recommendations_removed, there.recommendations_added);
        prop_assert_eq!(back.recommendations_revised, there.recommendations_revised);
    }

    /// The act of moving one section, with all under it, to anywhere it may go marks that section and no other.
    #[test]
    fn moving_one_section_marks_at_most_one(
        before in samples(), moved in any::<Index>(), parent in any::<Index>(), after in any::<Index>(),
    ) {
        prop_assume!(!before.outline.is_empty());
        let sections: Vec<SectionId> = before.outline.iter().map(|placement| placement.section).collect();
        let moved = *moved.get(&sections);
        let parents: Vec<Option<SectionId>> = std::iter::once(None).chain(sections.iter().copied().map(Some)).collect();
        let parent = *parent.get(&parents);
        let siblings: Vec<Option<SectionId>> =
            std::iter::once(None).chain(before.outline.children(parent).map(|sibling| Some(sibling.section))).collect();
        let mut later = before.clone();
        let done = later.outline.relocate(moved, Place { parent, after: *after.get(&siblings) });
        prop_assume!(done.is_ok());

        let (old, new) = (before.side(), later.side());
        let compared = compare(&old, &new);
        let marked: Vec<SectionId> =
            compared.iter().filter(|section| section.is_moved()).map(SectionComparison::section).collect();
        prop_assert_eq!(marked.len(), usize::from(before.outline != later.outline));
        if before.outline.find(moved).map(|was| was.parent) != Some(parent) {
            prop_assert_eq!(marked, [moved]);
        }
    }
}
