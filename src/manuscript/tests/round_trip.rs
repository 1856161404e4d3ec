//! Property: what was written is read as the same manuscript, whatever its texts hold.

use chrono::NaiveDate;
use comrak::nodes::NodeValue;
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{HEAD, Manuscript, ManuscriptSection, read, write};
use crate::domain::{
    document::{
        Audience, Key, Requirements, ReviewPolicy, Stage,
        content::{Content, RecommendationNumber, Reference, Statement, Strength},
    },
    role::Discipline,
    text::{Body, Line, Prose},
    time::PartialDate,
};

/// Lines that mean something to Markdown, to YAML or to the notation, with the ends that parsers trip over.
const NASTY: [&str; 60] = [
    "# Heading",
    "## Heading #",
    "Heading\n===",
    "Heading\n---",
    "---",
    "...",
    "***",
    "```",
    "```text",
    "~~~~",
    "<!--",
    "-->",
    "<script>",
    "<pre>",
    "<div>",
    "</div>",
    "<![CDATA[",
    "<?php",
    "text\\",
    "text  ",
    "| a | b |\n|---|---|",
    "| c |",
    "- item",
    "  - deeper",
    "1. one",
    "> quote",
    "> ```",
    "    code",
    "\tcode",
    "[a]: https://example.org",
    "[a]",
    "[^1]",
    "[^1]: note",
    "![x](y)",
    "`code",
    "**bold",
    "# {not-ours}",
    "{#key}",
    "Heading {#key}\n===",
    "## Heading {#key} text",
    ":: two",
    "\\::: escaped",
    "\\# Heading {#key}",
    "title: x",
    "&amp; &#35;",
    "\u{a0}",
    "\u{feff}mark",
    "\u{2028}line",
    "\u{200b}",
    "é ö 漢字 🎗",
    "\\",
    "\"",
    "'",
    "%",
    "@",
    "`",
    "}",
    "{",
    "{#",
    "R12 OFFER",
];

/// Lines of the notation, well and badly placed.
const BLOCKS: [&str; 14] = [
    ":::",
    "::: plain",
    "::: recommendation OFFER",
    "::: recommendation R1 must",
    "::: stood-down",
    "::: references",
    "::: note",
    "    ::: plain",
    "> ::: plain",
    "- ::: plain",
    "# Marked {#marked}",
    "####### Deep {#deep}",
    "#x {#a} {b}",
    "text",
];

/// Texts that lean on one another.
const LINKED: [&str; 18] = [
    "# One",
    "# Two",
    "Three\n===",
    "# Four [a]",
    "# Five[^1]",
    "text[^1]",
    "text[^2] and [a]",
    "[words][b] and [b][]",
    "[^1]: note",
    "[^2]: note\n\n    [a] more[^1]",
    "[a]: https://example.org/a",
    "[b]:\n<https://example.org/b>\n\"B\"",
    "[A]: https://example.org/a2\n[b]: /b2 'title'",
    "> [^1]: quoted\n> note [b]",
    "- item[^1]\n- [a]",
    "`[a]`\n[b]",
    "| [a] | x[^2] |\n|---|---|\n| [b] | y |",
    "![image][a]",
];

/// Whether a label stands there as text because nothing defines it.
fn has_loose_ends(text: &str) -> bool {
    let arena = comrak::Arena::new();
    // The parser follows no more bytes of addresses than its input has: a short text with many links needs padding.
    let text = format!("{text}{}", "\n".repeat(1_000));
    let root = comrak::parse_document(&arena, &text, &crate::manuscript::markdown::options());
    let is_loose = |text: &str| ["[^1]", "[^2]", "[a]", "[b]"].iter().any(|label| text.contains(label));
    root.descendants().any(|node| matches!(&node.data().value, NodeValue::Text(text) if is_loose(text)))
}

/// A stretch of a text made elsewhere.
fn pasted() -> impl Strategy<Value = String> {
    let word = prop_oneof![Just("WORD"), Just("*WORD* more"), Just("[WORD](#a)"), Just("[WORD]"), Just("`WORD`")];
    let line = (select(&NASTY[..]).prop_filter("keys may clash", |line| !line.contains("{#key}")), word);
    (line, select(&["\n", "\n\n", " ", "\r\n", "\u{c}"][..]), any::<bool>()).prop_map(
        |((nasty, word), end, is_first)| {
            if is_first { format!("{word}{end}{nasty}\n") } else { format!("{nasty}{end}{word}\n") }
        },
    )
}

fn nasty_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => select(&NASTY[..]).prop_map(str::to_owned),
        2 => "[ -~\\t]{0,30}",
        1 => "\\PC{0,12}",
    ];
    vec((part, select(&["\n", "\n\n", " ", "\r\n"][..])), 0..12)
        .prop_map(|parts| parts.into_iter().map(|(part, end)| part + end).collect())
}

fn body() -> impl Strategy<Value = Body> {
    nasty_text().prop_filter_map("the domain refuses it", |text| Body::new(text).ok())
}

fn prose() -> impl Strategy<Value = Prose> {
    nasty_text().prop_filter_map("the domain refuses it", |text| Prose::new(text).ok())
}

fn line() -> impl Strategy<Value = Line> {
    nasty_text().prop_filter_map("the domain refuses it", |text| Line::new(text.replace(['\n', '\r', '\t'], " ")).ok())
}

fn address() -> impl Strategy<Value = Line> {
    let address =
        prop_oneof!["https://[ -~]{1,30}", "https://example\\.org/[a-z&;<>()\\\\#\"' ]{0,20}", "https://\\PC{1,20}"];
    address.prop_filter_map("the domain refuses it", |text| Line::new(text).ok())
}

