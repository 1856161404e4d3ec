//! The lines of a file after its front matter, cleaned of what no reader would see.
//!
//! Text converted from PDF or old word processors carries form feeds, vertical tabs and other control characters.
//! They mean nothing in running text and the domain refuses them, so they are dropped here; words stay apart.

use std::{borrow::Cow, ops::Range};

/// Lines, counted from 0 here and from 1 in the file.
pub(super) struct Page<'t> {
    /// The number in the file of the first line.
    pub(super) first_line: usize,
    /// The lines without their ends.
    pub(super) lines: Vec<Cow<'t, str>>,
}

impl<'t> Page<'t> {
    /// Takes clean text apart.
    pub(super) fn new(text: &'t str, first_line: usize) -> Self {
        Self { first_line, lines: text.split('\n').map(Cow::Borrowed).collect() }
    }

    /// The number in the file of a line.
    pub(super) fn number(&self, line: usize) -> usize {
        self.first_line + line
    }

    pub(super) fn line(&self, line: usize) -> &str {
        self.lines.get(line).map_or("", |line| line)
    }

    pub(super) fn is_blank(&self, line: usize) -> bool {
        self.line(line).trim().is_empty()
    }
}

/// A text of the manuscript as the lines it was written on, with what other places lend it.
#[derive(Default, Debug)]
pub(super) struct Passage {
    /// The line it begins on, for messages.
    pub(super) at: usize,
    /// Its lines, in order; blocks that were lifted out lie between.
    pub(super) spans: Vec<Range<usize>>,
    /// Definitions of footnotes and links that stand elsewhere.
    pub(super) carried: String,
    /// Whether its last line is inside code or a comment that never ends, where nothing could be added.
    pub(super) is_open_ended: bool,
}

impl Passage {
    pub(super) fn at(at: usize) -> Self {
        Self { at, ..Self::default() }
    }

    /// Adds one line; lines come in order.
    pub(super) fn push(&mut self, line: usize) {
        match self.spans.last_mut() {
            Some(span) if span.end == line => span.end += 1,
            Some(_) | None => self.spans.push(line..line + 1),
        }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = usize> + '_ {
        self.spans.iter().cloned().flatten()
    }

    /// The text, without the lines that `is_left_out` names. Whatever was lifted out leaves a blank line, so that the
    /// paragraphs around it do not run together.
    pub(super) fn text(&self, page: &Page<'_>, is_left_out: impl Fn(usize) -> bool) -> String {
        let mut text = String::new();
        let mut is_cut = false;
        for span in &self.spans {
            is_cut |= !text.is_empty();
            for line in span.clone() {
                if is_left_out(line) {
                    is_cut = true;
                    continue;
                }
                if is_cut && !text.is_empty() && !text.ends_with("\n\n") {
                    text.push('\n');
                }
                is_cut = false;
                text.push_str(page.line(line));
                text.push('\n');
            }
        }
        match (self.carried.is_empty(), self.is_open_ended) {
            (true, _) => text,
            (false, false) => format!("{}\n\n{}", text.trim_end(), self.carried),
            (false, true) => format!("{}\n{text}", self.carried),
        }
    }
}

/// Makes all line ends `\n` and drops the byte order mark that begins some files.
pub(super) fn unify_line_ends(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// Drops control characters. Those that end a page, a line or a cell become a space where they keep two words apart.
pub(super) fn without_controls(text: &str) -> Cow<'_, str> {
    let is_dropped = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(is_dropped) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !is_dropped(c) {
            clean.push(c);
            continue;
        }
        let separates = matches!(c, '\u{b}' | '\u{c}' | '\u{85}');
        let is_apart = clean.ends_with(char::is_whitespace) || clean.is_empty();
        if separates && !is_apart && chars.peek().is_some_and(|next| !next.is_whitespace()) {
            clean.push(' ');
        }
    }
    Cow::Owned(clean)
}

/// Drops byte order marks in running text, which joining several files leaves behind.
pub(super) fn without_byte_order_marks(text: &str) -> Cow<'_, str> {
    if text.contains('\u{feff}') { Cow::Owned(text.replace('\u{feff}', "")) } else { Cow::Borrowed(text) }
}
