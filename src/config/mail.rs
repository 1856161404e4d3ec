//! Kinds of settings for letters: the mail server, and who letters come from.

use std::{fmt, net::IpAddr};

use lettre::message::Mailbox;

use super::kinds::from_text;

from_text! { MailServer Sender }

/// The mail server, if there is one.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer(Option<MailServerUrl>);

/// Where a mail server is, with the password for it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServerUrl {
    url: String,
    host: String,
    security: MailSecurity,
}

/// How the way to a mail server is kept from others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MailSecurity {
    /// By TLS from the start.
    Tls,
    /// By TLS before anything is said, or nothing is said.
    StartTls,
    /// Not at all: on this machine only.
    None,
}

impl MailServer {
    /// The server, if one is given.
    pub fn given(&self) -> Option<&MailServerUrl> {
        self.0.as_ref()
    }

    fn from_text(url: String) -> Result<Self, &'static str> {
        const WRONG: &str = "expected nothing, smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST?tls=required, or \
            smtp://127.0.0.1:PORT on this machine";
        if url.is_empty() {
            return Ok(Self(None));
        }
        // The same parser reads it again to connect.
        lettre::AsyncSmtpTransport::<lettre::Tokio1Executor>::from_url(&url).map_err(|_| WRONG)?;
        let (scheme, rest) = url.split_once("://").ok_or(WRONG)?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let place = place.split('/').next().unwrap_or_default();
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        let host = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, _)) => host,
            None => place.split(':').next().unwrap_or_default(),
        };
        let is_here = host == "localhost" || host.parse().is_ok_and(|host: IpAddr| host.is_loopback());
        let security = match (scheme, query) {
            ("smtps", "") => MailSecurity::Tls,
            ("smtp", "tls=required") => MailSecurity::StartTls,
            ("smtp", "") if is_here => MailSecurity::None,
            _ => return Err(WRONG),
        };
        let host = host.to_owned();
        if host.is_empty() { Err(WRONG) } else { Ok(Self(Some(MailServerUrl { url, host, security }))) }
    }
}

impl MailServerUrl {
    /// The whole URL, secrets included: for connecting, never for showing.
    pub fn expose(&self) -> &str {
        &self.url
    }

    /// The name that the server's certificate must be for.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// How the way there is kept from others.
    pub fn security(&self) -> MailSecurity {
        self.security
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |server| server.fmt(f))
    }
}

impl fmt::Debug for MailServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "smtp://...@{}", self.host)
    }
}

/// Who letters come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sender(Mailbox);

impl Sender {
    /// The mailbox, with a name if it has one.
    pub fn mailbox(&self) -> &Mailbox {
        &self.0
    }

    fn from_text(text: String) -> Result<Self, &'static str> {
        text.parse().map(Self).map_err(|_| "expected an address such as Consilium <advice@example.org>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn security(url: &str) -> Option<(String, MailSecurity)> {
        let server = MailServer::from_text(url.to_owned()).ok()?;
        server.given().map(|server| (server.host().to_owned(), server.security()))
    }

    #[test]
    fn a_mail_server_elsewhere_is_spoken_to_under_tls_only() {
        for (url, host, expected) in [
            ("smtps://a:b@mail.example.org", "mail.example.org", MailSecurity::Tls),
            ("smtps://mail.example.org:4650", "mail.example.org", MailSecurity::Tls),
            ("smtp://a%40x:b@mail.example.org:587?tls=required", "mail.example.org", MailSecurity::StartTls),
            ("smtp://127.0.0.1:2525", "127.0.0.1", MailSecurity::None),
            ("smtp://localhost:2525", "localhost", MailSecurity::None),
        ] {
            assert_eq!(security(url), Some((host.to_owned(), expected)), "{url}");
        }
        for url in [
            "smtp://mail.example.org:25",
            "smtp://mail.example.org:25?tls=opportunistic",
            "smtp://10.0.0.1:25",
            "http://127.0.0.1",
            "smtp://",
            "127.0.0.1:25",
        ] {
            assert!(MailServer::from_text(url.to_owned()).is_err(), "{url}");
        }
        assert_eq!(security(""), None);
    }

    #[test]
    fn the_password_of_a_mail_server_is_not_shown() {
        let server = MailServer::from_text("smtps://me:hunter2@mail.example.org".to_owned()).unwrap();
        assert!(!format!("{server:?}").contains("hunter2"));
    }
}
