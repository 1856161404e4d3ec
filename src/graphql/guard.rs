//! The only way to execution: a document is counted, parsed and measured here before the schema sees it.
//!
//! ```text
//! text -> tokens::check -> parse_query -> size::Ruler -> GuardedRequest -> Api
//!   └── seen before: Operations ──────────────────────────────┘
//! ```
//!
//! What was found out about a text holds for ever, so it is remembered by the text's digest.
//!
//! The limits are of two kinds. Some keep the parser, the validator and the executor from being hurt, whoever asks; the
//! complexity limit is the caller's share of work and is given with each request. Whether the document fits the schema
//! is left to validation, and who may see what to the store.

mod known;
mod size;
mod tokens;

use std::sync::Arc;

use async_graphql::{
    Data, Request, Value, Variables,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
    },
};

pub use self::known::Operations;
use self::{
    known::Known,
    size::{Ruler, Size},
};
use crate::graphql::{
    error::{Code, Refusal},
    subtree::AtOnce,
};

/// Tokens of a document.
pub const TOKENS_MAX: usize = 2_000;
/// Brackets of any kind inside one another, in selections and in values; also fields and fragments inside one another.
pub const NESTING_MAX: usize = 32;
/// Directives in a document.
pub const DIRECTIVES_MAX: usize = 20;
/// Characters of one name or number.
pub const NAME_LENGTH_MAX: usize = 256;
/// Fields and fragments selected, once all fragments are in place.
pub const SELECTIONS_MAX: usize = 10_000;
/// Fields inside one another. The introspection query of common tools needs all of it.
pub const DEPTH_MAX: usize = 15;
/// Fields under another name.
pub const ALIASES_MAX: usize = 100;
/// Fields at the root of one operation.
pub const ROOT_FIELDS_MAX: usize = 50;
/// Fragments defined.
pub const FRAGMENTS_MAX: usize = 200;
/// Operations defined.
pub const OPERATIONS_MAX: usize = 20;
/// Variables defined in one operation, and values given for them.
pub const VARIABLES_MAX: usize = 200;
/// Values in all variables together, lists and objects counted with what is in them. The library copies a variable's
/// value at each place that names it.
pub const VALUES_MAX: usize = 5_000;
/// Lists of the introspection schema (`fields`, `interfaces` ...) inside one another: each level multiplies the answer.
pub const INTROSPECTION_LISTS_MAX: usize = 2;
/// How many items a page has if the caller does not say.
pub const PAGE_SIZE_DEFAULT: u64 = 20;

/// The longest part of a parser's message that is repeated to the caller: it quotes the whole line.
const PARSE_MESSAGE_MAX: usize = 300;

/// A request as it came in, whatever the transport.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RawRequest {
    /// The document's text.
    pub query: String,
    /// Which of its operations is meant.
    pub operation_name: Option<String>,
    /// Values of its variables.
    pub variables: Variables,
}

/// A request that may be executed. Nothing but [`guard`] makes one.
#[derive(Debug)]
pub struct GuardedRequest {
    known: Arc<Known>,
    operation_name: Option<String>,
    variables: Variables,
    kind: OperationType,
    complexity: u64,
}

impl GuardedRequest {
    /// Whether it reads, changes or listens.
    pub fn kind(&self) -> OperationType {
        self.kind
    }

    /// The name of the operation that will run, for logs.
    pub fn operation_name(&self) -> Option<&str> {
        self.operation_name.as_deref()
    }

    /// What it costs, in fields multiplied by page sizes.
    pub fn complexity(&self) -> u64 {
        self.complexity
    }

    /// The request for the schema. Only `Api` has one.
    pub(super) fn into_request(self, mut data: Data) -> Request {
        let mut request = Request::new(String::new()).variables(self.variables);
        request.operation_name = self.operation_name;
        if self.known.can_be_answered_at_once() {
            data.insert(AtOnce);
        }
        request.data = data;
        request.set_parsed_query(self.known.document().clone());
        request
    }

    /// The same request, once more.
    pub(super) fn again(&self) -> Self {
        Self {
            known: Arc::clone(&self.known),
            operation_name: self.operation_name.clone(),
            variables: self.variables.clone(),
            kind: self.kind,
            complexity: self.complexity,
        }
    }

    /// What it asks for, as a digest: of the text, the name of the operation, and the variables in one spelling.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        self.known.fingerprint(self.operation_name.as_deref(), &self.variables)
    }

    /// Whether the schema has let this document pass before, and would do so again with these variables.
    pub(super) fn is_proved(&self) -> bool {
        self.known.is_proved_for(&self.variables)
    }

    /// Notes that the schema let it pass.
    pub(super) fn prove(&self) {
        self.known.prove();
    }

    /// What was noted about answers to this document.
    pub(super) fn is_worth_waiting_for(&self) -> bool {
        self.known.is_worth_waiting_for()
    }

    /// Notes whether an answer to it could be kept.
    pub(super) fn note_kept(&self, was_kept: bool) {
        self.known.note_kept(was_kept);
    }
}

/// Lets a request through if it is GraphQL, within all limits, and costs at most `complexity_max`.
pub fn guard(raw: RawRequest, complexity_max: u64) -> Result<GuardedRequest, Refusal> {
    Operations::new().guard(raw, complexity_max)
}

/// What holds for a text whatever the variables.
fn know(digest: [u8; 32], text: &str) -> Result<Known, Refusal> {
    tokens::check(text)?;
    let document = parse_query(text).map_err(unparsable)?;
    within("operations", document.operations.iter().len(), OPERATIONS_MAX)?;
    within("fragments", document.fragments.len(), FRAGMENTS_MAX)?;
    Ok(Known::new(digest, text.len(), document))
}

