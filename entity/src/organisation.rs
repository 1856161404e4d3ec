//! Bodies outside a group: alliances, trusts, professional bodies.

use sea_orm::entity::prelude::*;

/// A row of `organisation`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name, like no other's.
    pub name: String,
    /// What sort of body it is.
    pub kind: String,
    /// Which nation it serves.
    pub nation: String,
    /// Its code in the Organisation Data Service.
    pub ods_code: Option<String>,
    /// Its code at the Office for National Statistics.
    pub ons_code: Option<String>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
