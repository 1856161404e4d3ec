//! On SQLite, the row of `revision_text` that holds the words of a revision.

use sea_orm::entity::prelude::*;

/// A row of `revision_row`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision_row")]
pub struct Model {
    /// The row's number.
    #[sea_orm(primary_key)]
    pub row_id: i64,
    /// The revision.
    pub revision_id: Uuid,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
