//! What the grid is about: the things of the scene by the names of the table's rows, how each is read, and what each
//! mutation is tried on.

use serde_json::{Value, json};

use super::table::act_of;
use crate::{
    acts::stage::word,
    leaks::{inputs::Values, scene::Scene, schema::Schema},
};

/// A reading: of what, how it is asked for, and where in the answer there is something if it is there.
pub(super) type Reading = (&'static str, &'static str, String, &'static str);

/// An attempt: of which thing, by which mutation, with which values.
pub(super) type Attempt = (&'static str, String, Values);

/// The things of the scene, by the names of the table's rows.
pub(super) struct Things {
    open: Value,
    fresh: Value,
    partners: Value,
    group: Value,
    withdrawn: Value,
    seat: Value,
    person: Value,
    grant: Value,
    fresh_slug: String,
    comment: Value,
}

impl Things {
    pub(super) async fn of(scene: &Scene<'_>) -> Self {
        let selection = "id slug group { id } edition { id } draft { id section(key: \"clinic\") { id } board: section(key: \"board\") { id } }
            editions { nodes { id state sections { id key } } } review { id comments(settled: false, first: 1) { nodes { id } } } reviews { nodes { id isOpen } }";
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
            comment: find("open")["review"]["comments"]["nodes"][0]["id"].clone(),
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
    pub(super) fn readings(&self) -> Vec<Reading> {
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
            if thing == "open review" {
                readings.push((
                    thing,
                    "comments",
                    format!("{{ review(id: {id}) {{ comments {{ nodes {{ body }} }} }} }}"),
                    "/review/comments/nodes/0/body",
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
                "client",
                "list of clients",
                "{ group(slug: \"expert-group\") { clients { nodes { name } } } }".to_owned(),
                "/group/clients/nodes/0/name",
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
    pub(super) fn attempts(&self, schema: &Schema, plain: &Values) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        let mut names: Vec<String> = schema.fields("Mutation").iter().map(|field| field.name.clone()).collect();
        // It leaves nothing to act on.
        names.sort_by_key(|name| name == "cancelReview");
        let section = |of: &Value, key: &str| of["draft"][key]["id"].clone();
        for name in names {
            let mut on = |thing: &'static str, values: Values| attempts.push((thing, name.clone(), values));
            match act_of(&name).unwrap_or_default() {
                "settle a comment" => on("open review", plain.clone().with("commentId", &self.comment)),
                "comment" | "revise a section" | "write the change note" | "confirm a change" => {
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
                "take a position" | "record an instruction" | "advise without a vote" => {
                    let at = |of: &Value, review: &Value| {
                        plain.clone().with("sectionId", &section(of, "section")).with("reviewId", review)
                    };
                    on("open review", at(&self.open, &self.open["review"]["id"]));
                    on("concluded review", at(&self.open, &self.concluded()));
                    on("review of another document", at(&self.fresh, &self.fresh["review"]["id"]));
                }
                _ if ["moveReview", "reopenRules", "cancelReview", "publishEdition", "reaffirmDocument"]
                    .contains(&name.as_str()) =>
                {
                    let at = |review: &Value| {
                        plain.clone().with("reviewId", review).with("CancelReviewInput.reviewId", review)
                    };
                    on("open review", at(&self.open["review"]["id"]));
                    on("concluded review", at(&self.concluded()));
                    on("review of another document", at(&self.fresh["review"]["id"]));
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
                "manage clients" if name != "createClient" => on("client", plain.clone()),
                "manage clients" => on("group", plain.clone()),
                "manage roles" => on("role", plain.clone().with("grantId", &self.grant)),
                "manage seats" | "bring in a draft" => on("group", plain.clone()),
                // The test says so.
                _ => {}
            }
        }
        attempts
    }
}
