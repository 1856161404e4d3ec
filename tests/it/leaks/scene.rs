//! Documents in every state, with a canary in each text that is not for everybody, and in those that are.
//!
//! ```text
//! open       PUBLIC    1.0 superseded, 2.0 in force, a draft under review; one section for partners, two for the group
//! partners   PARTNERS  1.0 in force, under review, in its final window
//! withdrawn  PARTNERS  1.0 withdrawn
//! secret     GROUP     1.0 in force, once reaffirmed; a review of it was cancelled, its draft is there
//! fresh      PUBLIC    a draft under review, never published
//! others     PUBLIC    of another group: 1.0 in force; a partial review, in which another section was changed
//! apart      GROUP     of another group: 1.0 in force; a correction, in which more than wording was changed
//! spare      GROUP     1.0 in force, under review: mutations are tried on it
//! ```

use consilium::{
    commands::{self, EnterAffiliation, GrantSeat, NewOrganisation},
    domain::{
        access::Actor,
        appointment::Invitee,
        directory::OrganisationKind,
        document::Key,
        id::GroupId,
        role::{Discipline, Office, Post},
        text::Line,
    },
};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{
    canaries::{Canaries, Circle, Place, drafted, published},
    inputs::Values,
};
use crate::{
    acts::stage::with,
    harness::world::{User, World},
    machines::partner::{ALL, KeyPair, Partner, new_client, organisation},
};

/// Everything that is there.
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a World,
    pub(crate) canaries: Canaries,
    pub(crate) chair: User<'a>,
    pub(crate) vice_chair: User<'a>,
    pub(crate) secretariat: User<'a>,
    pub(crate) nurse: User<'a>,
    pub(crate) surgeon: User<'a>,
    pub(super) pathologist: User<'a>,
    pub(crate) patient: User<'a>,
    pub(crate) other_chair: User<'a>,
    pub(crate) editor: User<'a>,
    pub(crate) editor_of_others: User<'a>,
    /// A client of an organisation, with every scope and COMMENTER on `open`.
    pub(crate) machine: User<'a>,
    organisation: Value,
    spare_client: Value,
    secret_slug: String,
    fresh_slug: String,
}

impl<'a> Scene<'a> {
    pub(crate) async fn set(world: &'a World) -> Self {
        let member = async |subject: &str, discipline| world.seated(subject, Office::Member, Some(discipline)).await;
        let slug = Key::new("other-group").expect("a slug");
        let name = Line::new("Other Group").expect("a name");
        let others = commands::found_group(&world.store, &slug, &name).await.expect("a group");
        let mut canaries = Canaries::default();
        let nurse = canaries.plant(published("directory", Circle::Partners), "nurse");
        let secret_slug = canaries.plant(published("secret", Circle::Group), "slug");
        let pathologist = canaries.plant(published("directory", Circle::Public), "pathologist");
        let fresh_slug = canaries.plant(drafted("fresh", Circle::Public), "slug");
        let mut scene = Self {
            world,
            canaries,
            chair: world.seated("chair", Office::Chair, None).await,
            vice_chair: world.seated("vice-chair", Office::ViceChair, None).await,
            secretariat: world.seated("secretariat", Office::Secretariat, None).await,
            nurse: member(&nurse, Discipline::Nursing).await,
            surgeon: member("surgeon", Discipline::Surgery).await,
            pathologist: member(&pathologist, Discipline::Pathology).await,
            patient: member("patient", Discipline::PatientRepresentative).await,
            other_chair: world.user("other-chair"),
            editor: world.user("editor"),
            editor_of_others: world.user("editor-of-others"),
            machine: world.anonymous(),
            organisation: Value::Null,
            spare_client: Value::Null,
            secret_slug,
            fresh_slug,
        };
        scene.seat(others, "other-chair", Office::Chair, None, None).await;
        scene.seat(others, "other-secretariat", Office::Secretariat, None, None).await;
        scene
            .seat(world.group, "once-nurse", Office::Member, Some(Discipline::Nursing), Some("2018-01-01T00:00:00Z"))
            .await;
        world.seated("observer", Office::Observer, None).await;
        world.seated("adviser", Office::Adviser, None).await;
        partner(world).await;
        world.set_clock("2018-05-01T09:00:00Z");
        scene.open().await;
        scene.partners_and_withdrawn().await;
        scene.secret().await;
        scene.fresh().await;
        scene.others().await;
        scene.spare().await;
        scene.clients().await;
        // So late that everybody is reminded, and others are told of it.
        let late = "2034-01-01T09:00:00Z".parse().expect("a date");
        consilium::scheduler::remind(&world.store, late).await.expect("reminders");
        scene
    }

