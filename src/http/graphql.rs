//! GraphQL over HTTP: one operation per request, refused early and with the status that says why.
//!
//! ```text
//! method -> Content-Type -> Accept -> token -> body -> parameters -> operation -> idempotency key -> Api -> answer
//! ```

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use bytes::Bytes;
use chrono::TimeDelta;
use poem::{
    Body, IntoResponse, Request, Response,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};
use tracing::Instrument;

use super::{
    Door, body,
    doorman::{Admitted, NotAdmitted, token_of},
    edge::{OperationName, RequestId, client_address},
    events::{self, Events},
    kept::{self, Conditions},
    negotiation::{Accepted, Events as EventsWanted, MediaType, accepted, is_json},
    operation::{Prepared, Stopped, count, prepare},
    params::{self, Parameters},
    problem::{Problem, json_response, status_of},
    rate::{Caller, Standing},
    websocket,
};
use crate::graphql::{
    Session,
    answer::Answer,
    api,
    error::Code,
    kept::{KeptAnswer, Verbatim},
    once::{self, NotOnce},
};

/// Bytes of one body.
const BODY_MAX: usize = 256 * 1024;
/// Characters of an idempotency key.
const KEY_LENGTH_MAX: usize = 255;

/// Partial success: data, and errors that explain its holes.
const PARTIAL: u16 = 294;
const METHODS: &str = "GET, POST, OPTIONS";
const IDEMPOTENCY_KEY: header::HeaderName = header::HeaderName::from_static("idempotency-key");

/// What comes of a request that was not refused.
enum Reply {
    Answer(Answer),
    /// An answer that is kept, and for how long it stays true if that is known.
    Kept(Arc<KeptAnswer>, Option<TimeDelta>),
    Events(Events),
}

/// Answers everything at the address of the API.
pub(super) async fn serve(door: &Arc<Door>, request: Box<Request>) -> Response {
    // What is long and seldom is put elsewhere, so that what is quick is small: it is moved about for each request.
    if websocket::is_upgrade(&request) {
        let span = RequestId::of(&request).span();
        return Box::pin(websocket::upgrade(door, *request).instrument(span)).await;
    }
    if request.method() == Method::OPTIONS {
        return Response::builder().status(StatusCode::NO_CONTENT).header(header::ALLOW, METHODS).finish();
    }
    let accepted = accepted(request.headers());
    let conditions = Conditions::of(request.headers());
    let mut aside = Aside::default();
    let mut response = match answer(door, request, accepted, &mut aside).await {
        Ok(Reply::Kept(kept, fresh_for)) => kept::respond(&kept, accepted.for_refusals(), &conditions, fresh_for),
        Ok(Reply::Events(events)) => events::respond(Arc::clone(door), events),
        Ok(Reply::Answer(answer)) => {
            let media_type = accepted.for_refusals();
            let status = status(&answer, media_type, door.settings.legacy_json_200);
            let mut response = json_response(status, media_type, &answer);
            if let Some(challenge) = challenge(&answer) {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
        Err(problem) => problem.into_response(accepted.for_refusals()),
    };
    let headers = response.headers_mut();
    if !headers.contains_key(header::ETAG) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.append(header::VARY, HeaderValue::from_static("Accept, Authorization"));
    }
    if let Some(standing) = aside.standing {
        standing.tell(headers);
    }
    if let Some(name) = aside.operation {
        response.extensions_mut().insert(OperationName(name));
    }
    response.into_response()
}

/// What is found out on the way to an answer, whatever that is.
#[derive(Default)]
struct Aside {
    /// How the caller stands to the limits of rate.
    standing: Option<Standing>,
    /// The name of the operation, if it has one.
    operation: Option<String>,
}

async fn answer(
    door: &Arc<Door>,
    request: Box<Request>,
    accepted: Accepted,
    aside: &mut Aside,
) -> Result<Reply, Problem> {
    let is_get = well_formed(&request, accepted)?;
    let id = RequestId::of(&request);
    let address = client_address(&request);
    let key = if is_get { None } else { idempotency_key(request.headers())? };
    let token = token_of(request.headers()).map_err(not_admitted)?.map(str::to_owned);
    let admitting = door.doorman.admit(token.as_deref());
    let admitted = match &token {
        None => admitting.await,
        // Why a token is refused is for the log.
        Some(_) => admitting.instrument(id.span()).await,
    };
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(why) => {
            // Who guesses at tokens is somebody unknown.
            aside.standing = door.settings.rates.count(Caller::at(address), 0);
            let refusal = aside.standing.as_ref().and_then(Standing::refusal);
            return Err(refusal.unwrap_or_else(|| not_admitted(why)));
        }
    };
    let said = if is_get { Ok(Said::Url(request)) } else { read(request.into_body()).await };
    // What is told from memory costs hardly more than to refuse it, so it is not counted.
    if accepted.events == EventsWanted::No
        && let (Ok(said), Some(session)) = (&said, &admitted.session)
        && let Some(kept) = door.api.kept_answer_to(&said.verbatim(), session, admitted.complexity_max).await
    {
        return Ok(kept_until(kept, session));
    }
    let caller = admitted.who.map_or(Caller::at(address), Caller::Known);
    let span = id.span();
    let asking = Asking { said, id, key, token, caller, accepted };
    Box::pin(find_out(door, asking, admitted, aside).instrument(span)).await
}

