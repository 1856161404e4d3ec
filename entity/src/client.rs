//! Machines of partner organisations.

use sea_orm::entity::prelude::*;

/// A row of `client`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The group whose secretariat registered it.
    pub group_id: Uuid,
    /// Whose machine it is.
    pub organisation_id: Uuid,
    /// How people tell it from others of the group.
    pub name: String,
    /// Whom to ask about it.
    pub contact: String,
    /// Words of `Scope` with a space between.
    pub scopes: String,
    /// Where its keys are published, if they were not handed in.
    pub key_set_url: Option<String>,
    /// When it was registered.
    pub registered_at: DateTimeUtc,
    /// When it was revoked.
    pub revoked_at: Option<DateTimeUtc>,
    /// When it last asked for anything, not to the second.
    pub last_used_at: Option<DateTimeUtc>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
