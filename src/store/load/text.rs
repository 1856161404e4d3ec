//! Trees and texts of editions.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    Select, sea_query::Expr,
};

use crate::{
    domain::{
        document::{
            change::{DraftStep, DraftText},
            content::Digest,
            edition::EditionText,
            outline::Outline,
            revision::{ChangeClass, Revision, RevisionHead},
        },
        id::{EditionId, RevisionId},
    },
    store::{
        StoreError,
        row::{self, HeadRow, PlacementRow, RevisionRow},
    },
};

/// The tree of an edition, with the heads of the revisions it names.
#[derive(Clone, Default)]
pub(in crate::store) struct Tree {
    pub(in crate::store) outline: Outline,
    pub(in crate::store) heads: HashMap<RevisionId, RevisionHead>,
}

/// The trees of these editions: one statement.
pub(in crate::store) async fn trees(
    db: &DatabaseTransaction,
    editions: &[EditionId],
) -> Result<HashMap<EditionId, Tree>, StoreError> {
    use ::entity::{editorial_confirmation as confirmation, placement, section};
    if editions.is_empty() {
        return Ok(HashMap::new());
    }
    let asked = "(SELECT string_agg(requirement.discipline || ' ' || requirement.approvals, ',') FROM requirement \
                 WHERE requirement.edition_id = placement.edition_id \
                 AND requirement.section_id = placement.section_id)";
    let rows = placement::Entity::find()
        .join(JoinType::InnerJoin, placement::Relation::Section.def())
        .join(JoinType::InnerJoin, placement::Relation::Revision.def())
        .join_rev(JoinType::LeftJoin, confirmation::Relation::Revision.def())
        .column(section::Column::Key)
        .columns(HEAD)
        .columns([confirmation::Column::ConfirmedById, confirmation::Column::ConfirmedAt])
        .expr_as(Expr::cust(asked), "requirements")
        .filter(placement::Column::EditionId.is_in(editions.iter().map(|id| id.0)))
        .order_by_asc(placement::Column::EditionId)
        .order_by_asc(placement::Column::Ordinal)
        .into_model::<PlacementRow>()
        .all(db)
        .await?;
    let mut placements = HashMap::new();
    let mut heads: HashMap<EditionId, HashMap<RevisionId, RevisionHead>> = HashMap::new();
    for row in rows {
        let edition = EditionId(row.edition_id);
        let head = row::revision_head(&row.head)?;
        heads.entry(edition).or_default().insert(head.id, head);
        placements.entry(edition).or_insert_with(Vec::new).push(row::placement(row)?);
    }
    let mut trees = HashMap::new();
    for edition in editions {
        let outline = Outline::new(placements.remove(edition).unwrap_or_default())
            .map_err(|problem| StoreError::unbelievable("placement", edition, problem))?;
        trees.insert(*edition, Tree { outline, heads: heads.remove(edition).unwrap_or_default() });
    }
    Ok(trees)
}

/// The trees of these editions, without their heads.
pub(in crate::store) async fn outlines(
    db: &DatabaseTransaction,
    editions: &[EditionId],
) -> Result<HashMap<EditionId, Outline>, StoreError> {
    Ok(trees(db, editions).await?.into_iter().map(|(edition, tree)| (edition, tree.outline)).collect())
}

/// Trees with every text they name.
pub(in crate::store) async fn edition_texts(
    db: &DatabaseTransaction,
    editions: &[EditionId],
) -> Result<HashMap<EditionId, EditionText>, StoreError> {
    let outlines = outlines(db, editions).await?;
    let named: Vec<RevisionId> =
        outlines.values().flat_map(|outline| outline.iter().map(|placement| placement.revision)).collect();
    let all = revisions(db, &named).await?;
    Ok(outlines.into_iter().map(|(edition, outline)| (edition, text(outline, &all))).collect())
}