/// What a request says, as it came.
enum Said {
    Url(Box<Request>),
    Body(Bytes),
}

impl Said {
    fn verbatim(&self) -> Verbatim {
        match self {
            Self::Url(request) => {
                let query = request.uri().query().unwrap_or_default();
                Verbatim { is_url: true, bytes: Bytes::copy_from_slice(query.as_bytes()) }
            }
            Self::Body(body) => Verbatim { is_url: false, bytes: body.clone() },
        }
    }

    fn parameters(&self) -> Result<Parameters, Problem> {
        match self {
            Self::Url(request) => read_url(request),
            Self::Body(body) => params::from_body(body),
        }
    }
}

/// A request whose answer is not known by its bytes.
struct Asking {
    said: Result<Said, Problem>,
    id: RequestId,
    key: Option<String>,
    token: Option<String>,
    caller: Caller,
    accepted: Accepted,
}

/// Reads what is asked, and answers it.
async fn find_out(
    door: &Arc<Door>,
    asking: Asking,
    mut admitted: Admitted,
    aside: &mut Aside,
) -> Result<Reply, Problem> {
    let Asking { said, id, key, token, caller, accepted } = asking;
    let is_get = matches!(said, Ok(Said::Url(_)));
    let (verbatim, read) = match said {
        Ok(said) => (Some(said.verbatim()), said.parameters()),
        Err(problem) => (None, Err(problem)),
    };
    let prepared =
        read.map_err(Stopped::Problem).and_then(|parameters| prepare(door, parameters, key, admitted.complexity_max));
    if let (Ok(prepared), Some(session), EventsWanted::No) = (&prepared, &admitted.session, accepted.events)
        && let Some(kept) = door.api.kept_answer(&prepared.request, session).await
    {
        verbatim.into_iter().for_each(|verbatim| door.api.remember(verbatim, &prepared.request));
        return Ok(kept_until(kept, session));
    }
    aside.standing = count(door, caller, &prepared);
    if let Some(refusal) = aside.standing.as_ref().and_then(Standing::refusal) {
        return Err(refusal);
    }
    let is_stream = |kind| match accepted.events {
        EventsWanted::Rather => true,
        EventsWanted::Also => accepted.media_type.is_none() || kind == OperationType::Subscription,
        EventsWanted::No => false,
    };
    let Prepared { request, once } = match prepared {
        Ok(prepared) => prepared,
        Err(Stopped::Problem(problem)) => return Err(problem),
        // What is wrong with the document is an event like any other.
        Err(Stopped::Refusal(refusal)) if is_stream(OperationType::Query) => {
            let answers = Box::pin(futures_util::stream::iter([refusal.into()]));
            let place = events::place(door)?;
            return Ok(Reply::Events(Events { answers, token, expires_at: admitted.expires_at, place }));
        }
        Err(Stopped::Refusal(refusal)) => return Ok(Reply::Answer(refusal.into())),
    };
    if let Some(name) = request.operation_name() {
        tracing::Span::current().record("operation", name);
        aside.operation = Some(name.to_owned());
    }
    let kind = request.kind();
    match kind {
        OperationType::Mutation if is_get => return Err(Problem::not_allowed("POST", "mutations are sent by POST")),
        OperationType::Subscription if !is_stream(kind) => {
            let message = "subscriptions are served to those who accept text/event-stream, and over WebSocket with \
                           the protocol graphql-transport-ws";
            return Err(Problem::bad_request(StatusCode::UNPROCESSABLE_ENTITY, message));
        }
        OperationType::Query | OperationType::Mutation | OperationType::Subscription => {}
    }
    if let Some(once) = once.filter(|_| kind == OperationType::Mutation) {
        once::admit(&door.running, &mut admitted.data, once).await.map_err(not_once)?;
    }
    if is_stream(kind) {
        let place = events::place(door)?;
        let answers = door.api.stream(request, admitted.data, id.as_str().to_owned());
        return Ok(Reply::Events(Events { answers, token, expires_at: admitted.expires_at, place }));
    }
    match &admitted.session {
        Some(session) if kind == OperationType::Query => {
            Ok(match door.api.answer(request, session, id.as_str()).await {
                api::Reply::Fresh(answer) => Reply::Answer(answer),
                api::Reply::Kept(kept) => kept_until(kept, session),
            })
        }
        _ => Ok(Reply::Answer(door.api.execute(request, admitted.data, id.as_str()).await)),
    }
}

