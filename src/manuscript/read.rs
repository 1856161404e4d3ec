//! File to manuscript: puts the parts together and checks what spans them.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use super::{
    FILE_BYTES_MAX, Fault, Manuscript, ManuscriptSection, RECOMMENDATIONS_MAX,
    attributes::{self, Attributes},
    blocks::{self, Draft, DraftStatement},
    faults::Faults,
    front_matter::{self, FrontMatter, Sections},
    links::{self, Moved},
    markdown, outline,
    page::{self, Page, Passage},
    references,
};
use crate::domain::{
    document::{
        Key,
        content::{Content, RecommendationNumber, Statement},
    },
    text::{Body, LINE_CHARS_MAX, Line, Prose, TextProblem},
};

/// The heading of a section whose own says nothing.
const UNTITLED: &str = "Untitled section";

/// Reads a file. Every mistake is reported, in the order of the file.
pub fn read(text: &str) -> Result<Manuscript, Vec<Fault>> {
    let mut faults = Faults::default();
    if text.len() > FILE_BYTES_MAX {
        faults.add(1, format!("the file is longer than {FILE_BYTES_MAX} bytes"));
        return Err(faults.into_list());
    }
    let file = page::unify_line_ends(text);
    let (front_matter, rest, first_line) = front_matter::read(&file, &mut faults);
    let rest = page::without_controls(rest);
    let sections = match front_matter.sections {
        Sections::All => read_all(&page::without_byte_order_marks(&rest), first_line, &front_matter, &mut faults),
        Sections::Marked => read_marked(&rest, first_line, &front_matter, &mut faults),
    };
    match (front_matter.title, front_matter.slug, front_matter.review_due) {
        (Some(title), Some(slug), Some(review_due)) if faults.is_empty() => Ok(Manuscript {
            title,
            slug,
            issued: front_matter.issued,
            review_due,
            audience: front_matter.audience,
            policy: front_matter.policy,
            change_note: front_matter.change_note,
            is_demonstration: front_matter.is_demonstration,
            sections,
        }),
        _ => Err(faults.into_list()),
    }
}

/// Text that people wrote: what a section needs from elsewhere in the file goes with it.
fn read_all(text: &str, first_line: usize, front: &FrontMatter, faults: &mut Faults) -> Vec<ManuscriptSection> {
    let mut page = Page::new(text, first_line);
    let mut outline = outline::all(&mut page);
    let mut drafts = cut(&mut page, &mut outline, faults);
    let moved = links::carry(&page, &outline, &mut drafts, faults);
    Assembly { page: &page, moved, front, faults }.sections(drafts)
}

/// Text that this product wrote: each section is whole, and is taken as it stands.
fn read_marked(text: &str, first_line: usize, front: &FrontMatter, faults: &mut Faults) -> Vec<ManuscriptSection> {
    let mut page = Page::new(text, first_line);
    let mut outline = outline::marked(&page);
    let drafts = cut(&mut page, &mut outline, faults);
    Assembly { page: &page, moved: Moved::default(), front, faults }.sections(drafts)
}

/// Cuts the page, and keeps a heading in the body too where the section's heading cannot say all of it.
fn cut(page: &mut Page<'_>, outline: &mut outline::Outline, faults: &mut Faults) -> Vec<Draft> {
    let mut drafts = blocks::cut(page, outline, faults);
    for draft in &mut drafts {
        let Some(heading) = &draft.heading else { continue };
        if heading.is_lossy || heading.text.chars().count() > LINE_CHARS_MAX {
            if let Some((line, bare)) = &heading.bare {
                page.lines[*line] = Cow::Owned(bare.clone());
            }
            draft.body.spans.insert(0, heading.lines.clone());
        }
    }
    drafts
}

struct Assembly<'a, 't> {
    page: &'a Page<'t>,
    moved: Moved,
    front: &'a FrontMatter,
    faults: &'a mut Faults,
}

