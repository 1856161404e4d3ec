//! Markdown as plain text that reads well aloud: no signs, addresses after their words, tables row by row.

use comrak::{
    Arena, Node,
    arena_tree::NodeEdge,
    nodes::{ListType, NodeValue},
};

use super::{
    address::address,
    markup::{Piece, decoded, pieces},
    paragraphs::Paragraphs,
    parse,
};

/// A longer heading of a column is not repeated in each row.
const LABEL_CHARS_MAX: usize = 60;

/// Renders Markdown as plain text.
///
/// Links show their words and their address, footnotes follow at the end as notes with their numbers, each row of a
/// table is a line in which the cells carry the headings of their columns.
pub fn text(markdown: &str) -> String {
    let arena = Arena::new();
    let root = parse(&arena, markdown);
    let mut writer = Writer::default();
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(node) => writer.enter(node),
            NodeEdge::End(node) => writer.leave(node),
        }
    }
    writer.out.finish()
}

#[derive(Default)]
struct Writer {
    out: Paragraphs,
    /// Where the words of each open link or image began.
    labels: Vec<usize>,
    /// The next number of each open list, if it counts.
    lists: Vec<Option<usize>>,
    /// The text around the table cell we are in.
    around: Option<Paragraphs>,
    headings: Vec<String>,
    cells: Vec<String>,
    footnotes_seen: u32,
    /// Whether a cell of raw HTML was begun in the current row.
    is_in_row: bool,
}

impl Writer {
    fn enter(&mut self, node: Node<'_>) {
        match &node.data().value {
            NodeValue::Paragraph | NodeValue::Heading(_) | NodeValue::BlockQuote | NodeValue::ThematicBreak => {
                self.separate(node);
            }
            NodeValue::List(list) => {
                self.separate(node);
                self.lists.push(match list.list_type {
                    ListType::Bullet => None,
                    ListType::Ordered => Some(list.start),
                });
            }
            NodeValue::Item(_) => self.begin_item(""),
            NodeValue::TaskItem(task) => self.begin_item(if task.symbol.is_some() { "done: " } else { "to do: " }),
            NodeValue::CodeBlock(code) => {
                self.separate(node);
                for line in code.literal.lines() {
                    self.out.exact(line.trim_end());
                    self.out.line();
                }
            }
            NodeValue::Table(_) => {
                self.separate(node);
                self.headings.clear();
            }
            NodeValue::TableCell => self.around = Some(std::mem::take(&mut self.out)),
            NodeValue::FootnoteDefinition(_) => {
                self.footnotes_seen += 1;
                self.out.blank();
                self.out.exact(&format!("Note {}:", self.footnotes_seen));
                self.out.words(" ");
            }
            NodeValue::FootnoteReference(reference) => self.out.words(&format!(" (note {})", reference.ix)),
            NodeValue::Link(_) => self.labels.push(self.out.position()),
            NodeValue::Image(link) => {
                self.labels.push(self.out.position());
                if address(&link.url, "").is_none() && node.first_child().is_some() {
                    self.out.exact("[");
                }
            }
            NodeValue::Code(code) => self.out.words(&code.literal),
            NodeValue::Text(text) => self.out.words(text),
            NodeValue::SoftBreak => self.out.words(" "),
            NodeValue::LineBreak => self.out.line(),
            NodeValue::HtmlBlock(block) => {
                self.out.blank();
                self.raw(&block.literal);
                self.out.blank();
            }
            NodeValue::HtmlInline(tag) => self.raw(tag),
            // Emphasis has no sound, and the other notations are switched off.
            _ => {}
        }
    }

