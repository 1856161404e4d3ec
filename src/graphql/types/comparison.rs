//! What differs between two editions, down to the word.
//!
//! The domain compares; here its answer is named and arranged. Words are compared when a client asks for them, section by
//! section: for a list of what changed, nobody waits for that.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use tokio::task::spawn_blocking;

use super::{Edition, Recommendation, Reference, Section};
use crate::{
    domain::document::{
        comparison::{self, Side, Sides, Summary, compare},
        words,
    },
    graphql::{enums::Strength, error::internal, session::View},
    store::EditionTree,
};

/// What happened to a section, in one word.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "comparison::SectionDifference")]
pub enum SectionDifference {
    /// Only in the later edition.
    Added,
    /// Only in the earlier edition.
    Removed,
    /// Says the same in another place.
    Moved,
    /// Says something else. It may stand elsewhere too; see `isMoved`.
    Revised,
    /// Says the same in the same place.
    Unchanged,
}

/// What happened to a recommendation, in one word.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "comparison::RecommendationDifference")]
pub enum RecommendationDifference {
    /// Only in the later edition.
    Added,
    /// Only in the earlier edition, as a rule because its section was removed.
    Removed,
    /// Its strength, its words or its plain-language words differ.
    Revised,
    /// Stands no longer, and did in the earlier edition or came and went between the two. It may have been reworded too.
    StoodDown,
    /// Reads the same.
    Unchanged,
}

/// What happened to a stretch of text, or to a reference.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
#[graphql(remote = "words::Change")]
pub enum TextChange {
    /// In both editions.
    Kept,
    /// Only in the earlier edition.
    Removed,
    /// Only in the later edition.
    Added,
}

/// A stretch of text with one fate. The `KEPT` and `REMOVED` spans of a text joined are the earlier text; its `KEPT` and
/// `ADDED` spans joined are the later one. Where words were replaced, the removed ones come first.
#[derive(SimpleObject, Clone, PartialEq, Eq, Debug)]
pub struct TextSpan {
    /// What happened to it.
    pub change: TextChange,
    /// The text as it was written: Markdown, which a span may cut in the middle. Escape it and show it as it is; it is
    /// not HTML, and a span by itself cannot be rendered.
    pub text: String,
}

impl From<words::Span> for TextSpan {
    fn from(span: words::Span) -> Self {
        Self { change: span.change.into(), text: span.text }
    }
}

pub(super) fn spans(spans: Vec<words::Span>) -> Vec<TextSpan> {
    spans.into_iter().map(TextSpan::from).collect()
}

/// Two editions, compared.
#[derive(Clone, Debug)]
pub struct EditionComparison {
    before: Arc<EditionTree>,
    after: Arc<EditionTree>,
    sections: Vec<SectionComparison>,
    summary: Summary,
}

/// What differs between an earlier and a later edition of a document, as you see both. A section that is for you in only
/// one of them counts as added or removed. Compared are words and places; audiences, stages and requirements are not.
#[Object]
impl EditionComparison {
    /// The earlier edition, which changes start from.
    async fn before(&self) -> Edition {
        Edition(self.before.seen().edition.clone())
    }

    /// The later edition, which changes lead to.
    async fn after(&self) -> Edition {
        Edition(self.after.seen().edition.clone())
    }

    /// How much changed.
    async fn summary(&self) -> ComparisonSummary {
        self.summary.into()
    }

    /// The sections of both editions, each once, in the reading order of the later one. What was removed is listed where
    /// it stood: under its parent, after the nearest earlier sibling that stayed in place.
    async fn sections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only sections that this happened to; all sections unless given.")] changes: Option<
            Vec<SectionDifference>,
        >,
    ) -> Result<Vec<SectionComparison>> {
        let is_wanted =
            |section: &&SectionComparison| changes.as_ref().is_none_or(|changes| changes.contains(&section.change));
        View::of(ctx)?.give(self.sections.iter().filter(is_wanted).cloned().collect()).await
    }
}

impl EditionComparison {
    /// Compares two editions of one document.
    pub fn new(before: Arc<EditionTree>, after: Arc<EditionTree>) -> Result<Self> {
        let (old, new) = (side(&before)?, side(&after)?);
        let compared = compare(&old, &new);
        let summary = Summary::of(&compared);
        let sections = compared.iter().filter_map(|section| {
            let id = section.section();
            let sides = Sides::new(Section::find(&before, id), Section::find(&after, id))?;
            Some(SectionComparison { sides, change: section.change().into(), is_moved: section.is_moved() })
        });
        let sections = sections.collect();
        Ok(Self { before, after, sections, summary })
    }
}

fn side(tree: &EditionTree) -> Result<Side<'_>> {
    let seen = tree.seen();
    Side::new(&seen.outline, |placement| seen.revision(placement).map(|revision| &revision.content)).map_err(internal)
}

/// How much changed. Every section counts once: one that was both revised and moved is revised.
#[derive(SimpleObject, Clone, Copy, PartialEq, Eq, Debug)]
pub struct ComparisonSummary {
    /// Sections only in the later edition.
    pub added: usize,
    /// Sections only in the earlier edition.
    pub removed: usize,
    /// Sections that say the same in another place.
    pub moved: usize,
    /// Sections that say something else, wherever they stand.
    pub revised: usize,
    /// Sections that say the same in the same place.
    pub unchanged: usize,
    /// Recommendations only in the later edition, those of added sections too.
    pub recommendations_added: usize,
    /// Recommendations only in the earlier edition, those of removed sections too.
    pub recommendations_removed: usize,
    /// Recommendations whose strength or words differ.
    pub recommendations_revised: usize,
    /// Recommendations that no longer stand.
    pub recommendations_stood_down: usize,
}

