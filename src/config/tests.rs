//! Settings come from where the operator put them, and all that is wrong with them is said at once.

use std::fs;

use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

/// Loads from a file with `toml` and from `pairs`.
fn load(toml: &str, pairs: &[(&str, &str)]) -> Result<Config, Vec<(String, String, String)>> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("settings.toml");
    fs::write(&file, toml).unwrap();
    Config::load(Some(&file), variables(pairs)).map_err(|faults| {
        let short =
            |fault: Fault| (fault.setting, fault.source_name.replace(file.to_str().unwrap(), "FILE"), fault.problem);
        faults.0.into_iter().map(short).collect()
    })
}

#[test]
fn every_default_is_a_good_value() {
    for setting in SETTINGS {
        let default: figment::value::Dict = {
            use figment::providers::{Format, Toml};
            Toml::from_str(&format!("value = {}", setting.default)).unwrap()
        };
        (setting.check)(&default["value"]).unwrap_or_else(|error| panic!("{}: {error}", setting.path()));
    }
    let config = load("", &[]).unwrap();
    assert_eq!(config.http.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(config.auth.algorithm, Algorithm::Hs512);
    assert_eq!(config.database.allow_weaker_durability, DurabilityWaiver::Withheld);
}

#[test]
fn the_environment_is_stronger_than_the_file_and_the_file_than_the_defaults() {
    let toml = "[http]\nbind = '0.0.0.0:80'\ngraphiql = true\n[auth]\nclock_skew_seconds = 5\n";
    let config = load(
        toml,
        &[
            ("CONSILIUM_HTTP__BIND", "[::1]:81"),
            ("CONSILIUM_HTTP__ALLOWED_ORIGINS", r#"["https://a.example", "http://localhost:3000"]"#),
            ("CONSILIUM_AUTH__AUDIENCE", "2019"),
            ("CONSILIUM_DATABASE__CONNECTIONS", "20"),
            ("CONSILIUM_DATABASE__ALLOW_WEAKER_DURABILITY", DurabilityWaiver::WORDS),
            ("HOME", "elsewhere"),
        ],
    )
    .unwrap();
    assert_eq!(config.http.bind.to_string(), "[::1]:81");
    assert!(config.http.graphiql);
    assert_eq!(config.http.allowed_origins[1].as_str(), "http://localhost:3000");
    assert_eq!((config.auth.audience.as_str(), config.auth.clock_skew_seconds), ("2019", 5));
    assert_eq!(config.database.connections, 20);
    assert_eq!(config.database.allow_weaker_durability, DurabilityWaiver::Given);
}

#[test]
fn all_faults_are_told_at_once_each_with_setting_and_source() {
    let toml = r#"
        colour = "red"
        [http]
        bind = "localhost"
        graphiql = true
        introspection = false
        allowed_origins = ["*"]
        colour = "red"
        [database]
        url = "mysql://root:secret@host/db"
        allow_weaker_durability = "yes"
        connections = 0
        [limits]
        complexity_anonymous = 4000
        lock_seconds = "long"
        [log]
        filter = "consilium=loud"
        [telemetry]
        endpoint = "x"
    "#;
    let faults = load(
        toml,
        &[
            ("CONSILIUM_DATABASE__CONNECTIONS", "many"),
            ("CONSILIUM_LIMITS__COMPLEXITY_SIGNED_IN", "3000"),
            ("CONSILIUM_HTTP", "x"),
            ("CONSILIUM_AUTH__KEY", "x"),
            ("CONSILIUM_AUTH__ALGORITHM", "none"),
            ("CONSILIUM_AUTH__CLOCK_SKEW_SECONDS", "121"),
        ],
    )
    .unwrap_err();
    let mut named: Vec<_> = faults.iter().map(|(setting, source, _)| format!("{setting} {source}")).collect();
    named.sort();
    let file = |setting: &str| format!("{setting} FILE");
    let variable = |setting: &str, name: &str| format!("{setting} environment variable CONSILIUM_{name}");
    let mut expected = vec![
        file("colour"),
        file("http.bind"),
        file("http.graphiql"),
        file("http.allowed_origins"),
        file("http.colour"),
        file("database.url"),
        file("database.allow_weaker_durability"),
        file("database.connections"),
        file("limits.complexity_anonymous"),
        file("limits.lock_seconds"),
        file("log.filter"),
        file("telemetry"),
        variable("database.connections", "DATABASE__CONNECTIONS"),
        variable("http", "HTTP"),
        variable("auth.key", "AUTH__KEY"),
        variable("auth.algorithm", "AUTH__ALGORITHM"),
        variable("auth.clock_skew_seconds", "AUTH__CLOCK_SKEW_SECONDS"),
    ];
    expected.sort();
    assert_eq!(named, expected, "{faults:#?}");
}

#[test]
fn a_fault_does_not_tell_the_password() {
    let secrets = [
        "[database]\nurl = 'mysql://root:hunter2@host/db'",
        "[database]\nurl = 'postgres://root:hunter2@host/db' oops",
        "[database]\nurl = 'postgres://root:hunter2@host/db'\nurl = 'x'",
    ];
    for toml in secrets {
        let faults = load(toml, &[]).unwrap_err();
        assert!(!format!("{faults:?}").contains("hunter2"), "{faults:?}");
    }
    let config = load("[database]\nurl = 'postgres://root:hunter2@host/db?password=hunter2'", &[]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(config.database.url.expose().contains("hunter2"));
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let faults = Config::load(Some(Path::new("/nowhere/consilium.toml")), []).unwrap_err();
    assert_eq!(faults.0.len(), 1);
    assert!(faults.to_string().contains("/nowhere/consilium.toml"), "{faults}");
}

#[test]
fn a_broken_file_is_a_fault_beside_those_of_the_environment() {
    let faults = load("[http\n", &[("CONSILIUM_HTTP__BIND", "x")]).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn every_setting_has_a_meaning_and_a_row_in_the_table() {
    let table = table();
    for setting in SETTINGS {
        assert!(setting.meaning().ends_with('.'), "{}", setting.path());
        assert!(!setting.meaning().contains('|'), "{}", setting.path());
    }
    assert!(table.contains("| `http.bind` | `\"127.0.0.1:8080\"` | Address and port to listen on. |"), "{table}");
    assert_eq!(SETTINGS[0].variable(), "CONSILIUM_DATABASE__URL");
}
