//! Says how the actor is reached by letter.

use std::convert::Infallible;

use super::Refused;
use crate::{
    domain::{
        access::Actor,
        contact::{self, Contact},
        invitation::Code,
    },
    store::Store,
};

/// How.
#[derive(Clone, Debug)]
pub struct SetContact {
    /// At which address, and how often.
    pub contact: Contact,
    /// What stops letters from now on, if the actor has no such code yet.
    pub stop_code: Code,
}

/// Sets how the actor is reached.
pub async fn set_contact(store: &Store, actor: &Actor, command: &SetContact) -> Result<(), Refused<Infallible>> {
    let mut tx = store.begin().await?;
    let set = contact::set(actor, command.contact.clone(), command.stop_code.clone(), tx.now())?;
    tx.record(set).await?;
    tx.commit().await?;
    Ok(())
}
