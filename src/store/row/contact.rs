//! How people are reached.

use super::Row;
use crate::{
    domain::contact::{Contact, LetterFrequency},
    store::StoreError,
};

/// How somebody is reached.
pub(in crate::store) fn contact(row: ::entity::contact::Model) -> Result<Contact, StoreError> {
    let believe = Row { table: "contact", id: row.person_id };
    Ok(Contact {
        address: row.address.map(|address| believe.text("address", address.parse())).transpose()?,
        frequency: believe.word("frequency", &row.frequency, LetterFrequency::from_word)?,
    })
}
