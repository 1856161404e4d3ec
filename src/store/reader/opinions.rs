//! What advisers say of the sections of an edition, for whoever reads the edition and the section in it.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid};

use super::Reader;
use crate::{
    domain::{
        id::{EditionId, ReviewId},
        review::opinion::{Opinion, standing},
    },
    store::{StoreError, load},
};

impl Reader {
    /// What advisers say of these editions: of a published one what stood when its review ended, of a draft what stands in
    /// the review that is open. What was said in a review that came to nothing went with it.
    pub async fn opinions_on(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Vec<Opinion>>, StoreError> {
        use ::entity::{opinion, review};
        let editions = self.edition_texts(ids).await?;
        let db = self.db().await?;
        let goes_on_or_was_published =
            Condition::any().add(review::Column::Outcome.is_null()).add(review::Column::Outcome.eq("PUBLISHED"));
        let rows: Vec<(Uuid, Option<Uuid>)> = review::Entity::find()
            .select_only()
            .columns([review::Column::Id, review::Column::DraftId])
            .filter(review::Column::DraftId.is_in(editions.keys().map(|id| id.0)))
            .filter(goes_on_or_was_published)
            .into_tuple()
            .all(db)
            .await?;
        let edition_of: HashMap<ReviewId, EditionId> =
            rows.into_iter().filter_map(|(review, draft)| Some((ReviewId(review), EditionId(draft?)))).collect();
        if edition_of.is_empty() {
            return Ok(HashMap::new());
        }
        let chosen = opinion::Entity::find().filter(opinion::Column::ReviewId.is_in(edition_of.keys().map(|id| id.0)));
        let mut found: HashMap<EditionId, Vec<Opinion>> = HashMap::new();
        for opinion in load::opinions(db, chosen).await? {
            let Some(edition) = edition_of.get(&opinion.review) else { continue };
            if editions.get(edition).is_some_and(|seen| seen.outline.find(opinion.section).is_some()) {
                found.entry(*edition).or_default().push(opinion);
            }
        }
        Ok(found.into_iter().map(|(edition, opinions)| (edition, standing(opinions))).collect())
    }
}
