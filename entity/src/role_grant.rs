//! Roles given on one document, to a person, to an organisation or to a client.

use sea_orm::entity::prelude::*;

/// A row of `role_grant`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The document it is for.
    pub document_id: Uuid,
    /// A word of `GrantRole`.
    pub role: String,
    /// The person who holds it; then nobody else does.
    pub person_id: Option<Uuid>,
    /// The organisation that holds it; then nobody else does.
    pub organisation_id: Option<Uuid>,
    /// The client that holds it; then nobody else does.
    pub client_id: Option<Uuid>,
    /// When it was given.
    pub granted_at: DateTimeUtc,
    /// When it was taken back.
    pub revoked_at: Option<DateTimeUtc>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
