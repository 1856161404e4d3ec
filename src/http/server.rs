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
    time::{Sleep, sleep, timeout},
};

use super::{Door, routes};
use crate::graphql::api::MUTATION_TIME_MAX;

/// Connections at once, sockets included.
const CONNECTIONS_MAX: usize = 1_000;
/// How long the first head of a connection may take to arrive.
const HEAD_TIME_MAX: Duration = Duration::from_secs(5);
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
        .idle_timeout(IDLE_TIME_MAX)
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
                    let connection = Connection::new(stream, permit);
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

/// A connection that counts against the limit while it lives, and must send its first head in time.
struct Connection {
    stream: TcpStream,
    head: Option<Head>,
    _permit: OwnedSemaphorePermit,
}

/// A head on its way in.
struct Head {
    deadline: Pin<Box<Sleep>>,
    /// How much of the empty line that ends it has been seen.
    matched: usize,
}

impl Connection {
    fn new(stream: TcpStream, permit: OwnedSemaphorePermit) -> Self {
        let head = Head { deadline: Box::pin(sleep(HEAD_TIME_MAX)), matched: 0 };
        Self { stream, head: Some(head), _permit: permit }
    }
}

impl Head {
    const END: &[u8] = b"\r\n\r\n";

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
        let Self { stream, head, .. } = &mut *self;
        let read = Pin::new(stream).poll_read(cx, buf);
        let Some(waiting) = head else { return read };
        match read {
            Poll::Ready(Ok(())) if waiting.ends_in(buf.filled().get(before..).unwrap_or_default()) => *head = None,
            Poll::Ready(_) => {}
            Poll::Pending if waiting.deadline.as_mut().poll(cx).is_ready() => {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the head took too long to arrive")));
            }
            Poll::Pending => {}
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_head_ends_at_its_empty_line_however_it_is_cut() {
        let head = || Head { deadline: Box::pin(sleep(HEAD_TIME_MAX)), matched: 0 };
        let ends = |parts: &[&[u8]]| {
            let mut head = head();
            parts.iter().any(|part| head.ends_in(part))
        };
        assert!(ends(&[b"GET / HTTP/1.1\r\nHost: a\r\n\r\nbody"]));
        assert!(ends(&[b"GET / HTTP/1.1\r", b"\n\r", b"\n"]));
        assert!(ends(&[b"x\r\r\n\r\n"]));
        assert!(!ends(&[b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n"]));
    }
}
