//! The face: what clients may ask, and the only way to ask it.
//!
//! [`guard()`](guard::guard) turns a raw request into a [`GuardedRequest`](guard::GuardedRequest), and [`Api`]
//! executes nothing else. Who is asking is settled before, in `http`; what they may see is settled behind, in the store.
//!
//! Types and roots only name and arrange: what is true is computed by the domain. There is no SQL here and no rule.

pub mod answer;
pub mod api;
mod board;
pub mod connection;
pub mod enums;
pub mod error;
pub mod examined;
pub mod guard;
pub mod id;
mod json;
pub mod kept;
mod loaders;
pub mod mutation;
pub mod once;
pub mod query;
pub mod scalar;
pub mod session;
mod spelling;
#[cfg(test)]
pub(crate) mod stub;
pub mod subscription;
pub mod subtree;
#[cfg(test)]
mod tests;
pub mod types;

use async_graphql::{SDLExportOptions, Schema, ValidationMode};

use self::api::Api;
pub use self::{
    mutation::{LocalIssuer, LoggedIn, Mutation, PublicUrl},
    query::Query,
    session::Session,
    subscription::SubscriptionRoot,
};
use crate::config::Http;

/// The API on the schema, as configured.
pub fn api(settings: &Http) -> Api {
    Api::new(schema(settings, ValidationMode::Strict)).with_proved(schema(settings, ValidationMode::Fast))
}

/// The schema, as configured.
fn schema(settings: &Http, mode: ValidationMode) -> Schema<Query, Mutation, SubscriptionRoot> {
    let builder = Schema::build(Query::default(), Mutation, SubscriptionRoot).validation_mode(mode);
    // Without introspection, what names there are is not told by helpful errors either.
    if settings.introspection {
        builder.finish()
    } else {
        builder.disable_introspection().disable_suggestions().finish()
    }
}

/// The schema in its own language, as committed in `schema.graphql`.
pub fn sdl() -> String {
    let schema = Schema::new(Query::default(), Mutation, SubscriptionRoot);
    schema.sdl_with_options(SDLExportOptions::new().sorted_arguments().sorted_fields().sorted_enum_items())
}
