//! What others did: this process reads on in the record of acts, and tells those who listen here.
//!
//! The record is the truth. Hints only say when to look: a commit of this process, or PostgreSQL's NOTIFY when the shelf
//! moved (other acts do not send it, since all commits that do wait for one another). Without a hint, or when one is lost,
//! the next look comes by itself. Acts of this process are told from the record, too, so each is told once and in order.
//!
//! Numbers are given before the commit, so on PostgreSQL a lower one may become visible after a higher one. A number that
//! was passed over is remembered and looked for again, until it is there or no transaction can be that old.

use std::{
    collections::BTreeMap,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid,
    sea_query::Expr, sqlx::postgres::PgListener,
};
use tokio_util::sync::CancellationToken;

use super::{News, Store, StoreError};
use crate::domain::{
    document::Audience,
    event::EventKind,
    id::{DocumentId, ReviewId},
};

/// The channel that commits are told on. The payload says nothing: it is a hint to look.
const CHANNEL: &str = "consilium";

/// How long to wait for a hint before looking without one.
const PERIOD: Duration = Duration::from_millis(400);
/// How many events are read at once.
const BATCH: u64 = 500;
/// A transaction is ended before it is that old.
const UNDECIDED_FOR: Duration = Duration::from_secs(120);

/// How far this process has read.
struct Place {
    /// The highest number seen.
    seq: i64,
    /// Numbers below it that were not there, and since when they have been looked for.
    missing: BTreeMap<i64, Instant>,
}

/// The audience of an act on a section; of any other that of its document.
const AUDIENCE: &str =
    "coalesce(event.audience, (SELECT document.audience FROM document WHERE document.id = event.document_id))";

/// A line of the record: number, kind, document, review, data, and who may know of it.
type Line = (i64, String, Option<Uuid>, Option<Uuid>, String, Option<String>);

