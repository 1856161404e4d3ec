//! Two questions of whoever runs the service: is the process alive, and should it get requests now.

use std::{fmt, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use poem::{
    Response,
    http::{StatusCode, header},
};

use super::Door;

/// How long readiness may think before the answer is no.
const READY_TIME_MAX: Duration = Duration::from_secs(2);

/// Asks whether everything behind the transport can serve requests; the store supplies the check.
#[derive(Clone)]
pub struct Readiness(Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>);

impl Readiness {
    /// Readiness as `check` sees it.
    pub fn new<F>(check: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(check())))
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readiness")
    }
}

/// The process answers, whatever else is wrong: restarting it would not help the database.
pub(super) fn live() -> Response {
    state(StatusCode::OK, "alive")
}

/// Ready, unless the store says otherwise or the process is on its way out.
pub(super) async fn ready(door: &Door) -> Response {
    if door.shutdown.is_cancelled() {
        return state(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match tokio::time::timeout(READY_TIME_MAX, (door.readiness.0)()).await {
        Ok(true) => state(StatusCode::OK, "ready"),
        Ok(false) => state(StatusCode::SERVICE_UNAVAILABLE, "not ready"),
        Err(_) => state(StatusCode::SERVICE_UNAVAILABLE, "not ready in time"),
    }
}

fn state(status: StatusCode, word: &'static str) -> Response {
    Response::builder().status(status).header(header::CACHE_CONTROL, "no-store").body(word)
}
