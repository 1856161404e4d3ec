//! Records groups, people, seats, grants and organisations, and finds what acts on them depend on.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set, sea_query::Expr};
use serde_json::json;

use super::{NewEvent, Outcome, StoreError, Tx, load, row};
use crate::domain::{
    appointment::{
        GrantRecord, Grantee, GroupFounded, Invitee, LeadAppointed, RoleGranted, RoleRevoked, SeatEnded, SeatGranted,
    },
    directory::{Group, Organisation},
    event::EventKind,
    id::{DocumentId, GrantId, GroupId, OrganisationId, PersonId, SeatId},
    role::Seat,
};

impl Outcome for SeatGranted {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        seat_granted(tx, &self.seat, self.by, self.at).await
    }
}

/// Writes a seat that was given, by whichever way.
pub(super) async fn seat_granted(
    tx: &mut Tx,
    seat: &Seat,
    by: Option<PersonId>,
    at: super::Timestamp,
) -> Result<(), StoreError> {
    ::entity::seat::ActiveModel {
        id: Set(seat.id.0),
        group_id: Set(seat.group.0),
        person_id: Set(seat.holder.0),
        office: Set(seat.post.office().word().to_owned()),
        discipline: Set(seat.post.discipline().map(|discipline| discipline.word().to_owned())),
        term_from_at: Set(seat.term.from()),
        term_until_at: Set(seat.term.until()),
        granted_at: Set(at),
        succeeds_id: Set(seat.succeeds.map(|id| id.0)),
        is_lead: Set(seat.is_lead),
        declared_at: Set(seat.declared_at),
        load_limit: Set(None),
    }
    .insert(&tx.db)
    .await?;
    let event = seat_event(EventKind::SeatGranted, seat, by, at);
    tx.event(event).await
}

impl Outcome for SeatEnded {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        ::entity::seat::ActiveModel {
            id: Set(self.seat.id.0),
            term_until_at: Set(self.seat.term.until()),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        let event = seat_event(EventKind::SeatEnded, &self.seat, self.by, self.at);
        tx.event(event).await
    }
}

impl Outcome for LeadAppointed {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        use ::entity::seat::{Column, Entity};
        let mark = |ids: Vec<SeatId>, is_lead: bool| {
            Entity::update_many()
                .col_expr(Column::IsLead, Expr::value(is_lead))
                .filter(Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        };
        mark(self.before, false).exec(&tx.db).await?;
        mark(vec![self.seat.id], true).exec(&tx.db).await?;
        tx.event(seat_event(EventKind::LeadAppointed, &self.seat, self.by, self.at)).await
    }
}

fn seat_event(kind: EventKind, seat: &Seat, by: Option<PersonId>, at: super::Timestamp) -> NewEvent {
    let data = json!({
        "seat": seat.id, "office": seat.post.office(), "discipline": seat.post.discipline(),
        "from": seat.term.from(), "until": seat.term.until(),
        "succeeds": seat.succeeds,
    });
    NewEvent { kind, by, at, group: Some(seat.group), document: None, review: None, data }
}

impl Outcome for RoleGranted {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (person, organisation, client) = match self.grant.grantee {
            Grantee::Person(person) => (Some(person.0), None, None),
            Grantee::Organisation(organisation) => (None, Some(organisation.0), None),
            Grantee::Client(client) => (None, None, Some(client.0)),
        };
        ::entity::role_grant::ActiveModel {
            id: Set(self.grant.id.0),
            document_id: Set(self.grant.document.0),
            role: Set(self.grant.role.word().to_owned()),
            person_id: Set(person),
            organisation_id: Set(organisation),
            client_id: Set(client),
            granted_at: Set(self.at),
            ..Default::default()
        }
        .insert(&tx.db)
        .await?;
        tx.event(grant_event(EventKind::RoleGranted, &self.grant, self.by, self.at)).await
    }
}

impl Outcome for RoleRevoked {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        ::entity::role_grant::ActiveModel {
            id: Set(self.grant.id.0),
            revoked_at: Set(self.grant.revoked_at),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        tx.event(grant_event(EventKind::RoleRevoked, &self.grant, self.by, self.at)).await
    }
}

fn grant_event(kind: EventKind, grant: &GrantRecord, by: Option<PersonId>, at: super::Timestamp) -> NewEvent {
    let data = json!({ "grant": grant.id, "role": grant.role });
    NewEvent { kind, by, at, group: None, document: Some(grant.document), review: None, data }
}

