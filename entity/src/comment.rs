//! Remarks on sections of drafts under review.

use sea_orm::entity::prelude::*;

/// A row of `comment`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comment")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The review it was written in.
    pub review_id: Uuid,
    /// The section it is on.
    pub section_id: Uuid,
    /// Digest of the text that was read.
    #[sea_orm(column_type = "Binary(32)")]
    pub digest: Vec<u8>,
    /// Who wrote it, if a person did.
    pub person_id: Option<Uuid>,
    /// Which machine wrote it, if one did.
    pub client_id: Option<Uuid>,
    /// What it says, Markdown.
    pub body: String,
    /// When it was written.
    pub written_at: DateTimeUtc,
    /// When it was settled.
    pub settled_at: Option<DateTimeUtc>,
    /// Who settled it.
    pub settled_by_id: Option<Uuid>,
    /// What became of it, in their words.
    pub answer: Option<String>,
}

/// Tables this one is joined with: none.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
