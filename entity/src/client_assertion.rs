//! Assertions that were used, until nobody would believe them again anyway.

use sea_orm::entity::prelude::*;

/// A row of `client_assertion`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_assertion")]
pub struct Model {
    /// Who signed it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: Uuid,
    /// What it calls itself.
    #[sea_orm(primary_key, auto_increment = false)]
    pub jti: String,
    /// When it is over.
    pub expires_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
