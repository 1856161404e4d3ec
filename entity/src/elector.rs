//! Who votes in ballots, and what they voted.

use sea_orm::entity::prelude::*;

/// A row of `elector`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "elector")]
pub struct Model {
    /// The objection that the ballot is on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub objection_id: Uuid,
    /// The seat that votes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seat_id: Uuid,
    /// What it voted.
    pub is_in_favour: Option<bool>,
    /// When.
    pub cast_at: Option<DateTimeUtc>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The ballot.
    #[sea_orm(
        belongs_to = "super::ballot::Entity",
        from = "Column::ObjectionId",
        to = "super::ballot::Column::ObjectionId"
    )]
    Ballot,
}

impl Related<super::ballot::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Ballot.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
