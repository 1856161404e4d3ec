//! Which lines are headings that begin a section, and which lines are code where nothing counts.
//!
//! Where every heading counts, CommonMark decides what a heading is. Where only marked headings count, the lines
//! themselves decide and no block around them matters: the domain admits no such line into a text, so a file that
//! this product wrote is divided rightly even after a code block or a comment that its author never closed.

use std::{borrow::Cow, ops::Range};

use comrak::{Arena, nodes::NodeValue};

use super::{
    attributes,
    markdown::{self, Nature, Plain},
    page::Page,
};
use crate::domain::text::{is_fence, is_marked_heading};

/// The deepest heading.
const RANK_MAX: usize = 6;

/// A heading that begins a section.
#[derive(Debug)]
pub(super) struct Heading {
    /// Its lines; more than one if it is underlined.
    pub(super) lines: Range<usize>,
    /// The number of `#` signs.
    pub(super) rank: u8,
    /// Its words.
    pub(super) text: String,
    /// Whether it holds something that its words cannot say, such as an image.
    pub(super) is_lossy: bool,
    /// The inside of its attribute block.
    pub(super) attributes: String,
    /// The line that held the attribute block, without it.
    pub(super) bare: Option<(usize, String)>,
    /// What is wrong with it, should it turn out to begin a section.
    pub(super) problems: Vec<String>,
}

/// A footnote where it is explained.
#[derive(Debug)]
pub(super) struct Footnote {
    pub(super) label: String,
    pub(super) lines: Range<usize>,
    /// Whether it stands by itself, not inside a quote or a list.
    pub(super) is_top: bool,
}

/// What the lines of a page are.
#[derive(Default, Debug)]
pub(super) struct Outline {
    /// Headings in order.
    pub(super) headings: Vec<Heading>,
    /// The nature of each line; empty where it does not matter.
    pub(super) natures: Vec<Nature>,
    /// Footnotes in order.
    pub(super) footnotes: Vec<Footnote>,
    /// Where footnotes are called: line and label, in order of lines.
    pub(super) calls: Vec<(usize, String)>,
    /// Whether the last line is in code or HTML that never ends.
    pub(super) is_open_ended: bool,
}

impl Outline {
    pub(super) fn nature(&self, line: usize) -> Nature {
        self.natures.get(line).copied().unwrap_or(Nature::Running)
    }
}

/// Finds the headings with a key, line by line.
pub(super) fn marked(page: &Page<'_>) -> Outline {
    let lines = (0..page.lines.len()).filter(|at| is_marked_heading(page.line(*at)));
    Outline { headings: lines.map(|at| marked_heading(page.line(at).trim(), at)).collect(), ..Outline::default() }
}

fn marked_heading(line: &str, at: usize) -> Heading {
    let mut problems = Vec::new();
    let (words, inside) = attributes::split(line).unwrap_or((line, ""));
    if !inside.trim_start().starts_with('#') {
        problems
            .push("a heading with a key must end with its attributes, such as {#imaging stage=DIAGNOSIS}".to_owned());
    }
    let text = words.trim_start_matches('#');
    let rank = words.len() - text.len();
    if rank > RANK_MAX {
        problems.push(format!("a heading is at most {RANK_MAX} levels deep"));
    }
    if !text.is_empty() && !text.starts_with([' ', '\t']) {
        problems.push("a space is missing between the # signs and the words of the heading".to_owned());
    }
    let bare = Some((at, words.to_owned()));
    Heading { bare, problems, ..heading(at..at + 1, rank, markdown::plain_heading(text.trim()), inside) }
}

