//! Records how reviews end and how editions are withdrawn.

use sea_orm::{ActiveModelTrait, EntityTrait, Set, sea_query::Expr};
use serde_json::json;

use super::{NewEvent, News, Outcome as Recorded, StoreError, Tx};
use crate::domain::{
    event::EventKind,
    id::{DocumentId, EditionId},
    review::{
        Outcome, ReviewFacts,
        conclusion::{Concluded, Release, Withdrawn},
        notice,
    },
    time::Timestamp,
};

/// A conclusion ends a review, whose document and draft it also touches.
impl Recorded for (Concluded, ReviewFacts) {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (concluded, facts) = self;
        let review = &facts.review;
        let (outcome, note, kind) = match concluded.outcome() {
            Outcome::Published => ("PUBLISHED", None, EventKind::EditionPublished),
            Outcome::Reaffirmed { statement } => ("REAFFIRMED", Some(statement), EventKind::DocumentReaffirmed),
            Outcome::Cancelled { reason } => ("CANCELLED", Some(reason), EventKind::ReviewCancelled),
        };
        ::entity::review::ActiveModel {
            id: Set(review.id.0),
            concluded_at: Set(Some(concluded.at())),
            outcome: Set(Some(outcome.to_owned())),
            conclusion_note: Set(note.map(ToString::to_string)),
            concluded_by_id: Set(concluded.by().map(|id| id.0)),
            next_due: Set(concluded.next_due().map(|due| due.to_string())),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        if let Some(due) = concluded.next_due() {
            ::entity::document::ActiveModel {
                id: Set(review.document.0),
                review_due: Set(due.to_string()),
                ..Default::default()
            }
            .update(&tx.db)
            .await?;
        }
        match concluded.outcome() {
            Outcome::Published => {}
            Outcome::Reaffirmed { .. } => tx.drop_draft(review.draft).await?,
            Outcome::Cancelled { .. } => {}
        }
        if let Some(release) = concluded.published() {
            tx.publish(review.document, release).await?;
        }
        tx.news.push(News::ReviewChanged { review: review.id, audience: review.audience });
        tx.event(NewEvent {
            kind,
            by: concluded.by(),
            at: concluded.at(),
            group: Some(review.group),
            document: Some(review.document),
            review: Some(review.id),
            data: json!({
                "edition": concluded.published().map(|release| release.edition),
                "number": concluded.published().map(|release| release.number.to_string()),
                "nextDue": concluded.next_due(),
            }),
        })
        .await?;
        let told = notice::concluded(&facts, concluded.outcome(), concluded.by(), concluded.at());
        tx.tell(told).await.map(drop)
    }
}

impl Recorded for (Withdrawn, DocumentId) {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (withdrawn, document) = self;
        ::entity::edition::ActiveModel {
            id: Set(withdrawn.edition.0),
            state: Set("WITHDRAWN".to_owned()),
            withdrawn_at: Set(Some(withdrawn.at)),
            withdrawal_explanation: Set(Some(withdrawn.explanation.to_string())),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        tx.news.push(News::DocumentPublished(document));
        tx.event(NewEvent {
            kind: EventKind::EditionWithdrawn,
            by: withdrawn.by,
            at: withdrawn.at,
            group: None,
            document: Some(document),
            review: None,
            data: json!({ "edition": withdrawn.edition }),
        })
        .await
    }
}

impl Tx {
    /// The old edition leaves force before the new one enters: at no moment are there two.
    async fn publish(&mut self, document: DocumentId, release: &Release) -> Result<(), StoreError> {
        let at = release.publication.published_at;
        if let Some(superseded) = release.supersedes {
            self.supersede(superseded, at).await?;
        }
        ::entity::edition::ActiveModel {
            id: Set(release.edition.0),
            major: Set(release.number.major.cast_signed()),
            minor: Set(release.number.minor.cast_signed()),
            state: Set("PUBLISHED".to_owned()),
            issued: Set(Some(release.publication.issued.to_string())),
            published_at: Set(Some(at)),
            interim_until: Set(release.interim_until),
            ..Default::default()
        }
        .update(&self.db)
        .await?;
        self.news.push(News::DocumentPublished(document));
        Ok(())
    }

    /// A withdrawn edition stays withdrawn; only one in force is superseded.
    async fn supersede(&self, edition: EditionId, at: Timestamp) -> Result<(), StoreError> {
        use ::entity::edition::{Column, Entity};
        use sea_orm::{ColumnTrait, QueryFilter};
        Entity::update_many()
            .col_expr(Column::State, Expr::value("SUPERSEDED"))
            .col_expr(Column::SupersededAt, Expr::value(at))
            .filter(Column::Id.eq(edition.0))
            .filter(Column::State.eq("PUBLISHED"))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// A reaffirmed draft says nothing that the edition in force does not say, so it goes.
    async fn drop_draft(&self, draft: Option<EditionId>) -> Result<(), StoreError> {
        if let Some(draft) = draft {
            ::entity::edition::Entity::delete_by_id(draft.0).exec(&self.db).await?;
        }
        Ok(())
    }
}
