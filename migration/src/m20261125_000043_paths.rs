//! Indexes for what would else walk a whole table: the open reviews of a group, and the reviews that a deleted draft could
//! be the base of.

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
        Ddl::new(manager)?.run(INDEXES).await
    }
}

const INDEXES: &str = "
CREATE INDEX review_open ON review (opened_at) WHERE outcome IS NULL;
CREATE INDEX review_by_base ON review (base_id);
";
