//! Editions, and their texts as far as the actor may read them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::Reader;
use crate::{
    domain::{
        document::{
            Document,
            edition::{Edition, EditionState, EditionText},
            outline::{Outline, Placement},
            revision::Revision,
        },
        id::{DocumentId, EditionId, RevisionId, SectionId},
    },
    store::{
        StoreError,
        load::{self, Tree},
        row, visible,
    },
};

/// An edition as one actor sees it: sections that are not for them are absent from the tree, from its numbers and its
/// counts.
#[derive(Clone, Debug)]
pub struct SeenEdition {
    /// The document.
    pub document: Document,
    /// The edition.
    pub edition: Edition,
    /// The tree as seen.
    pub outline: Outline,
    /// Whether the edition holds more than is seen; not of what.
    pub is_extract: bool,
    text: Arc<EditionText>,
}

impl SeenEdition {
    /// Whether its reader may know what is said of a section; or of the whole, which is for whoever reads all of it.
    pub fn sees(&self, section: Option<SectionId>) -> bool {
        match section {
            Some(section) => self.outline.find(section).is_some(),
            None => !self.is_extract,
        }
    }

    /// The text of a section that is seen.
    pub fn revision(&self, placement: &Placement) -> Option<&Arc<Revision>> {
        self.text.revision(placement)
    }
}

impl Reader {
    /// The editions of these documents that exist for the actor, in the order of their numbers.
    pub async fn editions_of(&self, documents: &[DocumentId]) -> Result<HashMap<DocumentId, Vec<Edition>>, StoreError> {
        let mut editions = HashMap::new();
        for (document, mut all) in self.all_editions(documents).await? {
            all.retain(|edition| self.sees_edition(edition));
            if !all.is_empty() {
                editions.insert(document, all);
            }
        }
        Ok(editions)
    }

