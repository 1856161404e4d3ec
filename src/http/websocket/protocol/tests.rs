//! The rules of the protocol, one message at a time.

use async_graphql::Value as GraphqlValue;

use super::*;
use crate::http::documents::Named;

fn text(conversation: &mut Conversation, message: Value) -> Vec<Effect> {
    conversation.text(&message.to_string())
}

/// A conversation in which operations may begin.
fn open() -> Conversation {
    let mut conversation = Conversation::new();
    text(&mut conversation, json!({ "type": "connection_init" }));
    conversation.admitted();
    conversation
}

fn subscribe(conversation: &mut Conversation, id: &str) -> Vec<Effect> {
    text(conversation, json!({ "type": "subscribe", "id": id, "payload": { "query": "{ a }" } }))
}

fn close_code(effects: &[Effect]) -> Option<u16> {
    match effects.last() {
        Some(Effect::Close(close)) => Some(close.code()),
        _ => None,
    }
}

fn sent(effects: &[Effect]) -> Vec<Value> {
    let texts = effects.iter().filter_map(|effect| match effect {
        Effect::Send(text) => Some(serde_json::from_str(text).unwrap()),
        _ => None,
    });
    texts.collect()
}

fn executed() -> Answer {
    Answer::Executed { data: GraphqlValue::from(1), errors: Vec::new() }
}

#[test]
fn an_operation_runs_from_init_to_complete() {
    let mut conversation = Conversation::new();
    assert_eq!(text(&mut conversation, json!({ "type": "connection_init" })), [Effect::Admit(None)]);
    assert_eq!(sent(&conversation.admitted()), [json!({ "type": "connection_ack" })]);
    let effects = subscribe(&mut conversation, "one");
    assert!(
        matches!(effects.as_slice(), [Effect::Start(Ticket(0), asked)] if asked.document == Named::Text("{ a }".into()))
    );
    let next = json!({ "type": "next", "id": "one", "payload": { "data": 1 } });
    assert_eq!(sent(&conversation.answered(Ticket(0), &executed())), [next]);
    assert_eq!(sent(&conversation.ended(Ticket(0))), [json!({ "type": "complete", "id": "one" })]);
    assert!(matches!(subscribe(&mut conversation, "one").as_slice(), [Effect::Start(Ticket(1), _)]), "free again");
}

#[test]
fn the_token_is_found_under_either_spelling() {
    for name in ["Authorization", "authorization"] {
        let effects = text(
            &mut Conversation::new(),
            json!({ "type": "connection_init", "payload": { name: "Bearer abc", "other": 1 } }),
        );
        assert_eq!(effects, [Effect::Admit(Some("abc".into()))]);
    }
    for wrong in [json!("Basic abc"), json!("Bearer"), json!(1), json!({})] {
        let message = json!({ "type": "connection_init", "payload": { "Authorization": wrong } });
        assert_eq!(close_code(&text(&mut Conversation::new(), message)), Some(4403));
    }
}

#[test]
fn what_is_no_message_closes_with_4400() {
    for frame in [
        "",
        "hello",
        "[]",
        "null",
        "{}",
        r#"{"type":1}"#,
        r#"{"type":"connection_terminate"}"#,
        r#"{"type":"ping","payload":"x"}"#,
        r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
        r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
        r#"{"type":"subscribe","id":"a"}"#,
        r#"{"type":"subscribe","id":"a","payload":[]}"#,
        r#"{"type":"subscribe","id":"a","payload":{}}"#,
        r#"{"type":"subscribe","id":"a","payload":{"query":1}}"#,
        r#"{"type":"complete"}"#,
    ] {
        assert_eq!(close_code(&open().text(frame)), Some(4400), "{frame}");
    }
    assert_eq!(close_code(&open().text(&"[".repeat(10_000))), Some(4400));
    let long = json!({ "type": "complete", "id": "x".repeat(ID_LENGTH_MAX + 1) });
    assert_eq!(close_code(&text(&mut open(), long)), Some(4400));
    assert_eq!(close_code(&open().binary()), Some(4400));
}

#[test]
fn an_operation_before_the_acknowledgement_closes_with_4401() {
    assert_eq!(close_code(&subscribe(&mut Conversation::new(), "a")), Some(4401));
    let mut admitting = Conversation::new();
    text(&mut admitting, json!({ "type": "connection_init" }));
    assert_eq!(close_code(&subscribe(&mut admitting, "a")), Some(4401));
}

#[test]
fn a_second_introduction_closes_with_4429() {
    let init = json!({ "type": "connection_init" });
    assert_eq!(close_code(&text(&mut open(), init.clone())), Some(4429));
    let mut admitting = Conversation::new();
    text(&mut admitting, init.clone());
    assert_eq!(close_code(&text(&mut admitting, init)), Some(4429));
}

