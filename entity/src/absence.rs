//! Absences of those who hold seats.

use sea_orm::entity::prelude::*;

/// A row of `absence`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "absence")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The group that the seat is in.
    pub group_id: Uuid,
    /// Whose absence it is.
    pub seat_id: Uuid,
    /// The first day.
    pub from_on: Date,
    /// The day on which the holder is back.
    pub until_on: Date,
    /// `CAN_FINISH` or `AWAY`.
    pub availability: String,
    /// The seat that stands in.
    pub stand_in_id: Option<Uuid>,
    /// Who said so.
    pub declared_by_id: Uuid,
    /// When.
    pub declared_at: DateTimeUtc,
    /// When it was ended before its time.
    pub ended_at: Option<DateTimeUtc>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
