//! Tests of reading and writing whole files.

use std::time::{Duration, Instant};

use super::{Manuscript, ManuscriptSection, RECOMMENDATIONS_MAX, SECTIONS_MAX, read, write};
use crate::domain::{document::Audience, role::Discipline, text::BODY_BYTES_MAX};

mod round_trip;

const HEAD: &str = "---\ntitle: Advice\nslug: advice\nreview_due: 2019-05\n---\n";
/// The line of a file on which what follows [`HEAD`] begins.
const FIRST_LINE: usize = 6;

fn sections(text: &str) -> Vec<ManuscriptSection> {
    read(&format!("{HEAD}{text}")).unwrap().sections
}

fn headings(text: &str) -> Vec<(u8, String, String)> {
    let outline = |section: ManuscriptSection| {
        (section.level, section.key.to_string(), section.content.heading.as_str().to_owned())
    };
    sections(text).into_iter().map(outline).collect()
}

fn bodies(text: &str) -> Vec<String> {
    sections(text).into_iter().map(|section| section.content.body.as_str().to_owned()).collect()
}

fn faults(file: &str) -> Vec<String> {
    read(file).unwrap_err().iter().map(ToString::to_string).collect()
}

/// The faults of a text under a good front matter; lines count from the text's first.
fn text_faults(text: &str) -> Vec<String> {
    let faults = read(&format!("{HEAD}{text}")).unwrap_err();
    faults.into_iter().map(|fault| format!("{}: {}", fault.line + 1 - FIRST_LINE, fault.message)).collect()
}

/// A text made for print, with everything in it that such texts hold. The export beside it has been read by eye.
#[test]
fn a_long_text_made_elsewhere_is_read_as_its_author_meant_it() {
    let manuscript = read(include_str!("../../tests/it/data/manuscripts/long.md")).unwrap();
    let exported = include_str!("../../tests/it/data/manuscripts/long.exported.md");
    assert_eq!(write(&manuscript), exported);
    assert_eq!(read(exported).unwrap(), manuscript);
}

#[test]
fn every_mistake_of_a_bad_file_is_reported_with_its_line() {
    let found = faults(include_str!("../../tests/it/data/manuscripts/bad.md"));
    let expected: Vec<&str> = include_str!("../../tests/it/data/manuscripts/bad.faults.txt").lines().collect();
    assert_eq!(found, expected);
}

