//! A streaming standby of a private PostgreSQL, which a test can kill and start again.
//!
//! It is watched over like the server itself, see [`super::postgres`]: a shell that reads a pipe stops it when the pipe
//! ends, and takes its directory along unless it is to be started again.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::postgres::{SETTINGS, Server, newest_binaries, unprivileged_user};

/// How long it may take to copy and start on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(90);

/// A standby of a server.
pub(crate) struct Standby {
    directory: PathBuf,
    primary: PathBuf,
    binaries: PathBuf,
    shell: Option<Child>,
}

impl Standby {
    const SCRIPT: &str = r#"
        binaries=$1; directory=$2; primary=$3; shift 3
        cd "$directory" || exit 1
        rm -f failed keep
        {
            if [ -d data ] || "$binaries/pg_basebackup" -h "$primary" -U postgres -D data -R -X stream -c fast --no-sync
            then "$binaries/postgres" -D data -k "$directory" "$@"
            fi
            : > failed
        } < /dev/null >> log 2>&1 &
        cat > /dev/null
        while [ ! -s data/postmaster.pid ] && [ ! -e failed ]; do sleep 0.1; done
        [ -s data/postmaster.pid ] && kill -QUIT "$(head -n 1 data/postmaster.pid)"
        wait
        [ -e keep ] || { cd / && rm -rf "$directory"; }
    "#;

    /// Copies a private server as it stands, and follows it from then on.
    pub(crate) fn of(server: &Server) -> Self {
        let directory =
            tempfile::Builder::new().prefix("consilium-pg-").tempdir_in("/tmp").expect("/tmp is writable").keep();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).expect("one's own directory can be opened");
        let primary = server.directory().expect("a private server").to_owned();
        let mut standby =
            Self { directory, primary, binaries: newest_binaries().expect("a server runs from them"), shell: None };
        standby.start();
        standby
    }

    /// Where a database of the server is found on the standby.
    pub(crate) fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.directory.display())
    }

    /// Lets it fail at once and without a word to anybody.
    pub(crate) fn strike(&self) {
        fs::write(self.directory.join("keep"), "").expect("the directory can be written to");
        let state = fs::read_to_string(self.directory.join("data/postmaster.pid")).expect("it runs");
        let id = state.lines().next().expect("its first line is its id").to_owned();
        assert!(Command::new("kill").args(["-QUIT", &id]).status().expect("kill runs").success());
    }

    /// Starts it after it failed, where it was.
    pub(crate) fn start_again(&mut self) {
        self.stop();
        self.start();
    }

    /// Starts it, and returns when it takes connections.
    fn start(&mut self) {
        let mut shell = Command::new("sh");
        shell.args(["-c", Self::SCRIPT, "sh"]).arg(&self.binaries).arg(&self.directory).arg(&self.primary);
        shell.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        if fs::metadata(&self.directory).expect("the directory is there").uid() == 0 {
            let (user, group) = unprivileged_user();
            chown(&self.directory, Some(user), Some(group)).expect("root may give a directory away");
        }
        let owner = fs::metadata(&self.directory).expect("the directory is there");
        if owner.uid() != fs::metadata("/proc/self").map_or(owner.uid(), |own| own.uid()) {
            shell.uid(owner.uid()).gid(owner.gid());
        }
        self.shell = Some(shell.spawn().expect("there is a shell"));
        await_ready(&self.directory);
    }

    fn stop(&mut self) {
        if let Some(mut shell) = self.shell.take() {
            drop(shell.stdin.take());
            let _ = shell.wait();
        }
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        if self.shell.is_none() {
            let _ = fs::remove_dir_all(&self.directory);
        }
        self.stop();
    }
}

fn await_ready(directory: &Path) {
    let deadline = Instant::now() + START_LIMIT;
    let state = directory.join("data/postmaster.pid");
    let is_ready = || {
        // The state of a standby that takes connections.
        let line =
            fs::read_to_string(&state).ok().and_then(|text| text.lines().nth(7).map(|line| line.trim().to_owned()));
        line.is_some_and(|line| line == "standby" || line == "ready")
    };
    while !is_ready() {
        if directory.join("failed").exists() || Instant::now() > deadline {
            let log = fs::read_to_string(directory.join("log")).unwrap_or_default();
            panic!("the standby did not start:\n{log}");
        }
        thread::sleep(Duration::from_millis(20));
    }
}
