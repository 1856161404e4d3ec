//! Ballots.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    domain::{id::ReviewId, review::ballot::Ballot},
    store::{StoreError, row},
};

/// The ballots of these reviews, with who votes: one statement.
pub(in crate::store) async fn ballots(
    db: &impl ConnectionTrait,
    reviews: &[ReviewId],
) -> Result<HashMap<ReviewId, Vec<Ballot>>, StoreError> {
    use ::entity::{ballot, elector};
    let rows = ballot::Entity::find()
        .find_with_related(elector::Entity)
        .filter(ballot::Column::ReviewId.is_in(reviews.iter().map(|id| id.0)))
        .order_by_asc(ballot::Column::OpenedAt)
        .order_by_asc(elector::Column::SeatId)
        .all(db)
        .await?;
    let mut ballots: HashMap<ReviewId, Vec<Ballot>> = HashMap::new();
    for (row, electors) in rows {
        ballots.entry(ReviewId(row.review_id)).or_default().push(row::ballot(row, electors)?);
    }
    Ok(ballots)
}