fn kept_until(kept: Arc<KeptAnswer>, session: &Session) -> Reply {
    let fresh_for = kept.until().map(|until| until - session.now());
    Reply::Kept(kept, fresh_for)
}

/// What the head tells before anybody looks at the body. Gives whether it is a GET.
fn well_formed(request: &Request, accepted: Accepted) -> Result<bool, Problem> {
    let is_get = match *request.method() {
        Method::GET => true,
        Method::POST => false,
        _ => return Err(Problem::not_allowed(METHODS, "ask by GET or POST")),
    };
    if !is_get && !is_json(request.headers()) {
        let message = "send the request as application/json in UTF-8";
        return Err(Problem::bad_request(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let mut encodings = request.headers().get_all(header::CONTENT_ENCODING).iter();
    if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let problem = Problem::bad_request(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the request uncompressed");
        return Err(problem.with(header::ACCEPT_ENCODING, HeaderValue::from_static("identity")));
    }
    if accepted.media_type.is_none() && accepted.events == EventsWanted::No {
        let message = "accept application/graphql-response+json, application/json or text/event-stream";
        return Err(Problem::bad_request(StatusCode::NOT_ACCEPTABLE, message));
    }
    Ok(is_get)
}

/// The idempotency key: a string as structured fields write it, or the same bare, as many clients do.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|_| values.next().is_none()).map(str::trim);
    let key = text.map(|text| text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text));
    let is_key = |key: &&str| {
        (1..=KEY_LENGTH_MAX).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    key.filter(is_key).map(|key| Some(key.to_owned())).ok_or_else(|| {
        let message = "an Idempotency-Key is one string of 1 to 255 visible characters, in quotes or without";
        Problem::bad_request(StatusCode::BAD_REQUEST, message)
    })
}

async fn read(body: Body) -> Result<Said, Problem> {
    let read = body::read(body, BODY_MAX).await;
    read.map(Said::Body).map_err(|unread| Problem::bad_request(unread.status(), unread.words(BODY_MAX)))
}

fn read_url(request: &Request) -> Result<Parameters, Problem> {
    let pairs = request
        .params::<Vec<(String, String)>>()
        .map_err(|_| Problem::bad_request(StatusCode::BAD_REQUEST, "the parameters in the URL cannot be read"))?;
    params::from_url(pairs)
}

/// The status of an answer. Whoever reads only `application/json` may be too old to expect any but 200.
fn status(answer: &Answer, media_type: MediaType, legacy_json_200: bool) -> StatusCode {
    match (answer.refusal(), media_type) {
        (Some(code), MediaType::Json) if legacy_json_200 && status_of(code).is_client_error() => StatusCode::OK,
        (Some(code), _) => status_of(code),
        // Nothing was done for want of a log-in: the request as a whole is refused.
        (None, MediaType::Json) if legacy_json_200 => StatusCode::OK,
        (None, _) if answer.is_empty() && answer.step_up().is_some() => status_of(Code::StepUpRequired),
        (None, MediaType::GraphqlResponse) if !answer.errors().is_empty() => {
            StatusCode::from_u16(PARTIAL).unwrap_or(StatusCode::OK)
        }
        (None, _) => StatusCode::OK,
    }
}

/// Tells the client which log-in to send the person to (RFC 9470), wherever in the answer one is asked for.
fn challenge(answer: &Answer) -> Option<HeaderValue> {
    let (max_age, acr_values) = answer.step_up()?;
    let mut challenge = "Bearer realm=\"consilium\", error=\"insufficient_user_authentication\", \
                         error_description=\"a more recent or surer log-in is needed\""
        .to_owned();
    if let Some(max_age) = max_age {
        challenge += &format!(", max_age=\"{max_age}\"");
    }
    if !acr_values.is_empty() {
        challenge += &format!(", acr_values=\"{}\"", acr_values.join(" "));
    }
    HeaderValue::from_str(&challenge).ok()
}

fn not_admitted(why: NotAdmitted) -> Problem {
    let code = match why {
        NotAdmitted::BadToken => Code::Unauthenticated,
        NotAdmitted::Unavailable => Code::Unavailable,
    };
    Problem::of(code, why.to_string())
}

/// The statuses are those of draft-ietf-httpapi-idempotency-key-header.
fn not_once(why: NotOnce) -> Problem {
    let message = why.to_string();
    match why {
        NotOnce::OtherRequest => Problem::bad_request(StatusCode::UNPROCESSABLE_ENTITY, message),
        NotOnce::Running => {
            Problem::of(Code::Conflict, message).with(header::RETRY_AFTER, HeaderValue::from_static("1"))
        }
        NotOnce::Unavailable => Problem::of(Code::Unavailable, message),
    }
}
