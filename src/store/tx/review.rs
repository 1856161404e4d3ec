//! Records how reviews open, move and are scheduled, and the positions taken in them.

use sea_orm::{ActiveModelTrait, Set};
use serde_json::json;

use super::{NewEvent, News, Outcome, StoreError, Tx, load};
use crate::domain::{
    document::{change::DraftStep, policy::Rules},
    event::EventKind,
    id::EditionId,
    notice::NoticeKind,
    review::{
        ReviewFacts, notice,
        opening::{Moved, Opened, RulesReopened, Scheduled},
        position::PositionTaken,
        request::RequestAccepted,
        timetable::Timetable,
    },
};

impl Outcome for Opened {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let review = self.review();
        if let (Some(number), Some(base), Some(draft)) = (self.new_draft(), review.base, review.draft) {
            ::entity::edition::ActiveModel {
                id: Set(draft.0),
                document_id: Set(review.document.0),
                major: Set(number.major.cast_signed()),
                minor: Set(number.minor.cast_signed()),
                state: Set("DRAFT".to_owned()),
                is_imported: Set(false),
                interim_until: Set(None),
                created_at: Set(review.opened_at),
                ..Default::default()
            }
            .insert(&tx.db)
            .await?;
            tx.copy_outline(base, draft).await?;
        }
        let Timetable { scoping_until, drafting_until, sign_off_until, publication_on } = review.timetable;
        ::entity::review::ActiveModel {
            id: Set(review.id.0),
            document_id: Set(review.document.0),
            kind: Set(review.kind.word().to_owned()),
            draft_id: Set(review.draft.map(|id| id.0)),
            base_id: Set(review.base.map(|id| id.0)),
            due: Set(review.due.to_string()),
            final_window_days: Set(review.final_window_days.cast_signed()),
            opened_at: Set(review.opened_at),
            opened_by_id: Set(review.opened_by.map(|id| id.0)),
            rules: Set(Some(rules(&review.rules)?)),
            walked_at: Set(Some(review.walked_at)),
            scoping_until: Set(Some(scoping_until)),
            drafting_until: Set(drafting_until),
            sign_off_until: Set(sign_off_until),
            publication_on: Set(publication_on),
            reason: Set(self.reason().map(ToString::to_string)),
            ..Default::default()
        }
        .insert(&tx.db)
        .await?;
        tx.news.push(News::ReviewChanged { review: review.id, audience: review.audience });
        tx.event(NewEvent {
            kind: EventKind::ReviewOpened,
            by: self.by(),
            at: review.opened_at,
            group: Some(review.group),
            document: Some(review.document),
            review: Some(review.id),
            data: json!({ "kind": review.kind, "due": review.due }),
        })
        .await?;
        for section in self.sections() {
            ::entity::review_section::ActiveModel { review_id: Set(review.id.0), section_id: Set(section.0) }
                .insert(&tx.db)
                .await?;
        }
        let facts = tx.review_facts(review.clone()).await?;
        tx.tell(notice::opened(&facts, self.by(), review.opened_at)).await.map(drop)
    }
}

impl Outcome for (Moved, ReviewFacts) {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (moved, facts) = self;
        let review = &facts.review;
        let Timetable { scoping_until, drafting_until, sign_off_until, publication_on } = moved.timetable;
        ::entity::review::ActiveModel {
            id: Set(moved.review.0),
            scoping_until: Set(Some(scoping_until)),
            drafting_until: Set(drafting_until),
            sign_off_until: Set(sign_off_until),
            publication_on: Set(publication_on),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        tx.news.push(News::ReviewChanged { review: review.id, audience: review.audience });
        tx.event(NewEvent {
            kind: EventKind::ReviewMoved,
            by: moved.by,
            at: tx.now(),
            group: Some(review.group),
            document: Some(review.document),
            review: Some(moved.review),
            data: json!({
                "scopingUntil": scoping_until, "draftingUntil": drafting_until, "signOffUntil": sign_off_until,
                "publicationOn": publication_on, "reason": moved.reason,
            }),
        })
        .await?;
        let data = json!({ "completeUntil": sign_off_until, "publicationOn": publication_on });
        let told = notice::to_everybody(&facts, NoticeKind::ReviewMoved, &data, moved.by, tx.now());
        tx.tell(told).await.map(drop)
    }
}

impl Outcome for (RulesReopened, ReviewFacts) {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (reopened, facts) = self;
        let review = &facts.review;
        ::entity::review::ActiveModel {
            id: Set(reopened.review.0),
            rules: Set(Some(rules(&reopened.rules)?)),
            final_window_days: Set(reopened.final_window_days.cast_signed()),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        tx.news.push(News::ReviewChanged { review: review.id, audience: review.audience });
        let data = json!({ "rules": reopened.rules, "finalWindowDays": reopened.final_window_days });
        tx.event(NewEvent {
            kind: EventKind::RulesReopened,
            by: reopened.by,
            at: tx.now(),
            group: Some(review.group),
            document: Some(review.document),
            review: Some(review.id),
            data: json!({ "set": data, "reason": reopened.reason }),
        })
        .await?;
        let told = notice::to_everybody(&facts, NoticeKind::RulesReopened, &data, reopened.by, tx.now());
        tx.tell(told).await.map(drop)
    }
}

