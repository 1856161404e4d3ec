//! Words that stand nowhere but where they were planted, and who may read them there.
//!
//! Who may is written down here by hand, from the access table of the design. It knows nothing of `domain::access`.

use std::collections::BTreeMap;

/// Begins every canary, so that a stray one is known for what it is.
const MARK: &str = "canary";

/// How narrow the circle of readers is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Circle {
    Public,
    Partners,
    Group,
}

/// What decides who may read a place: the document it belongs to, whether one must be let into its drafts, and the
/// circle that it is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(super) document: &'static str,
    pub(super) in_draft: bool,
    pub(super) circle: Circle,
}

/// Published for this circle.
pub(super) fn published(document: &'static str, circle: Circle) -> Place {
    Place { document, in_draft: false, circle }
}

/// In the draft or the review, and for this circle once published.
pub(super) fn drafted(document: &'static str, circle: Circle) -> Place {
    Place { document, in_draft: true, circle }
}

/// What somebody may read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// Of every document.
    pub(super) everywhere: Circle,
    /// The documents that they read whole.
    pub(super) whole: &'static [&'static str],
    /// The documents whose drafts and reviews they read.
    pub(super) drafts: &'static [&'static str],
}

impl Standing {
    pub(super) fn reads(&self, place: Place) -> bool {
        let circle = if self.whole.contains(&place.document) { Circle::Group } else { self.everywhere };
        place.circle <= circle && (!place.in_draft || self.drafts.contains(&place.document))
    }
}

/// All that were planted.
#[derive(Default)]
pub(crate) struct Canaries(BTreeMap<String, Place>);

impl Canaries {
    /// Makes a word for a place, named after it.
    pub(super) fn plant(&mut self, place: Place, what: &str) -> String {
        let state = if place.in_draft { "draft" } else { "" };
        let name = format!("{}{state}{what}", place.document);
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let word = format!("{MARK}{}", name.to_lowercase());
        assert!(self.0.insert(word.clone(), place).is_none(), "{word} is planted twice");
        word
    }

    /// Those that somebody may read.
    pub(super) fn for_whom(&self, standing: &Standing) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(_, place)| standing.reads(**place)).map(|(word, _)| word.as_str())
    }
}

/// The canaries in a text.
pub(super) fn words_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(MARK).filter_map(|(at, _)| {
        let word = &text[at..];
        let end = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
        (end > MARK.len()).then(|| &word[..end])
    })
}
