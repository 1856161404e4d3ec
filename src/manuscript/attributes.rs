//! The attribute block at the end of a heading line: `{#imaging stage=DIAGNOSIS disciplines="RADIOLOGY SURGERY:2"}`.

use super::faults::{Faults, quote, word};
use crate::domain::{
    document::{Audience, Key, Requirements, Stage},
    role::Discipline,
};

const STAGE: &str = "stage";
const AUDIENCE: &str = "audience";
const DISCIPLINES: &str = "disciplines";

/// What a heading says about its section. What it leaves out has a default.
#[derive(Default, Debug)]
pub(super) struct Attributes {
    pub(super) key: Option<Key>,
    pub(super) stage: Option<Stage>,
    pub(super) audience: Option<Audience>,
    pub(super) requirements: Option<Requirements>,
}

/// Divides a heading line into its words and the inside of its attribute block. Braces that hold something else,
/// such as a formula, belong to the words.
pub(super) fn split(line: &str) -> Option<(&str, &str)> {
    let trimmed = line.trim_end();
    let (words, inside) = trimmed.strip_suffix('}')?.rsplit_once('{')?;
    let slashes = words.len() - words.trim_end_matches('\\').len();
    let first = inside.split_whitespace().next()?;
    let is_known = |name: &str| [STAGE, AUDIENCE, DISCIPLINES].iter().any(|known| known.eq_ignore_ascii_case(name));
    let is_ours =
        first.starts_with(['#', '.']) || first == "-" || first.split_once('=').is_some_and(|(name, _)| is_known(name));
    (slashes % 2 == 0 && is_ours).then_some((words.trim_end(), inside))
}

/// Reads the inside of an attribute block. Classes (`.wide`) and `-`, which other converters write, say nothing to us.
pub(super) fn read(inside: &str, line: usize, faults: &mut Faults) -> Attributes {
    let mut attributes = Attributes::default();
    for item in items(inside) {
        if item == "-" || item.starts_with('.') {
            continue;
        }
        if let Some(id) = item.strip_prefix('#') {
            set(&mut attributes.key, faults.keep(line, key(id)), "key", line, faults);
            continue;
        }
        let (name, value) = item.split_once('=').unwrap_or((item, ""));
        let value = value.trim_matches('"');
        match name.to_ascii_lowercase().as_str() {
            STAGE => {
                let stage = faults.keep(line, word("a stage", Stage::ALL, value));
                set(&mut attributes.stage, stage, STAGE, line, faults);
            }
            AUDIENCE => {
                let audience = faults.keep(line, word("an audience", Audience::ALL, value));
                set(&mut attributes.audience, audience, AUDIENCE, line, faults);
            }
            DISCIPLINES => {
                let disciplines = Some(disciplines(value, line, faults));
                set(&mut attributes.requirements, disciplines, DISCIPLINES, line, faults);
            }
            _ => faults.add(
                line,
                format!(
                    "{} is not an attribute of a heading: write #key, {STAGE}=, {AUDIENCE}= or {DISCIPLINES}=",
                    quote(name)
                ),
            ),
        }
    }
    attributes
}

fn set<T>(place: &mut Option<T>, value: Option<T>, name: &str, line: usize, faults: &mut Faults) {
    if place.is_some() {
        faults.add(line, format!("the heading gives its {name} twice"));
    } else {
        *place = value;
    }
}

/// A key, or the nearest one to what another converter wrote (`_Toc12` gives `toc12`).
fn key(id: &str) -> Result<Key, String> {
    match Key::new(id) {
        Ok(key) => Ok(key),
        Err(_) if id.contains(|c: char| c.is_ascii_alphanumeric()) => Ok(Key::from_heading(id)),
        Err(problem) => Err(format!("the key {} {problem}", quote(&format!("#{id}")))),
    }
}

fn disciplines(text: &str, line: usize, faults: &mut Faults) -> Requirements {
    let mut requirements = Requirements::none();
    for item in text.split([' ', ',']).filter(|item| !item.is_empty()) {
        let (name, approvals) = item.split_once(':').unwrap_or((item, "1"));
        require(&mut requirements, name, approvals, line, faults);
    }
    requirements
}

/// Adds a discipline and its approvals, both as written.
pub(super) fn require(requirements: &mut Requirements, name: &str, approvals: &str, line: usize, faults: &mut Faults) {
    let discipline = faults.keep(line, word("a discipline", Discipline::ALL, name));
    let max = Requirements::APPROVALS_MAX;
    let approvals = match approvals.trim().parse::<u8>() {
        Ok(number) if (1..=max).contains(&number) => Some(number),
        Ok(_) | Err(_) => {
            faults.add(line, format!("{} is not a number of approvals: write 1 to {max}", quote(approvals)));
            None
        }
    };
    if let (Some(discipline), Some(approvals)) = (discipline, approvals)
        && !requirements.require(discipline, approvals)
    {
        faults.add(line, format!("the discipline {discipline} is named twice"));
    }
}

/// Divides at white space that is not inside quotes.
fn items(inside: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    inside
        .split(move |c: char| {
            is_quoted ^= c == '"';
            !is_quoted && c.is_whitespace()
        })
        .filter(|item| !item.is_empty())
}
