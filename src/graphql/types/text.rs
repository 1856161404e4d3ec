//! Texts in the form that a client asks for.

use super::super::enums::TextFormat;
use crate::{
    render::{self, Place},
    store::{Forms, Part},
};

/// A Markdown text of a revision in a form. `place` is where on a page HTML will stand.
pub(super) fn of_revision(
    forms: &Forms,
    part: Part,
    markdown: &str,
    format: TextFormat,
    place: impl FnOnce() -> (String, u8),
) -> String {
    match format {
        TextFormat::Markdown => markdown.to_owned(),
        TextFormat::Html => {
            let (prefix, level) = place();
            forms.html(part, markdown, Place { prefix: &prefix, level })
        }
        TextFormat::Text => forms.text(part, markdown),
    }
}

/// A note that stands by itself, under the title of a page.
pub(super) fn note(markdown: &str, format: TextFormat, prefix: &str) -> String {
    match format {
        TextFormat::Markdown => markdown.to_owned(),
        TextFormat::Html => render::html(markdown, Place { prefix, level: 2 }),
        TextFormat::Text => render::text(markdown),
    }
}
