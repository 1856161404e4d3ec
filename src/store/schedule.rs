//! What the scheduler must know, read without anybody's eyes: it shows nothing to anyone.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::{Store, StoreError, load, row};
use crate::domain::{
    id::{DocumentId, GroupId},
    review::{
        Review, ReviewFacts, ReviewKind, ladder,
        timetable::{Candidate, opens_at},
    },
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
            .columns([review::Column::DocumentId, review::Column::Kind, review::Column::Due, review::Column::Outcome])
            .filter(review::Column::DocumentId.is_in(documents.iter().map(|document| document.id.0)))
            .order_by_asc(review::Column::OpenedAt)
            .into_tuple::<(Uuid, String, String, Option<String>)>()
            .all(&db)
            .await?;
        let (mut in_review, mut answered) = (HashSet::new(), HashMap::new());
        for (document, kind, due, outcome) in reviews {
            if outcome.is_none() {
                in_review.insert(DocumentId(document));
            }
            if kind == ReviewKind::Full.word() {
                answered.insert(DocumentId(document), due);
            }
        }
        let candidates = documents.into_iter().map(|document| Candidate {
            document: document.id,
            due: document.review_due,
            policy: document.policy,
            is_in_review: in_review.contains(&document.id),
            answered: answered.get(&document.id).and_then(|due| due.parse().ok()),
        });
        Ok(candidates.collect())
    }

    /// The open reviews with a rung of their ladder passed since it was last walked, with all that the plan asks about
    /// them. Two statements while there is none, and a fixed number otherwise, however many cells wait.
    pub async fn reviews_to_remind(&self, now: Timestamp) -> Result<Vec<ReviewFacts>, StoreError> {
        use ::entity::review::{Column, Entity};
        let db = self.snapshot().await?;
        let open = load::reviews(&db, Entity::find().filter(Column::Outcome.is_null())).await?;
        let groups: HashSet<GroupId> = open.iter().map(|review| review.group).collect();
        let groups: Vec<GroupId> = groups.into_iter().collect();
        let seats = load::seats_of(&db, &groups).await?;
        let due: Vec<Review> = open.into_iter().filter(|review| ladder::due(review, &seats, now)).collect();
        if due.is_empty() {
            return Ok(vec![]);
        }
        let mut facts: Vec<ReviewFacts> = load::review_facts(&db, &self.0.library, due).await?.into_values().collect();
        facts.sort_by_key(|facts| facts.review.id);
        Ok(facts)
    }
}
