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
    store::{StoreError, row, visible},
};

impl Reader {
    /// Those of these documents that exist for the actor.
    pub async fn documents(&self, ids: &[DocumentId]) -> Result<HashMap<DocumentId, Document>, StoreError> {
        use ::entity::document::Column;
        self.remembered(
            |shelf| &shelf.documents,
            ids,
            async |ids| {
                let found = self.find_documents(Column::Id.is_in(ids.iter().map(|id| id.0))).await?;
                Ok(found.into_iter().map(|document| (document.id, document)).collect())
            },
        )
        .await
    }

    /// The document with this slug.
    pub async fn document_by_slug(&self, slug: &str) -> Result<Option<Document>, StoreError> {
        use ::entity::document::Column;
        // What cannot be a slug is nobody's. A NUL in it would be an error to PostgreSQL.
        let Ok(slug) = Key::new(slug) else { return Ok(None) };
        let mut found = self
            .remembered(
                |shelf| &shelf.slugs,
                &[slug.to_string()],
                async |_| {
                    let found = self.find_documents(Column::Slug.eq(slug.as_str())).await?;
                    Ok(found.into_iter().map(|document| (document.slug.to_string(), document)).collect())
                },
            )
            .await?;
        Ok(found.remove(slug.as_str()))
    }

    /// The documents that exist for the actor, by slug.
    pub async fn list_documents(&self, page: &Page) -> Result<Slice<Document>, StoreError> {
        use ::entity::document::{Column, Entity};
        let order = if page.from_end { Order::Desc } else { Order::Asc };
        let rows = Entity::find()
            .filter(visible::documents(&self.sight))
            .filter(within(page, Column::Slug.into_simple_expr(), Column::Id.into_simple_expr()))
            .order_by(Column::Slug, order.clone())
            .order_by(Column::Id, order)
            .limit(page.size + 1)
            .all(self.db().await?)
            .await?;
        let documents = rows.into_iter().map(row::document).collect::<Result<_, _>>()?;
        Ok(Slice::cut(documents, page))
    }

    /// How many documents exist for the actor.
    pub async fn count_documents(&self) -> Result<u64, StoreError> {
        use ::entity::document::Entity;
        Ok(Entity::find().filter(visible::documents(&self.sight)).count(self.db().await?).await?)
    }

    async fn find_documents(&self, which: SimpleExpr) -> Result<Vec<Document>, StoreError> {
        use ::entity::document::Entity;
        let rows = Entity::find().filter(visible::documents(&self.sight)).filter(which).all(self.db().await?).await?;
        rows.into_iter().map(row::document).collect()
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
