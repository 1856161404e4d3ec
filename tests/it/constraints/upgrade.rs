//! Migrations over data: what was there before is there after.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, prelude::Uuid};

use super::tables::{execute, refused_by};
use crate::harness::postgres;

/// Applies every migration before the one with this name.
async fn migrate_before(db: &DatabaseConnection, name: &str) {
    let before = Migrator::migrations().iter().position(|migration| migration.name() == name).unwrap();
    Migrator::up(db, Some(u32::try_from(before).unwrap())).await.unwrap();
}

/// An id as SQL writes it.
fn id(db: &DatabaseConnection, number: u128) -> String {
    let id = Uuid::from_u128(number);
    match db.get_database_backend() {
        DbBackend::Sqlite => format!("X'{}'", id.simple()),
        _ => format!("'{id}'"),
    }
}

async fn a_role_given_before_clients_could_have_one_is_kept(db: DatabaseConnection) {
    migrate_before(&db, "m20261125_000026_client_roles").await;
    let [group, document, person, grant] = [1, 2, 3, 4].map(|number| id(&db, number));
    let at = "'2017-08-01T00:00:00+00:00'";
    execute(&db, &format!("INSERT INTO expert_group VALUES ({group}, 'breast', 'Breast', {at})")).await.unwrap();
    execute(
        &db,
        &format!(
            "INSERT INTO document (id, slug, title, group_id, audience, review_due, interval_months, lead_months, \
         final_window_days, next_recommendation_number, is_demonstration, created_at) \
         VALUES ({document}, 'advice', 'Advice', {group}, 'PUBLIC', '2019-05', 24, 6, 10, 1, FALSE, {at})"
        ),
    )
    .await
    .unwrap();
    execute(
        &db,
        &format!(
            "INSERT INTO person (id, issuer, subject, name, created_at) VALUES ({person}, 'issuer', 'ann', 'Ann', {at})"
        ),
    )
    .await
    .unwrap();
    execute(
        &db,
        &format!(
            "INSERT INTO role_grant (id, document_id, role, person_id, granted_at, revoked_at) \
         VALUES ({grant}, {document}, 'EDITOR', {person}, {at}, {at})"
        ),
    )
    .await
    .unwrap();
    Migrator::up(&db, None).await.unwrap();
    let kept = format!(
        "SELECT 1 FROM role_grant WHERE id = {grant} AND document_id = {document} AND role = 'EDITOR' \
         AND person_id = {person} AND granted_at = revoked_at AND organisation_id IS NULL AND client_id IS NULL"
    );
    let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), kept)).await.unwrap();
    assert_eq!(found.len(), 1);
    // Its rules came along.
    refused_by("role_grant_role", execute(&db, "UPDATE role_grant SET role = 'OWNER'").await);
    refused_by("role_grant_one_holder", execute(&db, "UPDATE role_grant SET person_id = NULL").await);
    let orphan = format!("UPDATE role_grant SET document_id = {}", id(&db, 9));
    assert!(execute(&db, &orphan).await.is_err(), "a role on no document");
}

#[tokio::test]
async fn a_role_given_before_clients_could_have_one_is_kept_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", directory.path().join("old.db").display());
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    a_role_given_before_clients_could_have_one_is_kept(sea_orm::Database::connect(options).await.unwrap()).await;
}

#[tokio::test]
async fn a_role_given_before_clients_could_have_one_is_kept_on_postgres() {
    let database = postgres::shared().empty().await;
    a_role_given_before_clients_could_have_one_is_kept(database.connect().await).await;
}
