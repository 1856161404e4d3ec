//! Says which organisation a person belongs to, as an operator does at the command line.

use crate::{
    domain::appointment::Invitee,
    store::{Store, StoreError},
};

/// Who belongs where.
#[derive(Clone, Debug)]
pub struct EnterAffiliation {
    /// The person, entered if they are new.
    pub invitee: Invitee,
    /// The organisation's name in the directory.
    pub organisation: String,
}

/// Makes the person one of the organisation; false if there is no such organisation.
pub async fn enter_affiliation(store: &Store, command: &EnterAffiliation) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let Some(organisation) = tx.organisation_by_name(&command.organisation).await? else { return Ok(false) };
    let person = tx.admit_person(&command.invitee).await?;
    tx.affiliate(person, organisation.id).await?;
    tx.commit().await?;
    Ok(true)
}
