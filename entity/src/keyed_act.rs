//! Acts that were asked for with an idempotency key, and what came of them.

use sea_orm::entity::prelude::*;

/// A row of `keyed_act`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "keyed_act")]
pub struct Model {
    /// Who acted.
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor_id: Uuid,
    /// The key, in the actor's own words.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Which act of the request, by the name of its field in the answer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub field: String,
    /// SHA-256 of what was asked for.
    pub request: Vec<u8>,
    /// What came of it, as JSON: ids to read it back by.
    #[sea_orm(column_type = "Text")]
    pub outcome: String,
    /// When.
    pub done_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
