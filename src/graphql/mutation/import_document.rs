//! Brings a document in from a manuscript.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, Stop, perform, settle},
    reading::{self, Changed},
    user_error::UserError,
};
use crate::{
    commands::{self, Import},
    graphql::{
        id::{decode_group_id, not_found},
        types::Document,
    },
    manuscript::{self, Fault},
};

/// The document to bring in.
#[derive(InputObject, Debug)]
pub(super) struct ImportDocumentInput {
    /// The group that shall own it.
    group_id: ID,
    /// The document as one text: CommonMark with YAML front matter.
    manuscript: String,
}

/// What importing did.
#[derive(SimpleObject)]
pub(super) struct ImportDocumentPayload {
    /// The document brought in. Null if none was.
    document: Changed<Document>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn import_document(ctx: &Context<'_>, input: ImportDocumentInput) -> Result<ImportDocumentPayload> {
    let imported = async {
        let group = decode_group_id(&input.group_id).ok_or_else(not_found)?;
        let manuscript = manuscript::read(&input.manuscript).map_err(told)?;
        perform(ctx, commands::import, &Import { group, manuscript }).await
    };
    let (id, reply) = settle(imported.await)?;
    Ok(ImportDocumentPayload { document: reading::document(ctx, id).await, reply })
}

fn told(faults: Vec<Fault>) -> Stop {
    Stop::Mistakes(faults.into_iter().map(UserError::manuscript_fault).collect())
}
