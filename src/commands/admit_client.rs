//! Lets a client in on an assertion whose signature was verified. No actor gives this command: it is how one begins.

use super::{HIDDEN, Refused};
use crate::{
    domain::{
        client::{self, AdmissionProblem, Asserted, KeyUsed, PublicKey, Scopes},
        id::{ClientId, ClientKeyId},
        time::Timestamp,
    },
    store::{Store, StoreError},
};

/// What an assertion said that was verified.
#[derive(Clone, Debug)]
pub struct AdmitClient {
    /// Who signed it.
    pub client: ClientId,
    /// The key that verified it.
    pub key: VerifiedBy,
    /// What it calls itself.
    pub jti: String,
    /// When it cannot be used any more, by the system's time.
    pub expires_at: Timestamp,
    /// What is asked for; everything, if nothing is named.
    pub scopes: Option<Scopes>,
}

/// The key that verified an assertion.
#[derive(Clone, Debug)]
pub enum VerifiedBy {
    /// One on record.
    Known(ClientKeyId),
    /// One that its owner publishes.
    Published(PublicKey),
}

/// What a token may be given for.
#[derive(Clone, Debug)]
pub struct Admission {
    /// The key on record.
    pub key: ClientKeyId,
    /// What the token opens.
    pub scopes: Scopes,
}

/// Uses an assertion, once for all replicas.
pub async fn admit_client(store: &Store, command: &AdmitClient) -> Result<Admission, Refused<AdmissionProblem>> {
    let mut tx = store.begin().await?;
    let client = tx.client(command.client).await?.ok_or(HIDDEN)?;
    let keys = tx.client_keys(client.id).await?;
    let key = match &command.key {
        VerifiedBy::Known(id) => KeyUsed::Known(*id),
        VerifiedBy::Published(key) => KeyUsed::Published(tx.id(), key.clone()),
    };
    let (jti, scopes) = (command.jti.clone(), command.scopes.clone());
    let asserted = Asserted { key, jti, expires_at: command.expires_at, scopes };
    let used = client::admit(&client, &keys, asserted, tx.now()).map_err(Refused::Problem)?;
    let admission = Admission { key: used.key.id, scopes: used.scopes.clone() };
    match tx.record(used).await {
        Err(StoreError::Constraint(rule)) if rule == "client_assertion_client_id_jti" => {
            return Err(Refused::Problem(AdmissionProblem::Replayed));
        }
        recorded => recorded?,
    }
    tx.commit().await?;
    Ok(admission)
}