impl Assembly<'_, '_> {
    fn sections(mut self, drafts: Vec<Draft>) -> Vec<ManuscriptSection> {
        let drafts = self.with_attributes(drafts);
        let mut keys = self.written_keys(&drafts);
        let mut numbers = self.numbers(&drafts);
        let mut ranks: Vec<u8> = Vec::new();
        let mut sections = Vec::new();
        for (draft, attributes) in drafts {
            let rank = draft.heading.as_ref().map_or(1, |heading| heading.rank);
            while ranks.last().is_some_and(|last| *last >= rank) {
                ranks.pop();
            }
            ranks.push(rank);
            let level = u8::try_from(ranks.len()).unwrap_or(u8::MAX);
            let heading = self.heading(&draft);
            let key = match attributes.key {
                Some(key) => key,
                None => keys.free(Key::from_heading(heading.as_str())),
            };
            let requirements = attributes.requirements.unwrap_or_else(|| self.front.requirements.clone());
            let content = self.content(draft, heading, &mut numbers);
            let (audience, stage) = (attributes.audience, attributes.stage);
            sections.extend(content.map(|content| ManuscriptSection {
                key,
                level,
                audience,
                stage,
                requirements,
                content,
            }));
        }
        sections
    }

    /// Drops a beginning without words, and reads what the headings say.
    fn with_attributes(&mut self, drafts: Vec<Draft>) -> Vec<(Draft, Attributes)> {
        let mut read = Vec::with_capacity(drafts.len());
        for mut draft in drafts {
            let Some(heading) = &draft.heading else {
                let is_empty = draft.passages_mut().all(|passage| self.text(passage).trim().is_empty());
                if !is_empty {
                    let first = draft.body.lines().find(|line| !self.page.is_blank(*line));
                    draft.body.at = first.unwrap_or(draft.body.at);
                    read.push((draft, Attributes::default()));
                }
                continue;
            };
            let line = self.page.number(heading.lines.start);
            let attributes = attributes::read(&heading.attributes, line, self.faults);
            if let Some(audience) = attributes.audience.filter(|audience| *audience > self.front.audience) {
                let document = self.front.audience;
                self.faults
                    .add(line, format!("the audience {audience} is wider than {document}, that of the document"));
            }
            read.push((draft, attributes));
        }
        read
    }

    fn written_keys(&mut self, drafts: &[(Draft, Attributes)]) -> Keys {
        let mut lines: HashMap<Key, usize> = HashMap::new();
        for (draft, attributes) in drafts {
            let Some(key) = attributes.key.clone() else { continue };
            let line = self.page.number(draft.body.at);
            if let Some(first) = lines.get(&key) {
                self.faults.add(line, format!("the key {key} is used already, on line {first}"));
            } else {
                lines.insert(key, line);
            }
        }
        Keys { taken: lines.into_keys().collect(), counts: HashMap::new() }
    }

    /// Checks the numbers that are written; the first number that is not written to any follows the largest.
    fn numbers(&mut self, drafts: &[(Draft, Attributes)]) -> Numbers {
        let mut lines: HashMap<RecommendationNumber, usize> = HashMap::new();
        let statements = drafts.iter().flat_map(|(draft, _)| &draft.recommendations);
        for (count, statement) in statements.enumerate() {
            let line = self.page.number(statement.text.at);
            if count == RECOMMENDATIONS_MAX {
                self.faults.add(line, format!("the file has more than {RECOMMENDATIONS_MAX} recommendations"));
            }
            let Some(number) = statement.number else { continue };
            if let Some(first) = lines.get(&number) {
                self.faults.add(line, format!("the number {number} is used already, on line {first}"));
            } else {
                lines.insert(number, line);
            }
        }
        Numbers { last: lines.keys().max().map_or(0, |number| number.get()) }
    }

    /// The section's heading: the words of the written one, made to fit.
    fn heading(&mut self, draft: &Draft) -> Line {
        let words = match &draft.heading {
            Some(heading) => Line::new(shortened(&heading.text)),
            None => self.front.title.clone().ok_or(TextProblem::Blank),
        };
        #[expect(clippy::expect_used, reason = "a fixed text that the domain accepts")]
        words.unwrap_or_else(|_| Line::new(UNTITLED).expect("is a line"))
    }