impl Store {
    /// Follows what is done anywhere, from now on until told to stop. What goes wrong is logged, and tried again.
    pub async fn follow(self, stop: CancellationToken) {
        self.0.is_following.store(true, Ordering::Release);
        let following = async {
            let mut place = None;
            let mut listener = None;
            loop {
                if let Err(error) = self.read_on(&mut place).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "failed to read on in the record of acts");
                }
                self.await_hint(&mut listener).await;
            }
        };
        tokio::select! { () = following => {}, () = stop.cancelled() => {} }
        self.0.is_following.store(false, Ordering::Release);
    }

    /// Reads what is new, and tells it.
    async fn read_on(&self, place: &mut Option<Place>) -> Result<(), StoreError> {
        use ::entity::event::{Column, Entity};
        let db = &self.0.reads;
        let shelf = ::entity::shelf::Entity::find_by_id(1).one(db).await?;
        shelf.into_iter().for_each(|shelf| self.heard_epoch(shelf.epoch));
        let Some(place) = place else {
            let last: Option<i64> =
                Entity::find().select_only().column_as(Column::Seq.max(), "last").into_tuple().one(db).await?.flatten();
            *place = Some(Place { seq: last.unwrap_or(0), missing: BTreeMap::new() });
            return Ok(());
        };
        loop {
            let missing = place.missing.keys().copied();
            let lines: Vec<Line> = Entity::find()
                .select_only()
                .columns([Column::Seq, Column::Kind, Column::DocumentId, Column::ReviewId, Column::Data])
                .expr_as(Expr::cust(AUDIENCE), "known_to")
                .filter(Condition::any().add(Column::Seq.gt(place.seq)).add(Column::Seq.is_in(missing)))
                .order_by_asc(Column::Seq)
                .limit(BATCH)
                .into_tuple()
                .all(db)
                .await?;
            let is_last = (lines.len() as u64) < BATCH;
            let is_postgres = db.get_database_backend() == DbBackend::Postgres;
            for line in lines {
                place.pass(line.0, is_postgres);
                // Whoever hears of it and reads must find it: see `standby_snapshot`.
                self.0.told.fetch_max(line.0, Ordering::AcqRel);
                self.tell_line(&line);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Tells those who listen here what was just committed: from the record, if it is followed.
    pub(super) fn tell(&self, news: Vec<News>) {
        if self.0.is_following.load(Ordering::Acquire) {
            return self.0.hint.notify_one();
        }
        for news in news {
            // Nobody listening is no failure.
            let _ = self.0.news.send(news);
        }
    }

    fn tell_line(&self, (_, kind, document, review, data, audience): &Line) {
        // What nobody says of who may know of it is for those who may know of everything.
        let audience = audience.as_deref().and_then(Audience::from_word).unwrap_or(Audience::Group);
        let reviews = review.map(|review| News::ReviewChanged { review: ReviewId(review), audience });
        let enters_or_leaves = EventKind::from_word(kind).is_some_and(|kind| enters_or_leaves_force(kind, data));
        let documents = document.filter(|_| enters_or_leaves).map(|id| News::DocumentPublished(DocumentId(id)));
        for news in documents.into_iter().chain(reviews) {
            let _ = self.0.news.send(news);
        }
    }

    /// Returns when it is time to look again.
    async fn await_hint(&self, listener: &mut Option<PgListener>) {
        if listener.is_none() && self.0.reads.get_database_backend() == DbBackend::Postgres {
            *listener = self.listen().await;
        }
        let heard = async {
            match listener {
                Some(hearing) => hearing.try_recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.0.hint.notified() => {}
            () = tokio::time::sleep(PERIOD) => {}
            // Without a connection hints were lost: look now, and listen anew.
            heard = heard => if !matches!(heard, Ok(Some(_))) { *listener = None },
        }
    }

    /// A connection of its own: the pool's are for work.
    async fn listen(&self) -> Option<PgListener> {
        let pool = self.0.writes.get_postgres_connection_pool();
        let listening = async {
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(CHANNEL).await?;
            Ok::<_, sea_orm::sqlx::Error>(listener)
        };
        match listening.await {
            Ok(listener) => Some(listener),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "failed to listen to the database");
                None
            }
        }
    }
}

impl Place {
    fn pass(&mut self, seq: i64, has_gaps: bool) {
        let now = Instant::now();
        self.missing.remove(&seq);
        if has_gaps {
            self.missing.extend((self.seq + 1..seq).map(|passed| (passed, now)));
        }
        self.missing.retain(|_, since| now.duration_since(*since) < UNDECIDED_FOR);
        self.seq = self.seq.max(seq);
    }
}

/// Whether an act put an edition into force, or took one out.
fn enters_or_leaves_force(kind: EventKind, data: &str) -> bool {
    let says = |name: &str| serde_json::from_str(data).is_ok_and(|data: serde_json::Value| data[name] == true);
    match kind {
        EventKind::EditionPublished | EventKind::EditionWithdrawn => true,
        EventKind::DocumentImported => says("isInForce"),
        EventKind::SectionCreated
        | EventKind::SectionRevised
        | EventKind::SectionMoved
        | EventKind::SectionRemoved
        | EventKind::EditorialConfirmed
        | EventKind::RecommendationStoodDown
        | EventKind::ChangeNoteWritten
        | EventKind::SeatGranted
        | EventKind::SeatEnded
        | EventKind::SeatOffered
        | EventKind::InvitationAccepted
        | EventKind::InvitationRevoked
        | EventKind::RoleGranted
        | EventKind::RoleRevoked
        | EventKind::ClientRegistered
        | EventKind::ClientKeyAdded
        | EventKind::ClientKeyRevoked
        | EventKind::ClientRevoked
        | EventKind::ReviewScheduled
        | EventKind::ReviewOpened
        | EventKind::ReviewMoved
        | EventKind::RequestAccepted
        | EventKind::ReviewCancelled
        | EventKind::PositionTaken
        | EventKind::RulesReopened
        | EventKind::OpinionGiven
        | EventKind::AbsenceDeclared
        | EventKind::LeadAppointed
        | EventKind::AbsenceEnded
        | EventKind::CellAssigned
        | EventKind::LoadLimitSet
        | EventKind::InterestDeclared
        | EventKind::InterestEnded
        | EventKind::InterestsConfirmed
        | EventKind::InterestWithheld
        | EventKind::InterestWeighed
        | EventKind::BallotOpened
        | EventKind::VoteCast
        | EventKind::BallotClosed
        | EventKind::CommentWritten
        | EventKind::CommentSettled
        | EventKind::DocumentReaffirmed => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_was_passed_over_is_looked_for_until_it_is_there() {
        let mut place = Place { seq: 4, missing: BTreeMap::new() };
        place.pass(7, true);
        assert_eq!(place.missing.keys().copied().collect::<Vec<_>>(), [5, 6]);
        place.pass(5, true);
        assert_eq!((place.seq, place.missing.keys().copied().collect::<Vec<_>>()), (7, vec![6]));
    }
}
