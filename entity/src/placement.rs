//! Where a section stands in an edition, and with which text.

use sea_orm::entity::prelude::*;

/// A row of `placement`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "placement")]
pub struct Model {
    /// The edition.
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    /// The section.
    #[sea_orm(primary_key, auto_increment = false)]
    pub section_id: Uuid,
    /// The section it is part of, placed in the same edition.
    pub parent_id: Option<Uuid>,
    /// Its position among all sections of the edition, in reading order.
    pub ordinal: i32,
    /// The text it shows.
    pub revision_id: Uuid,
    /// A narrower audience than the document's: a word of `Audience`.
    pub audience: Option<String>,
    /// The part of the pathway it is about: a word of `Stage`.
    pub stage: Option<String>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The edition it is in.
    #[sea_orm(belongs_to = "super::edition::Entity", from = "Column::EditionId", to = "super::edition::Column::Id")]
    Edition,
    /// The section that is placed.
    #[sea_orm(belongs_to = "super::section::Entity", from = "Column::SectionId", to = "super::section::Column::Id")]
    Section,
    /// The text it shows.
    #[sea_orm(belongs_to = "super::revision::Entity", from = "Column::RevisionId", to = "super::revision::Column::Id")]
    Revision,
}

impl Related<super::edition::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Edition.def()
    }
}

impl Related<super::section::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Section.def()
    }
}

impl Related<super::revision::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Revision.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
