//! What reaches across sections: footnotes, and links whose address stands elsewhere (`[label]: address`).
//!
//! Each text of a manuscript is read and signed by itself, so each takes along what it uses. A definition moves to
//! the texts that use it; it stays where it stands if that text uses it, or if none does.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use comrak::{Arena, ResolvedReference, options::BrokenLinkReference};

use super::{
    FILE_BYTES_MAX,
    blocks::{Draft, indent},
    faults::Faults,
    markdown::{self, Nature},
    outline::{Outline, fold_label},
    page::Page,
};

/// Lines whose definitions have moved to the texts that use them.
#[derive(Default, Debug)]
pub(super) struct Moved(HashSet<usize>);

impl Moved {
    pub(super) fn contains(&self, line: usize) -> bool {
        self.0.contains(&line)
    }
}

#[derive(Debug)]
struct Definition {
    lines: Range<usize>,
    is_footnote: bool,
    /// Whether it may be lifted out: it is not part of a quote or a list.
    is_top: bool,
    /// The text it stands in.
    home: Option<usize>,
    /// Definitions that it uses itself.
    needs: BTreeSet<usize>,
}

#[derive(Default)]
struct Definitions {
    list: Vec<Definition>,
    footnotes: Labels,
    links: Labels,
    /// The labels of links, as the parser asks for them.
    link_labels: Arc<HashSet<String>>,
}

/// Definitions of one kind by label. Careless files give one label to several.
#[derive(Default)]
struct Labels {
    all: HashMap<String, Vec<usize>>,
    in_text: HashMap<usize, HashMap<String, usize>>,
}

impl Labels {
    fn insert(&mut self, label: String, home: Option<usize>, index: usize) {
        if let Some(home) = home {
            self.in_text.entry(home).or_default().entry(label.clone()).or_insert(index);
        }
        self.all.entry(label).or_default().push(index);
    }

    /// The definition in the text `home`.
    fn near(&self, label: &str, home: Option<usize>) -> Option<usize> {
        self.in_text.get(&home?)?.get(label).copied()
    }
}

/// Lends every text the definitions it uses, and tells which lines have moved.
pub(super) fn carry(page: &Page<'_>, outline: &Outline, drafts: &mut [Draft], faults: &mut Faults) -> Moved {
    let mut passages: Vec<_> = drafts.iter_mut().flat_map(Draft::passages_mut).collect();
    let mut homes: Vec<Option<usize>> = vec![None; page.lines.len()];
    for (index, passage) in passages.iter().enumerate() {
        for line in passage.lines() {
            homes[line] = Some(index);
        }
    }
    if outline.is_open_ended
        && let Some(last) = (0..page.lines.len()).rev().find(|line| !page.is_blank(*line))
        && let Some(index) = homes[last]
    {
        passages[index].is_open_ended = true;
    }
    let mut definitions = find(page, outline, &homes);
    if definitions.list.is_empty() {
        return Moved::default();
    }
    let mut wants = definitions.wants(page, outline, &homes, passages.len());
    definitions.keep_at_home(&mut wants);

    let mut used_at_home = HashSet::new();
    let mut lent = HashSet::new();
    let mut bytes = 0;
    for (index, (passage, wants)) in passages.iter_mut().zip(wants).enumerate() {
        for definition in definitions.closure(wants) {
            if definitions.list[definition].home == Some(index) {
                used_at_home.insert(definition);
                continue;
            }
            lent.insert(definition);
            let text = definitions.text(page, definition);
            bytes += text.len();
            if bytes > FILE_BYTES_MAX {
                let line = page.number(passage.at);
                faults.add(line, "footnotes and links that many sections use would make the document too large");
                return Moved::default();
            }
            let gap = if definitions.list[definition].is_footnote { "\n\n" } else { "\n" };
            passage.carried.push_str(text.trim_end());
            passage.carried.push_str(gap);
        }
    }
    let is_moved = |index: &usize| {
        let definition = &definitions.list[*index];
        definition.is_top && definition.home.is_some() && !used_at_home.contains(index)
    };
    Moved(
        lent.iter().filter(|index| is_moved(index)).flat_map(|index| definitions.list[*index].lines.clone()).collect(),
    )
}

