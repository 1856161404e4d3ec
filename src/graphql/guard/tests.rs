//! The guard as a whole, with hostile documents and with honest ones that must pass.

use std::time::{Duration, Instant};

use async_graphql::Variables;
use serde_json::{Value as Json, json};

use super::*;

/// What an anonymous caller may spend.
const ANONYMOUS: u64 = 1_000;

/// What graphql-js 16 asks with every option on, as GraphiQL does.
const INTROSPECTION: &str = include_str!("introspection.graphql");

fn pass(query: &str, variables: Json) -> Result<GuardedRequest, Refusal> {
    let raw = RawRequest { query: query.into(), operation_name: None, variables: Variables::from_json(variables) };
    guard(raw, ANONYMOUS)
}

fn cost(query: &str) -> u64 {
    pass(query, json!({})).unwrap().complexity()
}

fn code(query: &str) -> Option<Code> {
    pass(query, json!({})).err().map(|refusal| refusal.code)
}

#[test]
fn the_introspection_query_of_common_tools_passes() {
    let request = pass(INTROSPECTION, json!({})).unwrap();
    assert_eq!(request.operation_name(), Some("IntrospectionQuery"));
    assert!(request.complexity() < ANONYMOUS / 2, "{}", request.complexity());
}

#[test]
fn a_whole_document_is_a_plain_tree_and_costs_its_fields() {
    let query = "query Whole($slug: String!) { document(slug: $slug) { id title edition { number issued sections {
        key heading bodyHTML digest recommendations { number text strength } } } } }";
    assert_eq!(pass(query, json!({ "slug": "breast" })).unwrap().complexity(), 15);
}

#[test]
fn a_page_multiplies_what_is_on_it_and_nothing_else() {
    assert_eq!(cost("{ a { edges { node { id } } } }"), 1 + 20 * 3);
    assert_eq!(cost("{ a(first: 5) { nodes { id } totalCount pageInfo { endCursor } } }"), 1 + 5 * 2 + 3);
    assert_eq!(cost("{ a(last: 7) { nodes { id } } }"), 1 + 7 * 2);
    assert_eq!(cost("{ a(first: 5) { id name } }"), 1 + 5 * 2, "a plain list of a given length");
    assert_eq!(cost("{ a(first: 3) { nodes { b(first: 4) { nodes { id } } } } }"), 1 + 3 * (1 + 1 + 4 * 2));
    assert_eq!(cost("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }"), 1 + 3);
    assert_eq!(cost("{ a { ...F } } fragment F on C { nodes { id } total }"), 1 + 20 * 2 + 1, "also in fragments");
}

#[test]
fn a_page_size_may_be_a_variable_with_or_without_default() {
    let cost = |query: &str, variables: Json| pass(query, variables).unwrap().complexity();
    assert_eq!(cost("query($n: Int) { a(first: $n) { nodes { id } } }", json!({ "n": 30 })), 61);
    assert_eq!(cost("query($n: Int) { a(first: $n) { nodes { id } } }", json!({})), 41);
    assert_eq!(cost("query($n: Int) { a(first: $n) { nodes { id } } }", json!({ "n": null })), 41);
    assert_eq!(cost("query($n: Int = 2) { a(first: $n) { nodes { id } } }", json!({})), 5);
    assert_eq!(cost("query($i: [ID!]!) { nodes(ids: $i) { id } }", json!({ "i": ["a", "b"] })), 3);
}

#[test]
fn what_costs_more_than_the_caller_may_spend_is_refused() {
    let query = "{ a(first: 100) { nodes { id b c d e f g h i } } }";
    assert_eq!(code(query), Some(Code::QueryTooLarge));
    let raw = RawRequest { query: query.into(), ..RawRequest::default() };
    assert!(guard(raw, 5_000).is_ok());
    assert_eq!(code("{ a(first: 18446744073709551615) { nodes { b(first: 2) { id } } } }"), Some(Code::QueryTooLarge));
    assert_eq!(
        code("{ a(first: 5) { ...F } } fragment F on C { nodes { b(first: 250) { id } } }"),
        Some(Code::QueryTooLarge)
    );
}

