//! Editions: numbers, states and the dates that go with them. A draft may change, nothing else does.

use sea_orm::entity::prelude::*;

/// A row of `edition`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "edition")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The document it is an edition of.
    pub document_id: Uuid,
    /// The number before the dot.
    pub major: i32,
    /// The number after the dot.
    pub minor: i32,
    /// `DRAFT`, `PUBLISHED`, `SUPERSEDED` or `WITHDRAWN`.
    pub state: String,
    /// The date printed on it, perhaps known to the month only: `2017-08`.
    pub issued: Option<String>,
    /// When it came into force.
    pub published_at: Option<DateTimeUtc>,
    /// When another took its place.
    pub superseded_at: Option<DateTimeUtc>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// Why it was withdrawn.
    pub withdrawal_explanation: Option<String>,
    /// What followers read about the changes.
    pub change_note: Option<String>,
    /// Whether it was published elsewhere before it came here.
    pub is_imported: bool,
    /// Until when it was to be fully signed off, if it was published in haste.
    pub interim_until: Option<Date>,
    /// When its draft was begun.
    pub created_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The document it is an edition of.
    #[sea_orm(belongs_to = "super::document::Entity", from = "Column::DocumentId", to = "super::document::Column::Id")]
    Document,
}

impl Related<super::document::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Document.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
