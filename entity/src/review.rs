//! Examinations of documents, open or concluded.

use sea_orm::entity::prelude::*;

/// A row of `review`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "review")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The document under review.
    pub document_id: Uuid,
    /// `FULL`, `PARTIAL`, `EXCEPTIONAL` or `CORRECTION`.
    pub kind: String,
    /// The draft under review, while there is one.
    pub draft_id: Option<Uuid>,
    /// The edition that was in force when it opened.
    pub base_id: Option<Uuid>,
    /// When it is due, to the precision that was promised: `2019-05`.
    pub due: String,
    /// Days between the last cell being met and publication, frozen at opening.
    pub final_window_days: i32,
    /// The rules frozen into it, as JSON; the defaults unless written.
    #[sea_orm(column_type = "Text", nullable)]
    pub rules: Option<String>,
    /// When it opened.
    pub opened_at: DateTimeUtc,
    /// Who opened it; nobody if the system did.
    pub opened_by_id: Option<Uuid>,
    /// Last day of scoping; it ends with drafting unless written.
    pub scoping_until: Option<Date>,
    /// Last day of drafting.
    pub drafting_until: Date,
    /// Last day of signing off.
    pub sign_off_until: Date,
    /// Day planned for publication.
    pub publication_on: Date,
    /// Why it was opened or its dates moved.
    pub reason: Option<String>,
    /// Until when its ladder of reminders was walked; since it opened unless written.
    pub walked_at: Option<DateTimeUtc>,
    /// When a seat first accepted what it asks; none while there is no acceptance to look for.
    pub first_accepted_at: Option<DateTimeUtc>,
    /// When something was first decided about somebody's interest.
    pub first_weighed_at: Option<DateTimeUtc>,
    /// When a cell was first handed to somebody.
    pub first_assigned_at: Option<DateTimeUtc>,
    /// When it ended.
    pub concluded_at: Option<DateTimeUtc>,
    /// `PUBLISHED`, `REAFFIRMED` or `CANCELLED`; none while it is open.
    pub outcome: Option<String>,
    /// What was said when it ended.
    pub conclusion_note: Option<String>,
    /// Who ended it.
    pub concluded_by_id: Option<Uuid>,
    /// When the next review is due, as decided at the end of this one.
    pub next_due: Option<String>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The document under review.
    #[sea_orm(belongs_to = "super::document::Entity", from = "Column::DocumentId", to = "super::document::Column::Id")]
    Document,
}

impl Related<super::document::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Document.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
