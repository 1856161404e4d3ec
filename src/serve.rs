//! Puts the pieces together and serves: store, schema, tokens, scheduler, transport; and takes them apart in order.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    cli::operate::open_store,
    clock::{Clock, system_now},
    config::{Config, DatabaseUrl, Origin},
    demo::{self, DemoError, cast::CAST},
    domain::{access::Actor, directory::Login, time::Timestamp},
    graphql::{self, LocalIssuer, LoggedIn, PublicUrl, Session},
    http::{
        self, Admitted, Documents, Door, Doorman, NotAdmitted, NotAnOrigin, Origins, Proxies, Rates, Readiness,
        TrustError,
    },
    identity::{ClientTokens, IssueError, KeyError, KeySetUrls, NotVerified, SigningKey, TokenIssuer, TokenVerifier},
    links, machines,
    mail::{NoMailServer, Postman},
    scheduler,
    store::{Store, StoreError},
};

/// Why serving failed.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database.
    #[error("failed to use the database")]
    Store(#[from] StoreError),
    /// No signing key.
    #[error("failed to get at the signing key")]
    Key(#[from] KeyError),
    /// No token for the demonstration.
    #[error("failed to make a token")]
    Token(#[from] IssueError),
    /// The demonstration.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// A demonstration that others could take for the real thing.
    #[error("failed to start the demonstration on {0}: it works only on a loopback address")]
    DemoInPublic(SocketAddr),
    /// The address.
    #[error("failed to listen on {0}")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// No place for the demonstration's database.
    #[error("failed to make a directory for the demonstration")]
    Directory(#[source] std::io::Error),
    /// A list of origins that is none.
    #[error("failed to read http.allowed_origins")]
    Origins(#[from] NotAnOrigin),
    /// Documents that cannot be trusted.
    #[error("failed to use http.trusted_documents")]
    Documents(#[from] TrustError),
    /// No way to the mail server.
    #[error("failed to set letters up")]
    Mail(#[from] NoMailServer),
    /// The transport.
    #[error("failed to serve")]
    Transport(#[source] std::io::Error),
}

/// Serves the configured database until told to stop.
pub async fn serve(config: Config, bind: SocketAddr, clock: Clock) -> Result<(), ServeError> {
    let store = open_store(&config, clock).await?;
    let key = SigningKey::load_or_create(config.auth.algorithm, &config.auth.key_file)?;
    let listener = listen(bind).await?;
    run(&config, listener, store, Believed::new(&config, &key)).await
}

/// The tokens that are believed.
#[derive(Clone, Debug)]
pub struct Believed {
    /// Of people.
    pub people: TokenVerifier,
    /// Of machine clients; they are also given here.
    pub clients: ClientTokens,
}

impl Believed {
    /// What `key` signed.
    pub fn new(config: &Config, key: &SigningKey) -> Self {
        Self {
            people: TokenVerifier::new(&config.auth, key),
            clients: ClientTokens::new(&config.auth, config.machines.token_seconds, key.clone()),
        }
    }
}

/// Serves the demonstration from an embedded database of its own, gone when it ends.
pub async fn demo(mut config: Config, bind: SocketAddr) -> Result<(), ServeError> {
    if !bind.ip().is_loopback() {
        return Err(ServeError::DemoInPublic(bind));
    }
    let directory = tempfile::tempdir().map_err(ServeError::Directory)?;
    let file = directory.path().join("demo.db");
    config.database.url = DatabaseUrl::Sqlite(format!("sqlite:{}", file.display()));
    config.http.graphiql = true;
    // Nobody can log in anew here, so a token of the demonstration shows presence as long as it is good.
    config.auth.presence_minutes = 12 * 60;
    let issuer = config.auth.issuer.as_str().to_owned();

    let (clock, hand) = Clock::by_hand(demo::begins_at());
    let story = open_store(&config, clock).await?;
    demo::seed(&story, &hand, &issuer).await?;
    drop(story);

    let store = open_store(&config, Clock::starting_at(demo::stands_at())).await?;
    let key = SigningKey::ephemeral()?;
    let believed = Believed::new(&config, &key);
    let listener = listen(bind).await?;
    let bound = listener.local_addr().map_err(ServeError::Transport)?;
    greet(bound, &TokenIssuer::new(&config.auth, key))?;
    run(&config, listener, store, believed).await
}

/// Says where to go and as whom.
fn greet(bound: SocketAddr, issuer: &TokenIssuer) -> Result<(), ServeError> {
    println!("The demonstration stands at {} and runs on from there.", demo::stands_at().format("%-d %B %Y"));
    println!("GraphiQL: http://{bound}/graphiql   GraphQL: http://{bound}/graphql\n");
    println!("Paste one of these into the headers of GraphiQL; each is good for 12 hours.\n");
    for player in CAST {
        let token = issuer.issue(player.subject, Some(player.name), chrono::TimeDelta::hours(12), system_now())?;
        println!("{} ({}):\n{{\"Authorization\": \"Bearer {token}\"}}\n", player.subject, player.role);
    }
    Ok(())
}

async fn listen(bind: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(bind).await.map_err(|error| ServeError::Listen(bind, error))
}

async fn run(config: &Config, listener: TcpListener, store: Store, believed: Believed) -> Result<(), ServeError> {
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    if config.scheduler.enabled {
        let period = Duration::from_secs(config.scheduler.period_seconds);
        tokio::spawn(scheduler::run(store.clone(), period, stop.clone()));
        if let Some(postman) = Postman::new(config, store.clone())? {
            tokio::spawn(postman.run(period, stop.clone()));
        }
    }
    believed.people.keep_fresh(&stop);
    tokio::spawn(forget_keys(store.clone(), stop.clone()));
    tokio::spawn(store.clone().follow(stop.clone()));
    let door = door(config, store, believed, stop)?;
    if let Ok(bound) = listener.local_addr() {
        tracing::info!(%bound, "serving");
    }
    http::run(listener, door).await.map_err(ServeError::Transport)
}

/// The transport around the schema around the store.
pub fn door(config: &Config, store: Store, believed: Believed, stop: CancellationToken) -> Result<Door, ServeError> {
    let api = graphql::api(&config.http);
    let readiness = {
        let store = store.clone();
        Readiness::new(move || {
            let store = store.clone();
            async move { store.is_ready().await }
        })
    };
    let settings = http::Settings {
        legacy_json_200: config.http.legacy_json_200,
        graphiql: config.http.graphiql,
        origins: Origins::new(config.http.allowed_origins.iter().map(Origin::as_str))?,
        documents: documents(config)?,
        rates: Rates::new(points(config.limits.rate_anonymous), points(config.limits.rate_signed_in)),
        proxies: Proxies { networks: config.http.trusted_proxies.clone(), header: config.http.client_address_header },
    };
    let desk = machines::token_desk(config, store.clone(), believed.clients.clone());
    let links = links::link_desk(store.clone());
    let door = Door::new(api, doorman(config, store, believed), readiness, settings, stop);
    Ok(door.with_token_desk(desk).with_link_desk(links))
}

fn documents(config: &Config) -> Result<Documents, TrustError> {
    let directory = config.http.trusted_documents.as_path();
    Documents::new(config.http.documents, Some(directory).filter(|path| !path.as_os_str().is_empty()))
}

/// The settings allow no more than fits.
fn points(points: u64) -> u32 {
    u32::try_from(points).unwrap_or(u32::MAX)
}

/// How often idempotency keys that are over are forgotten. None is used for so long in any case.
const FORGET_PERIOD: Duration = Duration::from_secs(3_600);

/// Forgets idempotency keys that are over, until told to stop.
async fn forget_keys(store: Store, stop: CancellationToken) {
    let mut period = tokio::time::interval(FORGET_PERIOD);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = period.tick() => {}
        }
        if let Err(error) = store.forget_keys().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "failed to forget idempotency keys");
        }
    }
}

/// Tokens say who; the store says what they hold; both are asked for each operation, so what was revoked grants
/// nothing on the next one (A5).
fn doorman(config: &Config, store: Store, believed: Believed) -> Doorman {
    let believed = Arc::new(believed);
    let issuer = config.auth.issuer.as_str().to_owned();
    let public_url = config.public_url();
    let key_set_urls = KeySetUrls::new(config.machines.loopback_key_sets);
    let anonymous_max = config.limits.complexity_anonymous;
    let signed_in_max = config.limits.complexity_signed_in;
    Doorman::new(move |bearer: Option<String>| {
        let (believed, store, issuer) = (Arc::clone(&believed), store.clone(), issuer.clone());
        let public_url = PublicUrl(public_url.clone());
        async move {
            let mut data = async_graphql::Data::default();
            let (actor, complexity_max, expires_at) = match bearer {
                None => (Actor::Anonymous, anonymous_max, None),
                Some(token) if believed.clients.are_meant_by(&token) => {
                    let (actor, expires_at) = admit_client(&believed.clients, &store, &token).await?;
                    (actor, signed_in_max, Some(SystemTime::from(expires_at)))
                }
                Some(token) => {
                    let verified = believed.people.verify(&token).await.map_err(|why| match why {
                        NotVerified::Bad(bad) => {
                            tracing::info!(%bad, "refused a token");
                            NotAdmitted::BadToken
                        }
                        NotVerified::Unavailable => {
                            tracing::warn!("could not check a token: the keys of its issuer cannot be had");
                            NotAdmitted::Unavailable
                        }
                    })?;
                    let claims = verified.claims;
                    let login = Login { issuer: claims.issuer.clone(), subject: claims.subject.clone() };
                    let actor = store.actor(&login).await.map_err(|error| {
                        tracing::error!(error = &error as &dyn std::error::Error, "failed to look an actor up");
                        NotAdmitted::Unavailable
                    })?;
                    data.insert(LoggedIn(login));
                    (actor.shown(verified.presence), signed_in_max, Some(SystemTime::from(claims.expires_at)))
                }
            };
            let (who, holds) = (actor.identity(), actor.holdings(store.now()));
            let session = Arc::new(Session::new(store, actor));
            data.insert(Arc::clone(&session));
            data.insert(LocalIssuer(issuer));
            data.insert(public_url);
            data.insert(key_set_urls);
            Ok(Admitted { data, session: Some(session), who, holds, complexity_max, expires_at })
        }
    })
}

/// The client behind an access token, with what it holds now. Revoked, it is a bad token from the next request on (A5).
async fn admit_client(tokens: &ClientTokens, store: &Store, token: &str) -> Result<(Actor, Timestamp), NotAdmitted> {
    let claims = tokens.verify(token).map_err(|bad| {
        tracing::info!(%bad, "refused a client's token");
        NotAdmitted::BadToken
    })?;
    let connected = store.connected(claims.client, claims.key, &claims.scopes).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "failed to look a client up");
        NotAdmitted::Unavailable
    })?;
    let Some(connected) = connected else {
        tracing::info!(client.id = %claims.client, "refused the token of a client that stands no more, or of such a key");
        return Err(NotAdmitted::BadToken);
    };
    Ok((Actor::Client(connected), claims.expires_at))
}

async fn stop_on_signal(stop: CancellationToken) {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_) => {
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
    tracing::info!("stopping");
    stop.cancel();
}