    /// Clients that the group's secretariat registered: one that asks, one whose keys are elsewhere, one to try things on.
    async fn clients(&mut self) {
        self.organisation = organisation(self.world, "Another alliance").await;
        let mut word = |place, what: &str| self.canaries.plant(published(place, Circle::Group), what);
        let [name, contact, kid] = ["name", "contact", "kid"].map(|what| word("clients", what));
        let [elsewhere, path] = ["name", "url"].map(|what| word("machines", what));
        let key = KeyPair::new(Algorithm::ES256, &kid);
        let new = async |fields: Value| {
            let input = new_client(self.world, &self.organisation, &ALL, &key.jwks()).await;
            self.secretariat.run("createClient", with(input, fields), "client { id clientId }").await.done()["client"]
                .clone()
        };
        let asking = new(json!({ "name": name, "contact": contact })).await;
        let url = format!("http://127.0.0.1:9/{path}");
        new(json!({ "name": elsewhere, "keys": { "keySetUrl": url } })).await;
        self.spare_client = new(json!({ "name": "Spare" })).await["id"].clone();
        let document = self.find(&self.secretariat, "open", "id").await["id"].clone();
        let to = json!({ "clientId": asking["id"] });
        run(&self.secretariat, "grantRole", json!({ "documentId": document, "role": "COMMENTER", "to": to })).await;
        let client_id = asking["clientId"].as_str().expect("a client").to_owned();
        let organisation = self.organisation.clone();
        let partner = Partner { world: self.world, key, id: asking["id"].clone(), client_id, organisation };
        self.machine = partner.machine(None).await;
        let body = self.canaries.plant(drafted("open", Circle::Public), "machinecomment");
        run(
            &self.machine,
            "writeComment",
            with(self.named(&self.chair, "open", "clinic").await, json!({ "body": body })),
        )
        .await;
    }

    async fn seat(
        &self,
        group: GroupId,
        who: &str,
        office: Office,
        discipline: Option<Discipline>,
        until: Option<&str>,
    ) {
        let invitee = Invitee { login: self.world.user(who).login(), name: Line::new(who).expect("a name") };
        let post = Post::new(office, discipline).expect("a post");
        let from = Some("2017-01-01T00:00:00Z".parse().expect("a date"));
        let until = until.map(|until| until.parse().expect("a date"));
        let command = GrantSeat { group, invitee, post, from, until, succeeds: None };
        commands::grant_seat(&self.world.store, &Actor::System, &command).await.expect("a seat");
    }