#[test]
fn the_example_in_the_documentation_is_a_manuscript() {
    let page = include_str!("../../docs/manuscript.md");
    let example = page.split("```markdown\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let manuscript = read(example).unwrap();
    let content = &manuscript.sections[0].content;
    assert_eq!((manuscript.sections.len(), content.recommendations.len(), content.references.len()), (1, 2, 2));
    assert!(content.summary.is_some() && content.recommendations[1].stood_down.is_some());
}

#[test]
fn a_file_without_front_matter_is_told_what_to_begin_with() {
    for file in ["", "# Heading\n", "---\ntitle: never closed\n", "\n---\ntitle: late\n---\n"] {
        assert!(faults(file)[0].starts_with("line 1: the file must begin with front matter"), "{file:?}");
    }
    let lacking = ["review_due", "slug", "title"].map(|key| format!("line 1: the front matter lacks {key}"));
    assert_eq!(faults("---\n---\n"), lacking);
}

#[test]
fn yaml_that_is_broken_or_grows_is_one_fault_and_the_text_is_still_examined() {
    let broken = faults("---\ntitle: Advice\nslug: [advice\nreview_due: 2019-05\n---\n::: plain\n");
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(broken[0].contains("is not the YAML it should be"), "{broken:?}");
    assert_eq!(broken[1], "line 6: the plain block is never closed: end it with a line :::");
    let bomb = faults("---\na: &a [x, x, x]\nb: &b [*a, *a, *a]\nrequirements: [*b, *b, *b]\n---\n");
    assert_eq!(bomb.len(), 1, "{bomb:?}");
    assert!(bomb[0].starts_with("line 2: the front matter is not the YAML it should be"), "{bomb:?}");
}

#[test]
fn bare_yaml_values_are_taken_as_written() {
    let file = "---\ntitle: 1.10\nslug: 2017\nissued:\nreview_due: \"2019-05-31\"\ndemonstration: true\nrequirements: [surgery, patient-representative]\n---\n# One\n";
    let manuscript = read(file).unwrap();
    assert_eq!((manuscript.title.as_str(), manuscript.slug.as_str()), ("1.10", "2017"));
    assert_eq!((manuscript.issued, manuscript.review_due.to_string().as_str()), (None, "2019-05-31"));
    assert!(manuscript.is_demonstration);
    let named: Vec<_> = manuscript.sections[0].requirements.iter().collect();
    assert_eq!(named, [(Discipline::Surgery, 1), (Discipline::PatientRepresentative, 1)]);
}

#[test]
fn every_kind_of_heading_begins_a_section_and_skipped_levels_close_up() {
    let text = "# A\n###### B\n## C\nD\n===\nE\n---\n## A\n#### A\n#\n";
    let expected = [
        (1, "a", "A"),
        (2, "b", "B"),
        (2, "c", "C"),
        (1, "d", "D"),
        (2, "e", "E"),
        (2, "a-2", "A"),
        (3, "a-3", "A"),
        (1, "untitled-section", "Untitled section"),
    ];
    assert_eq!(headings(text), expected.map(|(level, key, heading)| (level, key.to_owned(), heading.to_owned())));
}

#[test]
fn text_before_the_first_heading_stands_under_the_title() {
    assert_eq!(headings("Words only.\n"), [(1, "advice".to_owned(), "Advice".to_owned())]);
    assert_eq!(headings("\n\n# Advice\n"), [(1, "advice".to_owned(), "Advice".to_owned())]);
    assert_eq!(headings("Words.\n# Advice\n")[1].1, "advice-2");
    assert!(sections("").is_empty());
}

#[test]
fn a_written_key_is_kept_and_a_default_one_avoids_it() {
    let keys: Vec<_> =
        headings("# Notes\n# Other {#notes}\n# Notes {#notes-2}\n# Notes\n").into_iter().map(|h| h.1).collect();
    assert_eq!(keys, ["notes-3", "notes", "notes-2", "notes-4"]);
}

#[test]
fn what_a_heading_cannot_say_stays_in_the_body() {
    let note = bodies("# Heading[^1] {#h}\n\nText.\n\n# Notes\n\n[^1]: A note.\n");
    assert_eq!(note, ["# Heading[^1]\n\n\nText.\n\n[^1]: A note.", ""]);
    let long = "word ".repeat(70);
    let section = sections(&format!("# {long}\n")).remove(0);
    assert!(section.content.heading.as_str().ends_with("word…") && section.content.heading.as_str().len() <= 302);
    assert_eq!(section.content.body.as_str(), format!("# {}", long.trim()));
    // An anchor that a web page put there says nothing.
    assert_eq!(bodies("# [Heading](#heading)\n"), [""]);
}

#[test]
fn braces_that_are_not_attributes_belong_to_the_heading() {
    for (heading, words) in
        [("The set {a, b}", "The set {a, b}"), ("Not \\{#this}", "Not {#this}"), ("Wide {.wide -}", "Wide")]
    {
        assert_eq!(headings(&format!("# {heading}\n"))[0].2, words);
    }
    assert_eq!(headings("# From a converter {#_Toc12 .wide}\n")[0].1, "toc12");
}

#[test]
fn no_discipline_can_be_asked_for_where_the_document_has_a_default() {
    let file = HEAD.replace("title", "requirements: [NURSING]\ntitle")
        + "# A\n# B {disciplines=\"\"}\n# C {disciplines=\"oncology:3\"}\n";
    let named: Vec<Vec<_>> =
        read(&file).unwrap().sections.iter().map(|section| section.requirements.iter().collect()).collect();
    assert_eq!(named, [vec![(Discipline::Nursing, 1)], vec![], vec![(Discipline::Oncology, 3)]]);
}

#[test]
fn a_section_may_be_narrower_than_its_document_and_never_wider() {
    let file = HEAD.replace("title", "audience: partners\ntitle") + "# A {audience=group}\n# B {audience=PARTNERS}\n";
    let audiences: Vec<_> = read(&file).unwrap().sections.iter().map(|section| section.audience).collect();
    assert_eq!(audiences, [Some(Audience::Group), Some(Audience::Partners)]);
    let file = file.replace("audience=PARTNERS", "audience=PUBLIC");
    assert_eq!(faults(&file), ["line 8: the audience PUBLIC is wider than PARTNERS, that of the document"]);
}

#[test]
fn numbers_that_are_not_written_follow_the_largest_that_is() {
    let text = "# A\n::: recommendation MUST\na\n:::\n::: recommendation R40 OFFER\nb\n:::\n# B\n::: recommendation consider\nc\n:::\n";
    let numbers: Vec<_> = sections(text)
        .iter()
        .flat_map(|section| section.content.recommendations.iter().map(|statement| statement.number.get()))
        .collect();
    assert_eq!(numbers, [41, 40, 42]);
    let full = "::: recommendation R999999 MUST\na\n:::\n::: recommendation MUST\nb\n:::\n";
    assert_eq!(text_faults(full), ["4: no number up to R999999 is left: write numbers"]);
}

#[test]
fn footnotes_and_link_addresses_go_with_the_sections_that_use_them() {
    let text = "# A\n\nOne.[^1] [Two][t].\n\n# B\n\nThree.[^1]\n\n# C\n\n[t]: https://example.org\n[u]: https://example.org/u\n\n[^1]: See [t].[^2]\n[^2]: Also.\n[^3]: Unused.\n";
    assert_eq!(
        bodies(text),
        [
            "One.[^1] [Two][t].\n\n[^1]: See [t].[^2]\n\n[^2]: Also.\n\n[t]: https://example.org",
            "Three.[^1]\n\n[^1]: See [t].[^2]\n\n[^2]: Also.\n\n[t]: https://example.org",
            "[u]: https://example.org/u\n\n[^3]: Unused.",
        ]
    );
}

#[test]
fn chapters_that_count_their_notes_from_one_keep_their_own() {
    let text = "# A\n\nx[^1]\n\n## Notes A\n\n[^1]: of A\n\n# B\n\ny[^1]\n\n## Notes B\n\n[^1]: of B\n";
    assert_eq!(bodies(text), ["x[^1]\n\n[^1]: of A", "", "y[^1]\n\n[^1]: of B", ""]);
}

#[test]
fn a_note_inside_a_quote_is_lent_and_stays() {
    assert_eq!(
        bodies("# A\n\nx[^1]\n\n# B\n\n> [^1]: Quoted\n> note.\n"),
        ["x[^1]\n\n[^1]: Quoted\nnote.", "> [^1]: Quoted\n> note."]
    );
}

#[test]
fn code_and_comments_hide_headings_and_blocks() {
    let text = "# A\n\n```\n# B {#b}\n::: plain\n```\n\n<!--\n# C\n:::\n-->\n";
    assert_eq!(headings(text).len(), 1);
    assert_eq!(bodies(text), ["```\n\u{2060}# B {#b}\n\u{2060}::: plain\n```\n\n<!--\n# C\n&#58;::\n-->"]);
    assert_eq!(bodies("::: note\ntext {#x}\n:::\n"), ["\\::: note\ntext {#x}\n\\:::"]);
}

#[test]
fn a_comment_that_never_ends_hides_nothing() {
    assert_eq!(headings("# A\n\n<!-- a\n\n# B\n\n<pre>\n\n# C\n").len(), 3);
    assert_eq!(headings("# A\n\n<!-- a\n\n# B\n\n-->\n\n# C\n").len(), 2);
}

#[test]
fn an_exported_section_that_leaves_code_open_does_not_swallow_the_next() {
    let manuscript = read(&format!("{HEAD}# A\n\n```\n# not B\n")).unwrap();
    let mut both = manuscript.clone();
    both.sections.extend(sections("# B\n\n<!-- never closed\n"));
    both.sections.extend(sections("# C\n"));
    assert_eq!(read(&write(&both)).unwrap(), both);
    assert_eq!(both.sections.len(), 3);
}

#[test]
fn leftovers_of_conversion_are_dropped_and_words_stay_apart() {
    assert_eq!(
        bodies("\u{c}# A\n\nOne\u{b}two\u{c}\nthr\0ee\u{feff}\u{85}four\u{a0}five\r\nsix\rseven\n"),
        ["One two\nthree four\u{a0}five\nsix\nseven"]
    );
}

#[test]
fn an_unclosed_block_hides_no_later_mistake() {
    let text = "# A\n\n::: plain\nWords.\n\n# B {stage=NEVER}\n\n::: recommendation\nx\n:::\n";
    let found = text_faults(text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("6: \"NEVER\" is not a stage"), "{found:?}");
    assert!(
        found[1].starts_with("8: a recommendation block cannot stand inside the plain block of line 8"),
        "{found:?}"
    );
    assert!(found[2].starts_with("8: the recommendation has no strength"), "{found:?}");
    let found = text_faults("::: plain\nWords.\n\n# B {stage=NEVER}\n");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn marked_files_say_what_is_wrong_with_a_marked_heading() {
    let file = HEAD.replace("title", "sections: marked\ntitle")
        + "####### Deep {#deep}\n#Tight {#tight}\n# Twice {#a} {b}\n# Plain\n";
    assert_eq!(
        faults(&file),
        [
            "line 7: a heading is at most 6 levels deep",
            "line 8: a space is missing between the # signs and the words of the heading",
            "line 9: a heading with a key must end with its attributes, such as {#imaging stage=DIAGNOSIS}",
        ]
    );
}

#[test]
fn what_is_too_large_is_one_fault() {
    let long = "word ".repeat(BODY_BYTES_MAX / 5 + 2);
    assert_eq!(
        text_faults(&format!("# A\n\n# B\n\n{long}\n")),
        ["3: the text of the section is longer than 262144 bytes: divide it with headings"]
    );
    let found = text_faults(&"# A\n".repeat(SECTIONS_MAX + 1));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("2001: the file has more than 2000 sections"));
    assert_eq!(sections(&"# A\n".repeat(SECTIONS_MAX)).len(), SECTIONS_MAX);
    let many = "::: recommendation MUST\nx\n:::\n".repeat(RECOMMENDATIONS_MAX + 1);
    assert_eq!(text_faults(&many), ["60001: the file has more than 20000 recommendations"]);
    assert_eq!(faults(&" ".repeat(super::FILE_BYTES_MAX + 1)), ["line 1: the file is longer than 8388608 bytes"]);
}

#[test]
fn a_note_that_every_section_uses_cannot_make_a_small_file_large() {
    let note = "x".repeat(100_000);
    let found = text_faults(&format!("{}\n[^1]: {note}\n", "# A\n\n[^1]\n\n".repeat(200)));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("would make the document too large"));
}

