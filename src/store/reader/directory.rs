//! Groups, seats, people and organisations.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, IntoSimpleExpr, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Page, Reader, Slice, documents::within};
use crate::{
    domain::{
        absence::Absence,
        access::{Act, Exposure, Thing, decide},
        appointment::GrantRecord,
        directory::{Group, Organisation, OrganisationKind, Person},
        document::Key,
        id::{DocumentId, GroupId, OrganisationId, PersonId, SeatId},
        invitation::Invitation,
        role::Seat,
    },
    store::{StoreError, load, row},
};

impl Reader {
    /// Groups by identity. That a group exists is no secret.
    pub async fn groups(&self, ids: &[GroupId]) -> Result<HashMap<GroupId, Group>, StoreError> {
        use ::entity::expert_group::{Column, Entity};
        let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0))).all(self.db().await?).await?;
        Ok(rows.into_iter().map(row::group).map(|group| (group.id, group)).collect())
    }

    /// The group with this slug.
    pub async fn group_by_slug(&self, slug: &str) -> Result<Option<Group>, StoreError> {
        use ::entity::expert_group::{Column, Entity};
        let Ok(slug) = Key::new(slug) else { return Ok(None) };
        let row = Entity::find().filter(Column::Slug.eq(slug.as_str())).one(self.db().await?).await?;
        Ok(row.map(row::group))
    }

    /// The seats of these groups, past and future ones included: for partners and for the groups themselves.
    pub async fn seats_of(&self, groups: &[GroupId]) -> Result<HashMap<GroupId, Vec<Seat>>, StoreError> {
        let mut seats: HashMap<GroupId, Vec<Seat>> = HashMap::new();
        if self.sight.is_partner() {
            for seat in load::seats_of(self.db().await?, groups).await? {
                seats.entry(seat.group).or_default().push(seat);
            }
        }
        Ok(seats)
    }

    /// The absences in those of these groups that the actor sits in, past and future ones included.
    pub async fn absences_of(&self, groups: &[GroupId]) -> Result<HashMap<GroupId, Vec<Absence>>, StoreError> {
        let own: Vec<GroupId> =
            groups.iter().copied().filter(|group| self.sight.groups().any(|one| one == *group)).collect();
        let mut absences: HashMap<GroupId, Vec<Absence>> = HashMap::new();
        if own.is_empty() {
            return Ok(absences);
        }
        self.note_personal();
        for (group, absence) in load::absences_of(self.db().await?, &own).await? {
            absences.entry(group).or_default().push(absence);
        }
        Ok(absences)
    }

    /// The invitations of these groups, in the order of their making, for those who manage the seats. Their codes are
    /// nowhere.
    pub async fn invitations_of(&self, groups: &[GroupId]) -> Result<HashMap<GroupId, Vec<Invitation>>, StoreError> {
        use ::entity::invitation::{Column, Entity};
        let manages =
            |group: &&GroupId| decide(&self.actor, Act::ManageSeats, &Thing::group(**group), self.now).is_ok();
        let managed: Vec<_> = groups.iter().filter(manages).map(|group| group.0).collect();
        let mut invitations: HashMap<GroupId, Vec<Invitation>> = HashMap::new();
        if managed.is_empty() {
            return Ok(invitations);
        }
        let chosen = Entity::find().filter(Column::GroupId.is_in(managed)).order_by_asc(Column::Id);
        for row in chosen.all(self.db().await?).await? {
            let invitation = row::invitation(row)?;
            invitations.entry(invitation.group).or_default().push(invitation);
        }
        Ok(invitations)
    }

    /// Seats by identity: the actor's own, and for partners and the groups all.
    pub async fn seats(&self, ids: &[SeatId]) -> Result<HashMap<SeatId, Seat>, StoreError> {
        use ::entity::seat::{Column, Entity};
        let mut chosen = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
        if !self.sight.is_partner() {
            let own = self.actor().person().map(|person| person.0);
            chosen = chosen.filter(Column::PersonId.is_in(own));
        }
        let rows = chosen.all(self.db().await?).await?;
        rows.into_iter().map(|row| row::seat(row).map(|seat| (seat.id, seat))).collect()
    }

    /// The roles given on these documents and not taken back, for those who manage them.
    pub async fn grants_of(
        &self,
        documents: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Vec<GrantRecord>>, StoreError> {
        use ::entity::role_grant::{Column, Entity};
        let managed = self.documents(documents).await?.into_values().filter(|document| {
            let thing = Thing::document(document.group, document.id, Exposure::Roles);
            decide(self.actor(), Act::Read, &thing, self.now).is_ok()
        });
        let managed: Vec<_> = managed.map(|document| document.id.0).collect();
        let rows = Entity::find()
            .filter(Column::DocumentId.is_in(managed))
            .filter(Column::RevokedAt.is_null())
            .order_by_asc(Column::Id)
            .all(self.db().await?)
            .await?;
        let mut grants: HashMap<DocumentId, Vec<GrantRecord>> = HashMap::new();
        for row in rows {
            let grant = row::grant_record(row)?;
            grants.entry(grant.document).or_default().push(grant);
        }
        Ok(grants)
    }

    /// People by identity: the actor, and for partners and the groups all.
    pub async fn people(&self, ids: &[PersonId]) -> Result<HashMap<PersonId, Person>, StoreError> {
        use ::entity::person::{Column, Entity};
        let seen = ids.iter().filter(|id| self.sight.is_partner() || self.actor().person() == Some(**id));
        let rows = Entity::find().filter(Column::Id.is_in(seen.map(|id| id.0))).all(self.db().await?).await?;
        Ok(rows.into_iter().map(row::person).map(|person| (person.id, person)).collect())
    }

    /// Organisations by identity. The directory is public.
    pub async fn organisations(
        &self,
        ids: &[OrganisationId],
    ) -> Result<HashMap<OrganisationId, Organisation>, StoreError> {
        use ::entity::organisation::{Column, Entity};
        let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0))).all(self.db().await?).await?;
        rows.into_iter().map(|row| row::organisation(row).map(|found| (found.id, found))).collect()
    }

    /// The directory of organisations, by name.
    pub async fn list_organisations(
        &self,
        kind: Option<OrganisationKind>,
        page: &Page,
    ) -> Result<Slice<Organisation>, StoreError> {
        use ::entity::organisation::{Column, Entity};
        let order = if page.from_end { Order::Desc } else { Order::Asc };
        let mut chosen = Entity::find();
        if let Some(kind) = kind {
            chosen = chosen.filter(Column::Kind.eq(kind.word()));
        }
        let rows = chosen
            .filter(within(page, Column::Name.into_simple_expr(), Column::Id.into_simple_expr()))
            .order_by(Column::Name, order.clone())
            .order_by(Column::Id, order)
            .limit(page.size + 1)
            .all(self.db().await?)
            .await?;
        let organisations = rows.into_iter().map(row::organisation).collect::<Result<_, _>>()?;
        Ok(Slice::cut(organisations, page))
    }

    /// How many organisations the directory holds.
    pub async fn count_organisations(&self, kind: Option<OrganisationKind>) -> Result<u64, StoreError> {
        use ::entity::organisation::{Column, Entity};
        let mut chosen = Entity::find();
        if let Some(kind) = kind {
            chosen = chosen.filter(Column::Kind.eq(kind.word()));
        }
        Ok(chosen.count(self.db().await?).await?)
    }
}
