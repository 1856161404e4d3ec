//! Records comments and how they are settled, and finds one.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

use super::{NewEvent, News, Outcome, StoreError, Tx, load};
use crate::domain::{
    comment::{Comment, CommentSettled, Commented, Commenter},
    event::EventKind,
    id::{CommentId, GroupId, PersonId, ReviewId},
    time::Timestamp,
};

/// A comment is written in a group's review.
impl Outcome for (Commented, GroupId) {
    /// Comments are for those who read drafts.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (commented, group) = self;
        let comment = commented.comment();
        let client = match comment.by {
            Commenter::Person(_) => None,
            Commenter::Client { client, .. } => Some(client.0),
        };
        let row = ::entity::comment::ActiveModel {
            id: Set(comment.id.0),
            review_id: Set(comment.review.0),
            section_id: Set(comment.section.0),
            digest: Set(comment.digest.bytes().to_vec()),
            person_id: Set(comment.by.person().map(|person| person.0)),
            client_id: Set(client),
            body: Set(comment.body.to_string()),
            written_at: Set(comment.at),
            settled_at: Set(None),
            settled_by_id: Set(None),
            answer: Set(None),
        };
        ::entity::comment::Entity::insert(row).exec_without_returning(&tx.db).await?;
        tx.news.push(News::ReviewChanged { review: comment.review, audience: commented.audience() });
        let event = event(EventKind::CommentWritten, comment, group, comment.by.person(), comment.at);
        tx.event_for(event, Some(commented.audience())).await
    }
}

impl Outcome for (CommentSettled, GroupId) {
    /// So are their ends.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (done, group) = self;
        let settled = done.settled();
        ::entity::comment::ActiveModel {
            id: Set(done.comment().id.0),
            settled_at: Set(Some(settled.at)),
            settled_by_id: Set(Some(settled.by.0)),
            answer: Set(settled.answer.as_ref().map(ToString::to_string)),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        tx.news.push(News::ReviewChanged { review: done.comment().review, audience: done.audience() });
        let event = event(EventKind::CommentSettled, done.comment(), group, Some(settled.by), settled.at);
        tx.event_for(event, Some(done.audience())).await
    }
}

impl Tx {
    /// A comment of a review that exists for the actor.
    pub async fn comment(&self, review: ReviewId, id: CommentId) -> Result<Option<Comment>, StoreError> {
        use ::entity::comment::{Column, Entity};
        if self.review(review).await?.is_none() {
            return Ok(None);
        }
        let chosen = Entity::find_by_id(id.0).filter(Column::ReviewId.eq(review.0));
        Ok(load::comments(&self.db, chosen).await?.pop())
    }

    /// How many comments a review holds.
    pub async fn count_comments(&self, review: ReviewId) -> Result<u64, StoreError> {
        use ::entity::comment::{Column, Entity};
        Ok(Entity::find().filter(Column::ReviewId.eq(review.0)).count(&self.db).await?)
    }
}

/// A machine that wrote is named in the facts: who acts is a person or nobody.
fn event(kind: EventKind, comment: &Comment, group: GroupId, by: Option<PersonId>, at: Timestamp) -> NewEvent {
    let organisation = match comment.by {
        Commenter::Client { organisation, .. } if kind == EventKind::CommentWritten => Some(organisation),
        Commenter::Client { .. } | Commenter::Person(_) => None,
    };
    NewEvent {
        kind,
        by,
        at,
        group: Some(group),
        document: Some(comment.document),
        review: Some(comment.review),
        data: json!({
            "comment": comment.id, "section": comment.section, "digest": comment.digest, "byOrganisation": organisation,
        }),
    }
}
