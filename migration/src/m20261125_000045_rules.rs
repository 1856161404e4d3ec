//! Policies as data: the rules of a document's reviews, those frozen into a review, and its first stage (T2); and until
//! when a review's ladder of reminders was walked, and who accepted what it asks (T4).
//!
//! Older code leaves the new columns empty: rules that are not written are the defaults, a review whose scoping is not
//! planned has it end with drafting, and a ladder nobody has walked begins where the review opened.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ddl = Ddl::new(manager)?;
        ddl.run(COLUMNS).await
    }
}

const COLUMNS: &str = "
ALTER TABLE document ADD COLUMN rules text;
ALTER TABLE review ADD COLUMN rules text;
ALTER TABLE review ADD COLUMN scoping_until {date};
ALTER TABLE review ADD COLUMN walked_at {instant};
ALTER TABLE review ADD COLUMN first_accepted_at {instant};

CREATE TABLE acceptance (
    review_id    {uuid} NOT NULL CONSTRAINT acceptance_review REFERENCES review (id),
    seat_id      {uuid} NOT NULL CONSTRAINT acceptance_seat REFERENCES seat (id),
    accepted_at  {instant} NOT NULL,
    CONSTRAINT acceptance_review_id_seat_id PRIMARY KEY (review_id, seat_id)
);
";
