//! The YAML at the head of a file: what is said of the document as a whole.
//!
//! The YAML is read without types first and judged key by key after, so that one bad date does not hide the next
//! mistake. Anchors and aliases have no use here and are refused, which leaves no way to make a small file large.

use std::{collections::HashMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::Spanned;

use super::{
    attributes,
    faults::{Faults, quote, word},
};
use crate::domain::{
    document::{Audience, Key, Requirements, ReviewPolicy},
    text::{Line, Prose, TextProblem},
    time::PartialDate,
};

/// The most bytes of front matter.
const BYTES_MAX: usize = 64 * 1024;
const FENCE: &str = "---";
const KEYS: [&str; 12] = [
    "title",
    "slug",
    "issued",
    "review_due",
    "audience",
    "requirements",
    "review_interval_months",
    "lead_months",
    "final_window_days",
    "change_note",
    "demonstration",
    "sections",
];

/// Which headings begin a section.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Sections {
    /// Every heading: for texts that people wrote.
    #[default]
    All,
    /// Only headings with a key: for texts that this product wrote.
    Marked,
}

/// What the front matter says. A required value is absent only if there is a fault about it.
#[derive(Debug)]
pub(super) struct FrontMatter {
    pub(super) title: Option<Line>,
    pub(super) slug: Option<Key>,
    pub(super) issued: Option<PartialDate>,
    pub(super) review_due: Option<PartialDate>,
    pub(super) audience: Audience,
    pub(super) requirements: Requirements,
    pub(super) policy: ReviewPolicy,
    pub(super) change_note: Option<Prose>,
    pub(super) is_demonstration: bool,
    pub(super) sections: Sections,
}

impl Default for FrontMatter {
    fn default() -> Self {
        Self {
            title: None,
            slug: None,
            issued: None,
            review_due: None,
            audience: Audience::Public,
            requirements: Requirements::none(),
            policy: ReviewPolicy::default(),
            change_note: None,
            is_demonstration: false,
            sections: Sections::All,
        }
    }
}

/// Reads the front matter; also gives the rest of the file and the number of its first line.
pub(super) fn read<'t>(file: &'t str, faults: &mut Faults) -> (FrontMatter, &'t str, usize) {
    let Some((yaml, rest)) = divide(file) else {
        faults.add(
            1,
            "the file must begin with front matter: a line ---, then title, slug and review_due, then a line ---",
        );
        return (FrontMatter::default(), file, 1);
    };
    let rest_line = 1 + file.strip_suffix(rest).unwrap_or(file).matches('\n').count();
    if yaml.len() > BYTES_MAX {
        faults.add(1, format!("the front matter is longer than {BYTES_MAX} bytes"));
        return (FrontMatter::default(), rest, rest_line);
    }
    match parse(yaml) {
        Ok(entries) => (judge(yaml, entries, faults), rest, rest_line),
        Err(problem) => {
            let line = problem.location().map_or(1, |at| line_in_file(at.line()));
            let message = problem.without_snippet().to_string();
            let message = message.split(" at line ").next().unwrap_or_default().trim();
            faults.add(line, format!("the front matter is not the YAML it should be: {message}"));
            (FrontMatter::default(), rest, rest_line)
        }
    }
}

/// The lines between the first `---` and the next, without the last line end, and what follows.
fn divide(file: &str) -> Option<(&str, &str)> {
    let (first, inside) = file.split_once('\n')?;
    if first.trim_end() != FENCE {
        return None;
    }
    let mut start = 0;
    for line in inside.split_inclusive('\n') {
        if line.trim_end() == FENCE {
            let yaml = inside.get(..start)?;
            return Some((yaml.strip_suffix('\n').unwrap_or(yaml), inside.get(start + line.len()..)?));
        }
        start += line.len();
    }
    None
}

/// YAML begins on the second line of the file.
fn line_in_file(line: u64) -> usize {
    usize::try_from(line).unwrap_or(1).max(1) + 1
}

fn parse(yaml: &str) -> Result<Entries, Box<serde_saphyr::Error>> {
    if yaml.trim().is_empty() {
        return Ok(Entries(Vec::new()));
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_anchors: 0, max_aliases: 0, max_depth: 8, max_documents: 1, max_nodes: 10_000 },
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::PassThrough,
        merge_keys: serde_saphyr::options::MergeKeyPolicy::AsOrdinary,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(yaml, options).map_err(Box::new)
}

fn judge(yaml: &str, entries: Entries, faults: &mut Faults) -> FrontMatter {
    let mut found = FrontMatter::default();
    let mut lines: HashMap<String, usize> = HashMap::new();
    for (key, value) in entries.0 {
        let line = line_in_file(key.referenced.line());
        let key = key.value;
        if !KEYS.contains(&key.as_str()) {
            faults.add(
                line,
                format!("{} is not a key of the front matter: write one of {}", quote(&key), KEYS.join(", ")),
            );
            continue;
        }
        if let Some(first) = lines.insert(key.clone(), line) {
            faults.add(line, format!("{key} is given twice, first on line {first}"));
            continue;
        }
        found.set(&key, &Given { key: &key, line, yaml, value: &value }, faults);
    }
    for key in ["title", "slug", "review_due"] {
        if !lines.contains_key(key) {
            faults.add(1, format!("the front matter lacks {key}"));
        }
    }
    found
}

