//! Records opinions of advisers, and finds what one said before and in whose name.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::{NewEvent, News, Outcome, StoreError, Tx, load};
use crate::domain::{
    event::EventKind,
    id::{PersonId, ReviewId, SeatId, SectionId},
    review::opinion::{Opinion, OpinionGiven},
};

impl Outcome for OpinionGiven {
    // Drafts are not read outside; with the edition it comes out when that is published.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let opinion = self.opinion();
        let row = ::entity::opinion::ActiveModel {
            id: Set(opinion.id.0),
            review_id: Set(opinion.review.0),
            section_id: Set(opinion.section.0),
            seat_id: Set(opinion.seat.0),
            person_id: Set(opinion.by.0),
            on_behalf_of: Set(opinion.on_behalf_of.clone()),
            stance: Set(opinion.stance.word().to_owned()),
            reason: Set(opinion.reason.as_ref().map(ToString::to_string)),
            digest: Set(opinion.digest.bytes().to_vec()),
            given_at: Set(opinion.given_at),
        };
        ::entity::opinion::Entity::insert(row).exec_without_returning(&tx.db).await?;
        tx.news.push(News::ReviewChanged { review: opinion.review, audience: self.audience() });
        let event = NewEvent {
            kind: EventKind::OpinionGiven,
            by: Some(opinion.by),
            at: opinion.given_at,
            group: Some(self.group()),
            document: Some(self.document()),
            review: Some(opinion.review),
            data: json!({
                "opinion": opinion.id, "section": opinion.section, "seat": opinion.seat, "stance": opinion.stance,
                "digest": opinion.digest,
            }),
        };
        tx.event_for(event, Some(self.audience())).await
    }
}

impl Tx {
    /// What a seat said of a section in a review so far.
    pub async fn opinions(
        &self,
        review: ReviewId,
        section: SectionId,
        seat: SeatId,
    ) -> Result<Vec<Opinion>, StoreError> {
        use ::entity::opinion::{Column, Entity};
        let chosen = Entity::find()
            .filter(Column::ReviewId.eq(review.0))
            .filter(Column::SectionId.eq(section.0))
            .filter(Column::SeatId.eq(seat.0));
        load::opinions(&self.db, chosen).await
    }

    /// The name of the organisation that a person belongs to.
    pub async fn name_of_body(&self, person: PersonId) -> Result<Option<String>, StoreError> {
        use ::entity::{organisation, person};
        let Some(person) = person::Entity::find_by_id(person.0).one(&self.db).await? else { return Ok(None) };
        let Some(organisation) = person.organisation_id else { return Ok(None) };
        Ok(organisation::Entity::find_by_id(organisation).one(&self.db).await?.map(|found| found.name))
    }
}
