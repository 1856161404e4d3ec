//! The grid: everybody x everything that can be read or done x every state of the thing, by asking the running API.
//!
//! What comes out is compared with `docs/permissions.md`, which people read, and with a table written by hand from the
//! design. Neither knows how the product decides.

mod table;

use std::fmt::Write as _;

use consilium::domain::role::{Discipline, Office};
use serde_json::{Value, json};
use table::{Table, act_of};

use crate::{
    acts::stage::word,
    harness::{
        on_both_databases,
        world::{User, World},
    },
    leaks::{inputs::Values, scene::Scene, schema::Schema},
};

/// Everybody, by the columns of the table. Roles are given on the document `open`.
fn everybody<'a>(scene: &Scene<'a>) -> Vec<(&'static str, User<'a>)> {
    let world = scene.world;
    vec![
        ("anonymous", world.anonymous()),
        ("patient", world.user("nobody")),
        ("partner", world.user("partner")),
        ("observer", world.user("observer")),
        ("READER", world.user("reader")),
        ("COMMENTER", world.user("commenter")),
        ("EDITOR", scene.editor.clone()),
        ("adviser", world.user("adviser")),
        ("nurse", scene.nurse.clone()),
        ("radiologist", world.user("radiologist")),
        ("once nurse", world.user("once-nurse")),
        ("secretariat", scene.secretariat.clone()),
        ("vice chair", scene.vice_chair.clone()),
        ("chair", scene.chair.clone()),
    ]
}

