//! What was decided about interests in reviews.

use sea_orm::entity::prelude::*;

/// A row of `interest_action`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "interest_action")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// In which review.
    pub review_id: Uuid,
    /// About which interest.
    pub interest_id: Uuid,
    /// On which section; none is every section, and the whole.
    pub section_id: Option<Uuid>,
    /// `DECLARE_ONLY`, `DISCUSS_ONLY` or `EXCLUDE`.
    pub action: String,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub decided_by_id: Uuid,
    /// When.
    pub decided_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The interest.
    #[sea_orm(belongs_to = "super::interest::Entity", from = "Column::InterestId", to = "super::interest::Column::Id")]
    Interest,
}

impl Related<super::interest::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Interest.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
