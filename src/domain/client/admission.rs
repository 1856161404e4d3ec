//! Lets a client in on an assertion that it signed: once for each, and for no more than it was registered for.
//!
//! The signature has been verified before; what counts here is on record, and is read in the transaction that records
//! the assertion as used.

use super::{Client, ClientKey, PublicKey, Scopes};
use crate::domain::{
    id::{ClientId, ClientKeyId},
    time::Timestamp,
};

/// The most bytes of an assertion's name.
pub const JTI_BYTES_MAX: usize = 255;

/// Why a client is not let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AdmissionProblem {
    /// The client was revoked.
    #[error("the client is revoked")]
    ClientRevoked,
    /// The key that it signed with is not, or no longer, a key of it.
    #[error("the key is not a live key of the client")]
    KeyNotLive,
    /// It asks for more than it was registered for.
    #[error("the client asks for scopes that it was not registered for")]
    ScopeBeyond,
    /// The assertion was used before, here or at another replica.
    #[error("the assertion was used before")]
    Replayed,
}

/// The key that verified an assertion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyUsed {
    /// One on record.
    Known(ClientKeyId),
    /// One that its owner publishes, with the identity it gets if it is new here.
    Published(ClientKeyId, PublicKey),
}

/// An assertion used, ready to be recorded. If another was first, the record refuses it.
#[derive(Clone, Debug)]
pub struct AssertionUsed {
    /// The client.
    pub client: ClientId,
    /// The key; to be entered if it is new.
    pub key: ClientKey,
    /// Whether the key is new here.
    pub is_key_new: bool,
    /// What the assertion calls itself.
    pub jti: String,
    /// When the assertion cannot be used any more, by the system's time.
    pub expires_at: Timestamp,
    /// What the token opens.
    pub scopes: Scopes,
    /// When, by the domain's time.
    pub at: Timestamp,
    _decided: (),
}

/// What an assertion said that was verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asserted {
    /// The key that verified it.
    pub key: KeyUsed,
    /// What it calls itself.
    pub jti: String,
    /// When it cannot be used any more, by the system's time.
    pub expires_at: Timestamp,
    /// What is asked for; everything, if nothing is named.
    pub scopes: Option<Scopes>,
}

/// Lets a client in. `keys` are all that it has or had.
pub fn admit(
    client: &Client,
    keys: &[ClientKey],
    asserted: Asserted,
    now: Timestamp,
) -> Result<AssertionUsed, AdmissionProblem> {
    if client.revoked_at.is_some() {
        return Err(AdmissionProblem::ClientRevoked);
    }
    let (key, is_key_new) = match asserted.key {
        KeyUsed::Known(id) => (keys.iter().find(|key| key.id == id).cloned(), false),
        KeyUsed::Published(id, key) => published(client, keys, id, key, now),
    };
    let key = key.filter(|key| key.is_live(now)).ok_or(AdmissionProblem::KeyNotLive)?;
    let scopes = asserted.scopes.unwrap_or_else(|| client.scopes.clone());
    if !scopes.are_within(&client.scopes) {
        return Err(AdmissionProblem::ScopeBeyond);
    }
    let Asserted { jti, expires_at, .. } = asserted;
    Ok(AssertionUsed { client: client.id, key, is_key_new, jti, expires_at, scopes, at: now, _decided: () })
}

/// A key that its owner publishes. It is known again by its name and its thumbprint; a name or a key that was revoked
/// stays so, also when it comes back with another key or under another name.
fn published(
    client: &Client,
    keys: &[ClientKey],
    id: ClientKeyId,
    key: PublicKey,
    now: Timestamp,
) -> (Option<ClientKey>, bool) {
    let (kid, thumbprint) = (key.kid(), key.thumbprint());
    let mut like_it = keys.iter().filter(|known| known.key.kid() == kid || known.key.thumbprint() == thumbprint);
    match (like_it.next(), like_it.next()) {
        (None, _) => {
            let key = ClientKey {
                id,
                client: client.id,
                key,
                added_at: now,
                expires_at: None,
                revoked_at: None,
                last_used_at: None,
            };
            (Some(key), true)
        }
        (Some(known), None) if known.key.kid() == kid && known.key.thumbprint() == thumbprint => {
            (Some(known.clone()), false)
        }
        (Some(_), _) => (None, false),
    }
}
