//! The binary itself, as an operator runs it: its commands, and the service it becomes.

use std::{
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::{Value, json};

use super::postgres::{self, Database};

/// The binary, in a directory of its own, with a database of its own.
pub(crate) struct Service {
    directory: tempfile::TempDir,
    database_url: String,
    running: Option<Running>,
    database: Option<Database>,
    settings: Vec<(&'static str, String)>,
}

struct Running {
    child: Child,
    address: String,
    log: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<()>>,
    printed: Arc<Mutex<String>>,
}

impl Service {
    /// With an embedded database.
    pub(crate) async fn on_sqlite() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let database_url = format!("sqlite:{}", directory.path().join("service.db").display());
        Self { directory, database_url, running: None, database: None, settings: vec![] }
    }

    /// With an empty database on the server that all tests share.
    pub(crate) async fn on_postgres() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let database = postgres::shared().empty().await;
        Self { directory, database_url: database.url(), running: None, database: Some(database), settings: vec![] }
    }

    /// A replica: with a database and a key that it shares with others, and further settings.
    pub(crate) fn replica(database_url: String, settings: &[(&'static str, String)]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self { directory, database_url, running: None, database: None, settings: settings.to_vec() }
    }

    /// The database on the server, to look behind the scenes.
    pub(crate) fn database(&self) -> &Database {
        self.database.as_ref().expect("a service on PostgreSQL")
    }

    /// Where its database is.
    pub(crate) fn database_url(&self) -> &str {
        &self.database_url
    }

    /// The binary with these arguments, ready to be started. It knows nothing of the settings of whoever runs the tests.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_consilium"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CONSILIUM_")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env("CONSILIUM_DATABASE__URL", &self.database_url)
            .env("CONSILIUM_LOG__FORMAT", "json")
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// What a command prints that succeeds.
    #[track_caller]
    pub(crate) fn output(&self, arguments: &[&str]) -> String {
        succeeded(&self.command(arguments).output().expect("the command runs"))
    }

    /// What a command that fails says on standard error. It prints nothing else, and does not panic.
    #[track_caller]
    pub(crate) fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the command runs");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(output.stdout, b"");
        String::from_utf8(output.stderr).expect("text")
    }

    /// A token of the local issuer, for somebody who is put into a seat.
    #[track_caller]
    pub(crate) fn token(&self, subject: &str, seat: &str) -> String {
        self.output(&["token", "--subject", subject, "--name", subject, "--seat", seat])
    }

    /// Writes a file into the directory that commands run in.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, content).expect("the directory is ours");
        path
    }

    /// Starts serving on a free port, and reads from the log which one it is.
    #[track_caller]
    pub(crate) fn start(&mut self, arguments: &[&str]) {
        self.start_with(arguments, &[]);
    }

    /// The same, with some settings.
    #[track_caller]
    pub(crate) fn start_with(&mut self, arguments: &[&str], settings: &[(&str, &str)]) {
        let arguments = [&["serve", "--bind", "127.0.0.1:0"], arguments].concat();
        let mut command = self.command(&arguments);
        command.envs(settings.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let printed: Arc<Mutex<String>> = Arc::default();
        let (found, address) = mpsc::channel();
        let errors = BufReader::new(child.stderr.take().expect("a log"));
        let kept = Arc::clone(&log);
        let logging = thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let read: Value = serde_json::from_str(&line).unwrap_or_default();
                if let Some(bound) = read["bound"].as_str() {
                    let _ = found.send(bound.to_owned());
                }
                kept.lock().expect("unpoisoned").push(line);
            }
        });
        let mut output = child.stdout.take().expect("an output");
        let kept = Arc::clone(&printed);
        let printing = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(size @ 1..) = output.read(&mut bytes) {
                kept.lock().expect("unpoisoned").push_str(&String::from_utf8_lossy(&bytes[..size]));
            }
        });
        let Ok(address) = address.recv_timeout(Duration::from_secs(60)) else {
            let _ = child.kill();
            panic!("it does not serve: {:#?}", log.lock().expect("unpoisoned"));
        };
        self.running = Some(Running { child, address, log, readers: vec![logging, printing], printed });
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs")
    }

    /// Where it serves, such as `127.0.0.1:8080`.
    pub(crate) fn address(&self) -> &str {
        &self.running().address
    }

    /// What it has printed to standard output so far.
    pub(crate) fn printed(&self) -> String {
        self.running().printed.lock().expect("unpoisoned").clone()
    }

    /// Asks it for an operation over HTTP.
    pub(crate) async fn ask(&self, token: &str, query: &str, variables: Value) -> Value {
        let answer = ask(&self.graphql(), token, query, variables).await;
        answer.expect("an answer")
    }

    /// Where operations are sent to.
    pub(crate) fn graphql(&self) -> String {
        format!("http://{}/graphql", self.address())
    }

    /// Gets a path, as anybody.
    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        let url = format!("http://{}{path}", self.address());
        reqwest::get(url).await.expect("an answer")
    }

    /// Ends it as power cuts do.
    pub(crate) fn kill(&mut self) {
        let mut running = self.running.take().expect("it runs");
        running.child.kill().expect("it is killed");
        running.child.wait().expect("it is gone");
    }

    /// Asks it to stop, without waiting for it.
    pub(crate) fn terminate(&self) {
        let id = self.running().child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
    }

    /// The lines that it has logged so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.running().log.lock().expect("unpoisoned").clone()
    }

    /// Waits for its end, and gives the status and every line that it logged.
    pub(crate) fn ended(&mut self) -> (ExitStatus, Vec<String>) {
        let mut running = self.running.take().expect("it runs");
        let status = running.child.wait().expect("it ends");
        running.readers.drain(..).for_each(|reader| reader.join().expect("it reads to the end"));
        let log = running.log.lock().expect("unpoisoned").clone();
        (status, log)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(running) = &mut self.running {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}

/// What a command printed that should have succeeded.
#[track_caller]
pub(crate) fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("text").trim().to_owned()
}

/// Asks a service for an operation over HTTP.
pub(crate) async fn ask(url: &str, token: &str, query: &str, variables: Value) -> reqwest::Result<Value> {
    let body = json!({ "query": query, "variables": variables });
    let request = reqwest::Client::new().post(url).bearer_auth(token).json(&body);
    request.timeout(Duration::from_secs(20)).send().await?.json().await
}
