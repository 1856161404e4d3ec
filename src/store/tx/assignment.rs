//! Records cells handed to single seats, and how much a seat takes on.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{NewEvent, News, Outcome, StoreError, Tx};
use crate::domain::{
    event::EventKind,
    review::{
        ReviewFacts,
        assignment::{CellAssigned, LoadLimitSet},
        cell::Scope,
        notice,
    },
};

/// A cell is of a review, which the outcome need not name.
impl Outcome for (CellAssigned, ReviewFacts) {
    /// Reviews are for those who read drafts.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        use ::entity::assignment::{ActiveModel, Column, Entity};
        let (assigned, facts) = self;
        let (review, cell) = (&facts.review, assigned.cell());
        let before = match cell.scope {
            Scope::Whole => Column::SectionId.is_null(),
            Scope::Section(section) => Column::SectionId.eq(section.0),
        };
        Entity::delete_many()
            .filter(Column::ReviewId.eq(review.id.0))
            .filter(Column::Discipline.eq(cell.discipline.word()))
            .filter(before)
            .exec(&tx.db)
            .await?;
        for seat in assigned.seats() {
            let row = ActiveModel {
                id: Set(tx.id()),
                review_id: Set(review.id.0),
                section_id: Set(cell.scope.section().map(|id| id.0)),
                discipline: Set(cell.discipline.word().to_owned()),
                seat_id: Set(seat.0),
                assigned_by_id: Set(assigned.by().0),
                assigned_at: Set(assigned.at()),
            };
            Entity::insert(row).exec_without_returning(&tx.db).await?;
        }
        if review.first_assigned_at.is_none() {
            let first_assigned_at = Set(Some(assigned.at()));
            let row = ::entity::review::ActiveModel { id: Set(review.id.0), first_assigned_at, ..Default::default() };
            row.update(&tx.db).await?;
        }
        tx.news.push(News::ReviewChanged { review: review.id, audience: assigned.audience() });
        let event = NewEvent {
            kind: EventKind::CellAssigned,
            by: Some(assigned.by()),
            at: assigned.at(),
            group: Some(review.group),
            document: Some(review.document),
            review: Some(review.id),
            data: json!({
                "section": cell.scope.section(), "discipline": cell.discipline, "seats": assigned.seats(),
            }),
        };
        tx.event_for(event, Some(assigned.audience())).await?;
        tx.tell(notice::assigned(&facts, &assigned)).await.map(drop)
    }
}

impl Outcome for LoadLimitSet {
    /// It is for the group to know.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let limit = self.limit.map(i32::try_from).transpose();
        let load_limit = Set(limit.map_err(|error| StoreError::unbelievable("seat", self.seat, error))?);
        let row = ::entity::seat::ActiveModel { id: Set(self.seat.0), load_limit, ..Default::default() };
        row.update(&tx.db).await?;
        let data = json!({ "seat": self.seat, "limit": self.limit });
        let (group, by) = (Some(self.group), self.by);
        let kind = EventKind::LoadLimitSet;
        tx.event(NewEvent { kind, by, at: self.at, group, document: None, review: None, data }).await
    }
}
