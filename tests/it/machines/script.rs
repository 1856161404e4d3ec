//! The script of `docs/machine-clients.md`, run as a partner would run it: against the binary, with nothing but Python and
//! openssl.

use std::{path::Path, process::Command};

use serde_json::json;

use crate::harness::{
    on_both_databases,
    service::{Service, succeeded},
};

const PAPER: &str = include_str!("../../../docs/machine-clients.md");
const SHORT: &str = include_str!("../data/short.md");

/// The first block of the paper in a language.
fn block(language: &str) -> &'static str {
    let rest = PAPER.split_once(&format!("```{language}\n")).expect("a block").1;
    rest.split_once("```").expect("its end").0
}

fn python(script: &Path, arguments: &[&str]) -> std::process::Output {
    let directory = script.parent().expect("a directory");
    let mut command = Command::new("python3");
    command.arg(script).args(arguments).current_dir(directory);
    command.output().expect("python3 runs: install it, and openssl (apt-get install python3 openssl)")
}

on_both_databases! {
    async fn a_partner_connects_as_the_paper_says(service: Service) {
        let mut service = service;
        let script = service.write("partner.py", block("python"));
        service.write("in.md", SHORT);
        service.write("organisations.csv", "name,kind,nation,ods_code,ons_code\nAn Alliance,CANCER_ALLIANCE,England,,\n");
        service.output(&["organisations", "organisations.csv"]);
        service.output(&["import", "in.md", "--group", "breast", "--group-name", "Breast"]);
        let secretariat = service.token("secretariat", "secretariat@breast");
        service.start(&[]);

        let jwks = succeeded(&python(&script, &["key"]));
        let query = "{ group(slug: \"breast\") { id } organisations { nodes { id } } }";
        let ids = service.ask(&secretariat, query, json!({})).await;
        let input = json!({
            "groupId": ids["data"]["group"]["id"], "organisationId": ids["data"]["organisations"]["nodes"][0]["id"],
            "name": "Intranet", "contact": "it@alliance.example", "scopes": ["ADVICE_READ"], "keys": { "jwks": jwks },
        });
        let registered = service.ask(&secretariat, block("graphql"), json!({ "input": input })).await;
        let client = registered["data"]["createClient"]["client"]["clientId"].as_str().unwrap_or_else(|| panic!("{registered:#}"));

        let server = format!("http://{}", service.address());
        let token = succeeded(&python(&script, &["token", &server, client]));
        let query = "{ viewer { client { name } scopes } documents { nodes { title } } }";
        let seen = service.ask(&token, query, json!({})).await;
        assert_eq!(seen["data"]["viewer"], json!({ "client": { "name": "Intranet" }, "scopes": ["ADVICE_READ"] }));
        assert!(seen["data"]["documents"]["nodes"][0]["title"].is_string(), "{seen:#}");

        let nobody = python(&script, &["token", &server, "00000000-0000-7000-8000-000000000000"]);
        let told = String::from_utf8_lossy(&nobody.stderr).into_owned();
        assert!(!nobody.status.success() && told.contains("invalid_client"), "{told}");
        // Neither keys, nor assertions, nor tokens are for the log.
        let log = service.log().join("\n");
        assert!(log.contains("refused a client a token"), "{log}");
        assert!(!log.contains(&token) && !log.contains("client_assertion=") && !log.contains("eyJ"), "{log}");
    }
}
