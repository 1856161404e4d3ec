//! Markdown as safe HTML.

use std::collections::{HashMap, HashSet};

use comrak::{
    Arena, Node,
    arena_tree::NodeEdge,
    nodes::{ListType, NodeValue, TableAlignment},
};

use super::{
    address::address,
    elements::{Elements, Mark, push_attribute},
    markup::{Attributes, Piece, decoded, pieces},
    parse,
    sanitise::{FOOTNOTES, ID_MARK, sanitise},
};
use crate::domain::document::Key;

/// The most links from a footnote back to where it is mentioned.
const BACK_LINKS_MAX: u32 = 20;
/// A table with more columns is not filled up with empty cells where a row is short.
const FILLED_COLUMNS_MAX: usize = 50;

/// Where on a page the HTML will stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place<'a> {
    /// What its ids begin with, such as the section's key. Parts of one page need different prefixes. Letters, digits,
    /// `-`, `_` and `.` are used, other characters are left out.
    pub prefix: &'a str,
    /// The level of the heading it stands under, 1 to 6: its own headings begin one below.
    pub level: u8,
}

/// Renders Markdown as HTML that is safe to put into anybody's page.
///
/// Raw HTML is kept where it is harmless. Links lead to `https` and `mailto` addresses only. We hold no pictures, so an
/// image becomes a link to it. Headings move below `place.level` and, like footnotes, get ids that begin with
/// `place.prefix`: `imaging--mri` for a heading, `fn--imaging--1` and `fnref--imaging--1` for a footnote.
pub fn html(markdown: &str, place: Place<'_>) -> String {
    let arena = Arena::new();
    let root = parse(&arena, markdown);
    let mut writer = Writer::new(root, place);
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(node) => writer.enter(node),
            NodeEdge::End(node) => writer.leave(node),
        }
    }
    sanitise(writer.elements.finish().trim_end())
}

struct Writer {
    elements: Elements,
    /// What each open node returns to when it ends.
    marks: Vec<Vec<Mark>>,
    prefix: String,
    level: u8,
    /// Added to the level of a heading.
    shift: i16,
    anchors: Anchors,
    /// The tick of a task, to be written before its words.
    tick: Option<&'static str>,
    /// The alternative text of the image we are in, which is read where there are no pictures.
    image: Option<String>,
    footnotes_seen: u32,
    /// The column of the current cell, from 1.
    column: usize,
    /// How many columns of the current row are written.
    columns: usize,
}

impl Writer {
    fn new(root: Node<'_>, place: Place<'_>) -> Self {
        let level = place.level.clamp(1, 6);
        let top = root.descendants().filter_map(|node| match node.data().value {
            NodeValue::Heading(heading) => Some(heading.level),
            _ => None,
        });
        Self {
            elements: Elements::default(),
            marks: Vec::new(),
            prefix: place
                .prefix
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
                .collect(),
            level,
            shift: i16::from(level) + 1 - i16::from(top.min().unwrap_or(1)),
            anchors: Anchors::default(),
            tick: None,
            image: None,
            footnotes_seen: 0,
            column: 0,
            columns: 0,
        }
    }

