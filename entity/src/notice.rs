//! What people were told, one row for each person and occasion.

use sea_orm::entity::prelude::*;

/// A row of `notice`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who is told.
    pub person_id: Uuid,
    /// What it tells: a word of `NoticeKind`.
    pub kind: String,
    /// The document it is about.
    pub document_id: Option<Uuid>,
    /// The review it is about.
    pub review_id: Option<Uuid>,
    /// The facts of it, as JSON.
    #[sea_orm(column_type = "Text")]
    pub data: String,
    /// When it was written.
    pub written_at: DateTimeUtc,
    /// When its reader said that they have read it.
    pub read_at: Option<DateTimeUtc>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
