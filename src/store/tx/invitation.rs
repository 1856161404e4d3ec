//! Records invitations and what becomes of them, and finds one under lock.

use sea_orm::{ActiveModelTrait, ColumnTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Select, Set};
use serde_json::json;

use super::{NewEvent, Outcome, StoreError, Tx, directory::seat_granted, row};
use crate::domain::{
    event::EventKind,
    id::{InvitationId, PersonId},
    invitation::{Invitation, InvitationAccepted, InvitationRevoked, Invited, Mark},
    time::Timestamp,
};

impl Outcome for Invited {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let Invitation { offer, .. } = &self.invitation;
        ::entity::invitation::ActiveModel {
            id: Set(self.invitation.id.0),
            group_id: Set(self.invitation.group.0),
            mark: Set(self.mark.0.to_vec()),
            name: Set(offer.name.to_string()),
            issuer: Set(offer.issuer.clone()),
            office: Set(offer.post.office().word().to_owned()),
            discipline: Set(offer.post.discipline().map(|discipline| discipline.word().to_owned())),
            term_from_at: Set(offer.from),
            term_until_at: Set(offer.until),
            invited_by: Set(self.invitation.invited_by.map(|person| person.0)),
            invited_at: Set(self.invitation.invited_at),
            expires_at: Set(self.invitation.expires_at),
            seat_id: Set(None),
            accepted_at: Set(None),
            revoked_at: Set(None),
        }
        .insert(&tx.db)
        .await?;
        let (by, at) = (self.invitation.invited_by, self.invitation.invited_at);
        tx.event(event(EventKind::SeatOffered, &self.invitation, by, at)).await
    }
}

impl Outcome for InvitationRevoked {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        ::entity::invitation::ActiveModel {
            id: Set(self.invitation.id.0),
            revoked_at: Set(Some(self.at)),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        tx.event(event(EventKind::InvitationRevoked, &self.invitation, self.by, self.at)).await
    }
}

impl Outcome for InvitationAccepted {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (holder, seat) = (self.seat.holder, self.seat.id);
        seat_granted(tx, &self.seat, Some(holder), self.at).await?;
        ::entity::invitation::ActiveModel {
            id: Set(self.invitation.id.0),
            seat_id: Set(Some(seat.0)),
            accepted_at: Set(Some(self.at)),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        tx.event(event(EventKind::InvitationAccepted, &self.invitation, Some(holder), self.at)).await
    }
}

fn event(kind: EventKind, invitation: &Invitation, by: Option<PersonId>, at: Timestamp) -> NewEvent {
    let post = invitation.offer.post;
    let data = json!({
        "invitation": invitation.id, "office": post.office(), "discipline": post.discipline(),
        "expires": invitation.expires_at,
    });
    NewEvent { kind, by, at, group: Some(invitation.group), document: None, review: None, data }
}

impl Tx {
    /// An invitation that exists for the actor, who manages the seats of its group; locked until the transaction ends.
    pub async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        use ::entity::invitation::{Column, Entity};
        self.locked(Entity::find_by_id(id.0).filter(self.eyes.of_managed_groups(Column::GroupId))).await
    }

    /// The invitation that a code belongs to, locked until the transaction ends.
    pub async fn invitation_by_mark(&self, mark: Mark) -> Result<Option<Invitation>, StoreError> {
        use ::entity::invitation::{Column, Entity};
        self.locked(Entity::find().filter(Column::Mark.eq(mark.0.to_vec()))).await
    }

    async fn locked(&self, chosen: Select<::entity::invitation::Entity>) -> Result<Option<Invitation>, StoreError> {
        use sea_orm::ConnectionTrait;
        // SQLite has one writer, and this is it.
        let is_postgres = self.db.get_database_backend() == DbBackend::Postgres;
        let chosen = if is_postgres { chosen.lock_exclusive() } else { chosen };
        chosen.one(&self.db).await?.map(row::invitation).transpose()
    }
}
