//! Operating: what those who run the service see of it, from outside the process.

use std::{
    collections::BTreeSet,
    process::{Child, Command, Stdio},
};

use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};

use crate::harness::{
    on_both_databases,
    postgres::waiting,
    service::{Service, ask, succeeded},
};

const SHORT: &str = include_str!("data/short.md");

fn import(service: &Service, slug: &str) {
    service.write("in.md", SHORT.replace("slug: short", &format!("slug: {slug}")));
    service.output(&["import", "in.md", "--group", "group", "--group-name", "Group"]);
}

/// Runs a command in several processes at once, and gives what each printed.
fn at_once(service: &Service, arguments: &[&str]) -> Vec<String> {
    let start = || service.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let children: Vec<Child> = (0..4).map(|_| start().expect("it starts")).collect();
    let outputs = children.into_iter().map(|child| child.wait_with_output().expect("it ends"));
    let outputs: Vec<_> = outputs.collect();
    assert!(
        outputs.iter().all(|output| !String::from_utf8_lossy(&output.stderr).contains("\"ERROR\"")),
        "{outputs:#?}"
    );
    outputs.iter().map(succeeded).collect()
}

#[tokio::test]
async fn every_fault_of_the_settings_is_told_at_once() {
    let service = Service::on_sqlite().await;
    service.write("consilium.toml", "[http]\nbind = \"nowhere\"\ncolour = \"blue\"\n[database]\nconnections = 0\n");
    let output = service
        .command(&["migrate"])
        .env("CONSILIUM_LOG__FORMAT", "xml")
        .env("CONSILIUM_DATABASE__URL", "mysql://user:secret@host/name")
        .env("CONSILIUM_NO__SUCH", "1")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).expect("text");
    assert!(told.starts_with("failed to settle the configuration:\n"), "{told}");
    for setting in ["http.bind", "http.colour", "database.connections", "log.format", "database.url", "no.such"] {
        assert!(told.contains(&format!("\n  {setting} (")), "{setting} is missing: {told}");
    }
    assert!(!told.contains("secret"), "{told}");
}

#[tokio::test]
async fn what_keeps_the_service_from_starting_is_told_without_secrets() {
    let mut service = Service::on_sqlite().await;
    service.start(&[]);
    let taken = service.refusal(&["serve", "--bind", service.address()]);
    assert!(taken.contains("failed to listen on 127.0.0.1:"), "{taken}");
    for address in ["0.0.0.0:0", "[::]:0"] {
        let public = service.refusal(&["serve", "--demo", "--bind", address]);
        assert!(public.contains("failed to start the demonstration on "), "{public}");
        let public = service.refusal(&["serve", "--clock-start", "2019-05-01T00:00:00Z", "--bind", address]);
        assert!(public.contains("failed to start a rehearsal on "), "{public}");
    }
    let mut nowhere = service.command(&["migrate"]);
    let output = nowhere.env("CONSILIUM_DATABASE__URL", "sqlite:/nonexistent/service.db").output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && told.contains("failed to use the database: "), "{told}");
}

#[tokio::test]
async fn the_schema_that_is_printed_is_the_one_that_is_served() {
    let service = Service::on_sqlite().await;
    assert!(service.output(&["schema"]) == consilium::graphql::sdl().trim(), "they differ");
}

#[tokio::test]
async fn the_demonstration_shows_a_review_under_way_to_everybody_in_it() {
    let mut service = Service::on_sqlite().await;
    service.start(&["--demo"]);
    let printed = service.printed();
    assert!(printed.contains(&format!("GraphiQL: http://{}/graphiql ", service.address())), "{printed}");
    let tokens: Vec<&str> = printed.split("Bearer ").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(tokens.len(), consilium::demo::cast::CAST.len());
    for token in &tokens {
        let answer = service.ask(token, "{ viewer { isSignedIn } }", json!({})).await;
        assert_eq!(answer["data"]["viewer"]["isSignedIn"], true, "{answer:#}");
    }

    let query = "{ organisations(first: 1) { totalCount } document(slug: \"breast-cancer-services\") {
        isDemonstration review { cells { state } positions(last: 100) { nodes { act } } } } }";
    let answer = service.ask(tokens[0], query, json!({})).await;
    let document = &answer["data"]["document"];
    assert_eq!(answer["data"]["organisations"]["totalCount"], 71, "{answer:#}");
    assert_eq!(document["isDemonstration"], true);
    let words = |list: &Value, field: &str| {
        let all = list.as_array().expect("a list").iter().map(|item| item[field].as_str().expect("a word").to_owned());
        all.collect::<BTreeSet<String>>()
    };
    let states = words(&document["review"]["cells"], "state");
    assert!(["MET", "OPEN", "BLOCKED", "STALE"].iter().all(|state| states.contains(*state)), "{states:?}");
    assert!(words(&document["review"]["positions"]["nodes"], "act").contains("RECUSE"), "{document:#}");
}

