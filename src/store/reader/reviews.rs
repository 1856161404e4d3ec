//! Reviews, for those who may read drafts; and what everybody may know of them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Reader;
use crate::{
    domain::{
        document::{Audience, Document},
        id::{DocumentId, ReviewId},
        review::{Outcome, Review, ReviewFacts, ReviewState, cell::Scope},
        text::Prose,
        time::Timestamp,
    },
    store::{StoreError, load},
};

/// A review as one actor sees it.
#[derive(Clone, Debug)]
pub struct SeenReview {
    /// The document under review.
    pub document: Document,
    /// All of it, for the rules to compute with.
    pub facts: ReviewFacts,
    /// Whether sections are hidden from the actor; then what is computed from all of them is hidden too.
    pub is_extract: bool,
    reads_all: bool,
    seen: HashSet<Scope>,
}

impl SeenReview {
    /// Whether the actor sees what is signed here. Of a section that has left the draft nobody can tell any more for
    /// whom it was, so its positions are for those who read all.
    pub fn sees(&self, scope: Scope) -> bool {
        match scope {
            Scope::Whole => self.reads_all || !self.is_extract,
            Scope::Section(_) => self.reads_all || self.seen.contains(&scope),
        }
    }
}

/// The public word that a document still stands, though no new edition was made (S16).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Currency {
    /// What the public is told.
    pub statement: Prose,
    /// When the review ended that found nothing to change.
    pub reaffirmed_at: Timestamp,
}

impl Reader {
    /// The reviews of these documents that exist for the actor, oldest first.
    pub async fn reviews_of(&self, documents: &[DocumentId]) -> Result<HashMap<DocumentId, Vec<Review>>, StoreError> {
        use ::entity::review::{Column, Entity};
        let open_to: Vec<_> = self.documents_in_draft(documents).await?.into_keys().map(|id| id.0).collect();
        let chosen = Entity::find().filter(Column::DocumentId.is_in(open_to));
        let mut reviews: HashMap<DocumentId, Vec<Review>> = HashMap::new();
        for review in load::reviews(self.db().await?, chosen).await? {
            reviews.entry(review.document).or_default().push(review);
        }
        Ok(reviews)
    }

    /// Those of these reviews that exist for the actor, with all that can be asked about them.
    pub async fn reviews(&self, ids: &[ReviewId]) -> Result<HashMap<ReviewId, Arc<SeenReview>>, StoreError> {
        use ::entity::review::{Column, Entity};
        let chosen = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
        let reviews = load::reviews(self.db().await?, chosen).await?;
        let of: Vec<DocumentId> = reviews.iter().map(|review| review.document).collect();
        let documents = self.documents_in_draft(&of).await?;
        let reviews = reviews.into_iter().filter(|review| documents.contains_key(&review.document)).collect();
        let facts = load::review_facts(self.db().await?, reviews).await?;
        let seen = facts.into_iter().filter_map(|(id, facts)| {
            let document = documents.get(&facts.review.document)?.clone();
            let audience = self.sight.audience(document.group, document.id);
            let outline = facts.text.outline.seen_by(document.audience, audience);
            let is_extract = outline.len() < facts.text.outline.len();
            let seen = outline.iter().map(|placement| Scope::Section(placement.section)).collect();
            let reads_all = audience == Audience::Group;
            Some((id, Arc::new(SeenReview { document, facts, is_extract, reads_all, seen })))
        });
        Ok(seen.collect())
    }

    /// The open reviews of the groups that the actor sits in.
    pub async fn open_reviews(&self) -> Result<Vec<ReviewId>, StoreError> {
        use ::entity::{document, review};
        let groups: Vec<_> = self.sight.groups().map(|group| group.0).collect();
        if groups.is_empty() {
            return Ok(vec![]);
        }
        let ids: Vec<uuid::Uuid> = review::Entity::find()
            .select_only()
            .column(review::Column::Id)
            .inner_join(document::Entity)
            .filter(review::Column::Outcome.is_null())
            .filter(document::Column::GroupId.is_in(groups))
            .order_by_asc(review::Column::OpenedAt)
            .into_tuple()
            .all(self.db().await?)
            .await?;
        Ok(ids.into_iter().map(ReviewId).collect())
    }

    /// Which of these documents, if they exist for the actor, are under review: public (T1).
    pub async fn in_review(&self, documents: &[DocumentId]) -> Result<HashSet<DocumentId>, StoreError> {
        use ::entity::review::{Column, Entity};
        let load = async |documents: Vec<DocumentId>| {
            let seen: Vec<_> = self.documents(&documents).await?.into_keys().map(|id| id.0).collect();
            let ids: Vec<uuid::Uuid> = Entity::find()
                .select_only()
                .column(Column::DocumentId)
                .filter(Column::Outcome.is_null())
                .filter(Column::DocumentId.is_in(seen))
                .into_tuple()
                .all(self.db().await?)
                .await?;
            Ok(ids.into_iter().map(|id| (DocumentId(id), ())).collect())
        };
        Ok(self.remembered(|shelf| &shelf.in_review, documents, load).await?.into_keys().collect())
    }

    /// The latest statement of currency of each of these documents, if its latest finished review made one: public.
    pub async fn currency(&self, documents: &[DocumentId]) -> Result<HashMap<DocumentId, Currency>, StoreError> {
        self.remembered(|shelf| &shelf.currency, documents, async |ids| self.load_currency(&ids).await).await
    }

    async fn load_currency(&self, documents: &[DocumentId]) -> Result<HashMap<DocumentId, Currency>, StoreError> {
        use ::entity::review::{Column, Entity};
        let seen: Vec<_> = self.documents(documents).await?.into_keys().map(|id| id.0).collect();
        let finished = Entity::find()
            .filter(Column::DocumentId.is_in(seen))
            .filter(Column::Outcome.is_in(["PUBLISHED", "REAFFIRMED"]));
        let mut currency = HashMap::new();
        for review in load::reviews(self.db().await?, finished).await? {
            match review.state {
                ReviewState::Concluded { at, outcome: Outcome::Reaffirmed { statement }, .. } => {
                    currency.insert(review.document, Currency { statement, reaffirmed_at: at });
                }
                ReviewState::Concluded { outcome: Outcome::Published | Outcome::Cancelled { .. }, .. }
                | ReviewState::Open => {
                    currency.remove(&review.document);
                }
            }
        }
        Ok(currency)
    }

    async fn documents_in_draft(&self, ids: &[DocumentId]) -> Result<HashMap<DocumentId, Document>, StoreError> {
        let mut documents = self.documents(ids).await?;
        documents.retain(|id, document| self.sight.drafts(document.group, *id));
        if !documents.is_empty() {
            self.note_personal();
        }
        Ok(documents)
    }
}
