//! A machine client of a partner organisation, and its keys.

use async_graphql::{Context, ID, Object, Result};

use super::Organisation;
use crate::{
    domain::client,
    graphql::{
        connection::Listed,
        enums::Scope,
        id::GlobalId,
        loaders::{AnOrganisation, ClientKeysOf},
        scalar::DateTime,
        session::View,
    },
};

/// A client.
#[derive(Clone, Debug)]
pub struct Client(pub client::Client);

/// A partner organisation's machine, which gets short access tokens for assertions that it signs with its own key. Shown
/// to the secretariat of the group that registered it, and to the client itself.
#[Object]
impl Client {
    /// Opaque id, for this API.
    pub async fn id(&self) -> ID {
        GlobalId::Client(self.0.id).encode()
    }

    /// What it is called at the token endpoint: the `iss` and `sub` of its assertions.
    async fn client_id(&self) -> String {
        self.0.id.to_string()
    }

    /// How people tell it from others of the group.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// Whom to ask about it.
    async fn contact(&self) -> &str {
        self.0.contact.as_str()
    }

    /// Whose machine it is.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(Organisation(View::of(ctx)?.load(AnOrganisation(self.0.organisation)).await?))
    }

    /// The most that its access tokens open.
    async fn scopes(&self) -> Vec<Scope> {
        self.0.scopes.iter().map(Into::into).collect()
    }

    /// The keys that it has or had, oldest first. Of one whose keys are published at its own address: those that it has
    /// used.
    async fn keys(&self, ctx: &Context<'_>) -> Result<Vec<ClientKey>> {
        let view = View::of(ctx)?;
        let keys = view.find(ClientKeysOf(self.0.id)).await?.unwrap_or_default();
        view.give(keys.into_iter().map(ClientKey).collect()).await
    }

    /// Where its keys are published; null if they were handed in.
    async fn key_set_url(&self) -> Option<&str> {
        self.0.key_set_url.as_deref()
    }

    /// When it was registered.
    async fn registered_at(&self) -> DateTime {
        DateTime(self.0.registered_at)
    }

    /// When it was revoked; null if it was not.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }

    /// When it last asked for anything, to the minute; null if it never did.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }
}

impl Listed for Client {
    const PAGE: &'static str = "A page of clients.";
    const EDGE: &'static str = "A client on a page.";
    const CURSOR: &'static str = "clients";
}

/// A key.
#[derive(Clone, Debug)]
pub struct ClientKey(pub client::ClientKey);

/// A public key of a client.
#[Object]
impl ClientKey {
    /// Its name: the `kid` in the header of assertions that are signed with it.
    async fn kid(&self) -> &str {
        self.0.key.kid()
    }

    /// Its SHA-256 thumbprint after RFC 7638, to compare with the partner's own.
    async fn thumbprint(&self) -> &str {
        self.0.key.thumbprint()
    }

    /// The ways of signing that fit it, such as `ES256`.
    async fn algorithms(&self) -> Vec<&'static str> {
        self.0.key.signing().iter().map(|signing| signing.word()).collect()
    }

    /// When it was handed in or, if it is published at an address, first used.
    async fn added_at(&self) -> DateTime {
        DateTime(self.0.added_at)
    }

    /// First instant at which it is worth nothing; null if it has no end.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was revoked; null if it was not.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }

    /// When a token was last given for it, to the minute; null if none was.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }

    /// Whether tokens are given for it now: it is neither revoked nor over. The client may be revoked all the same.
    async fn is_live(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.is_live(View::of(ctx)?.now()))
    }
}
