//! The lasting documents and how their reviews run.

use sea_orm::entity::prelude::*;

/// A row of `document`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Name in links.
    pub slug: String,
    /// Title in people's words.
    pub title: String,
    /// The group that owns it.
    pub group_id: Uuid,
    /// Who may read it once published: a word of `Audience`.
    pub audience: String,
    /// When its next full review is due, to the precision that was promised: `2019-05`.
    pub review_due: String,
    /// Months between two full reviews.
    pub interval_months: i32,
    /// Months before the due date at which a review opens by itself.
    pub lead_months: i32,
    /// Days between the last cell being met and publication.
    pub final_window_days: i32,
    /// What else is frozen into its reviews, as JSON; the defaults unless written.
    #[sea_orm(column_type = "Text", nullable)]
    pub rules: Option<String>,
    /// The number the next recommendation will be given.
    pub next_recommendation_number: i32,
    /// Whether its content was made up to show the product.
    pub is_demonstration: bool,
    /// When it was recorded.
    pub created_at: DateTimeUtc,
    /// How many acts on it are on record, positions aside; the database counts.
    pub version: i64,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
