//! A whole document as one text file: CommonMark with YAML front matter (`docs/manuscript.md`).
//!
//! [`read()`] turns a file into a [`Manuscript`] or into one [`Fault`] per mistake; [`write()`] is its inverse, so that
//! importing what was exported gives the same digests. Nothing here knows the database, and nothing here renders.
//!
//! ```text
//! file -> front_matter -> page (clean lines) -> outline (headings) -> blocks (::: blocks) -> links -> read -> Manuscript
//! ```

mod attributes;
mod blocks;
mod edition;
mod faults;
mod front_matter;
mod links;
mod markdown;
mod outline;
mod page;
mod read;
mod references;
#[cfg(test)]
mod tests;
mod write;

pub use read::read;
pub use write::write;

use crate::domain::{
    document::{Audience, Key, Requirements, ReviewPolicy, Stage, content::Content},
    text::{Line, Prose},
    time::PartialDate,
};

/// A document as one file holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manuscript {
    /// Title in people's words.
    pub title: Line,
    /// Name in links.
    pub slug: Key,
    /// When it was issued; absent for a draft.
    pub issued: Option<PartialDate>,
    /// When its next full review is due.
    pub review_due: PartialDate,
    /// Who may read it once published.
    pub audience: Audience,
    /// How its reviews run.
    pub policy: ReviewPolicy,
    /// What changed, for followers.
    pub change_note: Option<Prose>,
    /// Whether its content was made up to show the product.
    pub is_demonstration: bool,
    /// Sections in reading order.
    pub sections: Vec<ManuscriptSection>,
}

/// A section as a manuscript holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManuscriptSection {
    /// Name in links, unique in the document.
    pub key: Key,
    /// Level in the tree: 1 for a top section; at most one more than that of the section before it.
    pub level: u8,
    /// Narrower than the document's audience, if given.
    pub audience: Option<Audience>,
    /// The part of the pathway it is about.
    pub stage: Option<Stage>,
    /// Which disciplines must sign it.
    pub requirements: Requirements,
    /// What it says.
    pub content: Content,
}

/// One mistake in a manuscript, with the place to mend it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Fault {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// The most bytes of a file.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most sections of a manuscript.
pub const SECTIONS_MAX: usize = 2_000;
/// The most recommendations of a manuscript.
pub const RECOMMENDATIONS_MAX: usize = 20_000;
