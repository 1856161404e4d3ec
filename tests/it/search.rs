//! Searching: what readers type finds what they mean, on both databases alike, and nothing that they may not see.

use consilium::domain::role::{Discipline, Office};
use serde_json::{Value, json};

use crate::harness::{
    on_both_databases,
    world::{User, World},
};

const ADVICE: &str = include_str!("data/search.md");

const HITS: &str = "query($text: String!, $document: ID, $stage: Stage, $discipline: Discipline, $strength: Strength,
        $in: SearchPlace! = IN_FORCE, $first: Int, $after: String) {
    search(text: $text, document: $document, stage: $stage, discipline: $discipline, strength: $strength, in: $in,
            first: $first, after: $after) {
        nodes { section { key heading edition { number document { slug } } } snippetHTML snippetText }
        pageInfo { hasNextPage endCursor } } }";

/// What readers type, and the sections that anonymous readers find, in order of their keys.
const TABLE: &[(&str, &[&str])] = &[
    // Readers' words for what the advice calls otherwise.
    ("armpit", &["axilla"]),
    ("secondary", &["metastatic"]),
    ("secondary breast cancer", &["metastatic"]),
    ("keyhole", &["laparoscopic"]),
    ("keyhole surgery", &["laparoscopic"]),
    ("lymph glands", &["axilla"]),
    ("needle biopsy", &["axilla", "metastatic"]),
    // Any form of a word, any case, any place in the section.
    ("BIOPSIES", &["axilla", "metastatic"]),
    ("node sample", &["axilla"]),
    ("biopsy nurse", &["metastatic"]),
    ("named", &["metastatic"]),
    // Words that say nothing alone; those that do are asked for.
    ("the nurse", &["laparoscopic", "metastatic"]),
    ("who is the nurse", &["laparoscopic", "metastatic"]),
    ("how do I find a nurse", &[]),
    ("first day", &["metastatic"]),
    // Phrases.
    ("\"named nurse\"", &["metastatic"]),
    ("\"nurse named\"", &[]),
    ("\"by the nurse\"", &["laparoscopic"]),
    ("\"by a nurse\"", &[]),
    ("\"written nurse\"", &[]),
    ("\"from the first day\"", &["metastatic"]),
    ("\u{201c}lymph nodes\u{201d}", &["axilla"]),
    ("\"disease offer\"", &[]),
    ("\"oophorectomy 3\"", &[]),
    // Exclusion.
    ("nurse -letter", &["metastatic"]),
    ("nurse -\"named nurse\"", &["laparoscopic"]),
    ("biopsy -armpit", &["metastatic"]),
    ("-nurse", &[]),
    // Signs part words, whatever they are.
    ("trusts", &["metastatic"]),
    ("alliances", &["metastatic"]),
    ("trusts/alliances", &["metastatic"]),
    ("\"trusts alliances agree\"", &["metastatic"]),
    ("nhs", &["laparoscopic"]),
    ("nhs.uk", &["laparoscopic"]),
    ("\"and her2\"", &["laparoscopic"]),
    ("HR-positive", &["laparoscopic"]),
    ("\"nurse hr positive and\"", &["laparoscopic"]),
    ("0.05", &["laparoscopic"]),
    ("bold", &["signs"]),
    ("script", &["signs"]),
    ("alert", &["signs"]),
    ("where 10", &["signs"]),
    ("sjogren", &["signs"]),
    ("Sjögren", &["signs"]),
    ("Sjo\u{308}gren", &["signs"]),
    ("sjögren's syndrome", &["signs"]),
    // Nothing to find, or nothing that these readers may see.
    ("confidential", &[]),
    ("rota", &[]),
    ("elephant", &[]),
    ("", &[]),
    ("   ", &[]),
    ("the of and", &[]),
    ("🩺", &[]),
    ("🩺 nurse", &["laparoscopic", "metastatic"]),
    // Signs that mean something to one engine or the other.
    ("\"", &[]),
    ("'", &[]),
    ("\"\"\"'''", &[]),
    ("nurse'; DROP TABLE revision_text; --", &[]),
    ("nurse*", &["laparoscopic", "metastatic"]),
    ("nur*", &[]),
    ("nurse:*", &["laparoscopic", "metastatic"]),
    ("^nurse", &["laparoscopic", "metastatic"]),
    ("heading:axilla", &[]),
    ("NEAR(nurse day)", &[]),
    ("nurse OR elephant", &[]),
    ("nurse AND letter", &["laparoscopic"]),
    ("nurse & | ! letter", &["laparoscopic"]),
    ("nurse <-> letter", &["laparoscopic"]),
    ("(nurse", &["laparoscopic", "metastatic"]),
    ("nurse)", &["laparoscopic", "metastatic"]),
    ("\\", &[]),
    ("nurse\\", &["laparoscopic", "metastatic"]),
    ("%", &[]),
    ("$1 ? :x", &[]),
];