#[test]
fn silence_closes_with_4408_and_an_introduction_in_time_does_not() {
    assert_eq!(close_code(&Conversation::new().init_deadline()), Some(4408));
    assert_eq!(open().init_deadline(), []);
}

#[test]
fn an_id_in_use_closes_with_4409() {
    let mut conversation = open();
    subscribe(&mut conversation, "a");
    let effects = subscribe(&mut conversation, "a");
    assert_eq!(close_code(&effects), Some(4409));
    assert!(matches!(&effects[..], [Effect::Close(close)] if close.reason() == "Subscriber for a already exists"));
}

#[test]
fn complete_stops_an_operation_and_is_not_echoed() {
    let mut conversation = open();
    subscribe(&mut conversation, "a");
    assert_eq!(text(&mut conversation, json!({ "type": "complete", "id": "a" })), [Effect::Stop(Ticket(0))]);
    assert_eq!(text(&mut conversation, json!({ "type": "complete", "id": "a" })), [], "once more is no breach");
    assert_eq!(conversation.answered(Ticket(0), &executed()), [], "what was on its way is dropped");
    assert_eq!(conversation.ended(Ticket(0)), []);
}

#[test]
fn late_words_of_a_stopped_operation_do_not_reach_its_successor() {
    let mut conversation = open();
    subscribe(&mut conversation, "a");
    text(&mut conversation, json!({ "type": "complete", "id": "a" }));
    subscribe(&mut conversation, "a");
    assert_eq!(conversation.answered(Ticket(0), &executed()), []);
    assert_eq!(sent(&conversation.answered(Ticket(1), &executed())).len(), 1);
}

#[test]
fn a_refusal_is_an_error_message_and_the_end_of_its_operation() {
    let mut conversation = open();
    subscribe(&mut conversation, "a");
    let effects = conversation.answered(Ticket(0), &Answer::refused(Code::ValidationFailed, "no"));
    let payload = json!([{ "message": "no", "extensions": { "code": "GRAPHQL_VALIDATION_FAILED" } }]);
    assert_eq!(sent(&effects), [json!({ "type": "error", "id": "a", "payload": payload })]);
    assert_eq!(effects.last(), Some(&Effect::Stop(Ticket(0))));
    assert_eq!(conversation.ended(Ticket(0)), [], "no complete after an error");
}

#[test]
fn one_operation_too_many_is_refused_and_the_others_go_on() {
    let mut conversation = open();
    for at in 0..OPERATIONS_MAX {
        assert!(matches!(subscribe(&mut conversation, &at.to_string())[..], [Effect::Start(..)]));
    }
    let effects = subscribe(&mut conversation, "more");
    assert_eq!(sent(&effects)[0]["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    text(&mut conversation, json!({ "type": "complete", "id": "7" }));
    assert!(matches!(subscribe(&mut conversation, "more")[..], [Effect::Start(..)]));
}

#[test]
fn a_document_may_be_named_by_its_digest() {
    let payload = json!({ "documentId": "sha256:abc" });
    let effects = text(&mut open(), json!({ "type": "subscribe", "id": "one", "payload": payload }));
    assert!(matches!(effects.as_slice(), [Effect::Start(_, asked)] if matches!(asked.document, Named::Digest(_))));
}

#[test]
fn pings_are_answered_even_before_an_introduction() {
    let mut conversation = Conversation::new();
    assert_eq!(sent(&text(&mut conversation, json!({ "type": "ping" }))), [json!({ "type": "pong" })]);
    let payload = json!({ "type": "ping", "payload": { "a": 1 } });
    assert_eq!(sent(&text(&mut conversation, payload)), [json!({ "type": "pong", "payload": { "a": 1 } })]);
    assert_eq!(text(&mut conversation, json!({ "type": "pong" })), []);
}

#[test]
fn a_client_that_answers_no_pings_is_given_up() {
    let mut conversation = open();
    for _ in 0..UNANSWERED_PINGS_MAX {
        assert_eq!(sent(&conversation.tick()), [json!({ "type": "ping" })]);
    }
    text(&mut conversation, json!({ "type": "pong" }));
    for _ in 0..UNANSWERED_PINGS_MAX {
        assert_eq!(close_code(&conversation.tick()), None);
    }
    assert_eq!(close_code(&conversation.tick()), Some(1001));
}

#[test]
fn a_reason_fits_into_a_close_frame_and_cuts_no_letter() {
    let reason = Close::DoubledId("é".repeat(200)).reason();
    assert!(reason.len() <= REASON_MAX && reason.len() > REASON_MAX - 4, "{}", reason.len());
    assert!(reason.ends_with('é'));
}
