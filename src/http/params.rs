//! From bytes to parameters: those of GraphQL over HTTP, in a JSON body, in a URL, or in a frame.

use async_graphql::Variables;
use poem::http::StatusCode;
use serde_json::{Map, Value};

use super::{
    documents::{Digest, Named},
    json,
    problem::Problem,
};
use crate::graphql::error::Code;

/// What one request asks for. Its document may be named rather than written out.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Parameters {
    pub(super) document: Named,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
}

/// The parameters we know. What else is in a URL is somebody else's.
const KNOWN: [&str; 5] = ["query", "documentId", "operationName", "variables", "extensions"];

/// Reads the body of a POST.
pub(super) fn from_body(body: &[u8]) -> Result<Parameters, Problem> {
    match parse(body)? {
        Value::Object(parameters) => from_object(parameters),
        Value::Array(_) => Err(malformed("batches are not supported: send one request at a time")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(malformed("the body must be a JSON object with a query"))
        }
    }
}

/// Reads the query string of a GET, in which variables and extensions are JSON again.
pub(super) fn from_url(pairs: Vec<(String, String)>) -> Result<Parameters, Problem> {
    let mut parameters = Map::new();
    for (name, value) in pairs {
        if !KNOWN.contains(&name.as_str()) {
            continue;
        }
        let value = match name.as_str() {
            _ if value.is_empty() => Value::Null,
            "variables" | "extensions" => parse(value.as_bytes())?,
            _ => Value::String(value),
        };
        if parameters.contains_key(&name) {
            return Err(malformed("a parameter is given twice"));
        }
        parameters.insert(name, value);
    }
    from_object(parameters)
}

/// Reads the parameters. What we do not know is ignored; null is as if it were absent.
pub(super) fn from_object(mut parameters: Map<String, Value>) -> Result<Parameters, Problem> {
    let operation_name = text(&mut parameters, "operationName")?;
    let variables = match parameters.remove("variables") {
        None | Some(Value::Null) => Variables::default(),
        Some(variables @ Value::Object(_)) => Variables::from_json(variables),
        Some(_) => return Err(malformed("variables must be an object")),
    };
    let persisted = match parameters.remove("extensions") {
        None | Some(Value::Null) => None,
        Some(Value::Object(mut extensions)) => extensions.remove("persistedQuery").filter(|value| !value.is_null()),
        Some(_) => return Err(malformed("extensions must be an object")),
    };
    let id = text(&mut parameters, "documentId")?;
    let digest = match (id, persisted) {
        (None, None) => None,
        (Some(id), None) => Some(Digest::from_id(&id)),
        (None, Some(persisted)) => Some(apollos(&persisted)?),
        (Some(_), Some(_)) => {
            return Err(malformed("name the document by documentId or by persistedQuery, not by both"));
        }
    };
    let document = match (text(&mut parameters, "query")?, digest) {
        (Some(text), None) => Named::Text(text),
        (Some(text), Some(digest)) => Named::Both(digest, text),
        (None, Some(digest)) => Named::Digest(digest),
        (None, None) => return Err(malformed("query is missing")),
    };
    Ok(Parameters { document, operation_name, variables })
}

/// The digest in `extensions.persistedQuery`, of which there is one version.
fn apollos(persisted: &Value) -> Result<Digest, Problem> {
    if persisted["version"] != 1 {
        // The words are those that clients of Apollo's protocol look for.
        return Err(Problem::of(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported"));
    }
    let hash = persisted["sha256Hash"].as_str();
    hash.map(Digest::from_hex).ok_or_else(|| malformed("persistedQuery has no sha256Hash"))
}

fn text(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Problem> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(malformed(format!("{name} must be a string"))),
    }
}

fn parse(json: &[u8]) -> Result<Value, Problem> {
    json::parse(json)
        .map_err(|error| Problem::bad_request(StatusCode::BAD_REQUEST, format!("this cannot be read as JSON: {error}")))
}

/// It is JSON, but not a request.
fn malformed(message: impl Into<String>) -> Problem {
    Problem::bad_request(StatusCode::UNPROCESSABLE_ENTITY, message)
}
