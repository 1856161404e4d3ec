//! Writes values as JSON: byte for byte what `serde_json` writes, but for parts that are JSON already, which are copied as
//! they are instead of being read again.

use std::fmt::{Display, Write};

use async_graphql::Value;

/// The name under which an object carries text that is JSON already, and nothing else. No answer can have it: it is not a
/// name in GraphQL. The library's own serializer knows it by the same name.
pub(super) const RAW: &str = "$serde_json::private::RawValue";

/// Writes a value.
pub(super) fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Boolean(true) => out.push_str("true"),
        Value::Boolean(false) => out.push_str("false"),
        Value::Number(number) => plain(out, number),
        Value::String(text) => write_text(out, text),
        Value::Enum(name) => write_text(out, name),
        Value::Binary(bytes) => list(out, bytes.iter(), plain),
        Value::List(items) => list(out, items.iter(), write),
        Value::Object(fields) => match fields.first() {
            Some((name, Value::String(json))) if name == RAW => out.push_str(json),
            _ => {
                out.push('{');
                for (at, (name, value)) in fields.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_text(out, name);
                    out.push(':');
                    write(out, value);
                }
                out.push('}');
            }
        },
    }
}

/// How long the texts in a value are together: the larger part of what it becomes.
pub(super) fn length_of_texts(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::List(items) => items.iter().map(length_of_texts).sum(),
        Value::Object(fields) => fields.values().map(length_of_texts).sum(),
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => 0,
    }
}

/// Writes a value in one spelling, whatever the order in which the fields of its objects were given.
pub(super) fn write_sorted(out: &mut String, value: &Value) {
    match value {
        Value::List(items) => list(out, items.iter(), write_sorted),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| name.as_str());
            list(out, fields.into_iter(), |out, (name, value)| {
                write_text(out, name);
                out.push(':');
                write_sorted(out, value);
            });
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => {
            write(out, value)
        }
    }
}

fn list<T>(out: &mut String, items: impl Iterator<Item = T>, item: impl Fn(&mut String, T)) {
    out.push('[');
    for (at, value) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        item(out, value);
    }
    out.push(']');
}

/// Writes what needs no marks. A string takes everything that is written to it.
fn plain(out: &mut String, what: impl Display) {
    let _ = write!(out, "{what}");
}

/// Writes a text between quotation marks.
pub(super) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = first_marked(rest.as_bytes()) {
        // What needs a mark is one byte long, so both sides are whole characters.
        let (before, marked) = rest.split_at(at);
        out.push_str(before);
        let mut characters = marked.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(control) => plain(out, format_args!("\\u{:04x}", u32::from(control))),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Where the first byte stands that needs a mark. Most texts have few, so whole chunks are asked first, which the compiler
/// does many bytes at a time.
fn first_marked(bytes: &[u8]) -> Option<usize> {
    let needs_mark = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    let mut chunks = bytes.chunks_exact(32);
    let mut passed = 0;
    for chunk in chunks.by_ref() {
        if chunk.iter().fold(false, |any, byte| any | needs_mark(*byte)) {
            return chunk.iter().position(|byte| needs_mark(*byte)).map(|at| passed + at);
        }
        passed += chunk.len();
    }
    chunks.remainder().iter().position(|byte| needs_mark(*byte)).map(|at| passed + at)
}

#[cfg(test)]
mod tests {
    use async_graphql::{Name, indexmap::IndexMap};
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\\x00-\\x7f]{0,20}".prop_map(Value::from),
            "[A-Z_]{1,9}".prop_map(|name| Value::Enum(Name::new(name))),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let name = "[a-zA-Z_]{1,9}".prop_map(Name::new);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                prop::collection::vec((name, inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect::<IndexMap<_, _>>())),
            ]
        })
    }

    #[test]
    fn what_is_json_already_is_copied() {
        let raw = Value::Object(IndexMap::from_iter([(Name::new(RAW), Value::from("[1,{\"a\":null}]"))]));
        let value = Value::List(vec![raw]);
        let mut out = String::new();
        write(&mut out, &value);
        assert_eq!(out, "[[1,{\"a\":null}]]");
        assert_eq!(out, serde_json::to_string(&value).unwrap(), "the library knows it by that name");
    }

    proptest! {
        #[test]
        fn a_value_is_written_as_serde_writes_it(value in value()) {
            let mut out = String::new();
            write(&mut out, &value);
            prop_assert_eq!(out, serde_json::to_string(&value).unwrap());
        }
    }
}
