//! What a reader types into the search field, as terms that are safe to hand to a search engine.
//!
//! Words lose everything but letters and digits, and each term becomes a group of [alternatives](Group) by a table of
//! synonyms, so that a patient's "lump removal" finds a surgeon's "wide local excision". The two renderings, for
//! SQLite's FTS5 and for PostgreSQL, quote every word: nothing that was typed can act as an operator. Running the
//! search, ranking and access belong to the store.
//!
//! ```text
//! typed -> units (a word, a hyphenated word, a "quoted phrase") -> groups of alternatives -> fts5 | tsquery
//! ```

use std::{collections::HashMap, sync::LazyLock};

/// The most characters that may be typed.
pub const TYPED_CHARS_MAX: usize = 200;

/// Words that say nothing alone, many of them from questions. They are dropped here and by neither engine, so that both
/// look for the same. Words that a clinician means (no, not, before, after ...) are none of them.
const SILENT: &[&str] = &[
    "a", "am", "an", "and", "are", "as", "at", "be", "been", "being", "but", "by", "can", "did", "do", "does", "for",
    "from", "had", "has", "have", "he", "her", "his", "how", "i", "if", "in", "is", "it", "its", "me", "my", "of",
    "on", "or", "our", "she", "should", "that", "the", "their", "them", "there", "these", "they", "this", "those",
    "to", "was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with", "you", "your",
];

/// Why what was typed cannot be searched for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SearchProblem {
    /// More than [`TYPED_CHARS_MAX`] characters.
    #[error("is longer than {TYPED_CHARS_MAX} characters")]
    TooLong,
    /// NUL, a line break or another control character.
    #[error("contains a control character")]
    Control,
}

/// Words that stand next to one another, lower-case, letters and digits only. Never empty.
pub type Phrase = Vec<String>;

/// One thing that was asked for, in every wording we know for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Any of these will do. The wording that was typed comes first.
    pub alternatives: Vec<Phrase>,
    /// Whether what contains it is unwanted.
    pub excluded: bool,
}

/// What a reader is looking for: all of the groups that are not excluded, and none of those that are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SearchTerms(Vec<Group>);

impl SearchTerms {
    /// Reads what was typed. Text without a word in it gives no groups.
    pub fn new(typed: &str) -> Result<Self, SearchProblem> {
        if typed.chars().count() > TYPED_CHARS_MAX {
            return Err(SearchProblem::TooLong);
        }
        if typed.chars().any(char::is_control) {
            return Err(SearchProblem::Control);
        }
        let units = units(typed);
        let mut groups = Vec::new();
        let mut rest = units.as_slice();
        while let Some((first, others)) = rest.split_first() {
            let (phrase, taken) = longest_known(rest).unwrap_or_else(|| (first.words.clone(), 1));
            let is_silent = taken == 1 && !first.is_quoted && matches!(phrase.as_slice(), [word] if is_silent(word));
            if !is_silent {
                push_new(&mut groups, Group { alternatives: alternatives(phrase), excluded: first.excluded });
            }
            rest = others.get(taken - 1..).unwrap_or_default();
        }
        Ok(Self(groups))
    }

    /// The groups, in the order they were typed.
    pub fn groups(&self) -> &[Group] {
        &self.0
    }

    /// A `MATCH` expression of SQLite's FTS5; nothing if nothing is asked for but exclusions, which FTS5 cannot express.
    pub fn fts5(&self) -> Option<String> {
        let word = |phrase: &Phrase| format!("\"{}\"", phrase.join(" "));
        let (wanted, unwanted) = self.rendered(word, " OR ");
        let wanted = match wanted.as_slice() {
            [] => return None,
            [one] => one.clone(),
            many => format!("({})", many.join(" AND ")),
        };
        Some(unwanted.into_iter().fold(wanted, |query, group| format!("{query} NOT {group}")))
    }

    /// Text for PostgreSQL's `to_tsquery`; nothing if nothing is asked for but exclusions, as for [`Self::fts5`].
    pub fn tsquery(&self) -> Option<String> {
        let words = |phrase: &Phrase| {
            let quoted: Vec<String> = phrase.iter().map(|word| format!("'{word}'")).collect();
            if quoted.len() > 1 { format!("({})", quoted.join(" <-> ")) } else { quoted.concat() }
        };
        let (wanted, unwanted) = self.rendered(words, " | ");
        if wanted.is_empty() {
            return None;
        }
        let unwanted = unwanted.into_iter().map(|group| format!("!{group}"));
        Some(wanted.into_iter().chain(unwanted).collect::<Vec<_>>().join(" & "))
    }

