//! The closed list of error codes, and the only makers of coded errors.
//!
//! Clients match `extensions.code`; people read messages. What a user can mend belongs in a payload's `userErrors`;
//! this list is for refusals and faults. Which HTTP status goes with a code is the transport's business.

use std::{error::Error as StdError, fmt, sync::Arc};

use async_graphql::{Error, ErrorExtensionValues, Pos, ServerError, Value};

use crate::domain::access::StepUp;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)*) => {
        /// What went wrong, as clients see it in `extensions.code`. The list is closed: a new code is a change of the API.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as it appears in answers.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What the code means, for the catalogue of errors.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),+).trim_ascii(),)*
                }
            }
        }
    };
}

codes! {
    /// The document is not GraphQL.
    ParseFailed = "GRAPHQL_PARSE_FAILED";
    /// The document is GraphQL, but this schema cannot answer it.
    ValidationFailed = "GRAPHQL_VALIDATION_FAILED";
    /// A value does not fit: a variable or argument that does not coerce, a cursor, a page size, the length of a text.
    BadUserInput = "BAD_USER_INPUT";
    /// The request around the document is malformed: its JSON, its headers, its method, a batch.
    BadRequest = "BAD_REQUEST";
    /// It is not clear which operation of the document is meant.
    OperationResolutionFailure = "OPERATION_RESOLUTION_FAILURE";
    /// The persisted document is not known here; send the text.
    PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND";
    /// This server keeps no persisted documents; send the text.
    PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED";
    /// The document asks for more than one request may; ask for less, or in several requests.
    QueryTooLarge = "QUERY_TOO_LARGE";
    /// Too much at once; try again later.
    RateLimited = "RATE_LIMITED";
    /// The token is missing, wrong or no longer valid.
    Unauthenticated = "UNAUTHENTICATED";
    /// The act wants a more recent or surer log-in than the token shows. `extensions.maxAge` says how many seconds old it
    /// may be, `extensions.acrValues` which assurances will do; over HTTP `WWW-Authenticate` says the same (RFC 9470).
    StepUpRequired = "STEP_UP_REQUIRED";
    /// You may see this, but not do that to it.
    Forbidden = "FORBIDDEN";
    /// It does not exist, or you may not know that it does.
    NotFound = "NOT_FOUND";
    /// Somebody else acted first; read again, then decide.
    Conflict = "CONFLICT";
    /// It took too long. A change may still have been made: read before repeating it.
    Timeout = "TIMEOUT";
    /// Something this service depends on is away; try again soon.
    Unavailable = "UNAVAILABLE";
    /// A fault of ours. The message is only the id of the request, which helps us find it.
    Internal = "INTERNAL";
}

impl Code {
    /// An error for a resolver to return. The message is for people, in words of the glossary, and echoes no secret.
    pub fn error(self, message: impl Into<String>) -> Error {
        Error { message: message.into(), source: None, extensions: Some(self.extensions()) }
    }

    /// An error that belongs to no field of an answer, such as a refusal of a whole request.
    pub(crate) fn server_error(self, message: impl Into<String>) -> ServerError {
        ServerError { extensions: Some(self.extensions()), ..ServerError::new(message, None) }
    }

    fn extensions(self) -> ErrorExtensionValues {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.as_str());
        extensions
    }

    /// The code an error carries, if it carries one of ours.
    pub(crate) fn of(error: &ServerError) -> Option<Self> {
        let Value::String(code) = error.extensions.as_ref()?.get("code")? else { return None };
        Self::ALL.iter().copied().find(|known| known.as_str() == code)
    }

    /// Writes this code on an error that has none.
    pub(crate) fn stamp(self, error: &mut ServerError) {
        error.extensions.get_or_insert_default().set("code", self.as_str());
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A fault of ours for a resolver to return. The cause is logged once, with the id of the request, and never answered.
pub fn internal(cause: impl StdError + Send + Sync + 'static) -> Error {
    Error { source: Some(Arc::new(Fault(Box::new(cause)))), ..Code::Internal.error("internal error") }
}

/// The viewer may do this, once they have shown that they are there.
pub(crate) fn step_up_required(wanted: &StepUp) -> Error {
    let mut error = Code::StepUpRequired.error("a more recent log-in is needed: log in again, then repeat this");
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("maxAge", wanted.max_age_seconds);
    extensions.set("acrValues", wanted.acr_values.iter().map(|acr| Value::from(acr.as_str())).collect::<Vec<_>>());
    error
}

/// The cause of an [`internal`] error on its way to the log.
#[derive(Debug)]
pub(crate) struct Fault(Box<dyn StdError + Send + Sync>);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(next) = cause {
            write!(f, ": {next}")?;
            cause = next.source();
        }
        Ok(())
    }
}

/// Why a request was refused before anything was executed.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// What clients match.
    pub code: Code,
    /// What people read.
    pub message: String,
    /// Where in the document, if there is a place.
    pub locations: Vec<Pos>,
}

impl Refusal {
    /// A refusal that names no place in the document.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), locations: Vec::new() }
    }
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        Self { locations: refusal.locations, ..refusal.code.server_error(refusal.message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_written_once_and_can_be_read_back() {
        for code in Code::ALL {
            let error = code.server_error("x");
            assert_eq!(Code::of(&error), Some(*code));
            assert!(!code.meaning().is_empty());
        }
        let distinct: std::collections::HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(distinct.len(), Code::ALL.len());
    }

    #[test]
    fn a_fault_tells_the_log_its_whole_chain() {
        #[derive(Debug, thiserror::Error)]
        #[error("failed to read the shelf")]
        struct Outer(#[source] std::io::Error);
        let error = internal(Outer(std::io::Error::other("disk gone")));
        assert_eq!(error.message, "internal error");
        let fault = error.source.unwrap().downcast::<Fault>().unwrap();
        assert_eq!(fault.to_string(), "failed to read the shelf: disk gone");
    }
}
