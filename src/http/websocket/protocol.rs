//! The protocol `graphql-transport-ws` as a state machine: messages in, effects out. It waits for nothing and owns no
//! socket, so every rule of closing can be tried in a line of a test.
//!
//! ```text
//! Silent --connection_init--> Admitting --admitted--> Open --subscribe/complete--> Open
//! ```
//!
//! Any breach is a [`Close`]; after one, nothing more is asked of the machine.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::{
    graphql::{
        answer::Answer,
        error::{Code, Refusal},
    },
    http::{
        doorman::bearer,
        json,
        params::{self, Parameters},
    },
};

/// The name of the protocol in `Sec-WebSocket-Protocol`.
pub(super) const SUBPROTOCOL: &str = "graphql-transport-ws";
/// Operations at once on one socket.
pub(super) const OPERATIONS_MAX: usize = 50;
/// Pings in a row that may stay without any word from the client.
const UNANSWERED_PINGS_MAX: u8 = 3;
/// Characters of an operation's id.
const ID_LENGTH_MAX: usize = 128;
/// Bytes of the reason in a close frame, as the WebSocket protocol bounds it.
const REASON_MAX: usize = 123;

/// One run of an operation. A client may use an id again; a ticket is never used twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Ticket(pub(super) u64);

/// What the owner of the socket must do next.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Effect {
    /// Send a text frame.
    Send(String),
    /// Ask the doorman about this token, if the message brought one, and report with `admitted` or by closing.
    Admit(Option<String>),
    /// Run an operation and report what comes of it under its ticket.
    Start(Ticket, Parameters),
    /// Stop an operation.
    Stop(Ticket),
    /// Close the socket. Always the last effect.
    Close(Close),
}

/// Why a socket is closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Close {
    /// A frame that is not a message of the protocol.
    BadFrame(String),
    /// An operation before the connection was acknowledged.
    NotAcknowledged,
    /// The token is not valid, or no longer.
    BadToken,
    /// The client speaks another protocol.
    Subprotocol,
    /// No `connection_init` in time.
    InitTimeout,
    /// The id is in use.
    DoubledId(String),
    /// A second `connection_init`.
    SecondInit,
    /// The service stops.
    GoingAway,
    /// The client has not been heard of for several pings.
    Lost,
    /// A frame is too large.
    TooLarge,
    /// Not even WebSocket.
    BrokenFrame,
    /// The client reads too slowly.
    TooSlow,
    /// Tokens cannot be checked now.
    Unavailable,
}

impl Close {
    /// The code of the close frame.
    pub(super) fn code(&self) -> u16 {
        match self {
            Self::GoingAway | Self::Lost => 1001,
            Self::BrokenFrame => 1002,
            Self::TooLarge => 1009,
            Self::TooSlow | Self::Unavailable => 1013,
            Self::BadFrame(_) => 4400,
            Self::NotAcknowledged => 4401,
            Self::BadToken => 4403,
            Self::Subprotocol => 4406,
            Self::InitTimeout => 4408,
            Self::DoubledId(_) => 4409,
            Self::SecondInit => 4429,
        }
    }

    /// The reason in the close frame. Clients' libraries look for some of these words.
    pub(super) fn reason(&self) -> String {
        let reason = match self {
            Self::BadFrame(reason) => Cow::Borrowed(reason.as_str()),
            Self::NotAcknowledged => Cow::Borrowed("Unauthorized"),
            Self::BadToken => Cow::Borrowed("Forbidden"),
            Self::Subprotocol => Cow::Borrowed("Subprotocol not acceptable"),
            Self::InitTimeout => Cow::Borrowed("Connection initialisation timeout"),
            Self::DoubledId(id) => Cow::Owned(format!("Subscriber for {id} already exists")),
            Self::SecondInit => Cow::Borrowed("Too many initialisation requests"),
            Self::GoingAway => Cow::Borrowed("The service stops"),
            Self::Lost => Cow::Borrowed("No answer to pings"),
            Self::TooLarge => Cow::Borrowed("Frame too large"),
            Self::BrokenFrame => Cow::Borrowed("Not a WebSocket frame"),
            Self::TooSlow => Cow::Borrowed("Messages are not read in time"),
            Self::Unavailable => Cow::Borrowed("Try again later"),
        };
        reason[..reason.floor_char_boundary(REASON_MAX)].to_owned()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Silent,
    Admitting,
    Open,
}

/// The state of one socket.
#[derive(Debug)]
pub(super) struct Conversation {
    phase: Phase,
    running: Vec<(Ticket, String)>,
    tickets: u64,
    unanswered_pings: u8,
}

impl Conversation {
    pub(super) fn new() -> Self {
        Self { phase: Phase::Silent, running: Vec::new(), tickets: 0, unanswered_pings: 0 }
    }

    /// A text frame arrived.
    pub(super) fn text(&mut self, frame: &str) -> Vec<Effect> {
        self.unanswered_pings = 0;
        match self.message(frame) {
            Ok(effects) => effects,
            Err(close) => vec![Effect::Close(close)],
        }
    }

    /// A binary frame arrived: the protocol has none.
    pub(super) fn binary(&mut self) -> Vec<Effect> {
        vec![Effect::Close(Close::BadFrame("Binary frames are not part of the protocol".into()))]
    }

    /// The doorman let the client in.
    pub(super) fn admitted(&mut self) -> Vec<Effect> {
        self.phase = Phase::Open;
        send(json!({ "type": "connection_ack" }))
    }

