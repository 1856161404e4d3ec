//! The text of a section as an input gives it. Every mistake in it is told at once.

use async_graphql::{InputObject, MaybeUndefined};

use super::{
    problem::{optional_text, text},
    user_error::{Path, UserError, UserErrorCode as Code},
};
use crate::{
    domain::{
        document::{
            change::{StatementWording, Wording},
            content::{Content, RecommendationNumber, Reference, Statement},
        },
        text::{Body, Line, Prose},
    },
    graphql::enums::Strength,
};

/// A recommendation, as a writer words it.
#[derive(InputObject, Clone, Debug)]
pub(super) struct RecommendationInput {
    /// Its number, such as 12 for R12. Omit it for a new one, which gets the next number of the document.
    pub(super) number: Option<i32>,
    /// How firmly it is meant.
    pub(super) strength: Strength,
    /// The statement, Markdown.
    pub(super) text: String,
    /// The statement in plain language, Markdown. Omitted, it stays as it is; null takes it away.
    pub(super) summary: MaybeUndefined<String>,
}

/// Something a section rests on.
#[derive(InputObject, Clone, Debug)]
pub(super) struct ReferenceInput {
    /// How it is cited, in one line.
    pub(super) text: String,
    /// Where it is found, if on the web: an address that begins with `https://`.
    pub(super) url: Option<String>,
}

/// The parts of a text that an input gives.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) heading: Option<String>,
    pub(super) body: Option<String>,
    pub(super) summary: MaybeUndefined<String>,
    pub(super) recommendations: Option<Vec<RecommendationInput>>,
    pub(super) references: Option<Vec<ReferenceInput>>,
}

impl Given {
    /// The whole text: what is not given stays as it is `before`.
    pub(super) fn over(self, before: Option<&Content>) -> Result<Wording, Vec<UserError>> {
        let mut mistakes = Mistakes::default();
        let heading = match (self.heading, before) {
            (None, Some(before)) => Some(before.heading.clone()),
            (given, _) => mistakes.keep(text(given.unwrap_or_default(), Path::field("heading"))),
        };
        let body = match (self.body, before) {
            (None, Some(before)) => Some(before.body.clone()),
            (given, _) => mistakes.keep(text::<Body>(given.unwrap_or_default(), Path::field("body"))),
        };
        let kept = before.and_then(|before| before.summary.as_ref());
        let summary = mistakes.keep(cleared_or_kept(self.summary, kept, Path::field("summary")));
        let recommendations = match (self.recommendations, before) {
            (None, Some(before)) => Some(before.recommendations.iter().map(as_it_stands).collect()),
            (given, _) => mistakes.statements(given.unwrap_or_default(), before),
        };
        let references = match (self.references, before) {
            (None, Some(before)) => Some(before.references.clone()),
            (given, _) => mistakes.references(given.unwrap_or_default()),
        };
        match (heading, body, summary, recommendations, references) {
            (Some(heading), Some(body), Some(summary), Some(recommendations), Some(references)) => {
                Ok(Wording { heading, body, summary, recommendations, references })
            }
            _ => Err(mistakes.0),
        }
    }
}

/// The mistakes found so far.
#[derive(Default)]
struct Mistakes(Vec<UserError>);

impl Mistakes {
    fn keep<T>(&mut self, checked: Result<T, UserError>) -> Option<T> {
        checked.map_err(|mistake| self.0.push(mistake)).ok()
    }

    fn statements(
        &mut self,
        given: Vec<RecommendationInput>,
        before: Option<&Content>,
    ) -> Option<Vec<StatementWording>> {
        let place = |at: usize| Path::field("recommendations").then(at);
        let read = given.into_iter().enumerate().map(|(at, given)| self.statement(given, before, &place(at)));
        // Reads them all before giving up, so that each tells its mistakes.
        read.collect::<Vec<_>>().into_iter().collect()
    }

    fn statement(
        &mut self,
        given: RecommendationInput,
        before: Option<&Content>,
        place: &Path,
    ) -> Option<StatementWording> {
        let number = self.keep(number(given.number, place.then("number")));
        let text = self.keep(text(given.text, place.then("text")));
        let known = number.flatten().and_then(|number| before?.statement(number));
        let kept = known.and_then(|known| known.summary.as_ref());
        let summary = self.keep(cleared_or_kept(given.summary, kept, place.then("summary")));
        Some(StatementWording { number: number?, strength: given.strength.into(), text: text?, summary: summary? })
    }

    fn references(&mut self, given: Vec<ReferenceInput>) -> Option<Vec<Reference>> {
        let place = Path::field("references");
        if given.len() > Wording::REFERENCES_MAX {
            let most = format_args!("holds at most {} references", Wording::REFERENCES_MAX);
            self.0.push(UserError::about(Code::TooManyReferences, place, most));
            return None;
        }
        let read = given.into_iter().enumerate().map(|(at, given)| {
            let text = self.keep(text(given.text, place.then(at).then("text")));
            let url = self.keep(address(given.url, place.then(at).then("url")));
            Some(Reference { text: text?, url: url? })
        });
        read.collect::<Vec<_>>().into_iter().collect()
    }
}

fn number(given: Option<i32>, path: Path) -> Result<Option<RecommendationNumber>, UserError> {
    let Some(given) = given else { return Ok(None) };
    recommendation_number(given, path).map(Some)
}

/// The number of a recommendation.
pub(super) fn recommendation_number(given: i32, path: Path) -> Result<RecommendationNumber, UserError> {
    let most = RecommendationNumber::MAX.get();
    let invalid = || UserError::about(Code::NumberInvalid, path, format_args!("must be 1 to {most}"));
    u32::try_from(given).ok().and_then(RecommendationNumber::new).ok_or_else(invalid)
}

fn address(given: Option<String>, path: Path) -> Result<Option<Line>, UserError> {
    let address: Option<Line> = optional_text(given, path.clone())?;
    let is_https = address.as_ref().is_none_or(|address| address.as_str().starts_with("https://"));
    if is_https { Ok(address) } else { Err(UserError::about(Code::UrlNotHttps, path, "must begin with https://")) }
}

fn cleared_or_kept(
    given: MaybeUndefined<String>,
    kept: Option<&Prose>,
    path: Path,
) -> Result<Option<Prose>, UserError> {
    match given {
        MaybeUndefined::Undefined => Ok(kept.cloned()),
        MaybeUndefined::Null => Ok(None),
        MaybeUndefined::Value(given) => optional_text(Some(given), path),
    }
}

fn as_it_stands(statement: &Statement) -> StatementWording {
    StatementWording {
        number: Some(statement.number),
        strength: statement.strength,
        text: statement.text.clone(),
        summary: statement.summary.clone(),
    }
}
