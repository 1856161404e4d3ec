//! Reviews with everything that the rules ask about them.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, Iterable, QueryFilter,
    QueryOrder, Select,
    sea_query::{Expr, Order, Query, SelectStatement, UnionType},
};

use super::{Tree, documents, draft_texts, editions, seats_of, trees};
use crate::{
    domain::{
        document::edition::{Edition, EditionState},
        id::{DocumentId, EditionId, GroupId, ReviewId, SeatId, SectionId},
        review::{
            Base, Review, ReviewFacts, ReviewKind,
            assignment::Assignment,
            ballot::Ballot,
            cell::Scope,
            position::{Position, PositionAct, Positions, is_repeatable},
            request::Acceptance,
        },
    },
    store::{StoreError, library::Library, row},
};

/// Reviews chosen by a condition, oldest first.
pub(in crate::store) async fn reviews(
    db: &DatabaseTransaction,
    chosen: Select<::entity::review::Entity>,
) -> Result<Vec<Review>, StoreError> {
    let rows = review_rows(db, chosen).await?;
    let of: Vec<DocumentId> = rows.iter().map(|row| DocumentId(row.document_id)).collect();
    let documents = documents(db, &of).await?;
    rows.into_iter()
        .map(|row| {
            let document = documents
                .get(&DocumentId(row.document_id))
                .ok_or_else(|| StoreError::unbelievable("review", row.id, "no document"))?;
            row::review(row, document)
        })
        .collect()
}

/// The same, to be believed once their documents are at hand.
pub(in crate::store) async fn review_rows(
    db: &DatabaseTransaction,
    chosen: Select<::entity::review::Entity>,
) -> Result<Vec<::entity::review::Model>, StoreError> {
    use ::entity::review::Column;
    Ok(chosen.order_by_asc(Column::OpenedAt).order_by_asc(Column::Id).all(db).await?)
}

/// Everything that questions about these reviews depend on.
pub(in crate::store) async fn review_facts(
    db: &DatabaseTransaction,
    library: &Library,
    reviews: Vec<Review>,
) -> Result<HashMap<ReviewId, ReviewFacts>, StoreError> {
    let named = reviews.iter().flat_map(|review| [review.draft, review.base]).flatten();
    let editions = editions(db, &named.collect::<Vec<_>>()).await?;
    let mut facts = review_texts(db, library, HashMap::new(), &editions, reviews).await?;
    let groups: HashSet<GroupId> = facts.values().map(|facts| facts.review.group).collect();
    let seats = seats_of(db, &groups.into_iter().collect::<Vec<_>>()).await?;
    let groups: HashSet<GroupId> = facts.values().map(|facts| facts.review.group).collect();
    let absences = super::absences_of(db, &groups.into_iter().collect::<Vec<_>>()).await?;
    let ids: Vec<ReviewId> = facts.keys().copied().collect();
    let mut positions = positions(db, &ids).await?;
    let mut ballots = ballots_on(db, &positions).await?;
    for (id, facts) in &mut facts {
        facts.ballots = ballots.remove(id).unwrap_or_default();
        facts.seats = seats.iter().filter(|seat| seat.group == facts.review.group).cloned().collect();
        let absences = absences.iter().filter(|(group, _)| *group == facts.review.group);
        facts.absences = absences.map(|(_, absence)| absence.clone()).collect();
        facts.positions = positions.remove(id).unwrap_or_default();
    }
    Ok(facts)
}

