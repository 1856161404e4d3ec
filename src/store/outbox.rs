//! The outbox: deliveries of notices that wait, leased to whoever carries them out.
//!
//! ```text
//! lease() ──> hand over, outside of any transaction ──> settle(Sent | NotWanted | GivenUp)  or  postpone(until)
//!    └── whoever is killed meanwhile loses the lease when it ends, and another tries again
//! ```
//!
//! A delivery is leased to one at a time. What was handed over by somebody who was killed before saying so is handed over
//! again: at least once, and once in all but that case.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use uuid::Uuid;

use super::{Store, StoreError, row};
use crate::domain::{
    calendar::CalendarLink,
    contact::Contact,
    id::{GroupId, NoticeId, PersonId},
    invitation::{Code, Mark},
    notice::{Channel, DeliveryOutcome, KeptNotice},
    time::Timestamp,
};

/// A delivery that is ours until its lease ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Leased {
    /// What to deliver.
    pub notice: KeptNotice,
    /// How often it was tried, this time included.
    pub attempts: u32,
    channel: Channel,
    lease: Uuid,
}

impl Leased {
    /// To whom.
    pub fn to(&self) -> PersonId {
        self.notice.notice.to
    }
}

/// Somebody who gets letters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recipient {
    /// How others know them.
    pub name: String,
    /// How they are reached.
    pub contact: Contact,
    /// What stops letters to them; none if they have said nothing, and so get none.
    pub stop_code: Option<Code>,
}

impl Store {
    /// How these people are reached.
    pub async fn recipients(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Recipient>, StoreError> {
        use ::entity::{contact, person};
        let ids = || people.iter().map(|person| person.0);
        let contacts =
            contact::Entity::find().filter(contact::Column::PersonId.is_in(ids())).all(&self.0.reads).await?;
        let mut contacts: HashMap<Uuid, contact::Model> =
            contacts.into_iter().map(|row| (row.person_id, row)).collect();
        let mut recipients = HashMap::new();
        for row in person::Entity::find().filter(person::Column::Id.is_in(ids())).all(&self.0.reads).await? {
            let said = contacts.remove(&row.id);
            let stop_code = said.as_ref().map(|row| Code::brought(&row.stop_code));
            let contact = said.map_or(Ok(Contact::UNKNOWN), row::contact)?;
            let person = row::person(row);
            recipients.insert(person.id, Recipient { name: person.name, contact, stop_code });
        }
        Ok(recipients)
    }

    /// The calendar that a link leads to, by what is kept of its code; none if it leads nowhere any more.
    pub async fn calendar_link(&self, mark: Mark) -> Result<Option<CalendarLink>, StoreError> {
        use ::entity::calendar_link::{Column, Entity};
        let chosen = Entity::find().filter(Column::Mark.eq(mark.0.to_vec())).filter(Column::RevokedAt.is_null());
        let row = chosen.one(&self.0.reads).await?;
        Ok(row.map(|row| CalendarLink { person: PersonId(row.person_id), group: row.group_id.map(GroupId) }))
    }

    /// Leases deliveries of a channel that are due, the oldest first, until an instant. They are nobody else's until then.
    pub async fn lease_deliveries(
        &self,
        channel: Channel,
        until: Timestamp,
        at_most: u64,
    ) -> Result<Vec<Leased>, StoreError> {
        use ::entity::{delivery, notice};
        let (now, lease) = (self.now(), self.clock().id::<Uuid>());
        let db = self.turn().await?;
        let is_free = Condition::any()
            .add(delivery::Column::LeasedUntilAt.is_null())
            .add(delivery::Column::LeasedUntilAt.lte(now));
        let mut chosen = delivery::Entity::find()
            .filter(delivery::Column::Channel.eq(channel.word()))
            .filter(delivery::Column::SettledAt.is_null())
            .filter(delivery::Column::DueAt.lte(now))
            .filter(is_free)
            .order_by_asc(delivery::Column::DueAt)
            .order_by_asc(delivery::Column::NoticeId)
            .limit(at_most);
        if db.get_database_backend() == DbBackend::Postgres {
            // SQLite has one writer, and this is it.
            chosen = chosen.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        let rows = chosen.all(&db).await?;
        let ids = || rows.iter().map(|row| row.notice_id);
        delivery::Entity::update_many()
            .col_expr(delivery::Column::LeaseId, Expr::value(lease))
            .col_expr(delivery::Column::LeasedUntilAt, Expr::value(until))
            .col_expr(delivery::Column::Attempts, Expr::col(delivery::Column::Attempts).add(1))
            .filter(delivery::Column::Channel.eq(channel.word()))
            .filter(delivery::Column::NoticeId.is_in(ids()))
            .exec(&db)
            .await?;
        let mut notices = HashMap::new();
        for found in notice::Entity::find().filter(notice::Column::Id.is_in(ids())).all(&db).await? {
            // One of a kind that only newer code knows is left to newer code: its lease ends by itself.
            if let Some(notice) = row::notice(found)? {
                notices.insert(notice.id, notice);
            }
        }
        db.commit().await?;
        let leased = rows.into_iter().filter_map(|row| {
            let notice = notices.remove(&NoticeId(row.notice_id))?;
            let attempts = u32::try_from(row.attempts).unwrap_or_default() + 1;
            Some(Leased { notice, attempts, channel, lease })
        });
        Ok(leased.collect())
    }

    /// Says how a delivery ended. False if its lease was lost meanwhile: then it is another's to settle.
    pub async fn settle_delivery(&self, leased: &Leased, outcome: DeliveryOutcome) -> Result<bool, StoreError> {
        use ::entity::delivery::Column;
        let settled = ours(leased)
            .col_expr(Column::SettledAt, Expr::value(self.now()))
            .col_expr(Column::Outcome, Expr::value(outcome.word()));
        self.release(settled).await
    }

    /// Gives a delivery back, to be tried again from an instant on. False if its lease was lost meanwhile.
    pub async fn postpone_delivery(&self, leased: &Leased, until: Timestamp) -> Result<bool, StoreError> {
        use ::entity::delivery::Column;
        self.release(ours(leased).col_expr(Column::DueAt, Expr::value(until))).await
    }

    async fn release(&self, update: sea_orm::UpdateMany<::entity::delivery::Entity>) -> Result<bool, StoreError> {
        use ::entity::delivery::Column;
        let db = self.turn().await?;
        let released = update
            .col_expr(Column::LeaseId, Expr::value(Option::<Uuid>::None))
            .col_expr(Column::LeasedUntilAt, Expr::value(Option::<Timestamp>::None))
            .exec(&db)
            .await?;
        db.commit().await?;
        Ok(released.rows_affected > 0)
    }
}

/// The delivery that a lease is for, as long as it is ours.
fn ours(leased: &Leased) -> sea_orm::UpdateMany<::entity::delivery::Entity> {
    use ::entity::delivery::{Column, Entity};
    Entity::update_many()
        .filter(Column::NoticeId.eq(leased.notice.id.0))
        .filter(Column::Channel.eq(leased.channel.word()))
        .filter(Column::LeaseId.eq(leased.lease))
}
