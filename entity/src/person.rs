//! People, known by issuer and subject of their log-in.

use sea_orm::entity::prelude::*;

/// A row of `person`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who vouches for the log-in.
    pub issuer: String,
    /// The issuer's name for this person.
    pub subject: String,
    /// How other people know them.
    pub name: String,
    /// The organisation they speak for, if any.
    pub organisation_id: Option<Uuid>,
    /// When they were first recorded.
    pub created_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
