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
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::Expr,
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

/// Who a person is with all that they hold now; whoever was never invited is nobody.
pub(super) async fn holdings(
    db: &impl ConnectionTrait,
    person: Option<::entity::person::Model>,
) -> Result<Actor, StoreError> {
    use ::entity::{role_grant, seat};
    let Some(person) = person else { return Ok(Actor::Anonymous) };
    let seats = seat::Entity::find().filter(seat::Column::PersonId.eq(person.id)).all(db).await?;
    let mut given_to = sea_orm::Condition::any().add(role_grant::Column::PersonId.eq(person.id));
    if let Some(organisation) = person.organisation_id {
        given_to = given_to.add(role_grant::Column::OrganisationId.eq(organisation));
    }
    let grants =
        role_grant::Entity::find().filter(role_grant::Column::RevokedAt.is_null()).filter(given_to).all(db).await?;
    Ok(Actor::Person(SignedIn {
        person: PersonId(person.id),
        organisation: person.organisation_id.map(OrganisationId),
        seats: seats.into_iter().map(row::seat).collect::<Result<_, _>>()?,
        grants: grants.iter().map(row::grant).collect::<Result<_, _>>()?,
        presence: Presence::unknown(),
    }))
}
