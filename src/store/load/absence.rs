//! Absences.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    domain::{absence::Absence, id::GroupId},
    store::{StoreError, row},
};

/// Every absence in these groups, past and future ones included, with its group, in the order of declaring.
pub(in crate::store) async fn absences_of(
    db: &impl ConnectionTrait,
    groups: &[GroupId],
) -> Result<Vec<(GroupId, Absence)>, StoreError> {
    use ::entity::absence::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::GroupId.is_in(groups.iter().map(|id| id.0)))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(|row| Ok((GroupId(row.group_id), row::absence(row)?))).collect()
}