    async fn open(&mut self) {
        let group = self.world.group_id(&self.chair).await;
        self.import("open", "open", Circle::Public, true, &group).await;
        for (role, who) in [("READER", "reader"), ("COMMENTER", "commenter"), ("EDITOR", "editor")] {
            self.grant(&self.secretariat, "open", role, who).await;
        }
        let review = self.review("open", 0).await;
        let clinic = self.revision(published("open", Circle::Public), "2clinic", 1);
        self.revise(&self.editor, "open", "clinic", clinic).await;
        let note = self.canaries.plant(published("open", Circle::Public), "note");
        self.note("open", &note).await;
        let interest = self.interests().await;
        self.weigh(&interest, &review, "first").await;
        let reason = self.canaries.plant(drafted("open", Circle::Public), "signed");
        for user in [&self.nurse, &self.surgeon] {
            self.position(user, "signOff", "open", &review, Some("clinic"), json!({ "reason": reason })).await;
        }
        let reason = self.canaries.plant(published("open", Circle::Public), "minority");
        self.position(&self.nurse, "object", "open", &review, Some("clinic"), json!({ "reason": reason })).await;
        let objection = self.objection().await;
        run(&self.chair, "openBallot", with(objection.clone(), json!({ "reason": "Ordinary words" }))).await;
        for (user, is_in_favour) in [(&self.nurse, false), (&self.surgeon, true), (&self.patient, true)] {
            run(user, "castVote", with(objection.clone(), json!({ "isInFavour": is_in_favour }))).await;
        }
        run(&self.chair, "closeBallot", objection).await;
        self.position(&self.nurse, "signOff", "open", &review, Some("clinic"), json!({})).await;
        let reason = self.canaries.plant(drafted("open", Circle::Group), "signedwhole");
        self.position(&self.patient, "signOff", "open", &review, None, json!({ "reason": reason })).await;
        self.opinions(&review, published).await;
        self.world.pass(chrono::TimeDelta::days(1));
        run(&self.chair, "publishEdition", json!({ "reviewId": review })).await;

        let review = self.review("open", 0).await;
        for (section, circle, number) in
            [("clinic", Circle::Public, 1), ("guidance", Circle::Partners, 3), ("board", Circle::Group, 4)]
        {
            let revision = self.revision(drafted("open", circle), &format!("3{section}"), number);
            let class = if section == "clinic" { "EDITORIAL" } else { "CLINICAL" };
            self.revise(&self.editor, "open", section, with(revision, json!({ "class": class }))).await;
        }
        for (circle, parent) in [(Circle::Public, "clinic"), (Circle::Group, "board")] {
            let place = drafted("open", circle);
            let key = self.canaries.plant(place, &format!("{parent}key"));
            let heading = self.canaries.plant(place, &format!("{parent}newheading"));
            let parent = self.named(&self.chair, "open", parent).await["sectionId"].clone();
            let document = self.find(&self.chair, "open", "id").await["id"].clone();
            let input = json!({ "documentId": document, "key": key, "heading": heading, "parentId": parent });
            run(&self.editor, "createSection", input).await;
        }
        let note = self.canaries.plant(drafted("open", Circle::Public), "note");
        self.note("open", &note).await;
        self.comments().await;
        self.opinions(&review, drafted).await;
        self.weigh(&interest, &review, "second").await;
        let reason = self.canaries.plant(drafted("open", Circle::Public), "objection");
        self.position(&self.nurse, "object", "open", &review, Some("clinic"), json!({ "reason": reason })).await;
        let objection = self.objection().await;
        let reason = self.canaries.plant(drafted("open", Circle::Public), "ballot");
        run(&self.chair, "openBallot", with(objection, json!({ "reason": reason }))).await;
        let reason = self.canaries.plant(drafted("open", Circle::Group), "objectionwhole");
        self.position(&self.patient, "object", "open", &review, None, json!({ "reason": reason })).await;
        let instruction = self.canaries.plant(drafted("open", Circle::Public), "instruction");
        let letter = json!({ "act": "APPROVE", "instruction": instruction, "seatId": self.seat_of("surgeon").await });
        self.position(&self.secretariat, "recordInstructedPosition", "open", &review, Some("clinic"), letter).await;
        let reason = self.canaries.plant(drafted("open", Circle::Public), "moved");
        let later = json!({ "reviewId": review, "publicationOn": "2034-01-01", "reason": reason });
        run(&self.chair, "moveReview", later).await;
    }

