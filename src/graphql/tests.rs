//! The schema as a whole: everything in it is described, and named as the conventions ask.

use serde_json::Value;

use super::schema;

const INTROSPECTION: &str = "{ __schema { types {
    kind name description specifiedByURL
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { name description } }
    inputFields(includeDeprecated: true) { name description }
    enumValues(includeDeprecated: true) { name description }
} directives { name description args { name description } } } }";

async fn introspected() -> Value {
    let config = crate::config::Config::load(Some("/dev/null".as_ref()), []).unwrap();
    let response = schema(&config.http, async_graphql::ValidationMode::Strict).execute(INTROSPECTION).await;
    assert_eq!(response.errors, []);
    serde_json::to_value(response.data).unwrap()["__schema"].clone()
}

fn list<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of[name].as_array().into_iter().flatten()
}

fn name(of: &Value) -> &str {
    of["name"].as_str().unwrap()
}

#[tokio::test]
async fn everything_is_described() {
    let schema = introspected().await;
    let mut silent: Vec<String> = Vec::new();
    let mut described = 0;
    let mut look = |of: &Value, path: String| match of["description"].as_str().map(str::trim) {
        None | Some("") => silent.push(path),
        Some(_) => described += 1,
    };
    // GraphQL describes `ID` itself.
    let ours = |kind: &&Value| !name(kind).starts_with("__") && name(kind) != "ID";
    for kind in list(&schema, "types").filter(ours) {
        look(kind, name(kind).to_owned());
        for field in list(kind, "fields") {
            look(field, format!("{}.{}", name(kind), name(field)));
            for argument in list(field, "args") {
                look(argument, format!("{}.{}({})", name(kind), name(field), name(argument)));
            }
        }
        for part in ["inputFields", "enumValues"].iter().flat_map(|part| list(kind, part)) {
            look(part, format!("{}.{}", name(kind), name(part)));
        }
    }
    assert_eq!(silent, Vec::<String>::new());
    assert!(described > 300, "{described}");
}

#[tokio::test]
async fn pages_have_one_shape() {
    let schema = introspected().await;
    let pages: Vec<&Value> = list(&schema, "types").filter(|kind| name(kind).ends_with("Connection")).collect();
    assert!(pages.len() >= 5);
    for page in &pages {
        let fields: Vec<&str> = list(page, "fields").map(name).collect();
        assert!(["edges", "nodes", "pageInfo"].iter().all(|field| fields.contains(field)), "{}", name(page));
    }
    for field in list(&schema, "types").flat_map(|kind| list(kind, "fields")) {
        let arguments: Vec<&str> = list(field, "args").map(name).collect();
        for (size, cursor) in [("first", "after"), ("last", "before")] {
            assert!(!arguments.contains(&size) || arguments.contains(&cursor), "{}", name(field));
        }
    }
}

#[tokio::test]
async fn scalars_of_our_own_say_what_specifies_them() {
    let schema = introspected().await;
    let specified: Vec<&str> = list(&schema, "types")
        .filter(|kind| kind["kind"] == "SCALAR" && kind["specifiedByURL"].is_string())
        .map(name)
        .collect();
    for scalar in ["DateTime", "Digest", "URL"] {
        assert!(specified.contains(&scalar), "{scalar} of {specified:?}");
    }
}
