//! Texts in the form that a client asks for.

use super::super::enums::TextFormat;
use crate::render::{self, Place};

/// A Markdown text in a form. `place` is where on a page HTML will stand.
pub(super) fn rendered(markdown: &str, format: TextFormat, place: Place<'_>) -> String {
    match format {
        TextFormat::Markdown => markdown.to_owned(),
        TextFormat::Html => render::html(markdown, place),
        TextFormat::Text => render::text(markdown),
    }
}

/// A note that stands by itself, under the title of a page.
pub(super) fn note(markdown: &str, format: TextFormat, prefix: &str) -> String {
    rendered(markdown, format, Place { prefix, level: 2 })
}
