//! What taking a position depends on, and no more: this is the act that hundreds do in the same week.
//!
//! ```text
//! document  FOR SHARE          nobody edits or publishes meanwhile; others sign at the same time (S5, S14)
//! own seats FOR NO KEY UPDATE  what a seat may do next follows from what it did before (S11); its term stays as it is
//! ```
//!
//! Both are had by one statement, the document first; what follows from them is read by the next, which sees what was
//! committed meanwhile.
//!
//! Text, tree and plan of the review come from memory while the document's version is what it was, and the group's seats
//! while the group's is. SQLite has one writer, which needs no locks.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable, JoinType,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Select, Statement,
    sea_query::{CommonTableExpression, WithClause},
};

use super::{NewEvent, Read, StoreError, Tx, load, row};
use crate::{
    domain::{
        document::{Audience, Document},
        id::{DocumentId, GroupId, PersonId, ReviewId, SeatId},
        review::{Review, ReviewFacts, cell::Scope},
        role::Seat,
    },
    store::row::Versions,
};

/// What the columns of a seat are named with beside those of a document.
const SEAT: &str = "seat_";

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
        let Some((document, versions, meant)) = self.hold(document, signer).await? else { return Ok(None) };
        let mut facts = self.review_texts(review, &document, versions).await?;
        facts.seats = self.seats_at(document.group, versions.group).await?;
        for held in &meant {
            facts.seats.iter_mut().filter(|seat| seat.id == held.id).for_each(|seat| *seat = held.clone());
        }
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
        let Some(row) = chosen.one(&self.db).await? else { return Ok(None) };
        let document = DocumentId(row.document_id);
        known.insert(review, document);
        Ok(Some(document))
    }

    /// Holds a document as those who sign share it, and the seats meant, as they are now that nobody changes them.
    async fn hold(
        &self,
        id: DocumentId,
        signer: Signer,
    ) -> Result<Option<(Document, Versions, Vec<Seat>)>, StoreError> {
        use ::entity::{document, seat};
        let document = load::with_versions(document::Entity::find_by_id(id.0).filter(self.eyes.drafts()));
        let seats =
            document::Entity::belongs_to(seat::Entity).from(document::Column::GroupId).to(seat::Column::GroupId);
        let mut held = document.clone().join(JoinType::InnerJoin, seats.into()).order_by_asc(seat::Column::Id);
        for column in seat::Column::iter() {
            held = held.column_as(column, format!("{SEAT}{}", column.as_str()));
        }
        // Nothing equals what is not given.
        let meant = Condition::any()
            .add(seat::Column::PersonId.eq(signer.person.map(|id| id.0)))
            .add(seat::Column::Id.eq(signer.seat.map(|id| id.0)));
        let rows = self.rows_held(held.filter(meant), " FOR SHARE OF document FOR NO KEY UPDATE OF seat").await?;
        let seats =
            rows.iter().map(|row| row::seat(seat::Model::from_query_result(row, SEAT)?)).collect::<Result<_, _>>()?;
        // Whoever has no seat there signs nothing, but is told why.
        let alone = if rows.is_empty() { self.rows_held(document, " FOR SHARE OF document").await? } else { rows };
        let Some(row) = alone.first() else { return Ok(None) };
        let (document, versions) = row::versioned_document(row::DocumentRow::from_query_result(row, "")?)?;
        Ok(Some((document, versions, seats)))
    }

    /// What is chosen, with locks where there are any: SQLite has one writer, and this is it.
    async fn rows_held(
        &self,
        chosen: Select<::entity::document::Entity>,
        locks: &str,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let backend = self.db.get_database_backend();
        let mut statement = chosen.build(backend);
        if backend == DbBackend::Postgres {
            statement.sql += locks;
        }
        Ok(self.db.query_all_raw(statement).await?)
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

    /// Writes a position and its event together. Each database takes two inserts at once, in its own way.
    pub(super) async fn insert_with_event(
        &self,
        position: ::entity::position::ActiveModel,
        event: NewEvent,
        audience: Audience,
    ) -> Result<(), StoreError> {
        let backend = self.db.get_database_backend();
        let position = ::entity::position::Entity::insert(position).into_query();
        let event = ::entity::event::Entity::insert(self.event_row(event, Some(audience))).into_query();
        let both = match backend {
            DbBackend::Postgres => {
                let position = CommonTableExpression::new().query(position).table_name("taken").to_owned();
                backend.build(&event.with(WithClause::new().cte(position).to_owned()))
            }
            _ => {
                let (position, event) = (backend.build(&position), backend.build(&event));
                let values = [position.values, event.values].into_iter().flatten().flat_map(|values| values.0);
                Statement::from_sql_and_values(backend, format!("{}; {}", position.sql, event.sql), values)
            }
        };
        self.db.execute_raw(both).await?;
        Ok(())
    }
}
