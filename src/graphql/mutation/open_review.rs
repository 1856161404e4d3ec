//! Opens a review.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    problem::{optional_text, whole_number},
    reading::{self, Changed},
    user_error::Path,
};
use crate::{
    commands::{self, OpenReview},
    domain::{document::ReviewPolicy, id::SectionId, review::opening::Opening},
    graphql::{
        enums::ReviewKind,
        id::{decode_document_id, decode_section_id, not_found},
        types::Review,
    },
};

/// Which review to open.
#[derive(InputObject, Debug)]
pub(super) struct OpenReviewInput {
    /// The document.
    document_id: ID,
    /// How much it examines.
    #[graphql(default_with = "ReviewKind::Full")]
    kind: ReviewKind,
    /// The sections that a partial review examines, by their ids from any edition. No other kind takes any.
    section_ids: Option<Vec<ID>>,
    /// Days between the last cell being met and publication, 0 to 90. If omitted, as the
    /// document says, and at most 3 for an exceptional review.
    final_window_days: Option<i32>,
    /// Why now. Needed before the review falls due.
    reason: Option<String>,
}

/// What opening did.
#[derive(SimpleObject)]
pub(super) struct OpenReviewPayload {
    /// The review. Null if none was opened.
    review: Changed<Review>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn open_review(ctx: &Context<'_>, input: OpenReviewInput) -> Result<OpenReviewPayload> {
    let opened = async {
        let days = ReviewPolicy::FINAL_WINDOW_DAYS_MAX;
        let command = OpenReview {
            document: decode_document_id(&input.document_id).ok_or_else(not_found)?,
            opening: Opening {
                kind: input.kind.into(),
                sections: sections(input.section_ids.unwrap_or_default())?,
                final_window_days: whole_number(input.final_window_days, 0..=days, Path::field("finalWindowDays"))?,
                reason: optional_text(input.reason, Path::field("reason"))?,
            },
        };
        perform(ctx, commands::open_review, &command).await
    };
    let (id, reply) = settle(opened.await)?;
    Ok(OpenReviewPayload { review: reading::review(ctx, id).await, reply })
}

/// Each section once.
fn sections(ids: Vec<ID>) -> Result<Vec<SectionId>> {
    let sections: Result<std::collections::BTreeSet<SectionId>> =
        ids.iter().map(|id| decode_section_id(id).ok_or_else(not_found)).collect();
    Ok(sections?.into_iter().collect())
}
