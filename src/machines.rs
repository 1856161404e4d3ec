//! Gives access tokens to machine clients: joins what the transport asks, what identity verifies and what the store knows.
//!
//! ```text
//! TokenRequest ─> peek ─> look the client's key up ─> verify ─> commands::admit_client (once) ─> token
//! ```
//!
//! Whatever is wrong, the caller hears the same. A client that is not there costs as much as one that is: its assertion
//! is verified with a key that nobody has the other half of.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::{
    commands::{self, AdmitClient, Refused, VerifiedBy},
    config::Config,
    domain::client::{AdmissionProblem, Client, ClientKey, PublicKey, Scope, Scopes, Signing},
    http::{About, TokenDesk, TokenGiven, TokenRefusal, TokenRequest},
    identity::{
        AssertionVerifier, BadAssertion, ClientTokens, KeySetUrls, assertion,
        jwks::{KeySource, Keys, Patience},
    },
    store::{Store, StoreError},
};

/// Addresses of keys that are held at once.
const PUBLISHED_MAX: usize = 1_000;
/// How often an admission is tried again while the database asks for it.
const RETRIES_MAX: usize = 3;

/// The desk at which this service gives tokens.
pub(crate) fn token_desk(config: &Config, store: Store, tokens: ClientTokens) -> TokenDesk {
    let issuer = config.auth.issuer.as_str().to_owned();
    let token_endpoint = config.machines.token_endpoint(&config.auth);
    let audiences = vec![token_endpoint.clone(), issuer.clone()];
    let verifier = AssertionVerifier::new(audiences, config.auth.clock_skew_seconds);
    let about = About {
        issuer,
        token_endpoint,
        scopes: Scope::ALL.iter().map(|scope| scope.word()).collect(),
        algorithms: Signing::ALL.iter().map(|signing| signing.word()).collect(),
    };
    let urls = KeySetUrls::new(config.machines.loopback_key_sets);
    let desk = Arc::new(Desk { store, verifier, tokens, urls, published: Cache::new(PUBLISHED_MAX) });
    TokenDesk::new(&about, move |request| {
        let desk = Arc::clone(&desk);
        async move { desk.give(&request).await }
    })
}

struct Desk {
    store: Store,
    verifier: AssertionVerifier,
    tokens: ClientTokens,
    urls: KeySetUrls,
    /// Keys that clients publish, by address: held, and asked for anew only as often as their floor allows.
    published: Cache<String, Keys>,
}

/// Why no token is given, for the log.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Assertion(#[from] BadAssertion),
    #[error("the client_id is another than the assertion's")]
    ClientId,
    #[error("there is no such scope")]
    Scope,
    #[error(transparent)]
    Admission(AdmissionProblem),
    #[error("failed to use the database")]
    Store(#[from] StoreError),
    #[error("failed to make the token")]
    Token(#[from] crate::identity::IssueError),
}

impl Desk {
    async fn give(&self, request: &TokenRequest) -> Result<TokenGiven, TokenRefusal> {
        self.try_to_give(request).await.map_err(|refusal| match &refusal {
            Refusal::Store(_) | Refusal::Token(_) => {
                tracing::error!(error = &refusal as &dyn std::error::Error, "failed to give a client a token");
                TokenRefusal::Unavailable
            }
            Refusal::Scope | Refusal::Admission(AdmissionProblem::ScopeBeyond) => {
                tracing::info!(%refusal, "refused a client a token");
                TokenRefusal::InvalidScope
            }
            Refusal::Assertion(_) | Refusal::ClientId | Refusal::Admission(_) => {
                tracing::info!(%refusal, "refused a client a token");
                TokenRefusal::InvalidClient
            }
        })
    }

    async fn try_to_give(&self, request: &TokenRequest) -> Result<TokenGiven, Refusal> {
        let claimed = self.verifier.peek(&request.assertion)?;
        let found = self.store.client_with_keys(claimed.client).await?;
        let key = match &found {
            Some((client, keys)) => self.key(client, keys, &claimed).await,
            None => None,
        };
        let Some((public, verified_by)) = key else {
            self.verifier.verify_in_vain(&request.assertion);
            return Err(BadAssertion::Unknown.into());
        };
        let verified = self.verifier.verify(&request.assertion, &claimed, &public)?;
        if request.client_id.as_ref().is_some_and(|named| *named != claimed.client.to_string()) {
            return Err(Refusal::ClientId);
        }
        // Only now: who is not authenticated learns nothing, not even what scopes there are.
        let scopes = request.scope.as_deref().map(|scope| Scopes::parse(scope).ok_or(Refusal::Scope)).transpose()?;
        let command = AdmitClient {
            client: claimed.client,
            key: verified_by,
            jti: verified.jti,
            expires_at: verified.forgotten_at,
            scopes,
        };
        let admission = self.admit(&command).await?;
        let access_token = self.tokens.issue(claimed.client, admission.key, &admission.scopes)?;
        let expires_in = self.tokens.lifetime().num_seconds();
        Ok(TokenGiven { access_token, expires_in, scope: admission.scopes.to_string() })
    }

    /// The key that the assertion must have been signed with, if the client has one of that name.
    async fn key(
        &self,
        client: &Client,
        keys: &[ClientKey],
        claimed: &assertion::Claimed,
    ) -> Option<(PublicKey, VerifiedBy)> {
        if client.revoked_at.is_some() {
            return None;
        }
        let Some(address) = &client.key_set_url else {
            let key = keys.iter().find(|key| key.key.kid() == claimed.kid)?;
            return Some((key.key.clone(), VerifiedBy::Known(key.id)));
        };
        let published = match self.published.get(address) {
            Some(published) => published,
            None => {
                let url = self.urls.check(address).ok()?;
                let published = Keys::new(KeySource::Url(url), Patience::default());
                self.published.insert(address.clone(), published.clone());
                published
            }
        };
        let found = published.find(Some(&claimed.kid), claimed.algorithm).await;
        let found = found.inspect_err(|no_key| {
            tracing::info!(client.id = %client.id, %no_key, "did not find a key that a client publishes");
        });
        let key = PublicKey::from_jwk(found.ok()?.written()).ok()?;
        Some((key.clone(), VerifiedBy::Published(key)))
    }

    /// Tries again where two requests of one client met at something else than the assertion itself.
    async fn admit(&self, command: &AdmitClient) -> Result<commands::Admission, Refusal> {
        let mut tries = 0;
        loop {
            tries += 1;
            return match commands::admit_client(&self.store, command).await {
                Ok(admission) => Ok(admission),
                Err(Refused::Problem(problem)) => Err(Refusal::Admission(problem)),
                Err(Refused::Denied(_)) => Err(BadAssertion::Unknown.into()),
                Err(Refused::Store(error)) => {
                    let may_pass = error.is_transient() || matches!(error, StoreError::Constraint(_));
                    if may_pass && tries <= RETRIES_MAX {
                        continue;
                    }
                    Err(error.into())
                }
            };
        }
    }
}
