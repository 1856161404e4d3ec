//! HTML under construction: known elements only, closed in order, nested to a limit.
//!
//! A browser repairs tangled markup by guessing, and can be led to guess at great length: a few thousand unclosed `<b>`
//! followed by as many paragraphs become millions of elements. So whatever is written here is already in the shape that
//! a browser would repair it to, and the sanitiser behind it has nothing left to repair.

use super::markup::Attributes;

/// How deep elements may nest. Deeper ones are left out, and their words stay.
const DEPTH_MAX: usize = 64;

/// How many ampersands, or characters whose first byte is that of the no-break space, one text node may have.
///
/// html5ever 0.40 looks for the next `<` of a text again after each of them, to the end of the text: 256 KiB of `&`
/// would take minutes. An empty comment parts the text; the sanitiser takes it out again, and the text stays parted.
const SLOW_MAX: usize = 256;

/// The most bytes of the value of an attribute; a longer one is left out.
const VALUE_BYTES_MAX: usize = 2_000;

/// Where an element may stand, as far as browsers would otherwise move it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Ends an open paragraph.
    Block,
    /// A block that also ends an open heading.
    Heading,
    /// A block that ends its open neighbour in the same list.
    Item { lists: &'static [&'static str], neighbours: &'static [&'static str] },
    /// Stands in a line of text.
    Phrase,
    /// A table.
    Table,
    /// A group of rows.
    Rows,
    /// A row.
    Row,
    /// A cell.
    Cell,
    /// Stands in a line of text and has no content.
    Void,
    /// A block without content.
    Rule,
}

/// A known element and the attributes that raw markup may give it.
struct Known {
    name: &'static str,
    kind: Kind,
    attributes: &'static [&'static str],
}

const fn known(name: &'static str, kind: Kind) -> Known {
    Known { name, kind, attributes: &[] }
}

impl Known {
    const fn with(self, attributes: &'static [&'static str]) -> Self {
        Self { attributes, ..self }
    }
}

const ITEM: Kind = Kind::Item { lists: &["ul", "ol"], neighbours: &["li"] };
const TERM: Kind = Kind::Item { lists: &["dl"], neighbours: &["dt", "dd"] };

static KNOWN: &[Known] = &[
    known("p", Kind::Block),
    known("div", Kind::Block),
    known("blockquote", Kind::Block),
    known("pre", Kind::Block),
    known("figure", Kind::Block),
    known("figcaption", Kind::Block),
    known("details", Kind::Block).with(&["open"]),
    known("summary", Kind::Block),
    known("ul", Kind::Block),
    known("ol", Kind::Block).with(&["start"]),
    known("dl", Kind::Block),
    known("li", ITEM),
    known("dt", TERM),
    known("dd", TERM),
    known("h1", Kind::Heading),
    known("h2", Kind::Heading),
    known("h3", Kind::Heading),
    known("h4", Kind::Heading),
    known("h5", Kind::Heading),
    known("h6", Kind::Heading),
    known("table", Kind::Table),
    known("thead", Kind::Rows),
    known("tbody", Kind::Rows),
    known("tfoot", Kind::Rows),
    known("tr", Kind::Row),
    known("caption", Kind::Cell),
    known("td", Kind::Cell).with(&["colspan", "rowspan", "align"]),
    known("th", Kind::Cell).with(&["colspan", "rowspan", "align", "scope"]),
    known("hr", Kind::Rule),
    known("br", Kind::Void),
    known("wbr", Kind::Void),
    known("a", Kind::Phrase).with(&["href", "title"]),
    known("abbr", Kind::Phrase).with(&["title"]),
    known("b", Kind::Phrase),
    known("cite", Kind::Phrase),
    known("code", Kind::Phrase),
    known("del", Kind::Phrase),
    known("dfn", Kind::Phrase),
    known("em", Kind::Phrase),
    known("i", Kind::Phrase),
    known("ins", Kind::Phrase),
    known("kbd", Kind::Phrase),
    known("mark", Kind::Phrase),
    known("q", Kind::Phrase),
    known("s", Kind::Phrase),
    known("samp", Kind::Phrase),
    known("small", Kind::Phrase),
    known("strong", Kind::Phrase),
    known("sub", Kind::Phrase),
    known("sup", Kind::Phrase),
    known("u", Kind::Phrase),
    known("var", Kind::Phrase),
];

fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// HTML under construction.
#[derive(Default)]
pub(super) struct Elements {
    out: String,
    open: Vec<&'static Known>,
    /// Characters written since the last tag that the sanitiser escapes slowly.
    slow: usize,
    /// Raw end tags reach no deeper than this: markup cannot close what Markdown opened.
    floor: usize,
}

/// What to return to when an element of the Markdown tree ends.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    depth: usize,
    floor: usize,
}

impl Elements {
    /// Begins a part that [`Self::end`] closes with everything inside it, writing no element.
    pub(super) fn begin_part(&mut self) -> Mark {
        let mark = Mark { depth: self.open.len(), floor: self.floor };
        self.floor = mark.depth;
        mark
    }

    /// Begins an element of the Markdown tree. `attributes` are written as they are.
    pub(super) fn begin(&mut self, name: &str, attributes: &str) -> Mark {
        if let Some(known) = find(name) {
            self.make_room(known.kind);
            let mark = self.begin_part();
            self.push(known, attributes);
            self.floor = self.open.len();
            return mark;
        }
        self.begin_part()
    }

    /// Ends what began at `mark`.
    pub(super) fn end(&mut self, mark: Mark) {
        self.close_to(mark.depth);
        self.floor = mark.floor;
    }

    /// Writes words, escaped.
    pub(super) fn text(&mut self, text: &str) {
        self.words(text, true);
    }

    /// Ends the line, so that blocks stand apart even where their elements were left out.
    pub(super) fn line(&mut self) {
        if !self.out.ends_with('\n') && !self.is_between_cells() {
            self.out.push('\n');
        }
    }

    /// Writes words in which entities are already written as such.
    pub(super) fn raw_text(&mut self, text: &str) {
        // A browser drops a line end right after <pre>; written twice it would vanish twice.
        let text = if self.out.ends_with("<pre>") { text.trim_start_matches(['\n', '\r']) } else { text };
        self.words(text, false);
    }

    /// Writes a start tag of raw markup, if it is known and may stand here. `is_inline`: amid the text of a paragraph.
    pub(super) fn open_raw(&mut self, name: &str, attributes: &Attributes<'_>, is_inline: bool) {
        let Some(known) = find(name) else { return };
        if is_inline && !matches!(known.kind, Kind::Phrase | Kind::Void) {
            return;
        }
        let room = match known.kind {
            Kind::Rows => self.close_inside(&["table"]),
            Kind::Row => self.close_inside(&["thead", "tbody", "tfoot", "table"]),
            Kind::Cell if name == "caption" => self.close_inside(&["table"]),
            Kind::Cell => {
                if self.innermost(&["tr", "table"]) == Some("table") {
                    self.open_raw("tr", &Attributes::default(), is_inline);
                }
                self.close_inside(&["tr"])
            }
            Kind::Phrase if name == "a" => !self.is_inside("a"),
            Kind::Block | Kind::Heading | Kind::Item { .. } | Kind::Phrase | Kind::Table | Kind::Void | Kind::Rule => {
                true
            }
        };
        if !room {
            return;
        }
        self.make_room(known.kind);
        let mut written = String::new();
        for attribute in known.attributes {
            if let Some(value) = attributes.value(attribute) {
                push_attribute(&mut written, attribute, value, false);
            }
        }
        self.push(known, &written);
    }

    /// Writes the end tag of raw markup if it closes something that raw markup opened here.
    pub(super) fn close_raw(&mut self, name: &str) {
        let found = self.open[self.floor..].iter().rposition(|known| known.name == name);
        if let Some(at) = found {
            self.close_to(self.floor + at);
        }
    }

    /// Whether an element of this name is open.
    pub(super) fn is_inside(&self, name: &str) -> bool {
        self.open.iter().any(|known| known.name == name)
    }

    /// Closes everything and gives the HTML.
    pub(super) fn finish(mut self) -> String {
        self.close_to(0);
        self.out
    }

