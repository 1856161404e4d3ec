//! The public keys of somebody who signs tokens: a set of them (RFC 7517), and where it comes from.
//!
//! ```text
//! JWKS text ── KeySet::parse ──> KeySet ── find(kid, algorithm) ──> PublicKey
//! address, discovery or file ──> Keys: the set that is held, refreshed behind the backs of those who ask
//! ```
//!
//! Which algorithms somebody may sign with is configured or registered elsewhere; a key is only ever asked for with one
//! of those. What a token says about keys beyond its `kid` is not looked at anywhere.

mod held;
mod set;

pub use held::{KeySource, Keys, NoKey, Patience};
pub use set::{KeySet, NotAKeySet, PublicKey, Skipped, Unusable};

#[cfg(test)]
mod tests;
