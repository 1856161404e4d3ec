//! The rules of HTTP, tried on the whole of the routes, without a network where none is needed.

mod events;
mod http;
mod live;
mod rules;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use async_graphql::Data;
use poem::http::header;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::*;
use crate::graphql::stub::{self, Caller};

/// A service for tests, with a doorman that knows a few tokens by name.
struct Service {
    door: Door,
    shutdown: CancellationToken,
    /// Set by the mutation `change`.
    changed: Arc<AtomicBool>,
    /// While set, the token `revoked` is good.
    grace: Arc<AtomicBool>,
    ready: Arc<AtomicBool>,
}

impl Service {
    fn new() -> Self {
        Self::with(Settings { graphiql: true, ..Settings::default() })
    }

    fn with(settings: Settings) -> Self {
        let shutdown = CancellationToken::new();
        let (changed, grace, ready) =
            (Arc::default(), Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(true)));
        let doorman = doorman(Arc::clone(&changed), Arc::clone(&grace));
        let readiness = Readiness::new({
            let ready = Arc::clone(&ready);
            move || std::future::ready(ready.load(Ordering::SeqCst))
        });
        let door = Door::new(Api::new(stub::schema()), doorman, readiness, settings, shutdown.clone());
        Self { door, shutdown, changed, grace, ready }
    }

    fn has_changed(&self) -> bool {
        self.changed.load(Ordering::SeqCst)
    }
}

fn doorman(changed: Arc<AtomicBool>, grace: Arc<AtomicBool>) -> Doorman {
    Doorman::new(move |token: Option<String>| {
        let (changed, is_grace) = (Arc::clone(&changed), grace.load(Ordering::SeqCst));
        async move {
            let mut data = Data::default();
            data.insert(changed);
            let Some(token) = token else {
                return Ok(Admitted {
                    data,
                    session: None,
                    who: None,
                    holds: BTreeSet::new(),
                    complexity_max: 1_000,
                    expires_at: None,
                });
            };
            let expires_at = match token.as_str() {
                "ada" | "demoted" => None,
                "brief" => Some(SystemTime::now() + Duration::from_millis(300)),
                "revoked" if is_grace => None,
                "away" => return Err(NotAdmitted::Unavailable),
                "panic" => panic!("password is swordfish"),
                _ => return Err(NotAdmitted::BadToken),
            };
            let who = Some(Uuid::from_u128(u128::from(token.as_bytes()[0])));
            // What `demoted` holds ends with the grace, and their token does not.
            let holds = if is_grace { BTreeSet::from([(Uuid::nil(), "CHAIR")]) } else { BTreeSet::new() };
            data.insert(Caller(token));
            Ok(Admitted { data, session: None, who, holds, complexity_max: 5_000, expires_at })
        }
    })
}

/// An answer, read to its end.
struct Reply {
    status: u16,
    headers: poem::http::HeaderMap,
    text: String,
}

impl Reply {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// The status, and the code of the first error.
    fn refusal(&self) -> (u16, String) {
        let json = self.json();
        assert!(json.get("data").is_none(), "a refusal has no data: {json}");
        (self.status, json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned())
    }

    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