    /// The time for `connection_init` is over.
    pub(super) fn init_deadline(&mut self) -> Vec<Effect> {
        match self.phase {
            Phase::Silent => vec![Effect::Close(Close::InitTimeout)],
            Phase::Admitting | Phase::Open => Vec::new(),
        }
    }

    /// It is time for a ping.
    pub(super) fn tick(&mut self) -> Vec<Effect> {
        if self.unanswered_pings >= UNANSWERED_PINGS_MAX {
            return vec![Effect::Close(Close::Lost)];
        }
        self.unanswered_pings += 1;
        send(json!({ "type": "ping" }))
    }

    /// An operation said something. A refusal is its last word.
    pub(super) fn answered(&mut self, ticket: Ticket, answer: &Answer) -> Vec<Effect> {
        let Some(at) = self.running.iter().position(|(running, _)| *running == ticket) else { return Vec::new() };
        let Some((_, id)) = self.running.get(at) else { return Vec::new() };
        match answer {
            Answer::Executed { .. } => send(json!({ "type": "next", "id": id, "payload": answer })),
            Answer::Refused(errors) => {
                let mut effects = send(json!({ "type": "error", "id": id, "payload": errors }));
                self.running.remove(at);
                effects.push(Effect::Stop(ticket));
                effects
            }
        }
    }

    /// An operation ended by itself.
    pub(super) fn ended(&mut self, ticket: Ticket) -> Vec<Effect> {
        let Some(at) = self.running.iter().position(|(running, _)| *running == ticket) else { return Vec::new() };
        let (_, id) = self.running.remove(at);
        send(json!({ "type": "complete", "id": id }))
    }

    fn message(&mut self, frame: &str) -> Result<Vec<Effect>, Close> {
        let bad = |reason: &str| Close::BadFrame(reason.to_owned());
        let Ok(Value::Object(mut message)) = json::parse(frame.as_bytes()) else {
            return Err(bad("A message is a JSON object"));
        };
        let kind = match message.remove("type") {
            Some(Value::String(kind)) => kind,
            _ => return Err(bad("A message has a type")),
        };
        let payload = match message.remove("payload") {
            None | Some(Value::Null) => None,
            Some(Value::Object(payload)) => Some(payload),
            Some(_) => return Err(bad("A payload is an object")),
        };
        match kind.as_str() {
            "connection_init" => self.init(payload),
            "ping" => Ok(send(match payload {
                Some(payload) => json!({ "type": "pong", "payload": payload }),
                None => json!({ "type": "pong" }),
            })),
            "pong" => Ok(Vec::new()),
            "subscribe" => self.subscribe(id_of(&message)?, payload),
            "complete" => Ok(self.complete(&id_of(&message)?)),
            _ => Err(bad("Unknown type of message")),
        }
    }

    fn init(&mut self, payload: Option<Map<String, Value>>) -> Result<Vec<Effect>, Close> {
        match self.phase {
            Phase::Silent => {}
            Phase::Admitting | Phase::Open => return Err(Close::SecondInit),
        }
        let payload = payload.unwrap_or_default();
        let token = match payload.get("Authorization").or_else(|| payload.get("authorization")) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(bearer(text).ok_or(Close::BadToken)?.to_owned()),
            Some(_) => return Err(Close::BadToken),
        };
        self.phase = Phase::Admitting;
        Ok(vec![Effect::Admit(token)])
    }

    fn subscribe(&mut self, id: String, payload: Option<Map<String, Value>>) -> Result<Vec<Effect>, Close> {
        match self.phase {
            Phase::Open => {}
            Phase::Silent | Phase::Admitting => return Err(Close::NotAcknowledged),
        }
        if self.running.iter().any(|(_, running)| *running == id) {
            return Err(Close::DoubledId(id));
        }
        let Some(payload) = payload else { return Err(Close::BadFrame("An operation has a payload".into())) };
        let raw = match params::from_object(payload) {
            Ok(raw) => raw,
            Err(problem) if problem.code == Code::BadRequest => return Err(Close::BadFrame(problem.message)),
            Err(problem) => return Ok(refuse(&id, Refusal::new(problem.code, problem.message))),
        };
        if self.running.len() >= OPERATIONS_MAX {
            let message = format!("at most {OPERATIONS_MAX} operations at once on one socket");
            return Ok(refuse(&id, Refusal::new(Code::RateLimited, message)));
        }
        let ticket = Ticket(self.tickets);
        self.tickets += 1;
        self.running.push((ticket, id));
        Ok(vec![Effect::Start(ticket, raw)])
    }

    /// The client has enough. It may say so about what has just ended, so an unknown id is no breach.
    fn complete(&mut self, id: &str) -> Vec<Effect> {
        let Some(at) = self.running.iter().position(|(_, running)| running == id) else { return Vec::new() };
        let (ticket, _) = self.running.remove(at);
        vec![Effect::Stop(ticket)]
    }
}

fn id_of(message: &Map<String, Value>) -> Result<String, Close> {
    match message.get("id") {
        Some(Value::String(id)) if (1..=ID_LENGTH_MAX).contains(&id.len()) => Ok(id.clone()),
        _ => Err(Close::BadFrame("An operation has an id of 1 to 128 characters".into())),
    }
}

fn refuse(id: &str, refusal: Refusal) -> Vec<Effect> {
    let errors = Answer::from(refusal);
    send(json!({ "type": "error", "id": id, "payload": errors.errors() }))
}

fn send(message: Value) -> Vec<Effect> {
    vec![Effect::Send(message.to_string())]
}

#[cfg(test)]
mod tests;
