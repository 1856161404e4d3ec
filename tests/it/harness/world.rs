//! A service of its own for each test, with a clock that is turned by hand.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
};

use chrono::TimeDelta;
use consilium::{
    clock::{Clock, Hand, system_now},
    commands::{self, EnterAffiliation, GrantSeat, NewOrganisation},
    config::{Config, DatabaseUrl},
    domain::{
        access::Actor,
        appointment::Invitee,
        directory::{Login, OrganisationKind},
        document::Key,
        id::GroupId,
        role::{Discipline, Office, Post},
        text::Line,
        time::Timestamp,
    },
    http::{self, Door, routes},
    identity::{SigningKey, TokenIssuer},
    scheduler,
    serve::{self, Believed},
    store::{Address, Store},
};
use poem::{Endpoint, EndpointExt, Request, endpoint::BoxEndpoint};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::OnceCell};
use tokio_util::sync::CancellationToken;

use super::{
    answer::Answer,
    postgres::{self, Database, Template},
};

/// One service with its database.
pub(crate) struct World {
    endpoint: BoxEndpoint<'static, poem::Response>,
    door: Door,
    believed: Believed,
    issuer: TokenIssuer,
    key: SigningKey,
    pub(crate) store: Store,
    pub(crate) config: Config,
    pub(crate) group: GroupId,
    hand: Hand,
    statements: std::sync::Arc<AtomicU64>,
    _database: Kept,
}

/// What must live as long as the world.
#[expect(dead_code, reason = "kept for their drop")]
enum Kept {
    Directory(tempfile::TempDir),
    Database(Database),
    /// Another world keeps it.
    Elsewhere,
}

/// A PostgreSQL database with every table and nothing in them.
pub(crate) async fn migrated_postgres() -> Database {
    static TEMPLATE: OnceCell<Template> = OnceCell::const_new();
    let template = TEMPLATE
        .get_or_init(|| async {
            use migration::MigratorTrait;
            let migrate = async |db| migration::Migrator::up(&db, None).await;
            postgres::shared().template(migrate).await.expect("a migrated template")
        })
        .await;
    template.database().await
}

impl World {
    /// On an embedded database of its own.
    pub(crate) async fn on_sqlite() -> Self {
        Self::on_sqlite_with("").await
    }

    /// The same, with these settings in TOML.
    pub(crate) async fn on_sqlite_with(settings: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", directory.path().join("world.db").display());
        Self::on(DatabaseUrl::Sqlite(url), Kept::Directory(directory), settings).await
    }

    /// On a PostgreSQL database of its own.
    pub(crate) async fn on_postgres() -> Self {
        Self::on_postgres_with("").await
    }

    /// The same, with these settings in TOML.
    pub(crate) async fn on_postgres_with(settings: &str) -> Self {
        let database = migrated_postgres().await;
        Self::on(DatabaseUrl::Postgres(database.url()), Kept::Database(database), settings).await
    }

