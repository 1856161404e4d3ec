//! The command line: what can be asked for, and whom it is handed to.
//!
//! Arguments become domain values while they are parsed, so that a wrong one is told before anything is opened.
//! What a command does is elsewhere; here is one arm of one `match` for each.

pub(crate) mod operate;

use std::{net::SocketAddr, path::PathBuf, str::FromStr};

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};

pub use operate::OperateError;

use crate::{
    clock::Clock,
    config::Config,
    domain::{
        document::{Key, NotAKey, edition::EditionNumber},
        role::{Discipline, Office, Post, PostProblem},
        text::{Line, TextProblem},
        time::Timestamp,
    },
    graphql,
    serve::{self, ServeError},
};

/// Keeps an expert group's clinical advice and runs its full review, signed off by discipline.
#[derive(Debug, Parser)]
#[command(name = "consilium", version)]
pub struct Cli {
    /// Settings in TOML; by default `consilium.toml` if it is there. `CONSILIUM_HTTP__BIND` and the like are stronger.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API.
    Serve(Serve),
    /// Bring the database's tables up to date.
    Migrate,
    /// Take a manuscript in as a document or a draft of one.
    Import(Import),
    /// Write an edition out as a manuscript.
    Export(Export),
    /// Print the GraphQL schema.
    Schema,
    /// Print a bearer token for trying things out.
    Token(Token),
    /// Do the work that is due, once.
    Tick(Tick),
    /// Enter organisations into the directory.
    Organisations(Organisations),
}

/// Serve the API.
#[derive(Debug, Args)]
pub struct Serve {
    /// Serve demonstration content from a database in memory.
    #[arg(long)]
    pub demo: bool,
    /// Address and port, instead of `http.bind`.
    #[arg(long, value_name = "ADDRESS")]
    pub bind: Option<SocketAddr>,
    /// Rehearse: let the service believe that it is this instant now. Only on loopback.
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    pub clock_start: Option<Timestamp>,
}

/// Take a manuscript in.
#[derive(Debug, Args)]
pub struct Import {
    /// The manuscript.
    #[arg(value_name = "FILE.md")]
    pub file: PathBuf,
    /// The group that owns the document.
    #[arg(long, value_name = "SLUG", value_parser = key)]
    pub group: Key,
    /// Found the group under this name if it is new.
    #[arg(long, value_name = "NAME", value_parser = line)]
    pub group_name: Option<Line>,
}

/// Write an edition out.
#[derive(Debug, Args)]
pub struct Export {
    /// The document.
    #[arg(value_parser = key)]
    pub slug: Key,
    /// The edition, instead of the one in force.
    #[arg(long, value_name = "NUMBER")]
    pub edition: Option<EditionNumber>,
}

/// Print a bearer token.
#[derive(Debug, Args)]
pub struct Token {
    /// How the local issuer is to know the person.
    #[arg(long)]
    pub subject: String,
    /// What the person is called.
    #[arg(long, value_parser = line)]
    pub name: Option<Line>,
    /// A seat to put the person in, such as `member:nursing@breast-surgery`. May be repeated.
    #[arg(long = "seat", value_name = "OFFICE[:DISCIPLINE]@GROUP")]
    pub seats: Vec<SeatRequest>,
    /// From when those seats are held, instead of now: for rehearsals of an earlier day.
    #[arg(long, value_name = "RFC3339", value_parser = instant, requires = "seats")]
    pub from: Option<Timestamp>,
    /// The organisation the person belongs to.
    #[arg(long, value_name = "NAME", value_parser = line)]
    pub organisation: Option<Line>,
    /// Hours the token is good for.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=720))]
    pub hours: u32,
}

/// Do the work that is due.
#[derive(Debug, Args)]
pub struct Tick {
    /// What is due at this instant, instead of now.
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    pub now: Option<Timestamp>,
}

/// Enter organisations into the directory.
#[derive(Debug, Args)]
pub struct Organisations {
    /// The columns name, kind, nation, ods_code and ons_code, with a heading.
    #[arg(value_name = "FILE.csv")]
    pub file: PathBuf,
}

/// A seat as the command line names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeatRequest {
    /// What the seat is for.
    pub post: Post,
    /// The group it is in.
    pub group: Key,
}

