//! What the tests stand on: a service in this process, reached as clients reach it, and the people who use it; or the
//! binary, as operators run it.
//!
//! Nothing here knows a rule of the product.

pub(crate) mod answer;
pub(crate) mod mailbox;
pub(crate) mod postgres;
pub(crate) mod provider;
pub(crate) mod realm;
pub(crate) mod service;
pub(crate) mod standby;
pub(crate) mod world;

/// Makes each test twice: on the embedded database and on PostgreSQL. What it is given knows how to start on either.
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: $World:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "each test uses its share of the file's names")]
            use super::*;

            async fn run($world: $World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run($World::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run($World::on_postgres().await).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;
