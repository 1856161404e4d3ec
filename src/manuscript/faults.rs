//! The mistakes found so far. Reading goes on after a mistake, so that an author hears of all of them at once.

use std::fmt;

use super::Fault;

/// The most faults that one reading lists; a file with more is not a manuscript.
const LISTED_MAX: usize = 1_000;

/// A list of faults that cannot grow without end.
#[derive(Default, Debug)]
pub(super) struct Faults {
    listed: Vec<Fault>,
    unlisted: usize,
}

impl Faults {
    /// Notes a mistake on `line`.
    pub(super) fn add(&mut self, line: usize, message: impl Into<String>) {
        if self.listed.len() < LISTED_MAX {
            self.listed.push(Fault { line, message: message.into() });
        } else {
            self.unlisted += 1;
        }
    }

    /// Keeps a value, or notes on `line` why there is none.
    pub(super) fn keep<T>(&mut self, line: usize, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.add(line, message)).ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// The faults in the order of the file, each once: text after an unclosed block is examined twice.
    pub(super) fn into_list(mut self) -> Vec<Fault> {
        self.listed.sort_by(|a, b| (a.line, &a.message).cmp(&(b.line, &b.message)));
        self.listed.dedup();
        if let (Some(last), 1..) = (self.listed.last(), self.unlisted) {
            let (line, message) = (last.line, format!("{} more faults are not listed", self.unlisted));
            self.listed.push(Fault { line, message });
        }
        self.listed
    }
}

/// A word or line of the file, shortened so that a message stays a message.
pub(super) fn quote(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut short: String = text.chars().take(CHARS_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

/// Finds the value that `text` names. Lower case and hyphens are accepted, as people write them.
pub(super) fn word<T: Copy + fmt::Display>(kind: &str, all: &[T], text: &str) -> Result<T, String> {
    let wanted = text.trim().to_ascii_uppercase().replace('-', "_");
    let words: Vec<String> = all.iter().map(T::to_string).collect();
    match all.iter().zip(&words).find(|(_, word)| **word == wanted) {
        Some((value, _)) => Ok(*value),
        None => Err(format!("{} is not {kind}: write one of {}", quote(text), words.join(", "))),
    }
}
