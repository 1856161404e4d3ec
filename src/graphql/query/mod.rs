//! Where reading begins.

mod directory;
mod documents;
pub(super) mod links;
mod nodes;
mod search;

use async_graphql::MergedObject;

/// Where reading begins. What you may not read does not exist: it is null, or absent from its list.
#[derive(MergedObject, Default)]
pub struct Query(nodes::Nodes, documents::Documents, search::Search, directory::Directory);
