//! No leak of any shape (A3): everybody walks through everything that the schema lets them ask for, and no answer holds
//! a word that is not for them.
//!
//! ```text
//! scene      documents in every state, with a canary in each text ── who may read it: canaries
//! schema     what can be asked for, by introspection ──> operations, with all that anybody knows: known
//! walker     everybody asks everything; what comes back is searched for canaries, whole, with its headers
//! ```
//!
//! What a walker must see is compared as well: a canary that nobody finds proves nothing. A field or an argument that is
//! new is walked by itself, or fails the test by its name: because no value is known for it, because nothing in the scene
//! has it, or because it answers with words and no canary was planted there.

mod absence;
mod canaries;
pub(crate) mod inputs;
mod interests;
mod known;
mod listeners;
mod operations;
pub(crate) mod scene;
pub(crate) mod schema;
mod walker;

use std::collections::BTreeSet;

use canaries::{Circle, Standing};
use inputs::Values;
use listeners::Changing;
use scene::Scene;
use schema::Schema;
use serde_json::json;
use walker::Walker;

use crate::harness::{
    on_both_databases,
    world::{User, World},
};

/// The group's own documents.
const OURS: &[&str] = &["open", "partners", "withdrawn", "secret", "fresh", "spare"];
/// The same, and its clients.
const SECRETARIATS: &[&str] = &["open", "partners", "withdrawn", "secret", "fresh", "spare", "clients", "machines"];

/// Everybody, and what they may read.
fn everybody<'a>(scene: &Scene<'a>) -> Vec<(&'static str, User<'a>, Standing)> {
    let outside = Standing { everywhere: Circle::Public, whole: &[], drafts: &[] };
    let partner = Standing { everywhere: Circle::Partners, ..outside };
    let seated = Standing { whole: OURS, drafts: OURS, ..partner };
    let drafts = |drafts| Standing { drafts, ..partner };
    let edits = |documents| Standing { whole: documents, drafts: documents, ..partner };
    let world = scene.world;
    vec![
        ("chair", scene.chair.clone(), seated),
        ("other group's chair", scene.other_chair.clone(), edits(&["others", "apart"])),
        ("secretariat", scene.secretariat.clone(), Standing { whole: SECRETARIATS, ..seated }),
        ("vice chair", scene.vice_chair.clone(), seated),
        ("nurse", scene.nurse.clone(), seated),
        ("patient representative", scene.patient.clone(), seated),
        ("adviser", world.user("adviser"), seated),
        ("observer", world.user("observer"), partner),
        ("editor", scene.editor.clone(), edits(&["open"])),
        ("commenter", world.user("commenter"), drafts(&["open"])),
        ("reader", world.user("reader"), drafts(&["open"])),
        ("editor of another document", scene.editor_of_others.clone(), edits(&["others", "apart"])),
        ("reader of another document", world.user("reader-of-others"), drafts(&["others", "apart"])),
        ("partner", world.user("partner"), partner),
        // It reads of itself how it is registered.
        ("client", scene.machine.clone(), Standing { whole: &["clients"], ..drafts(&["open"]) }),
        ("nurse whose term has ended", world.user("once-nurse"), outside),
        ("nobody", world.user("nobody"), outside),
        ("anonymous", world.anonymous(), outside),
    ]
}

/// Fields of words in which no canary can be: what a program makes, and the public directory. By name, or by type and name.
const WITHOUT_CANARY: [&str; 26] = [
    "Client.clientId",
    "ClientKey.algorithms",
    "ClientKey.thumbprint",
    "cursor",
    "startCursor",
    "endCursor",
    "label",
    "message",
    "path",
    "Section.number",
    "Group.name",
    "Group.slug",
    "rung",
    "ladder",
    // Shown to whoever gives seats, and tried in `invitations.rs`.
    "Invitation.name",
    "Invitation.issuer",
    "InviteToSeatPayload.code",
    "Organisation.name",
    "Organisation.nation",
    "Organisation.odsCode",
    "Organisation.onsCode",
    // One's own, and tried in `letters.rs`.
    "Contact.email",
    "CreateCalendarLinkPayload.url",
    // Names of organisations, tried in `acts/opinions.rs`.
    "Edition.alsoAdvised",
    "Opinion.onBehalfOf",
    // A list; the canaries in it are looked for in whole answers, as all are.
    "Interest.topics",
];

