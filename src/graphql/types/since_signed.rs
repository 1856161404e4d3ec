//! What a text says otherwise than when somebody last took a position on it.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use tokio::task::spawn_blocking;

use super::{Section, TextSpan, comparison::spans};
use crate::{
    domain::document::{
        comparison::{RecommendationComparison, RecommendationDifference as Difference, Sides},
        content::Content,
        revision::Revision,
        words::Span,
    },
    graphql::{error::internal, session::View},
};

/// A text as it was read, beside the section as it stands.
pub struct SinceSigned {
    read: Arc<Revision>,
    section: Section,
}

/// The words of a section that are others than when you last took a position on it. Asking for them costs a comparison.
#[Object]
impl SinceSigned {
    /// The heading.
    async fn heading(&self) -> Result<Vec<TextSpan>> {
        self.compared(|sides| sides.heading()).await
    }

    /// The text, as Markdown.
    async fn body(&self) -> Result<Vec<TextSpan>> {
        self.compared(|sides| sides.body()).await
    }

    /// The plain-language summary, as Markdown.
    async fn summary(&self) -> Result<Vec<TextSpan>> {
        self.compared(|sides| sides.summary()).await
    }

    /// The recommendations that came, went or say something else, in the order in which they are read now.
    async fn recommendations(&self, ctx: &Context<'_>) -> Result<Vec<RecommendationSinceSigned>> {
        let (read, section) = (Arc::clone(&self.read), self.section.clone());
        let changed = spawn_blocking(move || {
            let sides = Sides::Both { before: &read.content, after: section.content() };
            let compared = sides.recommendations().into_iter();
            let changed = compared.filter(|compared| compared.change() != Difference::Unchanged);
            changed.map(|compared| RecommendationSinceSigned::of(&compared)).collect::<Vec<_>>()
        });
        View::of(ctx)?.give(changed.await.map_err(internal)?).await
    }
}

impl SinceSigned {
    /// Nothing, if the section says what was read.
    pub(super) fn new(read: Arc<Revision>, section: Section) -> Option<Self> {
        (read.head.digest != section.placement().digest).then_some(Self { read, section })
    }

    async fn compared(&self, compare: fn(Sides<&Content>) -> Vec<Span>) -> Result<Vec<TextSpan>> {
        // Large texts take a while to compare; others' requests wait on this thread.
        let (read, section) = (Arc::clone(&self.read), self.section.clone());
        let compared = spawn_blocking(move || compare(Sides::Both { before: &read.content, after: section.content() }));
        Ok(spans(compared.await.map_err(internal)?))
    }
}

/// A recommendation that changed.
pub struct RecommendationSinceSigned {
    label: String,
    text: Vec<TextSpan>,
}

impl RecommendationSinceSigned {
    fn of(compared: &RecommendationComparison<'_>) -> Self {
        Self { label: compared.number().to_string(), text: spans(compared.sides().text()) }
    }
}

/// A recommendation that came, went, or says something else.
#[Object]
impl RecommendationSinceSigned {
    /// Its number as written, such as `R12`.
    async fn label(&self) -> &str {
        &self.label
    }

    /// Its words.
    async fn text(&self) -> &[TextSpan] {
        &self.text
    }
}