fn date() -> impl Strategy<Value = PartialDate> {
    (1900..3000i32, 1..=12u32, option::of(1..=28u32)).prop_map(|(year, month, day)| {
        let first = NaiveDate::from_ymd_opt(year, month, day.unwrap_or(1)).unwrap();
        day.map_or(PartialDate::month_of(first), |_| PartialDate::day(first))
    })
}

fn statement() -> impl Strategy<Value = Statement> {
    (select(Strength::ALL), prose(), option::of(prose()), option::of(prose())).prop_map(
        |(strength, text, summary, stood_down)| Statement {
            number: RecommendationNumber::FIRST,
            strength,
            text,
            summary,
            stood_down,
        },
    )
}

fn content() -> impl Strategy<Value = Content> {
    let reference = (line(), option::of(address())).prop_map(|(text, url)| Reference { text, url });
    (line(), body(), option::of(prose()), vec(statement(), 0..3), vec(reference, 0..3)).prop_map(
        |(heading, body, summary, recommendations, references)| Content {
            heading,
            body,
            summary,
            recommendations,
            references,
        },
    )
}

fn section() -> impl Strategy<Value = ManuscriptSection> {
    let requirements = vec((select(Discipline::ALL), 1..=9u8), 0..4).prop_map(Requirements::from_iter);
    (1..=6u8, option::of(select(Audience::ALL)), option::of(select(Stage::ALL)), requirements, content()).prop_map(
        |(level, audience, stage, requirements, content)| {
            let key = Key::from_heading("x");
            ManuscriptSection { key, level, audience, stage, requirements, content }
        },
    )
}

prop_compose! {
    fn manuscript()(
        title in line(),
        slug in "[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}",
        issued in option::of(date()),
        review_due in date(),
        audience in select(Audience::ALL),
        interval_months in 1..=120u32,
        lead_months in 0..=120u32,
        final_window_days in 0..=90u32,
        change_note in option::of(prose()),
        is_demonstration in any::<bool>(),
        mut sections in vec(section(), 0..6),
        first_number in 1..900_000u32,
    ) -> Manuscript {
        let mut level = 0;
        let mut number = RecommendationNumber::new(first_number).unwrap();
        for (index, section) in sections.iter_mut().enumerate() {
            section.key = Key::new(format!("key-{index}")).unwrap();
            section.level = section.level.min(level + 1);
            level = section.level;
            section.audience = section.audience.map(|wanted| wanted.min(audience));
            for statement in &mut section.content.recommendations {
                statement.number = number;
                number = number.next();
            }
        }
        Manuscript {
            title,
            slug: Key::new(slug).unwrap(),
            issued,
            review_due,
            audience,
            policy: ReviewPolicy { interval_months, lead_months, final_window_days, ..ReviewPolicy::default() },
            change_note,
            is_demonstration,
            sections,
        }
    }
}

fn assert_round_trip(manuscript: &Manuscript) {
    let file = write(manuscript);
    let again = read(&file).unwrap_or_else(|faults| panic!("{faults:?}\n{file}"));
    assert_eq!(&again, manuscript, "\n{file}");
    let digests = |manuscript: &Manuscript| -> Vec<_> {
        manuscript.sections.iter().map(|section| section.content.digest()).collect()
    };
    assert_eq!(digests(&again), digests(manuscript));
}

proptest! {
    #[test]
    fn d2_what_was_written_is_read_as_the_same_manuscript(manuscript in manuscript()) {
        assert_round_trip(&manuscript);
    }

    /// Whatever is pasted under front matter is read, no word of it is lost, and writing keeps what reading made.
    #[test]
    fn any_text_under_front_matter_is_read_whole_and_survives_a_round_trip(parts in vec(pasted(), 0..40)) {
        let words = (0..parts.len()).map(|number| format!("word{number}w"));
        let text: String = parts.iter().zip(words.clone()).map(|(part, word)| part.replace("WORD", &word)).collect();
        let manuscript = read(&format!("{HEAD}{text}")).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
        assert_round_trip(&manuscript);
        let file = write(&manuscript);
        for (word, _) in words.zip(&parts).filter(|(_, part)| part.contains("WORD")) {
            assert!(file.contains(&word), "{word} is lost\n{text}\n=====\n{file}");
        }
    }

    /// A footnote or link that worked in the whole file works in its section.
    #[test]
    fn what_reached_across_sections_still_arrives(parts in vec(select(&LINKED[..]), 1..12)) {
        let notes = "[^1]: last note[^2]\n\n[^2]: very last\n\n[a]: https://example.org/z\n[b]: https://example.org/y";
        let text = format!("{}\n\n# Notes\n\n{notes}", parts.join("\n\n"));
        assert!(!has_loose_ends(&text), "{text}");
        for section in read(&format!("{HEAD}{text}")).unwrap().sections {
            let body = section.content.body.as_str();
            prop_assert!(!has_loose_ends(body), "{body}\n=====\n{text}");
        }
    }

    #[test]
    fn blocks_in_any_disorder_never_make_reading_panic(parts in vec((select(&BLOCKS[..]), pasted()), 0..12)) {
        let text: String = parts.into_iter().map(|(block, text)| format!("{block}\n{text}")).collect();
        for head in [HEAD.to_owned(), HEAD.replace("title", "sections: marked\ntitle")] {
            if let Ok(manuscript) = read(&format!("{head}{text}")) {
                assert_round_trip(&manuscript);
            }
        }
    }

    #[test]
    fn no_text_makes_reading_panic(text in "(---\n)?([a-z]{1,5}: [\"'\\[{&*!|>]?[a-z]{0,5}\n){0,4}(---\n)?\\PC{0,40}") {
        drop(read(&text));
    }
}
