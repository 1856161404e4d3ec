//! Documents and what is in them, by name or by id.

use async_graphql::{Context, ID, Object, Result};

use super::links;
use crate::graphql::{
    connection::{Connection, Paging},
    error::Code,
    id::{decode_document_id, decode_edition_id, decode_review_id},
    loaders::{ADocument, AReview, AnEdition, TreeOf},
    scalar::VersionNumber,
    session::{View, stored},
    types::{Document, Edition, EditionComparison, Recommendation, Review, Section},
};

/// Roots about documents.
#[derive(Default)]
pub(super) struct Documents;

/// Documents and what is in them, by name or by id.
#[Object]
impl Documents {
    /// A document, by its slug or by its id.
    async fn document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name in links.")] slug: Option<String>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
    ) -> Result<Option<Document>> {
        let view = View::of(ctx)?;
        let found = match (slug, id) {
            (Some(slug), None) => stored(view.reader().document_named(&slug).await)?,
            (None, Some(id)) => match decode_document_id(&id) {
                Some(id) => view.find(ADocument(id)).await?,
                None => None,
            },
            (Some(_), Some(_)) | (None, None) => return Err(Code::BadUserInput.error("give either slug or id")),
        };
        Ok(found.map(Document))
    }

    /// The documents that you may read something of, by slug.
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Document>> {
        Connection::documents(&*View::of(ctx)?, &Paging::new(first, after, last, before)?).await
    }

    /// An edition.
    async fn edition(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<Edition>> {
        let Some(id) = decode_edition_id(&id) else { return Ok(None) };
        Ok(View::of(ctx)?.find(AnEdition(id)).await?.map(Edition))
    }

    /// What differs between two editions of one document, down to the word; null unless you may read both.
    async fn compare_editions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the edition that changes start from.")] before: ID,
        #[graphql(desc = "Id of the edition that changes lead to.")] after: ID,
    ) -> Result<Option<EditionComparison>> {
        let (Some(before), Some(after)) = (decode_edition_id(&before), decode_edition_id(&after)) else {
            return Ok(None);
        };
        let view = View::of(ctx)?;
        let mut trees = view.list(vec![TreeOf(before), TreeOf(after)]).await?.into_iter();
        let (Some(before), Some(after)) = (trees.next(), trees.next()) else { return Ok(None) };
        if before.seen().document.id != after.seen().document.id {
            return Err(Code::BadUserInput.error("the editions are of different documents"));
        }
        Ok(Some(EditionComparison::new(before, after)?))
    }

    /// A review.
    async fn review(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<Review>> {
        let Some(id) = decode_review_id(&id) else { return Ok(None) };
        Ok(View::of(ctx)?.find(AReview(id)).await?.map(Review))
    }

    /// The permanent link to a section: in the edition in force, unless another is named.
    async fn section(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slug or the id of the document.")] document: String,
        #[graphql(desc = "The section's name in links.")] key: String,
        #[graphql(desc = "The number of the edition to look in.")] edition: Option<VersionNumber>,
    ) -> Result<Option<Section>> {
        let view = View::of(ctx)?;
        let Some(document) = links::document(&view, document).await? else { return Ok(None) };
        links::section(&view, document, &key, edition.map(|number| number.0)).await
    }

    /// The permanent link to a recommendation: in the edition in force, unless another is named. One that has left the
    /// edition in force is found in the latest published edition that had it.
    async fn recommendation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slug or the id of the document.")] document: String,
        #[graphql(desc = "Its number, such as 12 for R12.")] number: i32,
        #[graphql(desc = "The number of the edition to look in.")] edition: Option<VersionNumber>,
    ) -> Result<Option<Recommendation>> {
        let view = View::of(ctx)?;
        let Some(document) = links::document(&view, document).await? else { return Ok(None) };
        links::recommendation(&view, document, number, edition.map(|number| number.0)).await
    }
}
