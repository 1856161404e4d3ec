//! The schema as a client is told it: every type, field and argument, read by introspection.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{acts::stage::word, harness::world::User};

/// Everything that can be asked for.
pub(crate) struct Schema {
    types: BTreeMap<String, Kind>,
}

/// A type, as far as it matters for asking.
enum Kind {
    /// It has fields, and perhaps an id of its own.
    Object { fields: Vec<Field>, is_node: bool },
    /// An interface or union: one of these.
    Abstract(Vec<String>),
    /// Words of a closed list.
    Enum(Vec<String>),
    /// An input: its fields, and whether only one of them is given.
    Input { fields: Vec<Argument>, is_one_of: bool },
    /// A scalar.
    Scalar,
}

/// A field, with the named type of its value.
#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) kind: String,
}

/// An argument, with the named type of its value.
#[derive(Clone)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) is_required: bool,
    pub(crate) is_list: bool,
}

const INTROSPECTION: &str = "{ __schema { types { kind name
    fields(includeDeprecated: true) { name type { ...T } args { name defaultValue type { ...T } } }
    isOneOf inputFields { name defaultValue type { ...T } } interfaces { name } possibleTypes { name } enumValues(includeDeprecated: true) { name } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

impl Schema {
    /// As `user` is told.
    pub(crate) async fn as_told_to(user: &User<'_>) -> Self {
        let data = user.ask(INTROSPECTION, json!({})).await.data();
        let types = list(&data["__schema"]["types"]).iter().map(|told| (word(&told["name"]), Kind::of(told)));
        Self { types: types.filter(|(name, _)| !name.starts_with("__")).collect() }
    }

    /// The fields of an object type; none of any other.
    pub(crate) fn fields(&self, kind: &str) -> &[Field] {
        match self.types.get(kind) {
            Some(Kind::Object { fields, .. }) => fields,
            _ => &[],
        }
    }

    /// Whether values of this type have no fields.
    pub(crate) fn is_leaf(&self, kind: &str) -> bool {
        matches!(self.types.get(kind), Some(Kind::Enum(_) | Kind::Scalar) | None)
    }

    /// Whether it is found by an id of its own.
    pub(crate) fn is_node(&self, kind: &str) -> bool {
        match self.types.get(kind) {
            Some(Kind::Object { is_node, .. }) => *is_node,
            Some(Kind::Abstract(possible)) => possible.iter().all(|one| self.is_node(one)),
            _ => false,
        }
    }

    /// The object types that a value of this type can be.
    pub(crate) fn possible<'a>(&'a self, kind: &'a str) -> Vec<&'a str> {
        match self.types.get(kind) {
            Some(Kind::Abstract(possible)) => possible.iter().map(String::as_str).collect(),
            _ => vec![kind],
        }
    }

    /// The words of an enum; none of any other type.
    pub(crate) fn words(&self, kind: &str) -> &[String] {
        match self.types.get(kind) {
            Some(Kind::Enum(words)) => words,
            _ => &[],
        }
    }

    /// The fields of an input type; none of any other.
    pub(crate) fn inputs(&self, kind: &str) -> &[Argument] {
        match self.types.get(kind) {
            Some(Kind::Input { fields, .. }) => fields,
            _ => &[],
        }
    }

    /// Whether only one field of an input type is given.
    pub(crate) fn is_one_of(&self, kind: &str) -> bool {
        matches!(self.types.get(kind), Some(Kind::Input { is_one_of: true, .. }))
    }

    /// Every object type that can be reached from a root, the root included.
    pub(crate) fn reachable(&self, root: &str) -> BTreeSet<String> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![root.to_owned()]);
        while let Some(kind) = open.pop() {
            for one in self.possible(&kind) {
                if !self.is_leaf(one) && reached.insert(one.to_owned()) {
                    open.extend(self.fields(one).iter().map(|field| field.kind.clone()));
                }
            }
        }
        reached
    }
}

impl Kind {
    fn of(told: &Value) -> Self {
        let names = |key: &str| list(&told[key]).iter().map(|one| word(&one["name"])).collect::<Vec<_>>();
        match told["kind"].as_str() {
            Some("OBJECT") => Self::Object {
                fields: list(&told["fields"]).iter().map(Field::of).collect(),
                is_node: names("interfaces").iter().any(|name| name == "Node"),
            },
            Some("INTERFACE" | "UNION") => Self::Abstract(names("possibleTypes")),
            Some("ENUM") => Self::Enum(names("enumValues")),
            Some("INPUT_OBJECT") => Self::Input {
                fields: list(&told["inputFields"]).iter().map(Argument::of).collect(),
                is_one_of: told["isOneOf"] == true,
            },
            _ => Self::Scalar,
        }
    }
}

impl Field {
    fn of(told: &Value) -> Self {
        let arguments = list(&told["args"]).iter().map(Argument::of);
        Self { name: word(&told["name"]), arguments: arguments.collect(), kind: named(&told["type"]).0 }
    }
}

impl Argument {
    fn of(told: &Value) -> Self {
        let (kind, is_list) = named(&told["type"]);
        let is_required = told["type"]["kind"] == "NON_NULL" && told["defaultValue"].is_null();
        Self { name: word(&told["name"]), kind, is_required, is_list }
    }
}

/// The named type inside all wrappers, and whether one of them is a list.
fn named(told: &Value) -> (String, bool) {
    let (mut told, mut is_list) = (told, false);
    while told["name"].is_null() {
        is_list |= told["kind"] == "LIST";
        told = &told["ofType"];
    }
    (word(&told["name"]), is_list)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