/// The same without seats and positions: what stands until somebody does something else in the document than taking a
/// position. Of a reaffirmed review, whose draft is gone, the text is that of the edition it reaffirmed, since they were
/// the same. Trees that the caller has are not loaded again, nor are those of published editions in memory.
pub(in crate::store) async fn review_texts(
    db: &DatabaseTransaction,
    library: &Library,
    mut known: HashMap<EditionId, Tree>,
    editions: &HashMap<EditionId, Edition>,
    reviews: Vec<Review>,
) -> Result<HashMap<ReviewId, ReviewFacts>, StoreError> {
    let examined = |review: &Review| review.draft.or(review.base);
    let bases = reviews.iter().filter_map(|review| review.base).filter(|base| library.find(*base).is_none());
    let wanted: HashSet<EditionId> = reviews.iter().filter_map(examined).chain(bases).collect();
    let missing: Vec<EditionId> = wanted.into_iter().filter(|edition| !known.contains_key(edition)).collect();
    known.extend(trees(db, &missing).await?);
    let outline_of = |edition: EditionId| match library.find(edition) {
        Some(text) => Some(text.outline.clone()),
        None => known.get(&edition).map(|tree| tree.outline.clone()),
    };
    let bases: HashMap<ReviewId, Base> = reviews
        .iter()
        .filter_map(|review| {
            let edition = editions.get(&review.base?)?;
            let is_in_force = matches!(edition.state, EditionState::Published(_));
            Some((review.id, Base { number: edition.number, outline: outline_of(edition.id)?, is_in_force }))
        })
        .collect();
    let texts = draft_texts(db, known).await?;
    let mut acceptances = acceptances(db, &reviews).await?;
    let mut chosen = chosen(db, &reviews).await?;
    let weighed = reviews.iter().filter(|review| review.first_weighed_at.is_some()).map(|review| review.id);
    let mut assignments = assignments(db, &reviews).await?;
    let mut actions = super::interest_actions(db, &weighed.collect::<Vec<_>>()).await?;
    let facts = reviews.into_iter().map(|review| {
        let facts = ReviewFacts {
            draft: review.draft.and_then(|draft| editions.get(&draft)).cloned(),
            text: examined(&review).and_then(|edition| texts.get(&edition)).cloned().unwrap_or_default(),
            base: bases.get(&review.id).cloned(),
            seats: vec![],
            absences: vec![],
            positions: Positions::default(),
            chosen: chosen.remove(&review.id).unwrap_or_default(),
            acceptances: acceptances.remove(&review.id).unwrap_or_default(),
            ballots: vec![],
            actions: actions.remove(&review.id).unwrap_or_default(),
            assignments: assignments.remove(&review.id).unwrap_or_default(),
            review,
        };
        (facts.review.id, facts)
    });
    Ok(facts.collect())
}

/// Every act in these reviews.
pub(in crate::store) async fn positions(
    db: &DatabaseTransaction,
    reviews: &[ReviewId],
) -> Result<HashMap<ReviewId, Positions>, StoreError> {
    use ::entity::position::Column;
    let mut positions: HashMap<ReviewId, Positions> = HashMap::new();
    let of = Condition::all().add(Column::ReviewId.is_in(reviews.iter().map(|id| id.0)));
    for (review, position) in chosen_positions(db, of).await? {
        positions.entry(review).or_default().push(position);
    }
    Ok(positions)
}

/// What another act of the seats `own` on this text depends on, `seats` being all of their discipline: in this review every
/// objection, request for time and lift, wherever; and of the other acts the latest on the text, by the seats themselves and
/// by those who objected, which tells whether that still stands (S6). So it stays small however often they act.
///
/// Each part is one step down an index, and written such that PostgreSQL cannot see it otherwise while it knows nothing yet
/// of how many rows there are.
pub(in crate::store) async fn decisive_positions(
    db: &DatabaseTransaction,
    review: ReviewId,
    scope: Scope,
    own: &[SeatId],
    seats: &[SeatId],
) -> Result<Positions, StoreError> {
    use ::entity::position::{Column, Entity, Model};
    let weighty = Query::select()
        .columns(Column::iter())
        .from(Entity)
        .and_where(Column::ReviewId.eq(review.0))
        .and_where(Column::SeatId.is_in(seats.iter().map(|id| id.0)))
        .and_where(Expr::cust(acts(false)))
        .to_owned();
    let mut wanted = weighty;
    for seat in own {
        wanted.union(UnionType::All, latest(review, scope, *seat));
    }
    let backend = db.get_database_backend();
    let mut rows = Model::find_by_statement(backend.build(&wanted)).all(db).await?;
    let is_others = |row: &&Model| row.act == PositionAct::Object.word() && !own.contains(&SeatId(row.seat_id));
    let objectors: BTreeSet<SeatId> = rows.iter().filter(is_others).map(|row| SeatId(row.seat_id)).collect();
    for seat in objectors {
        rows.extend(Model::find_by_statement(backend.build(&latest(review, scope, seat))).all(db).await?);
    }
    let mut positions: Vec<Position> = rows.into_iter().map(row::position).collect::<Result<_, _>>()?;
    positions.sort_by_key(|position| (position.taken_at, position.id));
    Ok(positions.into_iter().collect())
}

