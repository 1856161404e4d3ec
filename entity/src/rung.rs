//! The rungs of ladders that were sent, one row for each person, review, deadline and rung.

use sea_orm::entity::prelude::*;

/// A row of `rung`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rung")]
pub struct Model {
    /// Who was reminded.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    /// Of which review.
    #[sea_orm(primary_key, auto_increment = false)]
    pub review_id: Uuid,
    /// `ACCEPT` or `COMPLETE`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub deadline: String,
    /// The day the ladder leads to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub until_on: Date,
    /// Which rung, such as `P7D` or `+P7D`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: String,
    /// Whether it was about their own work, and not about that of others.
    #[sea_orm(primary_key, auto_increment = false)]
    pub is_own: bool,
    /// The message it was sent in.
    pub notice_id: Uuid,
    /// When.
    pub sent_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
