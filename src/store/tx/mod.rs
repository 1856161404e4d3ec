//! One transaction: loads what a command will change, under lock, and records what the domain decided.
//!
//! Every act on a document locks the document's row first, so no two locks are taken in different orders, and acts on one
//! document happen one after another. Only those who take positions share the lock ([`signing`]): they wait for edits and
//! publications, and these for them, but not for one another. `commit` consumes the transaction; dropping it undoes
//! everything.

mod absence;
mod assignment;
mod ballot;
mod client;
mod comment;
mod conclusion;
mod contact;
mod directory;
mod edit;
mod eyes;
mod import;
mod interest;
mod invitation;
mod notice;
mod opinion;
mod outcome;
mod review;
mod signing;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, QuerySelect,
    Set, Statement, prelude::Uuid,
};

use eyes::Eyes;
use outcome::Outcome;
pub use signing::Signer;

use super::{News, Store, StoreError, load, once::Held, row, writer::Place};
use crate::domain::{
    access::{Actor, Connected},
    document::{
        Audience, Document,
        content::RecommendationNumber,
        draft::Draft,
        edition::{Edition, EditionNumber, EditionState},
        revision::Revision,
    },
    event::{Event, EventKind},
    id::{DocumentId, EditionId, EventId, GroupId, PersonId, ReviewId, RevisionId, SeatId, SectionId},
    review::{Review, ReviewFacts},
    role::Seat,
    time::Timestamp,
};

/// A transaction that writes.
pub struct Tx {
    pub(super) db: DatabaseTransaction,
    /// On SQLite, where the commit is shared. After `db`, so that what is dropped is undone before the next turn.
    place: Option<Place>,
    store: Store,
    eyes: Eyes,
    news: Vec<News>,
    /// Whether an outcome was recorded, and whether one that is noticed outside.
    recorded: Option<IsNoticed>,
    /// What was read and may be kept for others once the transaction is lasting.
    read: Vec<Read>,
}

/// Something read at a version.
enum Read {
    Facts(Box<ReviewFacts>, i64),
    Seats(GroupId, i64, Vec<Seat>),
}

/// Whether what was recorded so far can be noticed outside.
type IsNoticed = bool;

/// A document whose row is locked until the transaction ends, with its editions and its open review.
#[derive(Clone, Debug)]
pub struct LockedDocument {
    /// The document.
    pub document: Document,
    /// Its editions, in the order of their numbers.
    pub editions: Vec<Edition>,
    /// Its open review.
    pub open_review: Option<Review>,
    next_number: RecommendationNumber,
}

impl LockedDocument {
    /// The edition in force.
    pub fn in_force(&self) -> Option<&Edition> {
        self.editions.iter().find(|edition| matches!(edition.state, EditionState::Published(_)))
    }

    /// The edition published last, in force or withdrawn.
    pub fn latest_published(&self) -> Option<&Edition> {
        self.editions.iter().rev().find(|edition| edition.state.publication().is_some())
    }

    /// The draft.
    pub fn draft(&self) -> Option<&Edition> {
        self.editions.iter().find(|edition| matches!(edition.state, EditionState::Draft))
    }

    /// The highest number used so far.
    pub fn highest_number(&self) -> Option<EditionNumber> {
        self.editions.iter().map(|edition| edition.number).max()
    }
}

impl Tx {
    pub(super) fn new(db: DatabaseTransaction, place: Option<Place>, store: Store) -> Self {
        let eyes = Eyes::of(store.acting_for(), store.now());
        Self { db, place, store, eyes, news: Vec::new(), recorded: None, read: Vec::new() }
    }

    /// The domain's now.
    pub fn now(&self) -> Timestamp {
        self.store.now()
    }

    /// A new id.
    pub fn id<I: From<Uuid>>(&self) -> I {
        self.store.clock().id()
    }

    /// Makes everything recorded lasting, then tells those who wait for it. An act with a key becomes lasting together
    /// with what came of it, so its transaction is put by until that is known.
    pub async fn commit(self) -> Result<(), StoreError> {
        match Held::current() {
            Some(held) => {
                held.put_by(self);
                Ok(())
            }
            None => self.finish().await,
        }
    }

    /// Makes everything recorded lasting now.
    pub(super) async fn finish(self) -> Result<(), StoreError> {
        // Last of all: it is one row, which all acts that are noticed wait for. Changes that are no outcome, such as of
        // the directory, are taken for noticed.
        let moved = if self.recorded.unwrap_or(true) { Some(self.move_shelf().await?) } else { None };
        match self.place {
            Some(place) => place.lasting(self.db).await?,
            None => self.db.commit().await?,
        }
        let library = &self.store.0.library;
        for read in self.read {
            match read {
                Read::Facts(facts, version) => drop(library.facts.keep(facts.review.id, version, *facts)),
                Read::Seats(group, version, seats) => drop(library.seats.keep(group, version, seats)),
            }
        }
        if let Some(epoch) = moved {
            self.store.heard_epoch(epoch);
        }
        self.store.tell(self.news);
        Ok(())
    }