    fn leave(&mut self, node: Node<'_>) {
        match &node.data().value {
            NodeValue::Paragraph
            | NodeValue::Heading(_)
            | NodeValue::BlockQuote
            | NodeValue::ThematicBreak
            | NodeValue::CodeBlock(_)
            | NodeValue::Table(_) => self.separate(node),
            NodeValue::List(_) => {
                self.lists.pop();
                self.separate(node);
            }
            NodeValue::Item(_) | NodeValue::TaskItem(_) => self.out.end_item(),
            NodeValue::TableCell => {
                if let Some(around) = self.around.take() {
                    self.cells.push(std::mem::replace(&mut self.out, around).finish());
                }
            }
            NodeValue::TableRow(is_header) => self.row(*is_header),
            NodeValue::Link(link) => self.end_label(&link.url),
            NodeValue::Image(link) if address(&link.url, "").is_some() => self.end_label(&link.url),
            NodeValue::Image(_) => {
                self.labels.pop();
                if node.first_child().is_some() {
                    self.out.exact("]");
                }
            }
            _ => {}
        }
    }

    /// Parts a block from its neighbours: by a blank line, or inside a list without blank lines by a line.
    fn separate(&mut self, node: Node<'_>) {
        let parent = node.parent();
        let starts_note = parent.is_some_and(|parent| matches!(parent.data().value, NodeValue::FootnoteDefinition(_)))
            && node.previous_sibling().is_none();
        let list = parent.and_then(|item| item.parent());
        let is_in_list = list.is_some_and(|list| matches!(list.data().value, NodeValue::List(_)));
        match (starts_note, is_in_list) {
            (true, _) => {}
            (false, true) => self.out.line(),
            (false, false) => self.out.blank(),
        }
    }

    fn begin_item(&mut self, state: &str) {
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. {state}", *number - 1)
            }
            Some(None) | None => format!("- {state}"),
        };
        self.out.begin_item(marker);
    }

    /// Adds the address to the words of a link, unless they are the address.
    fn end_label(&mut self, url: &str) {
        let label = self.labels.pop().map_or("", |position| self.out.since(position));
        let Some(address) = address(url, label) else { return };
        let shown = address.strip_prefix("mailto:").unwrap_or(&address);
        let is_said = label == shown || shown.strip_prefix("https://") == Some(label);
        let is_bare = label.is_empty();
        match (is_said, is_bare) {
            (true, _) => {}
            (false, true) => self.out.exact(shown),
            (false, false) => self.out.words(&format!(" ({shown})")),
        }
    }

    fn row(&mut self, is_header: bool) {
        let cells = std::mem::take(&mut self.cells);
        if is_header {
            self.headings = cells;
            return;
        }
        let labelled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| {
            match self.headings.get(column).filter(|label| is_label(label)) {
                Some(label) => format!("{label}: {cell}"),
                None => cell.clone(),
            }
        });
        let row: Vec<String> = labelled.collect();
        self.out.line();
        self.out.exact(&row.join("; "));
        self.out.line();
    }

    /// Words of raw HTML; its elements are read as the Markdown they stand for.
    fn raw(&mut self, markup: &str) {
        for piece in pieces(markup) {
            match piece {
                Piece::Text(text) => self.out.words(&decoded(text)),
                Piece::Open { name, attributes } => match name.as_str() {
                    "td" | "th" => {
                        if self.is_in_row {
                            self.out.punctuate(";");
                        }
                        self.is_in_row = true;
                    }
                    "br" | "tr" | "dt" | "dd" => {
                        self.is_in_row &= name == "br";
                        self.out.line();
                    }
                    "li" => {
                        self.out.line();
                        self.out.exact("-");
                        self.out.words(" ");
                    }
                    "img" => {
                        let words = decoded(attributes.value("alt").unwrap_or_default());
                        let url = decoded(attributes.value("src").unwrap_or_default());
                        match (address(&url, ""), words.trim()) {
                            (Some(url), "") => self.out.words(&url),
                            (Some(url), words) => self.out.words(&format!("{words} ({url})")),
                            (None, "") => {}
                            (None, words) => self.out.words(&format!("[{words}]")),
                        }
                    }
                    "a" => {}
                    name if is_block(name) => self.out.blank(),
                    _ => {}
                },
                Piece::Close { name } => match name.as_str() {
                    "tr" | "li" | "dt" | "dd" | "summary" => self.out.line(),
                    name if is_block(name) => self.out.blank(),
                    _ => {}
                },
            }
        }
    }
}

