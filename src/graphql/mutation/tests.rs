//! The mutations as a whole: their shape, their descriptions, and that every code is somebody's.

mod codes;

use serde_json::Value;

use crate::graphql::schema;

const INTROSPECTION: &str = "{ __schema { mutationType { name } types {
    kind name description
    fields { name description args { name description type { ...t } } type { ...t } }
    inputFields { name description type { ...t } }
    enumValues { name description }
    possibleTypes { name }
} } }
fragment t on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The schema's types by name.
async fn types() -> Vec<Value> {
    let config = crate::config::Config::load(Some("/dev/null".as_ref()), []).unwrap();
    let answer = schema(&config.http, async_graphql::ValidationMode::Strict).execute(INTROSPECTION).await;
    assert_eq!(answer.errors, []);
    let answer = serde_json::to_value(answer.data).unwrap();
    answer["__schema"]["types"].as_array().unwrap().clone()
}

fn named<'a>(types: &'a [Value], name: &str) -> &'a Value {
    types.iter().find(|found| found["name"] == name).unwrap_or_else(|| panic!("no type {name}"))
}

fn list<'a>(of: &'a Value, what: &str) -> &'a [Value] {
    of[what].as_array().map_or(&[], Vec::as_slice)
}

/// A type as the schema writes it.
fn written(of: &Value) -> String {
    match of["kind"].as_str().unwrap() {
        "NON_NULL" => format!("{}!", written(&of["ofType"])),
        "LIST" => format!("[{}]", written(&of["ofType"])),
        _ => of["name"].as_str().unwrap().to_owned(),
    }
}

fn field<'a>(of: &'a Value, name: &str) -> Option<&'a Value> {
    list(of, "fields").iter().find(|field| field["name"] == name)
}

#[tokio::test]
async fn every_mutation_takes_one_input_and_answers_with_user_errors_and_query() {
    let types = types().await;
    let mutations = list(named(&types, "Mutation"), "fields");
    assert_eq!(mutations.len(), 57);
    for mutation in mutations {
        let name = mutation["name"].as_str().unwrap();
        let pascal = name[..1].to_uppercase() + &name[1..];
        let [input] = list(mutation, "args") else { panic!("{name} takes one argument") };
        assert_eq!((input["name"].as_str(), written(&input["type"])), (Some("input"), format!("{pascal}Input!")));
        assert_eq!(written(&mutation["type"]), format!("{pascal}Payload!"));
        let payload = named(&types, &format!("{pascal}Payload"));
        let shared = ["userErrors", "query"].map(|name| written(&field(payload, name).unwrap()["type"]));
        assert_eq!(shared, ["[UserError!]!", "Query!"], "{name}");
        for changed in list(payload, "fields") {
            let is_shared = changed["name"] == "userErrors" || changed["name"] == "query";
            assert!(is_shared || changed["type"]["kind"] != "NON_NULL", "{name}: {changed}");
        }
    }
    assert!(types.iter().all(|found| found["name"] != "Reply"), "an inner type shows");
}

#[tokio::test]
async fn everything_about_mutations_is_described() {
    let types = types().await;
    let mutation = ["Mutation", "UserError", "UserErrorCode"];
    let of_mutations = |found: &&Value| {
        let name = found["name"].as_str().unwrap();
        mutation.contains(&name) || ["Input", "Payload", "Error"].iter().any(|end| name.ends_with(end))
    };
    let mut seen = 0;
    for found in types.iter().filter(of_mutations) {
        let parts = ["fields", "inputFields", "enumValues"].iter().flat_map(|part| list(found, part));
        let arguments = list(found, "fields").iter().flat_map(|field| list(field, "args"));
        for described in parts.chain(arguments).chain([found]) {
            let description = described["description"].as_str().map_or("", str::trim);
            assert!(!description.is_empty(), "{} of {} is not described", described["name"], found["name"]);
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen}");
}

#[tokio::test]
async fn every_user_error_has_code_message_and_path() {
    let types = types().await;
    let kinds = list(named(&types, "UserError"), "possibleTypes");
    assert_eq!(kinds.len(), 5);
    for kind in kinds {
        let kind = named(&types, kind["name"].as_str().unwrap());
        let shared = ["code", "message", "path"].map(|name| written(&field(kind, name).unwrap()["type"]));
        assert_eq!(shared, ["UserErrorCode!", "String!", "[String!]!"]);
    }
}
