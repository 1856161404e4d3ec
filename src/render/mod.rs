//! Markdown as people read it: safe HTML for pages, plain text for screens without them and for reading aloud; and a review at
//! a glance as a picture ([`board`]).
//!
//! Texts are written by editors we know, and shown on pages we do not. So HTML leaves here only after two passes that
//! do not trust one another: the writer emits nothing but known elements, closed in order and nested to a limit, and
//! the sanitiser parses the result as a browser would and keeps what is on its own list.
//!
//! ```text
//!               +-> html: blocks and raw markup -> elements (balanced) -> sanitise (ammonia) -> HTML
//! Markdown tree +
//!               +-> text: blocks and raw markup -> paragraphs -> plain text
//! ```
//!
//! Both are total: any text, however hostile, is rendered in a time proportional to its length. Where a text is too
//! deep or too tangled, marks are dropped, never words.

mod address;
pub mod board;
pub mod calendar;
mod elements;
#[cfg(test)]
mod hostile;
mod html;
mod markup;
pub mod notice;
mod paragraphs;
mod sanitise;
mod text;

pub use html::{Place, html};
pub use text::text;

use comrak::{Arena, Node, Options, options};

/// Parses CommonMark with tables, footnotes, strikethrough, bare addresses and task lists.
fn parse<'a>(arena: &'a Arena<'a>, markdown: &str) -> Node<'a> {
    let extension = options::Extension {
        strikethrough: true,
        table: true,
        autolink: true,
        tasklist: true,
        footnotes: true,
        ..Default::default()
    };
    comrak::parse_document(arena, markdown, &Options { extension, ..Default::default() })
}
