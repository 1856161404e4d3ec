//! What comes back: a refusal of the whole request, or data with errors in it.
//!
//! Here every error gets a code, however it was made, and faults of ours lose their words: the log keeps them under the
//! id of the request, the caller gets the id.

use async_graphql::{Response, ServerError, Value};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    error::{Code, Fault, Refusal},
    json,
};

/// Errors in one answer.
pub const ERRORS_MAX: usize = 20;

/// Characters in one message: the library repeats values of the caller in some.
const MESSAGE_MAX: usize = 1_000;

/// The outcome of one request, as every transport sends it.
#[derive(PartialEq, Debug)]
pub enum Answer {
    /// Nothing was executed, or nothing came of it: there is no `data`.
    Refused(Vec<ServerError>),
    /// It was executed. `data` may have holes, which `errors` explain.
    Executed {
        /// What was asked for.
        data: Value,
        /// What went wrong on the way.
        errors: Vec<ServerError>,
    },
}

impl Answer {
    /// A refusal for one reason, in the words of whoever refuses.
    pub(crate) fn refused(code: Code, message: impl Into<String>) -> Self {
        Self::Refused(vec![code.server_error(message)])
    }

    /// The answer to a fault that left nothing else to say.
    pub(crate) fn fault(request_id: &str) -> Self {
        Self::refused(Code::Internal, fault_message(request_id))
    }

    /// The answer the schema gave.
    pub(super) fn of(response: Response, request_id: &str) -> Self {
        let Response { data, mut errors, .. } = response;
        errors.truncate(ERRORS_MAX);
        // What the executor says has a path; what is said without one was said before execution.
        let is_refusal = data == Value::Null && !errors.is_empty() && errors.iter().all(|error| error.path.is_empty());
        for error in &mut errors {
            let code = Code::of(error).unwrap_or_else(|| if is_refusal { invalid(error) } else { failed(error) });
            code.stamp(error);
            truncate(&mut error.message);
            if code == Code::Internal {
                conceal(error, request_id);
            }
        }
        if is_refusal { Self::Refused(errors) } else { Self::Executed { data, errors } }
    }

    /// The code that decides how the whole answer is treated, if the request was refused.
    pub fn refusal(&self) -> Option<Code> {
        match self {
            Self::Refused(errors) => Some(errors.first().and_then(Code::of).unwrap_or(Code::Internal)),
            Self::Executed { .. } => None,
        }
    }

    /// The log-in that is wanting, if something asked for one: how many seconds old it may be, and which assurances will
    /// do.
    pub fn step_up(&self) -> Option<(Option<u64>, Vec<String>)> {
        let error = self.errors().iter().find(|error| Code::of(error) == Some(Code::StepUpRequired))?;
        let extension = |name| error.extensions.as_ref().and_then(|extensions| extensions.get(name));
        let max_age = match extension("maxAge") {
            Some(Value::Number(seconds)) => seconds.as_u64(),
            _ => None,
        };
        let acr_values = match extension("acrValues") {
            Some(Value::List(values)) => values,
            _ => &vec![],
        };
        let texts = acr_values.iter().filter_map(|value| match value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        });
        Some((max_age, texts.collect()))
    }

    /// Whether it was executed and nothing came of it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Executed { data: Value::Null, .. })
    }

    /// Whether it was executed, and nothing went wrong.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Self::Executed { errors, .. } if errors.is_empty())
    }

    /// The answer as it is sent.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(match self {
            Self::Refused(_) => 1024,
            Self::Executed { data, .. } => 1024 + json::length_of_texts(data),
        });
        out.push('{');
        if !self.errors().is_empty() {
            out.push_str("\"errors\":");
            // Nothing in an error can fail to be written.
            out.push_str(&serde_json::to_string(self.errors()).unwrap_or_else(|_| "[]".to_owned()));
        }
        match self {
            Self::Refused(_) => {}
            Self::Executed { data, .. } => {
                if out.len() > 1 {
                    out.push(',');
                }
                out.push_str("\"data\":");
                json::write(&mut out, data);
            }
        }
        out.push('}');
        out
    }

    /// What went wrong.
    pub fn errors(&self) -> &[ServerError] {
        match self {
            Self::Refused(errors) | Self::Executed { errors, .. } => errors,
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal.into()])
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.errors().is_empty() {
            map.serialize_entry("errors", self.errors())?;
        }
        match self {
            Self::Refused(_) => {}
            Self::Executed { data, .. } => map.serialize_entry("data", data)?,
        }
        map.end()
    }
}

/// What a reader of an answer sees of a fault.
pub(crate) fn fault_message(request_id: &str) -> String {
    format!("internal error in request {request_id}")
}

/// The code of an error that the library made before execution. It tells its own errors apart only by their words.
fn invalid(error: &ServerError) -> Code {
    let is_value = error.message.starts_with("Invalid value for argument");
    if is_value { Code::BadUserInput } else { Code::ValidationFailed }
}

/// The code of an error without one that came up during execution: a value that did not coerce, or else a resolver that
/// let something slip, whose words are not for callers.
fn failed(error: &ServerError) -> Code {
    let is_value =
        ["Failed to parse \"", "Expected input type \""].iter().any(|start| error.message.starts_with(start));
    if is_value && error.source.is_none() { Code::BadUserInput } else { Code::Internal }
}

fn conceal(error: &mut ServerError, request_id: &str) {
    let path = serde_json::to_string(&error.path).unwrap_or_default();
    match error.source::<Fault>() {
        Some(cause) => tracing::error!(request_id, path, %cause, "failed to resolve a field"),
        None => tracing::error!(request_id, path, cause = error.message, "failed to resolve a field, without a code"),
    }
    error.message = fault_message(request_id);
    error.source = None;
}

fn truncate(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(MESSAGE_MAX) {
        message.truncate(end);
    }
}