    async fn on(url: DatabaseUrl, database: Kept, settings: &str) -> Self {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), settings).expect("a file");
        let mut config = Config::load(Some(file.path()), []).unwrap_or_else(|faults| panic!("{faults}"));
        config.database.url = url;
        config.database.connections = 4;
        config.machines.loopback_key_sets = true;
        // Some tests go on for longer than a token does.
        config.machines.token_seconds = 3_600;
        let start = "2017-09-01T09:00:00Z".parse().expect("a date");
        let (clock, hand) = Clock::by_hand(start);
        let statements = std::sync::Arc::new(AtomicU64::new(0));
        let counted = std::sync::Arc::clone(&statements);
        let count = move || {
            counted.fetch_add(1, Ordering::Relaxed);
        };
        let address = Address::of(&config.database, &config.limits);
        let store = Store::open_counted(&address, clock, count).await.expect("a database");
        store.migrate().await.expect("tables");
        let key = SigningKey::ephemeral().expect("a key");
        let name = Line::new("Expert Group").expect("a name");
        let group =
            commands::found_group(&store, &Key::new("expert-group").expect("a slug"), &name).await.expect("a group");
        Self::around(config, store, key, group, hand, statements, database)
    }

    /// Another world in the same database with the same key, its clock at the same moment.
    pub(crate) async fn twin(&self) -> Self {
        let (clock, hand) = Clock::by_hand(self.now());
        let address = Address::of(&self.config.database, &self.config.limits);
        let store = Store::open(&address, clock).await.expect("a database");
        Self::around(
            self.config.clone(),
            store,
            self.key.clone(),
            self.group,
            hand,
            Default::default(),
            Kept::Elsewhere,
        )
    }

    fn around(
        config: Config,
        store: Store,
        key: SigningKey,
        group: GroupId,
        hand: Hand,
        statements: std::sync::Arc<AtomicU64>,
        database: Kept,
    ) -> Self {
        let believed = Believed::new(&config, &key);
        let door = serve::door(&config, store.clone(), believed.clone(), CancellationToken::new()).expect("a door");
        Self {
            endpoint: routes(door.clone()).boxed(),
            door,
            believed,
            issuer: TokenIssuer::new(&config.auth, key.clone()),
            key,
            store,
            config,
            group,
            hand,
            statements,
            _database: database,
        }
    }

    /// Another process that serves the same database: it shares nothing with this one but that, and the key.
    pub(crate) async fn replica(&self) -> BoxEndpoint<'static, poem::Response> {
        let address = Address::of(&self.config.database, &self.config.limits);
        let store = Store::open(&address, self.store.clock().clone()).await.expect("a database");
        let stop = CancellationToken::new();
        routes(serve::door(&self.config, store, self.believed.clone(), stop).expect("a door")).boxed()
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request) -> poem::Response {
        self.endpoint.get_response(request).await
    }

    /// Somebody who has not logged in.
    pub(crate) fn anonymous(&self) -> User<'_> {
        User { world: self, token: None, login: None }
    }

    /// Somebody who logged in, and holds what they may hold.
    pub(crate) fn user(&self, subject: &str) -> User<'_> {
        let lifetime = TimeDelta::hours(1);
        let token = self.issuer.issue(subject, Some(subject), lifetime, system_now()).expect("a token");
        let login = Login { issuer: self.config.auth.issuer.as_str().to_owned(), subject: subject.to_owned() };
        User { world: self, token: Some(token), login: Some(login) }
    }

    /// Somebody whom this service's own issuer saw log in so long ago.
    pub(crate) fn user_since(&self, subject: &str, ago: TimeDelta) -> User<'_> {
        let (lifetime, then) = (ago + TimeDelta::hours(1), system_now() - ago);
        let token = self.issuer.issue(subject, Some(subject), lifetime, then).expect("a token");
        User { token: Some(token), ..self.user(subject) }
    }

    /// Somebody with a token of an outside issuer.
    pub(crate) fn bearer_of(&self, issuer: &str, subject: &str, token: &str) -> User<'_> {
        let login = Login { issuer: issuer.to_owned(), subject: subject.to_owned() };
        User { world: self, token: Some(token.to_owned()), login: Some(login) }
    }

    /// How many signatures of tokens were checked so far.
    pub(crate) fn signatures_checked(&self) -> u64 {
        self.believed.people.signatures_checked()
    }

    /// Whoever comes with this token.
    pub(crate) fn bearer(&self, token: &str) -> User<'_> {
        User { world: self, token: Some(token.to_owned()), login: None }
    }

    /// Somebody with a seat in the group, given by an operator from the beginning of 2017 on.
    pub(crate) async fn seated(&self, subject: &str, office: Office, discipline: Option<Discipline>) -> User<'_> {
        let user = self.user(subject);
        let command = GrantSeat {
            group: self.group,
            invitee: Invitee { login: user.login(), name: Line::new(subject).expect("a name") },
            post: Post::new(office, discipline).expect("a post"),
            from: Some("2017-01-01T00:00:00Z".parse().expect("a date")),
            until: None,
            succeeds: None,
        };
        commands::grant_seat(&self.store, &Actor::System, &command).await.expect("a seat");
        user
    }

    /// Somebody of an organisation in the directory.
    pub(crate) async fn affiliated(&self, subject: &str) -> User<'_> {
        let user = self.user(subject);
        let organisation = NewOrganisation {
            name: "An alliance".to_owned(),
            kind: OrganisationKind::CancerAlliance,
            nation: "England".to_owned(),
            ods_code: None,
            ons_code: None,
        };
        commands::enter_organisations(&self.store, &[organisation]).await.expect("an organisation");
        let invitee = Invitee { login: user.login(), name: Line::new(subject).expect("a name") };
        let affiliation = EnterAffiliation { invitee, organisation: "An alliance".to_owned() };
        assert!(commands::enter_affiliation(&self.store, &affiliation).await.expect("an affiliation"));
        user
    }

    /// What comes of something, and how many statements the database was sent meanwhile.
    pub(crate) async fn counted<T>(&self, what: impl Future<Output = T>) -> (T, u64) {
        let before = self.statements();
        let done = what.await;
        (done, self.statements() - before)
    }

    /// The service behind it.
    pub(crate) fn door(&self) -> &Door {
        &self.door
    }

    /// The group's id, as clients know it.
    pub(crate) async fn group_id(&self, user: &User<'_>) -> String {
        let data = user.ask("{ group(slug: \"expert-group\") { id } }", json!({})).await.data();
        data["group"]["id"].as_str().expect("a group").to_owned()
    }

    /// Turns the clock.
    pub(crate) fn set_clock(&self, instant: &str) {
        self.hand.set(instant.parse().expect("a date"));
    }

    /// Turns the clock on.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.hand.advance(time);
    }

    /// The domain's now.
    pub(crate) fn now(&self) -> Timestamp {
        self.store.now()
    }

    /// Lets the scheduler do what is due.
    pub(crate) async fn tick(&self) -> usize {
        scheduler::tick(&self.store, self.now()).await.expect("a tick").len()
    }

    /// How many statements the database was sent so far.
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Serves on a loopback port, for what only a real connection shows, as long as the test runs.
    pub(crate) async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(http::run(listener, self.door.clone()));
        address
    }
}

