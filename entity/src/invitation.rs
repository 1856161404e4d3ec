//! Seats offered to whoever brings a code, of which only the hash is kept.

use sea_orm::entity::prelude::*;

/// A row of `invitation`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The group that the seat is in.
    pub group_id: Uuid,
    /// SHA-256 of the code.
    pub mark: Vec<u8>,
    /// Who is meant.
    pub name: String,
    /// The only issuer whose log-ins will do.
    pub issuer: Option<String>,
    /// What the seat is for: a word of `Office`.
    pub office: String,
    /// What it votes for, if it votes: a word of `Discipline`.
    pub discipline: Option<String>,
    /// First instant of the term; that of acceptance unless given.
    pub term_from_at: Option<DateTimeUtc>,
    /// First instant after the term, if an end is known.
    pub term_until_at: Option<DateTimeUtc>,
    /// Who offered it; nobody if an operator did.
    pub invited_by: Option<Uuid>,
    /// When.
    pub invited_at: DateTimeUtc,
    /// First instant at which it does not stand any more.
    pub expires_at: DateTimeUtc,
    /// The seat that it became.
    pub seat_id: Option<Uuid>,
    /// When it became that.
    pub accepted_at: Option<DateTimeUtc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTimeUtc>,
}

/// Tables this one is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
