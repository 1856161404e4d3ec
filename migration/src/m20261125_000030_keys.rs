//! Acts that were asked for with an idempotency key. A key is an actor's own, and forgotten after a day.

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
        Ddl::new(manager)?.run(TABLE).await
    }
}

/// The actor is named by no foreign key: several kinds of actors have keys, and a row lives for a day.
const TABLE: &str = "
CREATE TABLE keyed_act (
    actor_id  {uuid} NOT NULL,
    key       text NOT NULL,
    field     text NOT NULL,
    request   {digest} NOT NULL,
    outcome   text NOT NULL,
    done_at   {instant} NOT NULL,
    CONSTRAINT keyed_act_actor_id_key_field PRIMARY KEY (actor_id, key, field),
    CONSTRAINT keyed_act_key_is_bounded CHECK (length(key) BETWEEN 1 AND 255),
    CONSTRAINT keyed_act_request_is_digest CHECK (length(request) = 32)
);
CREATE INDEX keyed_act_by_time ON keyed_act (done_at);
";
