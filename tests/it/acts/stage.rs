//! The group, its document under review, and what every test of acts asks about them.

use consilium::domain::role::{Discipline, Office};
use serde_json::{Value, json};

use crate::harness::world::{User, World};

/// A document for partners: sections for surgery and nursing, one under another, and one that nobody is named in.
pub(crate) const ADVICE: &str = include_str!("../data/acts.md");
/// A digest that no text has.
pub(super) const NO_DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// Everybody, and the document `acts` of the group.
pub(crate) struct Stage<'a> {
    pub(crate) world: &'a World,
    pub(crate) chair: User<'a>,
    pub(crate) vice_chair: User<'a>,
    pub(crate) secretariat: User<'a>,
    pub(crate) surgeon: User<'a>,
    pub(crate) nurse: User<'a>,
    pub(crate) second_nurse: User<'a>,
    pub(crate) patient: User<'a>,
    pub(crate) adviser: User<'a>,
    pub(crate) editor: User<'a>,
    pub(crate) document: Value,
    pub(crate) editor_grant: Value,
    /// The open review; null until one is.
    pub(crate) review: Value,
}

impl<'a> Stage<'a> {
    /// Edition 1.0 is in force, and no review is open.
    pub(crate) async fn published(world: &'a World) -> Self {
        Self::published_as(world, ADVICE).await
    }

    /// The same with another text of the same shape.
    pub(crate) async fn published_as(world: &'a World, advice: &str) -> Self {
        let member = async |subject, discipline| world.seated(subject, Office::Member, Some(discipline)).await;
        let chair = world.seated("chair", Office::Chair, None).await;
        let secretariat = world.seated("secretariat", Office::Secretariat, None).await;
        let input = json!({ "groupId": world.group_id(&chair).await, "manuscript": advice });
        let document = chair.run("importDocument", input, "document { id }").await.done()["document"]["id"].clone();
        let editor = json!({ "person": { "subject": "editor", "name": "editor" } });
        let input = json!({ "documentId": document, "role": "EDITOR", "to": editor });
        let editor_grant = secretariat.run("grantRole", input, "grantId").await.done()["grantId"].clone();
        Self {
            chair,
            vice_chair: world.seated("vice-chair", Office::ViceChair, None).await,
            secretariat,
            surgeon: member("surgeon", Discipline::Surgery).await,
            nurse: member("nurse", Discipline::Nursing).await,
            second_nurse: member("second-nurse", Discipline::Nursing).await,
            patient: member("patient", Discipline::PatientRepresentative).await,
            adviser: world.seated("adviser", Office::Adviser, None).await,
            editor: world.user("editor"),
            document,
            editor_grant,
            review: Value::Null,
            world,
        }
    }

    /// The full review is open, before its time.
    pub(crate) async fn in_review(world: &'a World) -> Self {
        let mut stage = Self::published(world).await;
        stage.open(json!({ "reason": "New evidence." })).await;
        stage
    }

    /// Opens a review.
    pub(crate) async fn open(&mut self, fields: Value) {
        let input = with(json!({ "documentId": self.document }), fields);
        self.review = self.secretariat.run("openReview", input, "review { id }").await.done()["review"]["id"].clone();
    }

    /// What the chair reads of the document.
    pub(crate) async fn see(&self, selection: &str) -> Value {
        let query = format!("{{ document(slug: \"acts\") {{ {selection} }} }}");
        self.chair.ask(&query, json!({})).await.data()["document"].clone()
    }

    /// A section of the draft.
    pub(crate) async fn section(&self, key: &str) -> Value {
        let selection = format!(
            "draft {{ section(key: \"{key}\") {{ id key number digest heading body summary author {{ name }} \
             recommendations {{ id number strength text summary isStoodDown }} }} }}"
        );
        self.see(&selection).await["draft"]["section"].clone()
    }

    /// Names a section of the draft as it stands, as the inputs of edits do.
    pub(crate) async fn named(&self, key: &str) -> Value {
        let section = self.section(key).await;
        json!({ "sectionId": section["id"], "digest": section["digest"] })
    }

    /// Names a section of the draft and the arrangement it stands in, as the input of a move does.
    pub(crate) async fn placed(&self, key: &str) -> Value {
        let arrangement = self.see("draft { arrangement }").await["draft"]["arrangement"].clone();
        with(without(self.named(key).await, "digest"), json!({ "arrangement": arrangement }))
    }

    /// Names the text of a section as it stands, as the inputs of positions do.
    pub(crate) async fn at(&self, key: &str) -> Value {
        with(self.named(key).await, json!({ "reviewId": self.review }))
    }

