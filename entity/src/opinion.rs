//! What advisers say of sections under review.

use sea_orm::entity::prelude::*;

/// A row of `opinion`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The review it was given in.
    pub review_id: Uuid,
    /// The section it is on.
    pub section_id: Uuid,
    /// From which seat.
    pub seat_id: Uuid,
    /// Who held that seat.
    pub person_id: Uuid,
    /// The name of the body that they belonged to.
    pub on_behalf_of: Option<String>,
    /// `SUPPORTS`, `CONCERNS` or `NO_VIEW`.
    pub stance: String,
    /// In their words; concerns always say.
    pub reason: Option<String>,
    /// Digest of the text that was read.
    #[sea_orm(column_type = "Binary(32)")]
    pub digest: Vec<u8>,
    /// When it was given.
    pub given_at: DateTimeUtc,
}

/// Tables this one is joined with: none.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
