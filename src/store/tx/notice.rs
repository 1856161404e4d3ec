//! Records notices, the rungs of ladders that were sent, and what was read.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};

use super::{Outcome, StoreError, Tx};
use crate::domain::{
    id::{NoticeId, PersonId, ReviewId},
    notice::{Channel, Notice, NoticesRead},
    review::{
        ladder::{Deadline, Message, Plan, Rung, Walked},
        notice::reminder,
    },
};

/// A statement takes a bounded number of values, on SQLite some thirty thousand.
const ROWS_MAX: usize = 2_000;

/// What was planned is done as far as nobody has done it since: of a review that is over, or whose ladder another replica
/// has walked or is walking now, nothing is sent.
impl Outcome for Plan {
    /// Each is told what is theirs.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let Some(now) = self.walked.first().map(|walked| walked.to) else { return Ok(()) };
        let held = tx.hold_ladders(&self.walked).await?;
        let is_held = |review: &ReviewId| held.contains(review);
        let messages = self.messages.into_iter().map(|mut message| {
            message.reminders.retain(|reminder| is_held(&reminder.review));
            message.escalations.retain(|escalation| is_held(&escalation.review));
            message
        });
        let messages: Vec<Message> = messages.filter(|message| !message.is_empty()).collect();
        {
            use ::entity::review::{Column, Entity};
            Entity::update_many()
                .col_expr(Column::WalkedAt, Expr::value(now))
                .filter(Column::Id.is_in(held.iter().map(|id| id.0)))
                .exec(&tx.db)
                .await?;
        }
        let ids = tx.tell(messages.iter().map(reminder).collect()).await?;
        let rungs: Vec<_> = messages
            .iter()
            .zip(ids)
            .flat_map(|(message, notice)| rungs(message).map(move |rung| rung.row(notice, now)))
            .collect();
        for rows in rungs.chunks(ROWS_MAX) {
            ::entity::rung::Entity::insert_many(rows.iter().cloned()).exec_without_returning(&tx.db).await?;
        }
        Ok(())
    }
}

/// One rung as it was sent to one person.
struct Sent {
    person: PersonId,
    review: ReviewId,
    deadline: Deadline,
    until: chrono::NaiveDate,
    rung: Rung,
    is_own: bool,
}

impl Sent {
    fn row(&self, notice: NoticeId, now: super::Timestamp) -> ::entity::rung::ActiveModel {
        ::entity::rung::ActiveModel {
            person_id: Set(self.person.0),
            review_id: Set(self.review.0),
            deadline: Set(self.deadline.word().to_owned()),
            until_on: Set(self.until),
            step: Set(self.rung.to_string()),
            is_own: Set(self.is_own),
            notice_id: Set(notice.0),
            sent_at: Set(now),
        }
    }
}

fn rungs(message: &Message) -> impl Iterator<Item = Sent> + '_ {
    let person = message.to;
    let own = message.reminders.iter().map(move |reminder| Sent {
        person,
        review: reminder.review,
        deadline: reminder.deadline,
        until: reminder.until,
        rung: reminder.rung,
        is_own: true,
    });
    let of_others = message.escalations.iter().map(move |escalation| Sent {
        person,
        review: escalation.review,
        deadline: escalation.deadline,
        until: escalation.until,
        rung: escalation.rung,
        is_own: false,
    });
    own.chain(of_others)
}

/// Somebody has read their notices.
impl Outcome for NoticesRead {
    /// What somebody has read is nobody's business.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        use ::entity::notice::{Column, Entity};
        let mut update = Entity::update_many()
            .col_expr(Column::ReadAt, Expr::value(self.at()))
            .filter(Column::PersonId.eq(self.by().0))
            .filter(Column::ReadAt.is_null());
        if let Some(notices) = self.notices() {
            update = update.filter(Column::Id.is_in(notices.iter().map(|id| id.0)));
        }
        update.exec(&tx.db).await?;
        Ok(())
    }
}

impl Tx {
    /// Whose these notices are; nobody's if there is none of that id.
    pub async fn whose_notices(&self, ids: &[NoticeId]) -> Result<Vec<(NoticeId, Option<PersonId>)>, StoreError> {
        use ::entity::notice::{Column, Entity};
        let rows: Vec<(uuid::Uuid, uuid::Uuid)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::PersonId])
            .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
            .into_tuple()
            .all(&self.db)
            .await?;
        let whose =
            |id: &NoticeId| rows.iter().find(|(notice, _)| *notice == id.0).map(|(_, person)| PersonId(*person));
        Ok(ids.iter().map(|id| (*id, whose(id))).collect())
    }

    /// Writes notices, with their deliveries, into this transaction: they are told if and only if it commits.
    pub(super) async fn tell(&mut self, notices: Vec<Notice>) -> Result<Vec<NoticeId>, StoreError> {
        let now = self.now();
        let told: Vec<(NoticeId, Notice)> = notices.into_iter().map(|notice| (self.id(), notice)).collect();
        for part in told.chunks(ROWS_MAX) {
            let rows = part.iter().map(|(id, notice)| ::entity::notice::ActiveModel {
                id: Set(id.0),
                person_id: Set(notice.to.0),
                kind: Set(notice.kind.word().to_owned()),
                document_id: Set(notice.document.map(|id| id.0)),
                review_id: Set(notice.review.map(|id| id.0)),
                data: Set(notice.data.to_string()),
                written_at: Set(now),
                read_at: Set(None),
            });
            ::entity::notice::Entity::insert_many(rows).exec_without_returning(&self.db).await?;
            let rows = part.iter().map(|(id, notice)| ::entity::delivery::ActiveModel {
                notice_id: Set(id.0),
                channel: Set(Channel::Email.word().to_owned()),
                person_id: Set(notice.to.0),
                due_at: Set(now),
                attempts: Set(0),
                lease_id: Set(None),
                leased_until_at: Set(None),
                settled_at: Set(None),
                outcome: Set(None),
            });
            ::entity::delivery::Entity::insert_many(rows).exec_without_returning(&self.db).await?;
        }
        Ok(told.into_iter().map(|(id, _)| id).collect())
    }

    /// Holds the ladders of these reviews until the transaction ends: of those that are open and were walked no further
    /// than the plan found. One that another transaction holds is left to the next tick; its mark has not moved.
    async fn hold_ladders(&self, walked: &[Walked]) -> Result<Vec<ReviewId>, StoreError> {
        use ::entity::review::{Column, Entity};
        let mut chosen = Entity::find()
            .select_only()
            .columns([Column::Id, Column::WalkedAt, Column::OpenedAt])
            .filter(Column::Id.is_in(walked.iter().map(|walked| walked.review.0)))
            .filter(Column::Outcome.is_null())
            .order_by_asc(Column::Id);
        if self.db.get_database_backend() == DbBackend::Postgres {
            // SQLite has one writer, and this is it.
            chosen = chosen.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
        }
        let rows: Vec<(uuid::Uuid, Option<super::Timestamp>, super::Timestamp)> =
            chosen.into_tuple().all(&self.db).await?;
        let is_as_planned = |id: ReviewId, mark| walked.iter().any(|walked| walked.review == id && walked.from == mark);
        let held = rows.into_iter().map(|(id, walked_at, opened_at)| (ReviewId(id), walked_at.unwrap_or(opened_at)));
        Ok(held.filter(|(id, mark)| is_as_planned(*id, *mark)).map(|(id, _)| id).collect())
    }
}
