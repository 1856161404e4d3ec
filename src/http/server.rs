//! Connections: how many, how long they may keep us waiting, and how all of it ends.
//!
//! ```text
//! shutdown -> stop accepting -> requests in hand are answered, sockets hear 1001 -> mutations finish -> return
//! ```

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use poem::{
    Server,
    http::uri::Scheme,
    listener::Acceptor,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep, sleep_until, timeout},
};

use super::{Door, routes};
use crate::graphql::api::MUTATION_TIME_MAX;

/// Connections at once, sockets included.
const CONNECTIONS_MAX: usize = 1_000;
/// How long a head may take to arrive: the first from the beginning of the connection, others from their first byte.
const HEAD_TIME_MAX: Duration = Duration::from_secs(5);
/// How long a client may take to read anything of what is waiting for it.
const WRITE_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a connection may be silent: longer than any answer may take.
const IDLE_TIME_MAX: Duration = Duration::from_secs(75);
/// How long requests in hand may go on after shutdown began.
const GRACE: Duration = Duration::from_secs(30);
/// How long sockets may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(10);

/// Serves `door` on `listener` until its shutdown is asked for and everything in hand has ended.
pub async fn run(listener: TcpListener, door: Door) -> io::Result<()> {
    let acceptor = Bounded::new(listener)?;
    let (sockets, api, shutdown) = (door.sockets.clone(), door.api.clone(), door.shutdown.clone());
    Server::new_with_acceptor(acceptor)
        .name("http")
        .http2_max_concurrent_streams(100)
        .run_with_graceful_shutdown(routes(door), shutdown.cancelled_owned(), Some(GRACE))
        .await?;
    sockets.close();
    if timeout(FAREWELL, sockets.wait()).await.is_err() {
        tracing::warn!(sockets = sockets.len(), "some sockets did not close in time");
    }
    if timeout(MUTATION_TIME_MAX, api.finish_mutations()).await.is_err() {
        tracing::error!("some mutations did not finish in time");
    }
    Ok(())
}

/// Accepts a bounded number of connections and turns the others away with an answer.
struct Bounded {
    listener: TcpListener,
    local: LocalAddr,
    connections: Arc<Semaphore>,
}

impl Bounded {
    fn new(listener: TcpListener) -> io::Result<Self> {
        let local = LocalAddr(listener.local_addr()?.into());
        Ok(Self { listener, local, connections: Arc::new(Semaphore::new(CONNECTIONS_MAX)) })
    }
}

impl Acceptor for Bounded {
    type Io = Connection;

    fn local_addr(&self) -> Vec<LocalAddr> {
        vec![self.local.clone()]
    }

    async fn accept(&mut self) -> io::Result<(Connection, LocalAddr, RemoteAddr, Scheme)> {
        loop {
            let (stream, peer) = match self.listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of descriptors, most likely. The server would ask again at once, and spin.
                    tracing::warn!(%error, "failed to accept a connection");
                    sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            match self.connections.clone().try_acquire_owned() {
                Ok(permit) => {
                    // Answers are written whole; waiting to fill a packet only delays them.
                    stream.set_nodelay(true).ok();
                    let connection = Connection::new(stream, permit, IDLE_TIME_MAX);
                    return Ok((connection, self.local.clone(), RemoteAddr(peer.into()), Scheme::HTTP));
                }
                Err(_) => drop(tokio::spawn(timeout(Duration::from_secs(1), turn_away(stream)))),
            }
        }
    }
}