    /// Names the whole as it stands, likewise.
    pub(crate) async fn whole(&self) -> Value {
        let digest = self.see("review { wholeDigest }").await["review"]["wholeDigest"].clone();
        json!({ "reviewId": self.review, "digest": digest })
    }

    /// Gives a section of the draft another body.
    pub(crate) async fn revise(&self, user: &User<'_>, key: &str, body: &str) -> Value {
        let input = with(self.named(key).await, json!({ "body": body }));
        user.run("reviseSection", input, "section { id digest }").await.done()["section"].clone()
    }

    /// Signs a section off, as it stands.
    pub(crate) async fn sign(&self, user: &User<'_>, key: &str) {
        user.run("signOff", self.at(key).await, "position { id }").await.done();
    }

    /// Everybody signs what a clinical draft needs.
    pub(crate) async fn sign_all(&self) {
        for (user, key) in [(&self.surgeon, "clinic"), (&self.nurse, "clinic"), (&self.nurse, "rota")] {
            self.sign(user, key).await;
        }
        self.sign(&self.surgeon, "operation").await;
        self.patient.run("signOff", self.whole().await, "position { id }").await.done();
        self.settle();
    }

    /// Passes the moment in which acts of one seat are put in order, a millisecond apart.
    pub(crate) fn settle(&self) {
        self.world.pass(chrono::TimeDelta::seconds(1));
    }

    /// Writes the note that a major number needs.
    pub(crate) async fn note(&self) {
        let input = json!({ "documentId": self.document, "note": "The clinic changed." });
        self.secretariat.run("writeChangeNote", input, "edition { id }").await.done();
    }

    /// Publishes the draft.
    pub(crate) async fn publish(&self) -> Value {
        let input = json!({ "reviewId": self.review });
        self.chair.run("publishEdition", input, "edition { id number }").await.done()["edition"].clone()
    }

    /// A whole round: a correction that says of two sections which turn it is, published; every fourth is withdrawn.
    pub(crate) async fn turn(&mut self, turn: usize) {
        self.open(json!({ "reason": "It is the next turn." })).await;
        for key in ["operation", "records"] {
            self.revise(&self.editor, key, &format!("This is turn {turn}")).await;
        }
        self.sign_all().await;
        self.note().await;
        let published = self.publish().await;
        if turn.is_multiple_of(4) {
            let input = json!({ "editionId": published["id"], "explanation": "It was only a turn." });
            self.chair.run("withdrawEdition", input, "edition { id }").await.done();
        }
        self.settle();
    }

    /// A cell of the open review; `key` is empty for the whole.
    pub(crate) async fn cell(&self, key: &str, discipline: &str) -> Value {
        let selection = "review { cells { discipline needed given state section { key } \
            eligibleSeats { holder { name } } signOffs { seat { holder { name } } } objections { reason } } }";
        let cells = self.see(selection).await["review"]["cells"].as_array().expect("cells").clone();
        let wanted = |cell: &Value| {
            cell["discipline"] == discipline && cell["section"]["key"].as_str().unwrap_or_default() == key
        };
        cells.into_iter().find(wanted).expect("a cell")
    }

    /// Where a cell stands.
    pub(crate) async fn state(&self, key: &str, discipline: &str) -> String {
        word(&self.cell(key, discipline).await["state"])
    }

    /// The codes of what stands in the way of publication.
    pub(crate) async fn blockers(&self) -> Vec<String> {
        let gate = self.see("review { gate { blockers { code } } }").await["review"]["gate"].clone();
        gate["blockers"].as_array().expect("blockers").iter().map(|blocker| word(&blocker["code"])).collect()
    }

    /// The seat of somebody, by their name.
    pub(crate) async fn seat(&self, name: &str) -> Value {
        let query = "{ group(slug: \"expert-group\") { seats(all: true) { id holder { name } } } }";
        let seats = self.chair.ask(query, json!({})).await.data()["group"]["seats"].as_array().expect("seats").clone();
        seats.into_iter().find(|seat| seat["holder"]["name"] == name).expect("a seat")["id"].clone()
    }

    /// How many acts the review has on record.
    pub(crate) async fn recorded(&self) -> u64 {
        let seen = self.see("review { positions(first: 0) { totalCount } }").await;
        seen["review"]["positions"]["totalCount"].as_u64().expect("a count")
    }
}

/// An input with more fields, or others.
pub(crate) fn with(mut input: Value, more: Value) -> Value {
    let fields = input.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    input
}

/// An input without a field.
pub(crate) fn without(mut input: Value, field: &str) -> Value {
    input.as_object_mut().expect("an object").remove(field);
    input
}

/// A word that a field answers.
pub(crate) fn word(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no word: {value}")).to_owned()
}
