//! The successive texts of a whole draft, by digest.

use sea_orm::entity::prelude::*;

/// A row of `draft_step`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft_step")]
pub struct Model {
    /// The draft.
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    /// Its place in the succession.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    /// Digest of the whole draft after this step.
    #[sea_orm(column_type = "Binary(32)")]
    pub digest: Vec<u8>,
    /// The revision that made the difference, if it was one.
    pub revision_id: Option<Uuid>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
