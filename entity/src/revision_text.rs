//! The words of revisions, for searching. Shape for writing only: each database is searched in its own way.

use sea_orm::entity::prelude::*;

/// A row of `revision_text`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision_text")]
pub struct Model {
    /// The revision.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision_id: Uuid,
    /// Its heading.
    pub heading: String,
    /// Its text, without markup.
    pub body: String,
    /// Its recommendations, without markup.
    pub statements: String,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
