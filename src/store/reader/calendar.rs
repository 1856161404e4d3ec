//! What calendars are made of, and how the actor is reached by letter.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid};

use super::{Reader, SeenReview};
use crate::{
    domain::{
        calendar::Revised,
        contact::Contact,
        event::EventKind,
        id::{GroupId, ReviewId},
        time::Timestamp,
    },
    store::{StoreError, row},
};

/// What an act must be to make another version of a review's entries: its dates or its end.
const REVISING: [EventKind; 5] = [
    EventKind::ReviewOpened,
    EventKind::ReviewMoved,
    EventKind::ReviewCancelled,
    EventKind::EditionPublished,
    EventKind::DocumentReaffirmed,
];

impl Reader {
    /// The reviews of the groups that the actor sits in, or of one of these, that are open or ended not before an instant;
    /// the oldest first, with how often what calendars tell of each was revised.
    pub async fn reviews_for_calendar(
        &self,
        group: Option<GroupId>,
        since: Timestamp,
    ) -> Result<Vec<(Arc<SeenReview>, Revised)>, StoreError> {
        use ::entity::{document, event, review};
        let groups = self.sight.groups().filter(|one| group.is_none_or(|group| group == *one));
        let groups: Vec<_> = groups.map(|group| group.0).collect();
        if groups.is_empty() {
            return Ok(vec![]);
        }
        let is_recent =
            Condition::any().add(review::Column::ConcludedAt.is_null()).add(review::Column::ConcludedAt.gte(since));
        let ids: Vec<Uuid> = review::Entity::find()
            .select_only()
            .column(review::Column::Id)
            .inner_join(document::Entity)
            .filter(is_recent)
            .filter(document::Column::GroupId.is_in(groups))
            .order_by_asc(review::Column::OpenedAt)
            .order_by_asc(review::Column::Id)
            .into_tuple()
            .all(self.db().await?)
            .await?;
        let ids: Vec<ReviewId> = ids.into_iter().map(ReviewId).collect();
        let mut seen = self.reviews(&ids).await?;
        let rows: Vec<(Uuid, i64, Timestamp)> = event::Entity::find()
            .select_only()
            .column(event::Column::ReviewId)
            .column_as(event::Column::Seq.count(), "times")
            .column_as(event::Column::At.max(), "latest_at")
            .filter(event::Column::ReviewId.is_in(seen.keys().map(|id| id.0)))
            .filter(event::Column::Kind.is_in(REVISING.map(EventKind::word)))
            .group_by(event::Column::ReviewId)
            .into_tuple()
            .all(self.db().await?)
            .await?;
        let revised: HashMap<ReviewId, Revised> = rows
            .into_iter()
            .map(|(id, count, at)| (ReviewId(id), Revised { times: u32::try_from(count - 1).unwrap_or(0), at }))
            .collect();
        let of_each = ids.iter().filter_map(|id| {
            let review = seen.remove(id)?;
            let opened = Revised { times: 0, at: review.facts.review.opened_at };
            Some((review, revised.get(id).copied().unwrap_or(opened)))
        });
        Ok(of_each.collect())
    }

    /// How the actor is reached by letter, if a person asks.
    pub async fn contact(&self) -> Result<Option<Contact>, StoreError> {
        let Some(person) = self.actor().person() else { return Ok(None) };
        let row = ::entity::contact::Entity::find_by_id(person.0).one(self.db().await?).await?;
        row.map_or(Ok(Contact::UNKNOWN), row::contact).map(Some)
    }
}