fn find(page: &Page<'_>, outline: &Outline, homes: &[Option<usize>]) -> Definitions {
    let mut definitions = Definitions::default();
    for footnote in &outline.footnotes {
        let end = footnote.lines.end.min(page.lines.len());
        let (lines, home) = (footnote.lines.start..end, homes.get(footnote.lines.start).copied().flatten());
        definitions.footnotes.insert(footnote.label.clone(), home, definitions.list.len());
        let needs = BTreeSet::new();
        definitions.list.push(Definition { lines, is_footnote: true, is_top: footnote.is_top, home, needs });
    }
    let mut at = 0;
    while at < page.lines.len() {
        let may_begin = outline.nature(at) == Nature::Running && (at == 0 || !is_text(page, outline, at - 1));
        let Some((label, count)) = may_begin.then(|| link_definition(page, at)).flatten() else {
            at += 1;
            continue;
        };
        // Definitions follow one another without a blank line.
        let mut next = Some((label, count));
        while let Some((label, count)) = next {
            definitions.links.insert(label, homes[at], definitions.list.len());
            let needs = BTreeSet::new();
            definitions.list.push(Definition {
                lines: at..at + count,
                is_footnote: false,
                is_top: true,
                home: homes[at],
                needs,
            });
            at += count;
            next = link_definition(page, at);
        }
    }
    definitions.link_labels = Arc::new(definitions.links.all.keys().cloned().collect());
    definitions
}

/// Whether a line may be part of a paragraph, which a definition cannot interrupt.
fn is_text(page: &Page<'_>, outline: &Outline, line: usize) -> bool {
    let words = page.line(line).trim();
    let is_rule = words.bytes().all(|byte| matches!(byte, b'=' | b'-' | b'*' | b'_' | b' '));
    !is_rule && !words.starts_with(['#', ':']) && outline.nature(line) == Nature::Running
}

/// Reads `[label]: address "title"` on one line, or on two or three if the address or title stands by itself.
fn link_definition(page: &Page<'_>, at: usize) -> Option<(String, usize)> {
    let line = page.line(at);
    let rest = line.trim_start().strip_prefix('[').filter(|rest| indent(line) <= 3 && !rest.starts_with('^'))?;
    let end = label_end(rest)?;
    let label = fold_label(&rest[..end]);
    let mut rest = rest[end + 1..].strip_prefix(':')?.trim();
    let mut count = 1;
    if rest.is_empty() {
        rest = page.line(at + 1).trim();
        count = 2;
    }
    let after = match rest.strip_prefix('<') {
        Some(inside) => inside.split_once('>')?.1,
        None => &rest[rest.find([' ', '\t']).unwrap_or(rest.len())..],
    };
    if label.is_empty() || rest.is_empty() {
        return None;
    }
    let title = after.trim();
    if title.is_empty() {
        return Some((label, count + usize::from(is_title(page.line(at + count).trim()))));
    }
    is_title(title).then_some((label, count))
}

fn label_end(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().take(1_000) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ']' => return Some(at),
            '[' => return None,
            _ => {}
        }
    }
    None
}

fn is_title(text: &str) -> bool {
    let quoted = |open: char, close: char| {
        text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|inside| !inside.contains(close))
    };
    quoted('"', '"') || quoted('\'', '\'') || quoted('(', ')')
}

impl Definitions {
    /// What each text uses outside its definitions. What a definition uses is noted at the definition.
    fn wants(
        &mut self,
        page: &Page<'_>,
        outline: &Outline,
        homes: &[Option<usize>],
        count: usize,
    ) -> Vec<BTreeSet<usize>> {
        let mut inside: Vec<Option<usize>> = vec![None; page.lines.len()];
        for (index, definition) in self.list.iter().enumerate() {
            inside[definition.lines.clone()].fill(Some(index));
        }
        let mut wants = vec![BTreeSet::new(); count];
        for (line, label) in &outline.calls {
            let (Some(home), Some(inside)) = (homes.get(*line).copied(), inside.get(*line).copied()) else { continue };
            let Some(wanted) = self.footnote(label, *line, home) else { continue };
            match (inside, home) {
                (Some(definition), _) if definition != wanted => drop(self.list[definition].needs.insert(wanted)),
                (Some(_), _) => {}
                (None, Some(home)) => drop(wants[home].insert(wanted)),
                (None, None) => {}
            }
        }
        if !self.link_labels.is_empty() {
            self.want_links(page, homes, &inside, &mut wants);
        }
        wants
    }

