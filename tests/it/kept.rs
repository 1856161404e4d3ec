//! Answers from memory: they say what the database would say, at once after every change, and hold nothing private.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use poem::http::HeaderMap;
use serde_json::{Value, json};

use crate::{
    acts::stage::{ADVICE, Stage},
    harness::{
        on_both_databases,
        world::{User, World},
    },
};

/// The whole advice, as a page shows it.
const PAGE: &str = "query Page($slug: String!) { document(slug: $slug) { id slug title reviewStatus edition {
    number state isInForce sections { id key number heading body recommendations { id label strength text } } }
    editions { nodes { number state } } } }";
/// Smaller questions about the same.
const OTHERS: [&str; 3] = [
    "query Current($slug: String!) { document(slug: $slug) { edition { number section(key: \"records\") { body } } } }",
    "query Link($slug: String!) { section(document: $slug, key: \"records\") { body edition { number isInForce } } }",
    "query Shelf { documents { totalCount nodes { slug edition { number sections { body } } } } }",
];

fn slug() -> Value {
    json!({ "slug": "acts" })
}

/// A public copy of the advice, in force.
async fn public<'a>(world: &'a World) -> Stage<'a> {
    Stage::published_as(world, &ADVICE.replace("audience: PARTNERS", "audience: PUBLIC")).await
}

/// Asks as a client over HTTP does, with some header.
async fn get(user: &User<'_>, header: (&str, &str)) -> (u16, HeaderMap, Vec<u8>) {
    let response = user.send_with(header, PAGE, &slug()).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.into_body().into_vec().await.expect("a body"))
}

fn told<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