    /// Those of these editions that exist for the actor.
    pub async fn editions(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Edition>, StoreError> {
        let unknown = self.seen.editions.unknown(ids);
        if !unknown.is_empty() {
            let found = self.visible_editions(&unknown).await?;
            let of: Vec<DocumentId> = found.values().map(|edition| edition.document).collect();
            self.documents(&of).await?;
            found.into_iter().for_each(|(id, edition)| self.seen.editions.keep(id, edition));
        }
        let mut editions = self.seen.editions.known(ids);
        editions.retain(|_, edition| self.sees_edition(edition));
        Ok(editions)
    }

    /// Those of these editions that exist for the actor, in one statement: one that is hidden costs what one costs that is
    /// not there (A2).
    async fn visible_editions(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Edition>, StoreError> {
        use ::entity::{document, edition};
        let documents = |open: Condition| {
            document::Entity::find().select_only().column(document::Column::Id).filter(open).into_query()
        };
        let seen = visible::documents(&self.sight);
        let with_drafts = Condition::all().add(seen.clone()).add(visible::drafts(&self.sight));
        let published = Condition::all()
            .add(edition::Column::State.ne("DRAFT"))
            .add(edition::Column::DocumentId.in_subquery(documents(seen)));
        let rows = edition::Entity::find()
            .filter(edition::Column::Id.is_in(ids.iter().map(|id| id.0)))
            .filter(
                Condition::any().add(published).add(edition::Column::DocumentId.in_subquery(documents(with_drafts))),
            )
            .all(self.db().await?)
            .await?;
        rows.into_iter().map(|row| row::edition(row).map(|edition| (edition.id, edition))).collect()
    }

    /// The same with their texts. Published ones come from memory, and of drafts what was read before.
    pub async fn edition_texts(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Arc<SeenEdition>>, StoreError> {
        let editions = self.editions(ids).await?;
        let (drafts, published): (Vec<&Edition>, Vec<&Edition>) =
            editions.values().partition(|edition| edition.state == EditionState::Draft);
        let mut texts = self.published_texts(&published).await?;
        texts.extend(self.draft_texts(&drafts).await?);
        let seen = editions.into_iter().filter_map(|(id, edition)| {
            let (document, _) = self.seen.documents.find(edition.document)?;
            let text = texts.remove(&id)?;
            let audience = self.sight.audience(document.group, document.id);
            let outline = text.outline.seen_by(document.audience, audience);
            let is_extract = outline.len() < text.outline.len();
            Some((id, Arc::new(SeenEdition { document, edition, outline, is_extract, text })))
        });
        Ok(seen.collect())
    }

    async fn published_texts(&self, editions: &[&Edition]) -> Result<HashMap<EditionId, Arc<EditionText>>, StoreError> {
        let library = &self.store.0.library;
        let mut texts: HashMap<EditionId, Arc<EditionText>> =
            editions.iter().filter_map(|edition| Some((edition.id, library.find(edition.id)?))).collect();
        let missing = editions.iter().map(|edition| edition.id).filter(|id| !texts.contains_key(id));
        let missing: Vec<EditionId> = missing.collect();
        if !missing.is_empty() {
            for (id, text) in load::edition_texts(self.db().await?, &missing).await? {
                let text = Arc::new(text);
                library.keep(id, Arc::clone(&text));
                texts.insert(id, text);
            }
        }
        Ok(texts)
    }

    async fn draft_texts(&self, editions: &[&Edition]) -> Result<HashMap<EditionId, Arc<EditionText>>, StoreError> {
        let trees = self.draft_trees(editions).await?;
        let library = &self.store.0.library;
        let heads = || trees.values().flat_map(|tree| tree.heads.values());
        let mut revisions: HashMap<RevisionId, Arc<Revision>> =
            heads().filter_map(|head| Some((head.id, library.find_revision(head)?))).collect();
        let named: HashSet<RevisionId> = heads().map(|head| head.id).collect();
        let missing: Vec<RevisionId> = named.into_iter().filter(|id| !revisions.contains_key(id)).collect();
        if !missing.is_empty() {
            let loaded = load::revisions(self.db().await?, &missing).await?;
            loaded.values().for_each(|revision| library.keep_revision(revision));
            revisions.extend(loaded);
        }
        let text = |tree: &Tree| Arc::new(load::text(tree.outline.clone(), &revisions));
        Ok(trees.into_iter().map(|(edition, tree)| (edition, text(&tree))).collect())
    }

    /// The trees of drafts that the actor sees, at the versions of their documents.
    pub(super) async fn draft_trees(&self, drafts: &[&Edition]) -> Result<HashMap<EditionId, Arc<Tree>>, StoreError> {
        let library = &self.store.0.library;
        let mut trees = HashMap::new();
        let mut missing = HashMap::new();
        for draft in drafts {
            let Some((_, versions)) = self.seen.documents.find(draft.document) else { continue };
            match library.drafts.find(draft.id, versions.document) {
                Some(tree) => drop(trees.insert(draft.id, tree)),
                None => drop(missing.insert(draft.id, versions.document)),
            }
        }
        if !missing.is_empty() {
            let ids: Vec<EditionId> = missing.keys().copied().collect();
            for (id, tree) in load::trees(self.db().await?, &ids).await? {
                let version = missing.get(&id).copied().unwrap_or_default();
                trees.insert(id, library.drafts.keep(id, version, tree));
            }
        }
        Ok(trees)
    }

    /// Every edition of those of these documents that the actor sees, drafts included.
    pub(super) async fn all_editions(
        &self,
        documents: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Vec<Edition>>, StoreError> {
        let library = &self.store.0.library;
        let mut editions = HashMap::new();
        let mut missing = HashMap::new();
        for (id, (_, versions)) in self.versioned_documents(documents).await? {
            match library.editions_of.find(id, versions.document) {
                Some(all) => drop(editions.insert(id, all.to_vec())),
                None => drop(missing.insert(id, (versions.document, Vec::new()))),
            }
        }
        if !missing.is_empty() {
            let ids: Vec<DocumentId> = missing.keys().copied().collect();
            for edition in load::editions_of(self.db().await?, &ids).await? {
                missing.entry(edition.document).or_default().1.push(edition);
            }
            for (id, (version, all)) in missing {
                library.editions_of.keep(id, version, all.clone());
                editions.insert(id, all);
            }
        }
        editions.values().flatten().for_each(|edition| self.seen.editions.keep(edition.id, edition.clone()));
        Ok(editions)
    }

    /// Of a document that exists for the actor, published editions do too, and the draft if drafts do. The document was
    /// looked for before.
    fn sees_edition(&self, edition: &Edition) -> bool {
        let Some((document, _)) = self.seen.documents.find(edition.document) else { return false };
        match edition.state {
            EditionState::Draft => {
                let is_seen = self.sight.drafts(document.group, document.id);
                if is_seen {
                    self.note_personal();
                }
                is_seen
            }
            EditionState::Published(_) | EditionState::Superseded { .. } | EditionState::Withdrawn { .. } => true,
        }
    }
}
