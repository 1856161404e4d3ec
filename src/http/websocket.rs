//! GraphQL over WebSocket: carries the [`protocol`] over a real socket, with real time and real operations.
//!
//! One task reads, runs the operations and keeps the time; another writes from a bounded queue, so that a client that
//! does not read can hold up nothing but its own socket. When the socket goes, its queries and subscriptions go with
//! it; mutations go on (see `graphql::api`).

mod protocol;

use std::{
    collections::{BTreeSet, HashMap},
    future::pending,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use futures_util::{
    FutureExt, SinkExt, StreamExt,
    future::BoxFuture,
    stream::{AbortHandle, BoxStream, SelectAll, SplitSink, SplitStream, abortable},
};
use poem::{
    FromRequest, IntoResponse, Request, Response,
    http::{StatusCode, header},
    web::websocket::{Message, WebSocket, WebSocketConfig, WebSocketStream},
};
use tokio::{
    sync::mpsc,
    time::{Instant as Tick, interval_at, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use self::protocol::{Close, Conversation, Effect, SUBPROTOCOL, Ticket};
use super::{
    Door,
    doorman::{NotAdmitted, token_of},
    edge::{RequestId, client_address},
    negotiation::MediaType,
    operation::{count, prepare},
    params::Parameters,
    problem::Problem,
    rate::{Caller, Standing},
};
use crate::graphql::{answer::Answer, error::Code};

/// Bytes of one frame, and of one message.
const FRAME_MAX: usize = 64 * 1024;
/// Messages that wait for a client to read them.
const QUEUE_MAX: usize = 64;
/// How long the last frames may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// How patient a socket is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// How long a client may take to introduce itself.
    pub(super) init: Duration,
    /// How long the queue may stay full.
    pub(super) queue: Duration,
    /// How often we ping, and ask again whether the token still holds.
    pub(super) ping: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { init: Duration::from_secs(3), queue: Duration::from_secs(10), ping: Duration::from_secs(12) }
    }
}

/// Whether a request wants to become a socket.
pub(super) fn is_upgrade(request: &Request) -> bool {
    request.header(header::UPGRADE).is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// Turns a request into a socket.
pub(super) async fn upgrade(door: &Arc<Door>, request: Request) -> Response {
    match try_upgrade(door, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(MediaType::Json),
    }
}

async fn try_upgrade(door: &Arc<Door>, request: Request) -> Result<Response, Problem> {
    if door.shutdown.is_cancelled() {
        return Err(Problem::of(Code::Unavailable, "the service is stopping"));
    }
    if !door.settings.origins.may_open_socket(&request) {
        return Err(Problem::of(Code::Forbidden, "sockets are not open to pages of this origin"));
    }
    let token = token_of(request.headers()).map_err(|why| Problem::of(Code::Unauthenticated, why.to_string()))?;
    let token = token.map(str::to_owned);
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let speaks_ours = offered
        .filter_map(|value| value.to_str().ok())
        .any(|protocols| protocols.split(',').any(|protocol| protocol.trim() == SUBPROTOCOL));
    let visitor = Visitor { id: RequestId::of(&request), address: client_address(&request), token };

    let (request, mut body) = request.split();
    let socket = WebSocket::from_request(&request, &mut body)
        .await
        .map_err(|_| Problem::bad_request(StatusCode::BAD_REQUEST, "this is not a valid WebSocket handshake"))?;
    let config = WebSocketConfig::default()
        .max_frame_size(Some(FRAME_MAX))
        .max_message_size(Some(FRAME_MAX))
        .read_buffer_size(16 * 1024);
    let door = door.clone();
    let span = tracing::info_span!("socket", request_id = visitor.id.as_str());
    let upgraded = socket.protocols([SUBPROTOCOL]).config(config).on_upgrade(move |stream| {
        let sockets = door.sockets.clone();
        sockets.track_future(serve(door, stream, visitor, speaks_ours).instrument(span))
    });
    Ok(upgraded.into_response())
}

/// Who opened a socket, as far as is known when it opens.
#[derive(Clone)]
struct Visitor {
    id: RequestId,
    address: Option<IpAddr>,
    /// From the upgrade or from `connection_init`; checked again for every operation.
    token: Option<String>,
}

async fn serve(door: Arc<Door>, stream: WebSocketStream, visitor: Visitor, speaks_ours: bool) {
    let (sink, incoming) = stream.split();
    let (queue, outbox) = mpsc::channel(QUEUE_MAX);
    let stalled = CancellationToken::new();
    let writer = tokio::spawn(write(sink, outbox, stalled.clone()));

    let mut socket = Socket {
        door,
        visitor,
        conversation: Conversation::new(),
        queue,
        operations: SelectAll::new(),
        handles: HashMap::new(),
        expiry: pending().boxed(),
        recheck: None,
        holds: BTreeSet::new(),
    };
    let mut incoming = incoming;
    let end = if speaks_ours { socket.converse(&mut incoming).await } else { End::Close(Close::Subprotocol) };
    drop(socket);

    let close = match end {
        End::Gone => None,
        End::Close(close) => Some(close),
    };
    if close.is_none() || close == Some(Close::TooSlow) {
        stalled.cancel();
    }
    farewell(writer, incoming, stalled, close).await;
}

/// Writes what is queued, until the queue is closed or nobody believes in the reader any more.
async fn write(
    mut sink: SplitSink<WebSocketStream, Message>,
    mut outbox: mpsc::Receiver<Message>,
    stalled: CancellationToken,
) -> SplitSink<WebSocketStream, Message> {
    let drain = async {
        while let Some(message) = outbox.recv().await {
            if sink.send(message).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = drain => {}
        () = stalled.cancelled() => {}
    }
    sink
}

/// Sends the close frame behind whatever is still queued, and waits a moment for the client's own.
async fn farewell(
    mut writer: tokio::task::JoinHandle<SplitSink<WebSocketStream, Message>>,
    mut incoming: SplitStream<WebSocketStream>,
    stalled: CancellationToken,
    close: Option<Close>,
) {
    let sink = match timeout(FAREWELL, &mut writer).await {
        Ok(sink) => sink,
        Err(_) => {
            stalled.cancel();
            writer.await
        }
    };
    let (Ok(mut sink), Some(close)) = (sink, close) else { return };
    tracing::debug!(code = close.code(), "closing a socket");
    let message = Message::close_with(close.code(), close.reason());
    let last = async {
        sink.send(message).await.ok();
        while let Some(Ok(_)) = incoming.next().await {}
    };
    timeout(FAREWELL, last).await.ok();
}

/// How a conversation ended.
enum End {
    /// The client left.
    Gone,
    /// We close.
    Close(Close),
}

/// What an operation reports.
enum Event {
    Answer(Answer),
    BadToken,
    Ended,
}

struct Socket {
    door: Arc<Door>,
    visitor: Visitor,
    conversation: Conversation,
    queue: mpsc::Sender<Message>,
    operations: SelectAll<BoxStream<'static, (Ticket, Event)>>,
    handles: HashMap<Ticket, AbortHandle>,
    /// Ends when the token does.
    expiry: BoxFuture<'static, ()>,
    recheck: Option<BoxFuture<'static, bool>>,
    /// What the client held when it came.
    holds: BTreeSet<(Uuid, &'static str)>,
}

impl Socket {
    async fn converse(&mut self, incoming: &mut SplitStream<WebSocketStream>) -> End {
        let patience = self.door.patience;
        let mut init_deadline = Box::pin(sleep(patience.init));
        let mut is_init_awaited = true;
        let mut pings = interval_at(Tick::now() + patience.ping, patience.ping);
        let shutdown = self.door.shutdown.clone();
        loop {
            let effects = tokio::select! {
                () = shutdown.cancelled() => return End::Close(Close::GoingAway),
                () = &mut self.expiry => return End::Close(Close::BadToken),
                () = &mut init_deadline, if is_init_awaited => {
                    is_init_awaited = false;
                    self.conversation.init_deadline()
                }
                _ = pings.tick() => {
                    self.ask_again();
                    self.conversation.tick()
                }
                is_valid = decided(&mut self.recheck) => {
                    self.recheck = None;
                    if !is_valid {
                        return End::Close(Close::BadToken);
                    }
                    Vec::new()
                }
                frame = incoming.next() => match frame {
                    Some(Ok(Message::Text(text))) => self.conversation.text(&text),
                    Some(Ok(Message::Binary(_))) => self.conversation.binary(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Vec::new(),
                    Some(Ok(Message::Close(_))) | None => return End::Gone,
                    Some(Err(error)) => return broken(&error),
                },
                Some((ticket, event)) = self.operations.next() => match event {
                    Event::Answer(answer) => self.conversation.answered(ticket, &answer),
                    Event::Ended => {
                        self.handles.remove(&ticket);
                        self.conversation.ended(ticket)
                    }
                    Event::BadToken => return End::Close(Close::BadToken),
                },
            };
            for effect in effects {
                if let Err(end) = self.carry_out(effect).await {
                    return end;
                }
            }
        }
    }

    async fn carry_out(&mut self, effect: Effect) -> Result<(), End> {
        match effect {
            Effect::Send(text) => self.send(text).await,
            Effect::Admit(token) => self.admit(token).await,
            Effect::Start(ticket, parameters) => {
                self.start(ticket, parameters);
                Ok(())
            }
            Effect::Stop(ticket) => {
                if let Some(handle) = self.handles.remove(&ticket) {
                    handle.abort();
                }
                Ok(())
            }
            Effect::Close(close) => Err(End::Close(close)),
        }
    }

    async fn send(&mut self, text: String) -> Result<(), End> {
        self.queue.send_timeout(Message::Text(text), self.door.patience.queue).await.map_err(|error| match error {
            mpsc::error::SendTimeoutError::Timeout(_) => End::Close(Close::TooSlow),
            mpsc::error::SendTimeoutError::Closed(_) => End::Gone,
        })
    }

    async fn admit(&mut self, token: Option<String>) -> Result<(), End> {
        self.visitor.token = token.or(self.visitor.token.take());
        let admitted = match self.door.doorman.admit(self.visitor.token.as_deref()).await {
            Ok(admitted) => admitted,
            Err(NotAdmitted::BadToken) => return Err(End::Close(Close::BadToken)),
            Err(NotAdmitted::Unavailable) => return Err(End::Close(Close::Unavailable)),
        };
        if let Some(expires_at) = admitted.expires_at {
            let left = expires_at.duration_since(SystemTime::now()).unwrap_or_default();
            self.expiry = sleep(left).boxed();
        }
        self.holds = admitted.holds;
        for effect in self.conversation.admitted() {
            // An acknowledgement is only sent; it starts nothing that could lead back here.
            if let Effect::Send(text) = effect {
                self.send(text).await?;
            }
        }
        Ok(())
    }

    /// Asks whether the token still holds and its bearer still holds what they did, unless that is being asked. If nobody
    /// can tell, they do for now.
    fn ask_again(&mut self) {
        let (Some(token), None) = (self.visitor.token.clone(), &self.recheck) else { return };
        let doorman = self.door.doorman.clone();
        let held = self.holds.clone();
        let ask = async move {
            match doorman.admit(Some(&token)).await {
                Ok(admitted) => held.is_subset(&admitted.holds),
                Err(NotAdmitted::BadToken) => false,
                Err(NotAdmitted::Unavailable) => true,
            }
        };
        self.recheck = Some(ask.boxed());
    }

    fn start(&mut self, ticket: Ticket, parameters: Parameters) {
        let id = format!("{}-{}", self.visitor.id.as_str(), ticket.0);
        let events = operation(self.door.clone(), self.visitor.clone(), parameters, id);
        let (events, handle) = abortable(events.map(move |event| (ticket, event)).boxed());
        self.handles.insert(ticket, handle);
        self.operations.push(events.boxed());
    }
}

/// One operation, from the doorman to its last answer.
fn operation(door: Arc<Door>, visitor: Visitor, parameters: Parameters, id: String) -> BoxStream<'static, Event> {
    async_stream::stream! {
        let begun = Instant::now();
        let admitted = match door.doorman.admit(visitor.token.as_deref()).await {
            Ok(admitted) => admitted,
            Err(NotAdmitted::BadToken) => {
                yield Event::BadToken;
                return;
            }
            Err(why @ NotAdmitted::Unavailable) => {
                yield Event::Answer(Answer::refused(Code::Unavailable, why.to_string()));
                return;
            }
        };
        let prepared = prepare(&door, parameters, None, admitted.complexity_max);
        let caller = admitted.who.map_or(Caller::at(visitor.address), Caller::Known);
        if let Some(refusal) = count(&door, caller, &prepared).as_ref().and_then(Standing::refusal) {
            yield Event::Answer(Answer::refused(refusal.code, refusal.message));
            return;
        }
        let guarded = match prepared {
            Ok(prepared) => prepared.request,
            Err(stopped) => {
                yield Event::Answer(stopped.into());
                return;
            }
        };
        let name = guarded.operation_name().map(str::to_owned);
        let mut answers = door.api.stream(guarded, admitted.data, id.clone());
        while let Some(answer) = answers.next().await {
            yield Event::Answer(answer);
        }
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(request_id = id, operation = name, duration_ms, "finished an operation on a socket");
        yield Event::Ended;
    }
    .boxed()
}

/// The decision of a check that is under way; never, if there is none.
async fn decided(check: &mut Option<BoxFuture<'static, bool>>) -> bool {
    match check {
        Some(check) => check.await,
        None => pending().await,
    }
}

/// The library tells its errors apart only by their words.
fn broken(error: &std::io::Error) -> End {
    let message = error.to_string();
    match error.kind() {
        std::io::ErrorKind::Other if message.contains("too long") => End::Close(Close::TooLarge),
        std::io::ErrorKind::Other => End::Close(Close::BrokenFrame),
        _ => End::Gone,
    }
}
