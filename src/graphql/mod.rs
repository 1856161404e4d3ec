//! The face: what clients may ask, and the only way to ask it.
//!
//! [`guard()`](guard::guard) turns a raw request into a [`GuardedRequest`](guard::GuardedRequest), and [`Api`](api::Api)
//! executes nothing else. Who is asking is settled before, in `http`; what they may see is settled behind, in the store.

pub mod answer;
pub mod api;
pub mod error;
pub mod guard;
#[cfg(test)]
pub(crate) mod stub;

pub struct Session;
impl Session {
    pub fn new(_: crate::store::Store, _: crate::domain::access::Actor) -> Self {
        Self
    }
}
pub struct LocalIssuer(pub String);
pub struct Query;
#[async_graphql::Object]
impl Query {
    async fn hello(&self) -> &str {
        "hi"
    }
}
pub fn schema(
    _: &crate::config::Http,
) -> async_graphql::Schema<Query, async_graphql::EmptyMutation, async_graphql::EmptySubscription> {
    async_graphql::Schema::new(Query, async_graphql::EmptyMutation, async_graphql::EmptySubscription)
}
pub fn sdl() -> String {
    String::new()
}
