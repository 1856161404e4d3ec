//! Operations made from the schema: each field of a type, asked for in every way its arguments allow.
//!
//! What a field leads to is asked for by fragments, to a depth. Something with an id of its own is walked by that id, so a
//! fragment need not go far: each step from one thing to the next is taken from every thing, and so every path is.

use std::{collections::BTreeMap, fmt};

use super::{
    known::Known,
    schema::{Argument, Field, Schema},
};

/// How far a selection goes: below zero only to the id of whatever has one.
pub(super) type Depth = i8;

/// Where calls are made.
#[derive(Clone, Debug)]
pub(super) enum Start {
    /// At a root: `query`, `subscription`.
    Root(&'static str),
    /// At things of one type, by their ids.
    Nodes(String, Vec<String>),
}

/// One way to ask for a field.
#[derive(Clone, Debug)]
pub(super) struct Call {
    field: String,
    arguments: String,
    kind: String,
}

/// Writes operations for one state of knowledge.
pub(super) struct Writer<'a> {
    pub(super) schema: &'a Schema,
    pub(super) known: &'a Known,
}

impl Writer<'_> {
    /// A field in every way: each combination of what must be given, by itself and with each value of each argument
    /// that may be given.
    pub(super) fn calls_of(&self, field: &Field) -> Vec<Call> {
        let (required, optional): (Vec<_>, Vec<_>) = field.arguments.iter().partition(|argument| argument.is_required);
        let mut given = vec![vec![]];
        for (at, argument) in required.iter().enumerate() {
            let values = self.values(field, argument);
            let is_like_last = at > 0 && required[at - 1].kind == argument.kind;
            let further = |given: &Vec<(usize, String)>| {
                let last = given.last().map_or(0, |(at, _)| *at);
                let near = values
                    .iter()
                    .cloned()
                    .enumerate()
                    .filter(move |(at, _)| !is_like_last || at.abs_diff(last) <= NEAR);
                near.map(|value| [given.clone(), vec![value]].concat()).collect::<Vec<_>>()
            };
            given = given.iter().flat_map(further).collect();
        }
        let given = given.into_iter().map(|given| given.into_iter().map(|(_, value)| value).collect::<Vec<_>>());
        let optional: Vec<(&str, String)> = optional
            .iter()
            .flat_map(|argument| self.values(field, argument).into_iter().map(|value| (argument.name.as_str(), value)))
            .collect();
        let pages = has_pages(field);
        let mut calls = Vec::new();
        for given in given {
            let page = pages.then(|| PAGE.to_owned());
            calls.push(Call::of(field, given.iter().cloned().chain(page.clone())));
            for (name, value) in &optional {
                let page = page.clone().filter(|_| !["first", "last"].contains(name));
                calls.push(Call::of(field, given.iter().cloned().chain(page).chain([value.clone()])));
            }
        }
        calls
    }

    /// A document that makes these calls.
    pub(super) fn document(&self, start: &Start, calls: &[Call], depth: Depth) -> String {
        let mut fragments = BTreeMap::new();
        let calls: Vec<String> = calls
            .iter()
            .enumerate()
            .map(|(at, call)| {
                let Call { field, arguments, kind } = call;
                // What begins or ends at a cursor is a part of its list.
                let part = if arguments.contains("after: ") || arguments.contains("before: ") { PART } else { "" };
                let selection = self.selection(&mut fragments, kind, depth);
                format!("{field}__{part}{at}: {field}{arguments}{selection}")
            })
            .collect();
        let calls = calls.join("\n");
        let operation = match start {
            // A subscription has one field.
            Start::Root("subscription") => format!("subscription {{ {calls} }}"),
            Start::Root(root) => format!("{root} {{ __typename {calls} }}"),
            Start::Nodes(kind, ids) => {
                let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
                format!("{{ __typename nodes(ids: [{}]) {{ __typename ... on {kind} {{ {calls} }} }} }}", ids.join(" "))
            }
        };
        fragments.into_values().flatten().fold(operation, |text, fragment| format!("{text}\n{fragment}"))
    }

    fn selection(&self, fragments: &mut BTreeMap<String, Option<String>>, kind: &str, depth: Depth) -> String {
        if self.schema.is_leaf(kind) {
            return String::new();
        }
        let possible = self.schema.possible(kind);
        if self.schema.is_node(kind) && (depth < 0 || possible.len() > 1) {
            return " { __typename id }".to_owned();
        }
        let spreads: Vec<String> = possible.iter().filter_map(|one| self.fragment(fragments, one, depth)).collect();
        format!(" {{ __typename {} }}", spreads.join(" "))
    }

    /// Spreads the fragment of a type, unless this is inside it.
    fn fragment(&self, fragments: &mut BTreeMap<String, Option<String>>, kind: &str, depth: Depth) -> Option<String> {
        let name = format!("{kind}_{}", depth.max(0));
        let spread = Some(format!("...{name}"));
        match fragments.get(&name) {
            // From a payload one can go back to the root. That is walked from the root.
            Some(None) => return None,
            Some(Some(_)) => return spread,
            None if kind == "Query" => return None,
            None => {}
        }
        fragments.insert(name.clone(), None);
        let fields = self.schema.fields(kind).iter().filter_map(|field| {
            let arguments = self.fewest(field)?;
            // What stands on a page is there twice, and once is enough.
            let further = match self.schema.is_node(&field.kind) {
                true if kind.ends_with("Edge") => -1,
                true => depth - 1,
                false => depth,
            };
            Some(format!("{}{arguments}{}", field.name, self.selection(fragments, &field.kind, further)))
        });
        let fields: Vec<String> = fields.collect();
        fragments.insert(name.clone(), Some(format!("fragment {name} on {kind} {{ {} }}", fields.join(" "))));
        spread
    }

    /// As little as can be given, if anything is known that could be.
    fn fewest(&self, field: &Field) -> Option<String> {
        let required = field.arguments.iter().filter(|argument| argument.is_required);
        let mut given: Vec<String> =
            required.map(|argument| self.values(field, argument).into_iter().next()).collect::<Option<_>>()?;
        given.extend(has_pages(field).then(|| PAGE.to_owned()));
        Some(Call::of(field, given).arguments)
    }

    fn values(&self, field: &Field, argument: &Argument) -> Vec<String> {
        let values = self.known.values(self.schema, &field.name, &field.kind, argument);
        values.into_iter().map(|value| format!("{}: {value}", argument.name)).collect()
    }
}

impl Call {
    /// A mutation with its input.
    pub(super) fn act(field: &Field, input: &str) -> Self {
        Self::of(field, [format!("input: {input}")])
    }

    /// A field with its arguments.
    pub(super) fn of(field: &Field, arguments: impl IntoIterator<Item = String>) -> Self {
        let arguments: Vec<String> = arguments.into_iter().collect();
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(" ")) };
        Self { field: field.name.clone(), arguments, kind: field.kind.clone() }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.field, self.arguments)
    }
}

/// Of two things of one kind, how far apart they may be: ids are in the order of time, and what belongs together was made
/// together.
const NEAR: usize = 1;
/// Marks the name of a call that asks for a part of a list.
pub(super) const PART: &str = "part";
/// A page, unless another is asked for: what is multiplied by it counts for the guard.
const PAGE: &str = "first: 5";

fn has_pages(field: &Field) -> bool {
    field.arguments.iter().any(|argument| argument.name == "first")
}
