//! Letters about what waits, through a mail server: as often as each wants them, once, and with nothing in them that is not
//! their reader's; and calendars by secret links.

use chrono::TimeDelta;
use consilium::{config::Config, mail::Postman};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    acts::stage::{Stage, with},
    harness::{
        mailbox::{Letter, Mailbox, Mood},
        on_both_databases,
        world::{User, World},
    },
};

/// A postman who brings letters to the mailbox.
fn postman(world: &World, mailbox: &Mailbox) -> Postman {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let settings = format!("[http]\npublic_url = \"https://advice.example\"\n[mail]\nserver = {:?}\n", mailbox.url());
    std::fs::write(file.path(), settings).expect("a file");
    let config = Config::load(Some(file.path()), []).unwrap_or_else(|faults| panic!("{faults}"));
    Postman::new(&config, world.store.clone()).expect("a way").expect("a mail server")
}

/// What came after everything that waits was delivered.
async fn delivered(postman: &Postman, mailbox: &Mailbox) -> Vec<Letter> {
    postman.deliver(&CancellationToken::new()).await.expect("letters");
    mailbox.empty()
}

async fn wants(user: &User<'_>, email: &str, frequency: &str) {
    let input = json!({ "email": email, "frequency": frequency });
    let selection = "viewer { contact { email frequency } }";
    let set = user.run("setContact", input.clone(), selection).await.done();
    assert_eq!(set["viewer"]["contact"], input);
}

fn addresses(letters: &[Letter]) -> Vec<&str> {
    letters.iter().map(|letter| letter.to.as_str()).collect()
}

/// The code in a secret link.
fn code(url: &str) -> &str {
    url.split("code=").nth(1).expect("a code").trim_end_matches('>')
}

/// Answers a secret link.
async fn follow(world: &World, method: &str, path: &str) -> (u16, String) {
    let method = method.parse().expect("a method");
    let request = poem::Request::builder().method(method).uri_str(path).finish();
    let response = world.send(request).await;
    let status = response.status().as_u16();
    (status, response.into_body().into_string().await.expect("text"))
}

