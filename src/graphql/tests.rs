//! The schema as a whole: it builds, and everything in it is described.

use async_graphql::{EmptyMutation, EmptySubscription, Schema};
use serde_json::Value;

use super::query::Query;

fn schema() -> Schema<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query::default(), EmptyMutation, EmptySubscription).finish()
}
