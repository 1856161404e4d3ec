//! Comments, for whoever reads the section of the draft that they are on.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid};

use super::Reader;
use crate::{
    domain::{
        comment::Comment,
        id::{CommentId, ReviewId, SectionId},
        review::cell::Scope,
    },
    store::{StoreError, load},
};

/// That there is a comment, without what it says: by which lists are cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CommentHead {
    /// Which.
    pub id: CommentId,
    /// The section it is on.
    pub section: SectionId,
    /// Whether it stands.
    pub stands: bool,
}

impl Reader {
    /// The comments of these reviews that exist for the actor, oldest first.
    pub async fn comments_of(&self, ids: &[ReviewId]) -> Result<HashMap<ReviewId, Vec<CommentHead>>, StoreError> {
        use ::entity::comment::{Column, Entity};
        let reviews = self.reviews(ids).await?;
        let rows: Vec<(Uuid, Uuid, Uuid, Option<Uuid>)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::ReviewId, Column::SectionId, Column::SettledById])
            .filter(Column::ReviewId.is_in(reviews.keys().map(|id| id.0)))
            .order_by_asc(Column::Id)
            .into_tuple()
            .all(self.db().await?)
            .await?;
        let mut found: HashMap<ReviewId, Vec<CommentHead>> = HashMap::new();
        for (id, review, section, settled_by) in rows {
            let (review, section) = (ReviewId(review), SectionId(section));
            if reviews.get(&review).is_some_and(|seen| seen.sees(Scope::Section(section))) {
                let head = CommentHead { id: CommentId(id), section, stands: settled_by.is_none() };
                found.entry(review).or_default().push(head);
            }
        }
        Ok(found)
    }

    /// Those of these comments that exist for the actor.
    pub async fn comments(
        &self,
        wanted: &[(ReviewId, CommentId)],
    ) -> Result<HashMap<(ReviewId, CommentId), Comment>, StoreError> {
        use ::entity::comment::{Column, Entity};
        let ids: Vec<ReviewId> = wanted.iter().map(|(review, _)| *review).collect();
        let reviews = self.reviews(&ids).await?;
        if reviews.is_empty() {
            return Ok(HashMap::new());
        }
        let chosen = Entity::find()
            .filter(Column::Id.is_in(wanted.iter().map(|(_, comment)| comment.0)))
            .filter(Column::ReviewId.is_in(reviews.keys().map(|id| id.0)));
        let comments = load::comments(self.db().await?, chosen).await?.into_iter();
        let sees = |comment: &Comment| {
            reviews.get(&comment.review).is_some_and(|seen| seen.sees(Scope::Section(comment.section)))
        };
        Ok(comments.filter(sees).map(|comment| ((comment.review, comment.id), comment)).collect())
    }
}
