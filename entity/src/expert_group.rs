//! Expert groups: who owns documents.

use sea_orm::entity::prelude::*;

/// A row of `expert_group`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "expert_group")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Name in links.
    pub slug: String,
    /// Name in people's words.
    pub name: String,
    /// When it was recorded.
    pub created_at: DateTimeUtc,
    /// How many acts on its seats are on record; the database counts.
    pub version: i64,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
