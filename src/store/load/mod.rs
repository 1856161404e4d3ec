//! Loads domain values by identity, always many at once: the statements do not grow with the number of things.
//!
//! Nothing here asks who is reading. `Reader` asks before it calls these; `Tx` asks the rulebook after.

mod review;
mod text;

pub(super) use review::{review_facts, reviews};
pub(super) use text::{draft_texts, edition_texts, outlines, revisions};

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

use super::{StoreError, row};
use crate::domain::{
    access::{Actor, SignedIn},
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
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await?;
    rows.into_iter().map(|row| row::document(row).map(|document| (document.id, document))).collect()
}

/// Editions by identity.
pub(super) async fn editions(
    db: &DatabaseTransaction,
    ids: &[EditionId],
) -> Result<HashMap<EditionId, Edition>, StoreError> {
    use ::entity::edition::{Column, Entity};
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
    }))
}
