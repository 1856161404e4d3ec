//! Machine clients of partner organisations: registered by the secretariat of a group, with public keys and scopes.
//!
//! ```text
//! register ─> Client + keys ── the client signs an assertion with a key ──> admission ─> access token ─> access::Actor
//!                └ add_key, revoke_key, revoke: felt by the next request (A5)
//! ```
//!
//! What a client may read is the rulebook's ([`access`](super::access)); that an assertion was signed with its key is
//! the identity's.

mod admission;
mod key;
mod scope;

pub use admission::{AdmissionProblem, Asserted, AssertionUsed, JTI_BYTES_MAX, KeyUsed, admit};
pub use key::{KeyProblem, PublicKey, SET_KEYS_MAX, Signing};
pub use scope::{Scope, Scopes};

use super::{
    access::{Permit, act},
    id::{ClientId, ClientKeyId, GroupId, OrganisationId, PersonId},
    text::Line,
    time::Timestamp,
};

/// Keys of one client that are live at once: the one in use, and its successor.
pub const LIVE_KEYS_MAX: usize = 2;
/// Clients of one group that are not revoked.
pub const CLIENTS_MAX: usize = 500;

/// A machine of a partner organisation, as it stands on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Client {
    /// Identity; also what it calls itself in assertions.
    pub id: ClientId,
    /// The group whose secretariat registered it. Roles on that group's documents count for it, and no others.
    pub group: GroupId,
    /// Whose machine it is.
    pub organisation: OrganisationId,
    /// How people tell it from others.
    pub name: Line,
    /// Whom to ask about it.
    pub contact: Line,
    /// The most that its tokens open.
    pub scopes: Scopes,
    /// Where its keys are published, if they were not handed in.
    pub key_set_url: Option<String>,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it last asked for anything, within a minute or so.
    pub last_used_at: Option<Timestamp>,
}

/// A key of a client, as it stands on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientKey {
    /// Identity.
    pub id: ClientKeyId,
    /// Whose key it is.
    pub client: ClientId,
    /// The key.
    pub key: PublicKey,
    /// When it was handed in, or first used if it is published at an address.
    pub added_at: Timestamp,
    /// First instant at which it is worth nothing, if that was settled.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When a token was last given for it, within a minute or so.
    pub last_used_at: Option<Timestamp>,
}

impl ClientKey {
    /// Whether it is worth something.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires| now < expires)
    }
}

/// Why a client or a key of it cannot be registered or revoked as asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClientProblem {
    /// Another client of the group that is not revoked has the name.
    #[error("another client of the group has this name")]
    NameTaken,
    /// More than [`CLIENTS_MAX`].
    #[error("a group has at most {CLIENTS_MAX} clients that are not revoked")]
    TooManyClients,
    /// A client that may do nothing.
    #[error("a client needs at least one scope")]
    ScopesMissing,
    /// Two keys with one name, in one set or over time: who names a key must mean one.
    #[error("a key of this client has, or had, this kid")]
    KeyIdTaken,
    /// The same key under another name.
    #[error("this key is, or was, a key of this client: make a new one")]
    KeyKnown,
    /// More than [`LIVE_KEYS_MAX`].
    #[error("a client has at most {LIVE_KEYS_MAX} keys that are live: revoke one first")]
    TooManyKeys,
    /// It would never be good.
    #[error("the key would have expired already")]
    ExpiryPast,
    /// Its keys are published by its owner, who adds one there.
    #[error("this client's keys are published at its own address: add the key there")]
    KeysPublished,
    /// No key of the client has this name.
    #[error("no key of this client has this kid")]
    KeyUnknown,
    /// The key is revoked already.
    #[error("the key is revoked already")]
    KeyRevoked,
    /// The client is revoked, for good.
    #[error("the client is revoked")]
    ClientRevoked,
}

/// The keys that a client comes with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeySource {
    /// Handed in; each may have an end.
    Given(Vec<ClientKey>),
    /// Published by their owner at an address.
    Published(String),
}

/// A client as it is registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewClient {
    /// Identity.
    pub id: ClientId,
    /// Whose machine it is.
    pub organisation: OrganisationId,
    /// How people tell it from others.
    pub name: Line,
    /// Whom to ask about it.
    pub contact: Line,
    /// The most that its tokens open.
    pub scopes: Scopes,
    /// Its keys.
    pub keys: KeySource,
}

/// A client registered, ready to be recorded.
#[derive(Clone, Debug)]
pub struct ClientRegistered {
    /// The client.
    pub client: Client,
    /// Its keys, if they were handed in.
    pub keys: Vec<ClientKey>,
    /// Who registered it.
    pub by: Option<PersonId>,
    _decided: (),
}

