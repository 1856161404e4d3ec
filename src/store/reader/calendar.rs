//! What calendars are made of, and how the actor is reached by letter.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid, sea_query::SimpleExpr,
};

use super::{Reader, SeenReview};
use crate::{
    domain::{
        calendar::Revised,
        contact::Contact,
        document::Document,
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

/// What an act must be to promise the next full review of a document for another date, or for the first time.
const PROMISING: [EventKind; 4] = [
    EventKind::DocumentImported,
    EventKind::ReviewScheduled,
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
        let groups = self.groups_for_calendar(group);
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
        let named = event::Column::ReviewId.is_in(seen.keys().map(|id| id.0));
        let revised = self.revisions(event::Column::ReviewId, named, &REVISING).await?;
        let of_each = ids.iter().filter_map(|id| {
            let review = seen.remove(id)?;
            let opened = Revised { times: 0, at: review.facts.review.opened_at };
            Some((review, revised.get(&id.0).copied().unwrap_or(opened)))
        });
        Ok(of_each.collect())
    }

    /// The documents of the groups that the actor sits in, or of one of these, by slug; with how often the promise of their
    /// next review was revised.
    pub async fn documents_for_calendar(&self, group: Option<GroupId>) -> Result<Vec<(Document, Revised)>, StoreError> {
        use ::entity::{document, event};
        let groups = self.groups_for_calendar(group);
        if groups.is_empty() {
            return Ok(vec![]);
        }
        let of = document::Column::GroupId.is_in(groups);
        let rows = document::Entity::find().filter(of).order_by_asc(document::Column::Slug);
        let documents: Vec<Document> =
            rows.all(self.db().await?).await?.into_iter().map(row::document).collect::<Result<_, _>>()?;
        let named = event::Column::DocumentId.is_in(documents.iter().map(|document| document.id.0));
        let revised = self.revisions(event::Column::DocumentId, named, &PROMISING).await?;
        let of_each = documents.into_iter().filter_map(|document| {
            let revised = revised.get(&document.id.0).copied()?;
            Some((document, revised))
        });
        Ok(of_each.collect())
    }

    /// The groups that the actor sits in, or this one of them.
    fn groups_for_calendar(&self, group: Option<GroupId>) -> Vec<Uuid> {
        let own = self.sight.groups().filter(|one| group.is_none_or(|group| group == *one));
        own.map(|group| group.0).collect()
    }

    /// How often acts of these kinds were done on each of some things, which a column of the record names, and when last.
    async fn revisions(
        &self,
        of: ::entity::event::Column,
        named: SimpleExpr,
        kinds: &[EventKind],
    ) -> Result<HashMap<Uuid, Revised>, StoreError> {
        use ::entity::event::{Column, Entity};
        let rows: Vec<(Uuid, i64, Timestamp)> = Entity::find()
            .select_only()
            .column(of)
            .column_as(Column::Seq.count(), "times")
            .column_as(Column::At.max(), "latest_at")
            .filter(named)
            .filter(Column::Kind.is_in(kinds.iter().map(|kind| kind.word())))
            .group_by(of)
            .into_tuple()
            .all(self.db().await?)
            .await?;
        let one = |(id, count, at): (Uuid, i64, Timestamp)| {
            (id, Revised { times: u32::try_from(count - 1).unwrap_or(0), at })
        };
        Ok(rows.into_iter().map(one).collect())
    }

    /// How the actor is reached by letter, if a person asks.
    pub async fn contact(&self) -> Result<Option<Contact>, StoreError> {
        let Some(person) = self.actor().person() else { return Ok(None) };
        let row = ::entity::contact::Entity::find_by_id(person.0).one(self.db().await?).await?;
        row.map_or(Ok(Contact::UNKNOWN), row::contact).map(Some)
    }
}
