//! Reviews, for those who may read drafts; and what everybody may know of them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::Reader;
use crate::{
    domain::{
        absence::Absence,
        document::{Audience, Document, content::Digest, edition::Edition, revision::Revision},
        id::{DocumentId, EditionId, GroupId, ReviewId, RevisionId, SectionId},
        review::{Outcome, Review, ReviewFacts, ReviewState, cell::Scope, opening::is_draft},
        role::Seat,
        text::Prose,
        time::Timestamp,
    },
    store::{
        StoreError,
        load::{self, Tree},
        row::{self, Versions},
        visible,
    },
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
        let library = &self.store.0.library;
        let mut reviews = HashMap::new();
        let mut missing = HashMap::new();
        for (id, (document, versions)) in self.documents_in_draft(documents).await? {
            match library.reviews_of.find(id, versions.document) {
                Some(all) => drop(reviews.insert(id, all.to_vec())),
                None => drop(missing.insert(id, (document, versions.document, Vec::new()))),
            }
        }
        if !missing.is_empty() {
            use ::entity::review::{Column, Entity};
            let chosen = Entity::find().filter(Column::DocumentId.is_in(missing.keys().map(|id| id.0)));
            for row in load::review_rows(self.db().await?, chosen).await? {
                if let Some((document, _, all)) = missing.get_mut(&DocumentId(row.document_id)) {
                    all.push(row::review(row, document)?);
                }
            }
            for (id, (_, version, all)) in missing {
                library.reviews_of.keep(id, version, all.clone());
                reviews.insert(id, all);
            }
        }
        reviews.values().flatten().for_each(|review| self.seen.reviews.keep(review.id, review.clone()));
        reviews.retain(|_, all| !all.is_empty());
        Ok(reviews)
    }

    /// Those of these reviews that exist for the actor, with all that can be asked about them.
    pub async fn reviews(&self, ids: &[ReviewId]) -> Result<HashMap<ReviewId, Arc<SeenReview>>, StoreError> {
        let mut facts = self.review_texts(ids).await?;
        let seen: Vec<ReviewId> = facts.keys().copied().collect();
        if seen.is_empty() {
            return Ok(HashMap::new());
        }
        let mut positions = load::positions(self.db().await?, &seen).await?;
        let mut ballots = load::ballots_on(self.db().await?, &positions).await?;
        for (id, facts) in &mut facts {
            let document = facts.review.document;
            let Some((_, versions)) = self.seen.documents.find(document) else { continue };
            facts.seats = self.seats_at(facts.review.group, versions.group).await?;
            facts.absences = self.absences_at(facts.review.group, versions.group).await?;
            facts.ballots = ballots.remove(id).unwrap_or_default();
            facts.positions = positions.remove(id).unwrap_or_default();
        }
        let seen = facts.into_iter().filter_map(|(id, facts)| {
            let (document, _) = self.seen.documents.find(facts.review.document)?;
            let audience = self.sight.audience(document.group, document.id);
            let outline = facts.text.outline.seen_by(document.audience, audience);
            let is_extract = outline.len() < facts.text.outline.len();
            let seen = outline.iter().map(|placement| Scope::Section(placement.section)).collect();
            Some((id, Arc::new(SeenReview { document, facts, is_extract, audience, seen })))
        });
        Ok(seen.collect())
    }

    /// What stands in the reviews that exist for the actor until somebody does something else than taking a position.
    async fn review_texts(&self, ids: &[ReviewId]) -> Result<HashMap<ReviewId, ReviewFacts>, StoreError> {
        let mut facts = HashMap::new();
        let mut missing = Vec::new();
        for review in self.reviews_by_id(ids).await? {
            let Some((_, versions)) = self.seen.documents.find(review.document) else { continue };
            match self.store.0.library.facts.find(review.id, versions.document) {
                Some(known) => drop(facts.insert(review.id, ReviewFacts::clone(&known))),
                None => missing.push(review),
            }
        }
        if missing.is_empty() {
            return Ok(facts);
        }
        let of: Vec<DocumentId> = missing.iter().map(|review| review.document).collect();
        let editions = self.all_editions(&of).await?.into_values().flatten();
        let editions: HashMap<EditionId, Edition> = editions.map(|edition| (edition.id, edition)).collect();
        let drafts: Vec<&Edition> =
            missing.iter().filter_map(|review| editions.get(&review.draft?)).filter(|draft| is_draft(draft)).collect();
        let trees = self.draft_trees(&drafts).await?;
        let trees = trees.into_iter().map(|(edition, tree)| (edition, Tree::clone(&tree))).collect();
        let library = &self.store.0.library;
        let loaded = load::review_texts(self.db().await?, library, trees, &editions, missing).await?;
        for (id, found) in &loaded {
            if let Some((_, versions)) = self.seen.documents.find(found.review.document) {
                library.facts.keep(*id, versions.document, found.clone());
            }
        }
        facts.extend(loaded);
        Ok(facts)
    }

    async fn reviews_by_id(&self, ids: &[ReviewId]) -> Result<Vec<Review>, StoreError> {
        use ::entity::review::{Column, Entity};
        let unknown = self.seen.reviews.unknown(ids);
        if !unknown.is_empty() {
            // In one statement: one that is hidden costs what one costs that is not there (A2).
            let open = ::entity::document::Entity::find()
                .select_only()
                .column(::entity::document::Column::Id)
                .filter(visible::documents(&self.sight))
                .filter(visible::drafts(&self.sight))
                .into_query();
            let chosen = Entity::find()
                .filter(Column::Id.is_in(unknown.iter().map(|id| id.0)))
                .filter(Column::DocumentId.in_subquery(open));
            let rows = load::review_rows(self.db().await?, chosen).await?;
            let of: Vec<DocumentId> = rows.iter().map(|row| DocumentId(row.document_id)).collect();
            let documents = self.documents_in_draft(&of).await?;
            for row in rows {
                if let Some((document, _)) = documents.get(&DocumentId(row.document_id)) {
                    let review = row::review(row, document)?;
                    self.seen.reviews.keep(review.id, review);
                }
            }
        }
        Ok(self.seen.reviews.known(ids).into_values().collect())
    }

    async fn seats_at(&self, group: GroupId, version: i64) -> Result<Vec<Seat>, StoreError> {
        let library = &self.store.0.library;
        if let Some(seats) = library.seats.find(group, version) {
            return Ok(seats.to_vec());
        }
        let seats = load::seats_of(self.db().await?, &[group]).await?;
        Ok(library.seats.keep(group, version, seats).to_vec())
    }

    async fn absences_at(&self, group: GroupId, version: i64) -> Result<Vec<Absence>, StoreError> {
        let library = &self.store.0.library;
        if let Some(absences) = library.absences.find(group, version) {
            return Ok(absences.to_vec());
        }
        let absences = load::absences_of(self.db().await?, &[group]).await?;
        let absences = absences.into_iter().map(|(_, absence)| absence).collect();
        Ok(library.absences.keep(group, version, absences).to_vec())
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
        let seen: Vec<_> = self.documents(documents).await?.into_keys().map(|id| id.0).collect();
        let ids: Vec<uuid::Uuid> = Entity::find()
            .select_only()
            .column(Column::DocumentId)
            .filter(Column::Outcome.is_null())
            .filter(Column::DocumentId.is_in(seen))
            .into_tuple()
            .all(self.db().await?)
            .await?;
        Ok(ids.into_iter().map(DocumentId).collect())
    }

    /// The latest statement of currency of each of these documents, if its latest finished review made one: public.
    pub async fn currency(&self, documents: &[DocumentId]) -> Result<HashMap<DocumentId, Currency>, StoreError> {
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

    async fn documents_in_draft(
        &self,
        ids: &[DocumentId],
    ) -> Result<HashMap<DocumentId, (Document, Versions)>, StoreError> {
        let mut documents = self.versioned_documents(ids).await?;
        documents.retain(|id, (document, _)| self.sight.drafts(document.group, *id));
        if !documents.is_empty() {
            self.note_personal();
        }
        Ok(documents)
    }
}
