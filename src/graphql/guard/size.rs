//! How much a parsed document asks for.
//!
//! Every fragment is measured once, however often it is spread: a few hundred bytes of fragments that spread one another
//! twice stand for billions of fields, and must cost us nothing to refuse. All sums saturate.

use std::{cell::Cell, collections::HashMap};

use async_graphql::{
    Name, Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use super::PAGE_SIZE_DEFAULT;
use crate::graphql::error::{Code, Refusal};

/// What a selection set asks for, with all fragments in place.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Size {
    /// Fields, spreads and inline fragments, at every level.
    pub(super) selections: u64,
    /// Fields directly in this set, or in fragments directly in it.
    pub(super) width: u64,
    /// Fields under another name.
    pub(super) aliases: u64,
    /// Fields inside one another.
    pub(super) depth: u64,
    /// Fields and fragments inside one another: what the executor recurses through.
    pub(super) nesting: u64,
    /// Fields, each multiplied by the pages it lies in.
    pub(super) complexity: u64,
    /// The part of `complexity` that lies directly under `edges` or `nodes`, and is there once per item of a page.
    items: u64,
    /// Lists of the introspection schema inside one another: each level multiplies the answer by the whole schema.
    pub(super) introspection_lists: u64,
}

impl Size {
    fn and(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            width: self.width.saturating_add(other.width),
            aliases: self.aliases.saturating_add(other.aliases),
            depth: self.depth.max(other.depth),
            nesting: self.nesting.max(other.nesting),
            complexity: self.complexity.saturating_add(other.complexity),
            items: self.items.saturating_add(other.items),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
        }
    }

    /// The size of a fragment with this content, as its parent sees it.
    fn in_fragment(self) -> Self {
        Self { selections: self.selections.saturating_add(1), nesting: self.nesting.saturating_add(1), ..self }
    }

    /// The size of a field with this content, as its parent sees it.
    fn in_field(self, field: &Field, page_size: Option<u64>) -> Self {
        let page_size = page_size.or((self.items > 0).then_some(PAGE_SIZE_DEFAULT)).unwrap_or(1);
        // With edges or nodes, only they repeat; a list without them repeats as a whole.
        let repeated = if self.items > 0 { self.items } else { self.complexity };
        let once = self.complexity.saturating_sub(repeated);
        let complexity = repeated.saturating_mul(page_size).saturating_add(once).saturating_add(1);
        let name = field.name.node.as_str();
        let is_items = matches!(name, "edges" | "nodes");
        let is_introspection_list = matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes");
        Self {
            selections: self.selections.saturating_add(1),
            width: 1,
            aliases: self.aliases.saturating_add(u64::from(field.alias.is_some())),
            depth: self.depth.saturating_add(1),
            nesting: self.nesting.saturating_add(1),
            complexity,
            items: if is_items { complexity } else { 0 },
            introspection_lists: match name {
                // Only inside these two do the names mean the introspection schema.
                "__schema" | "__type" => self.introspection_lists,
                _ => self.introspection_lists.saturating_add(u64::from(is_introspection_list)),
            },
        }
    }
}

enum Measured {
    /// Being measured further up: meeting it again is a cycle.
    Begun,
    Done(Size),
}

/// Measures selections of one document, for the variables of one request.
pub(super) struct Ruler<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    /// The operation that will run: its defaults stand in for variables that were not given.
    operation: &'a OperationDefinition,
    fragments: HashMap<&'a Name, Measured>,
    /// The deepest nesting of introspection lists under any `__schema` or `__type`.
    pub(super) introspection_lists: u64,
    asked_for_variables: Cell<bool>,
}

impl<'a> Ruler<'a> {
    pub(super) fn new(
        document: &'a ExecutableDocument,
        variables: &'a Variables,
        operation: &'a OperationDefinition,
    ) -> Self {
        Self {
            document,
            variables,
            operation,
            fragments: HashMap::new(),
            introspection_lists: 0,
            asked_for_variables: Cell::new(false),
        }
    }

    /// The size of a selection set, or a refusal if its fragments go round in a circle.
    pub(super) fn measure(&mut self, set: &'a SelectionSet) -> Result<Size, Refusal> {
        let mut total = Size::default();
        for selection in &set.items {
            let size = match &selection.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(inline) => self.measure(&inline.node.selection_set.node)?.in_fragment(),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node)?.in_fragment(),
            };
            total = total.and(size);
        }
        Ok(total)
    }

    /// The size of a fragment. An unknown one is nothing: validation will name it.
    pub(super) fn fragment(&mut self, name: &'a Name) -> Result<Size, Refusal> {
        match self.fragments.get(name) {
            Some(Measured::Done(size)) => return Ok(*size),
            Some(Measured::Begun) => {
                return Err(Refusal::new(Code::ValidationFailed, format!("fragment \"{name}\" contains itself")));
            }
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Size::default()) };
        self.fragments.insert(name, Measured::Begun);
        let size = self.measure(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Measured::Done(size));
        Ok(size)
    }

    fn field(&mut self, field: &'a Field) -> Result<Size, Refusal> {
        let content = self.measure(&field.selection_set.node)?;
        if matches!(field.name.node.as_str(), "__schema" | "__type") {
            self.introspection_lists = self.introspection_lists.max(content.introspection_lists);
        }
        Ok(content.in_field(field, self.page_size(field)))
    }

    /// How many items the arguments of a field ask for, if they say.
    fn page_size(&self, field: &Field) -> Option<u64> {
        let sizes = field.arguments.iter().filter_map(|(name, value)| {
            let size_of: fn(&Value) -> u64 = match name.node.as_str() {
                "first" | "last" => whole_number,
                "ids" => length,
                _ => return None,
            };
            // An omitted variable is as if the argument were not there.
            let value = value.node.clone().into_const_with(|name| self.variable(&name).cloned().ok_or(()));
            Some(size_of(&value.unwrap_or_default()))
        });
        sizes.max()
    }

    /// Whether a size depends on a variable.
    pub(super) fn has_asked_for_variables(&self) -> bool {
        self.asked_for_variables.get()
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        self.asked_for_variables.set(true);
        self.variables.get(name).or_else(|| {
            let definition = self.operation.variable_definitions.iter().find(|given| given.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }
}

/// A value as a page size. What is no whole number counts as the default here and is refused where it is used.
fn whole_number(value: &Value) -> u64 {
    match value {
        Value::Number(number) => number.as_u64().unwrap_or(PAGE_SIZE_DEFAULT),
        _ => PAGE_SIZE_DEFAULT,
    }
}

/// How many items a list has. What is no list is coerced to a list of one.
fn length(value: &Value) -> u64 {
    match value {
        Value::List(items) => u64::try_from(items.len()).unwrap_or(u64::MAX),
        _ => 1,
    }
}
