//! Loads domain values by identity, always many at once: the statements do not grow with the number of things.
//!
//! Nothing here asks who is reading. `Reader` asks before it calls these; `Tx` asks the rulebook after.

mod absence;
mod ballot;
mod comment;
mod interest;
mod opinion;
mod review;
mod text;

pub(super) use absence::absences_of;
pub(super) use ballot::ballots;
pub(super) use comment::{CommentRow, comments};
pub(super) use interest::{interest_actions, interests_of};
pub(super) use opinion::opinions;
pub(super) use review::{ballots_on, decisive_positions, positions, review_facts, review_rows, review_texts, reviews};
pub(super) use text::{Tree, draft_texts, edition_texts, outlines, revisions, text, trees};

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, Iterable, JoinType,
    QueryFilter, QueryOrder, QuerySelect, Select, prelude::Uuid, sea_query::Expr,
};

use super::{StoreError, row};
use crate::domain::{
    access::{Actor, Presence, SignedIn},
    client::ClientKey,
    document::{Document, edition::Edition},
    id::{ClientId, DocumentId, EditionId, GroupId, OrganisationId, PersonId},
    role::Seat,
};

/// Documents by identity.
pub(super) async fn documents(
    db: &DatabaseTransaction,
    ids: &[DocumentId],
) -> Result<HashMap<DocumentId, Document>, StoreError> {
    use ::entity::document::{Column, Entity};
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await?;
    rows.into_iter().map(|row| row::document(row).map(|document| (document.id, document))).collect()
}

/// Documents with their versions.
pub(super) fn with_versions(chosen: Select<::entity::document::Entity>) -> Select<::entity::document::Entity> {
    let group = "(SELECT expert_group.version FROM expert_group WHERE expert_group.id = document.group_id)";
    chosen.expr_as(Expr::cust(group), "group_version")
}

/// Editions by identity.
pub(super) async fn editions(
    db: &DatabaseTransaction,
    ids: &[EditionId],
) -> Result<HashMap<EditionId, Edition>, StoreError> {
    use ::entity::edition::{Column, Entity};
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await?;
    rows.into_iter().map(|row| row::edition(row).map(|edition| (edition.id, edition))).collect()
}

/// Every edition of these documents, in the order of their numbers.
pub(super) async fn editions_of(
    db: &DatabaseTransaction,
    documents: &[DocumentId],
) -> Result<Vec<Edition>, StoreError> {
    use ::entity::edition::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::DocumentId.is_in(documents.iter().map(|id| id.0)))
        .order_by_asc(Column::DocumentId)
        .order_by_asc(Column::Major)
        .order_by_asc(Column::Minor)
        .all(db)
        .await?;
    rows.into_iter().map(row::edition).collect()
}

/// Every key that these clients have or had, oldest first.
pub(super) async fn client_keys(db: &impl ConnectionTrait, clients: &[ClientId]) -> Result<Vec<ClientKey>, StoreError> {
    use ::entity::client_key::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::ClientId.is_in(clients.iter().map(|id| id.0)))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(row::client_key).collect()
}

/// Every seat of these groups, past and future ones included, in the order of granting.
pub(super) async fn seats_of(db: &DatabaseTransaction, groups: &[GroupId]) -> Result<Vec<Seat>, StoreError> {
    use ::entity::seat::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::GroupId.is_in(groups.iter().map(|id| id.0)))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(row::seat).collect()
}

/// Every seat of a group, with the group's version; none if it has no seat.
pub(super) async fn seats_with_version(
    db: &DatabaseTransaction,
    group: GroupId,
) -> Result<(Vec<Seat>, Option<i64>), StoreError> {
    use ::entity::seat::{Column, Entity};
    let version = "(SELECT expert_group.version FROM expert_group WHERE expert_group.id = seat.group_id)";
    let rows = Entity::find()
        .expr_as(Expr::cust(version), "version")
        .filter(Column::GroupId.eq(group.0))
        .order_by_asc(Column::Id)
        .into_model::<row::SeatRow>()
        .all(db)
        .await?;
    let version = rows.first().map(|row| row.version);
    Ok((rows.into_iter().map(|row| row::seat(row.seat)).collect::<Result<_, _>>()?, version))
}

/// A person with one of their seats, if they have any.
#[derive(FromQueryResult)]
struct HolderRow {
    holder_id: Uuid,
    holder_organisation_id: Option<Uuid>,
    has_grants: bool,
    #[sea_orm(nested)]
    seat: Option<::entity::seat::Model>,
}

/// Whether a role was given to the person, or to their organisation, and not taken back.
const HAS_GRANTS: &str = "EXISTS (SELECT 1 FROM role_grant WHERE person_id = person.id AND revoked_at IS NULL) \
    OR EXISTS (SELECT 1 FROM role_grant WHERE organisation_id = person.organisation_id AND revoked_at IS NULL)";

/// A person, chosen by a condition, with what they hold; nobody, if there is none such. One statement for most, who were
/// given no role: this is read for each request.
pub(super) async fn holdings(db: &impl ConnectionTrait, who: Condition) -> Result<Actor, StoreError> {
    use ::entity::{person, role_grant, seat};
    let seats = person::Entity::belongs_to(seat::Entity).from(person::Column::Id).to(seat::Column::PersonId);
    let rows = person::Entity::find()
        .select_only()
        .column_as(person::Column::Id, "holder_id")
        .column_as(person::Column::OrganisationId, "holder_organisation_id")
        .expr_as(Expr::cust(HAS_GRANTS), "has_grants")
        .columns(seat::Column::iter())
        .join(JoinType::LeftJoin, seats.into())
        .filter(who)
        .order_by_asc(seat::Column::Id)
        .into_model::<HolderRow>()
        .all(db)
        .await?;
    let Some(&HolderRow { holder_id, holder_organisation_id, has_grants, .. }) = rows.first() else {
        return Ok(Actor::Anonymous);
    };
    let mut grants = Vec::new();
    if has_grants {
        let mut given_to = Condition::any().add(role_grant::Column::PersonId.eq(holder_id));
        if let Some(organisation) = holder_organisation_id {
            given_to = given_to.add(role_grant::Column::OrganisationId.eq(organisation));
        }
        let standing = role_grant::Entity::find().filter(role_grant::Column::RevokedAt.is_null()).filter(given_to);
        grants = standing.all(db).await?;
    }
    Ok(Actor::Person(SignedIn {
        person: PersonId(holder_id),
        organisation: holder_organisation_id.map(OrganisationId),
        seats: rows.into_iter().filter_map(|row| row.seat).map(row::seat).collect::<Result<_, _>>()?,
        grants: grants.iter().map(row::grant).collect::<Result<_, _>>()?,
        presence: Presence::unknown(),
    }))
}
