//! Ways to what a further position depends on: the latest act of a seat on a text, and the few acts of a review that
//! weigh wherever they were done.

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
        Ddl::new(manager)?
            .run(
                "
DROP INDEX position_by_review;
DROP INDEX position_by_seat;
CREATE INDEX position_weighty ON position (review_id, seat_id) WHERE act IN ('OBJECT', 'NEED_MORE_TIME', 'LIFT');
CREATE INDEX position_by_text ON position (review_id, seat_id, section_id, taken_at, id);
",
            )
            .await
    }
}