impl Outcome for GroupFounded {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        ::entity::expert_group::ActiveModel {
            id: Set(self.group.id.0),
            slug: Set(self.group.slug),
            name: Set(self.group.name),
            created_at: Set(self.at),
            ..Default::default()
        }
        .insert(&tx.db)
        .await?;
        Ok(())
    }
}

impl Tx {
    /// The group with this identity.
    pub async fn group(&self, id: GroupId) -> Result<Option<Group>, StoreError> {
        let row = ::entity::expert_group::Entity::find_by_id(id.0).one(&self.db).await?;
        Ok(row.map(row::group))
    }

    /// The group with this slug.
    pub async fn group_by_slug(&self, slug: &str) -> Result<Option<Group>, StoreError> {
        use ::entity::expert_group::{Column, Entity};
        let row = Entity::find().filter(Column::Slug.eq(slug)).one(&self.db).await?;
        Ok(row.map(row::group))
    }

    /// Every seat of a group.
    pub async fn seats_of(&self, group: GroupId) -> Result<Vec<Seat>, StoreError> {
        load::seats_of(&self.db, &[group]).await
    }

    /// The person with this log-in, entered if they are new. A seat or a grant is what lets them in; this alone gives
    /// nothing.
    pub async fn admit_person(&mut self, invitee: &Invitee) -> Result<PersonId, StoreError> {
        use ::entity::person::{ActiveModel, Column, Entity};
        let known = Entity::find()
            .filter(Column::Issuer.eq(&invitee.login.issuer))
            .filter(Column::Subject.eq(&invitee.login.subject))
            .one(&self.db)
            .await?;
        if let Some(known) = known {
            return Ok(PersonId(known.id));
        }
        let id = self.id::<PersonId>();
        ActiveModel {
            id: Set(id.0),
            issuer: Set(invitee.login.issuer.clone()),
            subject: Set(invitee.login.subject.clone()),
            name: Set(invitee.name.to_string()),
            organisation_id: Set(None),
            created_at: Set(self.now()),
        }
        .insert(&self.db)
        .await?;
        Ok(id)
    }

    /// Says which organisation a person belongs to.
    pub async fn affiliate(&mut self, person: PersonId, organisation: OrganisationId) -> Result<(), StoreError> {
        ::entity::person::ActiveModel {
            id: Set(person.0),
            organisation_id: Set(Some(organisation.0)),
            ..Default::default()
        }
        .update(&self.db)
        .await?;
        Ok(())
    }

    /// The organisation with this name.
    pub async fn organisation_by_name(&self, name: &str) -> Result<Option<Organisation>, StoreError> {
        use ::entity::organisation::{Column, Entity};
        Entity::find().filter(Column::Name.eq(name)).one(&self.db).await?.map(row::organisation).transpose()
    }

    /// The organisation with this identity.
    pub async fn organisation(&self, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        ::entity::organisation::Entity::find_by_id(id.0).one(&self.db).await?.map(row::organisation).transpose()
    }

    /// Enters an organisation into the directory.
    pub async fn enter_organisation(&mut self, organisation: &Organisation) -> Result<(), StoreError> {
        ::entity::organisation::ActiveModel {
            id: Set(organisation.id.0),
            name: Set(organisation.name.clone()),
            kind: Set(organisation.kind.word().to_owned()),
            nation: Set(organisation.nation.clone()),
            ods_code: Set(organisation.ods_code.clone()),
            ons_code: Set(organisation.ons_code.clone()),
        }
        .insert(&self.db)
        .await?;
        Ok(())
    }

    /// Every role given on a document, revoked ones included.
    pub async fn grants_on(&self, document: DocumentId) -> Result<Vec<GrantRecord>, StoreError> {
        use ::entity::role_grant::{Column, Entity};
        let rows = Entity::find().filter(Column::DocumentId.eq(document.0)).all(&self.db).await?;
        rows.into_iter().map(row::grant_record).collect()
    }

    /// One role given, for who may take it back.
    pub async fn grant(&self, id: GrantId) -> Result<Option<GrantRecord>, StoreError> {
        use ::entity::role_grant::{Column, Entity};
        let row = Entity::find_by_id(id.0).filter(self.eyes.of_managed(Column::DocumentId)).one(&self.db).await?;
        row.map(row::grant_record).transpose()
    }
}
