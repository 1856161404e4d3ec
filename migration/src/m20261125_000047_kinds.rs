//! The sections that a partial review examines.

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
        ddl.run(TABLES).await?;
        ddl.insert_only("review_section").await
    }
}

const TABLES: &str = "
CREATE TABLE review_section (
    review_id   {uuid} NOT NULL CONSTRAINT review_section_review REFERENCES review (id),
    section_id  {uuid} NOT NULL CONSTRAINT review_section_section REFERENCES section (id),
    CONSTRAINT review_section_review_id_section_id PRIMARY KEY (review_id, section_id)
);
";
