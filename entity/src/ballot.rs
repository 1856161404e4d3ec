//! Ballots on objections.

use sea_orm::entity::prelude::*;

/// A row of `ballot`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot")]
pub struct Model {
    /// The objection it is on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub objection_id: Uuid,
    /// In which review.
    pub review_id: Uuid,
    /// Who opened it.
    pub opened_by_id: Uuid,
    /// When.
    pub opened_at: DateTimeUtc,
    /// Why.
    pub reason: String,
    /// When it was closed.
    pub closed_at: Option<DateTimeUtc>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Who votes in it.
    #[sea_orm(has_many = "super::elector::Entity")]
    Elector,
}

impl Related<super::elector::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Elector.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
