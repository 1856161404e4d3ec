//! Who is asking: bearer tokens, and the keys that make them believable.
//!
//! This module answers only "who is this?". What they may do is `domain::access`; that a token came at all and where
//! it stood in the request is `http`'s business. A token names a subject of an issuer and gives no rights: seats and
//! grants are our own records.

pub mod assertion;
pub mod client_token;
pub mod fetch;
pub mod jwks;
pub mod key;
pub mod key_set_url;
pub mod token;

pub use self::{
    assertion::{AssertionVerifier, BadAssertion, Verified},
    client_token::{ClientClaims, ClientTokens},
    key::{KeyError, SigningKey},
    key_set_url::{KeySetUrls, NotAKeySetUrl},
    token::{BadToken, Claims, IssueError, TokenIssuer, TokenVerifier},
};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
