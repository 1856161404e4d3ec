//! A PostgreSQL for tests, and a fresh database in it for each of them.
//!
//! ```text
//! TEST_DATABASE_URL, if set                       a server that somebody else runs
//! installed binaries otherwise                    a private one, started once for this process
//!
//! Server ── template(name, prepare) ──> Template ── database() ──> Database (dropped with its value)
//! ```
//!
//! libtest has no place for clean-up at the end of a process, and a process may be killed. So a private server is the
//! child of a small shell that does nothing but read a pipe whose other end only this process holds: however the
//! process ends, the pipe ends, and the shell stops the server and removes its directory.
//!
//! Nothing is fetched or installed here. How migrations are run is the caller's business.

use std::{
    collections::BTreeSet,
    env, fs,
    future::Future,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr, Statement};
use uuid::Uuid;

/// The oldest server that is supported.
const MAJOR_MIN: u32 = 15;
/// How long a server may take to start on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(90);
/// How all databases of tests are called, followed by a UUID whose time says when they were made.
const PREFIX: &str = "consilium_test_";
/// Databases of tests that are older were left behind by a process that was killed.
const LEFT_BEHIND_HOURS: u64 = 6;

/// What every private server is started with.
pub(super) const SETTINGS: [&str; 5] =
    ["listen_addresses=", "unix_socket_permissions=0700", "max_connections=300", "shared_buffers=64MB", "timezone=UTC"];

/// What a developer sees who has no PostgreSQL.
const NONE_FOUND: &str = "these tests need PostgreSQL 15 or newer, installed or running:
  Debian, Ubuntu   apt-get install postgresql
  Fedora           dnf install postgresql-server
  macOS            brew install postgresql@17
or set TEST_DATABASE_URL=postgres://USER:PASSWORD@HOST/DATABASE to a server on which USER may create databases";

/// Whether a private server must not lose what it acknowledged when the machine loses power.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Durability {
    /// No `fsync`: several times faster. Acknowledged acts still survive the end of any process.
    Fast,
    /// As in production.
    Durable,
}

/// A PostgreSQL server on which databases can be made.
pub(crate) struct Server {
    /// A URL with `{}` where the database's name goes.
    url: String,
    /// The database to connect to when making others.
    maintenance: String,
    /// Stops the server when it goes. A server that somebody else runs has none.
    watchdog: Option<Watchdog>,
}

/// A prepared database to copy from. It is dropped with this value; one that is kept in a static goes with a private
/// server, and from a server of others with a later run.
pub(crate) struct Template {
    server: &'static Server,
    name: String,
}

/// A database of one test. It is dropped with this value.
pub(crate) struct Database {
    server: &'static Server,
    name: String,
}

struct Watchdog {
    directory: PathBuf,
    shell: Child,
}

/// The server that all tests of this process share.
pub(crate) fn shared() -> &'static Server {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(|| match env::var("TEST_DATABASE_URL") {
        Ok(url) => {
            let server = Server::at(&url);
            thread::scope(|scope| scope.spawn(|| block_on(server.sweep())).join()).expect("TEST_DATABASE_URL works");
            server
        }
        Err(_) => Server::start(Durability::Fast),
    })
}

impl Server {
    /// Starts a private server from the installed binaries.
    pub(crate) fn start(durability: Durability) -> Self {
        let binaries = newest_binaries().unwrap_or_else(|| panic!("{NONE_FOUND}"));
        let watchdog = Watchdog::start(&binaries, durability);
        watchdog.await_ready();
        let url = format!("postgres://postgres@localhost/{{}}?host={}", watchdog.directory.display());
        Self { url, maintenance: "postgres".to_owned(), watchdog: Some(watchdog) }
    }

    /// The server at `url`, which somebody else runs; the database it names is the one to start from.
    fn at(url: &str) -> Self {
        let (base, parameters) = url.find('?').map_or((url, ""), |at| url.split_at(at));
        let scheme = base.find("://").map_or(0, |at| at + 3);
        let (host, database) = base[scheme..].find('/').map_or((base, ""), |at| base.split_at(scheme + at));
        let database = database.trim_start_matches('/');
        let maintenance = if database.is_empty() { "postgres" } else { database };
        Self { url: format!("{host}/{{}}{parameters}"), maintenance: maintenance.to_owned(), watchdog: None }
    }

    /// Drops what killed test processes left on a server that outlives them.
    async fn sweep(&self) {
        for name in self.databases().await {
            if is_left_behind(&name) {
                self.drop_database(&name).await;
            }
        }
    }

