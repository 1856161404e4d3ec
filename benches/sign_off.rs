//! How fast positions are taken, beside as many bare durable commits of one row in the same run.
//!
//! ```text
//! cargo bench --bench sign_off                                     # on SQLite, in a temporary directory
//! BENCH_DATABASE_URL=postgres://... cargo bench --bench sign_off   # and on an empty PostgreSQL database
//! ```
//!
//! Each client looks its actor up, signs, looks its actor up, withdraws, and so on, in one section of a document of twelve.
//! Clients are tasks of their own, as requests to the service are.

#![expect(clippy::expect_used, reason = "a program that measures stops where it fails")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use consilium::{
    clock::Clock,
    commands::{self, GrantSeat, Import, OpenReview, TakePosition},
    config::{Config, DatabaseUrl},
    domain::{
        access::{Actor, Presence},
        appointment::Invitee,
        directory::Login,
        document::Key,
        id::{ReviewId, SectionId},
        review::{cell::Scope, opening::Opening, position::PositionAct},
        role::{Discipline, Office, Post},
        text::{Line, Prose},
    },
    manuscript,
    store::{Address, Store},
};
use futures_util::future::{BoxFuture, join_all};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, TransactionTrait};

const CLIENTS: usize = 16;
const LASTING: Duration = Duration::from_secs(3);

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    println!("| database | work | clients | per second | p50 ms | p99 ms |\n|---|---|---|---|---|---|");
    let directory = tempfile::tempdir().expect("a directory");
    let file = format!("sqlite:{}?mode=rwc", directory.path().join("bench.db").display());
    runtime.block_on(measure("SQLite", DatabaseUrl::Sqlite(file)));
    if let Ok(url) = std::env::var("BENCH_DATABASE_URL") {
        runtime.block_on(measure("PostgreSQL", DatabaseUrl::Postgres(url)));
    }
}

async fn measure(name: &str, url: DatabaseUrl) {
    let mut config = Config::load(Some("/dev/null".as_ref()), []).expect("defaults");
    config.database.url = url;
    config.database.connections = 20;
    let store = Store::open(&Address::of(&config.database, &config.limits), Clock::system()).await.expect("a database");
    store.migrate().await.expect("tables");
    let (review, section, logins) = set(&store).await;

    let bare = Arc::new(Bare::new(config.database.url.expose()).await);
    for clients in [1, CLIENTS] {
        let committing = Arc::clone(&bare);
        let client = move |_: usize| -> BoxFuture<'static, ()> {
            let bare = Arc::clone(&committing);
            Box::pin(async move { bare.commit().await })
        };
        report(name, "bare commit of one row", clients, run(clients, client).await);
        let (signing, logins) = (store.clone(), logins.clone());
        let client = move |number: usize| -> BoxFuture<'static, ()> {
            let (store, login) = (signing.clone(), logins[number].clone());
            Box::pin(async move {
                position(&store, &login, review, section, PositionAct::Approve).await;
                position(&store, &login, review, section, PositionAct::Withdraw).await;
            })
        };
        let mut times = run(clients, client).await;
        // Two positions each.
        times = times.into_iter().flat_map(|time| [time / 2, time / 2]).collect();
        report(name, "position", clients, times);
    }
}

/// A document under review, and people who sign its first section.
async fn set(store: &Store) -> (ReviewId, SectionId, Vec<Login>) {
    let line = |text: &str| Line::new(text).expect("a line");
    let group =
        commands::found_group(store, &Key::new("bench").expect("a key"), &line("Bench")).await.expect("a group");
    let mut logins = Vec::new();
    for number in 0..CLIENTS {
        let login = Login { issuer: "bench".to_owned(), subject: format!("nurse-{number}") };
        let command = GrantSeat {
            group,
            invitee: Invitee { login: login.clone(), name: line("Nurse") },
            post: Post::new(Office::Member, Some(Discipline::Nursing)).expect("a post"),
            from: None,
            until: None,
            succeeds: None,
        };
        commands::grant_seat(store, &Actor::System, &command).await.expect("a seat");
        logins.push(login);
    }
    let mut text = "---\ntitle: Bench\nslug: bench\nissued: 2017-08\nreview_due: 2099-05\n---\n".to_owned();
    for section in 0..12 {
        text += &format!("\n# Section {section} {{#s{section} disciplines=NURSING}}\n\nWhat it says.\n");
    }
    let manuscript = manuscript::read(&text).expect("a manuscript");
    let document = commands::import(store, &Actor::System, &Import { group, manuscript }).await.expect("a document");
    let reason = Some(Prose::new("To measure.").expect("a reason"));
    let command = OpenReview { document, opening: Opening { reason, ..Opening::default() } };
    let review = commands::open_review(store, &Actor::System, &command).await.expect("a review");
    let reader = store.reader(Actor::System);
    let editions = reader.editions_of(&[document]).await.expect("editions").remove(&document).expect("an edition");
    let texts = reader.edition_texts(&[editions[0].id]).await.expect("texts");
    let section = texts.values().next().and_then(|text| text.outline.iter().next()).expect("a section").section;
    (review, section, logins)
}

async fn position(store: &Store, login: &Login, review: ReviewId, section: SectionId, act: PositionAct) {
    let actor = store.actor(login).await.expect("an actor").shown(Presence::Present);
    let command =
        TakePosition { review, scope: Scope::Section(section), seat: None, act, seen: None, reason: None, until: None };
    commands::take_position(store, &actor, &command).await.expect("a position");
}

/// One row in a table of its own, durably.
struct Bare {
    db: sea_orm::DatabaseConnection,
    writer: Option<tokio::sync::Mutex<()>>,
}

impl Bare {
    async fn new(url: &str) -> Self {
        let is_sqlite = url.starts_with("sqlite:");
        let url = if is_sqlite { url.replace("bench.db", "bare.db") } else { url.to_owned() };
        let mut options = ConnectOptions::new(url);
        options.max_connections(if is_sqlite { 1 } else { 20 }).sqlx_logging(false).test_before_acquire(false);
        let db = Database::connect(options).await.expect("a database");
        if is_sqlite {
            db.execute_unprepared("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").await.expect("settings");
        }
        db.execute_unprepared("CREATE TABLE bare (at bigint NOT NULL)").await.expect("a table");
        Self { db, writer: is_sqlite.then(tokio::sync::Mutex::default) }
    }

    async fn commit(&self) {
        let _turn = match &self.writer {
            Some(writer) => Some(writer.lock().await),
            None => None,
        };
        let tx = self.db.begin().await.expect("a transaction");
        tx.execute_unprepared("INSERT INTO bare (at) VALUES (1)").await.expect("a row");
        tx.commit().await.expect("a commit");
    }
}

/// Lets so many clients do their work again and again, and takes the time of each.
async fn run(
    clients: usize,
    work: impl Fn(usize) -> BoxFuture<'static, ()> + Clone + Send + Sync + 'static,
) -> Vec<Duration> {
    let began = Instant::now();
    let times = (0..clients).map(|number| {
        let work = work.clone();
        tokio::spawn(async move {
            let mut times = Vec::new();
            while began.elapsed() < LASTING {
                let at = Instant::now();
                work(number).await;
                times.push(at.elapsed());
            }
            times
        })
    });
    join_all(times).await.into_iter().flat_map(|times| times.expect("a client that went on")).collect()
}

fn report(database: &str, work: &str, clients: usize, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    let rate = times.len() as f64 / LASTING.as_secs_f64();
    println!("| {database} | {work} | {clients} | {rate:.0} | {:.2} | {:.2} |", at(0.5), at(0.99));
}
