//! Problems of single values in the input: texts that people write, and numbers with bounds.

use std::ops::RangeInclusive;

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::{
    document::{Key, NotAKey},
    text::TextProblem,
};

/// A text that must be there.
pub(in super::super) fn text<T: TryFrom<String, Error = TextProblem>>(raw: String, path: Path) -> Result<T, UserError> {
    T::try_from(raw).map_err(|problem| text_problem(&problem, path))
}

/// A text that may be left out. Blank means the same as omitted.
pub(in super::super) fn optional_text<T: TryFrom<String, Error = TextProblem>>(
    raw: Option<String>,
    path: Path,
) -> Result<Option<T>, UserError> {
    raw.filter(|raw| !raw.trim().is_empty()).map(|raw| text(raw, path)).transpose()
}

/// A whole number with bounds, if it is given.
pub(in super::super) fn whole_number(
    raw: Option<i32>,
    bounds: RangeInclusive<u32>,
    path: Path,
) -> Result<Option<u32>, UserError> {
    let Some(raw) = raw else { return Ok(None) };
    let (least, most) = (bounds.start(), bounds.end());
    let out_of_range = || UserError::about(Code::OutOfRange, path, format_args!("must be {least} to {most}"));
    u32::try_from(raw).ok().filter(|number| bounds.contains(number)).map(Some).ok_or_else(out_of_range)
}

/// A name for links, if it is given.
pub(in super::super) fn optional_key(raw: Option<String>, path: Path) -> Result<Option<Key>, UserError> {
    raw.map(Key::new).transpose().map_err(|problem: NotAKey| UserError::about(Code::KeyInvalid, path, problem))
}

fn text_problem(problem: &TextProblem, path: Path) -> UserError {
    let code = match problem {
        TextProblem::Blank => Code::TextBlank,
        TextProblem::TooLong { .. } => Code::TextTooLong,
        TextProblem::Control => Code::TextNotAllowed,
        TextProblem::Reserved(_) => Code::TextReserved,
    };
    UserError::about(code, path, problem)
}