impl From<Summary> for ComparisonSummary {
    fn from(summary: Summary) -> Self {
        let Summary {
            added,
            removed,
            moved,
            revised,
            unchanged,
            recommendations_added,
            recommendations_removed,
            recommendations_revised,
            recommendations_stood_down,
        } = summary;
        Self {
            added,
            removed,
            moved,
            revised,
            unchanged,
            recommendations_added,
            recommendations_removed,
            recommendations_revised,
            recommendations_stood_down,
        }
    }
}

/// A section, compared.
#[derive(Clone, Debug)]
pub struct SectionComparison {
    sides: Sides<Section>,
    change: SectionDifference,
    is_moved: bool,
}

/// One section in two editions. In its texts, an edition that does not have the section counts as empty.
#[Object]
impl SectionComparison {
    /// The section's name in links: the later one, should it have changed.
    async fn key(&self) -> &str {
        self.sides.latest().placement().key.as_str()
    }

    /// The section in the earlier edition; none if it was added.
    async fn before(&self) -> Option<&Section> {
        self.sides.before()
    }

    /// The section in the later edition; none if it was removed.
    async fn after(&self) -> Option<&Section> {
        self.sides.after()
    }

    /// What happened to it, in one word.
    async fn change(&self) -> SectionDifference {
        self.change
    }

    /// Whether it stands under another parent, or in another order among the siblings it kept. Of siblings in another
    /// order as few as possible count, and what went along with its parent does not.
    async fn is_moved(&self) -> bool {
        self.is_moved
    }

    /// The heading, word by word.
    async fn heading(&self) -> Vec<TextSpan> {
        spans(self.content().heading())
    }

    /// The text, word by word. Of texts that have very little in common, whole lines are shown as replaced.
    async fn body(&self) -> Result<Vec<TextSpan>> {
        // Large texts take a while to compare; others' requests wait on this thread.
        let sides = self.sides.clone();
        let compared = spawn_blocking(move || sides.as_ref().map(Section::content).body());
        Ok(spans(compared.await.map_err(internal)?))
    }

    /// The plain-language summary, word by word; empty if neither edition has one.
    async fn summary(&self) -> Vec<TextSpan> {
        spans(self.content().summary())
    }

    /// The recommendations of both, each once, in the order of the later edition; one that is gone is listed where it
    /// stood. At most 400.
    async fn recommendations(&self) -> Vec<RecommendationComparison> {
        let compared = self.content().recommendations().into_iter().filter_map(|recommendation| {
            let find = |section: &Section| Recommendation::find(std::slice::from_ref(section), recommendation.number());
            Some(RecommendationComparison {
                sides: Sides::new(self.sides.before().and_then(find), self.sides.after().and_then(find))?,
                change: recommendation.change().into(),
                is_moved: recommendation.is_moved(),
            })
        });
        compared.collect()
    }

    /// The references of both, in reading order. One that was altered or put elsewhere is listed as removed and as added.
    /// At most 400.
    async fn references(&self) -> Vec<ReferenceComparison> {
        let compared = self.content().references().into_iter();
        let compared = compared.map(|compared| ReferenceComparison {
            change: compared.change.into(),
            reference: compared.reference.into(),
        });
        compared.collect()
    }
}

impl SectionComparison {
    fn content(&self) -> Sides<&crate::domain::document::content::Content> {
        self.sides.as_ref().map(Section::content)
    }
}

/// A recommendation, compared.
#[derive(Clone, Debug)]
pub struct RecommendationComparison {
    sides: Sides<Recommendation>,
    change: RecommendationDifference,
    is_moved: bool,
}

/// One recommendation in two editions. In its texts, an edition that does not have it counts as empty.
#[Object]
impl RecommendationComparison {
    /// Its number, unique in the document for ever.
    async fn number(&self) -> u32 {
        self.sides.latest().statement().number.get()
    }

    /// Its number as written, such as `R12`.
    async fn label(&self) -> String {
        self.sides.latest().statement().number.to_string()
    }

    /// The recommendation in the earlier edition; none if it came later.
    async fn before(&self) -> Option<&Recommendation> {
        self.sides.before()
    }

    /// The recommendation in the later edition; none if it is gone.
    async fn after(&self) -> Option<&Recommendation> {
        self.sides.after()
    }

    /// What happened to it, in one word.
    async fn change(&self) -> RecommendationDifference {
        self.change
    }

    /// Whether it is in another order among the recommendations that its section kept. That alone is no revision.
    async fn is_moved(&self) -> bool {
        self.is_moved
    }

    /// How firmly it was meant in the earlier edition.
    async fn strength_before(&self) -> Option<Strength> {
        self.sides.before().map(|recommendation| recommendation.statement().strength.into())
    }

    /// How firmly it is meant in the later edition.
    async fn strength_after(&self) -> Option<Strength> {
        self.sides.after().map(|recommendation| recommendation.statement().strength.into())
    }

    /// The statement, word by word.
    async fn text(&self) -> Vec<TextSpan> {
        spans(self.sides.as_ref().map(Recommendation::statement).text())
    }

    /// The statement in plain language, word by word; empty if neither edition has one.
    async fn summary(&self) -> Vec<TextSpan> {
        spans(self.sides.as_ref().map(Recommendation::statement).summary())
    }

    /// Why it no longer stands, word by word; empty if it stands in both editions.
    async fn stood_down_reason(&self) -> Vec<TextSpan> {
        spans(self.sides.as_ref().map(Recommendation::statement).stood_down())
    }
}

/// One reference in two editions.
#[derive(SimpleObject, Clone, PartialEq, Eq, Debug)]
pub struct ReferenceComparison {
    /// What happened to it.
    pub change: TextChange,
    /// The reference.
    pub reference: Reference,
}