    /// The groups as texts, first the wanted ones, then the unwanted.
    fn rendered(&self, phrase: impl Fn(&Phrase) -> String, or: &str) -> (Vec<String>, Vec<String>) {
        let text = |group: &Group| {
            let phrases: Vec<String> = group.alternatives.iter().map(&phrase).collect();
            if phrases.len() > 1 { format!("({})", phrases.join(or)) } else { phrases.concat() }
        };
        let (unwanted, wanted): (Vec<&Group>, Vec<&Group>) = self.0.iter().partition(|group| group.excluded);
        (wanted.into_iter().map(text).collect(), unwanted.into_iter().map(text).collect())
    }
}

/// What stands between spaces, or between quotation marks.
struct Unit {
    words: Phrase,
    excluded: bool,
    is_quoted: bool,
}

fn units(typed: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut rest = typed.trim_start();
    while !rest.is_empty() {
        let positive = rest.strip_prefix('-');
        let excluded = positive.is_some();
        rest = positive.unwrap_or(rest);
        let quoted = rest.strip_prefix(is_quotation_mark);
        let (text, after) = match quoted {
            // An open quotation ends with the text: people forget to close it.
            Some(inside) => inside.split_once(is_quotation_mark).unwrap_or((inside, "")),
            None => rest.split_at(rest.find(|c: char| c.is_whitespace() || is_quotation_mark(c)).unwrap_or(rest.len())),
        };
        let words = words(text);
        if !words.is_empty() {
            units.push(Unit { words, excluded, is_quoted: quoted.is_some() });
        }
        rest = after.trim_start();
    }
    units
}

fn is_quotation_mark(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}')
}

/// The words of a text. Everything that is not a letter or a digit parts them, save combining accents, which are
/// dropped as both engines drop them.
fn words(text: &str) -> Phrase {
    let lower: String = text.to_lowercase().chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn is_silent(word: &str) -> bool {
    SILENT.contains(&word)
}

/// The longest phrase of the table that the first units spell, and how many units that is.
fn longest_known(units: &[Unit]) -> Option<(Phrase, usize)> {
    let first = units.first()?;
    // A quoted phrase or an excluded word stands for itself; plain words may join into a phrase of the table.
    let is_plain = |unit: &Unit| !unit.is_quoted && !unit.excluded;
    let run = if is_plain(first) { units.iter().take_while(|unit| is_plain(unit)).count() } else { 1 };
    (1..=run.min(SYNONYMS.words_max)).rev().find_map(|taken| {
        let phrase: Phrase = units[..taken].iter().flat_map(|unit| unit.words.iter().cloned()).collect();
        SYNONYMS.line_of(&phrase).is_some().then_some((phrase, taken))
    })
}

/// The phrase as typed, then its synonyms.
fn alternatives(phrase: Phrase) -> Vec<Phrase> {
    let known = SYNONYMS.line_of(&phrase).unwrap_or_default();
    let mut alternatives = vec![phrase];
    alternatives.extend(known.iter().filter(|synonym| **synonym != alternatives[0]).cloned().collect::<Vec<_>>());
    alternatives
}

/// Adds a group unless it is there already: saying a word twice does not ask for more.
fn push_new(groups: &mut Vec<Group>, group: Group) {
    if !groups.contains(&group) {
        groups.push(group);
    }
}

static SYNONYMS: LazyLock<Synonyms> = LazyLock::new(|| Synonyms::parse(include_str!("synonyms.csv")));

/// The table of equivalent words and phrases.
struct Synonyms {
    lines: Vec<Vec<Phrase>>,
    /// Line by phrase.
    index: HashMap<Phrase, usize>,
    /// The most words of a phrase.
    words_max: usize,
}

impl Synonyms {
    fn parse(table: &str) -> Self {
        let lines: Vec<Vec<Phrase>> = table
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split(',').map(words).filter(|phrase| !phrase.is_empty()).collect())
            .collect();
        let index: HashMap<Phrase, usize> = lines
            .iter()
            .enumerate()
            .flat_map(|(number, line)| line.iter().map(move |phrase| (phrase.clone(), number)))
            .collect();
        let words_max = index.keys().map(Vec::len).max().unwrap_or(1);
        Self { lines, index, words_max }
    }

    /// The line that has `phrase`, or the same in the singular.
    fn line_of(&self, phrase: &[String]) -> Option<&[Phrase]> {
        let number = self.index.get(phrase).or_else(|| self.index.get(singular(phrase)?.as_slice()))?;
        self.lines.get(*number).map(Vec::as_slice)
    }
}

