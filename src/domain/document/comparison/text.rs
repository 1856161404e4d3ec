//! What differs inside one section: its words, its recommendations, its references.
//!
//! A number belongs to one section of its document for ever, so recommendations need not be looked for in others.

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::{Sides, align::align};
use crate::domain::{
    document::{
        content::{Content, RecommendationNumber, Reference, Statement},
        words::{Change, Span, difference},
    },
    role::words,
    text::Prose,
};

/// Each text of a section, word by word. A side that is not there counts as empty.
impl<'a> Sides<&'a Content> {
    /// The heading.
    pub fn heading(self) -> Vec<Span> {
        self.difference(|content| content.heading.as_str())
    }

    /// The body, as Markdown.
    pub fn body(self) -> Vec<Span> {
        self.difference(|content| content.body.as_str())
    }

    /// The plain-language summary, as Markdown.
    pub fn summary(self) -> Vec<Span> {
        self.difference(|content| text_of(content.summary.as_ref()))
    }

    /// Every recommendation of either side, once, in the order they are read in after; one that is gone is listed where
    /// it stood.
    pub fn recommendations(self) -> Vec<RecommendationComparison<'a>> {
        let statements = |content: &&'a Content| content.recommendations.as_slice();
        let before = self.before().map(statements).unwrap_or_default();
        let after = self.after().map(statements).unwrap_or_default();
        let numbers = |side: &[Statement]| side.iter().map(|statement| statement.number).collect::<Vec<_>>();
        let find = |side: &'a [Statement], number| side.iter().find(|statement| statement.number == number);
        align(&numbers(before), &numbers(after))
            .into_iter()
            .filter_map(|aligned| {
                let number = **aligned.sides.latest();
                let sides = Sides::new(find(before, number), find(after, number))?;
                Some(RecommendationComparison { sides, is_moved: aligned.is_moved })
            })
            .collect()
    }

    /// Every reference of either side, in the order they are read in. One that was altered or put elsewhere is listed as
    /// removed and as added.
    pub fn references(self) -> Vec<ReferenceComparison<'a>> {
        let references = |content: &&'a Content| content.references.as_slice();
        let before: &'a [Reference] = self.before().map(references).unwrap_or_default();
        let after: &'a [Reference] = self.after().map(references).unwrap_or_default();
        let mut compared = Vec::with_capacity(before.len().max(after.len()));
        for operation in capture_diff_slices(Algorithm::Myers, &keyed(before), &keyed(after)) {
            let (tag, old, new) = operation.as_tag_tuple();
            let mut list = |change, references: &'a [Reference]| {
                compared.extend(references.iter().map(|reference| ReferenceComparison { change, reference }));
            };
            match tag {
                DiffTag::Equal => list(Change::Kept, &after[new]),
                DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                    list(Change::Removed, &before[old]);
                    list(Change::Added, &after[new]);
                }
            }
        }
        compared
    }
}

impl<T: Copy> Sides<T> {
    fn difference<'t>(self, text: impl Fn(T) -> &'t str) -> Vec<Span> {
        let before = self.before().copied().map(&text).unwrap_or_default();
        let after = self.after().copied().map(&text).unwrap_or_default();
        // Most texts of most comparisons; splitting them into words to find that out would cost more than all the rest.
        if before == after && !after.is_empty() {
            return vec![Span { change: Change::Kept, text: after.to_owned() }];
        }
        difference(before, after)
    }
}

fn text_of(prose: Option<&Prose>) -> &str {
    prose.map(Prose::as_str).unwrap_or_default()
}

/// References as something that can be ordered and hashed.
fn keyed(references: &[Reference]) -> Vec<(&str, Option<&str>)> {
    references
        .iter()
        .map(|reference| (reference.text.as_str(), reference.url.as_ref().map(|url| url.as_str())))
        .collect()
}

words! {
    /// What happened to a recommendation, in one word.
    RecommendationDifference {
        /// It is only in the later text.
        Added = "ADDED",
        /// It is only in the earlier text: it went with its section, or was taken back before it was ever published.
        Removed = "REMOVED",
        /// Its strength, its words or its plain-language words differ.
        Revised = "REVISED",
        /// It no longer stands, and did in the earlier text or was not there yet; other differences come second to that.
        StoodDown = "STOOD_DOWN",
        /// It reads the same.
        Unchanged = "UNCHANGED",
    }
}

/// One recommendation, compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecommendationComparison<'a> {
    sides: Sides<&'a Statement>,
    is_moved: bool,
}

impl<'a> RecommendationComparison<'a> {
    /// Its number.
    pub fn number(&self) -> RecommendationNumber {
        self.sides.latest().number
    }

    /// The recommendation on either side; its words differ as [`Sides::text`] and its neighbours tell.
    pub fn sides(&self) -> Sides<&'a Statement> {
        self.sides
    }

    /// What happened to it, in one word.
    pub fn change(&self) -> RecommendationDifference {
        match self.sides {
            Sides::Before(_) => RecommendationDifference::Removed,
            Sides::After(after) if after.stood_down.is_some() => RecommendationDifference::StoodDown,
            Sides::After(_) => RecommendationDifference::Added,
            Sides::Both { before, after } if before.stood_down.is_none() && after.stood_down.is_some() => {
                RecommendationDifference::StoodDown
            }
            Sides::Both { before, after } if before != after => RecommendationDifference::Revised,
            Sides::Both { .. } => RecommendationDifference::Unchanged,
        }
    }

    /// Whether it is in another order among the recommendations that its section kept.
    pub fn is_moved(&self) -> bool {
        self.is_moved
    }
}

/// Each text of a recommendation, word by word. A side that is not there counts as empty.
impl Sides<&Statement> {
    /// The statement, as Markdown.
    pub fn text(self) -> Vec<Span> {
        self.difference(|statement| statement.text.as_str())
    }

    /// The statement in plain language, as Markdown.
    pub fn summary(self) -> Vec<Span> {
        self.difference(|statement| text_of(statement.summary.as_ref()))
    }

    /// Why it was stood down.
    pub fn stood_down(self) -> Vec<Span> {
        self.difference(|statement| text_of(statement.stood_down.as_ref()))
    }
}

/// One reference, compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReferenceComparison<'a> {
    /// What happened to it.
    pub change: Change,
    /// The reference.
    pub reference: &'a Reference,
}
