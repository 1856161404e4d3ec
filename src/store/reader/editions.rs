//! Editions, and their texts as far as the actor may read them.

use std::{collections::HashMap, sync::Arc};

use super::{EditionTree, Reader};
use crate::{
    domain::{
        document::{
            Document,
            edition::{Edition, EditionState, EditionText},
            outline::{Outline, Placement},
            revision::Revision,
        },
        id::{DocumentId, EditionId},
    },
    store::{StoreError, load},
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
    /// The text of a section that is seen.
    pub fn revision(&self, placement: &Placement) -> Option<&Arc<Revision>> {
        self.text.revision(placement)
    }
}

impl Reader {
    /// The editions of these documents that exist for the actor, in the order of their numbers.
    pub async fn editions_of(
        &self,
        documents: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Arc<Vec<Edition>>>, StoreError> {
        self.remembered(|shelf| &shelf.editions_of, documents, async |ids| self.load_editions_of(&ids).await).await
    }

    async fn load_editions_of(
        &self,
        documents: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Arc<Vec<Edition>>>, StoreError> {
        let seen = self.documents(documents).await?;
        let ids: Vec<DocumentId> = seen.keys().copied().collect();
        let mut editions: HashMap<DocumentId, Vec<Edition>> = HashMap::new();
        for edition in load::editions_of(self.db().await?, &ids).await? {
            if self.sees_edition(&seen, &edition) {
                editions.entry(edition.document).or_default().push(edition);
            }
        }
        Ok(editions.into_iter().map(|(document, editions)| (document, Arc::new(editions))).collect())
    }

    /// Those of these editions that exist for the actor.
    pub async fn editions(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Edition>, StoreError> {
        let load = async |ids: Vec<EditionId>| Ok(self.editions_with_documents(&ids).await?.0);
        self.remembered(|shelf| &shelf.editions, ids, load).await
    }

    /// The same with their texts, laid out for reading.
    pub async fn edition_trees(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Arc<EditionTree>>, StoreError> {
        let load = async |ids: Vec<EditionId>| {
            let texts = self.edition_texts(&ids).await?;
            texts.into_iter().map(|(id, seen)| Ok((id, Arc::new(EditionTree::new(seen, self)?)))).collect()
        };
        self.remembered(|shelf| &shelf.trees, ids, load).await
    }

    /// The same with their texts. Published ones come from memory.
    pub async fn edition_texts(&self, ids: &[EditionId]) -> Result<HashMap<EditionId, Arc<SeenEdition>>, StoreError> {
        let (editions, documents) = self.editions_with_documents(ids).await?;
        let library = &self.store.0.library;
        let mut texts: HashMap<EditionId, Arc<EditionText>> =
            editions.keys().filter_map(|id| Some((*id, library.find(*id)?))).collect();
        let missing: Vec<EditionId> = editions.keys().filter(|id| !texts.contains_key(id)).copied().collect();
        if !missing.is_empty() {
            for (id, text) in load::edition_texts(self.db().await?, &missing).await? {
                let text = Arc::new(text);
                if editions.get(&id).is_some_and(|edition| edition.state != EditionState::Draft) {
                    library.keep(id, Arc::clone(&text));
                }
                texts.insert(id, text);
            }
        }
        let seen = editions.into_iter().filter_map(|(id, edition)| {
            let document = documents.get(&edition.document)?.clone();
            let text = texts.remove(&id)?;
            let audience = self.sight.audience(document.group, document.id);
            let outline = text.outline.seen_by(document.audience, audience);
            let is_extract = outline.len() < text.outline.len();
            Some((id, Arc::new(SeenEdition { document, edition, outline, is_extract, text })))
        });
        Ok(seen.collect())
    }

    async fn editions_with_documents(
        &self,
        ids: &[EditionId],
    ) -> Result<(HashMap<EditionId, Edition>, HashMap<DocumentId, Document>), StoreError> {
        let mut editions = load::editions(self.db().await?, ids).await?;
        let of: Vec<DocumentId> = editions.values().map(|edition| edition.document).collect();
        let documents = self.documents(&of).await?;
        editions.retain(|_, edition| self.sees_edition(&documents, edition));
        Ok((editions, documents))
    }

    /// Of a document that exists for the actor, published editions do too, and the draft if drafts do.
    fn sees_edition(&self, seen: &HashMap<DocumentId, Document>, edition: &Edition) -> bool {
        let Some(document) = seen.get(&edition.document) else { return false };
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
