//! The transport: bytes in, bytes out, and every limit that can be held before anybody asks what a document means.
//!
//! ```text
//! server  connections, their number and their end
//! └ edge  request id, log line, panics, load, size of the head, CORS, security headers
//!   ├ graphql    one operation per request, answered whole or by events ─┐
//!   ├ websocket  many operations on one socket                           ─┴─ doorman -> operation -> Api
//!   ├ oauth      tokens for machine clients
//!   ├ links      calendars, and the end of letters, by secret codes
//!   ├ health     alive, ready
//!   └ graphiql   a page to try the API
//! ```
//!
//! It knows nothing of documents, seats or SQL. Who a token belongs to is the [`Doorman`]'s business.

use std::sync::Arc;

use poem::{Endpoint, Response, Route, endpoint::make_sync, get};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

use crate::graphql::{api::Api, once::Running};

mod address;
mod body;
mod cors;
mod documents;
mod doorman;
mod edge;
mod events;
mod graphiql;
mod graphql;
mod health;
mod json;
mod kept;
mod links;
mod negotiation;
mod oauth;
mod operation;
mod params;
mod problem;
mod rate;
mod server;
#[cfg(test)]
mod tests;
mod websocket;

pub use address::Proxies;
pub use cors::{NotAnOrigin, Origins};
pub use documents::{Documents, TrustError};
pub use doorman::{Admitted, Doorman, NotAdmitted};
pub use health::Readiness;
pub use links::{LinkDesk, LinkUnavailable};
pub use oauth::{About, TokenDesk, TokenGiven, TokenRefusal, TokenRequest};
pub use rate::Rates;
pub use server::run;

/// Requests in hand at once; more are told to come back.
pub const REQUESTS_MAX: usize = 1_000;
/// Event streams at once; more are told to come back.
pub const STREAMS_MAX: usize = 1_000;

/// What an operator may choose about the transport.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Answer 200 to clients that read only `application/json`, whatever happened to their operation.
    pub legacy_json_200: bool,
    /// Serve the page to try the API.
    pub graphiql: bool,
    /// Pages of which other origins may use the API from a browser.
    pub origins: Origins,
    /// Which documents are run.
    pub documents: Documents,
    /// How much each caller may ask for.
    pub rates: Rates,
    /// Whom to believe about where a request comes from.
    pub proxies: Proxies,
}

/// Everything the transport needs to answer a request.
#[derive(Clone)]
pub struct Door {
    api: Api,
    doorman: Doorman,
    readiness: Readiness,
    settings: Settings,
    token_desk: Option<TokenDesk>,
    link_desk: Option<LinkDesk>,
    shutdown: CancellationToken,
    /// Sockets, which the server forgets once they are upgraded.
    sockets: TaskTracker,
    patience: websocket::Patience,
    requests: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    /// Requests with an idempotency key that are under way.
    running: Running,
}

impl Door {
    /// The API behind it.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// A door to `api`. When `shutdown` is cancelled, sockets are told to go away and [`run`] comes to its end.
    pub fn new(
        api: Api,
        doorman: Doorman,
        readiness: Readiness,
        settings: Settings,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            api,
            doorman,
            readiness,
            settings,
            token_desk: None,
            link_desk: None,
            shutdown,
            sockets: TaskTracker::new(),
            patience: websocket::Patience::default(),
            requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            running: Running::default(),
        }
    }
}

impl Door {
    /// The same, at which machine clients get tokens.
    pub fn with_token_desk(self, desk: TokenDesk) -> Self {
        Self { token_desk: Some(desk), ..self }
    }

    /// The same, at which secret links are answered.
    pub fn with_link_desk(self, desk: LinkDesk) -> Self {
        Self { link_desk: Some(desk), ..self }
    }
}

/// Every address of the service.
pub fn routes(door: Door) -> impl Endpoint<Output = Response> {
    let door = Arc::new(door);
    let mut routes = Route::new()
        .at("/health/live", get(make_sync(|_| health::live())))
        .at("/health/ready", get(answering(&door, |door, _| async move { health::ready(&door).await })));
    if let Some(desk) = door.token_desk.clone() {
        let about = desk.clone();
        routes = routes
            .at("/.well-known/oauth-authorization-server", make_sync(move |request| oauth::metadata(&about, &request)))
            .at(
                "/oauth/token",
                answering(&door, move |door, request| {
                    let (desk, span) = (desk.clone(), edge::RequestId::of(&request).span());
                    async move { oauth::token(&door, &desk, request).await }.instrument(span)
                }),
            );
    }
    if let Some(desk) = door.link_desk.clone() {
        let stopping = desk.clone();
        routes = routes
            .at(
                "/calendar.ics",
                answering(&door, move |door, request| {
                    let (desk, span) = (desk.clone(), edge::RequestId::of(&request).span());
                    async move { links::calendar(&door, &desk, request).await }.instrument(span)
                }),
            )
            .at(
                "/letters/stop",
                answering(&door, move |door, request| {
                    let (desk, span) = (stopping.clone(), edge::RequestId::of(&request).span());
                    async move { links::stop_letters(&door, &desk, request).await }.instrument(span)
                }),
            );
    }
    if door.settings.graphiql {
        routes = routes
            .at("/", get(make_sync(|_| graphiql::page())))
            .at("/graphiql", get(make_sync(|_| graphiql::page())))
            .at("/graphiql/:file", get(make_sync(|request| graphiql::file(&request))));
    }
    let addresses = Arc::new(Addresses { door, others: routes });
    poem::endpoint::make(move |request| {
        let addresses = Arc::clone(&addresses);
        async move {
            let passed = Box::pin(edge::pass(&addresses, Box::new(request)));
            Ok::<_, poem::Error>(passed.await)
        }
    })
}

/// The API, which nearly all requests are for, and everything else. To look its address up among the others, and to go
/// through their layers, costs a twentieth of an answer from memory.
struct Addresses {
    door: Arc<Door>,
    others: Route,
}

impl Addresses {
    async fn call(&self, request: Box<poem::Request>) -> poem::Result<Response> {
        if request.uri().path() == "/graphql" {
            return Ok(graphql::serve(&self.door, request).await);
        }
        // Seldom, and long.
        Box::pin(self.others.call(*request)).await
    }
}

/// An endpoint that answers with the door in hand.
fn answering<F>(
    door: &Arc<Door>,
    answer: impl Fn(Arc<Door>, poem::Request) -> F + Send + Sync + 'static,
) -> impl Endpoint<Output = Response> + 'static
where
    F: Future<Output = Response> + Send + 'static,
{
    let door = door.clone();
    poem::endpoint::make(move |request| {
        // Each layer around it moves what it makes.
        let answer = Box::pin(answer(door.clone(), request));
        async move { Ok::<_, poem::Error>(answer.await) }
    })
}
