//! The record of acts, in the order they were recorded.

use sea_orm::entity::prelude::*;

/// A row of `event`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Its place in the record; there may be gaps.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// Identity.
    pub id: Uuid,
    /// Which act.
    pub kind: String,
    /// The document it was about.
    pub document_id: Option<Uuid>,
    /// The group it was about.
    pub group_id: Option<Uuid>,
    /// The review it was about.
    pub review_id: Option<Uuid>,
    /// Who acted; nobody if the system did.
    pub actor_id: Option<Uuid>,
    /// When.
    pub at: DateTimeUtc,
    /// The facts of the act, as JSON.
    #[sea_orm(column_type = "Text")]
    pub data: String,
    /// Who may know of an act on a section: a word of `Audience`.
    pub audience: Option<String>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
