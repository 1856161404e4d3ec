//! What taking a position depends on, and no more: this is the act that hundreds do in the same week.
//!
//! ```text
//! document  FOR SHARE          nobody edits or publishes meanwhile; others sign at the same time (S5, S14)
//! own seats FOR NO KEY UPDATE  what a seat may do next follows from what it did before (S11); its term stays as it is
//! ```
//!
//! Text, tree and plan of the review come from memory while the document's version is what it was, and the group's seats
//! while the group's is. SQLite has one writer, which needs no locks.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::LockType,
};

use super::{Read, StoreError, Tx, load, row};
use crate::{
    domain::{
        document::Document,
        id::{DocumentId, GroupId, PersonId, ReviewId, SeatId},
        review::{Review, ReviewFacts, cell::Scope},
        role::Seat,
    },
    store::row::Versions,
};

/// Who might take a position: whose seats are to be held, and which seat besides.
#[derive(Clone, Copy, Debug)]
pub struct Signer {
    /// The actor.
    pub person: Option<PersonId>,
    /// The seat that was named.
    pub seat: Option<SeatId>,
}

impl Tx {
    /// A review, ready for a position on one of its texts: of the positions only those that matter to it are loaded. What
    /// may be edited or published under it, or done from the same seats, waits until this transaction ends.
    pub async fn ready_to_sign(
        &mut self,
        review: ReviewId,
        scope: Scope,
        signer: Signer,
    ) -> Result<Option<(Document, ReviewFacts)>, StoreError> {
        let Some(document) = self.document_of_review(review).await? else { return Ok(None) };
        let Some((document, versions)) = self.share_document(document).await? else { return Ok(None) };
        let mut facts = self.review_texts(review, &document, versions).await?;
        facts.seats = self.seats_at(document.group, versions.group).await?;
        let is_meant = |seat: &&Seat| Some(seat.holder) == signer.person || Some(seat.id) == signer.seat;
        let meant: Vec<Seat> = facts.seats.iter().filter(is_meant).cloned().collect();
        self.hold_seats(&meant, &mut facts.seats).await?;
        // An objection may be inherited from another seat of the discipline (S6).
        let alike = facts.seats.iter().filter(|seat| {
            let discipline = seat.post.discipline();
            discipline.is_some() && meant.iter().any(|meant| meant.post.discipline() == discipline)
        });
        let alike: Vec<SeatId> = alike.map(|seat| seat.id).collect();
        let own: Vec<SeatId> = meant.iter().map(|seat| seat.id).collect();
        let positions = load::decisive_positions(&self.db, review, scope, &own, &alike).await?;
        let positions = HashMap::from([(review, positions)]);
        facts.ballots = load::ballots_on(&self.db, &positions).await?.remove(&review).unwrap_or_default();
        facts.positions = positions.into_values().next().unwrap_or_default();
        Ok(Some((document, facts)))
    }

    /// A review is always of the same document.
    async fn document_of_review(&self, review: ReviewId) -> Result<Option<DocumentId>, StoreError> {
        let known = &self.store.0.library.documents;
        if let Some(document) = known.get(&review) {
            return Ok(Some(document));
        }
        use ::entity::review::{Column, Entity};
        let chosen = Entity::find_by_id(review.0).filter(self.eyes.of_drafts(Column::DocumentId));
        Ok(chosen.one(&self.db).await?.map(|row| DocumentId(row.document_id)))
    }

    async fn share_document(&self, id: DocumentId) -> Result<Option<(Document, Versions)>, StoreError> {
        let chosen = ::entity::document::Entity::find_by_id(id.0).filter(self.eyes.drafts());
        let mut chosen = load::with_versions(chosen);
        if self.is_postgres() {
            QueryTrait::query(&mut chosen).lock(LockType::Share);
        }
        let row = chosen.into_model::<row::DocumentRow>().one(&self.db).await?;
        row.map(row::versioned_document).transpose()
    }

    /// What stands in a review until somebody does something else in the document than taking a position.
    async fn review_texts(
        &mut self,
        id: ReviewId,
        document: &Document,
        versions: Versions,
    ) -> Result<ReviewFacts, StoreError> {
        let library = &self.store.0.library;
        if let Some(facts) = library.facts.find(id, versions.document) {
            return Ok(ReviewFacts::clone(&facts));
        }
        let row = ::entity::review::Entity::find_by_id(id.0).one(&self.db).await?;
        let row = row.ok_or_else(|| StoreError::unbelievable("review", id, "is named but not there"))?;
        let review: Review = row::review(row, document)?;
        let named: Vec<_> = [review.draft, review.base].into_iter().flatten().collect();
        let editions = load::editions(&self.db, &named).await?;
        let texts = load::review_texts(&self.db, library, Default::default(), &editions, vec![review]).await?;
        let facts = texts.into_values().next();
        let facts = facts.ok_or_else(|| StoreError::unbelievable("review", id, "has no facts"))?;
        library.documents.insert(id, document.id);
        self.read.push(Read::Facts(Box::new(facts.clone()), versions.document));
        Ok(facts)
    }

    async fn seats_at(&mut self, group: GroupId, version: i64) -> Result<Vec<Seat>, StoreError> {
        if let Some(seats) = self.store.0.library.seats.find(group, version) {
            return Ok(seats.to_vec());
        }
        // Nobody locks the group: the version these seats are of is the one that is read together with them.
        let (seats, version) = load::seats_with_version(&self.db, group).await?;
        self.read.extend(version.map(|version| Read::Seats(group, version, seats.clone())));
        Ok(seats)
    }

    /// Locks seats, and takes them as they are now that nobody changes them.
    async fn hold_seats(&self, held: &[Seat], all: &mut [Seat]) -> Result<(), StoreError> {
        use ::entity::seat::{Column, Entity};
        if !self.is_postgres() || held.is_empty() {
            return Ok(());
        }
        let rows = Entity::find()
            .filter(Column::Id.is_in(held.iter().map(|seat| seat.id.0)))
            .order_by_asc(Column::Id)
            .lock(LockType::NoKeyUpdate)
            .all(&self.db)
            .await?;
        for row in rows {
            let fresh = row::seat(row)?;
            all.iter_mut().filter(|seat| seat.id == fresh.id).for_each(|seat| *seat = fresh.clone());
        }
        Ok(())
    }

    fn is_postgres(&self) -> bool {
        use sea_orm::ConnectionTrait;
        self.db.get_database_backend() == DbBackend::Postgres
    }
}
