//! Records changes of the register of interests, and what is decided about interests in reviews.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{NewEvent, News, Outcome, StoreError, Tx, row};
use crate::domain::{
    event::EventKind,
    id::{InterestId, SeatId},
    interest::{Change, Interest, RegisterChanged},
    review::{ReviewFacts, notice, participation::ActionDecided},
};

impl Outcome for RegisterChanged {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        use ::entity::{interest, seat};
        let (kind, entry) = match self.change() {
            Change::Declared(entry) => {
                tx.enter_interest(entry, &self).await?;
                (EventKind::InterestDeclared, Some(entry.id))
            }
            Change::Ended(entry) => {
                let until = Set(entry.until.map(|until| until.to_string()));
                let row = interest::ActiveModel { id: Set(entry.id.0), until, ..Default::default() };
                row.update(&tx.db).await?;
                (EventKind::InterestEnded, Some(entry.id))
            }
            Change::Confirmed => (EventKind::InterestsConfirmed, None),
            Change::Withheld(entry) => {
                let withheld_reason = Set(entry.withheld.as_ref().map(ToString::to_string));
                let row = interest::ActiveModel { id: Set(entry.id.0), withheld_reason, ..Default::default() };
                row.update(&tx.db).await?;
                (EventKind::InterestWithheld, Some(entry.id))
            }
        };
        // Whatever the holder says of one entry, the others they thereby leave as they stand.
        if kind != EventKind::InterestWithheld {
            let declared_at = Set(Some(self.at()));
            seat::ActiveModel { id: Set(self.seat().0), declared_at, ..Default::default() }.update(&tx.db).await?;
        }
        let data = json!({ "seat": self.seat(), "interest": entry });
        let (group, by, at) = (Some(self.group()), self.by(), self.at());
        tx.event(NewEvent { kind, by, at, group, document: None, review: None, data }).await
    }
}

/// A decision about an interest is made in a review, which the outcome need not name.
impl Outcome for (ActionDecided, ReviewFacts) {
    /// Reviews are for those who read drafts.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (decided, facts) = self;
        let (review, action) = (&facts.review, decided.action());
        let row = ::entity::interest_action::ActiveModel {
            id: Set(action.id.0),
            review_id: Set(review.id.0),
            interest_id: Set(action.interest.0),
            section_id: Set(action.section.map(|id| id.0)),
            action: Set(action.action.word().to_owned()),
            reason: Set(action.reason.to_string()),
            decided_by_id: Set(action.decided_by.0),
            decided_at: Set(action.decided_at),
        };
        ::entity::interest_action::Entity::insert(row).exec_without_returning(&tx.db).await?;
        if review.first_weighed_at.is_none() {
            let first_weighed_at = Set(Some(action.decided_at));
            let row = ::entity::review::ActiveModel { id: Set(review.id.0), first_weighed_at, ..Default::default() };
            row.update(&tx.db).await?;
        }
        tx.news.push(News::ReviewChanged { review: review.id, audience: decided.audience() });
        let event = NewEvent {
            kind: EventKind::InterestWeighed,
            by: Some(action.decided_by),
            at: action.decided_at,
            group: Some(review.group),
            document: Some(review.document),
            review: Some(review.id),
            data: json!({ "interest": action.interest, "section": action.section, "action": action.action }),
        };
        tx.event_for(event, Some(decided.audience())).await?;
        tx.tell(notice::weighed(&facts, action)).await.map(drop)
    }
}

impl Tx {
    async fn enter_interest(&self, entry: &Interest, changed: &RegisterChanged) -> Result<(), StoreError> {
        let topics = serde_json::to_string(&entry.topics);
        let row = ::entity::interest::ActiveModel {
            id: Set(entry.id.0),
            group_id: Set(changed.group().0),
            seat_id: Set(entry.seat.0),
            category: Set(entry.category.word().to_owned()),
            description: Set(entry.description.to_string()),
            topics: Set(topics.map_err(|error| StoreError::unbelievable("interest", entry.id, error))?),
            since: Set(entry.since.to_string()),
            until: Set(entry.until.map(|until| until.to_string())),
            declared_at: Set(entry.declared_at),
            withheld_reason: Set(entry.withheld.as_ref().map(ToString::to_string)),
        };
        ::entity::interest::Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// One entry of the register.
    pub async fn interest(&self, id: InterestId) -> Result<Option<Interest>, StoreError> {
        ::entity::interest::Entity::find_by_id(id.0).one(&self.db).await?.map(row::interest).transpose()
    }

    /// Every entry of a seat.
    pub async fn interests_of(&self, seat: SeatId) -> Result<Vec<Interest>, StoreError> {
        use ::entity::interest::{Column, Entity};
        let rows = Entity::find().filter(Column::SeatId.eq(seat.0)).all(&self.db).await?;
        rows.into_iter().map(row::interest).collect()
    }
}