on_both_databases! {
    async fn a3_no_query_of_any_shape_gives_a_word_to_whom_it_is_not_for(world: World) {
        let scene = Scene::set(&world).await;
        let people = everybody(&scene);
        let mut walker = Walker::new(Schema::as_told_to(&world.anonymous()).await);
        let spare = scene.spare_values().await;
        walk(&mut walker, &people).await;
        listen(&mut walker, &scene, &people).await;
        act(&mut walker, &scene, &people, &spare).await;
        for (who, _, standing) in &people {
            let may: BTreeSet<&str> = scene.canaries.for_whom(standing).collect();
            let seen: BTreeSet<&str> = walker.seen[who].iter().map(String::as_str).collect();
            let leaked: Vec<_> = seen.difference(&may).collect();
            assert!(leaked.is_empty(), "{who} read what is not for them: {leaked:#?}");
            let missed: Vec<_> = may.difference(&seen).collect();
            assert!(missed.is_empty(), "{who} was not shown what is for them: {missed:#?}");
        }
        every_field_was_walked(&walker);
    }
}

/// Everybody asks for everything.
async fn walk(walker: &mut Walker, people: &[(&'static str, User<'_>, Standing)]) {
    // What can be learnt from some is asked by all, so it is learnt first.
    let mut known = None;
    while known.as_ref() != Some(&walker.known) {
        known = Some(walker.known.clone());
        for (who, user, _) in &people[..3] {
            walker.walk(who, user).await;
        }
    }
    for (who, user, _) in &people[3..] {
        walker.walk(who, user).await;
    }
    for (who, user, _) in people {
        walker.find_what_was_shown(who, user).await;
    }
}

/// Everybody listens while things change.
async fn listen(walker: &mut Walker, scene: &Scene<'_>, people: &[(&'static str, User<'_>, Standing)]) {
    let changing = Changing::in_scene(scene).await;
    let address = scene.world.listen().await;
    let mut listening = Vec::new();
    for (who, user, _) in people {
        listening.push((*who, changing.listener(walker, address, user).await));
    }
    changing.change(scene).await;
    for (who, listener) in listening {
        listener.hear(walker, who).await;
    }
}

/// Everybody tries every mutation: on a text that they did not read, on that text as it stands, and so that there is
/// something to complain about.
async fn act(walker: &mut Walker, scene: &Scene<'_>, people: &[(&'static str, User<'_>, Standing)], spare: &Values) {
    let digest = scene.named(&scene.chair, "spare", "clinic").await["digest"].clone();
    for values in [spare.clone(), spare.clone().with("digest", &digest).with("manuscript", &json!("# No head"))] {
        for (who, user, _) in people {
            walker.act(who, user, &values).await;
        }
    }
}

/// Each field of each type was asked of something that was there, and each that answers with words has told a canary.
fn every_field_was_walked(walker: &Walker) {
    let roots = ["Query", "Mutation", "Subscription"];
    let kinds: BTreeSet<String> = roots.iter().flat_map(|root| walker.schema.reachable(root)).collect();
    let mut unreached = Vec::new();
    let mut wordless = Vec::new();
    for kind in kinds.iter().filter(|kind| **kind != "Subscription") {
        for field in walker.schema.fields(kind) {
            let (entry, name) = ((kind.clone(), field.name.clone()), format!("{kind}.{}", field.name));
            let has_words = ["String", "URL"].contains(&field.kind.as_str());
            if !walker.reached.contains(&entry) {
                unreached.push(name);
            } else if has_words
                && !walker.worded.contains(&entry)
                && ![&name, &field.name].iter().any(|name| WITHOUT_CANARY.contains(&name.as_str()))
            {
                wordless.push(name);
            }
        }
    }
    assert!(unreached.is_empty(), "nothing in the scene has these, so nobody tried them: {unreached:#?}");
    assert!(wordless.is_empty(), "these answer with words: plant a canary, or say why there is none: {wordless:#?}");
}