#[test]
fn fragments_that_spread_one_another_twice_are_refused_at_once() {
    let mut query = String::from("{ ...F0 }");
    for level in 0..30 {
        query += &format!(" fragment F{level} on Query {{ ...F{0} ...F{0} }}", level + 1);
    }
    query += " fragment F30 on Query { caller }";
    let begun = Instant::now();
    assert_eq!(code(&query), Some(Code::QueryTooLarge));
    assert!(begun.elapsed() < Duration::from_secs(1));
    // The same, from fragments nobody uses.
    assert_eq!(code(&query.replacen("...F0", "caller", 1)), Some(Code::QueryTooLarge));
}

#[test]
fn fragments_that_contain_themselves_are_refused() {
    for query in [
        "{ ...A } fragment A on Query { caller ...A }",
        "{ ...A } fragment A on Query { a { ...B } } fragment B on Query { ... { ...A } }",
        "{ caller } fragment A on Query { ...B } fragment B on Query { ...A }",
    ] {
        assert_eq!(code(query), Some(Code::ValidationFailed), "{query}");
    }
}

#[test]
fn every_limit_of_shape_holds_at_its_edge() {
    let deep = |levels: usize| format!("{{{}a{}}}", "a{".repeat(levels - 1), "}".repeat(levels - 1));
    let roots = |count: usize| format!("{{{}}}", "a ".repeat(count));
    let aliases = |count: usize| {
        let fields: String = (0..count).map(|at| format!("x{at}: a ")).collect();
        format!("{{ a {{ {fields} }} }}")
    };
    let variables = |count: usize| {
        let definitions: String = (0..count).map(|at| format!("$v{at}: Int ")).collect();
        format!("query({definitions}) {{ a }}")
    };
    let fragments = |count: usize| {
        let fragments: String = (0..count).map(|at| format!("fragment F{at} on Query {{ a }} ")).collect();
        format!("{{ a }} {fragments}")
    };
    let operations = |count: usize| (0..count).map(|at| format!("query Q{at} {{ a }} ")).collect::<String>();
    let chain = |count: usize| {
        let fragments: String = (0..count).map(|at| format!("fragment F{at} on Query {{ ...F{} }} ", at + 1)).collect();
        format!("{{ ...F0 }} {fragments} fragment F{count} on Query {{ a }}")
    };
    let edges: [(&dyn Fn(usize) -> String, usize); 6] = [
        (&deep, DEPTH_MAX),
        (&roots, ROOT_FIELDS_MAX),
        (&aliases, ALIASES_MAX),
        (&variables, VARIABLES_MAX),
        (&fragments, FRAGMENTS_MAX),
        (&chain, NESTING_MAX - 2),
    ];
    for (document, max) in edges {
        assert_eq!(code(&document(max)), None, "{}", document(max));
        assert_eq!(code(&document(max + 1)), Some(Code::QueryTooLarge), "{}", document(max + 1));
    }
    // With several operations the request must name one.
    assert_eq!(code(&operations(OPERATIONS_MAX)), Some(Code::OperationResolutionFailure));
    assert_eq!(code(&operations(OPERATIONS_MAX + 1)), Some(Code::QueryTooLarge));
}

#[test]
fn roots_and_aliases_are_counted_through_fragments() {
    let fields: String = (0..30).map(|at| format!("x{at}: a ")).collect();
    let query = format!("{{ ...F ... {{ ...F }} }} fragment F on Query {{ {fields} }}");
    assert_eq!(code(&query), Some(Code::QueryTooLarge), "sixty at the root");
    let query = format!("{{ b {{ ...F ...F ...F ...F }} }} fragment F on Query {{ {fields} }}");
    assert_eq!(code(&query), Some(Code::QueryTooLarge), "a hundred and twenty aliases");
}

