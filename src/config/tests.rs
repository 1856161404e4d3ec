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

const ISSUERS: &str = r#"
    [[auth.issuers]]
    issuer = "https://id.example.org/realms/advice"
    audiences = ["consilium"]

    [[auth.issuers]]
    issuer = "https://cis2.example.org"
    audiences = ["web"]
    algorithms = ["RS256"]
    jwks_uri = "https://cis2.example.org/keys"
    token_types = ["id"]
    clock_skew_seconds = 120
    acr = ["AAL3_ANY"]
    presence_minutes = 5
    subject_claim = "nhsid_useruid"
"#;

#[test]
fn issuers_are_a_table_with_careful_defaults() {
    use crate::identity::jwks::KeySource;
    let config = load(ISSUERS, &[]).unwrap();
    let [plain, full] = config.auth.issuers.0.as_slice() else { panic!("two issuers") };
    let expected = ["RS512", "RS256", "PS256", "ES256", "ES384"];
    let names: Vec<String> = plain.algorithms.iter().map(|name| format!("{name:?}").to_uppercase()).collect();
    assert_eq!(names, expected);
    assert_eq!((plain.clock_skew_seconds, plain.presence_minutes), (30, 15));
    assert_eq!(plain.token_types, [TokenType::Access]);
    let KeySource::Discovery { issuer, url } = &plain.keys else { panic!("{:?}", plain.keys) };
    assert_eq!(issuer, "https://id.example.org/realms/advice");
    assert_eq!(url.to_string(), "https://id.example.org/realms/advice/.well-known/openid-configuration");
    assert_eq!((full.token_types.as_slice(), full.clock_skew_seconds), ([TokenType::Id].as_slice(), 120));
    assert_eq!((full.claims.subject.as_str(), full.acr[0].as_str()), ("nhsid_useruid", "AAL3_ANY"));
    assert!(matches!(&full.keys, KeySource::Url(url) if url.to_string() == "https://cis2.example.org/keys"));
}

#[test]
fn issuers_can_be_set_in_a_variable() {
    let value = r#"[{issuer="https://id.example.org",audiences=["a"],clock_skew_seconds=5}]"#;
    let config = load(ISSUERS, &[("CONSILIUM_AUTH__ISSUERS", value)]).unwrap();
    let [issuer] = config.auth.issuers.0.as_slice() else { panic!("one issuer") };
    assert_eq!((issuer.issuer.as_str(), issuer.clock_skew_seconds), ("https://id.example.org", 5));
}

#[test]
fn all_that_is_wrong_with_issuers_is_told_at_once() {
    let row = |more: &str| format!("[[auth.issuers]]\n{more}\n");
    let good = "issuer = 'https://a.example'\naudiences = ['x']\n";
    let toml = [
        row("audiences = []\nissuer = 'http://id.example.org'"),
        row(&format!("{good}algorithms = ['HS256']\nclock_skew_seconds = 121\ncolour = 'red'")),
        row(&format!("{good}algorithms = ['none']\ntoken_types = ['refresh']")),
        row(&format!("{good}jwks_uri = 'http://a.example/keys'\nacr = ['a\"b']")),
        row(&format!("{good}jwks_uri = 'https://a.example/keys'\njwks_file = 'keys.json'")),
        row(""),
    ]
    .concat();
    let faults = load(&format!("http.bind = 'x'\n{toml}"), &[]).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:#?}");
    let told = &faults.iter().find(|(setting, ..)| setting == "auth.issuers").unwrap().2;
    for expected in [
        "row 1, issuer: expected https",
        "row 1, audiences: 0 is out of range",
        "row 2, algorithms: ",
        "HS256",
        "row 2, clock_skew_seconds: 121",
        "row 2, colour: there is no such column",
        "row 3, algorithms: ",
        "row 3, token_types: ",
        "row 4, jwks_uri: ",
        "row 4, acr: ",
        "row 5, jwks_file: stands beside jwks_uri",
        "row 6, issuer: is missing",
        "row 6, audiences: is missing",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn issuers_that_contradict_something_else_are_told() {
    let twice = format!("{ISSUERS}\n[[auth.issuers]]\nissuer = 'https://cis2.example.org'\naudiences = ['x']");
    assert!(load(&twice, &[]).unwrap_err()[0].2.contains("row 3, issuer: is in the table already"));
    let faults = load(
        &format!("{ISSUERS}jwks_file = '/nowhere/keys.json'\n").replace("jwks_uri", "#"),
        &[("CONSILIUM_AUTH__ISSUER", "https://id.example.org/realms/advice")],
    )
    .unwrap_err();
    let told: Vec<&str> = faults.iter().map(|(_, _, problem)| problem.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("row 1: is this service's own issuer"), "{told:?}");
    assert!(told[1].contains("row 2: jwks_file /nowhere/keys.json cannot be read"), "{told:?}");
}
