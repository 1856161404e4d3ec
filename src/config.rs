//! The settings of the service: what can be set, from where, and what is wrong with what was set.
//!
//! ```text
//! defaults (the table below)  <  TOML file  <  environment CONSILIUM_SECTION__NAME
//! ```
//!
//! Every value of every source is checked, also one that a stronger source overrides, and all faults are reported
//! together: an operator who fixes one fault per restart is an operator who is not asleep.
//! What a kind of value looks like is in [`kinds`]; reading the sources is in [`source`].
//! The command line names the file and may override single settings; that is `cli`'s business.

pub mod issuers;
pub mod kinds;
pub mod mail;
pub mod source;

use std::{
    ffi::OsString,
    fmt::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use figment::value::Value;

pub use self::{
    issuers::{ClaimNames, Issuers, OutsideIssuer, SignatureAlgorithm, TokenType},
    kinds::{
        AddressHeader, Algorithm, DatabaseUrl, DocumentMode, DurabilityWaiver, Identifier, LogFormat, Network, Origin,
        StandbyUrl, TokenEndpoint, WebAddress,
    },
    mail::{MailSecurity, MailServer, MailServerUrl, Sender},
    source::{Fault, Faults},
};
use crate::telemetry;

/// The file that is read from the working directory if it is there and no other is named.
pub const DEFAULT_FILE: &str = "consilium.toml";

/// One line of the table of settings.
pub struct Setting {
    /// The section it is in, such as `http`.
    pub section: &'static str,
    /// Its name inside the section, such as `bind`.
    pub name: &'static str,
    /// The default, as one would write it in TOML. It is read like any other value, so this table cannot be wrong.
    pub default: &'static str,
    meaning: &'static str,
    check: fn(&Value) -> Result<(), String>,
}

/// Defines the sections, [`Config`] that holds them, and the table [`SETTINGS`], all from one list.
macro_rules! settings {
    ($($(#[doc = $about:literal])+ $section:ident: $Section:ident {
        $($(#[doc = $meaning:literal])+ $name:ident: $kind:ty = $default:tt $(in $least:literal..=$most:literal)?;)+
    })+) => {
        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug, serde::Deserialize)]
            pub struct $Section {
                $($(#[doc = $meaning])+ pub $name: $kind,)+
            }
        )+

        /// All settings. There is no other way to make one than [`Config::load`], so what it holds has been checked.
        #[derive(Clone, Debug, serde::Deserialize)]
        #[non_exhaustive]
        pub struct Config {
            $($(#[doc = $about])+ pub $section: $Section,)+
        }

        /// Every setting there is, in the order in which people should read them.
        pub const SETTINGS: &[Setting] = &[$($(Setting {
            section: stringify!($section),
            name: stringify!($name),
            default: stringify!($default),
            meaning: concat!($($meaning),+),
            check: |value| {
                let _found = value.deserialize::<$kind>().map_err(|error| error.kind.to_string())?;
                $(source::within(_found, $least, $most)?;)?
                Ok(())
            },
        },)+)+];
    };
}

settings! {
    /// Where everything is kept.
    database: Database {
        /// `sqlite:FILE` for the embedded database, or `postgres://USER:PASSWORD@HOST/NAME`.
        url: DatabaseUrl = "sqlite:consilium.db";
        /// A streaming standby of the same PostgreSQL, written likewise, for reads that it is up to date for. All others
        /// go to `database.url`, as all do while it is away.
        read_url: StandbyUrl = "";
        /// Connections that read, and on PostgreSQL as many again that write. The embedded database has one writer.
        connections: u32 = 10 in 1..=500;
        /// Start although the database may lose acknowledged acts on power loss: only if this says, word for word,
        /// `acknowledged acts may be lost`.
        allow_weaker_durability: DurabilityWaiver = "";
    }

    /// The face to the network.
    http: Http {
        /// Address and port to listen on.
        bind: SocketAddr = "127.0.0.1:8080";
        /// Where others reach this service, such as `https://advice.example.org`: what links in letters and to calendars
        /// begin with. The issuer, `auth.issuer`, unless given.
        public_url: WebAddress = "";
        /// Serve the GraphiQL page for developers.
        graphiql: bool = false;
        /// Answer introspection queries.
        introspection: bool = true;
        /// Origins of web pages that may call the API from a browser, such as `https://advice.example.org`.
        allowed_origins: Vec<Origin> = [];
        /// Answer 200 also to failed requests of clients that accept only `application/json`.
        legacy_json_200: bool = false;
        /// Which documents are run: `open` for all texts, `apq` for all texts and those that clients asked us to
        /// remember, by their digest, `trusted` for those of `http.trusted_documents` only.
        documents: DocumentMode = "apq";
        /// A directory with the documents that may be named by their digest: `*.graphql`, and manifests `*.json`.
        trusted_documents: PathBuf = "";
        /// Networks of the proxies before this service, such as `10.0.0.0/8`. Only they are believed about who asks.
        trusted_proxies: Vec<Network> = [];
        /// Where those proxies write the address of whoever asks: `X-Forwarded-For` or `Forwarded`.
        client_address_header: AddressHeader = "X-Forwarded-For";
    }

    /// How much one caller may ask for, and how long the database may take. What is above is refused, never cut off.
    /// Further limits, of sizes and shapes, are fixed.
    limits: Limits {
        /// Complexity of an operation of somebody unknown; lists count as often as their page is long.
        complexity_anonymous: u64 = 1_000 in 100..=1_000_000;
        /// Complexity of an operation of somebody who is signed in.
        complexity_signed_in: u64 = 5_000 in 100..=1_000_000;
        /// Points a minute for each address that somebody unknown asks from; 0 for no limit. A request costs one, and
        /// one more for each hundred of its complexity.
        rate_anonymous: u64 = 600_000 in 0..=1_000_000_000;
        /// Points a minute for each person who is signed in; 0 for no limit.
        rate_signed_in: u64 = 600_000 in 0..=1_000_000_000;
        /// Seconds one database statement may take (PostgreSQL).
        statement_seconds: u64 = 5 in 1..=600;
        /// Seconds to wait for a database lock.
        lock_seconds: u64 = 2 in 1..=600;
    }

    /// Whose tokens are believed.
    auth: Auth {
        /// The issuer (`iss`) this service issues tokens as.
        issuer: Identifier = "https://consilium.localhost";
        /// The audience (`aud`) a token must be meant for.
        audience: Identifier = "consilium";
        /// How tokens are signed: `HS512`, `ES256`, `EdDSA`, `RS512` or `PS256`. Never taken from a token.
        algorithm: Algorithm = "HS512";
        /// The signing key: for HS512 a secret that is made at first use, else a private key as PKCS#8 PEM.
        key_file: PathBuf = "consilium.key";
        /// Seconds by which the clocks of other replicas may be wrong.
        clock_skew_seconds: u64 = 30 in 0..=120;
        /// Minutes for which being handed a token of this service's own counts as presence: who signs off, objects or
        /// publishes must have logged in since.
        presence_minutes: u64 = 480 in 1..=43_200;
        /// Outside issuers that are trusted, as `[[auth.issuers]]` with the columns below. In a variable, all in one
        /// line: `[{issuer="https://id.example.org", audiences=["consilium"]}]`.
        issuers: Issuers = [];
    }

    /// Machine clients of partner organisations, and the access tokens they get.
    machines: Machines {
        /// The address of the token endpoint as partners reach it; the issuer with `/oauth/token` unless given. Assertions
        /// are meant for this or for the issuer.
        token_endpoint: TokenEndpoint = "";
        /// Seconds an access token of a client is good for.
        token_seconds: u64 = 600 in 60..=3_600;
        /// Let clients publish their keys at `http` addresses of this machine. For tests only.
        loopback_key_sets: bool = false;
    }

    /// Letters to people about what waits for them. They go out of every process that has the scheduler enabled.
    mail: Mail {
        /// `smtps://USER:PASSWORD@HOST` for TLS from the start, `smtp://USER:PASSWORD@HOST?tls=required` for STARTTLS, or
        /// `smtp://127.0.0.1:PORT` for a server on this machine. Without one, notices are told in the API only.
        server: MailServer = "";
        /// Certificates, as PEM, that are trusted for it besides the system's: of the authority that signed the server's, or
        /// the server's own if that is not an authority itself.
        ca_file: PathBuf = "";
        /// Who letters come from.
        from: Sender = "Consilium <advice@consilium.localhost>";
        /// The page where people do their work, which letters point to.
        home: WebAddress = "";
    }

    /// What is said while running.
    log: Log {
        /// `json` for machines or `text` for people.
        format: LogFormat = "json";
        /// Which lines are written, such as `info` or `info,consilium=debug`. Libraries never go below `info`.
        filter: String = "info";
    }

    /// The work that falls due by itself: opening reviews, reminders.
    scheduler: Scheduler {
        /// Do such work in this process.
        enabled: bool = true;
        /// Seconds between two looks at what is due.
        period_seconds: u64 = 60 in 1..=3_600;
    }
}

impl Config {
    /// Reads `file` (or [`DEFAULT_FILE`] if that is there) and the `CONSILIUM_*` among `variables`.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Faults> {
        let mut settled = source::Settled::default();
        match file {
            Some(file) => settled.read_file(file),
            None if Path::new(DEFAULT_FILE).exists() => settled.read_file(Path::new(DEFAULT_FILE)),
            None => {}
        }
        settled.read_variables(variables);
        // Contradictions are looked for even if there are faults: a faulty value then counts as not given.
        let config: Self = settled.extract()?;
        for (setting, problem) in config.contradictions() {
            settled.contradiction(setting, problem);
        }
        settled.faults()?;
        Ok(config)
    }

    /// Settings that are good each for itself but not together, named by the one that should give way.
    fn contradictions(&self) -> Vec<(&'static str, String)> {
        let limits = &self.limits;
        let mut found = Vec::new();
        let mut rule = |holds: bool, setting, problem: &str| {
            if !holds {
                found.push((setting, problem.to_owned()));
            }
        };
        rule(
            self.database.read_url.expose().is_none() || matches!(self.database.url, DatabaseUrl::Postgres(_)),
            "database.read_url",
            "needs PostgreSQL at database.url",
        );
        rule(self.http.introspection || !self.http.graphiql, "http.graphiql", "needs http.introspection");
        rule(
            limits.complexity_anonymous <= limits.complexity_signed_in,
            "limits.complexity_anonymous",
            "is above limits.complexity_signed_in: signing in would take something away",
        );
        rule(
            self.http.documents != DocumentMode::Trusted || !self.http.trusted_documents.as_os_str().is_empty(),
            "http.documents",
            "is `trusted`, and http.trusted_documents names none",
        );
        rule(
            limits.lock_seconds <= limits.statement_seconds,
            "limits.lock_seconds",
            "is above limits.statement_seconds",
        );
        for (position, issuer) in self.auth.issuers.0.iter().enumerate() {
            let mut fault =
                |problem: String| found.push(("auth.issuers", format!("{}: {problem}", Issuers::place(position))));
            if issuer.issuer == self.auth.issuer.as_str() {
                fault("is this service's own issuer, auth.issuer".to_owned());
            }
            issuer.fault_of_file().into_iter().for_each(fault);
        }
        if let Err(reason) = telemetry::filter(&self.log.filter) {
            found.push(("log.filter", reason.to_string()));
        }
        found
    }
}

impl Config {
    /// Where others reach this service. It ends without a slash.
    pub fn public_url(&self) -> String {
        let issuer = || self.auth.issuer.as_str().trim_end_matches('/');
        self.http.public_url.given().unwrap_or_else(issuer).to_owned()
    }
}

impl Machines {
    /// Where clients ask for tokens.
    pub fn token_endpoint(&self, auth: &Auth) -> String {
        match self.token_endpoint.given() {
            Some(address) => address.to_owned(),
            None => format!("{}/oauth/token", auth.issuer.as_str().trim_end_matches('/')),
        }
    }
}

impl Setting {
    /// The name in full, such as `http.bind`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The environment variable that sets it, such as `CONSILIUM_HTTP__BIND`.
    pub fn variable(&self) -> String {
        format!("{}{}__{}", source::PREFIX, self.section, self.name).to_ascii_uppercase()
    }

    /// What it means, as a sentence or two.
    pub fn meaning(&self) -> &'static str {
        self.meaning.trim()
    }
}

/// The table of settings as Markdown, for the README.
pub fn table() -> String {
    let mut table = "| setting | default | meaning |\n|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        // Writing to a String does not fail.
        let _ = writeln!(table, "| `{}` | `{}` | {} |", setting.path(), setting.default, setting.meaning());
        if setting.path() == "auth.issuers" {
            for column in issuers::COLUMNS {
                let (name, default) = (column.name, column.default);
                let _ = writeln!(table, "| `auth.issuers` `{name}` | `{default}` | {} |", column.meaning());
            }
        }
    }
    table
}

#[cfg(test)]
mod tests;
