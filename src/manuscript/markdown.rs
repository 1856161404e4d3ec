//! What a manuscript asks of the CommonMark parser: plain text of inlines, which lines are code, safe escapes.

use comrak::{
    Arena, Options,
    nodes::{Node, NodeValue},
};

use crate::domain::text::{is_fence, is_marked_heading};

/// Shown in code in front of a line that the notation reserves; it takes no room.
const WORD_JOINER: char = '\u{2060}';

/// The dialect of manuscripts as far as structure goes. Bare addresses need no structure, so autolinks stay off.
pub(super) fn options<'c>() -> Options<'c> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.strikethrough = true;
    options.parse.leave_footnote_definitions = true;
    options
}

/// What kind of text a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Nature {
    /// Paragraphs, lists, tables: Markdown counts.
    Running,
    /// Code, fenced or indented.
    Code,
    /// A comment, a script or another stretch of HTML that runs to its own end mark.
    Comment,
    /// HTML tags up to the next blank line.
    Tags,
}

/// The nature of each of `count` lines.
pub(super) fn natures(root: Node<'_>, count: usize) -> Vec<Nature> {
    let mut natures = vec![Nature::Running; count];
    for node in root.descendants() {
        let data = node.data();
        let nature = match &data.value {
            NodeValue::CodeBlock(_) => Nature::Code,
            NodeValue::HtmlBlock(html) if html.block_type <= 5 => Nature::Comment,
            NodeValue::HtmlBlock(_) => Nature::Tags,
            _ => continue,
        };
        let (first, end) = (data.sourcepos.start.line.saturating_sub(1), data.sourcepos.end.line.min(count));
        if let Some(lines) = natures.get_mut(first..end) {
            lines.fill(nature);
        }
    }
    natures
}

/// The words of a heading or a citation.
pub(super) struct Plain {
    /// The text without markup, on one line.
    pub(super) text: String,
    /// The first link that leads out of the document.
    pub(super) link: Option<String>,
    /// How many such links there are.
    pub(super) links: usize,
    /// Whether there is more than the text says: an image, a footnote, a comment.
    pub(super) is_lossy: bool,
}

/// The plain text of what stands in `node`.
pub(super) fn plain(node: Node<'_>) -> Plain {
    let mut plain = Plain { text: String::new(), link: None, links: 0, is_lossy: false };
    for inline in node.descendants() {
        match &inline.data().value {
            NodeValue::Text(text) => plain.text.push_str(text),
            NodeValue::Code(code) => plain.text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => plain.text.push(' '),
            NodeValue::HtmlInline(tag) => {
                let tag = tag.to_ascii_lowercase();
                plain.is_lossy |= ["<img", "<!", "<?"].iter().any(|kind| tag.starts_with(kind));
                if tag.starts_with("<br") {
                    plain.text.push(' ');
                }
            }
            NodeValue::Image(_) | NodeValue::FootnoteReference(_) => plain.is_lossy = true,
            NodeValue::Link(link) if !link.url.is_empty() && !link.url.starts_with('#') => {
                plain.links += 1;
                plain.link.get_or_insert_with(|| link.url.clone());
            }
            _ => {}
        }
    }
    plain.text = plain.text.replace(['\t', '\n'], " ").trim().to_owned();
    plain
}

/// The plain text of one line of Markdown, read as a heading.
pub(super) fn plain_heading(line: &str) -> Plain {
    let arena = Arena::new();
    plain(comrak::parse_document(&arena, &format!("# {line}"), &options()))
}

/// Writes plain words so that they read as themselves in a heading or a link text.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '&' | '#' | '{' | '}' | '~') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Writes plain words so that they read as themselves at the beginning of a paragraph.
pub(super) fn escape_paragraph(text: &str) -> String {
    let escaped = escape(text);
    let digits = escaped.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered = digits > 0 && escaped[digits..].starts_with(['.', ')']);
    match escaped.chars().next() {
        Some('>' | '-' | '+' | '=' | '|' | ':') => format!("\\{escaped}"),
        _ if is_numbered => format!("{}\\{}", &escaped[..digits], &escaped[digits..]),
        _ => escaped,
    }
}

/// Rewrites the lines that the notation reserves so that they look the same to a reader and mean nothing to us. In
/// running text that is an escape; in code, where there are none, a word joiner, which is not seen.
pub(super) fn without_reserved_lines(text: &str) -> String {
    let arena = Arena::new();
    let natures = natures(comrak::parse_document(&arena, text, &options()), text.split('\n').count());
    let lines = text.split('\n').zip(natures).map(|(line, nature)| match nature {
        _ if !is_fence(line) && !is_marked_heading(line) => line.to_owned(),
        Nature::Code => {
            let words = line.trim_start();
            format!("{}{WORD_JOINER}{words}", &line[..line.len() - words.len()])
        }
        Nature::Running => line.replacen(":::", "\\:::", is_fence(line).into()).replace("{#", "{\\#"),
        Nature::Comment | Nature::Tags => {
            line.replacen(":::", "&#58;::", is_fence(line).into()).replace("{#", "{&#35;")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
