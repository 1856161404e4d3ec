//! Server-sent events: one operation, one stream (`graphql-sse`, distinct connections).
//!
//! ```text
//! event: next       data: an answer        as often as there is one
//! event: complete   data:                  the end, unless we go away first
//! :                                        every 12 s, so that nobody takes silence for death
//! ```
//!
//! Events carry no ids, so `Last-Event-ID` is never sent and nothing is resumed: an event says how things stand, not what
//! happened, and whoever comes back reads that with a query.

use std::{future::pending, sync::Arc, time::SystemTime};

use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use poem::{
    Body, Response,
    http::{HeaderName, header},
};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, interval_at, sleep},
};

use super::{Door, doorman::NotAdmitted, problem::Problem};
use crate::graphql::{answer::Answer, error::Code};

/// The content of a stream: everything that is answered, and whose token it hangs on.
pub(super) struct Events {
    pub(super) answers: BoxStream<'static, Answer>,
    pub(super) token: Option<String>,
    pub(super) expires_at: Option<SystemTime>,
    pub(super) place: OwnedSemaphorePermit,
}

/// A place among the streams, if there is one.
pub(super) fn place(door: &Door) -> Result<OwnedSemaphorePermit, Problem> {
    let taken = door.streams.clone().try_acquire_owned();
    taken.map_err(|_| Problem::of(Code::Unavailable, "too many event streams at once"))
}

/// Answers by events, until there are no more, the token ends, or the service stops.
pub(super) fn respond(door: Arc<Door>, events: Events) -> Response {
    let Events { mut answers, token, expires_at, place } = events;
    let body = async_stream::stream! {
        let _place = place;
        let mut expiry = match expires_at {
            Some(at) => sleep(at.duration_since(SystemTime::now()).unwrap_or_default()).boxed(),
            None => pending().boxed(),
        };
        let mut pings = interval_at(Instant::now() + door.patience.ping, door.patience.ping);
        loop {
            let heard = tokio::select! {
                () = door.shutdown.cancelled() => break,
                () = &mut expiry => break,
                _ = pings.tick() => Heard::Silence,
                answer = answers.next() => Heard::Answer(answer),
            };
            match heard {
                Heard::Silence => {
                    if !still_holds(&door, token.as_deref()).await {
                        break;
                    }
                    yield Ok::<_, std::io::Error>(":\n\n".to_owned());
                }
                Heard::Answer(Some(answer)) => match serde_json::to_string(&answer) {
                    Ok(json) => yield Ok(format!("event: next\ndata: {json}\n\n")),
                    Err(error) => {
                        tracing::error!(%error, "failed to write an answer");
                        break;
                    }
                },
                Heard::Answer(None) => {
                    // With data, for browsers pass over events that have none.
                    yield Ok("event: complete\ndata: \n\n".to_owned());
                    break;
                }
            }
        }
    };
    Response::builder()
        .header(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")
        .header(HeaderName::from_static("x-accel-buffering"), "no")
        .body(Body::from_bytes_stream(body))
}

enum Heard {
    Silence,
    Answer(Option<Answer>),
}

/// Whether the token is still good. If nobody can tell, it is for now.
async fn still_holds(door: &Door, token: Option<&str>) -> bool {
    match token {
        Some(token) => !matches!(door.doorman.admit(Some(token)).await, Err(NotAdmitted::BadToken)),
        None => true,
    }
}
