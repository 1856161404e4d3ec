//! Manuscripts through the binary: what goes in comes out, what is wrong is told by line, and what is large is taken.

use consilium::domain::role::Office;
use serde_json::{Value, json};

use crate::harness::{on_both_databases, service::Service, world::World};

const LONG: &str = include_str!("data/manuscripts/long.md");
/// What [`LONG`] is after reading, written out again; the importer's own tests have it too.
const EXPORTED: &str = include_str!("data/manuscripts/long.exported.md");
const BAD: &str = include_str!("data/manuscripts/bad.md");
const FAULTS: &str = include_str!("data/manuscripts/bad.faults.txt");
const SHORT: &str = include_str!("data/short.md");

const GROUP: [&str; 4] = ["--group", "editors", "--group-name", "Editors"];

fn import(service: &Service, manuscript: &str) -> String {
    service.write("in.md", manuscript);
    service.output(&[&["import", "in.md"], GROUP.as_slice()].concat())
}

fn import_refused(service: &Service, manuscript: &str) -> String {
    service.write("in.md", manuscript);
    service.refusal(&[&["import", "in.md"], GROUP.as_slice()].concat())
}

/// Key and digest of each section, and the digest of the whole, as the API tells them.
async fn digests(service: &mut Service, slug: &str) -> Value {
    let chair = service.token("chair", "chair@editors");
    service.start(&[]);
    let query = "query($slug: String!) { document(slug: $slug) { edition { digest sections { key digest } } } }";
    let answer = service.ask(&chair, query, json!({ "slug": slug })).await;
    let edition = &answer["data"]["document"]["edition"];
    assert!(edition["digest"].is_string(), "{answer:#}");
    edition.clone()
}

