//! Interests, and what was decided about them in reviews.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    domain::{
        id::{GroupId, PersonId, ReviewId},
        interest::Interest,
        review::participation::{ActionTaken, Actions},
    },
    store::{StoreError, row},
};

/// The register of these groups, entries that are over or withheld included, in the order of declaring.
pub(in crate::store) async fn interests_of(
    db: &impl ConnectionTrait,
    groups: &[GroupId],
) -> Result<Vec<(GroupId, Interest)>, StoreError> {
    use ::entity::interest::{Column, Entity};
    let of = Column::GroupId.is_in(groups.iter().map(|id| id.0));
    let rows = Entity::find().filter(of).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(|row| Ok((GroupId(row.group_id), row::interest(row)?))).collect()
}

/// What was decided about interests in these reviews.
pub(in crate::store) async fn interest_actions(
    db: &impl ConnectionTrait,
    reviews: &[ReviewId],
) -> Result<HashMap<ReviewId, Actions>, StoreError> {
    use ::entity::{
        interest,
        interest_action::{Column, Entity},
        seat,
    };
    if reviews.is_empty() {
        return Ok(HashMap::new());
    }
    let of = Column::ReviewId.is_in(reviews.iter().map(|id| id.0));
    let rows = Entity::find().find_also_related(interest::Entity).filter(of).all(db).await?;
    let seats = rows.iter().filter_map(|(_, interest)| interest.as_ref()).map(|interest| interest.seat_id);
    let seats = seat::Entity::find().filter(seat::Column::Id.is_in(seats)).all(db).await?;
    let holders: HashMap<_, _> = seats.into_iter().map(|seat| (seat.id, PersonId(seat.person_id))).collect();
    let mut actions: HashMap<ReviewId, Vec<ActionTaken>> = HashMap::new();
    for (row, interest) in rows {
        let known = interest.and_then(|interest| Some((*holders.get(&interest.seat_id)?, interest)));
        let Some((holder, interest)) = known else {
            return Err(StoreError::unbelievable("interest_action", row.id, "is about nobody's interest"));
        };
        actions.entry(ReviewId(row.review_id)).or_default().push(row::interest_action(row, &interest, holder)?);
    }
    Ok(actions.into_iter().map(|(review, actions)| (review, actions.into_iter().collect())).collect())
}
