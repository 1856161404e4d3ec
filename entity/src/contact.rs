//! How people are reached by letter, one row for each who has said so.

use sea_orm::entity::prelude::*;

/// A row of `contact`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    /// Where, if anywhere.
    pub address: Option<String>,
    /// How often: a word of `LetterFrequency`.
    pub frequency: String,
    /// What stands in each letter to them, and stops letters for whoever brings it.
    pub stop_code: String,
    /// When this was said.
    pub set_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
