//! Places in a group, each held by one person for one term.

use sea_orm::entity::prelude::*;

/// A row of `seat`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seat")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The group it is a place in.
    pub group_id: Uuid,
    /// Who holds it.
    pub person_id: Uuid,
    /// What it is for: a word of `Office`.
    pub office: String,
    /// What it votes for, if it votes: a word of `Discipline`.
    pub discipline: Option<String>,
    /// First instant of the term.
    pub term_from_at: DateTimeUtc,
    /// First instant after the term, if an end is known.
    pub term_until_at: Option<DateTimeUtc>,
    /// When the seat was recorded, which may be long after the term began.
    pub granted_at: DateTimeUtc,
    /// The seat whose place it takes.
    pub succeeds_id: Option<Uuid>,
    /// Whether it leads its discipline in the group.
    pub is_lead: bool,
    /// When its holder last said that what the register of interests says of them is true.
    pub declared_at: Option<DateTimeUtc>,
    /// The most cells in its hands in one review that are not met.
    pub load_limit: Option<i32>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Who holds the seat.
    #[sea_orm(belongs_to = "super::person::Entity", from = "Column::PersonId", to = "super::person::Column::Id")]
    Person,
}

impl Related<super::person::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
