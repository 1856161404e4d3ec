//! What the actor was told. Notices are their reader's and nobody else's.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ColumnTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};

use super::{Page, Reader, Slice};
use crate::{
    domain::{
        id::{PersonId, ReviewId},
        notice::KeptNotice,
        time::Timestamp,
    },
    store::{StoreError, row},
};

impl Reader {
    /// The actor's notices, newest first: all, or those not yet read.
    pub async fn list_notices(&self, is_unread: bool, page: &Page) -> Result<Slice<KeptNotice>, StoreError> {
        use ::entity::notice::Column;
        let Some(mut chosen) = self.own_notices(is_unread) else { return Ok(Slice::cut(vec![], page)) };
        // Ids sort by the time of their making; the newest stand first.
        if let Some((_, after)) = &page.after {
            chosen = chosen.filter(Column::Id.lt(*after));
        }
        if let Some((_, before)) = &page.before {
            chosen = chosen.filter(Column::Id.gt(*before));
        }
        let order = if page.from_end { Order::Asc } else { Order::Desc };
        let rows = chosen.order_by(Column::Id, order).limit(page.size + 1).all(self.db().await?).await?;
        let notices: Result<Vec<_>, _> = rows.into_iter().map(row::notice).collect();
        Ok(Slice::cut(notices?.into_iter().flatten().collect(), page))
    }

    /// How many notices the actor has, or has not read.
    pub async fn count_notices(&self, is_unread: bool) -> Result<u64, StoreError> {
        let Some(chosen) = self.own_notices(is_unread) else { return Ok(0) };
        Ok(chosen.count(self.db().await?).await?)
    }

    /// When a text of the draft was first written after each of these reviews had opened, as far as they exist for the actor.
    pub async fn first_changes(&self, reviews: &[ReviewId]) -> Result<HashMap<ReviewId, Timestamp>, StoreError> {
        use ::entity::review::{Column, Entity};
        let seen = self.reviews(reviews).await?;
        let first = "(SELECT MIN(revision.created_at) FROM revision JOIN section ON section.id = revision.section_id \
                     WHERE section.document_id = review.document_id AND revision.created_at > review.opened_at \
                     AND (review.concluded_at IS NULL OR revision.created_at <= review.concluded_at))";
        let rows: Vec<(uuid::Uuid, Option<Timestamp>)> = Entity::find()
            .select_only()
            .column(Column::Id)
            .expr_as(Expr::cust(first), "first_change_at")
            .filter(Column::Id.is_in(seen.keys().map(|id| id.0)))
            .into_tuple()
            .all(self.db().await?)
            .await?;
        Ok(rows.into_iter().filter_map(|(review, at)| Some((ReviewId(review), at?))).collect())
    }

    /// When each person was last reminded of what waits for them in these reviews, as far as the reviews exist for the actor.
    pub async fn reminded_in(
        &self,
        reviews: &[ReviewId],
    ) -> Result<HashMap<ReviewId, Arc<HashMap<PersonId, Timestamp>>>, StoreError> {
        use ::entity::rung::{Column, Entity};
        let seen = self.reviews(reviews).await?;
        let rows: Vec<(uuid::Uuid, uuid::Uuid, Timestamp)> = Entity::find()
            .select_only()
            .columns([Column::ReviewId, Column::PersonId])
            .column_as(Column::SentAt.max(), "sent_at")
            .filter(Column::ReviewId.is_in(seen.keys().map(|id| id.0)))
            .filter(Column::IsOwn.eq(true))
            .group_by(Column::ReviewId)
            .group_by(Column::PersonId)
            .into_tuple()
            .all(self.db().await?)
            .await?;
        let mut reminded: HashMap<ReviewId, HashMap<PersonId, Timestamp>> = HashMap::new();
        for (review, person, at) in rows {
            reminded.entry(ReviewId(review)).or_default().insert(PersonId(person), at);
        }
        Ok(reminded.into_iter().map(|(review, people)| (review, Arc::new(people))).collect())
    }

    fn own_notices(&self, is_unread: bool) -> Option<Select<::entity::notice::Entity>> {
        use ::entity::notice::{Column, Entity};
        let mut chosen = Entity::find()
            .filter(Column::PersonId.eq(self.actor().person()?.0))
            .filter(Column::Kind.is_in(crate::domain::notice::NoticeKind::ALL.iter().map(|kind| kind.word())));
        if is_unread {
            chosen = chosen.filter(Column::ReadAt.is_null());
        }
        Some(chosen)
    }
}