/// Answers 503 without looking at the request.
async fn turn_away(mut stream: TcpStream) -> io::Result<()> {
    const ANSWER: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(ANSWER).await?;
    stream.shutdown().await?;
    // Closing with unread bytes would reset the connection, and the answer with it.
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

/// A connection that counts against the limit while it lives, must send its heads in time, must read in time, and is not
/// silent for ever. The server below could see to the last as well, with a task beside each connection that every read and
/// write wakes: that costs more than an answer from memory.
struct Connection {
    stream: TcpStream,
    phase: Phase,
    /// When something came or went last.
    active_at: Instant,
    /// How long it may be silent.
    idle_max: Duration,
    /// Wakes us when it may have been silent for too long.
    silent: Option<Pin<Box<Sleep>>>,
    /// The end of our patience with somebody who does not read.
    stalled: Option<Pin<Box<Sleep>>>,
    _permit: OwnedSemaphorePermit,
}

/// What is on its way. It is told from the bytes alone: a head ends at its empty line, and after an answer the next bytes
/// begin another.
enum Phase {
    Head(Head),
    /// A body, or nothing while it is answered.
    Request,
    /// An answer has begun, and nothing has come since.
    Answered,
    /// Another protocol, with limits of its own.
    Foreign,
}

/// A head on its way in.
struct Head {
    begun_at: Instant,
    /// Made when the head has to be waited for.
    deadline: Option<Pin<Box<Sleep>>>,
    /// How much of the empty line that ends it has been seen.
    matched: usize,
}

impl Connection {
    fn new(stream: TcpStream, permit: OwnedSemaphorePermit, idle_max: Duration) -> Self {
        let active_at = Instant::now();
        let phase = Phase::Head(Head::new(active_at));
        Self { stream, phase, active_at, idle_max, silent: None, stalled: None, _permit: permit }
    }

    /// These bytes came in.
    fn heard(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.active_at = Instant::now();
        if matches!(self.phase, Phase::Answered) {
            self.phase = Phase::Head(Head::new(self.active_at));
        }
        if let Phase::Head(head) = &mut self.phase {
            if bytes.starts_with(b"PRI * HTTP/2.0") {
                self.phase = Phase::Foreign;
            } else if head.ends_in(bytes) {
                self.phase = Phase::Request;
            }
        }
    }

    /// Nothing is there to read: bounds how long a head is waited for, and how long nothing happens at all.
    fn awaited(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Phase::Head(head) = &mut self.phase {
            let end = head.begun_at + HEAD_TIME_MAX;
            let deadline = head.deadline.get_or_insert_with(|| Box::pin(sleep_until(end)));
            if deadline.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(timed_out("the head took too long to arrive")));
            }
        }
        let silent = self.silent.get_or_insert_with(|| Box::pin(sleep_until(self.active_at + self.idle_max)));
        while silent.as_mut().poll(cx).is_ready() {
            let end = self.active_at + self.idle_max;
            if end <= Instant::now() {
                return Poll::Ready(Err(timed_out("nothing came or went for too long")));
            }
            // Something has happened since it was set; it is not set anew each time, which would cost more.
            silent.as_mut().reset(end);
        }
        Poll::Pending
    }

    /// These bytes go out.
    fn said(&mut self, bytes: &[u8]) {
        match self.phase {
            Phase::Foreign => {}
            _ if bytes.starts_with(b"HTTP/1.1 101") => self.phase = Phase::Foreign,
            // Go on with the body.
            _ if bytes.starts_with(b"HTTP/1.1 100") => {}
            Phase::Head(_) | Phase::Request if !bytes.starts_with(b"HTTP/1.") => self.phase = Phase::Foreign,
            Phase::Head(_) | Phase::Request | Phase::Answered => self.phase = Phase::Answered,
        }
    }

    /// Bounds how long nothing can be written.
    fn bounded<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.active_at = Instant::now();
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(WRITE_TIME_MAX)));
        match stalled.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(timed_out("the answer is not read"))),
            Poll::Pending => written,
        }
    }
}

fn timed_out(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl Head {
    const END: &[u8] = b"\r\n\r\n";

    fn new(begun_at: Instant) -> Self {
        Self { begun_at, deadline: None, matched: 0 }
    }

    /// Whether the head ends within these bytes.
    fn ends_in(&mut self, bytes: &[u8]) -> bool {
        bytes.iter().any(|byte| {
            let continues = Self::END.get(self.matched) == Some(byte);
            self.matched = if continues { self.matched + 1 } else { usize::from(*byte == b'\r') };
            self.matched == Self::END.len()
        })
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                self.heard(buf.filled().get(before..).unwrap_or_default());
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.awaited(cx),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.said(buf);
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.bounded(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.bounded(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.said(bufs.first().map_or(&[], |buf| &**buf));
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_on_which_nothing_happens_is_given_up_and_one_on_which_something_does_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let permit = Arc::new(Semaphore::new(1)).acquire_owned().await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let mut connection = Connection::new(stream, permit, Duration::from_secs(1));
        let begun = Instant::now();
        let mut buffer = [0; 100];
        for _ in 0..3 {
            sleep(Duration::from_millis(400)).await;
            client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
            assert!(connection.read(&mut buffer).await.unwrap() > 0);
        }
        let silent = connection.read(&mut buffer).await.unwrap_err();
        assert_eq!(silent.kind(), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() >= Duration::from_millis(2_100), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn a_head_ends_at_its_empty_line_however_it_is_cut() {
        let ends = |parts: &[&[u8]]| {
            let mut head = Head::new(Instant::now());
            parts.iter().any(|part| head.ends_in(part))
        };
        assert!(ends(&[b"GET / HTTP/1.1\r\nHost: a\r\n\r\nbody"]));
        assert!(ends(&[b"GET / HTTP/1.1\r", b"\n\r", b"\n"]));
        assert!(ends(&[b"x\r\r\n\r\n"]));
        assert!(!ends(&[b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n"]));
    }
}
