//! What an operator does at the command line, besides serving. It is done as the system itself, which signs nothing.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::{Export, Import, SeatRequest, Tick, Token};
use crate::{
    clock::{Clock, system_now},
    commands::{self, EnterAffiliation, GrantSeat, NewOrganisation, Refused},
    config::{Auth, Config},
    domain::{
        access::Actor,
        appointment::{AppointmentProblem, Invitee},
        directory::{Login, OrganisationKind},
        document::{edition::EditionState, import::ImportProblem},
        text::Line,
        time::Timestamp,
    },
    identity::{IssueError, KeyError, SigningKey, TokenIssuer},
    mail::{NoMailServer, Postman},
    manuscript::{self, Fault, Manuscript},
    scheduler,
    store::{Address, Store, StoreError},
};

/// Why an operator's command failed.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// The database.
    #[error("failed to use the database")]
    Store(#[from] StoreError),
    /// No signing key.
    #[error("failed to get at the signing key")]
    Key(#[from] KeyError),
    /// No token.
    #[error("failed to make the token")]
    Token(#[from] IssueError),
    /// A file that cannot be read.
    #[error("failed to read {}", .0.display())]
    Read(PathBuf, #[source] io::Error),
    /// Nobody to print to.
    #[error("failed to print")]
    Print(#[source] io::Error),
    /// A manuscript with mistakes; nothing was stored.
    #[error("failed to understand {}; nothing was stored\n{}", .0.display(), lines(.1))]
    Manuscript(PathBuf, Vec<Fault>),
    /// A directory of organisations with mistakes; nothing was stored.
    #[error("failed to understand the organisations: {0}; nothing was stored")]
    Organisations(String),
    /// The document could not be brought in.
    #[error("failed to import: {0}")]
    Import(Refused<ImportProblem>),
    /// The seat could not be given.
    #[error("failed to grant the seat: {0}")]
    Seat(Refused<AppointmentProblem>),
    /// No way to the mail server.
    #[error("failed to set letters up")]
    Mail(#[from] NoMailServer),
    /// Something named does not exist.
    #[error("failed to find the {0} {1:?}")]
    Missing(&'static str, String),
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Opens the configured database, with its tables up to date.
pub(crate) async fn open_store(config: &Config, clock: Clock) -> Result<Store, StoreError> {
    let store = Store::open(&Address::of(&config.database, &config.limits), clock).await?;
    store.migrate().await?;
    Ok(store)
}

pub(super) async fn migrate(config: &Config) -> Result<(), OperateError> {
    open_store(config, Clock::system()).await?;
    Ok(())
}

/// Takes a manuscript in: one with a date of issue as a published first edition, another as a draft.
pub(super) async fn import(request: &Import, config: &Config) -> Result<(), OperateError> {
    let text = read(&request.file)?;
    let manuscript =
        manuscript::read(&text).map_err(|faults| OperateError::Manuscript(request.file.clone(), faults))?;
    let store = open_store(config, Clock::system()).await?;
    let group = match &request.group_name {
        Some(name) => commands::found_group(&store, &request.group, name).await?,
        None => store
            .reader(Actor::System)
            .group_by_slug(request.group.as_str())
            .await?
            .map(|group| group.id)
            .ok_or_else(|| OperateError::Missing("group", request.group.to_string()))?,
    };
    let command = commands::Import { group, manuscript };
    commands::import(&store, &Actor::System, &command).await.map_err(OperateError::Import)?;
    print(&format!("imported {}", command.manuscript.slug))
}

/// Writes an edition out: the one in force, or the one named, or the draft of a document never published.
pub(super) async fn export(request: &Export, config: &Config) -> Result<(), OperateError> {
    let store = open_store(config, Clock::system()).await?;
    let reader = store.reader(Actor::System);
    let missing = |what| OperateError::Missing(what, request.slug.to_string());
    let document = reader.document_by_slug(request.slug.as_str()).await?.ok_or_else(|| missing("document"))?;
    let editions = reader.editions_of(&[document.id]).await?.remove(&document.id).unwrap_or_default();
    let chosen = match request.edition {
        Some(number) => editions.iter().find(|edition| edition.number == number),
        None => editions
            .iter()
            .find(|edition| matches!(edition.state, EditionState::Published(_)))
            .or_else(|| editions.first()),
    };
    let id = chosen.ok_or_else(|| missing("edition of"))?.id;
    let seen = reader.edition_texts(&[id]).await?.remove(&id).ok_or_else(|| missing("text of"))?;
    let manuscript = Manuscript::of_edition(&document, &seen.edition, &seen.outline, |placement| {
        seen.revision(placement).map(|revision| &revision.content)
    });
    print(manuscript::write(&manuscript).trim_end())
}

/// Prints a token, after the person was put into the seats and the organisation asked for.
pub(super) async fn token(request: &Token, config: &Config) -> Result<(), OperateError> {
    if !request.seats.is_empty() || request.organisation.is_some() {
        let store = open_store(config, Clock::system()).await?;
        let name = request.name.as_ref().map_or(request.subject.as_str(), Line::as_str);
        let name = Line::new(name).map_err(|_| OperateError::Missing("name", request.subject.clone()))?;
        let issuer = config.auth.issuer.as_str().to_owned();
        let invitee = Invitee { login: Login { issuer, subject: request.subject.clone() }, name };
        for seat in &request.seats {
            grant(&store, &invitee, seat, request.from).await?;
        }
        if let Some(organisation) = &request.organisation {
            affiliate(&store, &invitee, organisation).await?;
        }
    }
    print(&issue(&config.auth, &request.subject, request.name.as_ref(), request.hours)?)
}

fn issue(auth: &Auth, subject: &str, name: Option<&Line>, hours: u32) -> Result<String, OperateError> {
    let key = SigningKey::load_or_create(auth.algorithm, &auth.key_file)?;
    let lifetime = TimeDelta::hours(hours.into());
    Ok(TokenIssuer::new(auth, key).issue(subject, name.map(Line::as_str), lifetime, system_now())?)
}

/// Gives a seat for an open term, from now on unless another instant is named, in a group that is founded if it is new. A
/// seat held already is left as it is.
async fn grant(
    store: &Store,
    invitee: &Invitee,
    seat: &SeatRequest,
    from: Option<Timestamp>,
) -> Result<(), OperateError> {
    let name = seat.group.as_str().replace('-', " ");
    let name = Line::new(name).map_err(|_| OperateError::Missing("group", seat.group.to_string()))?;
    let group = commands::found_group(store, &seat.group, &name).await?;
    let command = GrantSeat { group, invitee: invitee.clone(), post: seat.post, from, until: None, succeeds: None };
    match commands::grant_seat(store, &Actor::System, &command).await {
        Ok(_) | Err(Refused::Problem(AppointmentProblem::SeatHeld)) => Ok(()),
        Err(refused) => Err(OperateError::Seat(refused)),
    }
}

/// Makes a person one of an organisation of the directory.
pub(crate) async fn affiliate(store: &Store, invitee: &Invitee, organisation: &Line) -> Result<(), OperateError> {
    let command = EnterAffiliation { invitee: invitee.clone(), organisation: organisation.to_string() };
    if commands::enter_affiliation(store, &command).await? {
        Ok(())
    } else {
        Err(OperateError::Missing("organisation", organisation.to_string()))
    }
}

/// Enters the organisations of a CSV file (name, kind, nation, ods_code, ons_code) into the directory.
pub(super) async fn organisations(file: &Path, config: &Config) -> Result<(), OperateError> {
    let organisations = read_organisations(&read(file)?)?;
    let store = open_store(config, Clock::system()).await?;
    commands::enter_organisations(&store, &organisations).await?;
    Ok(())
}

/// Reads a CSV of organisations.
pub(crate) fn read_organisations(text: &str) -> Result<Vec<NewOrganisation>, OperateError> {
    let refused = |error: csv::Error| OperateError::Organisations(error.to_string());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut organisations = Vec::new();
    for row in reader.deserialize::<(String, String, String, Option<String>, Option<String>)>() {
        let (name, kind, nation, ods_code, ons_code) = row.map_err(refused)?;
        let kind = OrganisationKind::from_word(&kind)
            .ok_or_else(|| OperateError::Organisations(format!("{name}: there is no kind {kind}")))?;
        organisations.push(NewOrganisation { name, kind, nation, ods_code, ons_code });
    }
    Ok(organisations)
}

/// Does what is due, once.
pub(super) async fn tick(request: &Tick, config: &Config) -> Result<(), OperateError> {
    let clock = request.now.map_or_else(Clock::system, Clock::starting_at);
    let store = open_store(config, clock).await?;
    store.sweep_assertions(system_now()).await?;
    let opened = scheduler::tick(&store, store.now()).await?;
    print(&format!("opened {} reviews", opened.len()))?;
    let Some(postman) = Postman::new(config, store)? else { return Ok(()) };
    let taken = postman.deliver(&CancellationToken::new()).await?;
    print(&format!("sent {taken} letters"))
}

fn read(file: &Path) -> Result<String, OperateError> {
    fs::read_to_string(file).map_err(|error| OperateError::Read(file.to_owned(), error))
}

/// Prints a line to standard output.
pub(super) fn print(line: &str) -> Result<(), OperateError> {
    writeln!(io::stdout(), "{line}").map_err(OperateError::Print)
}
