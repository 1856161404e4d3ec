//! Cuts a page into sections, and a section into its body and its `:::` blocks.
//!
//! A block holds whatever stands between its `:::` lines, headings too. If one is never closed, reading goes back to
//! the first heading it swallowed, so that later mistakes are found as well.

use super::{
    SECTIONS_MAX,
    faults::{Faults, quote, word},
    markdown::Nature,
    outline::{Heading, Outline},
    page::{Page, Passage},
};
use crate::domain::document::content::{RecommendationNumber, Strength};

/// A section before its texts are checked.
#[derive(Default, Debug)]
pub(super) struct Draft {
    /// Absent for text before the first heading.
    pub(super) heading: Option<Heading>,
    pub(super) body: Passage,
    pub(super) summary: Option<Passage>,
    pub(super) recommendations: Vec<DraftStatement>,
    pub(super) references: Vec<Passage>,
}

/// A recommendation before its texts are checked.
#[derive(Debug)]
pub(super) struct DraftStatement {
    pub(super) number: Option<RecommendationNumber>,
    /// Absent only if there is a fault about it.
    pub(super) strength: Option<Strength>,
    pub(super) text: Passage,
    pub(super) summary: Option<Passage>,
    pub(super) stood_down: Option<Passage>,
}

impl Draft {
    /// Every text of the section that readers see by itself.
    pub(super) fn passages_mut(&mut self) -> impl Iterator<Item = &mut Passage> {
        let statements = self.recommendations.iter_mut().flat_map(|statement| {
            [Some(&mut statement.text), statement.summary.as_mut(), statement.stood_down.as_mut()].into_iter().flatten()
        });
        std::iter::once(&mut self.body).chain(&mut self.summary).chain(statements).chain(&mut self.references)
    }
}

/// The blocks of the notation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Recommendation,
    Plain,
    StoodDown,
    References,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Recommendation, Self::Plain, Self::StoodDown, Self::References];

    fn word(self) -> &'static str {
        match self {
            Self::Recommendation => "recommendation",
            Self::Plain => "plain",
            Self::StoodDown => "stood-down",
            Self::References => "references",
        }
    }

    /// Whether this block may begin inside `outer`, or in a section's body.
    fn may_begin_in(self, outer: Option<Self>) -> bool {
        match (self, outer) {
            (Self::Recommendation | Self::References | Self::Plain, None)
            | (Self::Plain | Self::StoodDown, Some(Self::Recommendation)) => true,
            (Self::StoodDown, None)
            | (Self::Recommendation | Self::References, Some(_))
            | (_, Some(Self::Plain | Self::StoodDown | Self::References)) => false,
        }
    }
}

/// A line that begins with `:::`.
enum Fence<'l> {
    Close,
    Open(Kind, &'l str),
    /// A word of some other notation.
    Unknown(&'l str),
}

fn fence(line: &str) -> Option<Fence<'_>> {
    let words = line.trim_start().strip_prefix(":::").filter(|_| indent(line) <= 3)?.trim();
    if words.is_empty() {
        return Some(Fence::Close);
    }
    let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let name = first.to_ascii_lowercase().replace('_', "-");
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == name);
    Some(kind.map_or(Fence::Unknown(first), |kind| Fence::Open(kind, rest.trim())))
}

/// The columns before the words of a line.
pub(super) fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| byte.is_ascii_whitespace()).map(|byte| if byte == b'\t' { 4 } else { 1 }).sum()
}

/// A block whose end has not been reached.
struct Open {
    kind: Kind,
    text: Passage,
    /// What a recommendation gathers.
    number: Option<RecommendationNumber>,
    strength: Option<Strength>,
    summary: Option<Passage>,
    stood_down: Option<Passage>,
}

/// Cuts `page` along `outline`.
pub(super) fn cut(page: &Page<'_>, outline: &mut Outline, faults: &mut Faults) -> Vec<Draft> {
    let mut headings = std::mem::take(&mut outline.headings).into_iter().peekable();
    let mut cutter = Cutter { page, faults, drafts: vec![Draft::default()], open: Vec::new() };
    let mut at = 0;
    loop {
        if at >= page.lines.len() {
            cutter.give_up();
            // What stands open is in no draft yet, so going back repeats nothing but faults.
            let Some(heading) = headings.peek().filter(|heading| heading.lines.start < at) else { break };
            at = heading.lines.start;
            continue;
        }
        if cutter.open.is_empty() {
            while headings.next_if(|heading| heading.lines.start < at).is_some() {}
            if let Some(heading) = headings.next_if(|heading| heading.lines.start == at) {
                if cutter.drafts.len() > SECTIONS_MAX {
                    let message = format!(
                        "the file has more than {SECTIONS_MAX} sections: write sections: marked, and a key at those headings that begin one"
                    );
                    cutter.faults.add(page.number(at), message);
                    break;
                }
                for problem in &heading.problems {
                    cutter.faults.add(page.number(at), problem);
                }
                at = heading.lines.end;
                cutter.drafts.push(Draft {
                    body: Passage::at(heading.lines.start),
                    heading: Some(heading),
                    ..Draft::default()
                });
                continue;
            }
        }
        let is_running = matches!(outline.nature(at), Nature::Running | Nature::Tags);
        match fence(page.line(at)).filter(|_| is_running) {
            Some(Fence::Open(kind, words)) => {
                let swallowed = headings.peek().map(|heading| heading.lines.start).filter(|start| *start < at);
                if cutter.refuses(kind, at)
                    && let Some(start) = swallowed
                {
                    cutter.open.clear();
                    at = start;
                    continue;
                }
                cutter.begin(kind, words, at);
            }
            Some(Fence::Close) if !cutter.open.is_empty() => cutter.end(),
            Some(Fence::Unknown(name)) if !cutter.open.is_empty() => cutter.refuse(name, at),
            Some(Fence::Close | Fence::Unknown(_)) | None => cutter.passage().push(at),
        }
        at += 1;
    }
    cutter.drafts
}

