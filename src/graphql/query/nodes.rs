//! Look-ups by id, and the viewer.

use async_graphql::{Context, ID, Object, Result};
use futures_util::future::try_join_all;

use crate::graphql::{
    error::Code,
    session::View,
    types::{Node, Viewer},
};

/// The most ids looked up at once.
const IDS_MAX: usize = 100;

/// Look-ups by id.
#[derive(Default)]
pub(super) struct Nodes;

/// Look-ups by id, and the viewer.
#[Object]
impl Nodes {
    /// Who is asking.
    async fn viewer(&self) -> Viewer {
        Viewer
    }

    /// What an id stands for.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<Node>> {
        Node::find(&*View::of(ctx)?, &id).await
    }

    /// What several ids stand for, in their order, with null for each that stands for nothing.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > IDS_MAX {
            return Err(Code::BadUserInput.error(format!("at most {IDS_MAX} ids at once")));
        }
        let view = View::of(ctx)?;
        try_join_all(ids.iter().map(|id| Node::find(&view, id))).await
    }
}
