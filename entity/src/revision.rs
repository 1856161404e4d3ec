//! Immutable texts of sections.

use sea_orm::entity::prelude::*;

/// A row of `revision`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The section whose text it is.
    pub section_id: Uuid,
    /// SHA-256 of `content`.
    #[sea_orm(column_type = "Binary(32)")]
    pub digest: Vec<u8>,
    /// The canonical JSON of the content, byte for byte as it was digested.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    /// `CLINICAL` or `EDITORIAL`.
    pub change_class: String,
    /// The revision of the same section that it changed.
    pub based_on_id: Option<Uuid>,
    /// Who wrote it, if known.
    pub author_id: Option<Uuid>,
    /// When it was written.
    pub created_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The section whose text it is.
    #[sea_orm(belongs_to = "super::section::Entity", from = "Column::SectionId", to = "super::section::Column::Id")]
    Section,
}

impl Related<super::section::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Section.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
