//! Entries of the register of interests.

use sea_orm::entity::prelude::*;

/// A row of `interest`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "interest")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The group that the seat is in.
    pub group_id: Uuid,
    /// Whose interest it is.
    pub seat_id: Uuid,
    /// `FINANCIAL`, `NON_FINANCIAL_PROFESSIONAL`, `NON_FINANCIAL_PERSONAL` or `INDIRECT`.
    pub category: String,
    /// What it is, in the holder's words.
    pub description: String,
    /// What it bears on: a JSON array of lines.
    pub topics: String,
    /// Since when, as precise as it is known.
    pub since: String,
    /// Until when, likewise.
    pub until: Option<String>,
    /// When it was declared.
    pub declared_at: DateTimeUtc,
    /// Why the public does not see it.
    pub withheld_reason: Option<String>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
