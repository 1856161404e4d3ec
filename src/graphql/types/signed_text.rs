//! The text that a position was taken on, by which a signature can be checked.

use std::sync::Arc;

use async_graphql::Object;

use super::text::note;
use crate::{
    domain::document::revision::Revision,
    graphql::{enums::TextFormat, scalar::Digest},
};

/// A text that was read.
#[derive(Clone, Debug)]
pub struct SignedText(pub(super) Arc<Revision>);

/// The text of a section as it was when a position was taken on it, whatever the section says now.
#[Object]
impl SignedText {
    /// Its digest: SHA-256 over the bytes of `canonicalJson`.
    async fn digest(&self) -> Digest {
        Digest(self.0.head.digest)
    }

    /// All of the text as canonical JSON (RFC 8785), in UTF-8: heading, body, summary, recommendations and references.
    async fn canonical_json(&self) -> String {
        self.0.content.canonical_json()
    }

    /// Heading.
    async fn heading(&self) -> &str {
        self.0.content.heading.as_str()
    }

    /// Text.
    async fn body(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> String {
        note(self.0.content.body.as_str(), format, "signed")
    }
}
