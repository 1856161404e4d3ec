//! From bytes to a raw request: the parameters of GraphQL over HTTP, in a JSON body, in a URL, or in a frame.

use async_graphql::Variables;
use poem::http::StatusCode;
use serde_json::{Map, Value};

use super::problem::Problem;
use crate::graphql::{error::Code, guard::RawRequest};

/// Reads the body of a POST.
pub(super) fn from_body(body: &[u8]) -> Result<RawRequest, Problem> {
    match parse(body)? {
        Value::Object(parameters) => from_object(parameters),
        Value::Array(_) => Err(malformed("batches are not supported: send one request at a time")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(malformed("the body must be a JSON object with a query"))
        }
    }
}

/// Reads the query string of a GET, in which variables and extensions are JSON again.
pub(super) fn from_url(pairs: Vec<(String, String)>) -> Result<RawRequest, Problem> {
    let mut parameters = Map::new();
    for (name, value) in pairs {
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
pub(super) fn from_object(mut parameters: Map<String, Value>) -> Result<RawRequest, Problem> {
    let operation_name = text(&mut parameters, "operationName")?;
    let variables = match parameters.remove("variables") {
        None | Some(Value::Null) => Variables::default(),
        Some(variables @ Value::Object(_)) => Variables::from_json(variables),
        Some(_) => return Err(malformed("variables must be an object")),
    };
    let is_persisted = match parameters.remove("extensions") {
        None | Some(Value::Null) => false,
        Some(Value::Object(extensions)) => extensions.get("persistedQuery").is_some_and(|value| !value.is_null()),
        Some(_) => return Err(malformed("extensions must be an object")),
    };
    let document_id = text(&mut parameters, "documentId")?;
    match text(&mut parameters, "query")? {
        Some(query) => Ok(RawRequest { query, operation_name, variables }),
        None if is_persisted || document_id.is_some() => {
            // The words are those that clients of Apollo's protocol look for.
            Err(Problem::of(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported"))
        }
        None => Err(malformed("query is missing")),
    }
}

fn text(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Problem> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(malformed(format!("{name} must be a string"))),
    }
}

fn parse(json: &[u8]) -> Result<Value, Problem> {
    // serde_json refuses bad UTF-8 and more than 128 levels by itself.
    serde_json::from_slice(json)
        .map_err(|error| Problem::bad_request(StatusCode::BAD_REQUEST, format!("this is not JSON: {error}")))
}

/// It is JSON, but not a request.
fn malformed(message: impl Into<String>) -> Problem {
    Problem::bad_request(StatusCode::UNPROCESSABLE_ENTITY, message)
}
