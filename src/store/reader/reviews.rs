//! Reviews, for those who may read drafts; and what everybody may know of them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Reader;
use crate::{
    domain::{
        document::{Audience, Document, content::Digest, revision::Revision},
        id::{DocumentId, EditionId, ReviewId, RevisionId, SectionId},
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
    /// The narrowest audience that the actor belongs to here.
    pub audience: Audience,
    seen: HashSet<Scope>,
}

impl SeenReview {
    fn reads_all(&self) -> bool {
        self.audience == Audience::Group
    }

    /// Whether the actor sees what is signed here. Of a section that has left the draft nobody can tell any more for
    /// whom it was, so its positions are for those who read all.
    pub fn sees(&self, scope: Scope) -> bool {
        match scope {
            Scope::Whole => self.reads_all() || !self.is_extract,
            Scope::Section(_) => self.reads_all() || self.seen.contains(&scope),
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
            Some((id, Arc::new(SeenReview { document, facts, is_extract, audience, seen })))
        });
        Ok(seen.collect())
    }

    /// The texts of sections with the digests that were named in these reviews, for whoever may read the section there. Of a
    /// section that has left the draft nobody can tell any more for whom it was, so its texts are for those who read all.
    pub async fn signed_texts(
        &self,
        wanted: &[(ReviewId, SectionId, Digest)],
    ) -> Result<HashMap<(ReviewId, SectionId, Digest), Arc<Revision>>, StoreError> {
        use ::entity::{review, revision};
        let db = self.db().await?;
        let chosen = review::Entity::find().filter(review::Column::Id.is_in(wanted.iter().map(|(id, ..)| id.0)));
        let mut reviews = load::reviews(db, chosen).await?;
        let of: Vec<DocumentId> = reviews.iter().map(|review| review.document).collect();
        let documents = self.documents_in_draft(&of).await?;
        reviews.retain(|review| documents.contains_key(&review.document));
        let audience = |review: &Review| self.sight.audience(review.group, review.document);
        let in_part = reviews.iter().filter(|review| audience(review) != Audience::Group);
        let editions: Vec<EditionId> = in_part.filter_map(|review| review.draft.or(review.base)).collect();
        let outlines = load::outlines(db, &editions).await?;
        let reads = |review: &Review, section: SectionId| {
            let audience = audience(review);
            let outline = review.draft.or(review.base).and_then(|edition| outlines.get(&edition));
            let seen = || Some(outline?.seen_by(review.audience, audience).find(section).is_some());
            audience == Audience::Group || seen().unwrap_or_default()
        };
        let reviews: HashMap<ReviewId, Review> = reviews.into_iter().map(|review| (review.id, review)).collect();
        let open =
            wanted.iter().filter(|(id, section, _)| reviews.get(id).is_some_and(|review| reads(review, *section)));
        let open: Vec<_> = open.copied().collect();

        let rows: Vec<(uuid::Uuid, uuid::Uuid, Vec<u8>)> = revision::Entity::find()
            .select_only()
            .columns([revision::Column::Id, revision::Column::SectionId, revision::Column::Digest])
            .filter(revision::Column::SectionId.is_in(open.iter().map(|(_, section, _)| section.0)))
            .filter(revision::Column::Digest.is_in(open.iter().map(|(.., digest)| digest.bytes().to_vec())))
            .into_tuple()
            .all(db)
            .await?;
        let ids: HashMap<(uuid::Uuid, Vec<u8>), RevisionId> =
            rows.into_iter().map(|(id, section, digest)| ((section, digest), RevisionId(id))).collect();
        let texts = load::revisions(db, &ids.values().copied().collect::<Vec<_>>()).await?;
        let text = |key: &(ReviewId, SectionId, Digest)| {
            let id = ids.get(&(key.1.0, key.2.bytes().to_vec()))?;
            Some((*key, Arc::clone(texts.get(id)?)))
        };
        Ok(open.iter().filter_map(text).collect())
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
