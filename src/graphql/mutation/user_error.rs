//! What a user can mend, as payloads tell it. Which problem of the domain is told how is in [`problem`](super::problem).

mod code;

use std::fmt::Display;

use async_graphql::{Interface, SimpleObject};

pub(crate) use code::UserErrorCode;

use crate::{
    domain::document::content,
    graphql::{scalar::Digest, types::Blocker},
    manuscript::Fault,
};

/// Something in the input that the user can mend, or a state of things that the user can do something about. Nothing was
/// changed. Match `code`; show `message`. Ask for the fields of the types that implement this where your user needs more
/// than words.
#[derive(Interface)]
#[graphql(
    field(name = "code", ty = "&UserErrorCode", desc = "What is wrong, for programs. The list is closed."),
    field(name = "message", ty = "&String", desc = "What is wrong, for people: a fragment in English."),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "Where in the arguments it is to be mended, such as `[\"input\", \"recommendations\", \"0\", \"text\"]`."
    )
)]
pub(crate) enum UserError {
    /// An error with nothing more to say.
    Plain(PlainUserError),
    /// The text moved on.
    SectionChanged(SectionChangedError),
    /// Something else that an edit is made from moved on.
    BaseChanged(BaseChangedError),
    /// The gate is closed.
    PublicationBlocked(PublicationBlockedError),
    /// A mistake in a manuscript.
    ManuscriptFault(ManuscriptFaultError),
}

/// A mistake that its code and its place say all about.
#[derive(SimpleObject)]
pub(crate) struct PlainUserError {
    /// What is wrong, for programs.
    pub(super) code: UserErrorCode,
    /// What is wrong, for people.
    message: String,
    /// Where in the arguments it is to be mended.
    pub(super) path: Vec<String>,
}

/// The text has moved on since it was read. Show the user the text as it stands, then ask again.
#[derive(SimpleObject)]
pub(crate) struct SectionChangedError {
    /// `SECTION_CHANGED`.
    pub(super) code: UserErrorCode,
    /// What is wrong, for people.
    message: String,
    /// Where in the arguments the digest of the text that was read stands.
    pub(super) path: Vec<String>,
    /// The digest of the text as it stands.
    current_digest: Digest,
}

/// The change note, or the arrangement of sections, has changed since it was read. Show the user how it stands, then ask
/// again.
#[derive(SimpleObject)]
pub(crate) struct BaseChangedError {
    /// `NOTE_CHANGED` or `ARRANGEMENT_CHANGED`.
    pub(super) code: UserErrorCode,
    /// What is wrong, for people.
    message: String,
    /// Where in the arguments the digest of what was read stands.
    pub(super) path: Vec<String>,
    /// The digest of what is there now; none if there is no note.
    current_digest: Option<Digest>,
}

/// The gate is not empty: the review cannot be concluded so yet.
#[derive(SimpleObject)]
pub(crate) struct PublicationBlockedError {
    /// `PUBLICATION_BLOCKED`.
    pub(super) code: UserErrorCode,
    /// What is wrong, for people.
    message: String,
    /// Where in the arguments the review is named.
    pub(super) path: Vec<String>,
    /// What stands in the way, in reading order, each with who or what can clear it.
    blockers: Vec<Blocker>,
}

/// One mistake in a manuscript. All of them are told at once.
#[derive(SimpleObject)]
pub(crate) struct ManuscriptFaultError {
    /// `MANUSCRIPT_FAULT`.
    pub(super) code: UserErrorCode,
    /// What is wrong, and what would be right.
    message: String,
    /// Where in the arguments the manuscript is.
    pub(super) path: Vec<String>,
    /// The line of the manuscript, from 1.
    line: usize,
}

/// A place in a mutation's arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Path(Vec<String>);

impl Path {
    /// The input as a whole.
    pub(crate) fn input() -> Self {
        Self(vec!["input".to_owned()])
    }

    /// A field of the input.
    pub(crate) fn field(name: &str) -> Self {
        Self::input().then(name)
    }

    /// A field, or the number of an item, inside this place.
    pub(crate) fn then(&self, step: impl Display) -> Self {
        let mut path = self.clone();
        path.0.push(step.to_string());
        path
    }

    /// The name of the place itself.
    fn name(&self) -> &str {
        self.0.last().map_or("input", String::as_str)
    }
}

impl UserError {
    /// A mistake with nothing more to say.
    pub(crate) fn plain(code: UserErrorCode, message: impl Display, path: Path) -> Self {
        Self::Plain(PlainUserError { code, message: message.to_string(), path: path.0 })
    }

    /// The same; the message begins with the name of the place.
    pub(crate) fn about(code: UserErrorCode, path: Path, what: impl Display) -> Self {
        Self::plain(code, format_args!("{} {what}", path.name()), path.clone())
    }

    /// The text moved on since it was read.
    pub(crate) fn section_changed(message: impl Display, current: content::Digest) -> Self {
        Self::SectionChanged(SectionChangedError {
            code: UserErrorCode::SectionChanged,
            message: message.to_string(),
            path: Path::field("digest").0,
            current_digest: Digest(current),
        })
    }

    /// What an edit is made from moved on; `field` is where it is named.
    pub(crate) fn base_changed(
        code: UserErrorCode,
        message: impl Display,
        field: &str,
        current: Option<content::Digest>,
    ) -> Self {
        let (message, path) = (message.to_string(), Path::field(field).0);
        Self::BaseChanged(BaseChangedError { code, message, path, current_digest: current.map(Digest) })
    }

    /// The gate is not empty.
    pub(crate) fn publication_blocked(message: impl Display, blockers: Vec<Blocker>) -> Self {
        Self::PublicationBlocked(PublicationBlockedError {
            code: UserErrorCode::PublicationBlocked,
            message: message.to_string(),
            path: Path::field("reviewId").0,
            blockers,
        })
    }

    /// A mistake in a manuscript.
    pub(crate) fn manuscript_fault(fault: Fault) -> Self {
        Self::ManuscriptFault(ManuscriptFaultError {
            code: UserErrorCode::ManuscriptFault,
            message: fault.message,
            path: Path::field("manuscript").0,
            line: fault.line,
        })
    }
}