/// The latest act of a seat on a text besides those that weigh wherever they were done.
fn latest(review: ReviewId, scope: Scope, seat: SeatId) -> SelectStatement {
    use ::entity::position::{Column, Entity};
    let on_text = match scope {
        Scope::Whole => Column::SectionId.is_null(),
        Scope::Section(section) => Column::SectionId.eq(section.0),
    };
    let one = Query::select()
        .columns(Column::iter())
        .from(Entity)
        .and_where(Column::ReviewId.eq(review.0))
        .and_where(Column::SeatId.eq(seat.0))
        .and_where(on_text)
        .and_where(Expr::cust(acts(true)))
        .order_by(Column::TakenAt, Order::Desc)
        .order_by(Column::Id, Order::Desc)
        .limit(1)
        .to_owned();
    // SQLite takes no limit inside a union.
    Query::select().columns(Column::iter()).from_subquery(one, "latest").to_owned()
}

/// Acts in SQL: those of which only the latest matters, or the others. They are words and not values, so that the database
/// sees which index holds nothing else.
fn acts(are_repeatable: bool) -> String {
    let acts = PositionAct::ALL.iter().filter(|act| is_repeatable(**act) == are_repeatable);
    let words: Vec<String> = acts.map(|act| format!("'{}'", act.word())).collect();
    format!("act IN ({})", words.join(", "))
}

/// The ballots in these reviews. Only objections are balloted on, and most reviews have none: nothing is asked of them.
pub(in crate::store) async fn ballots_on(
    db: &DatabaseTransaction,
    positions: &HashMap<ReviewId, Positions>,
) -> Result<HashMap<ReviewId, Vec<Ballot>>, StoreError> {
    let is_contested = |positions: &Positions| positions.iter().any(|position| position.act == PositionAct::Object);
    let contested: Vec<ReviewId> =
        positions.iter().filter(|(_, positions)| is_contested(positions)).map(|(review, _)| *review).collect();
    if contested.is_empty() {
        return Ok(HashMap::new());
    }
    super::ballots(db, &contested).await
}

async fn chosen_positions(db: &DatabaseTransaction, which: Condition) -> Result<Vec<(ReviewId, Position)>, StoreError> {
    use ::entity::position::{Column, Entity};
    let chosen = Entity::find().filter(which).order_by_asc(Column::TakenAt).order_by_asc(Column::Id);
    let rows = chosen.all(db).await?.into_iter();
    rows.map(|row| Ok((ReviewId(row.review_id), row::position(row)?))).collect()
}

async fn acceptances(
    db: &DatabaseTransaction,
    reviews: &[Review],
) -> Result<HashMap<ReviewId, Vec<Acceptance>>, StoreError> {
    use ::entity::acceptance::{Column, Entity};
    // Most reviews have none: they are not asked for.
    let with_some: Vec<_> =
        reviews.iter().filter(|review| review.first_accepted_at.is_some()).map(|review| review.id.0).collect();
    if with_some.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find()
        .filter(Column::ReviewId.is_in(with_some))
        .order_by_asc(Column::AcceptedAt)
        .order_by_asc(Column::SeatId)
        .all(db)
        .await?;
    let mut acceptances: HashMap<ReviewId, Vec<Acceptance>> = HashMap::new();
    for row in rows {
        acceptances.entry(ReviewId(row.review_id)).or_default().push(row::acceptance(&row));
    }
    Ok(acceptances)
}

async fn assignments(
    db: &DatabaseTransaction,
    reviews: &[Review],
) -> Result<HashMap<ReviewId, Vec<Assignment>>, StoreError> {
    use ::entity::assignment::{Column, Entity};
    // Most reviews have none: they are not asked for.
    let with_some: Vec<_> =
        reviews.iter().filter(|review| review.first_assigned_at.is_some()).map(|review| review.id.0).collect();
    if with_some.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find().filter(Column::ReviewId.is_in(with_some)).order_by_asc(Column::Id).all(db).await?;
    let mut assignments: HashMap<ReviewId, Vec<Assignment>> = HashMap::new();
    for row in rows {
        assignments.entry(ReviewId(row.review_id)).or_default().push(row::assignment(&row)?);
    }
    Ok(assignments)
}

async fn chosen(db: &DatabaseTransaction, reviews: &[Review]) -> Result<HashMap<ReviewId, Vec<SectionId>>, StoreError> {
    use ::entity::review_section::{Column, Entity};
    // Others examine everything.
    let is_partial = |review: &&Review| review.kind == ReviewKind::Partial;
    let partial: Vec<_> = reviews.iter().filter(is_partial).map(|review| review.id.0).collect();
    if partial.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find().filter(Column::ReviewId.is_in(partial)).order_by_asc(Column::SectionId).all(db).await?;
    let mut chosen: HashMap<ReviewId, Vec<SectionId>> = HashMap::new();
    for row in rows {
        chosen.entry(ReviewId(row.review_id)).or_default().push(SectionId(row.section_id));
    }
    Ok(chosen)
}
