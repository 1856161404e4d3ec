//! The face: what clients may ask, and the only way to ask it.
//!
//! [`guard()`](guard::guard) turns a raw request into a [`GuardedRequest`](guard::GuardedRequest), and [`Api`](api::Api)
//! executes nothing else. Who is asking is settled before, in `http`; what they may see is settled behind, in the store.
//!
//! Types and roots only name and arrange: what is true is computed by the domain. There is no SQL here and no rule.

pub mod answer;
pub mod api;
pub mod connection;
pub mod enums;
pub mod error;
pub mod examined;
pub mod guard;
pub mod id;
mod loaders;
pub mod query;
pub mod scalar;
pub mod session;
#[cfg(test)]
pub(crate) mod stub;
#[cfg(test)]
mod tests;
pub mod tree;
pub mod types;

use async_graphql::{EmptyMutation, EmptySubscription, Schema};

pub use self::{query::Query, session::Session};

/// Who issued the token of the request.
pub struct LocalIssuer(pub String);

/// The schema.
pub fn schema(_: &crate::config::Http) -> Schema<Query, EmptyMutation, EmptySubscription> {
    Schema::new(Query::default(), EmptyMutation, EmptySubscription)
}

/// The schema in its own language.
pub fn sdl() -> String {
    Schema::new(Query::default(), EmptyMutation, EmptySubscription).sdl()
}