/// Registers a client. `clients` are those of the group.
pub fn register(
    permit: &Permit<act::ManageClients>,
    new: NewClient,
    clients: &[Client],
    now: Timestamp,
) -> Result<ClientRegistered, ClientProblem> {
    let standing = || clients.iter().filter(|client| client.revoked_at.is_none());
    if standing().any(|client| client.name == new.name) {
        return Err(ClientProblem::NameTaken);
    }
    if standing().count() >= CLIENTS_MAX {
        return Err(ClientProblem::TooManyClients);
    }
    if new.scopes.is_empty() {
        return Err(ClientProblem::ScopesMissing);
    }
    let (keys, key_set_url) = match new.keys {
        KeySource::Given(keys) => (keys, None),
        KeySource::Published(url) => (vec![], Some(url)),
    };
    for (number, key) in keys.iter().enumerate() {
        fits(key, keys.get(..number).unwrap_or_default(), now)?;
    }
    let client = Client {
        id: new.id,
        group: permit.thing().group,
        organisation: new.organisation,
        name: new.name,
        contact: new.contact,
        scopes: new.scopes,
        key_set_url,
        registered_at: now,
        revoked_at: None,
        last_used_at: None,
    };
    Ok(ClientRegistered { client, keys, by: permit.by(), _decided: () })
}

/// A key added, ready to be recorded.
#[derive(Clone, Debug)]
pub struct ClientKeyAdded {
    /// The key.
    pub key: ClientKey,
    /// The group whose client it is.
    pub group: GroupId,
    /// Who added it.
    pub by: Option<PersonId>,
    _decided: (),
}

/// Adds a key to a client. `keys` are all that it has or had.
pub fn add_key(
    permit: &Permit<act::ManageClients>,
    client: &Client,
    keys: &[ClientKey],
    key: ClientKey,
    now: Timestamp,
) -> Result<ClientKeyAdded, ClientProblem> {
    if client.revoked_at.is_some() {
        return Err(ClientProblem::ClientRevoked);
    }
    if client.key_set_url.is_some() {
        return Err(ClientProblem::KeysPublished);
    }
    fits(&key, keys, now)?;
    Ok(ClientKeyAdded { key, group: client.group, by: permit.by(), _decided: () })
}

/// Whether a key may stand beside these.
fn fits(key: &ClientKey, keys: &[ClientKey], now: Timestamp) -> Result<(), ClientProblem> {
    if keys.iter().any(|other| other.key.kid() == key.key.kid()) {
        return Err(ClientProblem::KeyIdTaken);
    }
    if keys.iter().any(|other| other.key.thumbprint() == key.key.thumbprint()) {
        return Err(ClientProblem::KeyKnown);
    }
    if !key.is_live(now) {
        return Err(ClientProblem::ExpiryPast);
    }
    if keys.iter().filter(|other| other.is_live(now)).count() >= LIVE_KEYS_MAX {
        return Err(ClientProblem::TooManyKeys);
    }
    Ok(())
}

/// A key revoked, ready to be recorded.
#[derive(Clone, Debug)]
pub struct ClientKeyRevoked {
    /// The key as it will be.
    pub key: ClientKey,
    /// The group whose client it is.
    pub group: GroupId,
    /// Who revoked it.
    pub by: Option<PersonId>,
    /// When; tokens that were given for it are worth nothing on the next request (A5).
    pub at: Timestamp,
    _decided: (),
}

/// Revokes a key of a client, by its name.
pub fn revoke_key(
    permit: &Permit<act::ManageClients>,
    client: &Client,
    keys: &[ClientKey],
    kid: &str,
    now: Timestamp,
) -> Result<ClientKeyRevoked, ClientProblem> {
    let key = keys.iter().find(|key| key.key.kid() == kid).ok_or(ClientProblem::KeyUnknown)?;
    if key.revoked_at.is_some() {
        return Err(ClientProblem::KeyRevoked);
    }
    let key = ClientKey { revoked_at: Some(now), ..key.clone() };
    Ok(ClientKeyRevoked { key, group: client.group, by: permit.by(), at: now, _decided: () })
}

/// A client revoked, ready to be recorded.
#[derive(Clone, Debug)]
pub struct ClientRevoked {
    /// The client as it will be.
    pub client: Client,
    /// Who revoked it.
    pub by: Option<PersonId>,
    /// When; its tokens are worth nothing on the next request (A5).
    pub at: Timestamp,
    _decided: (),
}

/// Revokes a client, for good.
pub fn revoke(
    permit: &Permit<act::ManageClients>,
    client: &Client,
    now: Timestamp,
) -> Result<ClientRevoked, ClientProblem> {
    if client.revoked_at.is_some() {
        return Err(ClientProblem::ClientRevoked);
    }
    let client = Client { revoked_at: Some(now), ..client.clone() };
    Ok(ClientRevoked { client, by: permit.by(), at: now, _decided: () })
}