    fn words(&mut self, text: &str, is_plain: bool) {
        if text.is_empty() {
            return;
        }
        if !text.trim().is_empty() {
            self.leave_table();
        } else if self.is_between_cells() {
            return;
        }
        let mut rest = text;
        while let Some(at) = rest.find(|c| matches!(c, '&' | '\u{80}'..='\u{bf}')) {
            escape(&mut self.out, &rest[..at], is_plain);
            self.slow += 1;
            if self.slow == SLOW_MAX {
                self.out.push_str("<!---->");
                self.slow = 0;
            }
            let next = rest[at..].chars().next().map_or(rest.len(), |c| at + c.len_utf8());
            escape(&mut self.out, &rest[at..next], is_plain);
            rest = &rest[next..];
        }
        escape(&mut self.out, rest, is_plain);
    }

    /// Closes what a browser would close before an element of this kind.
    fn make_room(&mut self, kind: Kind) {
        match kind {
            Kind::Rows | Kind::Row | Kind::Cell => return,
            Kind::Phrase | Kind::Void => return self.leave_table(),
            Kind::Block | Kind::Table | Kind::Rule => {}
            Kind::Heading => self.close_one(&["h1", "h2", "h3", "h4", "h5", "h6"], &["td", "th", "caption"]),
            Kind::Item { lists, neighbours } => self.close_one(neighbours, lists),
        }
        self.leave_table();
        self.close_one(&["p"], &["td", "th", "caption"]);
    }

    /// Closes the innermost of `names` that raw markup opened here, unless one of `walls` stands before it.
    fn close_one(&mut self, names: &[&str], walls: &[&str]) {
        for at in (self.floor..self.open.len()).rev() {
            let name = self.open[at].name;
            if walls.contains(&name) {
                return;
            }
            if names.contains(&name) {
                return self.close_to(at);
            }
        }
    }

    /// Whether only rows or cells may stand here.
    fn is_between_cells(&self) -> bool {
        self.open.last().is_some_and(|known| matches!(known.kind, Kind::Table | Kind::Rows | Kind::Row))
    }

    /// Ends a table of raw markup in which words turn up between the cells. A browser would move them before it.
    fn leave_table(&mut self) {
        while self.is_between_cells() && self.open.len() > self.floor {
            let table = self.open[self.floor..].iter().rposition(|known| known.kind == Kind::Table);
            self.close_to(self.floor + table.unwrap_or_default());
        }
    }

    /// The innermost of `names` that raw markup opened here.
    fn innermost(&self, names: &[&str]) -> Option<&'static str> {
        self.open[self.floor..].iter().rev().map(|known| known.name).find(|name| names.contains(name))
    }

    /// Closes everything inside the innermost of `names` within the innermost table; false if there is none.
    fn close_inside(&mut self, names: &[&str]) -> bool {
        let here = &self.open[self.floor..];
        let table = here.iter().rposition(|known| known.kind == Kind::Table);
        let found = here.iter().rposition(|known| names.contains(&known.name));
        match (table, found) {
            (Some(table), Some(found)) if found >= table => {
                self.close_to(self.floor + found + 1);
                true
            }
            _ => false,
        }
    }

    fn push(&mut self, known: &'static Known, attributes: &str) {
        let has_content = !matches!(known.kind, Kind::Void | Kind::Rule);
        if has_content && self.open.len() >= DEPTH_MAX {
            return;
        }
        self.out.push('<');
        self.out.push_str(known.name);
        self.out.push_str(attributes);
        self.out.push('>');
        if has_content {
            self.open.push(known);
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some(known) = self.open.pop() {
                self.out.push_str("</");
                self.out.push_str(known.name);
                self.out.push('>');
                if !matches!(known.kind, Kind::Phrase) {
                    self.out.push('\n');
                }
            }
        }
    }
}

/// Adds ` name="value"`. `is_plain`: an ampersand is an ampersand and not the beginning of an entity.
pub(super) fn push_attribute(out: &mut String, name: &str, value: &str, is_plain: bool) {
    if value.len() > VALUE_BYTES_MAX {
        return;
    }
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(out, value, is_plain);
    out.push('"');
}

fn escape(out: &mut String, text: &str, is_plain: bool) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '&' if is_plain => out.push_str("&amp;"),
            _ if c.is_control() && !matches!(c, '\n' | '\t') => {}
            _ => out.push(c),
        }
    }
}

/// The names of all known elements.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.name)
}