    /// What the adviser says: of a section for everybody who reads the edition or the draft, and of one for the group.
    async fn opinions(&mut self, review: &Value, place: fn(&'static str, Circle) -> Place) {
        let adviser = self.world.user("adviser");
        for (circle, key) in [(Circle::Public, "clinic"), (Circle::Group, "board")] {
            let reason = self.canaries.plant(place("open", circle), &format!("{key}opinion"));
            let said = json!({ "stance": "CONCERNS", "reason": reason });
            self.position(&adviser, "giveOpinion", "open", review, Some(key), said).await;
        }
    }

    /// One that stands on a section for everybody who reads the draft, and one that is settled on a section for the group.
    async fn comments(&mut self) {
        for (circle, key, who) in [(Circle::Public, "clinic", "commenter"), (Circle::Group, "board", "editor")] {
            let place = drafted("open", circle);
            let body = self.canaries.plant(place, &format!("{key}comment"));
            let input = with(self.named(&self.chair, "open", key).await, json!({ "body": body }));
            let written = self.world.user(who).run("writeComment", input, "comment { id }").await.done();
            if circle == Circle::Group {
                let answer = self.canaries.plant(place, &format!("{key}answer"));
                run(&self.editor, "settleComment", json!({ "commentId": written["comment"]["id"], "answer": answer }))
                    .await;
            }
        }
    }

    async fn partners_and_withdrawn(&mut self) {
        let group = self.world.group_id(&self.chair).await;
        self.import("partners", "partners", Circle::Partners, true, &group).await;
        let review = self.review("partners", 10).await;
        for user in [&self.nurse, &self.surgeon] {
            self.position(user, "signOff", "partners", &review, Some("clinic"), json!({})).await;
        }
        self.position(&self.patient, "signOff", "partners", &review, None, json!({})).await;
        self.import("withdrawn", "withdrawn", Circle::Partners, true, &group).await;
        let edition = self.find(&self.chair, "withdrawn", "edition { id }").await["edition"]["id"].clone();
        let explanation = self.canaries.plant(published("withdrawn", Circle::Partners), "explanation");
        run(&self.chair, "withdrawEdition", json!({ "editionId": edition, "explanation": explanation })).await;
    }

    async fn secret(&mut self) {
        let (group, slug) = (self.world.group_id(&self.chair).await, self.secret_slug.clone());
        self.import("secret", &slug, Circle::Group, true, &group).await;
        let review = self.review(&slug, 0).await;
        for user in [&self.nurse, &self.surgeon] {
            self.position(user, "signOff", &slug, &review, Some("clinic"), json!({})).await;
        }
        self.position(&self.patient, "signOff", &slug, &review, None, json!({})).await;
        self.world.pass(chrono::TimeDelta::days(1));
        let statement = self.canaries.plant(published("secret", Circle::Group), "statement");
        run(&self.chair, "reaffirmDocument", json!({ "reviewId": review, "statement": statement })).await;
        let review = self.review(&slug, 0).await;
        let reason = self.canaries.plant(drafted("secret", Circle::Group), "cancelled");
        run(&self.chair, "cancelReview", json!({ "reviewId": review, "reason": reason })).await;
    }

    async fn fresh(&mut self) {
        let (group, slug) = (self.world.group_id(&self.chair).await, self.fresh_slug.clone());
        self.import("fresh", &slug, Circle::Public, false, &group).await;
        self.review(&slug, 0).await;
    }

    async fn others(&mut self) {
        let data = self.other_chair.ask("{ group(slug: \"other-group\") { id } }", json!({})).await.data();
        let group = data["group"]["id"].as_str().expect("a group").to_owned();
        self.import("others", "others", Circle::Public, true, &group).await;
        let secretariat = self.world.user("other-secretariat");
        self.grant(&secretariat, "others", "READER", "reader-of-others").await;
        self.grant(&secretariat, "others", "EDITOR", "editor-of-others").await;
        self.review("others", 0).await;
        self.import("apart", "apart", Circle::Group, true, &group).await;
        self.grant(&secretariat, "apart", "READER", "reader-of-others").await;
        self.review("apart", 0).await;
        self.grant(&secretariat, "apart", "EDITOR", "editor-of-others").await;
        let clinical = self.revision(drafted("apart", Circle::Group), "2clinic", 1);
        self.revise(&self.editor_of_others, "apart", "clinic", clinical).await;
        let revision = self.revision(drafted("others", Circle::Public), "2clinic", 1);
        self.revise(&self.editor_of_others, "others", "clinic", revision).await;
    }

    async fn spare(&mut self) {
        let group = self.world.group_id(&self.chair).await;
        self.import("spare", "spare", Circle::Group, true, &group).await;
        let review = self.review("spare", 0).await;
        self.position(&self.nurse, "signOff", "spare", &review, Some("clinic"), json!({})).await;
        let statement = json!({ "number": 1, "strength": "OFFER", "text": "Ordinary words" });
        let others = json!({ "body": "Ordinary words", "recommendations": [statement] });
        self.revise(&self.surgeon, "spare", "clinic", others).await;
        // On the whole, which nothing changes any more.
        self.position(&self.patient, "requestTime", "spare", &review, None, json!({ "until": "2018-05-25" })).await;
        self.grant(&self.secretariat, "spare", "READER", "spare-reader").await;
        self.seat(self.world.group, "spare-adviser", Office::Adviser, None, None).await;
    }

    /// Imports a document of four sections: one for its whole circle, one for partners, and two for the group, of which
    /// the one under the other does not say so itself.
    async fn import(&mut self, document: &'static str, slug: &str, circle: Circle, issued: bool, group: &str) {
        let chair = if ["others", "apart"].contains(&document) { self.other_chair.clone() } else { self.chair.clone() };
        let place = |section: Circle| {
            let narrow = section.max(circle);
            if issued { published(document, narrow) } else { drafted(document, narrow) }
        };
        let issued_line = if issued { "issued: 2017-08\n" } else { "" };
        let audience = format!("{circle:?}").to_uppercase();
        let title = self.canaries.plant(place(circle), "title");
        // Somebody whom the draft asks is missing.
        let asked = if issued { "NURSING SURGERY" } else { "NURSING SURGERY GENETICS" };
        let manuscript = [
            format!(
                "---\ntitle: {title}\nslug: {slug}\n{issued_line}review_due: 2019-05\naudience: {audience}\nfinal_window_days: 0\n---\n"
            ),
            self.section(place(Circle::Public), "#", "clinic", &format!("disciplines=\"{asked}\""), 1),
            self.section(place(Circle::Partners), "#", "guidance", &narrowed(circle, Circle::Partners), 3),
            self.section(place(Circle::Group), "#", "board", &narrowed(circle, Circle::Group), 4),
            self.section(place(Circle::Group), "##", "annex", "", 5),
        ];
        run(&chair, "importDocument", json!({ "groupId": group, "manuscript": manuscript.join("\n") })).await;
    }

    fn section(&mut self, place: Place, level: &str, key: &str, attributes: &str, number: u32) -> String {
        let mut word = |what: &str| self.canaries.plant(place, &format!("1{key}{what}"));
        let (heading, body, summary) = (word("heading"), word("body"), word("summary"));
        let (statement, plain, reference, url) = (word("statement"), word("plain"), word("reference"), word("url"));
        let stood_down = if key == "annex" {
            format!("\n::: stood-down\nStood down, {}.\n:::\n", word("reason"))
        } else {
            String::new()
        };
        format!(
            "{level} {heading} heading {{#{key} {attributes}}}\n\nSome ordinary words and a canary, {body}.\n\n\
             ::: plain\nPlain words, {summary}.\n:::\n\n\
             ::: recommendation R{number} OFFER\nOffer {statement}.\n\n::: plain\nAsk for {plain}.\n:::\n{stood_down}:::\n\n\
             ::: references\n- [Paper {reference}](https://example.org/{url})\n:::\n"
        )
    }

    /// Another text for a section.
    fn revision(&mut self, place: Place, what: &str, number: u32) -> Value {
        let mut word = |field: &str| self.canaries.plant(place, &format!("{what}{field}"));
        json!({
            "heading": word("heading"), "body": format!("Some ordinary words and a canary, {}.", word("body")),
            "summary": word("summary"),
            "recommendations": [{ "number": number, "strength": "OFFER", "text": word("statement"), "summary": word("plain") }],
            "references": [{ "text": word("reference"), "url": format!("https://example.org/{}", word("url")) }],
        })
    }

    /// Opens a review.
    async fn review(&self, slug: &str, window: u32) -> Value {
        let chair = if ["others", "apart"].contains(&slug) { &self.other_chair } else { &self.chair };
        let document = self.find(chair, slug, "id").await["id"].clone();
        let kind = match slug {
            "others" => {
                let found = self.find(chair, slug, "edition { section(key: \"guidance\") { id } }").await;
                json!({ "kind": "PARTIAL", "sectionIds": [found["edition"]["section"]["id"]] })
            }
            "apart" => json!({ "kind": "CORRECTION" }),
            _ => json!({}),
        };
        let input = json!({ "documentId": document, "reason": "New evidence.", "finalWindowDays": window });
        let input = with(input, kind);
        chair.run("openReview", input, "review { id }").await.done()["review"]["id"].clone()
    }

    async fn revise(&self, user: &User<'_>, slug: &str, key: &str, revision: Value) {
        run(user, "reviseSection", with(self.named(user, slug, key).await, revision)).await;
    }

    async fn note(&self, slug: &str, note: &str) {
        let document = self.find(&self.chair, slug, "id").await["id"].clone();
        run(&self.secretariat, "writeChangeNote", json!({ "documentId": document, "note": note })).await;
    }

    /// The first objection in the open review.
    async fn objection(&self) -> Value {
        let taken = self.find(&self.chair, "open", "review { positions(first: 20) { nodes { id act } } }").await;
        let taken = taken["review"]["positions"]["nodes"].as_array().expect("positions").clone();
        let objection = taken.iter().find(|position| position["act"] == "OBJECT").expect("an objection");
        json!({ "positionId": objection["id"] })
    }

    async fn position(&self, user: &User<'_>, act: &str, slug: &str, review: &Value, key: Option<&str>, more: Value) {
        let on = match key {
            Some(key) => self.named(&self.chair, slug, key).await,
            None => {
                json!({ "digest": self.find(&self.chair, slug, "review { wholeDigest }").await["review"]["wholeDigest"] })
            }
        };
        run(user, act, with(with(on, json!({ "reviewId": review })), more)).await;
    }

    async fn grant(&self, secretariat: &User<'_>, slug: &str, role: &str, who: &str) {
        let document = self.find(&secretariat.clone(), slug, "id").await["id"].clone();
        let person = json!({ "person": { "subject": who, "name": who } });
        run(secretariat, "grantRole", json!({ "documentId": document, "role": role, "to": person })).await;
    }

    async fn seat_of(&self, name: &str) -> Value {
        let query = "{ group(slug: \"expert-group\") { seats { id holder { name } } } }";
        let data = self.chair.ask(query, json!({})).await.data();
        let seats = data["group"]["seats"].as_array().expect("seats").clone();
        seats.into_iter().find(|seat| seat["holder"]["name"] == name).expect("a seat")["id"].clone()
    }

    /// What mutations are tried on.
    pub(crate) async fn spare_values(&self) -> Values {
        let named = self.named(&self.chair, "spare", "clinic").await;
        let found = self.find(&self.chair, "spare", "id group { id } review { id } edition { id }").await;
        let input = with(named.clone(), json!({ "body": "Ordinary words" }));
        let comment = self.chair.run("writeComment", input, "comment { id }").await.done();
        let input = with(named.clone(), json!({ "reviewId": found["review"]["id"], "reason": "Ordinary words" }));
        let objected = self.surgeon.run("object", input, "position { id }").await.done();
        let away = json!({ "seatId": self.seat_of("surgeon").await, "firstDay": "2030-02-01", "backOn": "2030-02-02" });
        let away = self.secretariat.run("declareAbsence", away, "seat { absences { id } }").await.done();
        let chair = self.seat_of("chair").await;
        let input =
            json!({ "seatId": chair, "category": "INDIRECT", "description": "Ordinary words", "since": "2016-04" });
        let declared = self.chair.run("declareInterest", input, "interest { id }").await.done();
        let grants = self.find(&self.secretariat, "spare", "grants { id }").await["grants"].clone();
        let guidance = self.named(&self.chair, "spare", "guidance").await;
        let over = self.find(&self.chair, &self.secret_slug, "reviews { nodes { id } }").await;
        let cancelled = over["reviews"]["nodes"][0]["id"].clone();
        let input = json!({ "groupId": found["group"]["id"], "name": "Somebody", "office": "ADVISER" });
        let invited = self.secretariat.run("inviteToSeat", input, "invitation { id }").await.done();
        Values::plain()
            .with("sectionId", &named["sectionId"])
            .with("parentId", &Value::Null)
            .with("afterId", &guidance["sectionId"])
            .with("documentId", &found["id"])
            .with("reviewId", &found["review"]["id"])
            .with("editionId", &found["edition"]["id"])
            .with("groupId", &found["group"]["id"])
            .with("commentId", &comment["comment"]["id"])
            .with("positionId", &objected["position"]["id"])
            .with("absenceId", &away["seat"]["absences"][0]["id"])
            .with("seatIds", &self.seat_of("surgeon").await)
            .with("SetLoadLimitInput.seatId", &chair)
            .with("interestId", &declared["interest"]["id"])
            .with("DeclareInterestInput.seatId", &chair)
            .with("ConfirmInterestsInput.seatId", &chair)
            .with("grantId", &grants[0]["id"])
            .with("invitationId", &invited["invitation"]["id"])
            .with("seatId", &Value::Null)
            .with("clientId", &self.spare_client)
            .with("CreateClientInput.organisationId", &self.organisation)
            .with("AppointLeadInput.seatId", &self.seat_of("surgeon").await)
            .with("DeclareAbsenceInput.seatId", &self.seat_of("surgeon").await)
            .with("EndSeatInput.seatId", &self.seat_of("spare-adviser").await)
            // One that is over: the others need the open one.
            .with("CancelReviewInput.reviewId", &cancelled)
            .with("RecordInstructedPositionInput.seatId", &self.seat_of("surgeon").await)
    }

    /// Something of a document, as `user` reads it.
    pub(crate) async fn find(&self, user: &User<'_>, slug: &str, selection: &str) -> Value {
        let query = format!("{{ document(slug: \"{slug}\") {{ {selection} }} }}");
        user.ask(&query, json!({})).await.data()["document"].clone()
    }

    /// Names a section of the draft as it stands, as the inputs of edits do.
    pub(crate) async fn named(&self, user: &User<'_>, slug: &str, key: &str) -> Value {
        let selection = format!("draft {{ section(key: \"{key}\") {{ id digest }} }}");
        let section = self.find(user, slug, &selection).await["draft"]["section"].clone();
        json!({ "sectionId": section["id"], "digest": section["digest"] })
    }
}

/// Somebody of an organisation.
async fn partner(world: &World) {
    let organisation = NewOrganisation {
        name: "An alliance".to_owned(),
        kind: OrganisationKind::CancerAlliance,
        nation: "England".to_owned(),
        ods_code: Some("X00".to_owned()),
        ons_code: None,
    };
    commands::enter_organisations(&world.store, &[organisation]).await.expect("an organisation");
    let invitee = Invitee { login: world.user("partner").login(), name: Line::new("partner").expect("a name") };
    let affiliation = EnterAffiliation { invitee, organisation: "An alliance".to_owned() };
    assert!(commands::enter_affiliation(&world.store, &affiliation).await.expect("an affiliation"));
}

/// An act that goes well.
pub(super) async fn run(user: &User<'_>, name: &str, input: Value) {
    user.run(name, input, "__typename").await.done();
}

/// What a manuscript says of a section that is for fewer than its document.
fn narrowed(document: Circle, section: Circle) -> String {
    if section > document { format!("audience={}", format!("{section:?}").to_uppercase()) } else { String::new() }
}