    /// Records an outcome: its rows and its event.
    #[expect(private_bounds, reason = "only the outcomes recorded in here are outcomes")]
    pub async fn record<O: Outcome>(&mut self, outcome: O) -> Result<(), StoreError> {
        self.recorded = Some(self.recorded.unwrap_or(false) || O::IS_NOTICED_OUTSIDE);
        outcome.record(self).await
    }

    /// Moves the epoch of the shelf, which tells every replica that something has changed for readers outside.
    async fn move_shelf(&self) -> Result<i64, StoreError> {
        let sql = "UPDATE shelf SET epoch = epoch + 1 RETURNING epoch";
        let row = self.db.query_one_raw(Statement::from_string(self.db.get_database_backend(), sql)).await?;
        let row = row.ok_or_else(|| StoreError::unbelievable("shelf", 1, "is not there"))?;
        Ok(row.try_get("", "epoch")?)
    }

    /// Locks a document that exists for the actor, and loads what acts on it depend on.
    pub async fn lock_document(&self, id: DocumentId) -> Result<Option<LockedDocument>, StoreError> {
        use ::entity::{document, review};
        let mut chosen = document::Entity::find_by_id(id.0).filter(self.eyes.documents());
        if self.db.get_database_backend() == DbBackend::Postgres {
            // SQLite has one writer, and this is it.
            chosen = chosen.lock_exclusive();
        }
        let Some(row) = chosen.one(&self.db).await? else { return Ok(None) };
        let next_number = u32::try_from(row.next_recommendation_number).ok().and_then(RecommendationNumber::new);
        let next_number = next_number
            .ok_or_else(|| StoreError::unbelievable("document", row.id, "column next_recommendation_number"))?;
        let open = review::Entity::find()
            .filter(review::Column::DocumentId.eq(id.0))
            .filter(review::Column::Outcome.is_null());
        Ok(Some(LockedDocument {
            document: row::document(row)?,
            editions: load::editions_of(&self.db, &[id]).await?,
            open_review: load::reviews(&self.db, open).await?.pop(),
            next_number,
        }))
    }

    /// The draft of a locked document, ready for an edit of this section (or of none that exists yet).
    pub async fn draft(
        &self,
        locked: &LockedDocument,
        section: Option<SectionId>,
    ) -> Result<Option<Draft>, StoreError> {
        if !self.eyes.see_draft(&locked.document) {
            return Ok(None);
        }
        let Some(edition) = locked.draft() else { return Ok(None) };
        let trees = load::trees(&self.db, &[edition.id]).await?;
        let mut texts = load::draft_texts(&self.db, trees).await?;
        let published = match section {
            Some(section) => self.published_numbers(locked, section).await?,
            None => vec![],
        };
        let review = locked.open_review.as_ref().filter(|review| review.first_weighed_at.is_some());
        let weighed: Vec<_> = review.map(|review| review.id).into_iter().collect();
        let actions = load::interest_actions(&self.db, &weighed).await?.into_values().next().unwrap_or_default();
        Ok(Some(Draft {
            document: locked.document.clone(),
            edition: edition.clone(),
            text: texts.remove(&edition.id).unwrap_or_default(),
            actions,
            published,
            next_number: locked.next_number,
        }))
    }

    /// The numbers in the latest published text of a section. A number once published stays in every later edition,
    /// standing or stood down, so the latest names them all.
    async fn published_numbers(
        &self,
        locked: &LockedDocument,
        section: SectionId,
    ) -> Result<Vec<RecommendationNumber>, StoreError> {
        let Some(latest) = locked.latest_published() else { return Ok(vec![]) };
        let outlines = load::outlines(&self.db, &[latest.id]).await?;
        let placement = outlines.get(&latest.id).and_then(|outline| outline.find(section));
        let Some(revision) = placement.map(|placement| placement.revision) else { return Ok(vec![]) };
        let revision = self.revision(revision).await?;
        Ok(revision.content.recommendations.iter().map(|statement| statement.number).collect())
    }

    /// A revision that must exist.
    pub async fn revision(&self, id: RevisionId) -> Result<Revision, StoreError> {
        let found = load::revisions(&self.db, &[id]).await?.remove(&id);
        let found = found.ok_or_else(|| StoreError::unbelievable("revision", id, "is named but not there"))?;
        Ok(Revision::clone(&found))
    }

    /// Everything that acts in a review depend on. Its document is to be locked before.
    pub async fn review_facts(&self, review: Review) -> Result<ReviewFacts, StoreError> {
        let id = review.id;
        let facts = load::review_facts(&self.db, &self.store.0.library, vec![review]).await?.remove(&id);
        facts.ok_or_else(|| StoreError::unbelievable("review", id, "has no facts"))
    }

    /// A review, open or not.
    pub async fn review(&self, id: ReviewId) -> Result<Option<Review>, StoreError> {
        use ::entity::review::{Column, Entity};
        let chosen = Entity::find_by_id(id.0).filter(self.eyes.of_drafts(Column::DocumentId));
        Ok(load::reviews(&self.db, chosen).await?.pop())
    }