/// Whose addresses stand in the files of GraphiQL, as names of formats and in texts of help and licences. The page's
/// policy lets the browser ask nobody but us in any case.
const NAMED: &[&str] = &[
    "www.w3.org",
    "reactjs.org",
    "radix-ui.com",
    "github.com",
    "en.wikipedia.org",
    "commonmark.org",
    "codemirror.net",
    "",
];

#[tokio::test]
async fn graphiql_works_offline() {
    let mut service = Service::on_sqlite().await;
    service.start(&["--demo"]);
    let page = service.get("/graphiql").await;
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    for rule in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("http") && !policy.contains("unsafe"), "{policy}");
    let page = page.text().await.expect("a page");
    assert!(!page.contains("//"), "{page}");
    let files: Vec<&str> = page.split('"').filter(|part| part.starts_with("/graphiql/")).collect();
    assert!(files.len() >= 6, "{page}");
    for file in files {
        let response = service.get(file).await;
        assert_eq!(response.status(), 200, "{file}");
        let is_compressed = response.headers().contains_key("content-encoding");
        let bytes = response.bytes().await.expect("a file");
        let text = if is_compressed { unpacked(&service, &bytes) } else { bytes.to_vec() };
        let text = String::from_utf8(text).expect("text");
        for address in text.split("http://").skip(1).chain(text.split("https://").skip(1)) {
            let host = address.split(|c: char| !c.is_ascii_alphanumeric() && !"-.".contains(c)).next().unwrap();
            assert!(NAMED.contains(&host), "{file} names {host}");
        }
    }
}

fn unpacked(service: &Service, bytes: &[u8]) -> Vec<u8> {
    let path = service.write("file.gz", bytes);
    let output = Command::new("gzip").arg("-dc").arg(path).output().expect("gzip runs");
    assert!(output.status.success());
    output.stdout
}

