//! The record of acts, for whoever may read what they were done to (A6). Who acted is told by the people's own rule.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, ExprTrait, Query, SimpleExpr},
};
use uuid::Uuid;

use super::{Reader, Slice};
use crate::{
    domain::{
        access::{Act, Exposure, Thing, decide},
        document::{Audience, Document},
        event::{Event, EventKind, Reach},
        id::{DocumentId, ReviewId},
    },
    store::{StoreError, row},
};

/// What a history is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HistoryOf {
    /// A document, with its reviews.
    Document(DocumentId),
    /// One review of a document.
    Review(DocumentId, ReviewId),
}

/// Which part of a history: newest first, by the numbers of events.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct HistoryPage {
    /// The most events wanted.
    pub size: u64,
    /// Only events that stand after this one, which are older.
    pub after: Option<i64>,
    /// Only events that stand before this one, which are newer.
    pub before: Option<i64>,
    /// Whether the last ones are wanted instead of the first.
    pub from_end: bool,
}

/// An event with its number, by which a history is paged.
pub type Numbered = (i64, Event);

impl HistoryOf {
    /// The document that it is the history of, or of whose review.
    pub fn document(self) -> DocumentId {
        match self {
            Self::Document(document) | Self::Review(document, _) => document,
        }
    }
}

/// Histories of one kind of which the same page is wanted, each with what the actor may know of it.
struct Batch {
    page: HistoryPage,
    of_review: bool,
    streams: Vec<(HistoryOf, Condition)>,
}

#[derive(FromQueryResult)]
struct Counted {
    stream: Uuid,
    events: i64,
}

impl Reader {
    /// A page of each of these histories, as far as the actor may know of the acts. One statement for all that ask for the
    /// same page, however many they are.
    pub async fn histories(
        &self,
        wanted: &[(HistoryOf, HistoryPage)],
    ) -> Result<HashMap<(HistoryOf, HistoryPage), Slice<Numbered>>, StoreError> {
        let mut found = HashMap::new();
        for Batch { page, of_review, streams } in self.batches(wanted.iter().copied()).await? {
            let mut events: HashMap<Uuid, Vec<Numbered>> = HashMap::new();
            for row in ranked(&streams, page, of_review).all(self.db().await?).await? {
                let stream = if of_review { row.review_id } else { row.document_id };
                if let Some(stream) = stream {
                    events.entry(stream).or_default().push((row.seq, row::event(row)?));
                }
            }
            for (of, _) in streams {
                let mut fetched = events.remove(&stream_id(of)).unwrap_or_default();
                if page.from_end {
                    fetched.reverse();
                }
                let cut = super::Page { from_end: page.from_end, ..super::Page::first(page.size) };
                found.insert((of, page), Slice::cut(fetched, &cut));
            }
        }
        Ok(found)
    }

    /// How many events of each of these histories the actor may know of.
    pub async fn count_histories(&self, wanted: &[HistoryOf]) -> Result<HashMap<HistoryOf, u64>, StoreError> {
        let all = HistoryPage { size: 0, after: None, before: None, from_end: false };
        let mut found = HashMap::new();
        for Batch { of_review, streams, .. } in self.batches(wanted.iter().map(|of| (*of, all))).await? {
            use ::entity::event::{Column, Entity};
            let stream = stream_column(of_review);
            let rows = Entity::find()
                .select_only()
                .column_as(stream, "stream")
                .column_as(Column::Seq.count(), "events")
                .filter(any_of(&streams))
                .group_by(stream)
                .into_model::<Counted>()
                .all(self.db().await?)
                .await?;
            let counts: HashMap<Uuid, i64> = rows.into_iter().map(|row| (row.stream, row.events)).collect();
            found.extend(streams.iter().map(|(of, _)| {
                let count = counts.get(&stream_id(*of)).copied().unwrap_or_default();
                (*of, u64::try_from(count).unwrap_or_default())
            }));
        }
        Ok(found)
    }

