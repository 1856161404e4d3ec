//! What seats said on texts, one row for each act.

use sea_orm::entity::prelude::*;

/// A row of `position`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "position")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The review it was taken in.
    pub review_id: Uuid,
    /// The section of the cell; none for the document as a whole.
    pub section_id: Option<Uuid>,
    /// The discipline of the cell: a word of `Discipline`.
    pub discipline: String,
    /// Whose position it is.
    pub seat_id: Uuid,
    /// `APPROVE`, `OBJECT`, `ABSTAIN`, `RECUSE`, `NEED_MORE_TIME`, `LIFT` or `WITHDRAW`.
    pub act: String,
    /// Digest of the text that was read.
    #[sea_orm(column_type = "Binary(32)")]
    pub digest: Vec<u8>,
    /// Why; an objection always says.
    pub reason: Option<String>,
    /// When it was taken.
    pub taken_at: DateTimeUtc,
    /// Who entered it.
    pub recorded_by_id: Uuid,
    /// The member's written instruction, where the secretariat entered it.
    pub instruction: Option<String>,
    /// The objection, left by a seat before this one, that it lifts or makes its own.
    pub answers_id: Option<Uuid>,
    /// The last day for which time is asked.
    pub until_on: Option<Date>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Whose position it is.
    #[sea_orm(belongs_to = "super::seat::Entity", from = "Column::SeatId", to = "super::seat::Column::Id")]
    Seat,
}

impl Related<super::seat::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Seat.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