/// Lets a request through whose text is known.
fn admit(known: Arc<Known>, raw: RawRequest, complexity_max: u64) -> Result<GuardedRequest, Refusal> {
    given_values(&raw.variables)?;
    let document = known.document();
    let (operation_name, operation) = resolve(document, raw.operation_name.as_deref())?;
    let kind = operation.ty;
    let complexity = match known.complexity() {
        Some(complexity) => complexity,
        None => {
            let measured = measure(document, operation, &raw.variables)?;
            known.measured(measured);
            measured.complexity
        }
    };
    if complexity > complexity_max {
        let message = format!("this asks for {complexity} fields, counting pages in full; at most {complexity_max}");
        return Err(Refusal::new(Code::QueryTooLarge, message));
    }
    required_variables(operation, &raw.variables)?;
    Ok(GuardedRequest { known, operation_name, variables: raw.variables, kind, complexity })
}

/// Checks every limit of the document, and returns what the operation that will run costs.
fn measure(
    document: &ExecutableDocument,
    chosen: &OperationDefinition,
    variables: &Variables,
) -> Result<Measure, Refusal> {
    let mut ruler = Ruler::new(document, variables, chosen);
    for (_, operation) in document.operations.iter() {
        within("variables", operation.node.variable_definitions.len(), VARIABLES_MAX)?;
        let size = ruler.measure(&operation.node.selection_set.node)?;
        within("fields at the root", size.width, ROOT_FIELDS_MAX)?;
        shape(size)?;
    }
    // The validator walks fragments that nobody spreads, too.
    for name in document.fragments.keys() {
        shape(ruler.fragment(name)?)?;
    }
    within("introspection lists inside one another", ruler.introspection_lists, INTROSPECTION_LISTS_MAX)?;
    let complexity = ruler.measure(&chosen.selection_set.node)?.complexity;
    Ok(Measure { complexity, depends_on_variables: ruler.has_asked_for_variables() })
}

/// What an operation costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Measure {
    complexity: u64,
    /// Whether it may cost something else with other variables.
    depends_on_variables: bool,
}

fn shape(size: Size) -> Result<(), Refusal> {
    within("fields", size.selections, SELECTIONS_MAX)?;
    within("fields inside one another", size.depth, DEPTH_MAX)?;
    within("fields and fragments inside one another", size.nesting, NESTING_MAX)?;
    within("aliases", size.aliases, ALIASES_MAX)
}

/// The operation a request means, with the name to ask the schema for it.
fn resolve<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<(Option<String>, &'a OperationDefinition), Refusal> {
    let refused = |message: &str| Err(Refusal::new(Code::OperationResolutionFailure, message));
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok((None, &operation.node)),
        (DocumentOperations::Single(_), Some(_)) => refused("the document has one operation, which has no name"),
        (DocumentOperations::Multiple(operations), Some(name)) => match operations.get(name) {
            Some(operation) => Ok((Some(name.to_owned()), &operation.node)),
            None => refused("the document has no operation of that name"),
        },
        (DocumentOperations::Multiple(operations), None) => match operations.iter().next() {
            Some((name, operation)) if operations.len() == 1 => Ok((Some(name.to_string()), &operation.node)),
            _ => refused("the document has several operations; name one in operationName"),
        },
    }
}

/// Bounds what was given for variables, which came past the count of tokens.
fn given_values(variables: &Variables) -> Result<(), Refusal> {
    within("variables", variables.len(), VARIABLES_MAX)?;
    let mut open: Vec<(&Value, usize)> = variables.values().map(|value| (value, 1)).collect();
    let mut count = 0;
    while let Some((value, level)) = open.pop() {
        count += 1;
        within("values in its variables", count, VALUES_MAX)?;
        within("levels of nested values in its variables", level, NESTING_MAX)?;
        match value {
            Value::List(items) => open.extend(items.iter().map(|item| (item, level + 1))),
            Value::Object(fields) => open.extend(fields.values().map(|field| (field, level + 1))),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => {}
        }
    }
    Ok(())
}

/// Refuses a request that lacks a variable it must have. The schema would find out in the middle of execution, when
/// it is too late to refuse the request as a whole.
fn required_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let (name, kind) = (&definition.node.name.node, &definition.node.var_type.node);
        let message = match variables.get(name) {
            _ if kind.nullable => continue,
            None if definition.node.default_value.is_some() => continue,
            None => format!("variable \"${name}\" of type \"{kind}\" is required but not given"),
            Some(Value::Null) => format!("variable \"${name}\" of type \"{kind}\" must not be null"),
            Some(_) => continue,
        };
        let refusal = Refusal::new(Code::BadUserInput, message);
        return Err(Refusal { locations: vec![definition.pos], ..refusal });
    }
    Ok(())
}

fn unparsable(error: async_graphql::parser::Error) -> Refusal {
    let message = error.to_string().chars().take(PARSE_MESSAGE_MAX).collect();
    Refusal { code: Code::ParseFailed, message, locations: error.positions().collect() }
}

fn within(what: &str, count: impl TryInto<u64>, max: usize) -> Result<(), Refusal> {
    let count = count.try_into().unwrap_or(u64::MAX);
    if u64::try_from(max).is_ok_and(|max| count <= max) { Ok(()) } else { Err(too_large(what, max)) }
}

fn too_large(what: &str, max: usize) -> Refusal {
    Refusal::new(Code::QueryTooLarge, format!("too many {what}: at most {max}"))
}

#[cfg(test)]
mod tests;
