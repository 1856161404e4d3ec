//! Lists that are answered at once say, byte for byte, what the ordinary way says.
//!
//! Operations are made at random from the schema itself, so a field that is added is tried as well. A name that is selected
//! twice, here `__typename` at the root, makes the whole document be answered in the ordinary way.

use std::collections::HashMap;

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use crate::{
    acts::stage::{ADVICE, Stage},
    harness::{on_both_databases, world::World},
};

/// Types that are published, and some whose fields are waited for; fields that lead elsewhere are not followed.
const FOLLOWED: [&str; 9] =
    ["Document", "Edition", "Section", "Recommendation", "Requirement", "Reference", "Cell", "Position", "Person"];
const OPERATIONS: usize = 150;

/// A field as the schema tells it.
#[derive(Clone, Debug)]
struct Field {
    name: String,
    /// What its type is called, without what wraps it.
    of: String,
    is_leaf: bool,
    has_format: bool,
}

async fn fields(world: &World) -> HashMap<String, Vec<Field>> {
    let query = "query($name: String!) { __type(name: $name) { fields { name args { name type { kind } defaultValue }
        type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } }";
    let mut known = HashMap::new();
    for name in FOLLOWED {
        let data = world.anonymous().ask(query, json!({ "name": name })).await.data();
        let fields = data["__type"]["fields"].as_array().expect("fields").iter().filter_map(|field| {
            let args = field["args"].as_array()?;
            let is_required = |arg: &Value| arg["type"]["kind"] == "NON_NULL" && arg["defaultValue"].is_null();
            let (kind, of) = innermost(&field["type"]);
            let is_leaf = ["SCALAR", "ENUM"].contains(&kind.as_str());
            let is_followed = is_leaf || FOLLOWED.contains(&of.as_str());
            let has_format = args.iter().any(|arg| arg["name"] == "format");
            let name = field["name"].as_str()?.to_owned();
            (is_followed && !args.iter().any(is_required)).then_some(Field { name, of, is_leaf, has_format })
        });
        known.insert(name.to_owned(), fields.collect());
    }
    known
}

fn innermost(of: &Value) -> (String, String) {
    match &of["ofType"] {
        Value::Null => {
            (of["kind"].as_str().unwrap_or_default().to_owned(), of["name"].as_str().unwrap_or_default().to_owned())
        }
        inner => innermost(inner),
    }
}

/// Draws numbers as proptest gives them.
struct Dice<'a>(&'a mut TestRunner);

impl Dice<'_> {
    fn below(&mut self, most: usize) -> usize {
        (0..most).new_tree(self.0).expect("a number").current()
    }

    fn pick<'v>(&mut self, of: &[&'v str]) -> &'v str {
        of[self.below(of.len())]
    }
}

/// A selection of something of a type, in braces. Names in it are made unique by a count.
fn selection(
    dice: &mut Dice<'_>,
    known: &HashMap<String, Vec<Field>>,
    of: &str,
    depth: usize,
    count: &mut usize,
) -> String {
    let mut out = String::from("{ ");
    for _ in 0..=dice.below(6) {
        *count += 1;
        if *count > 40 {
            break;
        }
        let alias = format!("a{count}: ");
        // A document may hold no more than twenty.
        let directive = match dice.below(8) {
            0 => dice.pick(&["@include(if: true)", "@skip(if: $no)", "@include(if: $no)", "@skip(if: true)"]),
            _ => "",
        };
        match dice.below(8) {
            0 => out += &format!("{alias}__typename {directive} "),
            1 if depth > 0 => out += &format!("... {directive} {} ", selection(dice, known, of, depth - 1, count)),
            2 if depth > 0 => {
                let condition = dice.pick(&[of, of, "Node"]);
                let inner = if condition == "Node" {
                    format!("{{ a{count}x: id }}")
                } else {
                    selection(dice, known, of, depth - 1, count)
                };
                if condition == of || ["Document", "Edition", "Section", "Recommendation"].contains(&of) {
                    out += &format!("... on {condition} {directive} {inner} ");
                }
            }
            _ => {
                let fields = &known[of];
                let field = &fields[dice.below(fields.len())];
                let format = if field.has_format {
                    dice.pick(&["", "(format: HTML)", "(format: $form)", "(format: TEXT)"])
                } else {
                    ""
                };
                if field.is_leaf {
                    out += &format!("{alias}{}{format} {directive} ", field.name);
                } else if depth > 0 {
                    let inner = selection(dice, known, &field.of, depth - 1, count);
                    out += &format!("{alias}{}{format} {directive} {inner} ", field.name);
                }
            }
        }
    }
    *count += 1;
    out + &format!("z{count}: __typename }}")
}

on_both_databases! {
    async fn lists_answered_at_once_say_what_the_ordinary_way_says(world: World) {
        let mut stage = Stage::published_as(&world, &ADVICE.replace("audience: PARTNERS", "audience: PUBLIC")).await;
        stage.turn(1).await;
        stage.open(json!({ "reason": "More." })).await;
        let known = fields(&world).await;
        assert!(known["Section"].len() > 15 && known["Recommendation"].len() > 5, "{known:?}");
        let mut runner = TestRunner::new(Config::default());
        for _ in 0..OPERATIONS {
            let (mut dice, mut count) = (Dice(&mut runner), 0);
            let inner = selection(&mut dice, &known, "Section", 4, &mut count);
            let others = selection(&mut dice, &known, "Recommendation", 2, &mut count);
            let whole = dice.pick(&["edition", "draft"]);
            let document = |twins: &str| {
                format!(
                    "query($no: Boolean!, $form: TextFormat!) {{ {twins}
                     document(slug: \"acts\") {{ {whole} {{ number @skip(if: $no) sections {inner} recommendations {others} }}
                     section(key: \"records\") {{ body(format: $form) }} }} }}"
                )
            };
            let variables = json!({ "no": dice.below(2) == 0, "form": dice.pick(&["HTML", "TEXT", "MARKDOWN"]) });
            for user in [&world.anonymous(), &stage.nurse] {
                let at_once = user.text(&document("__typename"), &variables).await;
                let ordinary = user.text(&document("__typename __typename"), &variables).await;
                assert_eq!(at_once, ordinary, "{}\n{variables}", document("__typename"));
                let again = user.text(&document("__typename # asked before, in part"), &variables).await;
                assert_eq!(again, ordinary, "{}\n{variables}", document("__typename"));
                assert!(at_once.starts_with("{\"data\""), "{at_once}");
            }
        }
    }
}
