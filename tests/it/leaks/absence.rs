//! What is not for somebody answers like what is not there: the same status, headers and body, as many statements to the
//! database, and as much time (A2).

use std::time::{Duration, Instant};

use consilium::domain::role::Office;
use serde_json::{Value, json};

use super::{
    inputs::Values,
    known::Known,
    operations::{Call, Start, Writer},
    scene::Scene,
    schema::Schema,
};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

/// What an id may be of that is hidden from everybody but one group, in the order of `Ids`.
struct Hidden {
    document: Value,
    edition: Value,
    draft: Value,
    section: Value,
    recommendation: Value,
    review: Value,
    seat: Value,
    grant: Value,
}

impl Hidden {
    async fn in_scene(scene: &Scene<'_>) -> Self {
        let selection =
            "id edition { id section(key: \"clinic\") { id recommendations { id } } } draft { id } review { id }";
        let found = scene.find(&scene.other_chair, "apart", selection).await;
        let secretariat = scene.world.user("other-secretariat");
        let grants = scene.find(&secretariat, "apart", "grants { id }").await;
        let query = "{ viewer { seats { id } } }";
        let seats = scene.other_chair.ask(query, json!({})).await.data();
        let section = &found["edition"]["section"];
        Self {
            document: found["id"].clone(),
            edition: found["edition"]["id"].clone(),
            draft: found["draft"]["id"].clone(),
            section: section["id"].clone(),
            recommendation: section["recommendations"][0]["id"].clone(),
            review: found["review"]["id"].clone(),
            seat: seats["viewer"]["seats"][0]["id"].clone(),
            grant: grants["grants"][0]["id"].clone(),
        }
    }
}

/// An id of the same kind that was never given, as long as the other.
fn absent(id: &Value) -> Value {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
    let text = String::from_utf8(BASE64.decode(id.as_str().expect("an id")).expect("base64")).expect("text");
    let mut parts: Vec<&str> = text.split(':').collect();
    let at = if parts[0] == "recommendation" { 1 } else { parts.len() - 1 };
    let never = "01900000-0000-7000-8000-000000000000";
    assert_eq!(parts[at].len(), never.len(), "{text}");
    parts[at] = never;
    json!(BASE64.encode(parts.join(":")))
}

/// Everything of an answer that somebody could tell apart, and what it cost.
#[derive(PartialEq, Debug)]
struct Told {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    statements: u64,
}