/// Somebody who uses the service.
#[derive(Clone)]
pub(crate) struct User<'a> {
    world: &'a World,
    token: Option<String>,
    login: Option<Login>,
}

impl User<'_> {
    /// The log-in they come with.
    pub(crate) fn login(&self) -> Login {
        self.login.clone().expect("somebody who logged in")
    }

    /// What the issuer calls them.
    pub(crate) fn subject(&self) -> String {
        self.login().subject
    }

    /// What their client sends to say who they are.
    pub(crate) fn authorization(&self) -> Option<String> {
        self.token.as_ref().map(|token| format!("Bearer {token}"))
    }

    /// Asks for an operation.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Answer {
        self.ask_at(&self.world.endpoint, None, query, variables).await
    }

    /// Asks for an operation with an idempotency key.
    pub(crate) async fn ask_once(&self, key: &str, query: &str, variables: Value) -> Answer {
        self.ask_at(&self.world.endpoint, Some(key), query, variables).await
    }

    /// The same, of this replica.
    pub(crate) async fn ask_at(
        &self,
        endpoint: &BoxEndpoint<'static, poem::Response>,
        key: Option<&str>,
        query: &str,
        variables: Value,
    ) -> Answer {
        let response = endpoint.get_response(self.request(key, query, &variables)).await;
        let status = response.status();
        let challenge = response.headers().get("www-authenticate").and_then(|value| value.to_str().ok());
        let challenge = challenge.map(str::to_owned);
        let text = response.into_body().into_string().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        // Whatever a test is about: nothing that a client sends may show as a fault of ours.
        assert!(!text.contains("\"INTERNAL\""), "{query}\n{variables}\n{text}");
        Answer { status, challenge, body }
    }

    /// Sends an operation, for tests that look at the answer as it is.
    pub(crate) async fn send(&self, query: &str) -> poem::Response {
        self.world.endpoint.get_response(self.request(None, query, &json!({}))).await
    }

    fn request(&self, key: Option<&str>, query: &str, variables: &Value) -> Request {
        let body = json!({ "query": query, "variables": variables });
        let mut request = Request::builder()
            .method(poem::http::Method::POST)
            .uri(poem::http::Uri::from_static("/graphql"))
            .content_type("application/json")
            .header("accept", "application/graphql-response+json");
        if let Some(authorization) = self.authorization() {
            request = request.header("authorization", authorization);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.body(body.to_string())
    }

    /// The body of the answer to an operation, as it was sent.
    pub(crate) async fn text(&self, query: &str, variables: &Value) -> String {
        let response = self.world.endpoint.get_response(self.request(None, query, variables)).await;
        response.into_body().into_string().await.expect("a body")
    }

    /// Sends an operation with one more header, for tests that look at the answer as it is.
    pub(crate) async fn send_with(&self, header: (&str, &str), query: &str, variables: &Value) -> poem::Response {
        let mut request = self.request(None, query, variables);
        let name: poem::http::HeaderName = header.0.parse().expect("a name");
        request.headers_mut().insert(name, header.1.parse().expect("a value"));
        self.world.endpoint.get_response(request).await
    }

    /// Runs the mutation `name` with an input of its type, asking for `selection` besides the problems.
    pub(crate) async fn run(&self, name: &str, input: Value, selection: &str) -> Answer {
        let kind = format!("{}{}Input!", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation Act($input: {kind}) {{ {name}(input: $input) {{ {selection} \
             userErrors {{ __typename code message path \
               ... on SectionChangedError {{ currentDigest }} \
               ... on BaseChangedError {{ changed: currentDigest }} \
               ... on PublicationBlockedError {{ blockers {{ __typename code message }} }} }} }} }}"
        );
        let answer = self.ask(&query, json!({ "input": input })).await;
        answer.assert_paths_lead_into(kind.trim_end_matches('!'));
        answer
    }
}
