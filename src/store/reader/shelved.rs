//! What a reader is told from the shelf, as far as it sees nothing else, and puts there for others.
//!
//! Everything here asks the reader's own methods for what the shelf does not know; so who may see what is decided there.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, atomic::Ordering},
};

use quick_cache::Weighter;

use super::{Currency, EditionTree, Reader};
use crate::{
    domain::{
        document::{Document, edition::Edition},
        id::{DocumentId, EditionId},
    },
    store::{
        Outlook, StoreError,
        shelf::{Memo, Shelf},
    },
};

impl Reader {
    /// The document with this slug, if it exists for the actor.
    pub async fn document_named(&self, slug: &str) -> Result<Option<Document>, StoreError> {
        let load = async |_: Vec<String>| {
            let found = self.document_by_slug(slug).await?;
            Ok(found.map(|document| (slug.to_owned(), document)).into_iter().collect())
        };
        let mut found = self.remembered(|shelf| &shelf.slugs, &[slug.to_owned()], load).await?;
        Ok(found.remove(slug))
    }

    /// Those of these documents that exist for the actor.
    pub async fn shelved_documents(&self, ids: &[DocumentId]) -> Result<HashMap<DocumentId, Document>, StoreError> {
        self.remembered(|shelf| &shelf.documents, ids, async |ids| self.documents(&ids).await).await
    }

    /// The editions of these documents that exist for the actor, in the order of their numbers.
    pub async fn shelved_editions_of(
        &self,
        documents: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Arc<Vec<Edition>>>, StoreError> {
        let load = async |ids: Vec<DocumentId>| {
            let editions = self.editions_of(&ids).await?;
            Ok(editions.into_iter().map(|(document, editions)| (document, Arc::new(editions))).collect())
        };
        self.remembered(|shelf| &shelf.editions_of, documents, load).await
    }

    /// Those of these editions that exist for the actor.
    pub async fn shelved_editions(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Edition>, StoreError> {
        self.remembered(|shelf| &shelf.editions, ids, async |ids| self.editions(&ids).await).await
    }

    /// The same with their texts, laid out for reading.
    pub async fn edition_trees(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Arc<EditionTree>>, StoreError> {
        let load = async |ids: Vec<EditionId>| {
            let texts = self.edition_texts(&ids).await?;
            texts.into_iter().map(|(id, seen)| Ok((id, Arc::new(EditionTree::new(seen, self)?)))).collect()
        };
        self.remembered(|shelf| &shelf.trees, ids, load).await
    }

    /// Which of these documents, if they exist for the actor, are under review.
    pub async fn shelved_in_review(&self, documents: &[DocumentId]) -> Result<HashMap<DocumentId, ()>, StoreError> {
        let load = async |ids: Vec<DocumentId>| {
            Ok(self.in_review(&ids).await?.into_iter().map(|document| (document, ())).collect())
        };
        self.remembered(|shelf| &shelf.in_review, documents, load).await
    }

    /// The latest statement of currency of each of these documents, if there is one.
    pub async fn shelved_currency(
        &self,
        documents: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Currency>, StoreError> {
        self.remembered(|shelf| &shelf.currency, documents, async |ids| self.currency(&ids).await).await
    }

    /// What the shelf knows of a thing: the outer `None` if nothing, the inner if it is not there for this reader.
    fn at_hand<K, V, W>(&self, memo: impl Fn(&Shelf) -> &Memo<K, V, W>, key: &K) -> Option<Option<V>>
    where
        K: Hash + Eq + Clone,
        V: Clone,
        W: Weighter<(Outlook, K), Option<V>> + Clone,
    {
        let found = memo(&self.store.0.shelf).find(self.outlook()?, key)?;
        self.note_from_memory();
        Some(found)
    }

    /// What the shelf knows of a document: the outer `None` if nothing, the inner if it is not there for this reader.
    pub fn document_at_hand(&self, id: DocumentId) -> Option<Option<Document>> {
        self.at_hand(|shelf| &shelf.documents, &id)
    }

    /// The editions of a document, likewise.
    pub fn editions_of_at_hand(&self, id: DocumentId) -> Option<Option<Arc<Vec<Edition>>>> {
        self.at_hand(|shelf| &shelf.editions_of, &id)
    }

    /// An edition, likewise.
    pub fn edition_at_hand(&self, id: EditionId) -> Option<Option<Edition>> {
        self.at_hand(|shelf| &shelf.editions, &id)
    }

    /// An edition with its text, likewise.
    pub fn edition_tree_at_hand(&self, id: EditionId) -> Option<Option<Arc<EditionTree>>> {
        self.at_hand(|shelf| &shelf.trees, &id)
    }

    /// Whether a document is under review, likewise.
    pub fn in_review_at_hand(&self, id: DocumentId) -> Option<Option<()>> {
        self.at_hand(|shelf| &shelf.in_review, &id)
    }

    /// The statement of currency of a document, likewise.
    pub fn currency_at_hand(&self, id: DocumentId) -> Option<Option<Currency>> {
        self.at_hand(|shelf| &shelf.currency, &id)
    }

    /// Things by key: from the shelf as far as it knows them, and from `load` what is left. To ask the database takes room,
    /// which whoever waits for one of many fields would else hold for each of them.
    async fn remembered<K, V, W>(
        &self,
        memo: impl Fn(&Shelf) -> &Memo<K, V, W>,
        keys: &[K],
        load: impl AsyncFnOnce(Vec<K>) -> Result<HashMap<K, V>, StoreError>,
    ) -> Result<HashMap<K, V>, StoreError>
    where
        K: Hash + Eq + Clone,
        V: Clone,
        W: Weighter<(Outlook, K), Option<V>> + Clone,
    {
        let memo = memo(&self.store.0.shelf);
        let Some(outlook) = self.outlook() else { return Box::pin(load(keys.to_vec())).await };
        let (mut known, missing) = memo.part(outlook, keys);
        if missing.len() < keys.len() {
            self.note_from_memory();
        }
        if !missing.is_empty() {
            let loaded = Box::pin(load(missing.clone())).await?;
            // Only now is it sure of which epoch that is.
            if let Some(outlook) = self.outlook().filter(|_| self.epoch.initialized()) {
                for key in missing {
                    memo.keep(outlook, key.clone(), loaded.get(&key).cloned());
                }
            }
            known.extend(loaded);
        }
        Ok(known)
    }

    fn note_from_memory(&self) {
        if !self.epoch.initialized() {
            self.notes.is_from_memory.store(true, Ordering::Relaxed);
        }
    }
}