/// A text that names no seat.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotASeat {
    /// No `@`.
    #[error("expected OFFICE@GROUP or OFFICE:DISCIPLINE@GROUP")]
    Form,
    /// An office that does not exist.
    #[error("there is no such office: expected one of {:?}", Office::ALL)]
    Office,
    /// A discipline that does not exist.
    #[error("there is no such discipline: expected one of {:?}", Discipline::ALL)]
    Discipline,
    /// Office and discipline do not go together.
    #[error(transparent)]
    Post(#[from] PostProblem),
    /// A group's slug that cannot be one.
    #[error("the group {0}")]
    Group(NotAKey),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A rehearsal that others could take for the real thing.
    #[error("failed to start a rehearsal on {0}: --clock-start works only on a loopback address")]
    RehearsalInPublic(SocketAddr),
    /// An operator's command.
    #[error(transparent)]
    Operate(#[from] OperateError),
    /// Serving.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Does what was asked.
pub async fn run(command: Command, config: Config) -> Result<(), CliError> {
    match command {
        Command::Serve(request) => {
            let bind = request.bind.unwrap_or(config.http.bind);
            let clock = request.clock(bind)?;
            if request.demo { serve::demo(config, bind).await? } else { serve::serve(config, bind, clock).await? }
        }
        Command::Migrate => operate::migrate(&config).await?,
        Command::Import(request) => operate::import(&request, &config).await?,
        Command::Export(request) => operate::export(&request, &config).await?,
        Command::Schema => operate::print(graphql::sdl().trim_end())?,
        Command::Token(request) => operate::token(&request, &config).await?,
        Command::Tick(request) => operate::tick(&request, &config).await?,
        Command::Organisations(request) => operate::organisations(&request.file, &config).await?,
    }
    Ok(())
}

impl Serve {
    /// The clock to serve by at `bind`. A clock that stands elsewhere is for people on this machine: who reads "in
    /// force" from the network must be able to rely on it.
    pub fn clock(&self, bind: SocketAddr) -> Result<Clock, CliError> {
        match self.clock_start {
            None => Ok(Clock::system()),
            Some(start) if bind.ip().is_loopback() => Ok(Clock::starting_at(start)),
            Some(_) => Err(CliError::RehearsalInPublic(bind)),
        }
    }
}

impl FromStr for SeatRequest {
    type Err = NotASeat;

    fn from_str(text: &str) -> Result<Self, NotASeat> {
        let (post, group) = text.split_once('@').ok_or(NotASeat::Form)?;
        let (office, discipline) = match post.split_once(':') {
            Some((office, discipline)) => (office, Some(discipline)),
            None => (post, None),
        };
        let word = |text: &str| text.to_ascii_uppercase().replace('-', "_");
        let office = Office::from_word(&word(office)).ok_or(NotASeat::Office)?;
        let discipline = discipline
            .map(|discipline| Discipline::from_word(&word(discipline)).ok_or(NotASeat::Discipline))
            .transpose()?;
        Ok(Self { post: Post::new(office, discipline)?, group: Key::new(group).map_err(NotASeat::Group)? })
    }
}

fn key(text: &str) -> Result<Key, NotAKey> {
    Key::new(text)
}

fn line(text: &str) -> Result<Line, TextProblem> {
    Line::new(text)
}

fn instant(text: &str) -> Result<Timestamp, chrono::ParseError> {
    Ok(DateTime::parse_from_rfc3339(text)?.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Command, clap::Error> {
        Cli::try_parse_from(line.split_whitespace()).map(|cli| cli.command)
    }

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_rehearsal_is_refused_where_others_can_reach_it() {
        let Ok(Command::Serve(serve)) = parse("consilium serve --clock-start 2019-05-01T00:00:00+01:00") else {
            panic!("not parsed")
        };
        assert_eq!(serve.clock_start.unwrap().to_rfc3339(), "2019-04-30T23:00:00+00:00");
        for (bind, allowed) in [("127.0.0.1:1", true), ("[::1]:1", true), ("0.0.0.0:1", false), ("192.0.2.1:1", false)]
        {
            assert_eq!(serve.clock(bind.parse().unwrap()).is_ok(), allowed, "{bind}");
        }
    }

    #[test]
    fn seats_are_read_as_people_write_them() {
        let seat = |text: &str| text.parse::<SeatRequest>();
        let nurse = seat("member:patient-representative@breast").unwrap();
        assert_eq!(nurse.post, Post::new(Office::Member, Some(Discipline::PatientRepresentative)).unwrap());
        assert_eq!(nurse.group, Key::new("breast").unwrap());
        assert_eq!(seat("VICE_CHAIR@breast").unwrap().post.office(), Office::ViceChair);
        assert_eq!(seat("chair"), Err(NotASeat::Form));
        assert_eq!(seat("king@breast"), Err(NotASeat::Office));
        assert_eq!(seat("member:magic@breast"), Err(NotASeat::Discipline));
        assert_eq!(seat("member@breast"), Err(NotASeat::Post(PostProblem::DisciplineMissing)));
        assert_eq!(seat("chair@Breast Group"), Err(NotASeat::Group(NotAKey)));
    }

    #[test]
    fn commands_are_parsed_into_domain_values() {
        for line in [
            "consilium --config x.toml migrate",
            "consilium schema --config x.toml",
            "consilium serve --demo --bind [::1]:80",
            "consilium import advice.md --group breast --group-name Breast",
            "consilium export breast-advice --edition 1.0",
            "consilium token --subject nurse-1 --seat chair@breast --seat member:nursing@breast --hours 1",
            "consilium token --subject nurse-1 --seat member:nursing@breast --from 2017-01-01T00:00:00Z",
            "consilium tick --now 2019-05-01T00:00:00Z",
        ] {
            parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        for line in [
            "consilium",
            "consilium token",
            "consilium token --subject x --hours 0",
            "consilium token --subject x --from 2017-01-01T00:00:00Z",
            "consilium tick --now yesterday",
            "consilium export breast-advice --edition one",
            "consilium import advice.md",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
