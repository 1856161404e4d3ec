//! How notices leave the house, one row for each notice and channel.

use sea_orm::entity::prelude::*;

/// A row of `delivery`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    /// What is delivered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_id: Uuid,
    /// How: a word of `Channel`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: String,
    /// To whom; the notice says so too, but those who gather several for one person look here.
    pub person_id: Uuid,
    /// Not before this instant.
    pub due_at: DateTimeUtc,
    /// How often it was leased to be tried.
    pub attempts: i32,
    /// The lease of whoever delivers it now.
    pub lease_id: Option<Uuid>,
    /// When that lease ends by itself.
    pub leased_until_at: Option<DateTimeUtc>,
    /// When it was done with.
    pub settled_at: Option<DateTimeUtc>,
    /// `SENT`, `NOT_WANTED` or `GIVEN_UP`.
    pub outcome: Option<String>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
