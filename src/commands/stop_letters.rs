//! Stops letters to whoever the code from one of them belongs to.

use crate::{
    domain::{contact, invitation::Code},
    store::{Store, StoreError},
};

/// Stops letters. The code is the permission, and it opens nothing else; of one that is nobody's nothing is told.
pub async fn stop_letters(store: &Store, code: &Code) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    let Some((person, contact)) = tx.contact_by_stop_code(code.expose()).await? else { return Ok(()) };
    let stopped = contact::stop(person, contact, code.clone(), tx.now());
    tx.record(stopped).await?;
    tx.commit().await
}