/// The hits of one search.
async fn search(user: &User<'_>, variables: Value) -> Vec<Value> {
    let data = user.ask(HITS, variables).await.data();
    data["search"]["nodes"].as_array().expect("hits").clone()
}

/// The keys of the sections found, in order.
async fn found(user: &User<'_>, variables: Value) -> Vec<String> {
    let mut keys = ranked(user, variables).await;
    keys.sort();
    keys
}

/// The keys of the sections found, the best first.
async fn ranked(user: &User<'_>, variables: Value) -> Vec<String> {
    let hits = search(user, variables).await;
    hits.iter().map(|hit| hit["section"]["key"].as_str().expect("a key").to_owned()).collect()
}

async fn chair(world: &World) -> User<'_> {
    world.seated("chair", Office::Chair, None).await
}

/// Brings a manuscript in, and gives the document's id.
async fn import(world: &World, chair: &User<'_>, manuscript: &str) -> Value {
    let input = json!({ "groupId": world.group_id(chair).await, "manuscript": manuscript });
    chair.run("importDocument", input, "document { id }").await.done()["document"]["id"].clone()
}

on_both_databases! {
    async fn readers_find_what_they_mean_and_every_sign_is_only_a_sign(world: World) {
        let chair = chair(&world).await;
        import(&world, &chair, ADVICE).await;
        let mut wrong = Vec::new();
        for (text, expected) in TABLE {
            let answer = world.anonymous().ask(HITS, json!({ "text": text })).await;
            let nodes = answer.body["data"]["search"]["nodes"].as_array();
            let mut keys: Vec<&str> =
                nodes.into_iter().flatten().filter_map(|hit| hit["section"]["key"].as_str()).collect();
            keys.sort_unstable();
            if nodes.is_none() || keys != *expected {
                wrong.push(format!("{text:?}: {keys:?} for {expected:?} {}", answer.body["errors"]));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn what_cannot_be_searched_for_is_refused_with_a_reason(world: World) {
        for text in ["a\0b".to_owned(), "two\nlines".to_owned(), "é".repeat(300), "\"".repeat(201)] {
            let answer = world.anonymous().ask(HITS, json!({ "text": text })).await;
            assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{text:?}");
            let message = answer.body["errors"][0]["message"].as_str().expect("a message");
            assert!(message.starts_with("the text to look for "), "{message}");
        }
        for text in ["é".repeat(200), "a ".repeat(100), "\"a ".repeat(66), "-".repeat(200), "(".repeat(200)] {
            assert_eq!(found(&world.anonymous(), json!({ "text": text })).await, [""; 0], "{text:?}");
        }
    }

    async fn a_heading_weighs_most(world: World) {
        let chair = chair(&world).await;
        import(&world, &chair, "---\ntitle: Weights\nslug: weights\nissued: 2017-08\nreview_due: 2019-05\n---\n
# Elsewhere {#body}\n\nThe radiotherapy machine, with some more words around it.\n
# Radiotherapy {#heading}\n\nSome words of another kind, as many of them as there are elsewhere.\n
# Recommended {#statement}\n\nSome words.\n\n::: recommendation R1 OFFER\nOffer radiotherapy.\n:::\n").await;
        let keys = ranked(&world.anonymous(), json!({ "text": "radiotherapy" })).await;
        assert_eq!(keys, ["heading", "statement", "body"]);
    }

    async fn a_search_is_narrowed_by_document_stage_discipline_and_strength(world: World) {
        let chair = chair(&world).await;
        let document = import(&world, &chair, ADVICE).await;
        let other = import(&world, &chair, &ADVICE.replace("slug: search", "slug: other").replace("#axilla", "#armpit")).await;
        let anonymous = world.anonymous();
        for (filter, expected) in [
            (json!({ "document": document }), vec!["axilla", "metastatic"]),
            (json!({ "document": other }), vec!["armpit", "metastatic"]),
            (json!({ "document": "document:nonsense" }), vec![]),
            (json!({ "stage": "DIAGNOSIS" }), vec!["armpit", "axilla"]),
            (json!({ "stage": "FOLLOW_UP" }), vec![]),
            (json!({ "discipline": "NURSING" }), vec!["metastatic", "metastatic"]),
            (json!({ "discipline": "SURGERY", "document": document }), vec!["axilla"]),
            (json!({ "discipline": "GENETICS" }), vec![]),
            (json!({ "strength": "OFFER" }), vec!["armpit", "axilla"]),
            (json!({ "strength": "CONSIDER", "document": other }), vec!["metastatic"]),
            (json!({ "strength": "DO_NOT_OFFER" }), vec![]),
            (json!({ "strength": "OFFER", "stage": "METASTATIC" }), vec![]),
        ] {
            let mut variables = filter.clone();
            variables["text"] = json!("biopsy");
            assert_eq!(found(&anonymous, variables).await, expected, "{filter}");
        }
    }

    async fn a3_drafts_and_group_sections_are_found_by_those_who_may_read_them(world: World) {
        let chair = chair(&world).await;
        import(&world, &chair, ADVICE).await;
        import(&world, &chair, &ADVICE.replace("issued: 2017-08\n", "").replace("slug: search", "slug: draft")).await;
        let nurse = world.seated("nurse", Office::Member, Some(Discipline::Nursing)).await;
        let (anonymous, stranger) = (world.anonymous(), world.user("stranger"));
        for (text, place, member, others) in [
            ("keyhole", "IN_FORCE", vec!["laparoscopic", "staffing"], vec!["laparoscopic"]),
            ("confidential", "IN_FORCE", vec!["staffing"], vec![]),
            ("keyhole", "DRAFTS", vec!["laparoscopic", "staffing"], vec![]),
            ("nurse -confidential", "DRAFTS", vec!["laparoscopic", "metastatic"], vec![]),
        ] {
            let variables = json!({ "text": text, "in": place });
            let hits = search(&nurse, variables.clone()).await;
            let slug = if place == "DRAFTS" { "draft" } else { "search" };
            assert!(hits.iter().all(|hit| hit["section"]["edition"]["document"]["slug"] == slug), "{hits:#?}");
            assert_eq!(found(&nurse, variables.clone()).await, member, "{text} in {place}");
            for user in [&anonymous, &stranger] {
                assert_eq!(found(user, variables.clone()).await, others, "{text} in {place}");
            }
        }
    }

    async fn a_snippet_is_escaped_html_in_which_only_what_was_found_is_marked(world: World) {
        let chair = chair(&world).await;
        import(&world, &chair, ADVICE).await;
        for (text, word, around) in [
            ("lymphoedema", "lymphoedema", "lymphoedema')</script> where 5 < 10"),
            ("quotes", "quoted", "quoted\" & bold <script>alert('lymph"),
            ("bold script", "script", "bold <script>alert"),
            ("10", "10", "10 and 20 > 10"),
        ] {
            let hits = search(&world.anonymous(), json!({ "text": text })).await;
            let [hit] = hits.as_slice() else { panic!("{text}: {hits:#?}") };
            let html = hit["snippetHTML"].as_str().expect("html");
            let plain = hit["snippetText"].as_str().expect("text");
            assert!(html.contains(&format!("<mark>{word}</mark>")), "{html}");
            let unmarked = html.replace("<mark>", "").replace("</mark>", "");
            assert!(!unmarked.contains(['<', '>', '"', '\'']), "{html}");
            let entities = ["&lt;", "&gt;", "&quot;", "&#39;", "&amp;"];
            let mut read = unmarked;
            for (entity, sign) in entities.iter().zip(["<", ">", "\"", "'", "&"]) {
                read = read.replace(entity, sign);
            }
            assert_eq!(read, plain, "the two forms say the same");
            assert!(plain.contains(around), "no sign of the text is lost: {plain}");
        }
    }

    async fn pages_of_hits_neither_repeat_nor_lose_any(world: World) {
        let chair = chair(&world).await;
        let sections = (0..23).map(|number| format!("# Part {number} {{#part-{number}}}\n\nThe same words.\n\n"));
        let head = "---\ntitle: Many\nslug: many\nissued: 2017-08\nreview_due: 2019-05\n---\n\n";
        import(&world, &chair, &format!("{head}{}", sections.collect::<String>())).await;
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "text": "words", "first": 5, "after": after });
            let page = world.anonymous().ask(HITS, variables).await.data()["search"].clone();
            let nodes = page["nodes"].as_array().expect("hits");
            seen.extend(nodes.iter().map(|hit| hit["section"]["key"].to_string()));
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            assert_eq!(nodes.len(), 5, "only the last page is short");
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen.len(), 23);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 23);
    }

    async fn what_was_superseded_is_not_found(world: World) {
        let chair = chair(&world).await;
        let document = import(&world, &chair, include_str!("data/short.md")).await;
        let nurse = world.seated("nurse", Office::Member, Some(Discipline::Nursing)).await;
        let patient = world.seated("patient", Office::Member, Some(Discipline::PatientRepresentative)).await;
        let input = json!({ "documentId": document, "kind": "FULL", "reason": "Early." });
        let review = chair.run("openReview", input, "review { id }").await.done()["review"]["id"].clone();
        let query = "{ document(slug: \"short\") { draft { section(key: \"nursing\") { id digest } } } }";
        let section = nurse.ask(query, json!({})).await.data()["document"]["draft"]["section"].clone();
        let input = json!({ "sectionId": section["id"], "digest": section["digest"],
            "body": "Everybody has a clinical specialist." });
        let digest = nurse.run("reviseSection", input, "section { digest }").await.done()["section"]["digest"].clone();
        assert_eq!(found(&chair, json!({ "text": "specialist", "in": "DRAFTS" })).await, ["nursing"]);
        assert_eq!(found(&chair, json!({ "text": "specialist" })).await, [""; 0]);
        assert_eq!(found(&chair, json!({ "text": "named" })).await, ["nursing"]);

        let note = json!({ "documentId": document, "note": "Who it is." });
        chair.run("writeChangeNote", note, "edition { id }").await.done();
        let second = world.seated("nurse-2", Office::Member, Some(Discipline::Nursing)).await;
        for nurse in [&nurse, &second] {
            let input = json!({ "reviewId": review, "sectionId": section["id"], "digest": digest });
            nurse.run("signOff", input, "position { id }").await.done();
        }
        let query = "{ document(slug: \"short\") { review { wholeDigest } } }";
        let whole = patient.ask(query, json!({})).await.data()["document"]["review"]["wholeDigest"].clone();
        patient.run("signOff", json!({ "reviewId": review, "digest": whole }), "position { id }").await.done();
        chair.run("publishEdition", json!({ "reviewId": review }), "edition { number }").await.done();
        for place in ["IN_FORCE", "DRAFTS"] {
            assert_eq!(found(&chair, json!({ "text": "named", "in": place })).await, [""; 0], "{place}");
        }
        assert_eq!(found(&world.anonymous(), json!({ "text": "specialist" })).await, ["nursing"]);
    }
}
