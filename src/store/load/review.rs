//! Reviews with everything that the rules ask about them.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Select};

use super::{documents, draft_texts, editions, outlines, seats_of};
use crate::{
    domain::{
        document::edition::EditionState,
        id::{DocumentId, EditionId, GroupId, ReviewId, SectionId},
        review::{Base, Review, ReviewFacts, position::Positions, request::Acceptance},
    },
    store::{StoreError, row},
};

/// Reviews chosen by a condition, oldest first.
pub(in crate::store) async fn reviews(
    db: &DatabaseTransaction,
    chosen: Select<::entity::review::Entity>,
) -> Result<Vec<Review>, StoreError> {
    use ::entity::review::Column;
    let rows = chosen.order_by_asc(Column::OpenedAt).order_by_asc(Column::Id).all(db).await?;
    let of: Vec<DocumentId> = rows.iter().map(|row| DocumentId(row.document_id)).collect();
    let documents = documents(db, &of).await?;
    rows.into_iter()
        .map(|row| {
            let document = documents
                .get(&DocumentId(row.document_id))
                .ok_or_else(|| StoreError::unbelievable("review", row.id, "no document"))?;
            row::review(row, document)
        })
        .collect()
}

/// Everything that questions about these reviews depend on. Of a reaffirmed one, whose draft is gone, the text is that
/// of the edition it reaffirmed, since they were the same.
pub(in crate::store) async fn review_facts(
    db: &DatabaseTransaction,
    reviews: Vec<Review>,
) -> Result<HashMap<ReviewId, ReviewFacts>, StoreError> {
    let examined = |review: &Review| review.draft.or(review.base);
    let texts_of: Vec<EditionId> = reviews.iter().filter_map(examined).collect();
    let bases: Vec<EditionId> = reviews.iter().filter_map(|review| review.base).collect();
    let heads_of: Vec<EditionId> = texts_of.iter().chain(&bases).copied().collect();
    let groups: HashSet<GroupId> = reviews.iter().map(|review| review.group).collect();
    let groups: Vec<GroupId> = groups.into_iter().collect();

    let texts = draft_texts(db, &texts_of).await?;
    let outlines = outlines(db, &bases).await?;
    let editions = editions(db, &heads_of).await?;
    let seats = seats_of(db, &groups).await?;
    let mut positions = positions(db, &reviews).await?;
    let mut acceptances = acceptances(db, &reviews).await?;
    let mut chosen = chosen(db, &reviews).await?;

    let facts = reviews.into_iter().map(|review| {
        let base = review.base.and_then(|base| {
            let edition = editions.get(&base)?;
            let is_in_force = matches!(edition.state, EditionState::Published(_));
            Some(Base { number: edition.number, outline: outlines.get(&base)?.clone(), is_in_force })
        });
        let facts = ReviewFacts {
            draft: review.draft.and_then(|draft| editions.get(&draft)).cloned(),
            text: examined(&review).and_then(|edition| texts.get(&edition)).cloned().unwrap_or_default(),
            base,
            seats: seats.iter().filter(|seat| seat.group == review.group).cloned().collect(),
            positions: positions.remove(&review.id).unwrap_or_default(),
            chosen: chosen.remove(&review.id).unwrap_or_default(),
            acceptances: acceptances.remove(&review.id).unwrap_or_default(),
            review,
        };
        (facts.review.id, facts)
    });
    Ok(facts.collect())
}

async fn positions(db: &DatabaseTransaction, reviews: &[Review]) -> Result<HashMap<ReviewId, Positions>, StoreError> {
    use ::entity::position::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::ReviewId.is_in(reviews.iter().map(|review| review.id.0)))
        .order_by_asc(Column::TakenAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let mut positions: HashMap<ReviewId, Positions> = HashMap::new();
    for row in rows {
        positions.entry(ReviewId(row.review_id)).or_default().push(row::position(row)?);
    }
    Ok(positions)
}

async fn acceptances(
    db: &DatabaseTransaction,
    reviews: &[Review],
) -> Result<HashMap<ReviewId, Vec<Acceptance>>, StoreError> {
    use ::entity::acceptance::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::ReviewId.is_in(reviews.iter().map(|review| review.id.0)))
        .order_by_asc(Column::AcceptedAt)
        .order_by_asc(Column::SeatId)
        .all(db)
        .await?;
    let mut acceptances: HashMap<ReviewId, Vec<Acceptance>> = HashMap::new();
    for row in rows {
        acceptances.entry(ReviewId(row.review_id)).or_default().push(row::acceptance(&row));
    }
    Ok(acceptances)
}

async fn chosen(db: &DatabaseTransaction, reviews: &[Review]) -> Result<HashMap<ReviewId, Vec<SectionId>>, StoreError> {
    use ::entity::review_section::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::ReviewId.is_in(reviews.iter().map(|review| review.id.0)))
        .order_by_asc(Column::SectionId)
        .all(db)
        .await?;
    let mut chosen: HashMap<ReviewId, Vec<SectionId>> = HashMap::new();
    for row in rows {
        chosen.entry(ReviewId(row.review_id)).or_default().push(SectionId(row.section_id));
    }
    Ok(chosen)
}