    /// The document that a section belongs to, for an edit of its draft.
    pub async fn document_of_section(&self, id: SectionId) -> Result<Option<DocumentId>, StoreError> {
        use ::entity::section::{Column, Entity};
        let chosen = Entity::find_by_id(id.0).filter(self.eyes.of_drafts(Column::DocumentId));
        let row = chosen.one(&self.db).await?;
        Ok(row.map(|row| DocumentId(row.document_id)))
    }

    /// The document that an edition belongs to.
    pub async fn document_of_edition(&self, id: EditionId) -> Result<Option<DocumentId>, StoreError> {
        use ::entity::edition::{Column, Entity};
        let published = Condition::all().add(Column::State.ne("DRAFT")).add(self.eyes.of_documents(Column::DocumentId));
        let seen = Condition::any().add(published).add(self.eyes.of_drafts(Column::DocumentId));
        let row = Entity::find_by_id(id.0).filter(seen).one(&self.db).await?;
        Ok(row.map(|row| DocumentId(row.document_id)))
    }

    /// Whether all these sections stand in an edition.
    pub async fn are_placed(&self, edition: Option<EditionId>, sections: &[SectionId]) -> Result<bool, StoreError> {
        let Some(edition) = edition.filter(|_| !sections.is_empty()) else { return Ok(sections.is_empty()) };
        let outlines = load::outlines(&self.db, &[edition]).await?;
        Ok(outlines
            .get(&edition)
            .is_some_and(|outline| sections.iter().all(|section| outline.find(*section).is_some())))
    }

    /// Whether a section of this document has, or had, this key.
    pub async fn key_is_taken(&self, document: DocumentId, key: &str) -> Result<bool, StoreError> {
        use ::entity::section::{Column, Entity};
        let found = Entity::find().filter(Column::DocumentId.eq(document.0)).filter(Column::Key.eq(key));
        Ok(found.one(&self.db).await?.is_some())
    }

    /// Whether a document has this slug.
    pub async fn slug_is_taken(&self, slug: &str) -> Result<bool, StoreError> {
        use ::entity::document::{Column, Entity};
        Ok(Entity::find().filter(Column::Slug.eq(slug)).one(&self.db).await?.is_some())
    }

    /// The same actor with what they hold by now (A5).
    pub async fn actor_again(&self, actor: &Actor) -> Result<Actor, StoreError> {
        match actor {
            Actor::Anonymous | Actor::System => Ok(actor.clone()),
            Actor::Person(signed_in) => {
                let who = Condition::all().add(::entity::person::Column::Id.eq(signed_in.person.0));
                Ok(load::holdings(&self.db, who).await?.shown(signed_in.presence.clone()))
            }
            Actor::Client(Connected { client, key, scopes, .. }) => {
                let standing = self.store.standing(&self.db, *client, *key).await?;
                let again = standing.map(|(client, grants)| Connected::new(&client, *key, scopes, grants));
                Ok(again.map_or(Actor::Anonymous, Actor::Client))
            }
        }
    }

    /// A seat.
    pub async fn seat(&self, id: SeatId) -> Result<Option<Seat>, StoreError> {
        let row = ::entity::seat::Entity::find_by_id(id.0).filter(self.eyes.seats()).one(&self.db).await?;
        row.map(row::seat).transpose()
    }

    /// Writes the event of an act on a whole document, review or group.
    async fn event(&self, event: NewEvent) -> Result<(), StoreError> {
        self.event_for(event, None).await
    }

    /// Writes the event of an act on a section, or on what holds some that not everybody may know of.
    async fn event_for(&self, event: NewEvent, audience: Option<Audience>) -> Result<(), StoreError> {
        let row = self.event_row(event, audience);
        ::entity::event::Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// An event as a row.
    fn event_row(&self, event: NewEvent, audience: Option<Audience>) -> ::entity::event::ActiveModel {
        let event = Event {
            id: self.id::<EventId>(),
            kind: event.kind,
            by: event.by,
            at: event.at,
            group: event.group,
            document: event.document,
            review: event.review,
            data: event.data,
        };
        ::entity::event::ActiveModel {
            id: Set(event.id.0),
            kind: Set(event.kind.word().to_owned()),
            document_id: Set(event.document.map(|id| id.0)),
            group_id: Set(event.group.map(|id| id.0)),
            review_id: Set(event.review.map(|id| id.0)),
            actor_id: Set(event.by.map(|id| id.0)),
            at: Set(event.at),
            data: Set(event.data.to_string()),
            audience: Set(audience.map(|audience| audience.word().to_owned())),
            ..Default::default()
        }
    }
}

/// An event before it gets its identity.
struct NewEvent {
    kind: EventKind,
    by: Option<PersonId>,
    at: Timestamp,
    group: Option<GroupId>,
    document: Option<DocumentId>,
    review: Option<ReviewId>,
    data: serde_json::Value,
}
