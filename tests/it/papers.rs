//! Keeps the papers true: the tables of the README are made from the code, its tour is carried out on the
//! demonstration, and the committed schema is the one that is served.

use std::{collections::HashMap, fs, path::Path};

use chrono::TimeDelta;
use consilium::{
    clock::{Clock, system_now},
    config::{self, Config, DatabaseUrl},
    demo,
    graphql::{self, error::Code},
    http::routes,
    identity::{SigningKey, TokenIssuer},
    serve::{self, Believed},
    store::{Address, Store},
};
use poem::{Endpoint, EndpointExt, Request, endpoint::BoxEndpoint};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

fn paper(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a paper")
}

#[test]
fn the_readme_lists_every_setting() {
    let table = config::table();
    assert!(paper("README.md").contains(&table), "README.md needs this table:\n{table}");
}

#[test]
fn the_readme_lists_every_error_code() {
    let lines = Code::ALL.iter().map(|code| format!("| `{code}` | {} |\n", code.meaning()));
    let table = format!("| code | meaning |\n|---|---|\n{}", lines.collect::<String>());
    assert!(paper("README.md").contains(&table), "README.md needs this table:\n{table}");
}

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let (committed, served) = (paper("schema.graphql"), graphql::sdl());
    assert!(committed.trim() == served.trim(), "run: cargo run -- schema > schema.graphql");
}

#[test]
fn papers_name_only_files_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for name in ["README.md", "ARCHITECTURE.md", "DESIGN.md", "CONTRIBUTING.md"] {
        let text = paper(name);
        // Odd parts lie between backticks. Fences leave them odd, for a fence has three on each side.
        let quoted = text.split('`').skip(1).step_by(2);
        let is_path = |word: &&str| {
            ["src/", "tests/", "migration/", "entity/", "docs/"].iter().any(|start| word.starts_with(start))
                && !word.contains([' ', '*', '<', '{'])
        };
        for path in quoted.filter(is_path) {
            assert!(root.join(path).exists(), "{name} names {path}");
            named += 1;
        }
    }
    assert!(named > 30, "{named}");
}

/// The demonstration, as `serve --demo` serves it.
struct Demonstration {
    endpoint: BoxEndpoint<'static, poem::Response>,
    issuer: TokenIssuer,
    _directory: tempfile::TempDir,
}

impl Demonstration {
    async fn stand() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut config = Config::load(Some("/dev/null".as_ref()), []).expect("defaults");
        config.database.url = DatabaseUrl::Sqlite(format!("sqlite:{}", directory.path().join("demo.db").display()));
        let (clock, hand) = Clock::by_hand(demo::begins_at());
        let address = Address::of(&config.database, &config.limits);
        let store = Store::open(&address, clock).await.expect("a database");
        store.migrate().await.expect("tables");
        demo::seed(&store, &hand, config.auth.issuer.as_str()).await.expect("the demonstration");
        hand.set(demo::stands_at());
        let key = SigningKey::ephemeral().expect("a key");
        let believed = Believed::new(&config, &key);
        let door = serve::door(&config, store, believed, CancellationToken::new()).expect("a door");
        let issuer = TokenIssuer::new(&config.auth, key);
        Self { endpoint: routes(door).boxed(), issuer, _directory: directory }
    }

    async fn ask(&self, who: &str, query: &str, variables: &Value) -> Value {
        let mut request = Request::builder()
            .method(poem::http::Method::POST)
            .uri(poem::http::Uri::from_static("/graphql"))
            .content_type("application/json");
        if who != "nobody" {
            let token = self.issuer.issue(who, None, TimeDelta::hours(1), system_now()).expect("a token");
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = json!({ "query": query, "variables": variables }).to_string();
        let response = self.endpoint.get_response(request.body(body)).await;
        response.into_body().into_json().await.expect("an answer")
    }
}

/// One step of the tour.
#[derive(Default)]
struct Step {
    operation: String,
    variables: String,
    /// What the README says of the answer.
    promises: Vec<String>,
}

impl Step {
    fn who(&self) -> &str {
        let first = self.operation.lines().next().unwrap_or_default();
        first.strip_prefix("# as ").expect("an operation begins by saying who asks")
    }
}

/// Reads the steps of the tour: each ```graphql block, the ```json block that may follow, and what "The answer says".
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut block = None;
    let mut promising = false;
    for line in text.lines() {
        if let Some(language) = line.strip_prefix("```") {
            block = block.is_none().then_some(language);
            if block == Some("graphql") {
                steps.push(Step::default());
            }
            continue;
        }
        let Some(step) = steps.last_mut() else { continue };
        match block {
            Some("graphql") => step.operation += &format!("{line}\n"),
            Some("json") => step.variables += line,
            Some(_) => {}
            None => {
                promising = line.contains("The answer says") || (promising && !line.is_empty());
                let quoted = line.split('`').skip(1).step_by(2).filter(|word| promising && word.starts_with('"'));
                step.promises.extend(quoted.map(str::to_owned));
            }
        }
    }
    steps
}

/// Remembers every text of an answer under the name of its field, for later steps.
fn remember(answer: &Value, known: &mut HashMap<String, String>) {
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let Value::String(text) = value {
                    known.insert(name.clone(), text.clone());
                }
                remember(value, known);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| remember(item, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tour_of_the_readme_goes_as_it_says() {
    let demonstration = Demonstration::stand().await;
    let text = paper("README.md");
    let mut known = HashMap::new();
    let steps = steps(&text);
    assert!(steps.len() >= 10, "{}", steps.len());
    for step in steps {
        let filled = known.iter().fold(step.variables.clone(), |filled, (name, value): (&String, &String)| {
            filled.replace(&format!("<{name}>"), value)
        });
        let variables = if filled.is_empty() { json!({}) } else { serde_json::from_str(&filled).expect(&filled) };
        let answer = demonstration.ask(step.who(), &step.operation, &variables).await;
        let shown = serde_json::to_string_pretty(&answer).expect("text");
        assert!(!step.promises.is_empty(), "nothing is said of {}", step.operation);
        for promise in &step.promises {
            assert!(shown.contains(promise), "{promise} is not in the answer to {}{shown}", step.operation);
        }
        remember(&answer["data"], &mut known);
    }
}