    fn enter(&mut self, node: Node<'_>) {
        let mut marks = Vec::new();
        match &node.data().value {
            NodeValue::Image(_) if self.image.is_none() => self.image = Some(String::new()),
            value if self.image.is_some() => self.describe(value),
            NodeValue::Paragraph => {
                if !is_tight(node) {
                    marks.push(self.elements.begin("p", ""));
                } else {
                    marks.push(self.elements.begin_part());
                }
                if let Some(tick) = self.tick.take() {
                    self.elements.text(tick);
                }
            }
            NodeValue::Heading(heading) => {
                let name = self.heading(heading.level);
                let id = format!("{}{ID_MARK}{}", self.prefix, self.anchors.unique(&plain(node)));
                marks.push(self.elements.begin(name, &format!(" id=\"{id}\"")));
            }
            NodeValue::BlockQuote => marks.push(self.elements.begin("blockquote", "")),
            NodeValue::List(list) => marks.push(match list.list_type {
                ListType::Bullet => self.elements.begin("ul", ""),
                ListType::Ordered if list.start == 1 => self.elements.begin("ol", ""),
                ListType::Ordered => self.elements.begin("ol", &format!(" start=\"{}\"", list.start)),
            }),
            NodeValue::Item(_) => marks.push(self.elements.begin("li", "")),
            NodeValue::TaskItem(task) => {
                marks.push(self.elements.begin("li", ""));
                self.tick = Some(if task.symbol.is_some() { "\u{2611} " } else { "\u{2610} " });
            }
            NodeValue::CodeBlock(code) => {
                marks.push(self.elements.begin("pre", ""));
                marks.push(self.elements.begin("code", ""));
                self.elements.text(&code.literal);
            }
            NodeValue::ThematicBreak => marks.push(self.elements.begin("hr", "")),
            NodeValue::Table(_) => marks.push(self.elements.begin("table", "")),
            NodeValue::TableRow(is_header) => {
                self.column = 0;
                self.columns = columns(node);
                if *is_header {
                    marks.push(self.elements.begin("thead", ""));
                }
                marks.push(self.elements.begin("tr", ""));
            }
            NodeValue::TableCell => marks.extend(self.cell(node)),
            NodeValue::FootnoteDefinition(_) => {
                self.footnotes_seen += 1;
                if self.footnotes_seen == 1 {
                    // Never ended here: footnotes come last, and the list closes with the text.
                    self.elements.begin("ol", &format!(" class=\"{FOOTNOTES}\""));
                }
                let id = format!(" id=\"fn{ID_MARK}{}{ID_MARK}{}\"", self.prefix, self.footnotes_seen);
                marks.push(self.elements.begin("li", &id));
            }
            NodeValue::FootnoteReference(reference) => self.reference(reference.ix, reference.ref_num),
            NodeValue::Emph => marks.push(self.elements.begin("em", "")),
            NodeValue::Strong => marks.push(self.elements.begin("strong", "")),
            NodeValue::Strikethrough => marks.push(self.elements.begin("del", "")),
            NodeValue::Link(link) => {
                let mark = self.link(&link.url, &link.title, || plain(node));
                marks.push(mark.unwrap_or_else(|| self.elements.begin_part()));
            }
            NodeValue::Code(code) => {
                let mark = self.elements.begin("code", "");
                self.elements.text(&code.literal);
                self.elements.end(mark);
            }
            NodeValue::Text(text) => self.elements.text(text),
            NodeValue::SoftBreak => self.elements.text("\n"),
            NodeValue::LineBreak => self.elements.open_raw("br", &Attributes::default(), true),
            NodeValue::HtmlBlock(block) => self.raw(&block.literal, false),
            NodeValue::HtmlInline(tag) => self.raw(tag, true),
            // The document itself, and notations that are switched off.
            _ => {}
        }
        self.marks.push(marks);
    }

    fn leave(&mut self, node: Node<'_>) {
        let marks = self.marks.pop().unwrap_or_default();
        match &node.data().value {
            NodeValue::Image(link) if !has_image_around(node) => {
                let words = self.image.take().unwrap_or_default();
                self.picture(&link.url, &words);
            }
            NodeValue::Paragraph if ends_footnote(node) => self.back_links(node.parent()),
            NodeValue::FootnoteDefinition(_) if !node.last_child().is_some_and(ends_footnote) => {
                self.back_links(Some(node));
            }
            _ => {}
        }
        for mark in marks.into_iter().rev() {
            self.elements.end(mark);
        }
        if node.data().value.block() {
            self.elements.line();
        }
    }

