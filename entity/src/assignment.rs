//! Cells in the hands of single seats.

use sea_orm::entity::prelude::*;

/// A row of `assignment`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// In which review.
    pub review_id: Uuid,
    /// The section of the cell; none is the document as a whole.
    pub section_id: Option<Uuid>,
    /// The discipline of the cell.
    pub discipline: String,
    /// In whose hands it is.
    pub seat_id: Uuid,
    /// Who handed it over.
    pub assigned_by_id: Uuid,
    /// When.
    pub assigned_at: DateTimeUtc,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
