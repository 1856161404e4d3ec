//! How many approvals of which discipline a section of an edition needs.

use sea_orm::entity::prelude::*;

/// A row of `requirement`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requirement")]
pub struct Model {
    /// The edition.
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    /// The section.
    #[sea_orm(primary_key, auto_increment = false)]
    pub section_id: Uuid,
    /// A word of `Discipline`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub discipline: String,
    /// How many approvals, 1 to 9.
    pub approvals: i32,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
