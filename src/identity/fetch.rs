//! Fetches the small documents of others that keys come in: over TLS, within a time and a size, and from exactly the
//! address that was asked for.
//!
//! What a browser would do is absent: no redirect is followed, nothing is sent but the question, no compressed answer
//! is unpacked, no proxy of the environment is asked.

use std::{
    fmt,
    io::{self, Error},
    net::IpAddr,
    pin::pin,
    str::FromStr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request, StatusCode, Uri,
    body::Bytes,
    client::conn::http1,
    header::{ACCEPT, HOST, USER_AGENT},
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// The most bytes of one document. Sets of keys with their certificates are some ten kilobytes.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// The most bytes of an address.
const URL_BYTES_MAX: usize = 2_000;

/// An address that may be asked for keys: `https`, or `http` on this machine.
#[derive(Clone, PartialEq, Eq)]
pub struct SecureUrl {
    uri: Uri,
    host: String,
    port: u16,
    is_tls: bool,
}

/// A text that is no [`SecureUrl`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected https://HOST/PATH without user, white space or fragment; http:// only for a loopback address")]
pub struct NotSecure;

/// Why a document did not come.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No connection.
    #[error("failed to connect to {0}")]
    Connect(SecureUrl, #[source] io::Error),
    /// A name that says it is this machine, and is not.
    #[error("failed to connect to {0}: the address is not on this machine")]
    NotLoopback(SecureUrl),
    /// No trust: the system has no certificate authorities, or there is no such name for TLS.
    #[error("failed to prepare TLS for {0}")]
    Trust(SecureUrl, #[source] io::Error),
    /// The conversation broke off.
    #[error("failed to talk to {0}")]
    Talk(SecureUrl, #[source] hyper::Error),
    /// Another answer than the document. Redirects are not followed.
    #[error("failed to get {0}: it answered {1}")]
    Status(SecureUrl, StatusCode),
    /// The answer broke off or is longer than it may be.
    #[error("failed to read {0}: it broke off, or it is longer than {DOCUMENT_BYTES_MAX} bytes")]
    Body(SecureUrl),
    /// It took too long.
    #[error("failed to get {0} within {1:?}")]
    TooSlow(SecureUrl, Duration),
}

impl SecureUrl {
    /// Whether it is asked over TLS.
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The host alone, without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl FromStr for SecureUrl {
    type Err = NotSecure;

    fn from_str(text: &str) -> Result<Self, NotSecure> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&byte);
        if text.len() > URL_BYTES_MAX || !text.bytes().all(is_plain) {
            return Err(NotSecure);
        }
        let uri: Uri = text.parse().map_err(|_| NotSecure)?;
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(NotSecure),
        };
        let authority = uri.authority().ok_or(NotSecure)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        // The library takes a port above 65535 for none.
        let port = match authority.as_str().strip_prefix(authority.host()).and_then(|rest| rest.strip_prefix(':')) {
            Some(port) => port.parse().map_err(|_| NotSecure)?,
            None if is_tls => 443,
            None => 80,
        };
        let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if authority.as_str().contains('@') || host.is_empty() || !(is_tls || is_here) {
            return Err(NotSecure);
        }
        Ok(Self { uri, host, port, is_tls })
    }
}

impl fmt::Display for SecureUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

impl fmt::Debug for SecureUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

/// The document at `url`, if it comes within `patience`.
pub async fn fetch(url: &SecureUrl, patience: Duration) -> Result<Vec<u8>, FetchError> {
    let document = tokio::time::timeout(patience, get(url)).await;
    document.unwrap_or_else(|_| Err(FetchError::TooSlow(url.clone(), patience)))
}

async fn get(url: &SecureUrl) -> Result<Vec<u8>, FetchError> {
    let connect = |error| FetchError::Connect(url.clone(), error);
    let stream = TcpStream::connect((url.host.as_str(), url.port)).await.map_err(connect)?;
    if !url.is_tls {
        // A name is only as local as what it stands for.
        let is_here = stream.peer_addr().map_err(connect)?.ip().is_loopback();
        return if is_here { exchange(stream, url).await } else { Err(FetchError::NotLoopback(url.clone())) };
    }
    let trust = |error| FetchError::Trust(url.clone(), error);
    let name = ServerName::try_from(url.host.clone()).map_err(|error| trust(Error::other(error)))?;
    let stream = connector().map_err(trust)?.connect(name, stream).await.map_err(connect)?;
    exchange(stream, url).await
}

/// Asks once, and reads the answer to its end or its limit.
async fn exchange<S>(stream: S, url: &SecureUrl) -> Result<Vec<u8>, FetchError>
where
    TokioIo<S>: Read + Write + Unpin,
{
    let talk = |error| FetchError::Talk(url.clone(), error);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(talk)?;
    let path = url.uri.path_and_query().map_or("/", |path| path.as_str());
    let host = url.uri.authority().map_or(url.host.as_str(), |authority| authority.as_str());
    let request = Request::get(path)
        .header(HOST, host)
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, concat!("consilium/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .map_err(|_| FetchError::Body(url.clone()))?;
    let mut answer = pin!(async {
        let response = sender.send_request(request).await.map_err(talk)?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(url.clone(), response.status()));
        }
        let body = Limited::new(response.into_body(), DOCUMENT_BYTES_MAX).collect().await;
        Ok(body.map_err(|_| FetchError::Body(url.clone()))?.to_bytes().to_vec())
    });
    // The connection moves only while it is polled. When it has ended, all that will come has come.
    tokio::select! {
        biased;
        document = &mut answer => return document,
        _ended = connection => {}
    }
    answer.await
}

/// TLS as the system trusts, or as `SSL_CERT_FILE` says. Read once, at the first address that needs it.
fn connector() -> io::Result<TlsConnector> {
    static CONFIG: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    let config = CONFIG.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let why = found.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            return Err(format!("the system has no certificate authorities: {why}"));
        }
        // Named, for a default would be looked up among the features of every crate in the binary.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth();
        Ok(Arc::new(config))
    });
    config.clone().map(TlsConnector::from).map_err(Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_and_this_machine_are_asked_for_keys() {
        for good in [
            "https://login.example.org/realms/x/certs",
            "https://login.example.org:8443/keys?use=sig",
            "https://192.0.2.1/keys",
            "http://127.0.0.1:9/keys",
            "http://[::1]:9/keys",
            "http://localhost/keys",
        ] {
            let url: SecureUrl = good.parse().unwrap_or_else(|_| panic!("{good}"));
            assert_eq!(url.to_string(), good);
        }
        for bad in [
            "",
            "keys.json",
            "/keys",
            "http://login.example.org/keys",
            "http://127.0.0.1.example.org/keys",
            "http://localhost@example.org/keys",
            "https://user:secret@example.org/keys",
            "https:///keys",
            "https://example.org/keys#x",
            "https://example.org/a b",
            "https://example.org/\u{0}",
            "https://exämple.org/",
            "https://example.org:99999/",
            "ftp://example.org/keys",
            "file:///etc/passwd",
            &format!("https://example.org/{}", "x".repeat(2_000)),
        ] {
            assert_eq!(bad.parse::<SecureUrl>(), Err(NotSecure), "{bad}");
        }
    }
}
