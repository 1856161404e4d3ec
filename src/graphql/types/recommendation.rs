//! A recommendation as it stands in one edition.

use async_graphql::{ID, Object};

use super::Section;
use crate::{
    domain::document::content::{RecommendationNumber, Statement},
    graphql::{
        enums::{Strength, TextFormat},
        id::GlobalId,
    },
    store::Part,
};

/// A recommendation in an edition.
#[derive(Clone, Debug)]
pub struct Recommendation {
    section: Section,
    at: usize,
}

/// A numbered statement as it stands in one edition. Its number lasts and is never given to another.
#[Object]
impl Recommendation {
    /// Opaque id, of this recommendation in this edition.
    pub async fn id(&self) -> ID {
        GlobalId::Recommendation(self.section.tree().seen().edition.id, self.statement().number).encode()
    }

    /// Its number, unique in the document for ever.
    async fn number(&self) -> u32 {
        self.statement().number.get()
    }

    /// Its number as written, such as `R12`.
    async fn label(&self) -> String {
        self.statement().number.to_string()
    }

    /// How firmly it is meant.
    async fn strength(&self) -> Strength {
        self.statement().strength.into()
    }

    /// The statement.
    async fn text(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> String {
        let Statement { number, text, .. } = self.statement();
        self.section.text(Part::Statement(*number), text.as_str(), format, || self.prefix(""))
    }

    /// The statement in plain language, if somebody wrote it.
    async fn summary(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> Option<String> {
        let Statement { number, summary, .. } = self.statement();
        let prefix = || self.prefix("--summary");
        Some(self.section.text(Part::StatementSummary(*number), summary.as_ref()?.as_str(), format, prefix))
    }

    /// Whether it no longer stands.
    async fn is_stood_down(&self) -> bool {
        self.statement().stood_down.is_some()
    }

    /// Why it no longer stands.
    async fn stood_down_reason(
        &self,
        #[graphql(desc = "The form of the text.", default)] format: TextFormat,
    ) -> Option<String> {
        let Statement { number, stood_down, .. } = self.statement();
        let prefix = || self.prefix("--stood-down");
        Some(self.section.text(Part::StoodDown(*number), stood_down.as_ref()?.as_str(), format, prefix))
    }

    /// The section it stands in.
    async fn section(&self) -> &Section {
        &self.section
    }
}

impl Recommendation {
    /// What it says, for a comparison.
    pub(super) fn statement(&self) -> &Statement {
        &self.section.content().recommendations[self.at]
    }

    /// Every recommendation of a section, in reading order.
    pub fn all_of(section: &Section) -> impl Iterator<Item = Self> + '_ {
        (0..section.content().recommendations.len()).map(|at| Self { section: section.clone(), at })
    }

    /// The recommendation with a number, if one of these sections has it.
    pub fn find(sections: &[Section], number: RecommendationNumber) -> Option<Self> {
        sections.iter().find_map(|section| {
            let at = section.content().recommendations.iter().position(|statement| statement.number == number)?;
            Some(Self { section: section.clone(), at })
        })
    }

    /// Whether it passes the filter of a list.
    pub(super) fn is_wanted(&self, strength: Option<Strength>, include_stood_down: bool) -> bool {
        strength.is_none_or(|strength| self.statement().strength == strength.into())
            && (include_stood_down || self.statement().stood_down.is_none())
    }

    /// What ids in its HTML begin with.
    fn prefix(&self, part: &str) -> String {
        format!("r{}{part}", self.statement().number.get())
    }
}