    /// Has a text want the definitions that stay in it whether it uses them or not, so that what they use comes too.
    fn keep_at_home(&self, wants: &mut [BTreeSet<usize>]) {
        let used = self.closure(wants.iter().flatten().copied().collect());
        for (index, definition) in self.list.iter().enumerate() {
            if let Some(home) = definition.home
                && (!definition.is_top || !used.contains(&index))
            {
                wants[home].insert(index);
            }
        }
    }

    fn want_links(
        &mut self,
        page: &Page<'_>,
        homes: &[Option<usize>],
        inside: &[Option<usize>],
        wants: &mut [BTreeSet<usize>],
    ) {
        let mut texts = vec![String::new(); wants.len()];
        for ((line, home), inside) in page.lines.iter().zip(homes).zip(inside) {
            let Some(home) = home else { continue };
            if inside.is_none() {
                texts[*home].push_str(line);
            }
            texts[*home].push('\n');
        }
        for (home, (text, wants)) in texts.iter().zip(wants).enumerate() {
            wants.extend(self.links_in(text, Some(home)));
        }
        for index in 0..self.list.len() {
            if self.list[index].is_footnote {
                let text = self.text(page, index);
                let needs = self.links_in(&text, self.list[index].home);
                self.list[index].needs.extend(needs);
            }
        }
    }

    /// The definitions of the links in a text that holds none itself.
    fn links_in(&self, text: &str, home: Option<usize>) -> BTreeSet<usize> {
        if !text.contains('[') {
            return BTreeSet::new();
        }
        let found: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let mut options = markdown::options();
        let (known_in, found_in) = (Arc::clone(&self.link_labels), Arc::clone(&found));
        options.parse.broken_link_callback = Some(Arc::new(move |link: BrokenLinkReference<'_>| {
            let label = fold_label(link.original);
            let is_known = known_in.contains(&label);
            if is_known {
                found_in.lock().unwrap_or_else(PoisonError::into_inner).insert(label);
            }
            is_known.then(|| ResolvedReference { url: String::from("#"), title: String::new() })
        }));
        comrak::parse_document(&Arena::new(), text, &options);
        let found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found.iter().filter_map(|label| self.link(label, home)).collect()
    }

    /// Of several footnotes with one label, the one in the same text, else the next below: in a file put together
    /// from chapters, the notes of each stand at its end.
    fn footnote(&self, label: &str, line: usize, home: Option<usize>) -> Option<usize> {
        let all = self.footnotes.all.get(label)?;
        let below = || all.get(all.partition_point(|index| self.list[*index].lines.start < line));
        self.footnotes.near(label, home).or_else(|| below().or(all.last()).copied())
    }

    /// Of several links with one label, the one in the same text, else the first, as in CommonMark.
    fn link(&self, label: &str, home: Option<usize>) -> Option<usize> {
        self.links.near(label, home).or_else(|| self.links.all.get(label)?.first().copied())
    }

    /// `wants` and what they need, in the order of the file.
    fn closure(&self, wants: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut waiting: Vec<usize> = wants.iter().copied().collect();
        let mut all = wants;
        while let Some(index) = waiting.pop() {
            for need in &self.list[index].needs {
                if all.insert(*need) {
                    waiting.push(*need);
                }
            }
        }
        all
    }

    /// A definition as it can stand by itself: without the marks of a quote or list around it.
    fn text(&self, page: &Page<'_>, index: usize) -> String {
        let definition = &self.list[index];
        let margin = page.line(definition.lines.start).find("[^").filter(|_| !definition.is_top).unwrap_or(0);
        let mut text = String::new();
        for line in definition.lines.clone() {
            let line = page.line(line);
            let is_margin = |c: char| c.is_ascii_whitespace() || c == '>';
            let is_first = text.is_empty();
            let cut = line.char_indices().take_while(|(at, c)| *at < margin && (is_first || is_margin(*c))).count();
            text.push_str(line.get(cut..).unwrap_or(line));
            text.push('\n');
        }
        text
    }
}
