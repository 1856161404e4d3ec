//! Log lines on standard error, as JSON for machines or as text for people.
//!
//! What is logged is up to the code that logs; this module sees to it that libraries cannot be talked into telling
//! more than they should. At their finest levels database drivers print bound values, and WebSocket and HTTP crates
//! print frames and heads with tokens in them. So crates other than ours stop at INFO, whatever the filter asks for.

use std::io::{self, IsTerminal};

use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{ParseError, Targets},
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
};

use crate::config::{Log, LogFormat};

/// Why logging could not be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is no list of directives. The settings check this before.
    #[error("failed to read the log filter")]
    Filter(#[source] ParseError),
    /// Something in this process logs already.
    #[error("failed to install the log, because another is installed")]
    Installed(#[source] tracing::subscriber::SetGlobalDefaultError),
}

/// Starts logging to standard error, for the life of the process.
pub fn start(settings: &Log) -> Result<(), TelemetryError> {
    let filter = filter(&settings.filter).map_err(TelemetryError::Filter)?;
    let subscriber = subscriber(settings.format, filter, io::stderr().is_terminal(), io::stderr);
    tracing::subscriber::set_global_default(subscriber).map_err(TelemetryError::Installed)
}

/// Reads directives such as `info,consilium=debug`.
pub fn filter(directives: &str) -> Result<EnvFilter, ParseError> {
    EnvFilter::builder().parse(directives)
}

fn subscriber<W>(format: LogFormat, filter: EnvFilter, colours: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(writer).boxed(),
        LogFormat::Text => fmt::layer().with_ansi(colours).with_writer(writer).boxed(),
    };
    let libraries_are_quiet = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target(env!("CARGO_PKG_NAME"), LevelFilter::TRACE)
        // It says twice of each migration what the store says once of all.
        .with_target("sea_orm_migration", LevelFilter::WARN)
        // It tells the addresses of those who are silent.
        .with_target("poem", LevelFilter::WARN)
        // It tells the values of what it does not know in the database's address, and such a value may be a password.
        .with_target("sqlx_postgres::options", LevelFilter::OFF);
    tracing_subscriber::registry().with(lines.with_filter(filter).with_filter(libraries_are_quiet))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged while `act` runs.
    fn logged(format: LogFormat, directives: &str, act: impl FnOnce()) -> String {
        let paper = Paper::default();
        let writer = paper.clone();
        let subscriber = subscriber(format, filter(directives).unwrap(), false, move || writer.clone());
        tracing::subscriber::with_default(subscriber, act);
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn libraries_do_not_tell_bound_values_or_frames_even_when_asked_to() {
        let log = logged(LogFormat::Text, "trace,sqlx=trace,tungstenite=trace", || {
            tracing::trace!(target: "tungstenite::protocol", "frame with a token");
            tracing::debug!(target: "sqlx::query", "bound values");
            tracing::warn!(target: "sqlx::query", "slow statement");
            tracing::trace!(target: "consilium::store", "ours");
        });
        assert!(!log.contains("token") && !log.contains("bound"), "{log}");
        assert!(log.contains("slow statement") && log.contains("ours"), "{log}");
    }

    #[test]
    fn a_json_line_carries_its_fields() {
        let log = logged(LogFormat::Json, "info", || {
            tracing::info!(document.id = "d1", duration_ms = 3, "published the edition");
            tracing::debug!("not asked for");
        });
        let line: serde_json::Value = serde_json::from_str(&log).unwrap();
        assert_eq!(line["message"], "published the edition");
        assert_eq!(line["document.id"], "d1");
    }

    #[test]
    fn a_filter_that_is_none_is_refused() {
        assert!(filter("consilium=loud").is_err());
    }
}
