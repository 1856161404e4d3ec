//! Walks through everything that somebody can ask for, and notes what came out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    canaries,
    inputs::Values,
    known::Known,
    operations::{Call, Depth, PART, Start, Writer},
    schema::Schema,
};
use crate::harness::world::User;

/// Ids in one operation.
const IDS: usize = 10;
/// Calls in one operation: each has a name of its own, and the guard counts those.
const CALLS: usize = 90;
/// Above this many calls of one kind, each goes one step less far.
const MANY: usize = 60;

/// What the walks have found out.
pub(super) struct Walker {
    pub(super) schema: Schema,
    pub(super) known: Known,
    /// Fields that were asked of something that was there, by anybody.
    pub(super) reached: BTreeSet<(String, String)>,
    /// Fields in whose words a canary was seen, by anybody.
    pub(super) worded: BTreeSet<(String, String)>,
    /// The ids that each one saw of things that are found by them.
    shown: BTreeMap<&'static str, BTreeSet<String>>,
    /// The canaries that each one saw.
    pub(super) seen: BTreeMap<&'static str, BTreeSet<String>>,
    /// Calls that were made, by whom and where.
    made: BTreeSet<String>,
    /// Calls that were somebody's mistake, whatever they may read.
    mistakes: BTreeSet<String>,
}

impl Walker {
    pub(super) fn new(schema: Schema) -> Self {
        Self {
            schema,
            known: Known::default(),
            reached: BTreeSet::new(),
            worded: BTreeSet::new(),
            shown: BTreeMap::new(),
            seen: BTreeMap::new(),
            made: BTreeSet::new(),
            mistakes: BTreeSet::new(),
        }
    }

    /// Everything from the root of queries, and from each thing that anybody knows an id of.
    pub(super) async fn walk(&mut self, who: &'static str, user: &User<'_>) {
        for field in self.fields_of("Query") {
            let depth = if field.len() > MANY { 0 } else { 1 };
            self.ask_all(who, user, Start::Root("query"), field, depth).await;
        }
        let kinds: Vec<String> = self.known.kinds().map(str::to_owned).collect();
        for kind in kinds.into_iter().filter(|kind| self.schema.is_node(kind)).collect::<Vec<_>>() {
            let ids = self.existing(who, user, &kind).await;
            let calls: Vec<Call> = self.fields_of(&kind).concat();
            for ids in ids.chunks(IDS) {
                let start = Start::Nodes(kind.clone(), ids.to_vec());
                self.ask_all(who, user, start, calls.clone(), 0).await;
            }
        }
    }

    /// Of the things of one type that anybody knows, those that are there for somebody. The others have no fields.
    async fn existing(&mut self, who: &'static str, user: &User<'_>, kind: &str) -> Vec<String> {
        let ids: Vec<String> = self.known.ids(kind).map(str::to_owned).collect();
        let mut existing = Vec::new();
        for ids in ids.chunks(100) {
            let query = format!("{{ nodes(ids: {ids:?}) {{ __typename id }} }}");
            let answer = self.ask(who, user, &query).await;
            let found = answer["data"]["nodes"].as_array().expect("nodes").iter();
            existing.extend(found.filter_map(|node| node["id"].as_str().map(str::to_owned)));
        }
        existing
    }

    /// Every mutation, with these values: what is refused is looked into as well, and so is every payload.
    pub(super) async fn act(&mut self, who: &'static str, user: &User<'_>, values: &Values) {
        for field in self.schema.fields("Mutation").to_vec() {
            let input = values.input(&self.schema, &field.arguments[0].kind);
            self.ask_all(who, user, Start::Root("mutation"), vec![Call::act(&field, &input)], 1).await;
        }
    }

    /// The calls of each field of a type.
    fn fields_of(&self, owner: &str) -> Vec<Vec<Call>> {
        let writer = Writer { schema: &self.schema, known: &self.known };
        self.schema.fields(owner).iter().map(|field| writer.calls_of(field)).collect()
    }

