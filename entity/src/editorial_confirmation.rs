//! Second persons' word that a revision changed nothing clinical.

use sea_orm::entity::prelude::*;

/// A row of `editorial_confirmation`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "editorial_confirmation")]
pub struct Model {
    /// The revision it is about.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision_id: Uuid,
    /// Who confirmed it.
    pub confirmed_by_id: Uuid,
    /// When.
    pub confirmed_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The revision it is about.
    #[sea_orm(belongs_to = "super::revision::Entity", from = "Column::RevisionId", to = "super::revision::Column::Id")]
    Revision,
}

impl Related<super::revision::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Revision.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