    /// The directory a private server lives in; its socket is there too.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.watchdog.as_ref().map(|watchdog| watchdog.directory.as_path())
    }

    /// Makes a database and lets `prepare` fill it, so that copies of it can be made. `prepare` must not keep its
    /// connection: nobody can copy a database that is in use.
    pub(crate) async fn template<F, E>(
        &'static self,
        prepare: impl FnOnce(DatabaseConnection) -> F,
    ) -> Result<Template, E>
    where
        F: Future<Output = Result<(), E>>,
    {
        let name = fresh_name();
        self.act(&format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let connection = connect(&self.url_of(&name)).await;
        let prepared = prepare(connection.clone()).await;
        connection.close().await.expect("a connection can be closed");
        if let Err(error) = prepared {
            self.drop_database(&name).await;
            return Err(error);
        }
        self.act(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")).await;
        Ok(Template { server: self, name })
    }

    /// A database with nothing in it.
    pub(crate) async fn empty(&'static self) -> Database {
        let name = fresh_name();
        self.act(&format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        Database { server: self, name }
    }

    /// The names of the databases that tests made.
    async fn databases(&self) -> Vec<String> {
        let connection = connect(&self.url_of(&self.maintenance)).await;
        let backend = connection.get_database_backend();
        let statement = Statement::from_string(backend, "SELECT datname FROM pg_database");
        let rows = connection.query_all_raw(statement).await.expect("databases can be listed");
        connection.close().await.expect("a connection can be closed");
        let names = rows.into_iter().map(|row| row.try_get::<String>("", "datname").expect("a database has a name"));
        names.filter(|name| name.starts_with(PREFIX)).collect()
    }

    async fn drop_database(&self, name: &str) {
        self.act(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }

    /// Drops a database from inside or outside a runtime. Inside one nothing may block, so another thread waits with a
    /// runtime of its own. A failure is no test's fault: private servers go as a whole, and others are swept.
    fn drop_from_anywhere(&self, name: &str) {
        let _ = thread::scope(|scope| scope.spawn(|| block_on(self.drop_database(name))).join());
    }

    /// Runs one statement by itself: databases cannot be made or dropped inside a transaction.
    async fn act(&self, sql: &str) {
        let connection = connect(&self.url_of(&self.maintenance)).await;
        let done = connection.execute_unprepared(sql).await;
        connection.close().await.expect("a connection can be closed");
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn url_of(&self, database: &str) -> String {
        self.url.replace("{}", database)
    }
}

impl Template {
    /// A copy for one test.
    pub(crate) async fn database(&self) -> Database {
        let name = fresh_name();
        self.server.act(&format!("CREATE DATABASE {name} TEMPLATE {}", self.name)).await;
        Database { server: self.server, name }
    }
}

impl Database {
    /// Where it is, as `database.url` of the settings wants it.
    pub(crate) fn url(&self) -> String {
        self.server.url_of(&self.name)
    }

    /// Its name on the server.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A connection of one's own, to look behind the scenes.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        connect(&self.url()).await
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        self.server.drop_from_anywhere(&self.name);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.server.drop_from_anywhere(&self.name);
    }
}

impl Watchdog {
    /// The shell: makes the cluster, runs the server, waits for the end of its standard input, and clears up.
    /// `failed` tells that there will be no server.
    const SCRIPT: &str = r#"
        binaries=$1; directory=$2; shift 2
        cd "$directory" || exit 1
        prepare() { "$binaries/initdb" -D data -U postgres -A trust -E UTF8 --no-sync --no-instructions "$@"; }
        {
            if prepare --locale=C.UTF-8 || prepare --locale=C
            then "$binaries/postgres" -D data -k "$directory" "$@"
            fi
            : > failed
        } < /dev/null > log 2>&1 &
        cat > /dev/null
        # The server may be about to start: wait until it can be told to stop, or has failed.
        while [ ! -s data/postmaster.pid ] && [ ! -e failed ]; do sleep 0.1; done
        [ -s data/postmaster.pid ] && kill -QUIT "$(head -n 1 data/postmaster.pid)"
        wait
        cd / && rm -rf "$directory"
    "#;

    fn start(binaries: &Path, durability: Durability) -> Self {
        // Not the system's temporary directory: on some it is too deep for a socket's name of 107 bytes, or closed to
        // the user that a root's server has to run as.
        let directory =
            tempfile::Builder::new().prefix("consilium-pg-").tempdir_in("/tmp").expect("/tmp is writable").keep();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).expect("one's own directory can be opened");
        let mut settings = SETTINGS.to_vec();
        match durability {
            Durability::Fast => settings.extend(["fsync=off", "full_page_writes=off", "autovacuum=off"]),
            Durability::Durable => {}
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", Self::SCRIPT, "sh"]).arg(binaries).arg(&directory);
        shell.args(settings.iter().flat_map(|setting| ["-c", setting]));
        // A group of its own: Ctrl-C is for the tests, and must not reach the shell before it has cleared up.
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let owner = fs::metadata(&directory).expect("the directory is there");
        if owner.uid() == 0 {
            // PostgreSQL refuses to run as root.
            let (user, group) = unprivileged_user();
            chown(&directory, Some(user), Some(group)).expect("root may give a directory away");
            shell.uid(user).gid(group);
        }
        let shell = shell.spawn().expect("there is a shell");
        Self { directory, shell }
    }

    /// Returns when the server takes connections.
    fn await_ready(&self) {
        let deadline = Instant::now() + START_LIMIT;
        let state = self.directory.join("data/postmaster.pid");
        // The last of eight lines is the state, padded with blanks.
        let is_ready =
            || fs::read_to_string(&state).is_ok_and(|text| text.lines().nth(7).map(str::trim) == Some("ready"));
        while !is_ready() {
            if self.directory.join("failed").exists() || Instant::now() > deadline {
                let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
                panic!("the private PostgreSQL did not start:\n{log}");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // Ends the pipe and waits, so that a test that owns its server leaves nothing behind.
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// The directory with the newest `initdb` and `postgres` that is new enough.
pub(super) fn newest_binaries() -> Option<PathBuf> {
    let mut places: BTreeSet<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let families = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];
    let versions = families.iter().filter_map(|family| fs::read_dir(family).ok()).flatten().flatten();
    places.extend(versions.map(|version| version.path().join("bin")));
    places.extend(
        ["/usr/pgsql-18/bin", "/usr/pgsql-17/bin", "/usr/pgsql-16/bin", "/usr/pgsql-15/bin"].map(PathBuf::from),
    );
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        places.insert(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    places
        .iter()
        // A link in PATH leads to where all the binaries are.
        .filter_map(|place| Some(fs::canonicalize(place.join("postgres")).ok()?.parent()?.to_owned()))
        .filter(|place| place.join("initdb").exists())
        .filter_map(|place| Some((major_version(&place)?, place)))
        .filter(|(major, _)| *major >= MAJOR_MIN)
        .max()
        .map(|(_, place)| place)
}

/// 15 of `postgres (PostgreSQL) 15.18 (Debian ...)`, 19 of `postgres (PostgreSQL) 19beta1`.
fn major_version(place: &Path) -> Option<u32> {
    let output = Command::new(place.join("postgres")).arg("--version").output().ok()?;
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = words.split_whitespace().nth(2)?;
    version.split(|char: char| !char.is_ascii_digit()).next()?.parse().ok()
}

/// User and group to run as in root's place.
pub(super) fn unprivileged_user() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").expect("there is a list of users");
    ["postgres", "nobody"]
        .iter()
        .find_map(|wanted| {
            let line = users.lines().find(|line| line.split(':').next() == Some(wanted))?;
            let mut ids = line.split(':').skip(2).map(str::parse);
            Some((ids.next()?.ok()?, ids.next()?.ok()?))
        })
        .expect("root needs a user postgres or nobody to run PostgreSQL as")
}

/// How many connections to this database wait for another's transaction.
pub(crate) async fn waiting(connection: &DatabaseConnection) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.expect("activity can be seen").expect("a count");
    row.try_get_by_index(0).expect("a number")
}

fn fresh_name() -> String {
    format!("{PREFIX}{}", Uuid::now_v7().simple())
}

fn is_left_behind(name: &str) -> bool {
    let made = name.strip_prefix(PREFIX).and_then(|id| Uuid::parse_str(id).ok()).and_then(|id| id.get_timestamp());
    let now = Uuid::now_v7().get_timestamp();
    made.zip(now).is_some_and(|(made, now)| made.to_unix().0 + LEFT_BEHIND_HOURS * 3600 < now.to_unix().0)
}

pub(crate) async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(2).sqlx_logging(false);
    let connected: Result<_, DbErr> = sea_orm::Database::connect(options).await;
    connected.unwrap_or_else(|error| panic!("no connection to {url}: {error}"))
}

fn block_on<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built").block_on(work)
}

#[cfg(test)]
mod tests;