    /// Makes calls, as many at once as the service takes.
    async fn ask_all(&mut self, who: &'static str, user: &User<'_>, start: Start, calls: Vec<Call>, depth: Depth) {
        // What was learnt on the way gives rise to more calls; those made before are not made again.
        let is_new = |call: &Call| self.made.insert(format!("{who} {start:?} {call}"));
        let calls: Vec<Call> = calls.into_iter().filter(is_new).collect();
        let (alone, together): (Vec<Call>, Vec<Call>) =
            calls.into_iter().partition(|call| self.mistakes.contains(&call.to_string()));
        let chunks = together.chunks(CALLS).chain(alone.chunks(1));
        let mut open: Vec<(Start, Vec<Call>, Depth)> =
            chunks.map(|calls| (start.clone(), calls.to_vec(), depth)).collect();
        while let Some((start, mut calls, depth)) = open.pop() {
            let document = Writer { schema: &self.schema, known: &self.known }.document(&start, &calls, depth);
            let answer = self.ask(who, user, &document).await;
            let is_too_large = answer["errors"][0]["extensions"]["code"] == "QUERY_TOO_LARGE";
            if answer["data"].is_object() {
                continue;
            }
            // One mistake leaves nothing of its neighbours, so each is made alone.
            if calls.len() == 1 && !is_too_large {
                let code = &answer["errors"][0]["extensions"]["code"];
                let is_refusal = ["NOT_FOUND", "FORBIDDEN", "BAD_USER_INPUT"].iter().any(|known| code == known);
                assert!(is_refusal, "{who} asked for {document}\n{answer:#}");
                self.mistakes.extend(calls.iter().map(ToString::to_string));
                continue;
            }
            if calls.len() > 1 {
                let rest = calls.split_off(calls.len() / 2);
                open.extend([(start.clone(), rest, depth), (start, calls, depth)]);
                continue;
            }
            match start {
                Start::Nodes(kind, mut ids) if ids.len() > 1 => {
                    let rest = ids.split_off(ids.len() / 2);
                    open.extend([rest, ids].map(|ids| (Start::Nodes(kind.clone(), ids), calls.clone(), depth)));
                }
                start => {
                    assert!(depth >= 0, "the service never takes {document}");
                    open.push((start, calls, depth - 1));
                }
            }
        }
    }

    /// Sends an operation, and takes in whatever comes back, headers included.
    pub(super) async fn ask(&mut self, who: &'static str, user: &User<'_>, document: &str) -> Value {
        let response = user.send(document).await;
        let head = format!("{:?}", response.headers());
        self.listen_for_canaries(who, &head);
        let text = response.into_body().into_string().await.expect("a body");
        self.hear(who, &text)
    }

    /// Takes in an answer, or a message to a listener.
    pub(super) fn hear(&mut self, who: &'static str, text: &str) -> Value {
        assert!(!text.contains("\"INTERNAL\""), "{who} got {text}");
        self.listen_for_canaries(who, text);
        let answer = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        self.note(who, &answer);
        answer
    }

    fn listen_for_canaries(&mut self, who: &'static str, text: &str) {
        let seen = self.seen.entry(who).or_default();
        for word in canaries::words_in(text) {
            if !seen.contains(word) {
                seen.insert(word.to_owned());
            }
        }
    }

    fn note(&mut self, who: &'static str, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.note(who, item)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    if !key.contains(&format!("__{PART}")) {
                        counts_what_it_shows(value);
                    }
                    if let Some(kind) = fields.get("__typename").and_then(Value::as_str) {
                        self.note_field(who, kind, key.split("__").next().unwrap_or(key), value);
                    }
                    self.note(who, value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Whatever somebody was shown the id of must be there for them.
    pub(super) async fn find_what_was_shown(&mut self, who: &'static str, user: &User<'_>) {
        let shown: Vec<String> = self.shown.get(who).into_iter().flatten().cloned().collect();
        for ids in shown.chunks(100) {
            let answer = self.ask(who, user, &format!("{{ nodes(ids: {ids:?}) {{ __typename id }} }}")).await;
            for (id, node) in ids.iter().zip(answer["data"]["nodes"].as_array().expect("nodes")) {
                assert!(!node.is_null(), "{who} was shown {id}, which is not there for them");
            }
        }
    }

    fn note_field(&mut self, who: &'static str, kind: &str, field: &str, value: &Value) {
        if field.is_empty() {
            return; // `__typename`
        }
        self.known.learn(kind, field, value);
        if let Some(id) = value.as_str().filter(|_| field == "id" && self.schema.is_node(kind)) {
            self.shown.entry(who).or_default().insert(id.to_owned());
        }
        let entry = (kind.to_owned(), field.to_owned());
        if value.as_str().is_some_and(|text| canaries::words_in(text).next().is_some()) {
            self.worded.insert(entry.clone());
        }
        self.reached.insert(entry);
    }
}

/// A list that is shown whole has as many things in it as it says.
fn counts_what_it_shows(list: &Value) {
    let (count, nodes, page) = (list["totalCount"].as_u64(), list["nodes"].as_array(), &list["pageInfo"]);
    if let (Some(count), Some(nodes), Some(false), Some(false)) =
        (count, nodes, page["hasNextPage"].as_bool(), page["hasPreviousPage"].as_bool())
    {
        assert_eq!(count, nodes.len() as u64, "{list:#}");
    }
}
