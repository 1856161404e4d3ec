//! What waits for somebody says what changed since they signed.

use serde_json::json;

use super::stage::Stage;
use crate::harness::{on_both_databases, world::World};

const TASKS: &str = "{ viewer { tasks { why section { key } sinceSigned { heading { change text } body { change text }
    recommendations { label text { change text } } } } } }";

on_both_databases! {
    async fn s3_who_is_asked_again_is_shown_word_by_word_what_changed_since_they_signed(world: World) {
        let stage = Stage::in_review(&world).await;
        stage.revise(&stage.editor, "rota", "One nurse is there.").await;
        let waiting = async || {
            let tasks = stage.nurse.ask(TASKS, json!({})).await.data()["viewer"]["tasks"].clone();
            let tasks = tasks.as_array().expect("tasks").clone();
            tasks.into_iter().find(|task| task["section"]["key"] == "rota")
        };
        let before = waiting().await.expect("a task");
        assert!(before["sinceSigned"].is_null(), "{before:#}");
        stage.sign(&stage.nurse, "rota").await;
        stage.revise(&stage.editor, "rota", "Two nurses are there.").await;
        let after = waiting().await.expect("a task");
        assert_eq!(after["why"], "STALE");
        let body = after["sinceSigned"]["body"].as_array().expect("spans").clone();
        let join = |change: &str| {
            let told = body.iter().filter(|span| span["change"] == change || span["change"] == "KEPT");
            told.map(|span| span["text"].as_str().expect("text")).collect::<String>()
        };
        assert_eq!((join("REMOVED").trim(), join("ADDED").trim()), ("One nurse is there.", "Two nurses are there."));
        assert!(body.iter().any(|span| span["change"] == "KEPT"), "by word: {body:?}");
        assert!(after["sinceSigned"]["heading"].as_array().expect("spans").iter().all(|span| span["change"] == "KEPT"));
    }
}