impl FrontMatter {
    fn set(&mut self, key: &str, given: &Given<'_>, faults: &mut Faults) {
        match key {
            "title" => self.title = given.read(faults, |text| Line::new(text).map_err(text_problem)),
            "slug" => {
                self.slug =
                    given.read(faults, |text| Key::new(text).map_err(|problem| format!("{} {problem}", quote(text))))
            }
            "review_due" => self.review_due = given.read(faults, date),
            "requirements" => self.requirements = given.requirements(faults),
            // What is optional may be left empty.
            _ if given.value.value == Value::Empty => {}
            "issued" => self.issued = given.read(faults, date),
            "audience" => {
                if let Some(audience) = given.read(faults, |text| word("an audience", Audience::ALL, text)) {
                    self.audience = audience;
                }
            }
            "review_interval_months" => {
                given.number(&mut self.policy.interval_months, 1, ReviewPolicy::MONTHS_MAX, faults)
            }
            "lead_months" => given.number(&mut self.policy.lead_months, 0, ReviewPolicy::MONTHS_MAX, faults),
            "final_window_days" => {
                given.number(&mut self.policy.final_window_days, 0, ReviewPolicy::FINAL_WINDOW_DAYS_MAX, faults);
            }
            "change_note" => self.change_note = given.read(faults, |text| Prose::new(text).map_err(text_problem)),
            "demonstration" => {
                self.is_demonstration = given.read(faults, |text| {
                    text.parse().map_err(|_| format!("{} is neither true nor false", quote(text)))
                }) == Some(true);
            }
            "sections" => {
                self.sections = given
                    .read(faults, |text| match text.to_ascii_lowercase().as_str() {
                        "all" => Ok(Sections::All),
                        "marked" => Ok(Sections::Marked),
                        _ => Err(format!("{} is neither all nor marked", quote(text))),
                    })
                    .unwrap_or_default();
            }
            _ => {}
        }
    }
}

fn text_problem(problem: TextProblem) -> String {
    problem.to_string()
}

fn date(text: &str) -> Result<PartialDate, String> {
    text.parse::<PartialDate>().map_err(|problem| problem.to_string())
}

/// A key with its value and where it stands.
struct Given<'a> {
    key: &'a str,
    line: usize,
    yaml: &'a str,
    value: &'a Spanned<Value>,
}

impl Given<'_> {
    fn read<T>(&self, faults: &mut Faults, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let value = match written(self.value, self.yaml) {
            Some(text) => read(text),
            None => Err("needs one value".to_owned()),
        };
        faults.keep(self.line, value.map_err(|message| format!("{}: {message}", self.key)))
    }

    fn number(&self, place: &mut u32, min: u32, max: u32, faults: &mut Faults) {
        let number = self.read(faults, |text| match text.parse::<u32>() {
            Ok(number) if (min..=max).contains(&number) => Ok(number),
            Ok(_) | Err(_) => Err(format!("{} is not a whole number from {min} to {max}", quote(text))),
        });
        if let Some(number) = number {
            *place = number;
        }
    }

    /// `[SURGERY, NURSING]`, `{SURGERY: 2}`, or nothing.
    fn requirements(&self, faults: &mut Faults) -> Requirements {
        let mut requirements = Requirements::none();
        match &self.value.value {
            Value::Empty => {}
            Value::List(items) => {
                for item in items {
                    self.require(&mut requirements, item, "1", faults);
                }
            }
            Value::Map(entries) => {
                for (name, approvals) in entries {
                    self.require(&mut requirements, name, written(approvals, self.yaml).unwrap_or_default(), faults);
                }
            }
            Value::Text(_) | Value::Plain => faults.add(
                self.line,
                "requirements: write a list such as [SURGERY, NURSING] or numbers such as {SURGERY: 2}".to_owned(),
            ),
        }
        requirements
    }

    fn require(&self, requirements: &mut Requirements, name: &Spanned<Value>, approvals: &str, faults: &mut Faults) {
        let line = line_in_file(name.referenced.line());
        attributes::require(requirements, written(name, self.yaml).unwrap_or_default(), approvals, line, faults);
    }
}

/// What the author wrote for one value. A bare number or truth value is taken as it was written, so that the title
/// `1.10` does not become `1.1`.
fn written<'a>(value: &'a Spanned<Value>, yaml: &'a str) -> Option<&'a str> {
    match &value.value {
        Value::Text(text) => Some(text),
        Value::Plain => {
            let span = value.referenced.span();
            let start = usize::try_from(span.byte_offset()?).ok()?;
            let len = usize::try_from(span.byte_len()?).ok()?;
            yaml.get(start..start.checked_add(len)?).map(str::trim)
        }
        Value::Empty | Value::List(_) | Value::Map(_) => None,
    }
}

/// YAML without types.
#[derive(PartialEq, Debug)]
enum Value {
    Empty,
    Text(String),
    /// A number or truth value; [`written`] finds its text.
    Plain,
    List(Vec<Spanned<Value>>),
    Map(Vec<(Spanned<Value>, Spanned<Value>)>),
}

/// The top of the front matter.
struct Entries(Vec<(Spanned<String>, Spanned<Value>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;
        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("lines of the form `key: value`")
            }
            fn visit_unit<E>(self) -> Result<Entries, E> {
                Ok(Entries(Vec::new()))
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(EntriesVisitor)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Empty)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
                Ok(Value::Plain)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
                Ok(Value::Plain)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
                Ok(Value::Plain)
            }
            fn visit_i128<E>(self, _: i128) -> Result<Value, E> {
                Ok(Value::Plain)
            }
            fn visit_u128<E>(self, _: u128) -> Result<Value, E> {
                Ok(Value::Plain)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Plain)
            }
            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
            fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<Value, S::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Value::List(list))
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Value, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Value::Map(entries))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}