    /// The element for a heading that was written at `level`.
    fn heading(&self, level: u8) -> &'static str {
        let lowest = i16::from(self.level.min(5)) + 1;
        match (i16::from(level) + self.shift).clamp(lowest, 6) {
            ..=2 => "h2",
            3 => "h3",
            4 => "h4",
            5 => "h5",
            6.. => "h6",
        }
    }

    fn cell(&mut self, node: Node<'_>) -> Option<Mark> {
        let row = node.parent()?;
        let is_header = matches!(row.data().value, NodeValue::TableRow(true));
        let table = row.parent()?.data();
        let NodeValue::Table(table) = &table.value else { return None };
        self.column += 1;
        if self.column > self.columns {
            return None;
        }
        let align = match table.alignments.get(self.column - 1) {
            Some(TableAlignment::Left) => " align=\"left\"",
            Some(TableAlignment::Center) => " align=\"center\"",
            Some(TableAlignment::Right) => " align=\"right\"",
            Some(TableAlignment::None) | None => "",
        };
        Some(if is_header {
            self.elements.begin("th", &format!("{align} scope=\"col\""))
        } else {
            self.elements.begin("td", align)
        })
    }

    /// Begins a link, if the address may be followed and no link is open.
    fn link(&mut self, url: &str, title: &str, label: impl FnOnce() -> String) -> Option<Mark> {
        if self.elements.is_inside("a") {
            return None;
        }
        let label = if url.starts_with("http://www.") { label() } else { String::new() };
        let address = address(url, &label)?;
        let mut attributes = String::new();
        push_attribute(&mut attributes, "href", &address, true);
        if !title.is_empty() {
            push_attribute(&mut attributes, "title", title, true);
        }
        Some(self.elements.begin("a", &attributes))
    }

    /// Writes what stands for an image: a link to it, or its words in brackets.
    fn picture(&mut self, url: &str, words: &str) {
        let words = words.trim();
        if self.elements.is_inside("a") {
            self.elements.text(words);
        } else if let Some(mark) = self.link(url, "", String::new) {
            self.elements.text(if words.is_empty() { url } else { words });
            self.elements.end(mark);
        } else if !words.is_empty() {
            self.elements.text(&format!("[{words}]"));
        }
    }

    /// Adds to the words that stand for an image.
    fn describe(&mut self, value: &NodeValue) {
        let Some(words) = &mut self.image else { return };
        match value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            _ => {}
        }
    }

    fn reference(&mut self, number: u32, mention: u32) {
        let prefix = &self.prefix;
        let id = format!("fnref{ID_MARK}{prefix}{ID_MARK}{number}{}", nth(mention));
        let attributes = format!(" href=\"#fn{ID_MARK}{prefix}{ID_MARK}{number}\" id=\"{id}\"");
        let sup = self.elements.begin("sup", "");
        let link = (!self.elements.is_inside("a")).then(|| self.elements.begin("a", &attributes));
        self.elements.text(&number.to_string());
        if let Some(link) = link {
            self.elements.end(link);
        }
        self.elements.end(sup);
    }

    /// Links from a footnote to where it is mentioned.
    fn back_links(&mut self, footnote: Option<Node<'_>>) {
        let Some(footnote) = footnote else { return };
        let NodeValue::FootnoteDefinition(definition) = &footnote.data().value else { return };
        let number = self.footnotes_seen;
        for mention in 1..=definition.total_references.min(BACK_LINKS_MAX) {
            let target = format!("fnref{ID_MARK}{}{ID_MARK}{number}{}", self.prefix, nth(mention));
            self.elements.text(" ");
            let link = self
                .elements
                .begin("a", &format!(" href=\"#{target}\" aria-label=\"Back to note {number} in the text\""));
            self.elements.text("\u{21a9}");
            self.elements.end(link);
        }
    }

    fn raw(&mut self, markup: &str, is_inline: bool) {
        for piece in pieces(markup) {
            match piece {
                Piece::Text(text) => self.elements.raw_text(text),
                Piece::Close { name } => self.elements.close_raw(self.renamed(&name)),
                Piece::Open { name, attributes } if name == "img" => {
                    let value = |name| decoded(attributes.value(name).unwrap_or_default());
                    self.picture(&value("src"), &value("alt"));
                }
                Piece::Open { name, attributes } if name == "a" => {
                    if attributes.value("href").is_some_and(|href| address(href, "").is_some()) {
                        self.elements.open_raw(&name, &attributes, is_inline);
                    }
                }
                Piece::Open { name, attributes } => {
                    self.elements.open_raw(self.renamed(&name), &attributes, is_inline);
                }
            }
        }
    }

    /// Headings of raw markup move with the others.
    fn renamed<'n>(&self, name: &'n str) -> &'n str {
        match name {
            "h1" => self.heading(1),
            "h2" => self.heading(2),
            "h3" => self.heading(3),
            "h4" => self.heading(4),
            "h5" => self.heading(5),
            "h6" => self.heading(6),
            _ => name,
        }
    }
}

/// How many cells of a row are worth writing. Where a row is short the parser fills it up, and a few hundred bytes of
/// wide table would become megabytes of empty cells.
fn columns(row: Node<'_>) -> usize {
    let cells = row.children().count();
    if cells <= FILLED_COLUMNS_MAX {
        return cells;
    }
    cells - row.reverse_children().take_while(|cell| cell.first_child().is_none()).count()
}

/// The end of the id of a mention: the first one has none.
fn nth(mention: u32) -> String {
    if mention > 1 { format!("-{mention}") } else { String::new() }
}

/// Whether a paragraph is an item of a list without blank lines, which is set without space.
fn is_tight(paragraph: Node<'_>) -> bool {
    let list = paragraph.parent().and_then(|item| item.parent());
    list.is_some_and(|list| matches!(&list.data().value, NodeValue::List(list) if list.tight))
}

/// Whether a node is the paragraph at the end of a footnote.
fn ends_footnote(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::Paragraph)
        && node.next_sibling().is_none()
        && node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::FootnoteDefinition(_)))
}

fn has_image_around(node: Node<'_>) -> bool {
    node.ancestors().skip(1).any(|around| matches!(around.data().value, NodeValue::Image(_)))
}

/// The words of a heading or a label.
fn plain(node: Node<'_>) -> String {
    let mut words = String::new();
    for inner in node.descendants() {
        match &inner.data().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            _ => {}
        }
    }
    words
}

/// Names of headings in links, each given once.
#[derive(Default)]
struct Anchors {
    taken: HashSet<String>,
    /// The last number that was tried, so that ten thousand equal headings do not count from the beginning each time.
    last: HashMap<String, u32>,
}

impl Anchors {
    fn unique(&mut self, heading: &str) -> String {
        let key = String::from(Key::from_heading(heading));
        if self.taken.insert(key.clone()) {
            return key;
        }
        let last = self.last.entry(key.clone()).or_insert(1);
        loop {
            *last += 1;
            let name = format!("{key}-{last}");
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests;
