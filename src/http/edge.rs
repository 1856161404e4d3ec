//! What happens to every request, whoever answers it: a name, a line in the log, and a few refusals.
//!
//! The log line says what was asked for and how it went; never a variable, a query string, a token or an address.

use std::{fmt::Write, net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::FutureExt;
use poem::{
    Request, Response,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header},
};
use tracing::Span;
use uuid::Uuid;

use super::{
    Addresses, cors,
    kept::FromMemory,
    negotiation::{MediaType, accepted},
    problem::Problem,
};
use crate::graphql::{answer::fault_message, error::Code};

/// Bytes of all headers together. The server below bounds the URI itself at 64 KiB.
const HEAD_MAX: usize = 16 * 1024;
/// Bytes of the URI.
const URI_MAX: usize = 64 * 1024;
/// Characters of a path in the log.
const LOGGED_PATH_MAX: usize = 200;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names one request in logs and answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct RequestId(Arc<str>);

impl RequestId {
    /// The name the request has been given at the edge.
    pub(super) fn of(request: &Request) -> Self {
        request.extensions().get::<Found>().map_or_else(Self::new, |found| found.id.clone())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// What everything that is logged about the request stands in. To make it costs a fifth of an answer from memory, so it
    /// is made where something may be logged.
    pub(super) fn span(&self) -> Span {
        tracing::info_span!("request", request_id = self.as_str(), operation = tracing::field::Empty)
    }

    fn new() -> Self {
        Self(Arc::from(&*Uuid::now_v7().hyphenated().encode_lower(&mut Uuid::encode_buffer())))
    }

    /// The name a proxy gave it, if it can stand in a log.
    fn given(headers: &HeaderMap) -> Option<Self> {
        let id = headers.get(&REQUEST_ID)?.to_str().ok()?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        ((1..=64).contains(&id.len()) && id.bytes().all(is_plain)).then(|| Self(id.into()))
    }
}

/// The name of the operation that was run, for the log.
#[derive(Clone, Debug)]
pub(super) struct OperationName(pub(super) String);

/// Where a request comes from, as the edge has found out: for counting, not for logs.
pub(super) fn client_address(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<Found>().and_then(|found| found.address)
}

/// What the edge has found out about a request.
#[derive(Clone, Debug)]
struct Found {
    id: RequestId,
    address: Option<IpAddr>,
}

/// Takes a request through the edge to where it is addressed, and its answer back. The request is large and passed on from
/// hand to hand, so it lies in a box.
pub(super) async fn pass(addresses: &Addresses, mut request: Box<Request>) -> Response {
    let door = &addresses.door;
    let begun = Instant::now();
    let id = RequestId::given(request.headers()).unwrap_or_else(RequestId::new);
    let address = door.settings.proxies.client(&request.remote_addr().0, request.headers());
    request.extensions_mut().insert(Found { id: id.clone(), address });
    let origin = request.headers().get(header::ORIGIN).cloned();
    let (uri, method) = (request.uri().clone(), request.method().clone());
    let is_chunked = request.headers().contains_key(header::TRANSFER_ENCODING);

    let answer = AssertUnwindSafe(answer(addresses, request)).catch_unwind();
    let mut response = answer.await.unwrap_or_else(|_| {
        tracing::error!(request_id = id.as_str(), "a handler panicked");
        Problem::of(Code::Internal, fault_message(id.as_str())).into_response(MediaType::Json)
    });

    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, value);
    }
    vary(headers);
    if is_chunked {
        // The server below drops a Content-Length that stood beside it. Whoever read that one takes what follows for
        // something else than we would, so nothing follows (RFC 9112, 6.1).
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    cors::allow(&door.settings.origins, origin.as_ref(), headers);
    secure(headers);
    let status = response.status().as_u16();
    let path = Shortened(uri.path());
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (id, method) = (id.as_str(), method.as_str());
    // What the public reads over and over is told only to who wants to hear everything.
    match response.extensions().get::<FromMemory>() {
        Some(FromMemory) => {
            tracing::debug!(request_id = id, method, %path, status, duration_ms, "answered from memory");
        }
        None => {
            let operation = response.extensions().get::<OperationName>().map(|name| name.0.as_str());
            tracing::info!(request_id = id, operation, method, %path, status, duration_ms, "answered a request");
        }
    }
    response
}

/// A path as the log has it.
struct Shortened<'a>(&'a str);

impl std::fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().take(LOGGED_PATH_MAX).try_for_each(|character| f.write_char(character))
    }
}

async fn answer(addresses: &Addresses, request: Box<Request>) -> Response {
    let door = &addresses.door;
    let media_type = accepted(request.headers()).for_refusals();
    if let Some(response) = cors::preflight(&door.settings.origins, &request) {
        return response;
    }
    if let Err(problem) = head_within_limits(&request) {
        return problem.into_response(media_type);
    }
    // Whoever asks after our health under load wants an answer, not a place in the queue.
    let permit = door.requests.try_acquire();
    if permit.is_err() && !request.uri().path().starts_with("/health/") {
        return Problem::of(Code::Unavailable, "too many requests at once").into_response(media_type);
    }
    match addresses.call(request).await {
        Ok(response) => response,
        Err(error) => {
            let code = match error.status() {
                StatusCode::NOT_FOUND => Code::NotFound,
                status if status.is_server_error() => Code::Internal,
                _ => Code::BadRequest,
            };
            let reason = error.status().canonical_reason().unwrap_or("refused").to_lowercase();
            let problem = Problem::new(error.status(), code, reason);
            // Everything besides the API is there to be read.
            let problem = match error.status() {
                StatusCode::METHOD_NOT_ALLOWED => problem.with(header::ALLOW, HeaderValue::from_static("GET, HEAD")),
                _ => problem,
            };
            problem.into_response(media_type)
        }
    }
}

fn head_within_limits(request: &Request) -> Result<(), Problem> {
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > URI_MAX {
        return Err(Problem::bad_request(StatusCode::URI_TOO_LONG, "the URI is longer than 64 KiB: send a POST"));
    }
    let head: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if head > HEAD_MAX {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Problem::bad_request(status, "the headers are larger than 16 KiB"));
    }
    if request.headers().contains_key(header::TRANSFER_ENCODING)
        && request.headers().contains_key(header::CONTENT_LENGTH)
    {
        return Err(Problem::bad_request(StatusCode::BAD_REQUEST, "the length of the body is given in two ways"));
    }
    let hosts = request.headers().get_all(header::HOST).iter().count();
    // What does not come from a network, as in tests, is meant for nobody else.
    let is_hostless =
        hosts == 0 && request.version() == Version::HTTP_11 && request.remote_addr().as_socket_addr().is_some();
    if hosts > 1 || is_hostless {
        return Err(Problem::bad_request(StatusCode::BAD_REQUEST, "the request names no Host, or several"));
    }
    Ok(())
}

/// A refusal comes in the type that the client reads, whoever refuses.
fn vary(headers: &mut HeaderMap) {
    let is_told = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.contains("Accept"));
    if !headers.get_all(header::VARY).iter().any(is_told) {
        headers.append(header::VARY, HeaderValue::from_static("Accept"));
    }
}

/// Headers that keep a browser from reading more into an answer than it says. A page with a policy of its own keeps it.
fn secure(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
}