on_both_databases! {
    async fn a_service_is_asked_after_its_health_and_stops_when_told(service: Service) {
        let mut service = service;
        service.start(&[]);
        for (path, state) in [("/health/live", "alive"), ("/health/ready", "ready")] {
            let response = service.get(path).await;
            assert_eq!(response.status(), 200);
            assert_eq!(response.text().await.expect("a word"), state);
        }
        service.terminate();
        let (status, log) = service.ended();
        assert!(status.success(), "{status}: {log:#?}");
        assert!(log.iter().any(|line| line.contains("\"stopping\"")), "{log:#?}");
        assert!(!log.iter().any(|line| line.contains("\"ERROR\"") || line.contains("\"WARN\"")), "{log:#?}");
    }

    async fn the_log_names_each_request_and_tells_neither_tokens_nor_advice(service: Service) {
        let mut service = service;
        let chair = service.token("chair", "chair@group");
        let nurse = service.token("nurse", "member:nursing@group");
        // However much an operator asks for.
        service.start_with(&[], &[("CONSILIUM_LOG__FILTER", "trace")]);
        let group = service.ask(&chair, "{ group(slug: \"group\") { id } }", json!({})).await;
        let import = "mutation($input: ImportDocumentInput!) { importDocument(input: $input) { document { slug } } }";
        let input = json!({ "groupId": group["data"]["group"]["id"], "manuscript": SHORT });
        let done = service.ask(&chair, import, json!({ "input": input })).await;
        assert_eq!(done["data"]["importDocument"]["document"]["slug"], "short", "{done:#}");
        service.ask(&nurse, import, json!({ "input": input })).await;
        service.ask(&format!("{nurse}x"), "{ viewer { isSignedIn } }", json!({})).await;
        let query = "{ search(text: \"named nurse\") { nodes { section { body { markdown } } } } nonsense }";
        service.ask(&nurse, query, json!({})).await;
        service.ask(&nurse, "{ search(text: \"named nurse\") { nodes { snippetText } } }", json!({})).await;
        service.terminate();
        let (_, log) = service.ended();

        let lines = log.iter().map(|line| serde_json::from_str::<Value>(line));
        let lines: Vec<Value> = lines.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{error}: {log:#?}"));
        let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered a request").collect();
        assert_eq!(answered.len(), 6);
        let ids: BTreeSet<&str> = answered.iter().map(|line| line["request_id"].as_str().expect("an id")).collect();
        assert_eq!(ids.len(), 6, "each has a name of its own");
        for line in &log {
            for secret in [chair.as_str(), &nurse, "Bearer", "Everybody", "named nurse"] {
                assert!(!line.contains(secret), "{line}");
            }
        }
    }

    async fn an_earlier_day_is_rehearsed_by_people_whose_seats_are_held_on_it(service: Service) {
        let mut service = service;
        import(&service, "short");
        let seated = |subject: &str, seat: &str| {
            let from = ["--from", "2017-01-01T00:00:00Z"];
            service.output(&[&["token", "--subject", subject, "--seat", seat], from.as_slice()].concat())
        };
        let nurse = seated("nurse", "member:nursing@group");
        let late = service.token("late-nurse", "member:nursing@group");
        service.output(&["tick", "--now", "2018-12-01T09:00:00Z"]);
        service.start(&["--clock-start", "2018-12-02T09:00:00Z"]);
        let draft = "{ document(slug: \"short\") { review { id } draft { section(key: \"nursing\") { id digest } } } }";
        let hidden = service.ask(&late, draft, json!({})).await;
        assert_eq!(hidden["data"]["document"]["draft"], Value::Null, "a seat given now is not held in 2018: {hidden:#}");
        let seen = service.ask(&nurse, draft, json!({})).await["data"]["document"].clone();
        let section = &seen["draft"]["section"];
        let sign = "mutation($input: SignOffInput!) { signOff(input: $input) { position { counts } } }";
        let input = json!({ "reviewId": seen["review"]["id"], "sectionId": section["id"], "digest": section["digest"] });
        let signed = service.ask(&nurse, sign, json!({ "input": input })).await;
        assert_eq!(signed["data"]["signOff"]["position"]["counts"], true, "{signed:#}");
    }

    async fn reviews_that_are_due_are_opened_once_by_however_many_processes(service: Service) {
        for slug in ["one", "two", "three"] {
            import(&service, slug);
        }
        let tick = ["tick", "--now", "2019-01-10T09:00:00Z"];
        assert_eq!(service.output(&["tick", "--now", "2018-01-10T09:00:00Z"]), "opened 0 reviews");
        let opened = at_once(&service, &tick).iter().map(|printed| {
            let count = printed.strip_prefix("opened ").and_then(|rest| rest.strip_suffix(" reviews"));
            count.and_then(|count| count.parse::<u32>().ok()).unwrap_or_else(|| panic!("{printed}"))
        }).sum::<u32>();
        assert_eq!(opened, 3);
        assert_eq!(service.output(&tick), "opened 0 reviews");
    }

    async fn tables_are_made_once_by_however_many_processes(service: Service) {
        at_once(&service, &["migrate"]);
        service.output(&["migrate"]);
        import(&service, "short");
        at_once(&service, &["migrate"]);
        assert!(service.output(&["export", "short"]).contains("Everybody has a named nurse."));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mutation_under_way_is_finished_before_the_service_ends() {
    let mut service = Service::on_postgres().await;
    let chair = service.token("chair", "chair@group");
    service.start(&[]);
    let group = service.ask(&chair, "{ group(slug: \"group\") { id } }", json!({})).await;
    let import = "mutation($input: ImportDocumentInput!) { importDocument(input: $input) { document { slug } } }";
    let input = json!({ "input": { "groupId": group["data"]["group"]["id"], "manuscript": SHORT } });

    let behind = service.database().connect().await;
    let holding = behind.begin().await.expect("a transaction");
    holding.execute_unprepared("LOCK TABLE document IN EXCLUSIVE MODE").await.expect("a lock");
    let url = service.graphql();
    let importing = tokio::spawn(async move { ask(&url, &chair, import, input).await });
    while waiting(&behind).await == 0 {
        assert!(!importing.is_finished(), "the mutation did not wait");
    }
    service.terminate();
    while !service.log().iter().any(|line| line.contains("\"stopping\"")) {
        tokio::task::yield_now().await;
    }
    holding.commit().await.expect("the lock is given back");
    let imported = importing.await.expect("no panic").expect("an answer");
    assert_eq!(imported["data"]["importDocument"]["document"]["slug"], "short", "{imported:#}");
    let (status, log) = service.ended();
    assert!(status.success(), "{status}");
    assert!(!log.iter().any(|line| line.contains("\"ERROR\"")), "{log:#?}");
    assert!(service.output(&["export", "short"]).contains("Everybody has a named nurse."));
}
