//! GraphQL over HTTP: one operation per request, refused early and with the status that says why.
//!
//! ```text
//! method -> Content-Type -> Accept -> token -> body -> parameters -> guard -> Api -> answer
//! ```

use std::{sync::Arc, time::Duration};

use async_graphql::parser::types::OperationType;
use chrono::TimeDelta;
use poem::{
    IntoResponse, Request, Response,
    error::ReadBodyError,
    http::{HeaderValue, Method, StatusCode, header},
};

use super::{
    Door,
    doorman::{NotAdmitted, token_of},
    edge::RequestId,
    kept::{self, Conditions},
    negotiation::{MediaType, accepted, is_json},
    params,
    problem::{Problem, json_response, status_of},
    websocket,
};
use crate::graphql::{answer::Answer, api, error::Code, guard::RawRequest, kept::KeptAnswer};

/// Bytes of one body.
const BODY_MAX: usize = 256 * 1024;
/// How long a body may take to arrive.
const BODY_TIME_MAX: Duration = Duration::from_secs(15);

/// Partial success: data, and errors that explain its holes.
const PARTIAL: u16 = 294;

/// Answers everything at the address of the API.
pub(super) async fn serve(door: Arc<Door>, request: Request) -> Response {
    if websocket::is_upgrade(&request) {
        return websocket::upgrade(&door, request).await;
    }
    let negotiated = accepted(request.headers());
    let conditions = Conditions::of(request.headers());
    let media_type = negotiated.unwrap_or(MediaType::Json);
    let mut response = match answer(&door, request, negotiated.is_some()).await {
        Ok(Reply::Kept(kept, fresh_for)) => return kept::respond(&kept, media_type, &conditions, fresh_for),
        Ok(Reply::Fresh(answer)) => {
            let status = status(&answer, media_type, door.settings.legacy_json_200);
            json_response(status, media_type, &answer)
        }
        Err(problem) => problem.into_response(media_type),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.append(header::VARY, HeaderValue::from_static("Accept, Authorization"));
    response.into_response()
}

async fn answer(door: &Door, request: Request, is_acceptable: bool) -> Result<Reply, Problem> {
    let method = request.method().clone();
    let is_get = match method {
        Method::GET => true,
        Method::POST => false,
        _ => return Err(Problem::not_allowed("GET, POST", "ask by GET or POST")),
    };
    if !is_get && !is_json(request.headers()) {
        let message = "send the request as application/json in UTF-8";
        return Err(Problem::bad_request(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    if !is_acceptable {
        let message = "accept application/graphql-response+json or application/json";
        return Err(Problem::bad_request(StatusCode::NOT_ACCEPTABLE, message));
    }
    let id = RequestId::of(&request);
    let token = token_of(request.headers()).map_err(not_admitted)?;
    let admitted = door.doorman.admit(token).await.map_err(not_admitted)?;
    let raw = if is_get { read_url(&request)? } else { read_body(request).await? };

    let guarded = match door.api.guard(raw, admitted.complexity_max) {
        Ok(guarded) => guarded,
        Err(refusal) => return Ok(Reply::Fresh(refusal.into())),
    };
    if let Some(name) = guarded.operation_name() {
        tracing::Span::current().record("operation", name);
    }
    match guarded.kind() {
        OperationType::Mutation if is_get => Err(Problem::not_allowed("POST", "mutations are sent by POST")),
        OperationType::Subscription => {
            let message = "subscriptions are served over WebSocket, with the protocol graphql-transport-ws";
            Err(Problem::bad_request(StatusCode::UNPROCESSABLE_ENTITY, message))
        }
        OperationType::Query | OperationType::Mutation => match &admitted.session {
            Some(session) if guarded.kind() == OperationType::Query => {
                Ok(match door.api.answer(guarded, session, id.as_str()).await {
                    api::Reply::Fresh(answer) => Reply::Fresh(answer),
                    api::Reply::Kept(kept) => {
                        let fresh_for = kept.until().map(|until| until - session.now());
                        Reply::Kept(kept, fresh_for)
                    }
                })
            }
            _ => Ok(Reply::Fresh(door.api.execute(guarded, admitted.data, id.as_str()).await)),
        },
    }
}

/// What comes of a request that was not refused.
enum Reply {
    Fresh(Answer),
    /// An answer that is kept, and for how long it stays true if that is known.
    Kept(Arc<KeptAnswer>, Option<TimeDelta>),
}

fn read_url(request: &Request) -> Result<RawRequest, Problem> {
    let pairs = request
        .params::<Vec<(String, String)>>()
        .map_err(|_| Problem::bad_request(StatusCode::BAD_REQUEST, "the parameters in the URL cannot be read"))?;
    params::from_url(pairs)
}

async fn read_body(request: Request) -> Result<RawRequest, Problem> {
    let refused = |status, message: &str| Err(Problem::bad_request(status, message));
    let body = request.into_body().into_bytes_limit(BODY_MAX);
    match tokio::time::timeout(BODY_TIME_MAX, body).await {
        Ok(Ok(body)) => params::from_body(&body),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => {
            refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 256 KiB")
        }
        Ok(Err(_)) => refused(StatusCode::BAD_REQUEST, "the body did not arrive whole"),
        Err(_) => refused(StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive"),
    }
}

/// The status of an answer. Whoever reads only `application/json` may be too old to expect any but 200.
fn status(answer: &Answer, media_type: MediaType, legacy_json_200: bool) -> StatusCode {
    match (answer.refusal(), media_type) {
        (Some(code), MediaType::Json) if legacy_json_200 && status_of(code).is_client_error() => StatusCode::OK,
        (Some(code), _) => status_of(code),
        (None, MediaType::GraphqlResponse) if !answer.errors().is_empty() => {
            StatusCode::from_u16(PARTIAL).unwrap_or(StatusCode::OK)
        }
        (None, _) => StatusCode::OK,
    }
}

fn not_admitted(why: NotAdmitted) -> Problem {
    let code = match why {
        NotAdmitted::BadToken => Code::Unauthenticated,
        NotAdmitted::Unavailable => Code::Unavailable,
    };
    Problem::of(code, why.to_string())
}
