//! Records what is done about ballots.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::{NewEvent, News, Outcome, StoreError, Tx};
use crate::domain::{
    event::EventKind,
    review::{
        ReviewFacts,
        ballot::{Ballot, BallotMoved, Moved},
        notice,
    },
};

/// A ballot is held in a review, which the outcome need not name.
impl Outcome for (BallotMoved, ReviewFacts) {
    /// Reviews are for those who read drafts.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (done, facts) = self;
        let objection = done.objection();
        let (kind, more) = match done.moved() {
            Moved::Opened(ballot) => {
                tx.open_ballot(ballot, &facts).await?;
                (EventKind::BallotOpened, json!({}))
            }
            Moved::Voted(seat, vote) => {
                use ::entity::elector::{Column, Entity};
                Entity::update_many()
                    .col_expr(Column::IsInFavour, Expr::value(vote.is_in_favour))
                    .col_expr(Column::CastAt, Expr::value(vote.cast_at))
                    .filter(Column::ObjectionId.eq(objection.0))
                    .filter(Column::SeatId.eq(seat.0))
                    .exec(&tx.db)
                    .await?;
                (EventKind::VoteCast, json!({ "seat": seat }))
            }
            Moved::Closed(state) => {
                use ::entity::ballot::{Column, Entity};
                Entity::update_many()
                    .col_expr(Column::ClosedAt, Expr::value(done.at()))
                    .filter(Column::ObjectionId.eq(objection.0))
                    .exec(&tx.db)
                    .await?;
                (EventKind::BallotClosed, json!({ "state": state }))
            }
        };
        tx.news.push(News::ReviewChanged { review: facts.review.id, audience: done.audience() });
        let mut data = json!({ "objection": objection, "section": done.scope().section() });
        if let (Some(data), serde_json::Value::Object(more)) = (data.as_object_mut(), more) {
            data.extend(more);
        }
        let event = NewEvent {
            kind,
            by: Some(done.by()),
            at: done.at(),
            group: Some(facts.review.group),
            document: Some(facts.review.document),
            review: Some(facts.review.id),
            data,
        };
        tx.event_for(event, Some(done.audience())).await?;
        tx.tell(notice::balloted(&facts, &done)).await.map(drop)
    }
}

impl Tx {
    async fn open_ballot(&self, ballot: &Ballot, facts: &ReviewFacts) -> Result<(), StoreError> {
        let row = ::entity::ballot::ActiveModel {
            objection_id: Set(ballot.objection.0),
            review_id: Set(facts.review.id.0),
            opened_by_id: Set(ballot.opened_by.0),
            opened_at: Set(ballot.opened_at),
            reason: Set(ballot.reason.to_string()),
            closed_at: Set(None),
        };
        ::entity::ballot::Entity::insert(row).exec_without_returning(&self.db).await?;
        let electors = ballot.electors.iter().map(|elector| ::entity::elector::ActiveModel {
            objection_id: Set(ballot.objection.0),
            seat_id: Set(elector.seat.0),
            is_in_favour: Set(None),
            cast_at: Set(None),
        });
        // Whoever objects has not recused themselves, so somebody votes; but their term may just have ended.
        if !ballot.electors.is_empty() {
            ::entity::elector::Entity::insert_many(electors).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }
}