#[test]
fn introspection_that_goes_round_in_circles_is_refused() {
    assert_eq!(code("{ __schema { types { fields { type { fields { name } } } } } }"), None);
    let bomb = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert_eq!(code(bomb), Some(Code::QueryTooLarge));
    let hidden = "{ __type(name: \"Query\") { ...T } } fragment T on __Type { interfaces { possibleTypes { ...U } } }
        fragment U on __Type { inputFields { name } }";
    assert_eq!(code(hidden), Some(Code::QueryTooLarge));
    assert_eq!(code("{ a { fields { fields { fields { id } } } } }"), None, "the names are ours to use elsewhere");
}

#[test]
fn variables_are_bounded_in_number_size_and_depth() {
    let deep = (0..NESTING_MAX).fold(json!(1), |inner, _| json!([inner]));
    let wide = json!({ "v": vec![1; VALUES_MAX] });
    let many: serde_json::Map<_, _> = (0..=VARIABLES_MAX).map(|at| (format!("v{at}"), json!(1))).collect();
    for variables in [json!({ "v": deep }), wide, Json::Object(many)] {
        assert_eq!(pass("{ a }", variables).err().map(|refusal| refusal.code), Some(Code::QueryTooLarge));
    }
    assert!(pass("{ a }", json!({ "v": vec![1; VALUES_MAX - 1] })).is_ok());
}

#[test]
fn a_variable_that_must_be_given_is_missed_before_execution() {
    let query = "query($n: Int!, $o: Int, $p: Int! = 3) { a(n: $n, o: $o, p: $p) }";
    for variables in [json!({}), json!({ "n": null }), json!({ "n": 1, "p": null })] {
        let refusal = pass(query, variables).unwrap_err();
        assert_eq!((refusal.code, refusal.locations.len()), (Code::BadUserInput, 1));
    }
    assert!(pass(query, json!({ "n": 1 })).is_ok());
}

#[test]
fn the_operation_meant_must_be_clear() {
    let named = |query: &str, name: Option<&str>| {
        let raw = RawRequest { query: query.into(), operation_name: name.map(Into::into), ..RawRequest::default() };
        guard(raw, ANONYMOUS).map(|request| (request.kind(), request.operation_name().map(str::to_owned)))
    };
    let two = "query A { a } mutation B { b }";
    assert_eq!(named(two, Some("B")).unwrap(), (OperationType::Mutation, Some("B".into())));
    assert_eq!(named("query A { a }", None).unwrap(), (OperationType::Query, Some("A".into())));
    assert_eq!(named("subscription { a }", None).unwrap(), (OperationType::Subscription, None));
    for (query, name) in [(two, None), (two, Some("C")), ("{ a }", Some("A"))] {
        assert_eq!(named(query, name).unwrap_err().code, Code::OperationResolutionFailure, "{query} {name:?}");
    }
}

#[test]
fn what_is_not_graphql_is_refused_in_few_words() {
    for query in [
        "",
        " ",
        "{",
        "{ a",
        "query",
        "fragment F on Q { a }",
        "{ a } { b }",
        "{ a(b: ) }",
        "\u{0}",
        "type A { a: Int }",
    ] {
        assert_eq!(code(query), Some(Code::ParseFailed), "{query:?}");
    }
    let refusal = pass(&format!("{{ a(b: \"{}\") ! }}", "x".repeat(100_000)), json!({})).unwrap_err();
    assert!(refusal.message.len() <= PARSE_MESSAGE_MAX * 4);
    assert_eq!(refusal.code, Code::ParseFailed);
}

#[test]
fn the_deepest_document_that_passes_does_not_overflow_a_small_stack() {
    let values = |open: &str, close: &str| format!("{{a(b:{}1{})}}", open.repeat(30), close.repeat(30));
    for query in [values("[", "]"), values("{c:", "}"), format!("{{{}a{}}}", "...{".repeat(31), "}".repeat(31))] {
        let thread = std::thread::Builder::new().stack_size(1024 * 1024);
        let outcome = thread.spawn(move || code(&query)).unwrap().join().unwrap();
        assert_eq!(outcome, None);
    }
}
