//! Documents, and the list of them.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{Page, Reader, Slice};
use crate::{
    domain::{
        document::{Document, Key},
        id::DocumentId,
    },
    store::{
        StoreError, load,
        row::{self, DocumentRow, Versions},
        visible,
    },
};

impl Reader {
    /// Those of these documents that exist for the actor.
    pub async fn documents(&self, ids: &[DocumentId]) -> Result<HashMap<DocumentId, Document>, StoreError> {
        let known = self.versioned_documents(ids).await?;
        Ok(known.into_iter().map(|(id, (document, _))| (id, document)).collect())
    }

    /// The same, with the versions that they were read at.
    pub(super) async fn versioned_documents(
        &self,
        ids: &[DocumentId],
    ) -> Result<HashMap<DocumentId, (Document, Versions)>, StoreError> {
        use ::entity::document::Column;
        let unknown = self.seen.documents.unknown(ids);
        if !unknown.is_empty() {
            self.find_documents(Column::Id.is_in(unknown.iter().map(|id| id.0))).await?;
        }
        Ok(self.seen.documents.known(ids))
    }

    /// The document with this slug.
    pub async fn document_by_slug(&self, slug: &str) -> Result<Option<Document>, StoreError> {
        use ::entity::document::Column;
        // What cannot be a slug is nobody's. A NUL in it would be an error to PostgreSQL.
        let Ok(slug) = Key::new(slug) else { return Ok(None) };
        let found = self.find_documents(Column::Slug.eq(slug.as_str())).await?;
        Ok(found.into_iter().next())
    }

    /// The documents that exist for the actor, by slug.
    pub async fn list_documents(&self, page: &Page) -> Result<Slice<Document>, StoreError> {
        match self.page_of_documents(page).await {
            Err(error) if self.turns_to_primary(&error) => self.page_of_documents(page).await,
            settled => settled,
        }
    }

    async fn page_of_documents(&self, page: &Page) -> Result<Slice<Document>, StoreError> {
        use ::entity::document::{Column, Entity};
        let order = if page.from_end { Order::Desc } else { Order::Asc };
        let rows = load::with_versions(Entity::find())
            .filter(visible::documents(&self.sight))
            .filter(within(page, Column::Slug.into_simple_expr(), Column::Id.into_simple_expr()))
            .order_by(Column::Slug, order.clone())
            .order_by(Column::Id, order)
            .limit(page.size + 1)
            .into_model::<DocumentRow>()
            .all(self.db().await?)
            .await?;
        Ok(Slice::cut(self.remember(rows)?, page))
    }

    /// How many documents exist for the actor.
    pub async fn count_documents(&self) -> Result<u64, StoreError> {
        use ::entity::document::Entity;
        Ok(Entity::find().filter(visible::documents(&self.sight)).count(self.db().await?).await?)
    }

    async fn find_documents(&self, which: SimpleExpr) -> Result<Vec<Document>, StoreError> {
        match self.ask_for_documents(which.clone()).await {
            Err(error) if self.turns_to_primary(&error) => self.ask_for_documents(which).await,
            settled => settled,
        }
    }

    async fn ask_for_documents(&self, which: SimpleExpr) -> Result<Vec<Document>, StoreError> {
        use ::entity::document::Entity;
        let chosen = load::with_versions(Entity::find()).filter(visible::documents(&self.sight)).filter(which);
        self.remember(chosen.into_model::<DocumentRow>().all(self.db().await?).await?)
    }

    /// Believes rows that the actor sees.
    fn remember(&self, rows: Vec<DocumentRow>) -> Result<Vec<Document>, StoreError> {
        let mut documents = Vec::with_capacity(rows.len());
        for row in rows {
            let (document, versions) = row::versioned_document(row)?;
            self.seen.documents.keep(document.id, (document.clone(), versions));
            documents.push(document);
        }
        Ok(documents)
    }
}

/// Keeps what lies after and before the page's cursors, in the order of `key`, then `id`.
pub(super) fn within(page: &Page, key: SimpleExpr, id: SimpleExpr) -> Condition {
    let beyond = |cursor: &(String, Uuid), after: bool| {
        let (text, row) = cursor;
        let tuple = Expr::tuple([key.clone(), id.clone()]);
        let bound = Expr::tuple([Expr::value(text.clone()), Expr::value(*row)]);
        if after { tuple.gt(bound) } else { tuple.lt(bound) }
    };
    let mut kept = Condition::all();
    if let Some(after) = &page.after {
        kept = kept.add(beyond(after, true));
    }
    if let Some(before) = &page.before {
        kept = kept.add(beyond(before, false));
    }
    kept
}
