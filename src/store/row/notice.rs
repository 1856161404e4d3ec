//! Notices.

use super::Row;
use crate::{
    domain::{
        id::{DocumentId, NoticeId, PersonId, ReviewId},
        notice::{KeptNotice, Notice, NoticeKind},
    },
    store::StoreError,
};

/// A notice, unless it is of a kind that newer code beside this one writes.
pub(in crate::store) fn notice(row: ::entity::notice::Model) -> Result<Option<KeptNotice>, StoreError> {
    let believe = Row { table: "notice", id: row.id };
    let Some(kind) = NoticeKind::from_word(&row.kind) else { return Ok(None) };
    let notice = Notice {
        to: PersonId(row.person_id),
        kind,
        document: row.document_id.map(DocumentId),
        review: row.review_id.map(ReviewId),
        data: believe.text("data", serde_json::from_str(&row.data))?,
    };
    Ok(Some(KeptNotice { id: NoticeId(row.id), notice, at: row.written_at, read_at: row.read_at }))
}
