//! The face: what clients may ask, wrapped around domain values, and the only way to ask it.
//!
//! [`guard()`](guard::guard) turns a raw request into a [`GuardedRequest`](guard::GuardedRequest), and [`Api`](api::Api)
//! executes nothing else. Who is asking is settled before, in `http`; what they may see is settled behind, in the store's
//! `Reader`. Types and roots only name and arrange; what is true is computed by the domain. There is no SQL here and no
//! rule.

pub mod answer;
pub mod api;
pub mod connection;
pub mod enums;
pub mod error;
pub mod examined;
pub mod guard;
pub mod id;
mod loaders;
pub mod mutation;
pub mod query;
pub mod scalar;
pub mod session;
#[cfg(test)]
pub(crate) mod stub;
pub mod tree;
pub mod types;

use async_graphql::{EmptySubscription, Schema};

pub use mutation::LocalIssuer;
pub use session::Session;

/// The schema, before anybody asks it anything.
pub fn schema(_: &crate::config::Http) -> Schema<query::Query, mutation::Mutation, EmptySubscription> {
    Schema::build(query::Query::default(), mutation::Mutation, EmptySubscription).finish()
}

/// The schema in its own language.
pub fn sdl() -> String {
    Schema::build(query::Query::default(), mutation::Mutation, EmptySubscription).finish().sdl()
}
