//! What somebody has learnt that can be asked with: ids, names in links, numbers, cursors. Everybody asks with all that
//! anybody has learnt, as if it had been passed on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::schema::{Argument, Schema};

/// What can be asked with, by the type it is of.
#[derive(Default, Clone, PartialEq, Eq)]
pub(super) struct Known {
    ids: BTreeMap<String, BTreeSet<String>>,
    words: BTreeMap<(String, &'static str), BTreeSet<String>>,
}

/// Fields whose values are asked with later.
const LEARNT: [&str; 6] = ["slug", "key", "number", "cursor", "digest", "startCursor"];

/// What nobody ever made, and what is no id at all.
const NO_IDS: [&str; 2] = ["ZG9jdW1lbnQ6MDAwMDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw", "nonsense"];

impl Known {
    /// Takes in one object of an answer.
    pub(super) fn learn(&mut self, kind: &str, field: &str, value: &Value) {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        if field == "id" {
            self.ids.entry(kind.to_owned()).or_default().insert(text);
        } else if let Some(field) = LEARNT.iter().find(|known| **known == field) {
            self.words.entry((kind.to_owned(), field)).or_default().insert(text);
        }
    }

    /// Ids of things of this type.
    pub(super) fn ids(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.ids.get(kind).into_iter().flatten().map(String::as_str)
    }

    /// The types of which ids are known.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &str> {
        self.ids.keys().map(String::as_str)
    }

    fn words<'a>(&'a self, kind: &'a str, field: &'static str) -> impl Iterator<Item = &'a str> {
        self.words.get(&(kind.to_owned(), field)).into_iter().flatten().map(String::as_str)
    }

    /// The values that an argument is tried with, as GraphQL writes them. A new argument needs a line here.
    pub(super) fn values(&self, schema: &Schema, field: &str, of: &str, argument: &Argument) -> Vec<String> {
        let words = schema.words(&argument.kind);
        if !words.is_empty() {
            let literal = |word: &String| if argument.is_list { format!("[{word}]") } else { word.clone() };
            return words.iter().map(literal).collect();
        }
        let ids = |kind: &str| quoted(self.ids(kind).chain(NO_IDS));
        let all = || self.ids.values().flatten().map(String::as_str).chain(NO_IDS).collect::<Vec<_>>();
        match (argument.kind.as_str(), argument.name.as_str()) {
            ("Boolean", _) => vec!["true".to_owned(), "false".to_owned()],
            ("Int", "first" | "last") => vec!["5".to_owned()],
            ("String", "after" | "before") => {
                let edge = of.replace("Connection", "Edge");
                quoted(self.words(&edge, "cursor").take(1))
            }
            ("ID", "id") if field == "node" => quoted(all().into_iter()),
            ("ID", "id") => ids(of),
            ("ID", "ids") => {
                all().chunks(10).map(|chunk| format!("[{}]", quoted(chunk.iter().copied()).join(" "))).collect()
            }
            // Some of every document: editions have four sections or so, and each of them is asked for.
            ("ID", "section") => quoted(self.ids("Section").step_by(3).chain(NO_IDS)),
            ("ID", "document" | "documentId") => ids("Document"),
            ("ID", "reviewId") => ids("Review"),
            ("ID", "before" | "after") => ids("Edition"),
            ("String", "document") => quoted(self.words("Document", "slug").chain(self.ids("Document").take(2))),
            ("String", "slug") => quoted(self.words(of, "slug").chain(["nonsense"])),
            ("String", "key") => quoted(self.words("Section", "key").chain(["nonsense"])),
            ("String", "text") => quoted(["canary", "ordinary words"].into_iter()),
            ("Int", "number") => self.words("Recommendation", "number").map(str::to_owned).collect(),
            ("VersionNumber", _) => quoted(self.words("Edition", "number").chain(["9.9"])),
            ("Date", "onDate") => quoted(["2017-08-31", "2018-05-01", "2030-01-01"].into_iter()),
            ("DateTime", "inTermAt") => quoted(["2017-10-01T00:00:00Z"].into_iter()),
            (kind, name) => panic!("{field}({name}: {kind}) is new: say here what to ask it with"),
        }
    }
}

fn quoted<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    values.map(|value| format!("\"{value}\"")).collect()
}
