//! A schema for tests of the transport, with one field for each thing that can happen on the way.
//!
//! It is not the product's schema, so that changing that breaks no test of HTTP.

use std::time::Duration;

use async_graphql::{Context, ID, Object, Result, Schema, SimpleObject, Subscription};
use futures_util::{Stream, stream};

use super::error::{Code, internal};

/// Builds the schema.
pub(crate) fn schema() -> Schema<Query, Mutation, Subscriptions> {
    Schema::build(Query, Mutation, Subscriptions).finish()
}

/// Who is asking, as the tests' doorman tells it.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) String);

/// Where reading begins.
pub(crate) struct Query;

#[Object]
impl Query {
    /// Says what it was told.
    async fn echo(&self, number: Option<i32>, text: Option<String>) -> String {
        format!("{number:?} {text:?}")
    }

    /// The value of a list, whatever is in it.
    async fn list(&self, values: Option<Vec<i32>>) -> usize {
        values.map_or(0, |values| values.len())
    }

    /// Who is asking.
    async fn caller(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.data_opt::<Caller>().map(|caller| caller.0.clone())
    }

    /// Fails with the code of the given name. `Option<Result>`, not `Result<Option>`: the library makes only the
    /// former null by itself; the latter takes the fields beside it along.
    async fn refuse(&self, code: String) -> Option<Result<i32>> {
        let code = Code::ALL.iter().find(|known| known.as_str() == code);
        Some(match code {
            Some(Code::Internal) => Err(internal(std::io::Error::other("password is swordfish"))),
            Some(code) => Err(code.error("refused")),
            None => Err("password is swordfish".into()),
        })
    }

    /// Panics.
    async fn panic(&self) -> Option<i32> {
        None::<i32>.or_else(|| panic!("password is swordfish"))
    }

    /// Never answers.
    async fn sleep(&self) -> Option<i32> {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        None
    }

    /// A page.
    async fn documents(&self, first: Option<i32>, after: Option<String>) -> DocumentConnection {
        let _ = after;
        let node = Document { id: "document:1".into(), sections: Vec::new() };
        let nodes = std::iter::repeat_n(node, usize::try_from(first.unwrap_or(1)).unwrap_or(0)).collect();
        DocumentConnection { nodes, total_count: 1 }
    }
}

/// A page of documents.
#[derive(SimpleObject)]
pub(crate) struct DocumentConnection {
    nodes: Vec<Document>,
    total_count: i32,
}

/// A document.
#[derive(SimpleObject, Clone)]
pub(crate) struct Document {
    id: ID,
    sections: Vec<Section>,
}

/// A section.
#[derive(SimpleObject, Clone)]
pub(crate) struct Section {
    id: ID,
    heading: String,
}

/// Where changing begins.
pub(crate) struct Mutation;

#[Object]
impl Mutation {
    /// Changes something, and takes its time.
    async fn change(&self, ctx: &Context<'_>, milliseconds: Option<u64>) -> bool {
        tokio::time::sleep(Duration::from_millis(milliseconds.unwrap_or(0))).await;
        if let Some(changed) = ctx.data_opt::<std::sync::Arc<std::sync::atomic::AtomicBool>>() {
            changed.store(true, std::sync::atomic::Ordering::SeqCst);
        }
        true
    }
}

/// Where listening begins.
pub(crate) struct Subscriptions;

#[Subscription(name = "Subscription")]
impl Subscriptions {
    /// Counts up to a number, then ends.
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }

    /// Never says anything.
    async fn silence(&self) -> impl Stream<Item = i32> {
        stream::pending()
    }
}