on_both_databases! {
    async fn what_is_asked_again_asks_the_database_nothing(world: World) {
        public(&world).await;
        let anonymous = world.anonymous();
        let first = anonymous.ask(PAGE, slug()).await.data();
        let (again, statements) = world.counted(anonymous.ask(PAGE, slug())).await;
        assert_eq!((again.data(), statements), (first.clone(), 0));
        let other = "query($slug: String!, $deep: Boolean!) { document(slug: $slug) { id slug title reviewStatus edition {
            number state isInForce sections { id key number heading body @skip(if: $deep) recommendations { id label strength text } } }
            editions { nodes { number state } } } }";
        for deep in [true, false] {
            let (_, statements) = world.counted(anonymous.ask(other, json!({ "slug": "acts", "deep": deep }))).await;
            assert_eq!(statements, 0, "what is published is at hand, whatever is asked about it");
        }
        assert!(!world.door().api().kept().bodies().is_empty());
    }

    async fn the_next_request_after_a_publication_or_a_withdrawal_sees_it(world: World) {
        let mut stage = public(&world).await;
        let anonymous = world.anonymous();
        for turn in 0..3 {
            let before = anonymous.ask(PAGE, slug()).await.data()["document"]["edition"]["number"].clone();
            stage.open(json!({ "reason": "A slip." })).await;
            assert_eq!(anonymous.ask(PAGE, slug()).await.data()["document"]["edition"]["number"], before);
            stage.revise(&stage.editor, "records", &format!("Turn {turn}.")).await;
            stage.sign_all().await;
            stage.note().await;
            let published = stage.publish().await;
            let after = anonymous.ask(PAGE, slug()).await.data()["document"]["edition"].clone();
            assert_eq!((&after["number"], after["sections"][3]["body"].as_str()), (&published["number"], Some(&*format!("Turn {turn}."))));
            if turn == 2 {
                let input = json!({ "editionId": published["id"], "explanation": "Harmful." });
                stage.chair.run("withdrawEdition", input, "edition { state }").await.done();
                assert_eq!(anonymous.ask(PAGE, slug()).await.data()["document"]["edition"], Value::Null);
            }
        }
    }

    async fn who_asks_in_other_words_is_told_in_part_what_those_alike_were_told(world: World) {
        let advice = ADVICE.replace("audience: PARTNERS", "audience: PUBLIC");
        let advice = advice.replace("{#records}", "{#records audience=PARTNERS}");
        let mut stage = Stage::published_as(&world, &advice).await;
        let (partner, anonymous, nobody) = (world.affiliated("partner").await, world.anonymous(), world.user("nobody"));
        let words = AtomicUsize::new(0);
        let bodies = async |user: &User<'_>| {
            let query = format!("{PAGE} # {}", words.fetch_add(1, Ordering::SeqCst));
            let edition = user.ask(&query, slug()).await.data()["document"]["edition"].clone();
            let sections = edition["sections"].as_array().cloned().unwrap_or_default();
            sections.iter().map(|section| section["body"].as_str().expect("a text").to_owned()).collect::<Vec<_>>()
        };
        let parts = || world.door().api().kept().bodies().iter().filter(|body| body.starts_with('[')).count();
        for _ in 0..3 {
            assert_eq!(bodies(&anonymous).await.len(), 3);
            assert_eq!(bodies(&nobody).await.len(), 3);
            assert_eq!(bodies(&partner).await.len(), 4);
            assert_eq!(bodies(&stage.nurse).await.len(), 4, "a member's own answer");
            assert_eq!(parts(), 2, "one for the public and one for partners");
        }
        assert_eq!(world.counted(bodies(&anonymous)).await.1, 0);
        stage.open(json!({ "reason": "A slip." })).await;
        stage.revise(&stage.editor, "clinic", "Told now.").await;
        assert!(!bodies(&anonymous).await.contains(&"Told now.".to_owned()));
        stage.sign_all().await;
        stage.note().await;
        let published = stage.publish().await;
        for user in [&anonymous, &partner] {
            assert!(bodies(user).await.contains(&"Told now.".to_owned()));
        }
        let input = json!({ "editionId": published["id"], "explanation": "Harmful." });
        stage.chair.run("withdrawEdition", input, "edition { state }").await.done();
        assert_eq!(bodies(&anonymous).await, Vec::<String>::new());
    }

    async fn what_ceases_to_be_true_by_itself_is_not_answered_any_longer(world: World) {
        public(&world).await;
        let anonymous = world.anonymous();
        for (at, status) in [
            ("2018-11-29T23:59:59Z", "CURRENT"),
            ("2018-11-30T00:00:00Z", "DUE_SOON"),
            ("2019-05-31T22:59:59Z", "DUE_SOON"),
            ("2019-05-31T23:00:00Z", "OVERDUE"),
        ] {
            world.set_clock(at);
            for _ in 0..2 {
                assert_eq!(anonymous.ask(PAGE, slug()).await.data()["document"]["reviewStatus"], status, "{at}");
            }
        }
    }

    async fn a5_what_was_taken_back_grants_nothing_on_the_next_request(world: World) {
        let stage = Stage::published(&world).await;
        let (reader, anonymous) = (world.user("reader"), world.anonymous());
        let seen = async |user: &User<'_>| !user.ask(PAGE, slug()).await.data()["document"].is_null();
        assert!(!seen(&reader).await && !seen(&anonymous).await);
        let grant = json!({ "documentId": stage.document, "role": "READER", "to": { "person": { "subject": "reader", "name": "R" } } });
        let grant = stage.secretariat.run("grantRole", grant, "grantId").await.done()["grantId"].clone();
        assert!(seen(&reader).await && seen(&reader).await && !seen(&anonymous).await);
        stage.secretariat.run("revokeRole", json!({ "grantId": grant }), "document { id }").await.done();
        assert!(!seen(&reader).await && !seen(&anonymous).await);
    }

    async fn who_has_the_bytes_is_told_so_and_who_reads_gzip_gets_less(world: World) {
        let stage = public(&world).await;
        let anonymous = world.anonymous();
        let (status, headers, whole) = get(&anonymous, ("x-nothing", "asked")).await;
        assert_eq!(status, 200);
        assert_eq!(told(&headers, "cache-control"), "public, max-age=60, stale-while-revalidate=30");
        let vary: Vec<_> = headers.get_all("vary").iter().map(|value| value.to_str().expect("text")).collect();
        assert!(["Accept", "Accept-Encoding", "Authorization"].iter().all(|name| vary.join(", ").contains(name)), "{vary:?}");
        let tag = told(&headers, "etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() > 20);

        let (_, headers, squeezed) = get(&anonymous, ("accept-encoding", "gzip")).await;
        assert_eq!(told(&headers, "content-encoding"), "gzip");
        assert_ne!(told(&headers, "etag"), tag, "other bytes");
        assert!(squeezed.len() < whole.len() && squeezed.starts_with(&[0x1f, 0x8b]));

        let (status, headers, nothing) = get(&anonymous, ("if-none-match", &tag)).await;
        assert_eq!((status, told(&headers, "etag"), nothing.len()), (304, &*tag, 0));
        let (status, headers, _) = get(&stage.nurse, ("if-none-match", &tag)).await;
        assert_eq!((status, told(&headers, "cache-control")), (200, "private, no-cache"), "it is a member's own answer");

        world.set_clock("2018-11-29T23:59:30Z");
        let (_, headers, _) = get(&anonymous, ("x-nothing", "asked")).await;
        assert_eq!(told(&headers, "cache-control"), "public, max-age=30", "it will be due soon");
    }

    async fn nothing_private_ever_enters_whoever_asks_the_same(world: World) {
        let mut stage = public(&world).await;
        let canary = "canary-7f3a";
        stage.open(json!({ "reason": canary })).await;
        stage.revise(&stage.editor, "records", &format!("A secret {canary}.")).await;
        stage.note().await;
        let partner = world.affiliated("partner").await;
        let everything = format!("query($slug: String!) {{ document(slug: $slug) {{ viewerCanReadDraft viewerCanPublish
            draft {{ changeNote sections {{ body author {{ name }} viewerCanRevise }} }} review {{ isOpen openedBy {{ name }} }} reviews {{ nodes {{ kind }} }}
            editions {{ nodes {{ number state sections {{ body }} }} }} edition {{ sections {{ body cells {{ discipline }} }} }} }}
            viewer {{ isSignedIn person {{ name }} seats {{ id }} }}
            search(text: \"{canary}\") {{ nodes {{ section {{ body }} }} }} }}");
        let personal = "{ viewer { isSignedIn person { name } } }";
        for _ in 0..2 {
            for user in [&stage.nurse, &stage.editor, &stage.chair, &stage.secretariat, &partner, &world.anonymous()] {
                for query in [PAGE, everything.as_str(), personal, OTHERS[0], OTHERS[1], OTHERS[2]] {
                    user.ask(query, slug()).await.data();
                }
            }
        }
        assert!(stage.chair.ask(&everything, slug()).await.data().to_string().contains(canary), "there is something to leak");
        assert_eq!(partner.ask(personal, json!({})).await.data()["viewer"]["person"]["name"], "partner");
        assert_eq!(world.anonymous().ask(personal, json!({})).await.data()["viewer"]["person"], Value::Null);
        let kept = world.door().api().kept().bodies();
        assert!(kept.len() >= 4, "answers were kept: {kept:?}");
        for body in kept {
            for private in [canary, "\"isSignedIn\":true", "\"name\":\"partner\"", "DRAFT"] {
                assert!(!body.contains(private), "{private}: {body}");
            }
        }
    }

    async fn what_one_was_told_is_kept_for_nobody_else(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = json!({ "reviewId": stage.review, "reason": "Enough." });
        stage.chair.run("cancelReview", input, "review { id }").await.done();
        let seat = stage.seat("nurse").await;
        stage.secretariat.run("endSeat", json!({ "seatId": seat }), "seat { id }").await.done();
        stage.settle();
        let told = "{ viewer { notices { totalCount nodes { message } } } }";
        for _ in 0..2 {
            for (user, is_told) in [(&stage.nurse, true), (&world.user("nobody"), false), (&world.anonymous(), false)] {
                let notices = user.ask(told, json!({})).await.data()["viewer"]["notices"]["totalCount"].clone();
                assert_eq!(notices != 0, is_told, "{notices}");
            }
        }
        for body in world.door().api().kept().bodies() {
            assert!(!body.contains("\"message\""), "{body}");
        }
    }

    async fn readers_never_see_a_mixed_edition_while_editions_come_and_go(world: World) {
        let mut stage = public(&world).await;
        let partner = world.affiliated("partner").await;
        let (is_over, polls) = (AtomicBool::new(false), AtomicUsize::new(0));
        let poll = async |user: User<'_>| {
            let mut latest = 0;
            while !is_over.load(Ordering::SeqCst) {
                let poll = polls.load(Ordering::SeqCst);
                // What is asked in other words is validated each time, which takes long without optimisation.
                let page = if poll.is_multiple_of(16) { format!("{PAGE} # {poll}") } else { PAGE.to_owned() };
                let seen = user.ask(&page, slug()).await.data()["document"].clone();
                latest = latest.max(check(&seen, latest));
                for query in OTHERS {
                    user.ask(query, slug()).await.data();
                }
                polls.fetch_add(1, Ordering::SeqCst);
                // What comes from memory waits for nothing, and would let nobody else have a turn.
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        let change = async {
            for turn in 1..=CHANGES {
                stage.turn(turn).await;
            }
            is_over.store(true, Ordering::SeqCst);
        };
        tokio::join!(poll(world.anonymous()), poll(partner.clone()), change);
        assert!(polls.load(Ordering::SeqCst) > CHANGES);
    }
}

