//! What differs between two texts, word by word, for people who read changes.
//!
//! Only the words are compared here; which texts belong together is the comparison's business. The cost is bounded:
//! texts that differ in very many words are compared by the line, and if that is still too much, the differing middle
//! is shown as replaced.
//!
//! ```text
//! texts -> tokens (words, spaces, punctuation) -> stretches (kept or changed) -> tidied -> spans
//! ```

use std::ops::Range;

use similar::{Algorithm, DiffTag, DiffableStr, capture_diff_slices};

/// The most differing tokens, on both sides together, that are compared with one another.
pub const TOKENS_MAX: usize = 20_000;

/// A stretch of text with one fate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// Its fate.
    pub change: Change,
    /// The text; never empty.
    pub text: String,
}

/// What happened to a stretch of text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Change {
    /// On both sides.
    Kept,
    /// Only before.
    Removed,
    /// Only after.
    Added,
}

/// The word-level difference of two texts.
///
/// The kept and removed spans joined are `before`; the kept and added spans joined are `after`. Neighbours differ in
/// kind, and where text was replaced the removed words come first.
pub fn difference(before: &str, after: &str) -> Vec<Span> {
    let stretches = compare(before, after, TOKENS_MAX, |text| text.tokenize_unicode_words())
        .or_else(|| compare(before, after, TOKENS_MAX, |text| text.split_inclusive('\n').collect()))
        .unwrap_or_else(|| replace_middle(before, after));
    spans(before, after, tidy(before, stretches))
}

/// A stretch of both texts, in bytes. A kept one reads the same on both sides.
#[derive(Clone, Debug)]
struct Stretch {
    is_kept: bool,
    before: Range<usize>,
    after: Range<usize>,
}

impl Stretch {
    /// Text went and other text came.
    fn is_replacement(&self) -> bool {
        !self.is_kept && !self.before.is_empty() && !self.after.is_empty()
    }
}

/// Compares token by token, or gives up if more than `limit` of them differ.
fn compare<'t>(
    before: &'t str,
    after: &'t str,
    limit: usize,
    split: impl Fn(&'t str) -> Vec<&'t str>,
) -> Option<Vec<Stretch>> {
    let (old, new) = (split(before), split(after));
    let first = same(old.iter(), new.iter());
    let last = same(old[first..].iter().rev(), new[first..].iter().rev());
    if old.len() + new.len() - 2 * (first + last) > limit {
        return None;
    }

    let (old_ends, new_ends) = (offsets(&old), offsets(&new));
    let bytes = |offsets: &[usize], tokens: Range<usize>| offsets[tokens.start]..offsets[tokens.end];
    let mut stretches: Vec<Stretch> = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (tag, old_tokens, new_tokens) = operation.as_tag_tuple();
        let is_kept = tag == DiffTag::Equal;
        let (before, after) = (bytes(&old_ends, old_tokens), bytes(&new_ends, new_tokens));
        match stretches.last_mut() {
            Some(last) if last.is_kept == is_kept => {
                last.before.end = before.end;
                last.after.end = after.end;
            }
            _ => stretches.push(Stretch { is_kept, before, after }),
        }
    }
    Some(stretches)
}

/// Shows everything between the common beginning and the common end as replaced.
fn replace_middle(before: &str, after: &str) -> Vec<Stretch> {
    let first: usize = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (old, new) = (&before[first..], &after[first..]);
    let last: usize =
        old.chars().rev().zip(new.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (old_end, new_end) = (before.len() - last, after.len() - last);
    vec![
        Stretch { is_kept: true, before: 0..first, after: 0..first },
        Stretch { is_kept: false, before: first..old_end, after: first..new_end },
        Stretch { is_kept: true, before: old_end..before.len(), after: new_end..after.len() },
    ]
}

/// How many of the first tokens are the same.
fn same<'t>(old: impl Iterator<Item = &'t &'t str>, new: impl Iterator<Item = &'t &'t str>) -> usize {
    old.zip(new).take_while(|(a, b)| a == b).count()
}

/// Where each token begins, and at last where the text ends.
fn offsets(tokens: &[&str]) -> Vec<usize> {
    let mut at = 0;
    let mut offsets = Vec::with_capacity(tokens.len() + 1);
    offsets.push(at);
    for token in tokens {
        at += token.len();
        offsets.push(at);
    }
    offsets
}

/// Joins changes that only a space holds apart, so that "the old words" reads as one replaced phrase and not as three.
///
/// A line break is never swallowed, and at least one neighbour must be a replacement: between a removal and a removal
/// the space really was kept.
fn tidy(before: &str, stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut tidied: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let joins = !stretch.is_kept
            && match tidied.as_slice() {
                [.., change, island] if island.is_kept => {
                    let text = &before[island.before.clone()];
                    text.chars().all(|c| c.is_whitespace() && c != '\n')
                        && (change.is_replacement() || stretch.is_replacement())
                }
                _ => false,
            };
        if joins {
            tidied.pop();
        }
        match tidied.last_mut() {
            Some(change) if joins => {
                change.before.end = stretch.before.end;
                change.after.end = stretch.after.end;
            }
            _ => tidied.push(stretch),
        }
    }
    tidied
}

