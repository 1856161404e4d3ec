//! Bodies of requests, read whole: within a length and within a time.

use std::{future::poll_fn, io, pin::pin, task::Poll, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited, combinators::BoxBody};
use poem::{Body, http::StatusCode};

/// How long a body may take to arrive.
const TIME_MAX: Duration = Duration::from_secs(15);

/// Why a body was not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unread {
    TooLarge,
    Broken,
    Late,
}

impl Unread {
    /// The status that says so.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::Late => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// The same in words, where a body may have `bytes_max`.
    pub(super) fn words(self, bytes_max: usize) -> String {
        match self {
            Self::TooLarge => format!("the body is larger than {} KiB", bytes_max / 1024),
            Self::Broken => "the body did not arrive whole".to_owned(),
            Self::Late => "the body took too long to arrive".to_owned(),
        }
    }
}

/// Reads a body of at most so many bytes.
pub(super) async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Unread> {
    let body: BoxBody<Bytes, io::Error> = body.into();
    let mut body = pin!(Limited::new(body, bytes_max).collect());
    // Most bodies come together with their head, and to set a timer costs more than to read them.
    let read = match poll_fn(|context| Poll::Ready(body.as_mut().poll(context))).await {
        Poll::Ready(read) => read,
        Poll::Pending => tokio::time::timeout(TIME_MAX, body).await.map_err(|_| Unread::Late)?,
    };
    match read {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Unread::TooLarge),
        Err(_) => Err(Unread::Broken),
    }
}
