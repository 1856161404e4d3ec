//! Permanent links: where a slug, a key or a number leads.

use async_graphql::{ID, Result};

use crate::{
    domain::{
        document::{
            content::RecommendationNumber,
            edition::{Edition, EditionNumber, EditionState},
        },
        id::{DocumentId, EditionId},
    },
    graphql::{
        id::decode_document_id,
        loaders::{EditionsOf, TreeOf},
        session::{View, stored},
        types::{Recommendation, Section},
    },
};

/// The document that a slug or an id names.
pub(super) async fn document(view: &View, named: String) -> Result<Option<DocumentId>> {
    // No slug reads as an id: those have capitals in them.
    if let Some(id) = decode_document_id(&ID(named.clone())) {
        return Ok(Some(id));
    }
    Ok(stored(view.reader().document_named(&named).await)?.map(|document| document.id))
}

/// The edition in force.
pub(in crate::graphql) fn in_force(editions: &[Edition]) -> Option<&Edition> {
    editions.iter().find(|edition| matches!(edition.state, EditionState::Published(_)))
}

/// The section with a key, in the edition in force unless another is named.
pub(in crate::graphql) async fn section(
    view: &View,
    document: DocumentId,
    key: &str,
    number: Option<EditionNumber>,
) -> Result<Option<Section>> {
    let editions = view.find(EditionsOf(document)).await?.unwrap_or_default();
    let Some(edition) = chosen(&editions, number) else { return Ok(None) };
    let tree = view.find(TreeOf(edition)).await?;
    Ok(tree.and_then(|tree| Section::with_key(&tree, key)))
}

/// The recommendation with a number, in the edition named; or else in the edition in force, or in the latest published
/// one that had it.
pub(in crate::graphql) async fn recommendation(
    view: &View,
    document: DocumentId,
    number: i32,
    edition: Option<EditionNumber>,
) -> Result<Option<Recommendation>> {
    let Some(number) = u32::try_from(number).ok().and_then(RecommendationNumber::new) else { return Ok(None) };
    let editions = view.find(EditionsOf(document)).await?.unwrap_or_default();
    let first: Vec<EditionId> = chosen(&editions, edition).into_iter().collect();
    if let Some(found) = recommendation_in(view, first, number).await? {
        return Ok(Some(found));
    }
    if edition.is_some() {
        return Ok(None);
    }
    let published = editions.iter().rev().filter(|edition| edition.state.publication().is_some());
    recommendation_in(view, published.map(|edition| edition.id).collect(), number).await
}

async fn recommendation_in(
    view: &View,
    editions: Vec<EditionId>,
    number: RecommendationNumber,
) -> Result<Option<Recommendation>> {
    let trees = view.list(editions.into_iter().map(TreeOf).collect()).await?;
    Ok(trees.iter().find_map(|tree| Recommendation::find(&Section::all(tree), number)))
}

fn chosen(editions: &[Edition], number: Option<EditionNumber>) -> Option<EditionId> {
    let edition = match number {
        Some(number) => editions.iter().find(|edition| edition.number == number),
        None => in_force(editions),
    };
    edition.map(|edition| edition.id)
}
