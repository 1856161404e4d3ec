//! The grid: everybody x everything that can be read or done x every state of the thing, by asking the running API.
//!
//! What comes out is compared with `docs/permissions.md`, which people read, and with a table written by hand from the
//! design. Neither knows how the product decides.

mod table;
mod things;

use std::fmt::Write as _;

use consilium::domain::role::{Discipline, Office};
use serde_json::json;
use table::{Table, act_of};
use things::Things;

use crate::{
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
        let attempts = things.attempts(&schema, &plain);
        for field in schema.fields("Mutation") {
            let is_elsewhere = ELSEWHERE.contains(&field.name.as_str());
            if !is_elsewhere && !attempts.iter().any(|(_, tried, _)| *tried == field.name) {
                wrong.push(format!("{} is new: say in grid/table.rs which act it is, and in grid/things.rs on what", field.name));
            }
        }
        for (thing, mutation, values) in attempts {
            let kinds = if mutation == "importDocument" { &drafts[..] } else { &drafts[..1] };
            for (kind, import) in kinds {
                let act = if mutation == "importDocument" { Some(*import) } else { act_of(&mutation) };
                let act = act.expect("what is tried has an act");
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
        let paper = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/permissions.md");
        if std::fs::read_to_string(paper).expect("a paper") != page {
            let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/permissions.md");
            std::fs::write(file, page).expect("the directory is ours");
            panic!("docs/permissions.md is not what the product does; if that is meant: cp {file} docs/permissions.md");
        }
    }
}

/// Mutations about invitations: who manages the seats may know of one, and whoever has its code may accept it. No row of
/// the table says so; `invitations.rs` and `refusals.rs` try them. Nor of one's own notices and requests, which `reminders.rs` tries,
/// of how one is reached, see `letters.rs`, nor of ballots on objections, see `acts/ballots.rs`, nor of
/// absences, leads and what is handed to whom, see `acts/absences.rs` and `acts/assignments.rs`, nor of interim notices, see `acts/interim.rs`, nor
/// of interests, see `acts/interests.rs`.
const ELSEWHERE: [&str; 21] = [
    "assignCell",
    "setLoadLimit",
    "declareInterest",
    "endInterest",
    "confirmInterests",
    "withholdInterest",
    "weighInterest",
    "appointLead",
    "publishInterimNotice",
    "declareAbsence",
    "endAbsence",
    "revokeInvitation",
    "acceptInvitation",
    "markNoticesRead",
    "acceptRequest",
    "setContact",
    "createCalendarLink",
    "revokeCalendarLink",
    "openBallot",
    "castVote",
    "closeBallot",
];

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
