//! Plain text under construction: lines, blank lines between paragraphs, indented lists.

/// How deep lists are indented; deeper ones stay there.
const INDENT_MAX: usize = 10;

/// What separates the next words from the last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Blank,
}

/// Plain text under construction.
#[derive(Default)]
pub(super) struct Paragraphs {
    out: String,
    gap: Gap,
    indent: usize,
    /// What stands before the next words: a dash, a number.
    marker: String,
}

impl Paragraphs {
    /// Writes words, their white space folded.
    pub(super) fn words(&mut self, text: &str) {
        if text.starts_with(char::is_whitespace) {
            self.space();
        }
        for word in text.split_whitespace() {
            self.exact(word);
            self.space();
        }
        if !text.ends_with(char::is_whitespace) && self.gap == Gap::Space {
            self.gap = Gap::None;
        }
    }

    /// Writes a sign right after the last word.
    pub(super) fn punctuate(&mut self, sign: &str) {
        self.gap = Gap::None;
        self.exact(sign);
        self.space();
    }

    /// Writes words as they are.
    pub(super) fn exact(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.flush();
        self.out.push_str(text);
    }

    /// Writes what must stand before the next words.
    fn flush(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        if !self.out.is_empty() {
            self.out.push_str(match gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Blank => "\n\n",
            });
        }
        if self.out.is_empty() || gap >= Gap::Line {
            let depth = self.indent.saturating_sub(usize::from(!self.marker.is_empty())).min(INDENT_MAX);
            self.out.extend(std::iter::repeat_n("  ", depth));
        }
        self.out.push_str(&std::mem::take(&mut self.marker));
    }

    /// The next words begin a line.
    pub(super) fn line(&mut self) {
        self.gap = self.gap.max(Gap::Line);
    }

    /// The next words begin a paragraph.
    pub(super) fn blank(&mut self) {
        self.gap = self.gap.max(Gap::Blank);
    }

    fn space(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    /// Begins an item of a list.
    pub(super) fn begin_item(&mut self, marker: String) {
        self.line();
        self.indent += 1;
        self.marker = marker;
    }

    /// Ends an item of a list.
    pub(super) fn end_item(&mut self) {
        self.indent = self.indent.saturating_sub(1);
        self.marker.clear();
        self.gap = Gap::Line;
    }

    /// Where the next words will stand, after any marker.
    pub(super) fn position(&mut self) -> usize {
        if self.gap >= Gap::Line || !self.marker.is_empty() {
            self.flush();
        }
        self.out.len()
    }

    /// The words since `position`.
    pub(super) fn since(&self, position: usize) -> &str {
        self.out.get(position..).unwrap_or_default().trim()
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.out
    }
}