#[test]
fn files_beyond_number_of_faults_are_summed_up() {
    let found = text_faults(&"::: stood-down\nx\n:::\n".repeat(1_500));
    assert_eq!(found.len(), 1_001);
    assert!(found[1_000].ends_with("500 more faults are not listed"));
}

/// Each part repeated makes a text that a careless reader needs minutes for.
const HOSTILE: [&str; 40] = [
    ">",
    "* ",
    "[",
    "![",
    "[a](b ",
    "*a **a ",
    "_a* ",
    "`a``b",
    "<",
    "<a ",
    "<!-- ",
    "::: plain\n",
    "::: x\n",
    ":::\n",
    "::: recommendation MUST\n",
    "::: recommendation R1 MUST\nx\n:::\n",
    "# a\n",
    "# a {#a}\n",
    "{",
    "{#a stage=x ",
    "[^a]: [^a]\n\n",
    "[^a] ",
    "[^a]\n\n# x\n",
    "[a]: b\n",
    "[a]: b\n\n[a]\n\n# x\n",
    "|a|b|\n|-|-|\n",
    "|-",
    "a\n===\n",
    "\n",
    "```\n",
    "<div>\n",
    "<pre>\n",
    "\u{c}a",
    "\\",
    "&amp;",
    "\t* a\n",
    "> > > a\n",
    "<![CDATA[",
    "a: &a [*a]\n",
    "::: references\n- [a](https://b)\n:::\n",
];

#[test]
fn hostile_files_are_read_in_time_that_grows_with_their_length_only() {
    const BYTES: usize = 200_000;
    for part in HOSTILE {
        let text = part.repeat(BYTES / part.len());
        let marked = HEAD.replace("title", "sections: marked\ntitle");
        for file in [format!("{HEAD}{text}"), format!("{marked}{text}"), format!("---\n{text}\n---\n")] {
            let start = Instant::now();
            drop(read(&file));
            let spent = start.elapsed();
            assert!(spent < Duration::from_secs(5), "{part:?} took {spent:?}");
        }
    }
}
