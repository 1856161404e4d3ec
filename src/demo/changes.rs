//! What the review of the demonstration does to its draft, read from a file beside this one.

use serde::Deserialize;

use super::DemoError;
use crate::domain::{
    document::{
        Key, Requirements, Stage,
        change::{StatementWording, Wording},
        content::{RecommendationNumber, Strength},
        revision::ChangeClass,
    },
    role::Discipline,
    text::{Body, Line, Prose},
};

/// Every change.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    pub(super) revisions: Vec<Revision>,
    pub(super) new_sections: Vec<NewSection>,
    pub(super) stand_downs: Vec<StandDown>,
}

/// A new body for a section.
#[derive(Deserialize, Debug)]
pub(super) struct Revision {
    pub(super) section: String,
    pub(super) class: ChangeClass,
    body: String,
}

/// A section to add.
#[derive(Deserialize, Debug)]
pub(super) struct NewSection {
    key: String,
    title: String,
    pub(super) parent: String,
    pub(super) stage: Stage,
    disciplines: Vec<Discipline>,
    body: String,
    summary: String,
    recommendations: Vec<Recommendation>,
}

#[derive(Deserialize, Debug)]
struct Recommendation {
    strength: Strength,
    text: String,
    summary: Option<String>,
}

/// A recommendation to stand down.
#[derive(Deserialize, Debug)]
pub(super) struct StandDown {
    pub(super) section: String,
    recommendation: String,
    pub(super) reason: String,
}

impl Changes {
    pub(super) fn read() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("changes.toml"))
    }
}

impl Revision {
    pub(super) fn body(&self) -> Result<Body, DemoError> {
        Body::new(&self.body).map_err(DemoError::of)
    }
}

impl NewSection {
    pub(super) fn key(&self) -> Result<Key, DemoError> {
        Key::new(&self.key).map_err(DemoError::of)
    }

    pub(super) fn requirements(&self) -> Requirements {
        self.disciplines.iter().map(|discipline| (*discipline, 1)).collect()
    }

    pub(super) fn wording(&self) -> Result<Wording, DemoError> {
        let statements = self.recommendations.iter().map(|recommendation| {
            Ok(StatementWording {
                number: None,
                strength: recommendation.strength,
                text: Prose::new(&recommendation.text).map_err(DemoError::of)?,
                summary: recommendation.summary.as_ref().map(Prose::new).transpose().map_err(DemoError::of)?,
            })
        });
        Ok(Wording {
            heading: Line::new(&self.title).map_err(DemoError::of)?,
            body: Body::new(&self.body).map_err(DemoError::of)?,
            summary: Some(Prose::new(&self.summary).map_err(DemoError::of)?),
            recommendations: statements.collect::<Result<_, DemoError>>()?,
            references: vec![],
        })
    }
}

impl StandDown {
    pub(super) fn number(&self) -> Result<RecommendationNumber, DemoError> {
        let digits = self.recommendation.trim_start_matches('R').parse().ok();
        digits.and_then(RecommendationNumber::new).ok_or_else(|| DemoError::of("no such number"))
    }
}