struct Cutter<'c, 't> {
    page: &'c Page<'t>,
    faults: &'c mut Faults,
    drafts: Vec<Draft>,
    /// At most two: a recommendation and a block inside it.
    open: Vec<Open>,
}

impl Cutter<'_, '_> {
    /// Where the next line of text goes.
    fn passage(&mut self) -> &mut Passage {
        if self.drafts.is_empty() {
            self.drafts.push(Draft::default());
        }
        let body = self.drafts.len() - 1;
        match self.open.last_mut() {
            Some(open) => &mut open.text,
            None => &mut self.drafts[body].body,
        }
    }

    /// Whether a block is misplaced; that is a fault.
    fn refuses(&mut self, kind: Kind, at: usize) -> bool {
        let outer = self.open.last().map(|open| (open.kind, self.page.number(open.text.at)));
        if kind.may_begin_in(outer.map(|(kind, _)| kind)) {
            return false;
        }
        let word = kind.word();
        let message = match outer {
            Some((outer, since)) => {
                let outer = outer.word();
                format!(
                    "a {word} block cannot stand inside the {outer} block of line {since}: is the line ::: that ends it missing?"
                )
            }
            None => format!("a {word} block stands inside a recommendation only"),
        };
        self.faults.add(self.page.number(at), message);
        true
    }

    /// Begins a block, after ending those that it cannot stand in.
    fn begin(&mut self, kind: Kind, words: &str, at: usize) {
        let line = self.page.number(at);
        while !self.open.is_empty() && !kind.may_begin_in(self.open.last().map(|open| open.kind)) {
            self.end();
        }
        let mut open =
            Open { kind, text: Passage::at(at), number: None, strength: None, summary: None, stood_down: None };
        match kind {
            Kind::Recommendation => self.read_words(&mut open, words, line),
            Kind::Plain | Kind::StoodDown | Kind::References if words.is_empty() => {}
            Kind::Plain | Kind::StoodDown | Kind::References => {
                self.faults.add(line, format!("nothing may follow {}: found {}", kind.word(), quote(words)));
            }
        }
        self.open.push(open);
    }

    /// The number and strength after `::: recommendation`.
    fn read_words(&mut self, open: &mut Open, words: &str, line: usize) {
        let mut is_named = false;
        for text in words.split_whitespace() {
            let digits =
                text.strip_prefix(['R', 'r']).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
            if let Some(digits) = digits {
                let number = digits.parse().ok().and_then(RecommendationNumber::new);
                if number.is_none() {
                    let max = RecommendationNumber::MAX;
                    self.faults.add(line, format!("{} is not a number from R1 to {max}", quote(text)));
                }
                if open.number.is_some() {
                    self.faults.add(line, "the recommendation has two numbers");
                }
                open.number = number;
            } else {
                is_named = true;
                if open.strength.is_some() {
                    self.faults.add(line, "the recommendation has two strengths");
                }
                open.strength = self.faults.keep(line, word("a strength", Strength::ALL, text)).or(open.strength);
            }
        }
        if !is_named {
            let words: Vec<_> = Strength::ALL.iter().map(|strength| strength.word()).collect();
            self.faults.add(line, format!("the recommendation has no strength: write one of {}", words.join(", ")));
        }
    }

    /// The innermost block ends.
    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let line = self.page.number(open.text.at);
        if open.text.lines().all(|line| self.page.is_blank(line)) {
            self.faults.add(line, format!("the {} block has no text", open.kind.word()));
        }
        let place = match (self.open.last_mut(), self.drafts.last_mut()) {
            (Some(outer), _) => match open.kind {
                Kind::Plain => &mut outer.summary,
                Kind::StoodDown => &mut outer.stood_down,
                Kind::Recommendation | Kind::References => return,
            },
            (None, Some(draft)) => match open.kind {
                Kind::Plain => &mut draft.summary,
                Kind::References => return draft.references.push(open.text),
                Kind::Recommendation => {
                    let Open { number, strength, text, summary, stood_down, .. } = open;
                    return draft.recommendations.push(DraftStatement { number, strength, text, summary, stood_down });
                }
                Kind::StoodDown => return,
            },
            (None, None) => return,
        };
        if let Some(first) = place {
            let since = self.page.number(first.at);
            self.faults.add(line, format!("there is a {} block already, on line {since}", open.kind.word()));
        } else {
            *place = Some(open.text);
        }
    }

    fn refuse(&mut self, name: &str, at: usize) {
        let known = Kind::ALL.map(Kind::word).join(", ");
        if let Some(open) = self.open.last() {
            let since = self.page.number(open.text.at);
            let message = format!(
                "{} cannot begin inside the {} block of line {since}: the blocks are {known}",
                quote(&format!("::: {name}")),
                open.kind.word()
            );
            self.faults.add(self.page.number(at), message);
        }
    }

    /// At the end of the file: forgets what stands open, and says where the outermost of it began.
    fn give_up(&mut self) {
        if let Some(outermost) = self.open.first() {
            let (line, word) = (self.page.number(outermost.text.at), outermost.kind.word());
            self.faults.add(line, format!("the {word} block is never closed: end it with a line :::"));
        }
        self.open.clear();
    }
}
