//! Writes the change note of a draft.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::text,
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, WriteChangeNote},
    graphql::{
        id::{decode_document_id, not_found},
        scalar::Digest,
        types::Edition,
    },
};

/// The note that tells followers what changed.
#[derive(InputObject, Debug)]
pub(super) struct WriteChangeNoteInput {
    /// The document whose draft it is for.
    document_id: ID,
    /// The `changeNoteDigest` of the draft as it was read. If omitted, there was no note yet.
    digest: Option<Digest>,
    /// The note, Markdown. It replaces the one before.
    note: String,
}

/// What writing did.
#[derive(SimpleObject)]
pub(super) struct WriteChangeNotePayload {
    /// The draft with its note. Null if nothing was written.
    edition: Changed<Edition>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn write_change_note(
    ctx: &Context<'_>,
    input: WriteChangeNoteInput,
) -> Result<WriteChangeNotePayload> {
    let written = async {
        let document = decode_document_id(&input.document_id).ok_or_else(not_found)?;
        let note = text(input.note, Path::field("note"))?;
        perform(
            ctx,
            commands::write_change_note,
            &WriteChangeNote { document, seen: input.digest.map(|digest| digest.0), note },
        )
        .await
    };
    let (id, reply) = settle(written.await)?;
    Ok(WriteChangeNotePayload { edition: reading::edition(ctx, id).await, reply })
}
