//! The lasting recommendations and their numbers.

use sea_orm::entity::prelude::*;

/// A row of `recommendation`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recommendation")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The document it belongs to.
    pub document_id: Uuid,
    /// The section it was first made in.
    pub section_id: Uuid,
    /// Its number, never given to another of the document.
    pub number: i32,
    /// When the number was given.
    pub created_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