/// Finds every heading that is not inside something else. HTML that is opened and never closed is made text, or it
/// would hide the rest of the file.
pub(super) fn all(page: &mut Page<'_>) -> Outline {
    let unclosed = unclosed_html(page);
    let mut source = String::new();
    for (at, line) in page.lines.iter().enumerate() {
        source.push_str(&shown(page, at, line, &unclosed));
        source.push('\n');
    }
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, &source, &markdown::options());
    let mut outline = Outline { natures: markdown::natures(root, page.lines.len()), ..Outline::default() };
    for at in unclosed {
        if outline.nature(at) == Nature::Running {
            page.lines[at] = Cow::Owned(page.line(at).replacen('<', "\\<", 1));
        }
    }
    for node in root.descendants() {
        let data = node.data();
        let (first, last) = (data.sourcepos.start.line.saturating_sub(1), data.sourcepos.end.line.saturating_sub(1));
        let is_top = node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Document));
        match &data.value {
            NodeValue::Heading(found) if is_top => {
                // The attributes of an underlined heading stand on the line above the line.
                let words = if found.setext { last.saturating_sub(1).max(first) } else { first };
                let parts =
                    attributes::split(page.line(words)).map(|(kept, inside)| (kept.to_owned(), inside.to_owned()));
                let inside = parts.as_ref().map_or("", |(_, inside)| inside);
                let heading = heading(first..last + 1, found.level.into(), markdown::plain(node), inside);
                let bare = parts.as_ref().map(|(kept, _)| (words, kept.clone()));
                outline.headings.push(Heading { bare, ..heading });
            }
            NodeValue::FootnoteDefinition(note) => {
                let label = fold_label(&note.name);
                outline.footnotes.push(Footnote { label, lines: first..last + 1, is_top });
            }
            NodeValue::FootnoteReference(call) => outline.calls.push((first, fold_label(&call.name))),
            NodeValue::CodeBlock(code) => outline.is_open_ended = code.fenced && !code.closed,
            NodeValue::Paragraph | NodeValue::HtmlBlock(_) => outline.is_open_ended = false,
            _ => {}
        }
    }
    outline.footnotes.sort_by_key(|footnote| footnote.lines.start);
    outline.calls.sort();
    outline
}

fn heading(lines: Range<usize>, rank: usize, plain: Plain, inside: &str) -> Heading {
    let is_lossy = plain.is_lossy || plain.links > 0;
    let rank = u8::try_from(rank.clamp(1, RANK_MAX)).unwrap_or(1);
    let (bare, problems) = (None, Vec::new());
    Heading { lines, rank, text: plain.text, is_lossy, attributes: inside.to_owned(), bare, problems }
}

/// Labels are the same whatever their case and spacing.
pub(super) fn fold_label(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A line as the CommonMark parser sees it: without attributes, and with a blank line for the edge of a block, so that
/// neither can run into the text beside it. A rule under `:::` would otherwise make a heading of it.
fn shown<'a>(page: &'a Page<'_>, at: usize, line: &'a str, unclosed: &[usize]) -> Cow<'a, str> {
    if is_fence(line) && super::blocks::indent(line) <= 3 {
        return Cow::Borrowed("");
    }
    if unclosed.binary_search(&at).is_ok() {
        return Cow::Owned(line.replacen('<', "\\<", 1));
    }
    let is_atx = super::blocks::indent(line) <= 3 && line.trim_start().starts_with('#');
    match attributes::split(line) {
        Some((words, _)) if is_atx || (!words.trim().is_empty() && is_underline(page.line(at + 1))) => {
            Cow::Borrowed(words)
        }
        Some(_) | None => Cow::Borrowed(line),
    }
}

fn is_underline(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'))
}

/// Lines that open a stretch of HTML which the file never ends (CommonMark's kinds 1 to 5).
fn unclosed_html(page: &Page<'_>) -> Vec<usize> {
    const RAW: [&str; 4] = ["script", "pre", "style", "textarea"];
    let mut ended = [false; 5];
    let mut unclosed = Vec::new();
    for (at, line) in page.lines.iter().enumerate().rev() {
        let low = line.trim_start().to_ascii_lowercase();
        if let Some(tag) = low.strip_prefix('<').filter(|_| super::blocks::indent(line) <= 3) {
            let is_raw = RAW.iter().any(|name| {
                tag.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '>']))
            });
            let kind = match tag {
                _ if is_raw => Some(0),
                _ if tag.starts_with("!--") => Some(1),
                _ if tag.starts_with('?') => Some(2),
                _ if tag.starts_with("![cdata[") => Some(3),
                _ if tag.starts_with('!') && tag[1..].starts_with(|c: char| c.is_ascii_alphabetic()) => Some(4),
                _ => None,
            };
            if let Some(kind) = kind
                && !ended.get(kind).is_some_and(|ended| *ended)
                && !ends(kind, tag)
            {
                unclosed.push(at);
            }
        }
        for (kind, ended) in ended.iter_mut().enumerate() {
            *ended |= ends(kind, &low);
        }
    }
    unclosed.reverse();
    unclosed
}

fn ends(kind: usize, line: &str) -> bool {
    match kind {
        0 => ["</script>", "</pre>", "</style>", "</textarea>"].iter().any(|end| line.contains(end)),
        1 => line.contains("-->"),
        2 => line.contains("?>"),
        3 => line.contains("]]>"),
        _ => line.contains('>'),
    }
}
