//! What is selected of a thing, in one spelling: two selections of one spelling are answered alike, whatever the texts they
//! stand in.

use std::{collections::HashMap, fmt::Write};

use async_graphql::{
    Name, Positioned,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
};

/// Longer spellings are not worth to be looked for.
const LENGTH_MAX: usize = 4 * 1024;

/// The fragments of a document, by name.
pub(super) type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The spelling of a selection; none if something in it depends on variables or directives, or if it is very long.
pub(super) fn of(selection: &Positioned<SelectionSet>, fragments: &Fragments) -> Option<String> {
    let mut out = String::with_capacity(256);
    set(&mut out, &selection.node, fragments)?;
    Some(out)
}

fn set(out: &mut String, set: &SelectionSet, fragments: &Fragments) -> Option<()> {
    out.push('{');
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => self::field(out, &field.node, fragments)?,
            Selection::InlineFragment(inline) if inline.node.directives.is_empty() => {
                let condition = inline.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                fragment(out, condition, &inline.node.selection_set, fragments)?;
            }
            Selection::FragmentSpread(spread) if spread.node.directives.is_empty() => {
                let known = &fragments.get(&spread.node.fragment_name.node)?.node;
                fragment(out, Some(&known.type_condition.node.on.node), &known.selection_set, fragments)?;
            }
            Selection::InlineFragment(_) | Selection::FragmentSpread(_) => return None,
        }
        if out.len() > LENGTH_MAX {
            return None;
        }
    }
    out.push('}');
    Some(())
}

fn field(out: &mut String, field: &Field, fragments: &Fragments) -> Option<()> {
    if !field.directives.is_empty() {
        return None;
    }
    out.push(' ');
    if let Some(alias) = &field.alias {
        out.push_str(&alias.node);
        out.push(':');
    }
    out.push_str(&field.name.node);
    if !field.arguments.is_empty() {
        out.push('(');
        for (name, value) in &field.arguments {
            let value = value.node.clone().into_const()?;
            // A string takes everything that is written to it.
            let _ = write!(out, "{}:{value},", name.node);
        }
        out.push(')');
    }
    match field.selection_set.node.items.is_empty() {
        true => Some(()),
        false => set(out, &field.selection_set.node, fragments),
    }
}

fn fragment(
    out: &mut String,
    condition: Option<&Name>,
    selection: &Positioned<SelectionSet>,
    fragments: &Fragments,
) -> Option<()> {
    out.push_str("...");
    out.push_str(condition.map_or("", |condition| condition.as_str()));
    set(out, &selection.node, fragments)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn spelled(text: &str) -> Option<String> {
        let document = parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        of(&operation.node.selection_set, &document.fragments)
    }

    #[test]
    fn selections_that_are_answered_alike_are_spelled_alike_and_no_others() {
        let one = spelled("query A($n: Int) { a b(c: 1, d: \"x\") { e: f ... on T { g } } }").unwrap();
        for same in [
            "{ a, b ( c : 1 d: \"x\" ) { e: f ... on T { g } } } # whatever",
            "query B { a b(c: 1, d: \"\\u0078\") { e: f ...F } } fragment F on T { g }",
        ] {
            assert_eq!(spelled(same).as_ref(), Some(&one), "{same}");
        }
        for other in [
            "{ a b(c: 2, d: \"x\") { e: f ... on T { g } } }",
            "{ a b(c: \"1\", d: \"x\") { e: f ... on T { g } } }",
            "{ a b(c: 1, d: \"x\") { e: f ... { g } } }",
            "{ a b(c: 1, d: \"x\") { f ... on T { g } } }",
            "{ a b { e: f ... on T { g } } }",
            "{ b(c: 1, d: \"x\") { e: f ... on T { g } } a }",
            "{ a b(c: 1, d: \"x\") { e: f ... on T { g } g } }",
        ] {
            assert_ne!(spelled(other).unwrap(), one, "{other}");
        }
    }

    #[test]
    fn what_depends_on_variables_or_directives_has_no_spelling() {
        for text in [
            "query($n: Int) { a(b: [$n]) }",
            "query($n: Boolean!) { a @skip(if: $n) }",
            "{ ... @include(if: true) { a } }",
            "{ ...F @skip(if: true) } fragment F on T { a }",
        ] {
            assert_eq!(spelled(text), None, "{text}");
        }
    }
}