/// The phrase without the plural -s of its last word, if it seems to have one.
fn singular(phrase: &[String]) -> Option<Phrase> {
    let (last, before) = phrase.split_last()?;
    let stem = last.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with('s'))?;
    Some(before.iter().cloned().chain([stem.to_owned()]).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fts5(typed: &str) -> Option<String> {
        SearchTerms::new(typed).unwrap().fts5()
    }

    fn tsquery(typed: &str) -> Option<String> {
        SearchTerms::new(typed).unwrap().tsquery()
    }

    #[test]
    fn what_is_typed_becomes_a_query_of_both_engines() {
        for (typed, sqlite, postgres) in [
            ("nurse", r#""nurse""#, "'nurse'"),
            ("Nurse  LETTER", r#"("nurse" AND "letter")"#, "'nurse' & 'letter'"),
            ("nurse nurse", r#""nurse""#, "'nurse'"),
            (r#""nurse letter""#, r#""nurse letter""#, "('nurse' <-> 'letter')"),
            ("\u{201c}nurse letter\u{201d}", r#""nurse letter""#, "('nurse' <-> 'letter')"),
            (r#""nurse letter"#, r#""nurse letter""#, "('nurse' <-> 'letter')"),
            ("nurse-led", r#""nurse led""#, "('nurse' <-> 'led')"),
            ("letter from the nurse", r#"("letter" AND "nurse")"#, "'letter' & 'nurse'"),
            (r#""the" nurse"#, r#"("the" AND "nurse")"#, "'the' & 'nurse'"),
            ("nurse -letter", r#""nurse" NOT "letter""#, "'nurse' & !'letter'"),
            (
                r#"-"by letter" nurse home -visit"#,
                r#"("nurse" AND "home") NOT "by letter" NOT "visit""#,
                "'nurse' & 'home' & !('by' <-> 'letter') & !'visit'",
            ),
            ("chemo", r#"("chemo" OR "chemotherapy" OR "cytotoxic")"#, "('chemo' | 'chemotherapy' | 'cytotoxic')"),
            ("Centres", r#"("centres" OR "centre" OR "center")"#, "('centres' | 'centre' | 'center')"),
            ("nurse -scan", r#""nurse" NOT ("scan" OR "imaging")"#, "'nurse' & !('scan' | 'imaging')"),
            (
                "lymph gland nurse",
                r#"(("lymph gland" OR "lymph node" OR "nodal") AND "nurse")"#,
                "(('lymph' <-> 'gland') | ('lymph' <-> 'node') | 'nodal') & 'nurse'",
            ),
            ("Größe Ⅷ", r#"("größe" AND "ⅷ")"#, "'größe' & 'ⅷ'"),
            ("cafe\u{301}", r#""cafe""#, "'cafe'"),
        ] {
            assert_eq!(fts5(typed).as_deref(), Some(sqlite), "{typed}");
            assert_eq!(tsquery(typed).as_deref(), Some(postgres), "{typed}");
        }
    }

    #[test]
    fn operators_of_the_engines_are_only_words() {
        for (typed, sqlite, postgres) in [
            ("nurse* ^letter", r#"("nurse" AND "letter")"#, "'nurse' & 'letter'"),
            ("NEAR(nurse letter)", r#"("near nurse" AND "letter")"#, "('near' <-> 'nurse') & 'letter'"),
            ("body:nurse", r#""body nurse""#, "('body' <-> 'nurse')"),
            ("nurse NOT letter", r#"("nurse" AND "not" AND "letter")"#, "'nurse' & 'not' & 'letter'"),
            ("nurse' | '!letter\\", r#"("nurse" AND "letter")"#, "'nurse' & 'letter'"),
            ("nurse:* <-> !letter:AB", r#"("nurse" AND "letter ab")"#, "'nurse' & ('letter' <-> 'ab')"),
        ] {
            assert_eq!(fts5(typed).as_deref(), Some(sqlite), "{typed}");
            assert_eq!(tsquery(typed).as_deref(), Some(postgres), "{typed}");
        }
    }

    #[test]
    fn nothing_to_look_for_is_no_query() {
        for typed in ["", "   ", "-", "\"\"", "!?*", "the of", "-nurse", "-\"nurse letter\" -visit"] {
            assert_eq!(fts5(typed), None, "{typed}");
            assert_eq!(tsquery(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_patients_words_find_a_surgeons_words() {
        let finds = |typed: &str, other: &str| {
            let terms = SearchTerms::new(typed).unwrap();
            let [group] = terms.groups() else { panic!("{typed}: {terms:?}") };
            assert!(group.alternatives.contains(&words(other)), "{typed}: {group:?}");
            assert_eq!(group.alternatives[0], words(typed), "the typed wording comes first");
        };
        finds("secondary", "metastatic");
        finds("metastatic", "advanced");
        finds("keyhole", "laparoscopic");
        finds("keyhole surgery", "minimally invasive");
        finds("lump removal", "wide local excision");
        finds("Breast-Conserving Surgery", "lumpectomy");
        finds("wide local excisions", "breast-conserving surgery");
        finds("scans", "imaging");
        finds("armpit", "axillary");
        finds("family history", "hereditary");
        finds("hormone", "endocrine");
        finds("radiation", "radiotherapy");
        finds("lymphedema", "lymphoedema");
        finds("tumors", "tumour");
        finds("removal of the breast", "mastectomy");
    }

    #[test]
    fn the_longest_phrase_wins_and_exclusion_reaches_one_term() {
        let first = |typed: &str| SearchTerms::new(typed).unwrap().groups()[0].alternatives[0].join(" ");
        assert_eq!(first("bone scan results"), "bone scan");
        assert_eq!(first("metastatic spinal cord compression pathway"), "metastatic spinal cord compression");

        let terms = SearchTerms::new("nurse -wide local excision").unwrap();
        let excluded: Vec<bool> = terms.groups().iter().map(|group| group.excluded).collect();
        assert_eq!(excluded, [false, true, false, false]);
    }

    #[test]
    fn too_long_and_control_characters_are_refused() {
        assert!(SearchTerms::new(&"é".repeat(TYPED_CHARS_MAX)).is_ok());
        assert_eq!(SearchTerms::new(&"é".repeat(TYPED_CHARS_MAX + 1)), Err(SearchProblem::TooLong));
        for typed in ["a\0b", "a\nb", "a\tb", "a\u{85}b", "\u{7f}"] {
            assert_eq!(SearchTerms::new(typed), Err(SearchProblem::Control), "{typed:?}");
        }
    }

    #[test]
    fn the_table_of_synonyms_is_well_formed() {
        let mut seen = HashMap::new();
        for (number, line) in SYNONYMS.lines.iter().enumerate() {
            assert!(line.len() >= 2, "nothing to exchange in {line:?}");
            assert!(line.len() <= 9, "too many alternatives in {line:?}");
            for phrase in line {
                let before = seen.insert(phrase, number);
                assert_eq!(before, None, "{phrase:?} stands twice");
                let plural = singular(phrase).and_then(|singular| SYNONYMS.index.get(&singular).copied());
                assert!(plural.is_none(), "{phrase:?} is found by its singular");
            }
        }
        assert!(SYNONYMS.lines.len() >= 60);
        for raw in include_str!("synonyms.csv").lines() {
            assert!(raw.split(',').all(|phrase| !phrase.trim().is_empty()), "an empty phrase in {raw:?}");
        }
    }

    proptest! {
        #[test]
        fn every_word_is_letters_and_digits_whatever_is_typed(typed in "([\"'\\\\*:()|&!<> -]|\\PC|[a-z]{1,3}){0,60}") {
            let Ok(terms) = SearchTerms::new(&typed) else { return Ok(()) };
            for group in terms.groups() {
                prop_assert!(!group.alternatives.is_empty());
                for phrase in &group.alternatives {
                    prop_assert!(!phrase.is_empty());
                    for word in phrase {
                        prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric), "{word:?}");
                    }
                }
            }
            prop_assert_eq!(terms.fts5().is_some(), terms.groups().iter().any(|group| !group.excluded));
        }
    }
}