    fn content(&mut self, draft: Draft, heading: Line, numbers: &mut Numbers) -> Option<Content> {
        let body = self.body(&draft.body);
        let summary = draft.summary.map(|summary| self.prose("plain-language summary", &summary));
        let mut recommendations = Vec::with_capacity(draft.recommendations.len());
        for statement in draft.recommendations {
            recommendations.push(self.statement(statement, numbers));
        }
        let mut references = Vec::new();
        for passage in &draft.references {
            let first = passage.spans.first().map_or(passage.at, |span| span.start);
            references.append(&mut references::read(&self.text(passage), self.page.number(first), self.faults));
        }
        Some(Content {
            heading,
            body: body?,
            summary: optional(summary)?,
            recommendations: recommendations.into_iter().collect::<Option<_>>()?,
            references,
        })
    }

    fn statement(&mut self, draft: DraftStatement, numbers: &mut Numbers) -> Option<Statement> {
        let line = self.page.number(draft.text.at);
        let number = match draft.number {
            Some(number) => Some(number),
            None => self.faults.keep(line, numbers.next()),
        };
        let text = self.prose("recommendation", &draft.text);
        let summary = draft.summary.map(|summary| self.prose("plain-language summary", &summary));
        let stood_down = draft.stood_down.map(|reason| self.prose("reason for standing down", &reason));
        Some(Statement {
            number: number?,
            strength: draft.strength?,
            text: text?,
            summary: optional(summary)?,
            stood_down: optional(stood_down)?,
        })
    }

    fn text(&self, passage: &Passage) -> String {
        passage.text(self.page, |line| self.moved.contains(line))
    }

    fn body(&mut self, passage: &Passage) -> Option<Body> {
        let text = self.text(passage);
        let body = match Body::new(&text) {
            Err(TextProblem::Reserved(_)) => Body::new(markdown::without_reserved_lines(&text)),
            body => body,
        };
        let message = |problem| format!("the text of the section {problem}: divide it with headings");
        self.faults.keep(self.page.number(passage.at), body.map_err(message))
    }

    fn prose(&mut self, what: &str, passage: &Passage) -> Option<Prose> {
        let text = self.text(passage);
        let prose = match Prose::new(&text) {
            // The block without text has been reported where it ended.
            Err(TextProblem::Blank) => return None,
            Err(TextProblem::Reserved(_)) => Prose::new(markdown::without_reserved_lines(&text)),
            prose => prose,
        };
        let message = |problem| format!("the {what} {problem}");
        self.faults.keep(self.page.number(passage.at), prose.map_err(message))
    }
}

/// Turns "absent, or present but faulty" into "a value, unless faulty".
fn optional<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    value.map_or(Some(None), |value| value.map(Some))
}

/// Cuts a long heading after a word; the whole of it stands in the body.
fn shortened(text: &str) -> String {
    let Some((cut, _)) = text.char_indices().nth(LINE_CHARS_MAX) else { return text.to_owned() };
    let start = text[..cut].char_indices().nth_back(0).map_or(0, |(at, _)| at);
    let kept = text[..start].rsplit_once(' ').map_or(&text[..start], |(kept, _)| kept);
    format!("{}…", kept.trim_end())
}

/// Keys that are in use.
struct Keys {
    taken: HashSet<Key>,
    /// How often each key was wanted, so that the thousandth "Notes" need not try a thousand names.
    counts: HashMap<Key, u32>,
}

impl Keys {
    /// `key`, or the first of `key-2`, `key-3` and so on that nobody has.
    fn free(&mut self, key: Key) -> Key {
        let count = self.counts.entry(key.clone()).or_insert(0);
        loop {
            *count += 1;
            let name = if *count == 1 { key.to_string() } else { format!("{key}-{count}") };
            if let Ok(free) = Key::new(name)
                && self.taken.insert(free.clone())
            {
                return free;
            }
        }
    }
}

/// Gives out the numbers above every number in the file.
struct Numbers {
    last: u32,
}

impl Numbers {
    fn next(&mut self) -> Result<RecommendationNumber, String> {
        self.last = self.last.saturating_add(1);
        let max = RecommendationNumber::MAX;
        RecommendationNumber::new(self.last).ok_or_else(|| format!("no number up to {max} is left: write numbers"))
    }
}