async fn told(world: &World, user: &User<'_>, document: &str) -> Told {
    let before = world.statements();
    let response = user.send(document).await;
    let statements = world.statements() - before;
    let status = response.status().as_u16();
    let names_the_request = |name: &str| name == "x-request-id";
    let headers = response.headers().iter().filter(|(name, _)| !names_the_request(name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    Told { status, headers, body: response.into_body().into_string().await.expect("a body"), statements }
}

/// Look-ups at a root, with `$` for what is looked up, and who may not know of it: what there is, and what is not.
fn lookups(hidden: &Hidden) -> Vec<(String, Value, Value)> {
    let Hidden { document, edition, draft, section, recommendation, review, seat, grant: _ } = hidden;
    let by_id = |template: &str, id: &Value| (template.to_owned(), id.clone(), absent(id));
    let by_name = |template: &str, there: &str, not: &str| (template.to_owned(), json!(there), json!(not));
    let mut lookups = vec![
        by_id("{ document(id: $) { id title } }", document),
        by_id("{ edition(id: $) { id number } }", edition),
        by_id("{ edition(id: $) { id sections { id } } }", draft),
        by_id("{ review(id: $) { id isOpen } }", review),
        by_id("{ compareEditions(before: $, after: $) { summary { added } } }", edition),
        by_id("{ search(text: \"canary\", document: $) { nodes { snippetText } } }", document),
        by_id("{ search(text: \"canary\", document: $, in: DRAFTS) { nodes { snippetText } } }", document),
        by_id("{ section(document: $, key: \"clinic\") { id } }", document),
        by_id("{ recommendation(document: $, number: 1) { id } }", document),
        by_name("{ document(slug: $) { id title } }", "apart", "other"),
        by_name("{ section(document: $, key: \"clinic\") { id } }", "apart", "other"),
        by_name("{ recommendation(document: $, number: 1) { id } }", "apart", "other"),
        by_name("{ section(document: \"others\", key: $) { id body } }", "board", "bored"),
        by_name(
            "{ document(slug: \"others\") { section(key: $) { id } edition { section(key: $) { id } } } }",
            "annex",
            "index",
        ),
        by_name("{ document(slug: \"others\") { edition(number: $) { id } } }", "2.0", "9.0"),
        by_name("{ section(document: \"others\", edition: $, key: \"clinic\") { id } }", "2.0", "9.0"),
        ("{ recommendation(document: \"others\", number: $) { id } }".to_owned(), json!(4), json!(9)),
    ];
    for id in [document, edition, draft, section, recommendation, review, seat] {
        lookups.push(by_id("{ node(id: $) { __typename id } }", id));
        lookups.push(by_id("{ nodes(ids: [$]) { __typename id } }", id));
    }
    lookups
}

/// Those of the ids whose look-up a partner may make.
fn is_for_partners(template: &str, hidden: &Value, of: &Hidden) -> bool {
    template.starts_with("{ node") && *hidden == of.seat
}

/// The ids that an input names, by the names of its fields.
fn ids(hidden: &Hidden) -> [(&'static str, &Value); 8] {
    [
        ("documentId", &hidden.document),
        ("editionId", &hidden.edition),
        ("sectionId", &hidden.section),
        ("parentId", &hidden.section),
        ("afterId", &hidden.section),
        ("reviewId", &hidden.review),
        ("seatId", &hidden.seat),
        ("grantId", &hidden.grant),
    ]
}

/// Mutations that name one hidden thing, or only hidden things, and the same with what is not there.
fn acts(schema: &Schema, values: &Values, hidden: &Hidden) -> Vec<(String, String)> {
    let known = Known::default();
    let writer = Writer { schema, known: &known };
    let all = |change: fn(&Value) -> Value| {
        ids(hidden).into_iter().fold(values.clone(), |values, (field, id)| values.with(field, &change(id)))
    };
    let mut pairs = vec![(all(Value::clone), all(absent))];
    for (field, id) in ids(hidden) {
        pairs.push((values.clone().with(field, id), values.clone().with(field, &absent(id))));
    }
    let mut acts = Vec::new();
    for field in schema.fields("Mutation") {
        let write = |values: &Values| {
            let input = values.input(schema, &field.arguments[0].kind);
            writer.document(&Start::Root("mutation"), &[Call::act(field, &input)], -1)
        };
        let pairs = pairs.iter().map(|(hidden, absent)| (write(hidden), write(absent)));
        acts.extend(pairs.filter(|(hidden, absent)| hidden != absent));
    }
    acts.dedup();
    acts
}

/// Who somebody is may be remembered: then the first look-up costs more than the second, whatever is looked up.
async fn is_known(world: &World, user: &User<'_>) {
    told(world, user, "{ viewer { isSignedIn } }").await;
}

on_both_databases! {
    async fn a2_what_is_not_for_somebody_answers_like_what_is_not_there(world: World) {
        let scene = Scene::set(&world).await;
        let hidden = Hidden::in_scene(&scene).await;
        let partner = world.user("partner");
        let strangers = [
            ("anonymous", world.anonymous()),
            ("nobody", world.user("nobody")),
            ("nurse whose term has ended", world.user("once-nurse")),
            ("partner", partner),
            ("observer", world.seated("other-observer", Office::Observer, None).await),
            ("chair", scene.chair.clone()),
            ("secretariat", scene.secretariat.clone()),
            ("nurse", scene.nurse.clone()),
            ("editor", scene.editor.clone()),
        ];
        for (template, there, not) in lookups(&hidden) {
            let [there_query, not_query] = [&there, &not].map(|value| template.replace('$', &value.to_string()));
            let witness = told(&world, &scene.other_chair, &there_query).await;
            let nothing = told(&world, &scene.other_chair, &not_query).await;
            assert_ne!(witness.body, nothing.body, "{template} finds nothing: this test is blind to it");
            for (who, user) in &strangers {
                if is_for_partners(&template, &there, &hidden) && strangers[3..].iter().any(|(name, _)| name == who) {
                    continue;
                }
                let foreign = template.replace('$', "\"b3JnYW5pc2F0aW9uOjAxOTAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA\"");
                is_known(&world, user).await;
                for query in [&there_query, &not_query] {
                    // That something is not there for somebody is remembered as well: for both, or for neither.
                    told(&world, user, query).await;
                }
                let (hides, lacks) = (told(&world, user, &there_query).await, told(&world, user, &not_query).await);
                assert_eq!(hides, lacks, "{template} by {who}");
                if there.is_string() && !template.contains("edition: $") && !template.contains("number: $") {
                    // An id says itself of what kind it is. One of another kind asks the database nothing, so whether the
                    // answer may be kept on the way can differ; what it says does not.
                    let foreign = told(&world, user, &foreign).await;
                    assert_eq!((hides.status, hides.body), (foreign.status, foreign.body), "{template} by {who}");
                }
            }
        }
        let schema = Schema::as_told_to(&world.anonymous()).await;
        let values = scene.spare_values().await;
        for (hides, lacks) in acts(&schema, &values, &hidden) {
            for (who, user) in &strangers {
                if hides.contains("seatId") && strangers[3..].iter().any(|(name, _)| name == who) {
                    continue; // Seats are shown to partners and the groups.
                }
                is_known(&world, user).await;
                let (hides, lacks) = (told(&world, user, &hides).await, told(&world, user, &lacks).await);
                assert_eq!(hides, lacks, "{who}");
            }
        }
    }

    async fn a2_what_is_not_for_somebody_takes_as_long_as_what_is_not_there(world: World) {
        let scene = Scene::set(&world).await;
        let hidden = Hidden::in_scene(&scene).await;
        let schema = Schema::as_told_to(&world.anonymous()).await;
        let values = scene.spare_values().await;
        let lookups = lookups(&hidden).into_iter().map(|(template, there, not)| {
            (template.replace('$', &there.to_string()), template.replace('$', &not.to_string()))
        });
        let stranger = world.user("once-nurse");
        for (there, not) in lookups.chain(acts(&schema, &values, &hidden).into_iter().step_by(3)) {
            takes_as_long(&stranger, &there, &not).await;
        }
    }
}

/// How much longer one may take than the other: a share, and what a timer is off by.
const TOLERANCE: (f64, Duration) = (1.5, Duration::from_micros(500));

/// Asks for each by turns, so that whatever else the machine does slows down both. A difference that is real stays,
/// however often one asks; one that is not goes away.
async fn takes_as_long(user: &User<'_>, there: &str, not: &str) {
    let mut medians = Vec::new();
    for tries in [20, 100, 400] {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..tries {
            for (document, times) in [there, not].into_iter().zip(&mut times) {
                let begun = Instant::now();
                user.send(document).await;
                times.push(begun.elapsed());
            }
        }
        let [there, not] = times.map(|mut times| {
            times.sort();
            times[times.len() / 2]
        });
        let longer = |one: Duration, other: Duration| one > other.mul_f64(TOLERANCE.0) + TOLERANCE.1;
        if !longer(there, not) && !longer(not, there) {
            return;
        }
        medians.push((there, not));
    }
    panic!("what is hidden can be told by the clock: {medians:?}\n{there}\n{not}");
}