fn spans(before: &str, after: &str, stretches: Vec<Stretch>) -> Vec<Span> {
    let mut spans = Vec::with_capacity(stretches.len() * 2);
    let mut push = |change, text: &str| {
        if !text.is_empty() {
            spans.push(Span { change, text: text.to_owned() });
        }
    };
    for stretch in stretches {
        if stretch.is_kept {
            push(Change::Kept, &before[stretch.before]);
        } else {
            push(Change::Removed, &before[stretch.before]);
            push(Change::Added, &after[stretch.after]);
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let mut shown = String::new();
        for span in difference(before, after) {
            shown += &match span.change {
                Change::Kept => span.text,
                Change::Removed => format!("[-{}-]", span.text),
                Change::Added => format!("{{+{}+}}", span.text),
            };
        }
        shown
    }

    fn side(spans: &[Span], gone: Change) -> String {
        spans.iter().filter(|span| span.change != gone).map(|span| span.text.as_str()).collect()
    }

    fn assert_faithful(before: &str, after: &str) {
        let spans = difference(before, after);
        assert_eq!(side(&spans, Change::Added), before);
        assert_eq!(side(&spans, Change::Removed), after);
        assert!(spans.iter().all(|span| !span.text.is_empty()));
        assert!(spans.windows(2).all(|pair| pair[0].change != pair[1].change));
    }

    #[test]
    fn a_change_is_shown_by_the_word() {
        for (before, after, expected) in [
            ("", "", ""),
            ("same", "same", "same"),
            ("", "new", "{+new+}"),
            ("old", "", "[-old-]"),
            ("Offer MRI.", "Offer an MRI.", "Offer {+an +}MRI."),
            ("within 14 days", "within 7 days", "within [-14-]{+7+} days"),
            ("dose 2.5 mg", "dose 25 mg", "dose [-2.5-]{+25+} mg"),
            ("the patient's scan", "the person's scan", "the [-patient's-]{+person's+} scan"),
            ("Größe", "Grösse", "[-Größe-]{+Grösse+}"),
            ("stop, then go", "stop; then go", "stop[-,-]{+;+} then go"),
        ] {
            assert_eq!(shown(before, after), expected);
        }
    }

    #[test]
    fn a_replaced_phrase_reads_as_one_change() {
        assert_eq!(
            shown("offer wide local excision first", "offer breast conserving surgery first"),
            "offer [-wide local excision-]{+breast conserving surgery+} first"
        );
    }

    #[test]
    fn a_line_break_and_a_truly_kept_space_stay() {
        assert_eq!(shown("one\ntwo", "three\nfour"), "[-one-]{+three+}\n[-two-]{+four+}");
        assert_eq!(shown("(a) (b)", "() ()"), "([-a-]) ([-b-])");
        assert_eq!(shown("a b", " "), "[-a-] [-b-]");
    }

    #[test]
    fn texts_that_differ_too_much_are_compared_by_the_line_and_then_as_a_whole() {
        let words = |word: &str| format!("first line\n{}\nlast line", format!("{word} ").repeat(TOKENS_MAX));
        let by_line = difference(&words("old"), &words("new"));
        assert_eq!(by_line.len(), 4, "kept line, removed line, added line, kept line");
        assert_eq!(by_line[0].text, "first line\n");
        assert_faithful(&words("old"), &words("new"));

        let lines = |word: &str| format!("begin {}end", format!("{word}\n").repeat(TOKENS_MAX));
        let whole = difference(&lines("old"), &lines("new"));
        assert_eq!(whole.len(), 4);
        assert_eq!(whole[0].text, "begin ");
        assert_faithful(&lines("old"), &lines("new"));
    }

    #[test]
    fn the_worst_texts_are_compared_in_a_bounded_time() {
        // A fixed shuffle over few words: many false matches, no long common run.
        let text = |mut seed: u64, words: usize, kinds: u64| {
            let mut text = String::new();
            for _ in 0..words {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text += &format!("w{} ", (seed >> 33) % kinds);
            }
            text
        };
        for kinds in [2, 30, 3_000, 1_000_000] {
            for words in [TOKENS_MAX / 4 - 1, 40_000] {
                let (before, after) = (text(1, words, kinds), text(2, words, kinds));
                let start = Instant::now();
                assert_faithful(&before, &after);
                let took = start.elapsed();
                assert!(took < Duration::from_secs(10), "{words} words of {kinds} kinds took {took:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn spans_joined_are_both_texts(
            before in "(?s)([ab ,.\n]|é|\u{301}|\\PC){0,60}",
            after in "(?s)([ab ,.\n]|é|\u{301}|\\PC){0,60}",
        ) {
            assert_faithful(&before, &after);
        }

        #[test]
        fn giving_up_early_changes_nothing_but_the_detail(before in "[ab \n]{0,40}", after in "[ab \n]{0,40}") {
            let spans = spans(&before, &after, tidy(&before, replace_middle(&before, &after)));
            prop_assert_eq!(side(&spans, Change::Added), before);
            prop_assert_eq!(side(&spans, Change::Removed), after);
        }
    }
}
