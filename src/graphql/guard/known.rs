//! Documents seen before, by the digest of their text: parsed once, measured once, proved against the schema once.
//!
//! All of this follows from the text alone, and is true for whoever sends it. What depends on variables is found out each
//! time.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    Number, Value, Variables,
    parser::types::{BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, VariableDefinition},
};
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest as _, Sha256};

use super::{GuardedRequest, Measure, RawRequest, admit, know};
use crate::graphql::{error::Refusal, json, subtree::AtOnce};

/// Bytes of all texts that are known.
const TEXTS_BYTES_MAX: u64 = 1024 * 1024;

/// The documents that are known, bounded by the length of their texts.
#[derive(Clone)]
pub struct Operations(Arc<Cache<[u8; 32], Arc<Known>, ByLength>>);

impl Operations {
    /// None is known yet.
    pub fn new() -> Self {
        Self(Arc::new(Cache::with_weighter(1_000, TEXTS_BYTES_MAX, ByLength)))
    }

    /// Lets a request through if it is GraphQL, within all limits, and costs at most `complexity_max`.
    pub fn guard(&self, raw: RawRequest, complexity_max: u64) -> Result<GuardedRequest, Refusal> {
        let digest = Sha256::digest(&raw.query).into();
        if let Some(known) = self.0.get(&digest) {
            return admit(known, raw, complexity_max);
        }
        let known = Arc::new(know(digest, &raw.query)?);
        let guarded = admit(Arc::clone(&known), raw, complexity_max)?;
        // Only what passed: nonsense takes no room.
        self.0.insert(digest, known);
        Ok(guarded)
    }
}

impl Default for Operations {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Clone)]
struct ByLength;

impl Weighter<[u8; 32], Arc<Known>> for ByLength {
    fn weight(&self, _: &[u8; 32], known: &Arc<Known>) -> u64 {
        // With what the entry itself takes. What was parsed takes some ten times the room of its text.
        u64::try_from(known.length).unwrap_or(u64::MAX).saturating_add(100)
    }
}

/// A document, with what was found out about it.
#[derive(Debug)]
pub(super) struct Known {
    digest: [u8; 32],
    length: usize,
    document: ExecutableDocument,
    complexity: OnceLock<u64>,
    at_once: OnceLock<bool>,
    is_proved: AtomicBool,
    is_worth_waiting_for: AtomicBool,
}

impl Known {
    pub(super) fn new(digest: [u8; 32], length: usize, document: ExecutableDocument) -> Self {
        Self {
            digest,
            length,
            document,
            complexity: OnceLock::new(),
            at_once: OnceLock::new(),
            is_proved: AtomicBool::new(false),
            is_worth_waiting_for: AtomicBool::new(true),
        }
    }

    pub(super) fn document(&self) -> &ExecutableDocument {
        &self.document
    }

    /// What its only operation costs, whatever the variables, if that is known.
    pub(super) fn complexity(&self) -> Option<u64> {
        self.complexity.get().copied()
    }

    pub(super) fn measured(&self, measure: Measure) {
        if !measure.depends_on_variables && self.operation().is_some() {
            let _ = self.complexity.set(measure.complexity);
        }
    }

    /// Whether lists may be answered at once. To be asked only of what passed the guard.
    pub(super) fn can_be_answered_at_once(&self) -> bool {
        *self.at_once.get_or_init(|| AtOnce::holds_for(&self.document))
    }

    /// Whether the schema let it pass, and would again: its variables are of types that every value here is of, so there
    /// is nothing left to find wrong.
    pub(super) fn is_proved_for(&self, variables: &Variables) -> bool {
        let Some(operation) = self.operation().filter(|_| self.is_proved.load(Ordering::Relaxed)) else { return false };
        operation.variable_definitions.iter().all(|definition| is_plainly(&definition.node, variables))
    }

    pub(super) fn prove(&self) {
        self.is_proved.store(true, Ordering::Relaxed);
    }

    /// Whether answers to it were kept so far, so that it pays to wait for one that is being made.
    pub(super) fn is_worth_waiting_for(&self) -> bool {
        self.is_worth_waiting_for.load(Ordering::Relaxed)
    }

    pub(super) fn note_kept(&self, was_kept: bool) {
        self.is_worth_waiting_for.store(was_kept, Ordering::Relaxed);
    }

    /// A digest of everything that is asked: text, operation, and the variables that the document knows, in one spelling.
    pub(super) fn fingerprint(&self, operation_name: Option<&str>, variables: &Variables) -> [u8; 32] {
        let mut asked = String::new();
        json::write_text(&mut asked, operation_name.unwrap_or_default());
        for (_, operation) in self.document.operations.iter() {
            for definition in &operation.node.variable_definitions {
                let name = &definition.node.name.node;
                if let Some(value) = variables.get(name) {
                    json::write_text(&mut asked, name);
                    json::write_sorted(&mut asked, value);
                }
            }
        }
        Sha256::new().chain_update(self.digest).chain_update(asked).finalize().into()
    }

    /// Its operation, if it has only one.
    fn operation(&self) -> Option<&OperationDefinition> {
        match &self.document.operations {
            DocumentOperations::Single(operation) => Some(&operation.node),
            DocumentOperations::Multiple(operations) => {
                operations.values().next().filter(|_| operations.len() == 1).map(|operation| &operation.node)
            }
        }
    }
}

/// Whether the value of a variable is of its type beyond doubt. Of types that are not plain nothing is said.
fn is_plainly(definition: &VariableDefinition, variables: &Variables) -> bool {
    let kind = &definition.var_type.node;
    let BaseType::Named(name) = &kind.base else { return false };
    match (name.as_str(), variables.get(&definition.name.node)) {
        ("String" | "ID" | "Int" | "Boolean", None) => kind.nullable || definition.default_value.is_some(),
        ("String" | "ID" | "Int" | "Boolean", Some(Value::Null)) => kind.nullable,
        ("String" | "ID", Some(Value::String(_))) | ("Boolean", Some(Value::Boolean(_))) => true,
        ("Int", Some(Value::Number(number))) => {
            Number::as_i64(number).is_some_and(|whole| i32::try_from(whole).is_ok())
        }
        _ => false,
    }
}
