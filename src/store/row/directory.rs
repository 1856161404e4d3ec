//! Groups, people, organisations, seats and grants.

use sea_orm::FromQueryResult;

use super::Row;
use crate::{
    domain::{
        access::Grant,
        appointment::{GrantRecord, Grantee},
        directory::{Group, Organisation, OrganisationKind, Person},
        id::{ClientId, DocumentId, GrantId, GroupId, InvitationId, OrganisationId, PersonId, SeatId},
        invitation::{Invitation, InvitationEnd, Offer},
        role::{Discipline, GrantRole, Office, Post, Seat, Term},
        text::Line,
    },
    store::StoreError,
};

pub(in crate::store) fn group(row: ::entity::expert_group::Model) -> Group {
    Group { id: GroupId(row.id), slug: row.slug, name: row.name }
}

pub(in crate::store) fn person(row: ::entity::person::Model) -> Person {
    Person { id: PersonId(row.id), name: row.name, organisation: row.organisation_id.map(OrganisationId) }
}

pub(in crate::store) fn organisation(row: ::entity::organisation::Model) -> Result<Organisation, StoreError> {
    let believe = Row { table: "organisation", id: row.id };
    Ok(Organisation {
        id: OrganisationId(row.id),
        kind: believe.word("kind", &row.kind, OrganisationKind::from_word)?,
        name: row.name,
        nation: row.nation,
        ods_code: row.ods_code,
        ons_code: row.ons_code,
    })
}

/// A seat with the version of its group.
#[derive(FromQueryResult, Debug)]
pub(in crate::store) struct SeatRow {
    #[sea_orm(nested)]
    pub(in crate::store) seat: ::entity::seat::Model,
    pub(in crate::store) version: i64,
}

pub(in crate::store) fn seat(row: ::entity::seat::Model) -> Result<Seat, StoreError> {
    let believe = Row { table: "seat", id: row.id };
    let office = believe.word("office", &row.office, Office::from_word)?;
    let discipline =
        row.discipline.as_deref().map(|word| believe.word("discipline", word, Discipline::from_word)).transpose()?;
    Ok(Seat {
        id: SeatId(row.id),
        group: GroupId(row.group_id),
        holder: PersonId(row.person_id),
        post: believe.text("discipline", Post::new(office, discipline))?,
        term: Term::new(row.term_from_at, row.term_until_at).ok_or_else(|| believe.refuse("term_until_at"))?,
        succeeds: row.succeeds_id.map(SeatId),
        is_lead: row.is_lead,
        declared_at: row.declared_at,
        load_limit: row.load_limit.map(|limit| believe.count("load_limit", limit)).transpose()?,
    })
}

pub(in crate::store) fn invitation(row: ::entity::invitation::Model) -> Result<Invitation, StoreError> {
    let believe = Row { table: "invitation", id: row.id };
    let office = believe.word("office", &row.office, Office::from_word)?;
    let discipline =
        row.discipline.as_deref().map(|word| believe.word("discipline", word, Discipline::from_word)).transpose()?;
    let end = match (row.seat_id, row.accepted_at, row.revoked_at) {
        (None, None, None) => None,
        (Some(seat), Some(at), None) => Some(InvitationEnd::Accepted { seat: SeatId(seat), at }),
        (None, None, Some(at)) => Some(InvitationEnd::Revoked { at }),
        (Some(_) | None, Some(_) | None, Some(_) | None) => return Err(believe.refuse("accepted_at")),
    };
    Ok(Invitation {
        id: InvitationId(row.id),
        group: GroupId(row.group_id),
        offer: Offer {
            name: believe.text("name", Line::new(row.name))?,
            issuer: row.issuer,
            post: believe.text("discipline", Post::new(office, discipline))?,
            from: row.term_from_at,
            until: row.term_until_at,
        },
        invited_by: row.invited_by.map(PersonId),
        invited_at: row.invited_at,
        expires_at: row.expires_at,
        end,
    })
}

pub(in crate::store) fn grant(row: &::entity::role_grant::Model) -> Result<Grant, StoreError> {
    let believe = Row { table: "role_grant", id: row.id };
    Ok(Grant { document: DocumentId(row.document_id), role: believe.word("role", &row.role, GrantRole::from_word)? })
}

pub(in crate::store) fn grant_record(row: ::entity::role_grant::Model) -> Result<GrantRecord, StoreError> {
    let believe = Row { table: "role_grant", id: row.id };
    let grantee = match (row.person_id, row.organisation_id, row.client_id) {
        (Some(person), None, None) => Grantee::Person(PersonId(person)),
        (None, Some(organisation), None) => Grantee::Organisation(OrganisationId(organisation)),
        (None, None, Some(client)) => Grantee::Client(ClientId(client)),
        _ => return Err(believe.refuse("person_id")),
    };
    Ok(GrantRecord {
        id: GrantId(row.id),
        document: DocumentId(row.document_id),
        role: believe.word("role", &row.role, GrantRole::from_word)?,
        grantee,
        revoked_at: row.revoked_at,
    })
}
