//! Public keys of clients.

use sea_orm::entity::prelude::*;

/// A row of `client_key`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_key")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose key it is.
    pub client_id: Uuid,
    /// Its name, like no other's of the client.
    pub kid: String,
    /// What it is whatever its name (RFC 7638).
    pub thumbprint: String,
    /// The public JSON Web Key.
    pub jwk: String,
    /// When it was handed in, or first used.
    pub added_at: DateTimeUtc,
    /// When it ends by itself.
    pub expires_at: Option<DateTimeUtc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTimeUtc>,
    /// When a token was last given for it, not to the second.
    pub last_used_at: Option<DateTimeUtc>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
