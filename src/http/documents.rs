//! The texts of documents by their digest: those that the operator trusts, and those that clients asked us to remember.
//!
//! ```text
//! documentId, persistedQuery ──> digest ──> trusted ──┐
//!                                     └──> kept ──────┴──> text ──> guard (whoever parses it may keep what comes of it)
//! ```
//!
//! A text is remembered under the digest it really has, so nobody can put words under another's name. It is a bounded
//! convenience: a client whose text was forgotten is told so, and sends it again.

mod trusted;

use std::{collections::HashMap, fmt, path::Path, sync::Arc};

use poem::http::StatusCode;
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest as _, Sha256};

pub use self::trusted::TrustError;
use super::problem::Problem;
use crate::{config::DocumentMode, graphql::error::Code};

/// Bytes of all texts that clients asked us to remember.
const KEPT_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// The SHA-256 of a document's text. `None` stands for a name that no text can have: it is never found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Digest(Option<[u8; 32]>);

impl Digest {
    fn of(text: &str) -> Self {
        Self(Some(Sha256::digest(text).into()))
    }

    /// From a `documentId`, which says how it was made.
    pub(super) fn from_id(id: &str) -> Self {
        id.strip_prefix("sha256:").map_or(Self(None), Self::from_hex)
    }

    pub(super) fn from_hex(hex: &str) -> Self {
        let mut bytes = [0; 32];
        Self(hex::decode_to_slice(hex, &mut bytes).ok().map(|()| bytes))
    }
}

/// How a request names its document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Named {
    Text(String),
    Digest(Digest),
    /// By both: please remember it.
    Both(Digest, String),
}

/// A document that was found or given, and whether to remember it once it has proved to be one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) text: String,
    keep: Option<Digest>,
}

/// Which documents are run, and the texts behind their names.
#[derive(Clone)]
pub struct Documents(Arc<Inner>);

struct Inner {
    mode: DocumentMode,
    trusted: HashMap<Digest, String>,
    kept: Cache<Digest, String, ByLength>,
}

#[derive(Clone)]
struct ByLength;

impl Weighter<Digest, String> for ByLength {
    fn weight(&self, _: &Digest, text: &String) -> u64 {
        // With what the entry itself takes.
        u64::try_from(text.len()).unwrap_or(u64::MAX).saturating_add(128)
    }
}

impl Documents {
    /// Runs documents as `mode` says, knowing those in `directory` by name.
    pub fn new(mode: DocumentMode, directory: Option<&Path>) -> Result<Self, TrustError> {
        let texts = directory.map(trusted::read).transpose()?.unwrap_or_default();
        let trusted = texts.into_iter().map(|text| (Digest::of(&text), text)).collect();
        let kept = Cache::with_weighter(1_000, KEPT_BYTES_MAX, ByLength);
        Ok(Self(Arc::new(Inner { mode, trusted, kept })))
    }

    /// The text of a document.
    pub(super) fn find(&self, named: Named) -> Result<Found, Problem> {
        let Inner { mode, trusted, kept } = &*self.0;
        match (named, mode) {
            (Named::Text(text), DocumentMode::Open | DocumentMode::Apq) => Ok(Found { text, keep: None }),
            (Named::Both(digest, text), _) if digest != Digest::of(&text) => {
                Err(Problem::bad_request(StatusCode::BAD_REQUEST, "the provided sha does not match the query"))
            }
            (Named::Both(digest, text), DocumentMode::Apq) => Ok(Found { text, keep: Some(digest) }),
            (Named::Both(_, text), DocumentMode::Open) => Ok(Found { text, keep: None }),
            (Named::Text(text) | Named::Both(_, text), DocumentMode::Trusted) => {
                if trusted.contains_key(&Digest::of(&text)) {
                    Ok(Found { text, keep: None })
                } else {
                    Err(Problem::of(
                        Code::Forbidden,
                        "only documents that were registered with the operator are run here",
                    ))
                }
            }
            (Named::Digest(digest), mode) => {
                let known = trusted.get(&digest).cloned().or_else(|| kept.get(&digest));
                known.map(|text| Found { text, keep: None }).ok_or_else(|| match mode {
                    // The words are those that clients of Apollo's protocol look for.
                    DocumentMode::Open if trusted.is_empty() => {
                        Problem::of(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported")
                    }
                    DocumentMode::Open | DocumentMode::Apq | DocumentMode::Trusted => {
                        Problem::of(Code::PersistedQueryNotFound, "PersistedQueryNotFound")
                    }
                })
            }
        }
    }

    /// Remembers a document, if that was asked for. Only what passed the guard: nonsense takes no room.
    pub(super) fn keep(&self, found: Found) {
        if let Some(digest) = found.keep {
            self.0.kept.insert(digest, found.text);
        }
    }
}

impl Default for Documents {
    fn default() -> Self {
        let inner = Inner {
            mode: DocumentMode::Apq,
            trusted: HashMap::new(),
            kept: Cache::with_weighter(1_000, KEPT_BYTES_MAX, ByLength),
        };
        Self(Arc::new(inner))
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Documents({:?}, {} trusted, {} kept)", self.0.mode, self.0.trusted.len(), self.0.kept.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{ echo }";

    fn both(text: &str) -> Named {
        Named::Both(Digest::of(text), text.to_owned())
    }

    fn code(documents: &Documents, named: Named) -> Code {
        documents.find(named).unwrap_err().code
    }

    #[test]
    fn a_text_is_remembered_only_under_its_own_digest_and_only_if_it_is_kept() {
        let documents = Documents::default();
        let by_digest = Named::Digest(Digest::of(TEXT));
        assert_eq!(code(&documents, by_digest.clone()), Code::PersistedQueryNotFound);
        let found = documents.find(both(TEXT)).unwrap();
        assert_eq!(code(&documents, by_digest.clone()), Code::PersistedQueryNotFound, "it may be nonsense");
        documents.keep(found);
        assert_eq!(documents.find(by_digest).unwrap().text, TEXT);
        let anothers = Named::Both(Digest::of("{ caller }"), TEXT.to_owned());
        assert_eq!(documents.find(anothers).unwrap_err().status, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn what_is_remembered_is_bounded_by_its_bytes() {
        let documents = Documents::default();
        for number in 0..200 {
            let text = format!("{{ echo }} # {number} {}", "x".repeat(100 * 1024));
            let found = documents.find(both(&text)).unwrap();
            documents.keep(found);
        }
        assert!(documents.0.kept.weight() <= KEPT_BYTES_MAX && documents.0.kept.len() > 10);
    }

    #[test]
    fn a_name_that_no_text_has_is_never_found() {
        for id in ["", "sha256:", "sha256:ab", "md5:5d41402abc4b2a76b9719d911017c592", &"a".repeat(64)] {
            let named = Named::Digest(Digest::from_id(id));
            assert_eq!(code(&Documents::default(), named), Code::PersistedQueryNotFound, "{id}");
        }
    }
}