/// A guideline of `bytes` or a little more, with what real ones have in them.
fn guideline(slug: &str, bytes: usize) -> String {
    let mut text = format!("---\ntitle: Long\nslug: {slug}\nissued: 2017-08\nreview_due: 2019-05\n---\n");
    for number in 1.. {
        if text.len() >= bytes {
            break;
        }
        let marks = if number % 5 == 1 { "#" } else { "##" };
        text += &format!("\n{marks} Section {number} {{#s{number} disciplines=\"SURGERY NURSING\"}}\n\n");
        for part in 1..=8 {
            let words = format!("Team {number} discusses node {part} with **everybody** who is there. ").repeat(9);
            text += &format!("{words} See [the first](#s1).[^{number}-{part}]\n\n[^{number}-{part}]: A note.\n\n");
        }
        text += "| Step | Within |\n|---|---|\n| Referral | 14 days |\n| Result | 28 days |\n\n- One\n- Two\n\n";
        text +=
            &format!("::: recommendation R{number} OFFER\nOffer {number} visits.\n:::\n\n::: plain\nPlainly.\n:::\n");
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_is_imported_under_the_other_database_with_the_same_digests() {
    let mut embedded = Service::on_sqlite().await;
    let mut server = Service::on_postgres().await;
    assert_eq!(import(&embedded, LONG), "imported rapid-diagnostic-clinics");
    let exported = embedded.output(&["export", "rapid-diagnostic-clinics"]);
    assert_eq!(exported, EXPORTED.trim_end());
    import(&server, &exported);
    assert_eq!(server.output(&["export", "rapid-diagnostic-clinics"]), exported);

    let guideline = guideline("other-way", 20_000);
    import(&server, &guideline);
    let exported = server.output(&["export", "other-way"]);
    import(&embedded, &exported);
    assert_eq!(embedded.output(&["export", "other-way"]), exported);

    let slug = "rapid-diagnostic-clinics";
    assert_eq!(digests(&mut embedded, slug).await, digests(&mut server, slug).await);
}

on_both_databases! {
    async fn a_bad_manuscript_is_told_line_by_line_and_leaves_nothing_behind(service: Service) {
        let refusal = import_refused(&service, BAD);
        let told = refusal.split_once("nothing was stored\n").expect("an assurance").1;
        assert_eq!(told.trim_end(), FAULTS.trim_end());
        let group = service.refusal(&["import", "in.md", "--group", "editors"]);
        assert!(group.contains("line 1: "), "faults come before groups: {group}");
        service.write("in.md", SHORT);
        let group = service.refusal(&["import", "in.md", "--group", "editors"]);
        assert!(group.ends_with("failed to find the group \"editors\"\n"), "{group}");
        let document = service.refusal(&["export", "short"]);
        assert!(document.ends_with("failed to find the document \"short\"\n"), "{document}");
        let file = service.refusal(&["import", "elsewhere.md", "--group", "editors"]);
        assert!(file.contains("failed to read elsewhere.md: "), "{file}");
    }

    async fn a_slug_is_given_once_and_each_edition_is_exported_by_its_number(service: Service) {
        import(&service, SHORT);
        let first = service.output(&["export", "short"]);
        let again = import_refused(&service, &SHORT.replace("Everybody", "Nobody"));
        assert!(again.ends_with("failed to import: another document has this slug\n"), "{again}");
        assert_eq!(service.output(&["export", "short", "--edition", "1.0"]), first);
        assert!(first.contains("issued: 2017-08") && first.contains("Everybody has a named nurse."), "{first}");

        // The review makes a draft; what is in force stays the one that is meant.
        assert_eq!(service.output(&["tick", "--now", "2019-01-10T09:00:00Z"]), "opened 1 reviews");
        assert_eq!(service.output(&["export", "short"]), first);
        let draft = service.output(&["export", "short", "--edition", "2.0"]);
        assert_eq!(draft, first.replace("issued: 2017-08\n", ""), "a draft was not issued");
        let missing = service.refusal(&["export", "short", "--edition", "3.0"]);
        assert!(missing.ends_with("failed to find the edition of \"short\"\n"), "{missing}");

        // A document never published is exported as its draft, which can be brought in elsewhere.
        import(&service, &draft.replace("slug: \"short\"", "slug: \"young\""));
        let young = service.output(&["export", "young"]);
        assert_eq!(young.replace("\"young\"", "\"short\""), draft);
    }

    async fn the_command_line_takes_a_guideline_of_two_megabytes(service: Service) {
        let guideline = guideline("long", 2_000_000);
        import(&service, &guideline);
        let exported = service.output(&["export", "long"]);
        assert_eq!(exported.matches("::: recommendation").count(), guideline.matches("::: recommendation").count());
        let too_large = import_refused(&service, &" ".repeat(8 * 1024 * 1024 + 1));
        assert!(too_large.contains("line 1: the file is longer than 8388608 bytes"), "{too_large}");
    }

    async fn the_api_takes_a_manuscript_that_fits_into_a_request(world: World) {
        let chair = world.seated("chair", Office::Chair, None).await;
        let group = world.group_id(&chair).await;
        let input = json!({ "groupId": group, "manuscript": guideline("fits", 220_000) });
        let fits = chair.run("importDocument", input, "document { edition { sections { key } } }").await.done();
        assert!(fits["document"]["edition"]["sections"].as_array().expect("sections").len() > 20);

        let input = json!({ "groupId": group, "manuscript": guideline("bursts", 256 * 1024) });
        let bursts = chair.run("importDocument", input, "document { id }").await;
        assert_eq!((bursts.status.as_u16(), bursts.error_code()), (413, "BAD_REQUEST"));
        assert_eq!(bursts.body["errors"][0]["message"], "the body is larger than 256 KiB");

        let input = json!({ "groupId": group, "manuscript": BAD });
        let query = "mutation($input: ImportDocumentInput!) { importDocument(input: $input) {
            userErrors { code message ... on ManuscriptFaultError { line } } } }";
        let bad = chair.ask(query, json!({ "input": input })).await.data();
        let told = bad["importDocument"]["userErrors"].as_array().expect("problems").iter().map(|fault| {
            assert_eq!(fault["code"], "MANUSCRIPT_FAULT");
            format!("line {}: {}", fault["line"], fault["message"].as_str().expect("a message"))
        });
        assert_eq!(told.collect::<Vec<_>>(), FAULTS.lines().collect::<Vec<_>>());
    }
}
