//! Secret links, for programs that bring no token: calendars, and the end of letters.
//!
//! The code stands in the query, which is not logged, and is asked for at most as often as anybody unknown may ask. Whether a
//! code is good is not this module's to know: it asks the [`LinkDesk`].

use std::{fmt, sync::Arc};

use futures_util::future::BoxFuture;
use poem::{
    Request, Response,
    http::{Method, StatusCode, header},
};

use super::{
    Door,
    edge::client_address,
    rate::{Caller, Standing},
};

/// The desk could not answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkUnavailable;

type Asked<T> = Arc<dyn Fn(String) -> BoxFuture<'static, Result<T, LinkUnavailable>> + Send + Sync>;

/// Answers what comes by secret links.
#[derive(Clone)]
pub struct LinkDesk {
    calendar: Asked<Option<String>>,
    stop: Asked<()>,
}

impl LinkDesk {
    /// A desk that finds the calendar of a code, if the code is good, and stops letters by theirs.
    pub fn new<C, S>(
        calendar: impl Fn(String) -> C + Send + Sync + 'static,
        stop: impl Fn(String) -> S + Send + Sync + 'static,
    ) -> Self
    where
        C: Future<Output = Result<Option<String>, LinkUnavailable>> + Send + 'static,
        S: Future<Output = Result<(), LinkUnavailable>> + Send + 'static,
    {
        Self {
            calendar: Arc::new(move |code| Box::pin(calendar(code))),
            stop: Arc::new(move |code| Box::pin(stop(code))),
        }
    }
}

impl fmt::Debug for LinkDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkDesk")
    }
}

/// Answers `/calendar.ics?code=...`.
pub(super) async fn calendar(door: &Door, desk: &LinkDesk, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "").with("allow", "GET, HEAD");
    }
    let code = match asked(door, &request) {
        Ok(code) => code,
        Err(refused) => return *refused,
    };
    match (desk.calendar)(code).await {
        Ok(Some(calendar)) => Response::builder()
            .header(header::CONTENT_TYPE, "text/calendar; charset=utf-8")
            .header(header::CACHE_CONTROL, "private, no-cache")
            .body(calendar),
        Ok(None) => plain(StatusCode::NOT_FOUND, "There is no such calendar, or not any more."),
        Err(LinkUnavailable) => plain(StatusCode::SERVICE_UNAVAILABLE, "Try again later.").with("retry-after", "30"),
    }
}

/// Answers `/letters/stop?code=...`. Programs that open every link in a letter change nothing: only a POST does (RFC 8058).
/// What is said does not tell whether a code is anybody's.
pub(super) async fn stop_letters(door: &Door, desk: &LinkDesk, request: Request) -> Response {
    const ASK: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>No more letters</title>\
        <form method=\"post\"><p>Get no more letters about reviews? What you are told still stands in your notices.</p>\
        <button>No more letters</button></form></html>";
    const DONE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>No more letters</title>\
        <p>You get no more letters.</p></html>";
    let page = |body: &'static str| {
        Response::builder()
            .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
            .header(header::CACHE_CONTROL, "no-store")
            .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'; frame-ancestors 'none'")
            .body(body)
    };
    let code = match asked(door, &request) {
        Ok(code) => code,
        Err(refused) => return *refused,
    };
    match *request.method() {
        Method::GET | Method::HEAD => page(ASK),
        Method::POST => match (desk.stop)(code).await {
            Ok(()) => page(DONE),
            Err(LinkUnavailable) => {
                plain(StatusCode::SERVICE_UNAVAILABLE, "Try again later.").with("retry-after", "30")
            }
        },
        _ => plain(StatusCode::METHOD_NOT_ALLOWED, "").with("allow", "GET, HEAD, POST"),
    }
}

/// The code of a request that may be asked now. Who asks is not known, so it counts for the address that it comes from.
fn asked(door: &Door, request: &Request) -> Result<String, Box<Response>> {
    let standing = door.settings.rates.count(Caller::at(client_address(request)), 0);
    if let Some(refusal) = standing.as_ref().and_then(Standing::refusal) {
        let mut response = plain(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
        response.headers_mut().extend(refusal.headers);
        return Err(Box::new(response));
    }
    let query = request.uri().query().unwrap_or_default();
    let code = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
    Ok(code.map(|(_, code)| code.into_owned()).unwrap_or_default())
}

fn plain(status: StatusCode, words: &'static str) -> Response {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(words)
}

/// One more header on an answer.
trait With {
    fn with(self, name: &'static str, value: &'static str) -> Self;
}

impl With for Response {
    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers_mut()
            .insert(poem::http::HeaderName::from_static(name), poem::http::HeaderValue::from_static(value));
        self
    }
}
