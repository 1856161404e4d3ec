//! Trees and texts of editions.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationTrait, Select, prelude::Uuid,
};

use crate::{
    domain::{
        document::{
            Requirements,
            change::{DraftStep, DraftText},
            content::Digest,
            edition::EditionText,
            outline::{Outline, Placement},
            revision::Revision,
            revision::RevisionHead,
        },
        id::{EditionId, RevisionId, SectionId},
        role::Discipline,
    },
    store::{
        StoreError,
        row::{self, HeadRow, PlacementRow},
    },
};

/// The trees of these editions.
pub(in crate::store) async fn outlines(
    db: &DatabaseTransaction,
    editions: &[EditionId],
) -> Result<HashMap<EditionId, Outline>, StoreError> {
    use ::entity::{placement, revision, section};
    let mut requirements = requirements(db, editions).await?;
    let rows = placement::Entity::find()
        .join(JoinType::InnerJoin, placement::Relation::Section.def())
        .join(JoinType::InnerJoin, placement::Relation::Revision.def())
        .column(section::Column::Key)
        .column(revision::Column::Digest)
        .filter(placement::Column::EditionId.is_in(editions.iter().map(|id| id.0)))
        .order_by_asc(placement::Column::EditionId)
        .order_by_asc(placement::Column::Ordinal)
        .into_model::<PlacementRow>()
        .all(db)
        .await?;
    let mut placements: HashMap<EditionId, Vec<Placement>> = HashMap::new();
    for row in rows {
        let needs = requirements.remove(&(row.edition_id, row.section_id)).unwrap_or_default();
        placements.entry(EditionId(row.edition_id)).or_default().push(row::placement(row, needs)?);
    }
    let mut outlines = HashMap::new();
    for edition in editions {
        let outline = Outline::new(placements.remove(edition).unwrap_or_default())
            .map_err(|problem| StoreError::unbelievable("placement", edition, problem))?;
        outlines.insert(*edition, outline);
    }
    Ok(outlines)
}

async fn requirements(
    db: &DatabaseTransaction,
    editions: &[EditionId],
) -> Result<HashMap<(Uuid, Uuid), Requirements>, StoreError> {
    use ::entity::requirement::{Column, Entity};
    let rows = Entity::find().filter(Column::EditionId.is_in(editions.iter().map(|id| id.0))).all(db).await?;
    let mut requirements: HashMap<(Uuid, Uuid), Requirements> = HashMap::new();
    for row in rows {
        let refuse = |column| StoreError::unbelievable("requirement", row.section_id, column);
        let discipline = Discipline::from_word(&row.discipline).ok_or_else(|| refuse("column discipline"))?;
        let approvals = u8::try_from(row.approvals).map_err(|_| refuse("column approvals"))?;
        let of_section = requirements.entry((row.edition_id, row.section_id)).or_default();
        if !of_section.require(discipline, approvals) {
            return Err(refuse("column approvals"));
        }
    }
    Ok(requirements)
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
    let texts = outlines.into_iter().map(|(edition, outline)| {
        let revisions = outline
            .iter()
            .filter_map(|placement| Some((placement.revision, Arc::clone(all.get(&placement.revision)?))))
            .collect();
        (edition, EditionText { outline, revisions })
    });
    Ok(texts.collect())
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
        let wanted = || ids.iter().map(|id| id.0);
        let heads = heads(db, Entity::find().filter(Column::Id.is_in(wanted()))).await?;
        let contents: Vec<(Uuid, String)> = Entity::find()
            .select_only()
            .column(Column::Id)
            .column(Column::Content)
            .filter(Column::Id.is_in(wanted()))
            .into_tuple()
            .all(db)
            .await?;
        let contents: HashMap<Uuid, String> = contents.into_iter().collect();
        for (id, head) in heads {
            let json = contents.get(&id.0).ok_or_else(|| StoreError::unbelievable("revision", id, "no content"))?;
            let content = row::content(&head, json)?;
            revisions.insert(id, Arc::new(Revision { head, content }));
        }
    }
    Ok(revisions)
}

/// Drafts as the rules see them, without their words.
pub(in crate::store) async fn draft_texts(
    db: &DatabaseTransaction,
    editions: &[EditionId],
) -> Result<HashMap<EditionId, DraftText>, StoreError> {
    use ::entity::{draft_step, placement, revision};
    let outlines = outlines(db, editions).await?;
    // The sections are asked for where they stand: a statement takes a bounded number of values.
    let placed = placement::Entity::find()
        .select_only()
        .column(placement::Column::SectionId)
        .filter(placement::Column::EditionId.is_in(editions.iter().map(|id| id.0)))
        .into_query();
    let heads = heads(db, revision::Entity::find().filter(revision::Column::SectionId.in_subquery(placed))).await?;
    let rows = draft_step::Entity::find()
        .filter(draft_step::Column::EditionId.is_in(editions.iter().map(|id| id.0)))
        .order_by_asc(draft_step::Column::EditionId)
        .order_by_asc(draft_step::Column::Ordinal)
        .all(db)
        .await?;
    let mut steps: HashMap<EditionId, Vec<DraftStep>> = HashMap::new();
    for row in rows {
        let digest = Digest::try_from(row.digest.as_slice())
            .map_err(|_| StoreError::unbelievable("draft_step", row.edition_id, "column digest"))?;
        let step = DraftStep { digest, revision: row.revision_id.map(RevisionId) };
        steps.entry(EditionId(row.edition_id)).or_default().push(step);
    }
    let mut by_section: HashMap<SectionId, Vec<RevisionHead>> = HashMap::new();
    for head in heads.into_values() {
        by_section.entry(head.section).or_default().push(head);
    }
    let drafts = outlines.into_iter().map(|(edition, outline)| {
        let of_section = |placement: &Placement| by_section.get(&placement.section).cloned().unwrap_or_default();
        let revisions = outline.iter().flat_map(of_section).map(|head| (head.id, head)).collect();
        (edition, DraftText { outline, revisions, steps: steps.remove(&edition).unwrap_or_default() })
    });
    Ok(drafts.collect())
}

async fn heads(
    db: &DatabaseTransaction,
    chosen: Select<::entity::revision::Entity>,
) -> Result<HashMap<RevisionId, RevisionHead>, StoreError> {
    use ::entity::{editorial_confirmation as confirmation, revision::Column};
    let rows = chosen
        .select_only()
        .columns([
            Column::Id,
            Column::SectionId,
            Column::Digest,
            Column::ChangeClass,
            Column::BasedOnId,
            Column::AuthorId,
            Column::CreatedAt,
        ])
        .join_rev(JoinType::LeftJoin, confirmation::Relation::Revision.def())
        .column(confirmation::Column::ConfirmedById)
        .column(confirmation::Column::ConfirmedAt)
        .into_model::<HeadRow>()
        .all(db)
        .await?;
    rows.iter().map(|row| row::revision_head(row).map(|head| (head.id, head))).collect()
}
