//! Reads settings from a file and from the environment, checks each value against the table and keeps every fault.
//!
//! Figment parses and merges. Its own extraction stops at the first fault and knows only the value that won; so each
//! value is checked here by itself, before the good ones are merged.

use std::{collections::BTreeMap, error, ffi::OsString, fmt, fs, path::Path};

use figment::{
    Error, Figment, Profile,
    providers::{Format, Toml},
    value::{Dict, Value},
};
use serde::de::DeserializeOwned;

use super::{SETTINGS, Setting};

/// How the names of environment variables begin that are settings.
pub(super) const PREFIX: &str = "CONSILIUM_";

/// One thing that is wrong with the settings.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{setting} ({source_name}): {problem}")]
pub struct Fault {
    /// The setting in full, such as `http.bind`; of a file that cannot be read at all, its name.
    pub setting: String,
    /// Where it was set: a file or an environment variable.
    pub source_name: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Everything that is wrong with the settings, never empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed to settle the configuration:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl error::Error for Faults {}

/// What has been read so far: good values, the strongest of each setting, and the faults of all others.
#[derive(Default)]
pub(super) struct Settled {
    values: BTreeMap<String, Given>,
    faults: Vec<Fault>,
}

struct Given {
    value: Value,
    source_name: String,
}

impl Settled {
    /// Reads a TOML file.
    pub(super) fn read_file(&mut self, path: &Path) {
        let source_name = path.display().to_string();
        let values = fs::read_to_string(path)
            .map_err(|error| error.to_string())
            .and_then(|text| Toml::from_str::<Dict>(&text).map_err(|error| without_the_text(&error.to_string())));
        let sections = match values {
            Ok(sections) => sections,
            Err(problem) => return self.fault("the whole file", &source_name, problem),
        };
        for (section, value) in sections {
            match value {
                Value::Dict(_, values) if SETTINGS.iter().any(|setting| setting.section == section) => {
                    for (name, value) in values {
                        self.give(&format!("{section}.{name}"), &source_name, &[value]);
                    }
                }
                _ => self.fault(&section, &source_name, "there is no such section of settings".to_owned()),
            }
        }
    }

    /// Reads those of `variables` that begin with [`PREFIX`].
    pub(super) fn read_variables(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) {
        for (variable, raw) in variables {
            let variable = variable.to_string_lossy();
            let Some(name) = variable.strip_prefix(PREFIX) else { continue };
            let path = name.to_ascii_lowercase().replace("__", ".");
            let source_name = format!("environment variable {variable}");
            let Some(raw) = raw.to_str() else {
                self.fault(&path, &source_name, "is not UTF-8".to_owned());
                continue;
            };
            // A text first, so that an audience may be called 2019; only then as a number, a truth value or a list.
            let Ok(parsed) = raw.parse::<Value>();
            self.give(&path, &source_name, &[Value::from(raw), parsed]);
        }
    }

    /// Notes that the value of `path` cannot stand beside others.
    pub(super) fn contradiction(&mut self, path: &str, problem: String) {
        let source_name = self.values.get(path).map_or("default", |given| &given.source_name).to_owned();
        self.fault(path, &source_name, problem);
    }

    /// The good values over the defaults.
    pub(super) fn extract<T: DeserializeOwned>(&self) -> Result<T, Faults> {
        let defaults = SETTINGS.iter().map(|setting| format!("{} = {}\n", setting.path(), setting.default));
        let merged = self.values.iter().fold(
            Figment::from(Toml::string(&defaults.collect::<String>()).profile(Profile::Default)),
            |figment, (path, given)| figment.merge((path.as_str(), given.value.clone())),
        );
        // Each value was checked, and so are the defaults by a test; but a fault is a better end than a panic.
        merged.extract().map_err(|error: Error| {
            let fault = Fault {
                setting: error.path.join("."),
                source_name: "settings taken together".to_owned(),
                problem: error.kind.to_string(),
            };
            Faults(self.faults.iter().cloned().chain([fault]).collect())
        })
    }

    /// All faults, if there are any.
    pub(super) fn faults(self) -> Result<(), Faults> {
        if self.faults.is_empty() { Ok(()) } else { Err(Faults(self.faults)) }
    }

    /// Takes the first of `readings` that the setting can have.
    fn give(&mut self, path: &str, source_name: &str, readings: &[Value]) {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.path() == path) else {
            return self.fault(path, source_name, "there is no such setting".to_owned());
        };
        match check_any(setting, readings) {
            Ok(value) => {
                let given = Given { value: value.clone(), source_name: source_name.to_owned() };
                self.values.insert(path.to_owned(), given);
            }
            Err(problem) => self.fault(path, source_name, problem),
        }
    }

    fn fault(&mut self, setting: &str, source_name: &str, problem: String) {
        let (setting, source_name) = (setting.to_owned(), source_name.to_owned());
        self.faults.push(Fault { setting, source_name, problem });
    }
}

/// The first of `readings` that passes, or what is wrong with the last.
fn check_any<'v>(setting: &Setting, readings: &'v [Value]) -> Result<&'v Value, String> {
    let mut problem = "has no value".to_owned();
    for reading in readings {
        match (setting.check)(reading) {
            Ok(()) => return Ok(reading),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}

/// Whether a number is in its range.
pub(super) fn within<T: PartialOrd + fmt::Display>(found: T, least: T, most: T) -> Result<(), String> {
    if least <= found && found <= most {
        return Ok(());
    }
    Err(format!("{found} is out of range: expected {least} to {most}"))
}

/// A TOML error says where, shows the line, and says what. The line may hold a password, so it is left out.
fn without_the_text(error: &str) -> String {
    let lines: Vec<&str> = error.lines().filter(|line| !line.trim().is_empty()).collect();
    match lines.as_slice() {
        [place, .., problem] => format!("{place}: {problem}"),
        _ => error.to_owned(),
    }
}
