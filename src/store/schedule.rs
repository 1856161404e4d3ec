//! What the scheduler must know, read without anybody's eyes: it shows nothing to anyone.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::{Store, StoreError, row};
use crate::domain::{
    id::DocumentId,
    review::timetable::{Candidate, opens_at},
    time::Timestamp,
};

impl Store {
    /// Every document with an edition in force whose review could open at `now`. Three statements, however many there
    /// are.
    pub async fn candidates(&self, now: Timestamp) -> Result<Vec<Candidate>, StoreError> {
        use ::entity::{document, edition, review};
        let db = self.snapshot().await?;
        let in_force = edition::Entity::find()
            .select_only()
            .column(edition::Column::DocumentId)
            .filter(edition::Column::State.eq("PUBLISHED"))
            .into_query();
        let rows = document::Entity::find().filter(document::Column::Id.in_subquery(in_force)).all(&db).await?;
        let mut documents = Vec::new();
        for row in rows {
            let document = row::document(row)?;
            if opens_at(document.review_due, &document.policy) <= now {
                documents.push(document);
            }
        }
        let reviews = review::Entity::find()
            .select_only()
            .columns([review::Column::DocumentId, review::Column::Due, review::Column::Outcome])
            .filter(review::Column::DocumentId.is_in(documents.iter().map(|document| document.id.0)))
            .order_by_asc(review::Column::OpenedAt)
            .into_tuple::<(Uuid, String, Option<String>)>()
            .all(&db)
            .await?;
        let mut latest: HashMap<DocumentId, (String, bool)> = HashMap::new();
        for (document, due, outcome) in reviews {
            latest.insert(DocumentId(document), (due, outcome.is_none()));
        }
        let candidates = documents.into_iter().map(|document| {
            let latest = latest.get(&document.id);
            Candidate {
                document: document.id,
                due: document.review_due,
                policy: document.policy,
                is_in_review: latest.is_some_and(|(_, is_open)| *is_open),
                answered: latest.and_then(|(due, _)| due.parse().ok()),
            }
        });
        Ok(candidates.collect())
    }
}
