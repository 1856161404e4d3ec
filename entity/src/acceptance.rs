//! Who said that they will do what a review asks of them.

use sea_orm::entity::prelude::*;

/// A row of `acceptance`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance")]
pub struct Model {
    /// The review.
    #[sea_orm(primary_key, auto_increment = false)]
    pub review_id: Uuid,
    /// The seat.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seat_id: Uuid,
    /// When.
    pub accepted_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