fn is_label(heading: &str) -> bool {
    !heading.is_empty() && heading.chars().count() <= LABEL_CHARS_MAX
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "blockquote"
            | "pre"
            | "table"
            | "ul"
            | "ol"
            | "dl"
            | "details"
            | "figure"
            | "hr"
            | "caption"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_words() {
        for (markdown, expected) in [
            ("", ""),
            ("# A *b*\n\nc **d** ~~e~~ `f`\ng", "A b\n\nc d e f g"),
            ("a  \nb", "a\nb"),
            ("fish &amp; chips &copy; \\*\\[", "fish & chips © *["),
            ("un*frigging*believable", "unfriggingbelievable"),
            ("- a\n- b\n  - c\n    d\n- e\n\nf", "- a\n- b\n  - c d\n- e\n\nf"),
            ("3. a\n4. b", "3. a\n4. b"),
            ("- a\n\n  b\n\n- c", "- a\n  b\n- c"),
            ("- [ ] a\n- [x] b", "- to do: a\n- done: b"),
            ("> a\n> > b\n\nc", "a\n\nb\n\nc"),
            ("```\nif a {\n  b\n}\n```\nc", "if a {\n  b\n}\n\nc"),
            ("a\n\n---\n\nb", "a\n\nb"),
        ] {
            assert_eq!(text(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn links_say_their_words_and_their_address() {
        for (markdown, expected) in [
            ("see [the *advice*](https://example.org/a), then", "see the advice (https://example.org/a), then"),
            ("<https://example.org>", "https://example.org"),
            ("www.example.org", "www.example.org"),
            ("<a@example.org> [mail](mailto:a@example.org)", "a@example.org mail (a@example.org)"),
            ("[a](javascript:alert(1)) [b](#c)", "a b"),
            ("- [a](https://example.org)", "- a (https://example.org)"),
            ("- <https://example.org>", "- https://example.org"),
            ("![a](https://example.org/x.png) ![b](x.png) ![](y.png)", "a (https://example.org/x.png) [b]"),
        ] {
            assert_eq!(text(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn a_table_is_read_row_by_row() {
        assert_eq!(
            text("a\n\n| Stage | [Scan](https://example.org) | |\n|---|---|---|\n| I | none | x |\n| II | | |\n\nb"),
            "a\n\nStage: I; Scan (https://example.org): none; x\nStage: II\n\nb"
        );
        let long = "h".repeat(LABEL_CHARS_MAX + 1);
        assert_eq!(text(&format!("|{long}|\n|-|\n|a|")), "a");
    }

    #[test]
    fn footnotes_follow_as_notes() {
        assert_eq!(
            text("a[^x] b[^y]\n\n[^y]: two\n\n    more\n\n[^x]: *one*"),
            "a (note 1) b (note 2)\n\nNote 1: one\n\nNote 2: two\n\nmore"
        );
    }

    #[test]
    fn raw_markup_is_read_as_what_it_stands_for() {
        for (markdown, expected) in [
            ("H<sub>2</sub>O<br>x <b>b</b> c", "H2O\nx b c"),
            ("<details><summary>More</summary>a &amp; b</details>", "More\na & b"),
            ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a; b\n1; 2"),
            ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
            ("<p>1 &lt; 2 # * _ &eacute;&#233;&nbsp;&nosuch; www.a.b</p>", "1 < 2 # * _ éé &nosuch; www.a.b"),
            ("<script>alert(1)</script>", ""),
            ("<img src=x alt=\"a &amp; b\"> c", "[a & b] c"),
        ] {
            assert_eq!(text(markdown), expected, "{markdown}");
        }
    }
}