on_both_databases! {
    async fn t4_what_people_are_told_comes_by_letter_as_often_as_they_want(world: World) {
        let mailbox = Mailbox::open().await;
        let postman = postman(&world, &mailbox);
        let mut stage = Stage::published(&world).await;
        wants(&stage.nurse, "nurse@example.org", "EACH").await;
        wants(&stage.surgeon, "surgeon@example.org", "DAILY").await;
        wants(&stage.patient, "patient@example.org", "WEEKLY").await;
        wants(&stage.chair, "chair@example.org", "NONE").await;
        // Friday, 1 September 2017, ten o'clock in London.
        stage.open(json!({ "reason": "New evidence." })).await;
        let letters = delivered(&postman, &mailbox).await;
        assert_eq!(addresses(&letters), ["nurse@example.org"]);
        assert_eq!(letters[0].header("Subject"), "A review has opened");
        assert!(letters[0].text().contains("Advice to act on"), "{}", letters[0].text());
        assert_eq!(letters[0].header("Auto-Submitted"), "auto-generated");
        assert_eq!(delivered(&postman, &mailbox).await.len(), 0, "once");

        let dates = json!({ "reviewId": stage.review, "draftingUntil": "2018-10-15", "reason": "The meeting was moved." });
        stage.secretariat.run("moveReview", dates, "review { id }").await.done();
        assert_eq!(addresses(&delivered(&postman, &mailbox).await), ["nurse@example.org"]);
        world.set_clock("2017-09-02T06:00:00Z");
        let letters = delivered(&postman, &mailbox).await;
        assert_eq!(addresses(&letters), ["surgeon@example.org"], "seven o'clock in London");
        assert_eq!(letters[0].header("Subject"), "2 things to know");
        world.set_clock("2017-09-04T06:00:00Z");
        assert_eq!(addresses(&delivered(&postman, &mailbox).await), ["patient@example.org"], "Monday");
        world.pass(TimeDelta::days(30));
        assert_eq!(delivered(&postman, &mailbox).await.len(), 0);
    }

    async fn a2_a_letter_tells_where_to_look_and_never_what_stands_there(world: World) {
        let mailbox = Mailbox::open().await;
        let postman = postman(&world, &mailbox);
        let stage = Stage::in_review(&world).await;
        wants(&stage.chair, "chair@example.org", "EACH").await;
        delivered(&postman, &mailbox).await;
        let objection = with(stage.at("rota").await, json!({ "reason": "A canary of a reason." }));
        stage.nurse.run("object", objection, "position { id }").await.done();
        world.set_clock("2019-06-22T09:00:00Z");
        world.tick().await;
        let letters = delivered(&postman, &mailbox).await;
        let subjects: Vec<String> = letters.iter().map(|letter| letter.header("Subject")).collect();
        assert!(subjects.iter().any(|subject| subject.contains("seats are late")), "{subjects:?}");
        let all: String = letters.iter().map(Letter::text).collect();
        for secret in ["canary", "rota", "clinic"] {
            assert!(!all.contains(secret), "{secret}: {all}");
        }
        assert!(all.contains("surgeon (surgery) was to be done by"), "{all}");

        // What was told and is not sent yet is read with the eyes of the moment: of who has lost the seat, nothing is left.
        stage.secretariat.run("cancelReview", json!({ "reviewId": stage.review, "reason": "Enough." }), "review { id }").await.done();
        wants(&stage.surgeon, "surgeon@example.org", "EACH").await;
        let seat = stage.seat("surgeon").await;
        stage.secretariat.run("endSeat", json!({ "seatId": seat }), "seat { id }").await.done();
        let letters = delivered(&postman, &mailbox).await;
        assert!(letters.iter().all(|letter| letter.to != "surgeon@example.org" || letter.text().contains("Advice to act on")), "{letters:?}");
    }

    async fn t4_a_letter_that_failed_is_tried_again_and_one_that_is_refused_is_not(world: World) {
        let mailbox = Mailbox::open().await;
        let postman = postman(&world, &mailbox);
        let mut stage = Stage::published(&world).await;
        wants(&stage.nurse, "nurse@example.org", "EACH").await;
        stage.open(json!({ "reason": "New evidence." })).await;
        mailbox.feels(&[Mood::Busy, Mood::Busy]);
        assert_eq!(delivered(&postman, &mailbox).await.len(), 0);
        assert_eq!(delivered(&postman, &mailbox).await.len(), 0, "not at once");
        world.pass(TimeDelta::minutes(1));
        assert_eq!(delivered(&postman, &mailbox).await.len(), 0, "the second time");
        world.pass(TimeDelta::minutes(1));
        assert_eq!(delivered(&postman, &mailbox).await.len(), 0, "after twice as long");
        world.pass(TimeDelta::minutes(1));
        let letters = delivered(&postman, &mailbox).await;
        assert_eq!(addresses(&letters), ["nurse@example.org"]);

        // A server that dies after it took a letter: the letter comes again, and can be known by its Message-ID.
        mailbox.feels(&[Mood::Silent]);
        let objection = with(stage.at("rota").await, json!({ "reason": "No." }));
        stage.surgeon.run("object", objection.clone(), "position { id }").await.error_code();
        let dates = json!({ "reviewId": stage.review, "draftingUntil": "2018-10-15", "reason": "Later." });
        stage.secretariat.run("moveReview", dates, "review { id }").await.done();
        let first = delivered(&postman, &mailbox).await;
        world.pass(TimeDelta::minutes(1));
        let second = delivered(&postman, &mailbox).await;
        assert_eq!((first.len(), second.len()), (1, 1));
        assert_eq!(first[0].header("Message-ID"), second[0].header("Message-ID"));
        assert_ne!(first[0].header("Message-ID"), letters[0].header("Message-ID"));

        mailbox.feels(&[Mood::Refusing]);
        let dates = json!({ "reviewId": stage.review, "draftingUntil": "2018-10-16", "reason": "Later." });
        stage.secretariat.run("moveReview", dates, "review { id }").await.done();
        assert_eq!(delivered(&postman, &mailbox).await.len(), 0);
        world.pass(TimeDelta::days(2));
        assert_eq!(delivered(&postman, &mailbox).await.len(), 0, "the server has said never");
    }

    async fn t4_what_waited_while_the_mail_server_was_away_comes_in_one_letter_from_one_replica(world: World) {
        let mailbox = Mailbox::open().await;
        let mut stage = Stage::published(&world).await;
        wants(&stage.nurse, "nurse@example.org", "EACH").await;
        stage.open(json!({ "reason": "New evidence." })).await;
        for day in ["2018-10-15", "2018-10-16", "2018-10-17"] {
            let dates = json!({ "reviewId": stage.review, "draftingUntil": day, "reason": "Later." });
            stage.secretariat.run("moveReview", dates, "review { id }").await.done();
        }
        world.pass(TimeDelta::days(3));
        let twin = world.twin().await;
        twin.set_clock(&world.now().to_rfc3339());
        let (here, there) = (postman(&world, &mailbox), postman(&twin, &mailbox));
        let stop = CancellationToken::new();
        let (one, two) = tokio::join!(here.deliver(&stop), there.deliver(&stop));
        assert_eq!(one.expect("letters") + two.expect("letters"), 1);
        let letters = mailbox.empty();
        assert_eq!(letters[0].header("Subject"), "4 things to know");
    }

    async fn letters_stop_by_the_link_in_each_of_them(world: World) {
        let mailbox = Mailbox::open().await;
        let postman = postman(&world, &mailbox);
        let mut stage = Stage::published(&world).await;
        wants(&stage.nurse, "nurse@example.org", "EACH").await;
        stage.open(json!({ "reason": "New evidence." })).await;
        let letters = delivered(&postman, &mailbox).await;
        let link = letters[0].header("List-Unsubscribe");
        assert_eq!(letters[0].header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        assert!(link.starts_with("<https://advice.example/letters/stop?code="), "{link}");
        let path = format!("/letters/stop?code={}", code(&link));
        let contact = async || stage.nurse.ask("{ viewer { contact { email frequency } } }", json!({})).await.data()["viewer"]["contact"].clone();

        assert_eq!(follow(&world, "GET", &path).await.0, 200);
        assert_eq!(contact().await["frequency"], "EACH", "who only looks changes nothing");
        let bad = follow(&world, "POST", "/letters/stop?code=guessed").await;
        assert_eq!(contact().await["frequency"], "EACH");
        assert_eq!(follow(&world, "POST", &path).await, bad, "nothing tells whether a code is good");
        assert_eq!(contact().await, json!({ "email": "nurse@example.org", "frequency": "NONE" }));
        let dates = json!({ "reviewId": stage.review, "draftingUntil": "2018-10-15", "reason": "Later." });
        stage.secretariat.run("moveReview", dates, "review { id }").await.done();
        assert_eq!(delivered(&postman, &mailbox).await.len(), 0);
        assert_eq!(follow(&world, "PUT", &path).await.0, 405);
    }

    async fn a_contact_is_its_persons_and_an_address_is_one(world: World) {
        let stage = Stage::published(&world).await;
        let split = json!({ "email": "a@example.org\r\nBcc: b@example.org" });
        for email in [json!({ "email": "a" }), json!({ "email": "a@example.org, b@example.org" }), split] {
            let problem = stage.nurse.run("setContact", email, "viewer { contact { email } }").await.problem();
            assert_eq!((&problem["code"], &problem["path"]), (&json!("EMAIL_INVALID"), &json!(["input", "email"])));
        }
        let input = json!({ "email": "a@example.org" });
        assert_eq!(world.anonymous().run("setContact", input, "viewer { isSignedIn }").await.error_code(), "NOT_FOUND");
        assert_eq!(world.anonymous().ask("{ viewer { contact { email } } }", json!({})).await.data()["viewer"]["contact"], Value::Null);
        let unknown = json!({ "email": null, "frequency": "EACH" });
        let own = stage.nurse.ask("{ viewer { contact { email frequency } } }", json!({})).await.data();
        assert_eq!(own["viewer"]["contact"], unknown);
    }

    async fn t2_a_calendar_keeps_its_entries_while_their_days_move(world: World) {
        let stage = Stage::in_review(&world).await;
        let url = stage.nurse.run("createCalendarLink", json!({}), "url").await.done()["url"].clone();
        let path = format!("/calendar.ics?code={}", code(url.as_str().expect("an address")));
        let entries = async || entries(&follow(&world, "GET", &path).await.1);
        let before = entries().await;
        let kinds: Vec<&str> = before.iter().map(|entry| entry.uid.split_at(37).1.trim_end_matches("@consilium")).collect();
        assert_eq!(kinds, ["drafting", "sign-off", "final-window", "publication", "accept", "complete", "due"]);
        let of = |entries: &[Entry], kind: &str| entries.iter().find(|entry| entry.uid.contains(kind)).cloned().expect("an entry");
        assert_eq!((of(&before, "complete").from.as_str(), of(&before, "complete").until.as_str()), ("20190531", "20190601"));

        // Known to the month, it stands on all of its days (D8).
        assert_eq!((of(&before, "due").from.as_str(), of(&before, "due").until.as_str()), ("20190501", "20190601"));

        let dates = json!({ "reviewId": stage.review, "signOffUntil": "2019-06-14", "reason": "Later." });
        stage.secretariat.run("moveReview", dates, "review { id }").await.done();
        let after = entries().await;
        assert_eq!(after.iter().map(|entry| &entry.uid).collect::<Vec<_>>(), before.iter().map(|entry| &entry.uid).collect::<Vec<_>>());
        assert_eq!(of(&after, "complete").from, "20190614");
        assert!(of(&after, "sign-off").sequence > of(&before, "sign-off").sequence);
        assert_eq!(of(&after, "sign-off").status, "CONFIRMED");
        stage.secretariat.run("cancelReview", json!({ "reviewId": stage.review, "reason": "Enough." }), "review { id }").await.done();
        let ended = entries().await;
        assert_eq!(ended.len(), 5, "nothing waits for anybody");
        let (due, windows): (Vec<Entry>, Vec<Entry>) = ended.into_iter().partition(|entry| entry.uid.contains("-due"));
        assert!(windows.iter().all(|entry| entry.status == "CANCELLED"), "{windows:?}");
        let later = json!({ "documentId": stage.document, "due": "2020-02", "reason": "We waited." });
        stage.secretariat.run("scheduleReview", later, "document { id }").await.done();
        let promised = of(&entries().await, "due");
        assert_eq!((promised.uid.as_str(), promised.until.as_str()), (due[0].uid.as_str(), "20200301"), "a leap year");
        assert!(promised.sequence > due[0].sequence);
        world.pass(TimeDelta::days(500));
        assert_eq!(entries().await.len(), 1, "what is over goes, and the promise stays");
    }

    async fn a5_a_link_to_a_calendar_shows_what_its_maker_may_read_by_then(world: World) {
        let stage = Stage::in_review(&world).await;
        let group = world.group_id(&stage.chair).await;
        let made = stage.nurse.run("createCalendarLink", json!({ "groupId": group }), "url").await.done();
        let of_group = format!("/calendar.ics?code={}", code(made["url"].as_str().expect("an address")));
        let made = stage.nurse.run("createCalendarLink", json!({}), "url").await.done();
        let own = format!("/calendar.ics?code={}", code(made["url"].as_str().expect("an address")));
        assert_eq!(entries(&follow(&world, "GET", &of_group).await.1).len(), 5, "what waits for one is not the group's");
        assert_eq!(follow(&world, "GET", "/calendar.ics?code=guessed").await.0, 404);
        assert_eq!(follow(&world, "GET", "/calendar.ics").await.0, 404);
        for other in [&world.anonymous(), &world.user("nobody")] {
            assert_eq!(other.run("createCalendarLink", json!({}), "url").await.error_code(), "NOT_FOUND");
        }
        let reader = world.affiliated("partner").await;
        assert_eq!(reader.run("createCalendarLink", json!({ "groupId": group }), "url").await.error_code(), "FORBIDDEN");

        let again = stage.nurse.run("createCalendarLink", json!({}), "url").await.done();
        assert_eq!(follow(&world, "GET", &own).await.0, 404, "the new one replaces it");
        let own = format!("/calendar.ics?code={}", code(again["url"].as_str().expect("an address")));
        let seat = stage.seat("nurse").await;
        stage.secretariat.run("endSeat", json!({ "seatId": seat }), "seat { id }").await.done();
        for path in [&own, &of_group] {
            assert_eq!(entries(&follow(&world, "GET", path).await.1).len(), 0, "the term is over");
        }
        stage.nurse.run("revokeCalendarLink", json!({}), "userErrors { code }").await.done();
        assert_eq!(follow(&world, "GET", &own).await.0, 404);
        assert_eq!(follow(&world, "GET", &of_group).await.0, 200);
    }
}

/// What an entry of a calendar says.
#[derive(Clone, Debug)]
struct Entry {
    uid: String,
    from: String,
    until: String,
    sequence: u32,
    status: String,
}

/// Reads a calendar as other programs do.
fn entries(calendar: &str) -> Vec<Entry> {
    let mut calendars = ical::IcalParser::new(calendar.as_bytes());
    let read = calendars.next().expect("a calendar").expect("a calendar that can be read");
    assert!(calendars.next().is_none());
    let entry = |event: &ical::parser::ical::component::IcalEvent| {
        let value = |name: &str| {
            let property = event.properties.iter().find(|property| property.name == name);
            property.and_then(|property| property.value.clone()).unwrap_or_default()
        };
        assert!(!value("DTSTAMP").is_empty() && !value("SUMMARY").is_empty());
        Entry {
            uid: value("UID"),
            from: value("DTSTART"),
            until: value("DTEND"),
            sequence: value("SEQUENCE").parse().expect("a number"),
            status: value("STATUS"),
        }
    };
    read.events.iter().map(entry).collect()
}
