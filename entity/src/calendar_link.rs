//! Secret links to calendars.

use sea_orm::entity::prelude::*;

/// A row of `calendar_link`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_link")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose eyes it reads with.
    pub person_id: Uuid,
    /// The group whose calendar it is; none is the person's own.
    pub group_id: Option<Uuid>,
    /// The hash of its code.
    pub mark: Vec<u8>,
    /// When it was made.
    pub made_at: DateTimeUtc,
    /// When it was taken back.
    pub revoked_at: Option<DateTimeUtc>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