    /// Those histories that exist for the actor.
    async fn batches(&self, wanted: impl Iterator<Item = (HistoryOf, HistoryPage)>) -> Result<Vec<Batch>, StoreError> {
        let wanted: Vec<_> = wanted.collect();
        let ids: Vec<DocumentId> = wanted.iter().map(|(of, _)| of.document()).collect();
        let documents = self.documents(&ids).await?;
        let mut groups: HashMap<(HistoryPage, bool), Vec<(HistoryOf, Condition)>> = HashMap::new();
        for (of, page) in wanted {
            let Some(document) = documents.get(&of.document()).filter(|_| self.sight.history()) else { continue };
            let of_review = matches!(of, HistoryOf::Review(..));
            groups.entry((page, of_review)).or_default().push((of, self.known(of, document)));
        }
        Ok(groups.into_iter().map(|((page, of_review), streams)| Batch { page, of_review, streams }).collect())
    }

    /// What the actor may know of a history.
    fn known(&self, of: HistoryOf, document: &Document) -> Condition {
        use ::entity::event::Column;
        let drafts = self.sight.drafts(document.group, document.id);
        let roles = Thing::document(document.group, document.id, Exposure::Roles);
        let roles = decide(self.actor(), Act::Read, &roles, self.now).is_ok();
        let reaches = |kind: &&EventKind| match kind.reach() {
            Reach::Published => true,
            Reach::Drafts | Reach::Section => drafts,
            Reach::Roles => roles,
            Reach::Seats | Reach::Clients => false,
        };
        let kinds = EventKind::ALL.iter().filter(reaches).map(|kind| kind.word());
        let of_sections = EventKind::ALL.iter().filter(|kind| kind.reach() == Reach::Section).map(|kind| kind.word());
        let narrowest = self.sight.audience(document.group, document.id);
        let seen = Audience::ALL.iter().filter(|audience| **audience >= narrowest).map(|audience| audience.word());
        let mut known = Condition::all()
            .add(stream_column(matches!(of, HistoryOf::Review(..))).eq(stream_id(of)))
            .add(Column::Kind.is_in(kinds));
        if narrowest != Audience::Group {
            known =
                known.add(Condition::any().add(Column::Kind.is_not_in(of_sections)).add(Column::Audience.is_in(seen)));
        }
        known
    }
}

fn stream_column(of_review: bool) -> ::entity::event::Column {
    if of_review { ::entity::event::Column::ReviewId } else { ::entity::event::Column::DocumentId }
}

fn stream_id(of: HistoryOf) -> Uuid {
    match of {
        HistoryOf::Document(document) => document.0,
        HistoryOf::Review(_, review) => review.0,
    }
}

fn any_of(streams: &[(HistoryOf, Condition)]) -> Condition {
    streams.iter().fold(Condition::any(), |any, (_, known)| any.add(known.clone()))
}

/// The events of a page of every stream: one more of each than is wanted, to know whether there are more.
fn ranked(
    streams: &[(HistoryOf, Condition)],
    page: HistoryPage,
    of_review: bool,
) -> sea_orm::Select<::entity::event::Entity> {
    use ::entity::event::{Column, Entity};
    let stream = if of_review { "review_id" } else { "document_id" };
    let order = if page.from_end { "ASC" } else { "DESC" };
    let rank: SimpleExpr = Expr::cust(format!("ROW_NUMBER() OVER (PARTITION BY {stream} ORDER BY seq {order})"));
    let mut within = any_of(streams);
    if page.after.is_some() || page.before.is_some() {
        let mut bounds = Condition::all();
        bounds = page.after.into_iter().fold(bounds, |bounds, after| bounds.add(Column::Seq.lt(after)));
        bounds = page.before.into_iter().fold(bounds, |bounds, before| bounds.add(Column::Seq.gt(before)));
        within = Condition::all().add(within).add(bounds);
    }
    let numbered = Entity::find().select_only().column(Column::Seq).expr_as(rank, "place").filter(within).into_query();
    let (numbers, place) = (Alias::new("numbers"), Alias::new("place"));
    let chosen = Query::select()
        .column((numbers.clone(), Alias::new("seq")))
        .from_subquery(numbered, numbers)
        .and_where(Expr::col(place).lte(i64::try_from(page.size).unwrap_or(i64::MAX - 1) + 1))
        .to_owned();
    Entity::find().filter(Column::Seq.in_subquery(chosen)).order_by(Column::Seq, Order::Desc)
}