/// A tree with its texts, as far as they are among these.
pub(in crate::store) fn text(outline: Outline, all: &HashMap<RevisionId, Arc<Revision>>) -> EditionText {
    let named = outline.iter().map(|placement| placement.revision);
    let revisions = named.filter_map(|revision| Some((revision, Arc::clone(all.get(&revision)?)))).collect();
    EditionText { outline, revisions }
}

/// Revisions by identity.
pub(in crate::store) async fn revisions(
    db: &DatabaseTransaction,
    ids: &[RevisionId],
) -> Result<HashMap<RevisionId, Arc<Revision>>, StoreError> {
    use ::entity::revision::{Column, Entity};
    let mut revisions = HashMap::new();
    // A statement takes a bounded number of values, on SQLite some thirty thousand.
    for ids in ids.chunks(10_000) {
        let chosen = with_heads(Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0))));
        for row in chosen.column(Column::Content).into_model::<RevisionRow>().all(db).await? {
            let revision = row::revision(&row)?;
            revisions.insert(revision.head.id, Arc::new(revision));
        }
    }
    Ok(revisions)
}

/// Drafts as the rules see them, without their words.
///
/// What lies behind a section's current revision matters only where that one is a confirmed editorial change, which
/// carries signatures over; so only then is it loaded. The same holds for the steps of the whole: the last of them was
/// made by a current revision, or by none.
pub(in crate::store) async fn draft_texts(
    db: &DatabaseTransaction,
    trees: HashMap<EditionId, Tree>,
) -> Result<HashMap<EditionId, DraftText>, StoreError> {
    use ::entity::{draft_step, revision};
    let mut drafts: HashMap<EditionId, DraftText> = HashMap::new();
    let (mut reworded, mut sections) = (Vec::new(), HashSet::new());
    for (edition, Tree { outline, heads }) in trees {
        let editorial = heads.values().filter(|head| head.effective_class() == ChangeClass::Editorial);
        let of: Vec<_> = editorial.map(|head| head.section).collect();
        if !of.is_empty() {
            reworded.push(edition.0);
            sections.extend(of);
        }
        drafts.insert(edition, DraftText { outline, revisions: heads, steps: vec![] });
    }
    if reworded.is_empty() {
        return Ok(drafts);
    }
    let earlier = revision::Entity::find().filter(revision::Column::SectionId.is_in(sections.iter().map(|id| id.0)));
    for row in with_heads(earlier).into_model::<HeadRow>().all(db).await? {
        let head = row::revision_head(&row)?;
        for draft in drafts.values_mut().filter(|draft| draft.outline.find(head.section).is_some()) {
            draft.revisions.insert(head.id, head.clone());
        }
    }
    let rows = draft_step::Entity::find()
        .filter(draft_step::Column::EditionId.is_in(reworded))
        .order_by_asc(draft_step::Column::EditionId)
        .order_by_asc(draft_step::Column::Ordinal)
        .all(db)
        .await?;
    for row in rows {
        let digest = Digest::try_from(row.digest.as_slice())
            .map_err(|_| StoreError::unbelievable("draft_step", row.edition_id, "column digest"))?;
        let step = DraftStep { digest, revision: row.revision_id.map(RevisionId) };
        drafts.entry(EditionId(row.edition_id)).or_default().steps.push(step);
    }
    Ok(drafts)
}

/// What the head of a revision is made of, besides its confirmation.
const HEAD: [::entity::revision::Column; 7] = {
    use ::entity::revision::Column::{AuthorId, BasedOnId, ChangeClass, CreatedAt, Digest, Id, SectionId};
    [Id, SectionId, Digest, ChangeClass, BasedOnId, AuthorId, CreatedAt]
};

/// Heads of revisions.
fn with_heads(chosen: Select<::entity::revision::Entity>) -> Select<::entity::revision::Entity> {
    use ::entity::editorial_confirmation as confirmation;
    chosen
        .select_only()
        .columns(HEAD)
        .join_rev(JoinType::LeftJoin, confirmation::Relation::Revision.def())
        .columns([confirmation::Column::ConfirmedById, confirmation::Column::ConfirmedAt])
}