impl Outcome for Scheduled {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let document = &self.document;
        ::entity::document::ActiveModel {
            id: Set(document.id.0),
            review_due: Set(document.review_due.to_string()),
            interval_months: Set(document.policy.interval_months.cast_signed()),
            lead_months: Set(document.policy.lead_months.cast_signed()),
            final_window_days: Set(document.policy.final_window_days.cast_signed()),
            rules: Set(Some(rules(&document.policy.rules)?)),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        tx.event(NewEvent {
            kind: EventKind::ReviewScheduled,
            by: self.by,
            at: tx.now(),
            group: Some(document.group),
            document: Some(document.id),
            review: None,
            data: json!({ "due": document.review_due, "reason": self.reason }),
        })
        .await
    }
}

/// A position belongs to a review, which the act itself need not name.
impl Outcome for (PositionTaken, ReviewFacts) {
    /// Who signed what is for those who read drafts.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (taken, facts) = self;
        let review = &facts.review;
        let position = taken.position();
        let row = ::entity::position::ActiveModel {
            id: Set(position.id.0),
            review_id: Set(review.id.0),
            section_id: Set(position.cell.scope.section().map(|id| id.0)),
            discipline: Set(position.cell.discipline.word().to_owned()),
            seat_id: Set(position.seat.0),
            act: Set(position.act.word().to_owned()),
            digest: Set(position.digest.bytes().to_vec()),
            reason: Set(position.reason.as_ref().map(ToString::to_string)),
            taken_at: Set(position.taken_at),
            recorded_by_id: Set(position.recorded_by.0),
            instruction: Set(position.instruction.as_ref().map(ToString::to_string)),
            answers_id: Set(position.answers.map(|id| id.0)),
            until_on: Set(position.until),
        };
        tx.news.push(News::ReviewChanged { review: review.id, audience: taken.audience() });
        let event = NewEvent {
            kind: EventKind::PositionTaken,
            by: Some(position.recorded_by),
            at: position.taken_at,
            group: Some(review.group),
            document: Some(review.document),
            review: Some(review.id),
            data: json!({
                "position": position.id, "act": position.act, "seat": position.seat,
                "discipline": position.cell.discipline, "section": position.cell.scope.section(),
                "digest": position.digest, "answers": position.answers,
            }),
        };
        tx.insert_with_event(row, event, taken.audience()).await?;
        let now = tx.now();
        tx.tell(notice::taken(&facts, position, now)).await.map(drop)
    }
}

impl Outcome for (RequestAccepted, ReviewFacts) {
    /// Who will do it is for those who read drafts.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (accepted, ReviewFacts { review, .. }) = self;
        let acceptance = accepted.acceptance();
        ::entity::acceptance::ActiveModel {
            review_id: Set(accepted.review().0),
            seat_id: Set(acceptance.seat.0),
            accepted_at: Set(acceptance.at),
        }
        .insert(&tx.db)
        .await?;
        if review.first_accepted_at.is_none() {
            ::entity::review::ActiveModel {
                id: Set(review.id.0),
                first_accepted_at: Set(Some(acceptance.at)),
                ..Default::default()
            }
            .update(&tx.db)
            .await?;
        }
        tx.news.push(News::ReviewChanged { review: review.id, audience: review.audience });
        tx.event(NewEvent {
            kind: EventKind::RequestAccepted,
            by: accepted.by(),
            at: acceptance.at,
            group: Some(review.group),
            document: Some(review.document),
            review: Some(review.id),
            data: json!({ "seat": acceptance.seat }),
        })
        .await
    }
}

/// Rules as the record keeps them.
pub(super) fn rules(rules: &Rules) -> Result<String, StoreError> {
    serde_json::to_string(rules).map_err(|error| StoreError::unbelievable("review", "rules", error))
}

impl Tx {
    /// Begins a draft with the tree of the edition in force, and its whole text as the first step.
    async fn copy_outline(&self, base: EditionId, draft: EditionId) -> Result<(), StoreError> {
        let outline = load::outlines(&self.db, &[base]).await?.remove(&base).unwrap_or_default();
        self.index_missing(&outline).await?;
        let placements: Vec<_> = outline.iter().enumerate().collect();
        self.insert_placements(draft, &placements).await?;
        self.append_step(draft, DraftStep { digest: outline.digest(), revision: None }).await
    }
}