/// A reading: of what, how it is asked for, and where in the answer there is something if it is there.
type Reading = (&'static str, &'static str, String, &'static str);

/// An attempt: of which thing, by which mutation, with which values.
type Attempt = (&'static str, String, Values);

/// The things of the scene, by the names of the table's rows.
struct Things {
    open: Value,
    fresh: Value,
    partners: Value,
    group: Value,
    withdrawn: Value,
    seat: Value,
    person: Value,
    grant: Value,
    fresh_slug: String,
}

impl Things {
    async fn of(scene: &Scene<'_>) -> Self {
        let selection = "id slug group { id } edition { id } draft { id section(key: \"clinic\") { id } board: section(key: \"board\") { id } }
            editions { nodes { id state sections { id key } } } review { id } reviews { nodes { id isOpen } }";
        let query = format!("{{ documents {{ nodes {{ {selection} }} }} }}");
        let data = scene.chair.ask(&query, json!({})).await.data();
        let documents = data["documents"]["nodes"].as_array().expect("documents").clone();
        let find = |slug: &str| {
            documents.iter().find(|found| word(&found["slug"]).ends_with(slug)).expect("a document").clone()
        };
        let seats = "{ group(slug: \"expert-group\") { seats { id holder { id name } } } }";
        let seats = scene.chair.ask(seats, json!({})).await.data();
        let seats = seats["group"]["seats"].as_array().expect("seats").clone();
        let spare = seats.into_iter().find(|seat| seat["holder"]["name"] == "spare-adviser").expect("a seat");
        let grants = scene.find(&scene.secretariat, "spare", "grants { id }").await;
        Self {
            open: find("open"),
            fresh: find("freshdraftslug"),
            partners: find("partners"),
            group: find("spare"),
            withdrawn: find("withdrawn"),
            seat: spare["id"].clone(),
            person: spare["holder"]["id"].clone(),
            grant: grants["grants"][0]["id"].clone(),
            fresh_slug: word(&find("freshdraftslug")["slug"]),
        }
    }

    fn edition_of_open(&self, state: &str) -> Value {
        let editions = self.open["editions"]["nodes"].as_array().expect("editions");
        editions.iter().find(|edition| edition["state"] == state).expect("an edition").clone()
    }

    fn concluded(&self) -> Value {
        let reviews = self.open["reviews"]["nodes"].as_array().expect("reviews");
        reviews.iter().find(|review| review["isOpen"] == false).expect("a review")["id"].clone()
    }

    fn withdrawn_edition(&self) -> Value {
        self.withdrawn["editions"]["nodes"][0]["id"].clone()
    }

    /// Every way to read each thing.
    fn readings(&self) -> Vec<Reading> {
        let mut readings: Vec<Reading> = Vec::new();
        let superseded = self.edition_of_open("SUPERSEDED");
        let editions = [
            ("published PUBLIC", self.open["edition"]["id"].clone()),
            ("published PARTNERS", self.partners["edition"]["id"].clone()),
            ("published GROUP", self.group["edition"]["id"].clone()),
            ("superseded", superseded["id"].clone()),
            ("withdrawn, PARTNERS", self.withdrawn_edition()),
            ("draft", self.open["draft"]["id"].clone()),
            ("draft of another document", self.fresh["draft"]["id"].clone()),
        ];
        for (thing, id) in editions {
            readings.extend([
                (thing, "edition", format!("{{ edition(id: {id}) {{ number }} }}"), "/edition/number"),
                (thing, "node", format!("{{ node(id: {id}) {{ id }} }}"), "/node/id"),
                (thing, "nodes", format!("{{ nodes(ids: [{id}]) {{ id }} }}"), "/nodes/0/id"),
                (
                    thing,
                    "text",
                    format!("{{ edition(id: {id}) {{ section(key: \"clinic\") {{ body }} }} }}"),
                    "/edition/section/body",
                ),
                (
                    thing,
                    "list of sections",
                    format!("{{ edition(id: {id}) {{ sections {{ heading }} }} }}"),
                    "/edition/sections/0/heading",
                ),
                (
                    thing,
                    "recommendations",
                    format!("{{ edition(id: {id}) {{ recommendations {{ text }} }} }}"),
                    "/edition/recommendations/0/text",
                ),
                (
                    thing,
                    "comparison",
                    format!("{{ compareEditions(before: {id}, after: {id}) {{ sections {{ key }} }} }}"),
                    "/compareEditions/sections/0/key",
                ),
            ]);
        }
        for (thing, slug) in [
            ("published PUBLIC", "open"),
            ("published PARTNERS", "partners"),
            ("published GROUP", "spare"),
            ("draft of another document", &self.fresh_slug),
        ] {
            let link = if slug == self.fresh_slug { ", edition: \"1.0\"" } else { "" };
            let place = if slug == self.fresh_slug { "DRAFTS" } else { "IN_FORCE" };
            let found = self.by_slug(slug);
            readings.extend([
                (thing, "document", format!("{{ document(slug: \"{slug}\") {{ title }} }}"), "/document/title"),
                (
                    thing,
                    "link to a section",
                    format!("{{ section(document: \"{slug}\", key: \"clinic\"{link}) {{ body }} }}"),
                    "/section/body",
                ),
                (
                    thing,
                    "link to a recommendation",
                    format!("{{ recommendation(document: \"{slug}\", number: 1{link}) {{ text }} }}"),
                    "/recommendation/text",
                ),
                (
                    thing,
                    "search",
                    format!(
                        "{{ search(text: \"canary\", document: {found}, in: {place}) {{ nodes {{ snippetText }} }} }}"
                    ),
                    "/search/nodes/0/snippetText",
                ),
            ]);
        }
        let open = &self.open["id"];
        for (thing, key) in [("PARTNERS section", "guidance"), ("GROUP section", "board"), ("GROUP section", "annex")] {
            readings.push((
                thing,
                "link to a section",
                format!("{{ section(document: {open}, key: \"{key}\") {{ body }} }}"),
                "/section/body",
            ));
        }
        for (thing, number) in [("PARTNERS section", 3), ("GROUP section", 4), ("GROUP section", 5)] {
            readings.push((
                thing,
                "link to a recommendation",
                format!("{{ recommendation(document: {open}, number: {number}) {{ text }} }}"),
                "/recommendation/text",
            ));
        }
        let draft = &self.open["draft"]["id"];
        readings.extend([
            (
                "draft",
                "search",
                format!("{{ search(text: \"canary\", document: {open}, in: DRAFTS) {{ nodes {{ snippetText }} }} }}"),
                "/search/nodes/0/snippetText",
            ),
            (
                "draft",
                "draft of its document",
                format!("{{ document(id: {open}) {{ draft {{ number }} }} }}"),
                "/document/draft/number",
            ),
            (
                "GROUP section of draft",
                "text",
                format!("{{ edition(id: {draft}) {{ section(key: \"board\") {{ body }} }} }}"),
                "/edition/section/body",
            ),
        ]);
        for (thing, id) in [
            ("open review", &self.open["review"]["id"]),
            ("concluded review", &self.concluded()),
            ("review of another document", &self.fresh["review"]["id"]),
        ] {
            readings.extend([
                (thing, "review", format!("{{ review(id: {id}) {{ kind }} }}"), "/review/kind"),
                (thing, "node", format!("{{ node(id: {id}) {{ id }} }}"), "/node/id"),
                (thing, "cells", format!("{{ review(id: {id}) {{ cells {{ state }} }} }}"), "/review/cells/0/state"),
            ]);
            if thing != "review of another document" {
                readings.push((
                    thing,
                    "positions",
                    format!("{{ review(id: {id}) {{ positions {{ nodes {{ act }} }} }} }}"),
                    "/review/positions/nodes/0/act",
                ));
            }
        }
        let (seat, person) = (&self.seat, &self.person);
        readings.extend([
            ("group", "group", "{ group(slug: \"expert-group\") { name } }".to_owned(), "/group/name"),
            (
                "seats and people",
                "list of seats",
                "{ group(slug: \"expert-group\") { seats { office } } }".to_owned(),
                "/group/seats/0/office",
            ),
            ("seats and people", "node", format!("{{ node(id: {seat}) {{ id }} }}"), "/node/id"),
            (
                "seats and people",
                "name",
                format!("{{ node(id: {person}) {{ ... on Person {{ name }} }} }}"),
                "/node/name",
            ),
            (
                "role",
                "list of roles",
                format!("{{ document(id: {open}) {{ grants {{ role }} }} }}"),
                "/document/grants/0/role",
            ),
        ]);
        readings
    }

    fn by_slug(&self, slug: &str) -> &Value {
        let all = [&self.open, &self.partners, &self.group, &self.fresh];
        all.into_iter().find(|found| found["slug"] == slug).map(|found| &found["id"]).expect("a document")
    }

    /// What each mutation is tried on.
    fn attempts(&self, schema: &Schema, plain: &Values) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        let mut names: Vec<String> = schema.fields("Mutation").iter().map(|field| field.name.clone()).collect();
        // It leaves nothing to act on.
        names.sort_by_key(|name| name == "cancelReview");
        let section = |of: &Value, key: &str| of["draft"][key]["id"].clone();
        for name in names {
            let mut on = |thing: &'static str, values: Values| attempts.push((thing, name.clone(), values));
            match act_of(&name) {
                "revise a section" | "write the change note" | "confirm a change" => {
                    let named = |of: &Value, key: &str| {
                        plain
                            .clone()
                            .with("sectionId", &section(of, key))
                            .with("documentId", &of["id"])
                            .with("afterId", &Value::Null)
                    };
                    on("draft", named(&self.open, "section"));
                    on("draft of another document", named(&self.fresh, "section"));
                }
                "take a position" | "record an instruction" => {
                    let at = |of: &Value, review: &Value| {
                        plain.clone().with("sectionId", &section(of, "section")).with("reviewId", review)
                    };
                    on("open review", at(&self.open, &self.open["review"]["id"]));
                    on("concluded review", at(&self.open, &self.concluded()));
                    on("review of another document", at(&self.fresh, &self.fresh["review"]["id"]));
                }
                _ if ["moveReview", "cancelReview", "publishEdition", "reaffirmDocument"].contains(&name.as_str()) => {
                    on("open review", plain.clone().with("reviewId", &self.open["review"]["id"]));
                    on("concluded review", plain.clone().with("reviewId", &self.concluded()));
                    on("review of another document", plain.clone().with("reviewId", &self.fresh["review"]["id"]));
                }
                _ if ["openReview", "scheduleReview", "grantRole"].contains(&name.as_str()) => {
                    for (thing, of) in [
                        ("published PUBLIC", &self.open),
                        ("published PARTNERS", &self.partners),
                        ("published GROUP", &self.group),
                        ("draft of another document", &self.fresh),
                    ] {
                        on(thing, plain.clone().with("documentId", &of["id"]));
                    }
                }
                _ if name == "withdrawEdition" => {
                    on("draft", plain.clone().with("editionId", &self.open["draft"]["id"]));
                    on("withdrawn, PARTNERS", plain.clone().with("editionId", &self.withdrawn_edition()));
                    on("superseded", plain.clone().with("editionId", &self.edition_of_open("SUPERSEDED")["id"]));
                    on("published PUBLIC", plain.clone().with("editionId", &self.open["edition"]["id"]));
                    on("published PARTNERS", plain.clone().with("editionId", &self.partners["edition"]["id"]));
                    on("published GROUP", plain.clone().with("editionId", &self.group["edition"]["id"]));
                }
                "manage seats" if name == "endSeat" => {
                    on("seats and people", plain.clone().with("EndSeatInput.seatId", &self.seat))
                }
                "manage roles" => on("role", plain.clone().with("grantId", &self.grant)),
                "manage seats" | "bring in a draft" => on("group", plain.clone()),
                act => panic!("{name}: say here what to try it on, as it is to {act}"),
            }
        }
        attempts
    }
}

/// What somebody is answered to a reading.
async fn read(user: &User<'_>, query: &str, place: &str) -> &'static str {
    let answer = user.ask(query, json!({})).await;
    assert!(answer.body.get("errors").is_none(), "{query}\n{:#}", answer.body);
    if answer.body["data"].pointer(place).is_some_and(|found| !found.is_null()) { "yes" } else { "-" }
}

/// What somebody is answered to an attempt. A problem with the input is told to those who may.
async fn attempt(user: &User<'_>, schema: &Schema, mutation: &str, values: &Values) -> &'static str {
    let field = schema.fields("Mutation").iter().find(|field| field.name == mutation).expect("a mutation");
    let input = values.input(schema, &field.arguments[0].kind);
    let query = format!("mutation {{ {mutation}(input: {input}) {{ userErrors {{ code }} }} }}");
    let answer = user.ask(&query, json!({})).await;
    match answer.body["errors"][0]["extensions"]["code"].as_str() {
        None => "yes",
        Some("FORBIDDEN") => "no",
        Some("NOT_FOUND") => "-",
        Some(code) => panic!("{query}: {code}"),
    }
}

on_both_databases! {
    async fn a1_everybody_may_what_the_table_says_and_nothing_else(world: World) {
        let scene = Scene::set(&world).await;
        world.seated("radiologist", Office::Member, Some(Discipline::Radiology)).await;
        let people = everybody(&scene);
        let things = Things::of(&scene).await;
        let schema = Schema::as_told_to(&world.anonymous()).await;
        let (reading, doing) = (Table::of_reading(), Table::of_doing());
        let mut wrong = Vec::new();
        let mut rows: [Vec<Row>; 2] = [vec![], vec![]];
        for (thing, how, query, place) in things.readings() {
            let mut cells = Vec::new();
            for (who, user) in &people {
                let found = read(user, &query, place).await;
                let wanted = if reading.says(thing, who) { "yes" } else { "-" };
                if found != wanted {
                    wrong.push(format!("{thing}, {how}, {who}: {found} for {wanted}"));
                }
                cells.push(found);
            }
            rows[0].push(Row { thing, how: how.to_owned(), cells });
        }
        let plain = scene.spare_values().await;
        let drafts = [("manuscript", "bring in a draft"), ("issued", "bring in what is in force")];
        for (thing, mutation, values) in things.attempts(&schema, &plain) {
            let kinds = if mutation == "importDocument" { &drafts[..] } else { &drafts[..1] };
            for (kind, import) in kinds {
                let act = if mutation == "importDocument" { import } else { act_of(&mutation) };
                let values = if *kind == "issued" { values.clone().with("manuscript", &json!(IN_FORCE)) } else { values.clone() };
                let mut cells = Vec::new();
                for (who, user) in &people {
                    let found = attempt(user, &schema, &mutation, &values).await;
                    let wanted = match (reading.says(thing, who), doing.says(act, who)) {
                        (false, _) => "-",
                        (true, true) => "yes",
                        (true, false) => "no",
                    };
                    if found != wanted {
                        wrong.push(format!("{mutation}, {thing}, {who}: {found} for {wanted}"));
                    }
                    cells.push(found);
                }
                let name = if mutation == "importDocument" { format!("{mutation}, to {import}") } else { mutation.clone() };
                rows[1].push(Row { thing, how: name, cells });
            }
        }
        assert!(wrong.is_empty(), "the product does not do what the table says: {wrong:#?}");
        let page = page(&people, &rows);
        if page != include_str!("../../../docs/permissions.md") {
            let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/permissions.md");
            std::fs::write(file, page).expect("the directory is ours");
            panic!("docs/permissions.md is not what the product does; if that is meant: cp {file} docs/permissions.md");
        }
    }
}

/// A document that is in force elsewhere.
const IN_FORCE: &str =
    "---\ntitle: In force\nslug: in-force\nissued: 2017-08\nreview_due: 2030-05\n---\n\n# One\n\nText.\n";

const HEAD: &str = "# Who may what

Made by asking the running service, as everybody, and compared with it in its tests (`tests/it/grid/`).

- **yes**: may. **no**: sees it and is refused. **-**: it does not exist for them: it is in no answer, and a refusal reads like
  the answer to something that was never there.
- READER, COMMENTER and EDITOR are roles given on the document that is asked about, unless it is another document. The
  patient has logged in and holds nothing. The section names nursing, so the nurse is a member of its own discipline and
  the radiologist of another; the once nurse's term has ended. The last change was EDITOR's own, so another confirms it.
";

/// What everybody is answered about one thing, asked for in one way.
struct Row {
    thing: &'static str,
    how: String,
    cells: Vec<&'static str>,
}

/// Rows of one thing that read the same are one row for people.
fn page(people: &[(&'static str, User<'_>)], [readings, attempts]: &[Vec<Row>; 2]) -> String {
    let mut page = HEAD.to_owned();
    let columns: Vec<&str> = people.iter().map(|(who, _)| *who).collect();
    for (title, how, rows) in [("Reading", "asked for by", readings), ("Doing", "mutations", attempts)] {
        let mut merged: Vec<Row> = Vec::new();
        for Row { thing, how, cells } in rows {
            match merged.iter_mut().find(|row| row.thing == *thing && row.cells == *cells) {
                Some(row) if row.how.split(", ").any(|known| known == how) => {}
                Some(row) => row.how = format!("{}, {how}", row.how),
                None => merged.push(Row { thing, how: how.clone(), cells: cells.clone() }),
            }
        }
        let rule = "|---".repeat(columns.len() + 2);
        write!(page, "\n## {title}\n\n| thing | {how} | {} |\n{rule}|\n", columns.join(" | ")).expect("memory");
        for Row { thing, how, cells } in merged {
            writeln!(page, "| {thing} | {how} | {} |", cells.join(" | ")).expect("memory");
        }
    }
    page
}