/// Editions published, every fourth of which is withdrawn again.
const CHANGES: usize = 200;

/// What a reader sees is of one edition, in force, and no older than what was seen before. Gives its turn.
fn check(document: &Value, latest: usize) -> usize {
    let in_force: Vec<_> = document["editions"]["nodes"]
        .as_array()
        .expect("editions")
        .iter()
        .filter(|edition| edition["state"] == "PUBLISHED")
        .collect();
    assert!(
        document["editions"]["nodes"].as_array().expect("editions").iter().all(|edition| edition["state"] != "DRAFT")
    );
    let edition = &document["edition"];
    if edition.is_null() {
        assert_eq!(in_force.len(), 0, "{document}");
        return latest;
    }
    assert_eq!(
        (in_force.len(), &in_force[0]["number"], &edition["state"]),
        (1, &edition["number"], &json!("PUBLISHED"))
    );
    let turns: Vec<_> = ["operation", "records"]
        .iter()
        .map(|key| {
            let sections = edition["sections"].as_array().expect("sections");
            let section = sections.iter().find(|section| section["key"] == *key).expect("a section");
            section["body"].as_str().expect("a text").rsplit(' ').next().expect("a word").parse().unwrap_or(0)
        })
        .collect();
    assert_eq!(turns[0], turns[1], "a mixed edition: {edition}");
    assert!(turns[0] >= latest, "an old text: {} after {latest}", turns[0]);
    turns[0]
}
