//! What is said of the sections of an edition besides what they say, for whoever reads the edition and the section in it:
//! by advisers, and by those who were voted down.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid};

use super::Reader;
use crate::{
    domain::{
        id::{EditionId, ReviewId},
        review::{
            ballot::{MinorityView, minority_views},
            opinion::{Opinion, standing},
        },
    },
    store::{StoreError, load, row},
};

impl Reader {
    /// What advisers say of these editions: of a published one what stood when its review ended, of a draft what stands in
    /// the review that is open. What was said in a review that came to nothing went with it.
    pub async fn opinions_on(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Vec<Opinion>>, StoreError> {
        use ::entity::{opinion, review};
        let editions = self.edition_texts(ids).await?;
        let seen: Vec<EditionId> = editions.keys().copied().collect();
        let db = self.db().await?;
        let goes_on_or_was_published =
            Condition::any().add(review::Column::Outcome.is_null()).add(review::Column::Outcome.eq("PUBLISHED"));
        let edition_of = reviews_of(db, &seen, goes_on_or_was_published).await?;
        if edition_of.is_empty() {
            return Ok(HashMap::new());
        }
        let chosen = opinion::Entity::find().filter(opinion::Column::ReviewId.is_in(edition_of.keys().map(|id| id.0)));
        let mut found: HashMap<EditionId, Vec<Opinion>> = HashMap::new();
        for opinion in load::opinions(db, chosen).await? {
            let Some(edition) = edition_of.get(&opinion.review) else { continue };
            if editions.get(edition).is_some_and(|seen| seen.sees(Some(opinion.section))) {
                found.entry(*edition).or_default().push(opinion);
            }
        }
        Ok(found.into_iter().map(|(edition, opinions)| (edition, standing(opinions))).collect())
    }

    /// The minority views that these editions were published with (S13).
    pub async fn minority_views_on(
        &self,
        ids: &[EditionId],
    ) -> Result<HashMap<EditionId, Vec<MinorityView>>, StoreError> {
        use ::entity::{position, review};
        let editions = self.edition_texts(ids).await?;
        let seen: Vec<EditionId> = editions.keys().copied().collect();
        let db = self.db().await?;
        let was_published = Condition::all().add(review::Column::Outcome.eq("PUBLISHED"));
        let edition_of = reviews_of(db, &seen, was_published).await?;
        let mut found = HashMap::new();
        for (review, ballots) in load::ballots(db, &edition_of.keys().copied().collect::<Vec<_>>()).await? {
            let Some(edition) = edition_of.get(&review) else { continue };
            let of = position::Column::Id.is_in(ballots.iter().map(|ballot| ballot.objection.0));
            let objections = position::Entity::find().filter(of).all(db).await?.into_iter().map(row::position);
            let mut views = minority_views(&ballots, &objections.collect::<Result<Vec<_>, _>>()?);
            views.retain(|view| editions.get(edition).is_some_and(|seen| seen.sees(view.section)));
            found.insert(*edition, views);
        }
        Ok(found)
    }
}

/// The reviews that these editions are or were the drafts of.
pub(super) async fn reviews_of(
    db: &DatabaseTransaction,
    editions: &[EditionId],
    which: Condition,
) -> Result<HashMap<ReviewId, EditionId>, StoreError> {
    use ::entity::review::{Column, Entity};
    let rows: Vec<(Uuid, Option<Uuid>)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::DraftId])
        .filter(Column::DraftId.is_in(editions.iter().map(|id| id.0)))
        .filter(which)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(review, draft)| Some((ReviewId(review), EditionId(draft?)))).collect())
}
