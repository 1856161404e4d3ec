//! The ground is tried before anything is built on it.

use std::io::{BufRead, BufReader};

use super::*;

/// Set in the process that is going to be killed.
const ROLE: &str = "TEST_HARNESS_IS_TO_BE_KILLED";

async fn number(connection: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn noted() -> Template {
    let prepared = shared().template(async |connection: DatabaseConnection| {
        connection.execute_unprepared("CREATE TABLE note (text text); INSERT INTO note VALUES ('first')").await?;
        Ok::<(), DbErr>(())
    });
    prepared.await.unwrap()
}

#[tokio::test]
async fn two_databases_of_one_template_know_nothing_of_one_another() {
    let template = noted().await;
    let (one, other) = tokio::join!(template.database(), template.database());
    let (here, there) = (one.connect().await, other.connect().await);
    here.execute_unprepared("INSERT INTO note VALUES ('second')").await.unwrap();
    assert_eq!(number(&here, "SELECT count(*) FROM note").await, 2);
    assert_eq!(number(&there, "SELECT count(*) FROM note").await, 1);
    let later = template.database().await;
    assert_eq!(number(&later.connect().await, "SELECT count(*) FROM note").await, 1);
}

#[tokio::test]
async fn a_database_goes_with_its_value_even_while_somebody_is_connected() {
    let database = shared().empty().await;
    let name = database.name.clone();
    let _open = database.connect().await;
    assert!(shared().databases().await.contains(&name));
    drop(database);
    assert!(!shared().databases().await.contains(&name));
}

#[tokio::test]
async fn a_template_that_could_not_be_prepared_is_not_kept() {
    let mut name = String::new();
    let prepared = shared()
        .template(async |connection: DatabaseConnection| {
            let statement =
                Statement::from_string(connection.get_database_backend(), "SELECT current_database()::text");
            name = connection.query_one_raw(statement).await?.unwrap().try_get_by_index(0)?;
            connection.execute_unprepared("CREATE TABLE").await.map(drop)
        })
        .await;
    assert!(prepared.is_err());
    assert!(!shared().databases().await.contains(&name));
}

#[tokio::test]
async fn the_server_is_one_that_the_product_accepts() {
    let database = shared().empty().await;
    let connection = database.connect().await;
    assert!(number(&connection, "SELECT current_setting('server_version_num')::bigint").await >= 150_000);
    assert_eq!(number(&connection, "SELECT (current_setting('synchronous_commit') = 'on')::int::bigint").await, 1);
    assert_eq!(
        number(&connection, "SELECT (lower('É') = 'é')::int::bigint").await,
        1,
        "letters beyond ASCII have a case"
    );
}

#[test]
fn a_durable_server_of_ones_own_is_gone_when_its_value_is() {
    let server: &'static mut Server = Box::leak(Box::new(Server::start(Durability::Durable)));
    let directory = server.directory().unwrap().to_owned();
    let shown = block_on(async {
        let connection = connect(&server.url_of("postgres")).await;
        number(&connection, "SELECT (current_setting('fsync') = 'on')::int::bigint").await
    });
    assert_eq!(shown, 1);
    drop(server.watchdog.take());
    assert!(!directory.exists());
}

#[test]
fn a_killed_process_leaves_neither_server_nor_directory() {
    if env::var_os(ROLE).is_some() {
        let server = Server::start(Durability::Fast);
        println!("\nserver in {}", server.directory().unwrap().display());
        loop {
            thread::park();
        }
    }
    let test = "harness::postgres::tests::a_killed_process_leaves_neither_server_nor_directory";
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ROLE, "yes")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let directory = lines.find_map(|line| line.strip_prefix("server in ").map(PathBuf::from)).expect("a server starts");
    let pid = fs::read_to_string(directory.join("data/postmaster.pid")).unwrap().lines().next().unwrap().to_owned();
    let is_running = || Command::new("sh").args(["-c", "kill -0 $0 2>/dev/null", &pid]).status().unwrap().success();
    assert!(is_running());
    child.kill().unwrap();
    child.wait().unwrap();
    let deadline = Instant::now() + START_LIMIT;
    while directory.exists() || is_running() {
        assert!(Instant::now() < deadline, "{} or process {pid} is left", directory.display());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_killed_processes_left_on_a_server_of_others_is_told_by_its_age() {
    let hours_ago = |hours: u64| {
        let (seconds, nanos) = Uuid::now_v7().get_timestamp().unwrap().to_unix();
        let made = uuid::Timestamp::from_unix(uuid::NoContext, seconds - hours * 3600, nanos);
        format!("{PREFIX}{}", Uuid::new_v7(made).simple())
    };
    assert!(is_left_behind(&hours_ago(LEFT_BEHIND_HOURS + 1)));
    for kept in [hours_ago(LEFT_BEHIND_HOURS - 1), "consilium_test_mine".to_owned(), "consilium".to_owned()] {
        assert!(!is_left_behind(&kept), "{kept}");
    }
}

#[test]
fn a_server_of_others_is_named_by_any_of_its_databases() {
    for (url, expected) in [
        ("postgres://u:p@host:1/db", "postgres://u:p@host:1/x"),
        ("postgres://u:p@host:1/db?sslmode=require", "postgres://u:p@host:1/x?sslmode=require"),
        ("postgres://host?host=/run", "postgres://host/x?host=/run"),
        ("postgres:///?host=/run", "postgres:///x?host=/run"),
    ] {
        assert_eq!(Server::at(url).url_of("x"), expected);
    }
    assert_eq!(Server::at("postgres://host").maintenance, "postgres");
    assert_eq!(Server::at("postgres://host/db").maintenance, "db");
}
