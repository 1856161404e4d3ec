//! How the viewer is reached by letter.

use async_graphql::Object;

use crate::{domain::contact, graphql::enums::LetterFrequency};

/// The contact.
#[derive(Clone, Debug)]
pub struct Contact(pub contact::Contact);

/// How you are reached by letter.
#[Object]
impl Contact {
    /// At which address for e-mail; none if you gave none, and then there are no letters.
    async fn email(&self) -> Option<&str> {
        self.0.address.as_ref().map(|address| address.as_str())
    }

    /// How often.
    async fn frequency(&self) -> LetterFrequency {
        self.0.frequency.into()
    }
}
