//! Opinions of advisers.

use sea_orm::{ConnectionTrait, Select};

use crate::{
    domain::review::opinion::Opinion,
    store::{StoreError, row},
};

/// The chosen opinions, superseded ones included.
pub(in crate::store) async fn opinions(
    db: &impl ConnectionTrait,
    chosen: Select<::entity::opinion::Entity>,
) -> Result<Vec<Opinion>, StoreError> {
    chosen.all(db).await?.into_iter().map(row::opinion).collect()
}
