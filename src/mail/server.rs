//! The mail server that letters are handed to, over SMTP.

use std::{path::Path, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        Error,
        client::{Certificate, Tls, TlsParameters},
    },
};

use crate::config::{MailSecurity, MailServerUrl};

/// How long the server may take to answer one command. A letter takes some five.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(8);

/// Why there is no way to the mail server.
#[derive(Debug, thiserror::Error)]
pub enum NoMailServer {
    /// The address.
    #[error("failed to use mail.server")]
    Address(#[source] Error),
    /// The file of certificates.
    #[error("failed to read mail.ca_file")]
    File(#[source] std::io::Error),
    /// What is in it.
    #[error("failed to trust the certificates of mail.ca_file")]
    Certificates(#[source] Error),
}

/// A way to the mail server.
#[derive(Clone)]
pub(super) struct Server(AsyncSmtpTransport<Tokio1Executor>);

/// How handing a letter over went.
#[derive(Debug)]
pub(super) enum HandedOver {
    /// The server has taken it.
    Taken,
    /// The server will never take it, and says so.
    Refused(Error),
    /// It did not work, but may later.
    Failed(Error),
}

impl Server {
    /// A way to the server at an address, which trusts the certificates in a file as well as the system's, if one is given.
    pub(super) fn new(server: &MailServerUrl, ca_file: Option<&Path>) -> Result<Self, NoMailServer> {
        let transport =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(server.expose()).map_err(NoMailServer::Address)?;
        let mut parameters = TlsParameters::builder(server.host().to_owned());
        if let Some(file) = ca_file {
            let pem = std::fs::read(file).map_err(NoMailServer::File)?;
            parameters =
                parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(NoMailServer::Certificates)?);
        }
        let parameters = parameters.build().map_err(NoMailServer::Certificates)?;
        let tls = match server.security() {
            MailSecurity::Tls => Tls::Wrapper(parameters),
            MailSecurity::StartTls => Tls::Required(parameters),
            MailSecurity::None => Tls::None,
        };
        Ok(Self(transport.tls(tls).timeout(Some(ANSWER_TIME_MAX)).build()))
    }

    /// Hands a letter over. Nothing is known of its way from there on.
    pub(super) async fn hand_over(&self, letter: Message) -> HandedOver {
        match self.0.send(letter).await {
            Ok(_) => HandedOver::Taken,
            Err(error) if error.is_permanent() => HandedOver::Refused(error),
            Err(error) => HandedOver::Failed(error),
        }
    }
}
