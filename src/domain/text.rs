//! Texts that people write, each with the limit that keeps one writer from hurting every reader.
//!
//! A value of these types has been checked and normalised: line ends are `\n`, nothing trails, no control
//! characters. So equal texts have equal digests whatever machine they were typed on.

use std::fmt;

/// The most characters of a heading, a name or a title.
pub const LINE_CHARS_MAX: usize = 300;
/// The most characters of a statement, a summary, a reason or an explanation.
pub const PROSE_CHARS_MAX: usize = 10_000;
/// The most bytes of a section's body.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// Why a text was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TextProblem {
    /// Nothing but white space where words are needed.
    #[error("must not be blank")]
    Blank,
    /// Longer than its limit.
    #[error("is longer than {limit} {unit}")]
    TooLong {
        /// The limit that was passed.
        limit: usize,
        /// What is counted: `characters` or `bytes`.
        unit: &'static str,
    },
    /// NUL or another control character, or more than one line where one is allowed.
    #[error("contains a control character or a line break that is not allowed here")]
    Control,
    /// A line that the manuscript notation gives a meaning to, so the text could not be exported faithfully.
    #[error("contains the line {0:?}, which the manuscript notation reserves")]
    Reserved(String),
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $check:path;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and normalises `raw`.
            pub fn new(raw: impl AsRef<str>) -> Result<Self, TextProblem> {
                $check(raw.as_ref()).map(Self)
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextProblem;
            fn try_from(raw: String) -> Result<Self, TextProblem> {
                Self::new(raw)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

texts! {
    /// One line that is not blank: a heading, a title, a name.
    Line = line;
    /// Markdown or plain words that are not blank: a statement, a summary, a reason, an explanation.
    Prose = prose;
    /// The Markdown body of a section; it may be empty.
    Body = body;
}

fn line(raw: &str) -> Result<String, TextProblem> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(TextProblem::Blank);
    }
    if text.chars().any(char::is_control) {
        return Err(TextProblem::Control);
    }
    limited(text.to_owned(), text.chars().count(), LINE_CHARS_MAX, "characters")
}

fn prose(raw: &str) -> Result<String, TextProblem> {
    let text = lines(raw)?;
    if text.is_empty() {
        return Err(TextProblem::Blank);
    }
    if let Some(line) = text.lines().find(|line| is_fence(line)) {
        return Err(TextProblem::Reserved(line.to_owned()));
    }
    let count = text.chars().count();
    limited(text, count, PROSE_CHARS_MAX, "characters")
}

fn body(raw: &str) -> Result<String, TextProblem> {
    let text = lines(raw)?;
    if let Some(line) = text.lines().find(|line| is_fence(line) || is_marked_heading(line)) {
        return Err(TextProblem::Reserved(line.to_owned()));
    }
    let count = text.len();
    limited(text, count, BODY_BYTES_MAX, "bytes")
}

/// Unifies line ends, drops blank first lines and trailing space, refuses control characters.
fn lines(raw: &str) -> Result<String, TextProblem> {
    let text = raw.replace("\r\n", "\n").replace('\r', "\n");
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(TextProblem::Control);
    }
    let text = text.trim_end();
    let blank = text.lines().take_while(|line| line.trim().is_empty()).map(|line| line.len() + 1).sum::<usize>();
    Ok(text.get(blank..).unwrap_or_default().to_owned())
}

fn limited(text: String, count: usize, limit: usize, unit: &'static str) -> Result<String, TextProblem> {
    if count > limit { Err(TextProblem::TooLong { limit, unit }) } else { Ok(text) }
}

/// Whether a line opens or closes a block of the manuscript notation (`::: recommendation`, `:::`).
pub fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with(":::")
}

/// Whether a line is a heading with attributes, which begins a section in a manuscript (`## Imaging {#imaging}`).
pub fn is_marked_heading(line: &str) -> bool {
    let indent = line.len() - line.trim_start_matches(' ').len();
    indent <= 3 && line.trim_start().starts_with('#') && line.trim_end().ends_with('}') && line.contains("{#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_the_same_text_whatever_the_machine() {
        let unix = Body::new("\n  \nOne\n\n* two\t\n").unwrap();
        assert_eq!(unix, Body::new("One\r\n\r\n* two").unwrap());
        assert_eq!(unix.as_str(), "One\n\n* two");
        assert_eq!(Body::new("    code first").unwrap().as_str(), "    code first");
    }

    #[test]
    fn blank_oversized_and_control_texts_are_refused() {
        assert_eq!(Prose::new(" \n\t"), Err(TextProblem::Blank));
        assert_eq!(Line::new("a\nb"), Err(TextProblem::Control));
        assert_eq!(Body::new("a\0b"), Err(TextProblem::Control));
        assert!(matches!(Line::new("x".repeat(301)), Err(TextProblem::TooLong { .. })));
        assert!(matches!(Body::new("x".repeat(BODY_BYTES_MAX + 1)), Err(TextProblem::TooLong { .. })));
    }

    #[test]
    fn a_text_cannot_smuggle_the_manuscript_notation() {
        assert!(matches!(Body::new("a\n::: plain\nb"), Err(TextProblem::Reserved(_))));
        assert!(matches!(Body::new("## Imaging {#imaging}"), Err(TextProblem::Reserved(_))));
        assert!(Body::new("## Imaging").is_ok());
    }
}
