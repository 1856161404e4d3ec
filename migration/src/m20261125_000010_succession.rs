//! Succession in seats: which seat takes the place of which, and which inherited objection an act answers (S6).

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
        ddl.run(COLUMNS).await?;
        ddl.create_can_succeed().await?;
        ddl.refuse("seat_succession", "INSERT", "seat", &ddl.cannot_succeed()).await?;
        ddl.refuse("seat_succession", "UPDATE", "seat", &ddl.cannot_succeed()).await
    }
}

const COLUMNS: &str = "
ALTER TABLE seat ADD COLUMN succeeds_id {uuid} CONSTRAINT seat_predecessor REFERENCES seat (id);
CREATE UNIQUE INDEX seat_succeeds_id ON seat (succeeds_id);
ALTER TABLE position ADD COLUMN answers_id {uuid} CONSTRAINT position_inherited REFERENCES position (id);
CREATE UNIQUE INDEX position_answers_id ON position (answers_id);
";
