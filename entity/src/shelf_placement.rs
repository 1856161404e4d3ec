//! The placements of editions in force and of drafts, for searching; kept by the database itself.

use sea_orm::entity::prelude::*;

/// A row of `shelf_placement`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shelf_placement")]
pub struct Model {
    /// The edition, in force or a draft.
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    /// The section.
    #[sea_orm(primary_key, auto_increment = false)]
    pub section_id: Uuid,
    /// The text that it shows.
    pub revision_id: Uuid,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
