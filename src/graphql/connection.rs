//! Lists page by page, after the Relay specification.
//!
//! A cursor is opaque and belongs to one kind of list. What does not fit (two ends at once, a page too large, a foreign
//! cursor) is refused, never bent into something else.

use std::borrow::Cow;

use async_graphql::{Context, Description, Object, OutputType, Result, SimpleObject, TypeName};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use uuid::Uuid;

use super::{
    error::Code,
    loaders::{AHistory, HistoryCount},
    session::View,
};
use crate::{
    domain::directory::OrganisationKind,
    store::{HistoryOf, HistoryPage, Numbered, Page, Reader, Slice},
};

/// Things of a page, unless the caller says otherwise.
pub const PAGE_SIZE_DEFAULT: u64 = 20;
/// The most things of a page.
pub const PAGE_SIZE_MAX: u64 = 100;

/// What comes in pages.
pub trait Listed: OutputType {
    /// Describes a page of them.
    const PAGE: &'static str;
    /// Describes one of them on a page.
    const EDGE: &'static str;
    /// Names their cursors.
    const CURSOR: &'static str;
}

/// Which part of a list is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paging {
    size: u64,
    from_end: bool,
    after: Option<String>,
    before: Option<String>,
}

impl Paging {
    /// Reads the arguments `first`, `after`, `last` and `before`.
    pub fn new(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> Result<Self> {
        let size =
            match (first, last) {
                (Some(_), Some(_)) => return Err(Code::BadUserInput.error("give either first or last")),
                (Some(size), None) | (None, Some(size)) => u64::try_from(size)
                    .ok()
                    .filter(|size| *size <= PAGE_SIZE_MAX)
                    .ok_or_else(|| Code::BadUserInput.error(format!("a page holds 0 to {PAGE_SIZE_MAX}")))?,
                (None, None) => PAGE_SIZE_DEFAULT,
            };
        Ok(Self { size, from_end: last.is_some(), after, before })
    }

    /// How many things are wanted.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The page to ask the store for.
    fn keyset(&self, kind: &str) -> Result<Page> {
        let read = |cursor: &Option<String>| cursor.as_deref().map(|cursor| decode_keyed(kind, cursor)).transpose();
        Ok(Page { size: self.size, after: read(&self.after)?, before: read(&self.before)?, from_end: self.from_end })
    }

    /// How many things to skip in a list that is ranked anew each time.
    pub fn offset(&self, kind: &str) -> Result<u64> {
        let Some(after) = &self.after else { return Ok(0) };
        let text = decode(after)?;
        let offset = text.split_once(':').filter(|(found, _)| *found == kind).and_then(|(_, at)| at.parse().ok());
        offset.ok_or_else(bad_cursor)
    }
}

/// The cursor of the thing at a place of a ranked list: the list goes on after it.
pub fn offset_cursor(kind: &str, after: u64) -> String {
    BASE64.encode(format!("{kind}:{after}"))
}

fn keyed_cursor(kind: &str, key: &str, id: Uuid) -> String {
    BASE64.encode(format!("{kind}:{id}:{key}"))
}

fn decode_keyed(kind: &str, cursor: &str) -> Result<(String, Uuid)> {
    let text = decode(cursor)?;
    let read = || {
        let (found, rest) = text.split_once(':')?;
        let (id, key) = rest.split_once(':')?;
        // No key of ours has a NUL in it, and PostgreSQL takes none.
        (found == kind && !key.contains('\0')).then_some((key.to_owned(), Uuid::try_parse(id).ok()?))
    };
    read().ok_or_else(bad_cursor)
}

fn decode(cursor: &str) -> Result<String> {
    BASE64.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad_cursor)
}

fn bad_cursor() -> async_graphql::Error {
    Code::BadUserInput.error("not a cursor of this list")
}

/// A page cut from a list that is at hand, so that only what is on it need be loaded.
pub struct Part<T> {
    items: Vec<T>,
    has_previous: bool,
    has_next: bool,
    total: u64,
}

impl<T> Part<T> {
    /// Cuts a list by the cursors of one kind of list.
    pub fn cut(kind: &str, list: Vec<T>, paging: &Paging, id: impl Fn(&T) -> Uuid) -> Result<Self> {
        let page = paging.keyset(kind)?;
        let find = |cursor: &Option<(String, Uuid)>| {
            let place =
                |(_, wanted): &(String, Uuid)| list.iter().position(|item| id(item) == *wanted).ok_or_else(bad_cursor);
            cursor.as_ref().map(place).transpose()
        };
        let begin = find(&page.after)?.map_or(0, |at| at + 1);
        let end = find(&page.before)?.unwrap_or(list.len()).max(begin);
        let size = usize::try_from(page.size).unwrap_or(usize::MAX).min(end - begin);
        let part = if page.from_end { end - size..end } else { begin..begin + size };
        let (has_previous, has_next) = (part.start > 0, part.end < list.len());
        let total = u64::try_from(list.len()).unwrap_or(u64::MAX);
        let items = list.into_iter().skip(part.start).take(part.len()).collect();
        Ok(Self { items, has_previous, has_next, total })
    }

    /// What is on the page.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The same page with these on it.
    pub fn with<U>(self, items: Vec<U>) -> Part<U> {
        Part { items, has_previous: self.has_previous, has_next: self.has_next, total: self.total }
    }
}

/// Where a page lies in its list.
#[derive(SimpleObject, Clone, PartialEq, Eq, Debug)]
pub struct PageInfo {
    /// Whether there is more before this page. When paging forwards, whether a cursor was given.
    pub has_previous_page: bool,
    /// Whether there is more after this page. When paging backwards, whether a cursor was given.
    pub has_next_page: bool,
    /// The cursor of the first thing on this page; give it as `before` to page backwards.
    pub start_cursor: Option<String>,
    /// The cursor of the last thing on this page; give it as `after` to page forwards.
    pub end_cursor: Option<String>,
}

/// How the whole list is counted, if somebody asks.
#[derive(Clone, Copy, Debug)]
enum Count {
    Known(u64),
    Documents,
    Organisations(Option<OrganisationKind>),
    Notices { is_unread: bool },
    History(HistoryOf),
}

/// A page.
pub struct Connection<N: Listed> {
    edges: Vec<Edge<N>>,
    page_info: PageInfo,
    count: Count,
}

/// One thing on a page.
pub struct Edge<N: Listed> {
    cursor: String,
    node: N,
}

impl<N: Listed> Connection<N> {
    fn of_store<T>(
        slice: Slice<T>,
        page: &Page,
        count: Count,
        key: impl Fn(&T) -> (String, Uuid),
        node: impl Fn(T) -> N,
    ) -> Self {
        let edges = slice.items.into_iter().map(|item| {
            let (key, id) = key(&item);
            Edge { cursor: keyed_cursor(N::CURSOR, &key, id), node: node(item) }
        });
        let (has_previous, has_next) = if page.from_end {
            (slice.has_more, page.before.is_some())
        } else {
            (page.after.is_some(), slice.has_more)
        };
        Self::new(edges.collect(), has_previous, has_next, count)
    }

    /// A part of a list that is at hand as a whole.
    pub fn of_list<T>(list: Vec<T>, paging: &Paging, id: impl Fn(&T) -> Uuid, node: impl Fn(T) -> N) -> Result<Self> {
        Ok(Self::of_part(Part::cut(N::CURSOR, list, paging, &id)?, id, node))
    }

    /// A part that was cut already.
    pub fn of_part<T>(part: Part<T>, id: impl Fn(&T) -> Uuid, node: impl Fn(T) -> N) -> Self {
        let Part { items, has_previous, has_next, total } = part;
        let edges = items.into_iter().map(|item| {
            let cursor = keyed_cursor(N::CURSOR, "", id(&item));
            Edge { cursor, node: node(item) }
        });
        Self::new(edges.collect(), has_previous, has_next, Count::Known(total))
    }

    fn new(edges: Vec<Edge<N>>, has_previous_page: bool, has_next_page: bool, count: Count) -> Self {
        let page_info = PageInfo {
            has_previous_page,
            has_next_page,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, page_info, count }
    }
}

impl Connection<super::types::Document> {
    /// The documents that exist for the viewer, by slug.
    pub async fn documents(view: &View, paging: &Paging) -> Result<Self> {
        let page = paging.keyset(super::types::Document::CURSOR)?;
        let slice = view.ask(|reader| reader.list_documents(&page)).await?;
        let key = |document: &crate::domain::document::Document| (document.slug.to_string(), document.id.0);
        Ok(Self::of_store(slice, &page, Count::Documents, key, super::types::Document))
    }
}

impl Connection<super::types::Event> {
    /// What was done to a document, or in a review, as far as the viewer may know: newest first.
    pub async fn history(view: &View, of: HistoryOf, paging: &Paging) -> Result<Self> {
        let page = paging.keyset(super::types::Event::CURSOR)?;
        let number = |cursor: &Option<(String, Uuid)>| {
            let read = |(number, _): &(String, Uuid)| number.parse().map_err(|_| bad_cursor());
            cursor.as_ref().map(read).transpose()
        };
        let (after, before) = (number(&page.after)?, number(&page.before)?);
        let wanted = HistoryPage { size: page.size, after, before, from_end: page.from_end };
        let none = Slice { items: vec![], has_more: false };
        let slice = view.find(AHistory((of, wanted))).await?.unwrap_or(none);
        let key = |(number, event): &Numbered| (number.to_string(), event.id.0);
        Ok(Self::of_store(slice, &page, Count::History(of), key, |(_, event)| super::types::Event(event)))
    }
}

impl Connection<super::types::Organisation> {
    /// The directory of organisations, by name.
    pub async fn organisations(view: &View, kind: Option<OrganisationKind>, paging: &Paging) -> Result<Self> {
        let page = paging.keyset(super::types::Organisation::CURSOR)?;
        let slice = view.ask(|reader| reader.list_organisations(kind, &page)).await?;
        let key =
            |organisation: &crate::domain::directory::Organisation| (organisation.name.clone(), organisation.id.0);
        Ok(Self::of_store(slice, &page, Count::Organisations(kind), key, super::types::Organisation))
    }
}

impl Connection<super::types::Notice> {
    /// What the viewer was told, newest first.
    pub async fn notices(view: &View, is_unread: bool, paging: &Paging) -> Result<Self> {
        let page = paging.keyset(super::types::Notice::CURSOR)?;
        let slice = view.ask(|reader| reader.list_notices(is_unread, &page)).await?;
        let key = |kept: &crate::domain::notice::KeptNotice| (String::new(), kept.id.0);
        Ok(Self::of_store(slice, &page, Count::Notices { is_unread }, key, super::types::Notice))
    }
}

#[Object(name_type, use_type_description)]
impl<N: Listed> Connection<N> {
    /// What is on this page, each with its cursor.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// What is on this page.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// How many there are in the whole list, for you. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64> {
        let view = View::of(ctx)?;
        match self.count {
            Count::Known(count) => Ok(count),
            Count::Documents => view.ask(Reader::count_documents).await,
            Count::Organisations(kind) => view.ask(|reader| reader.count_organisations(kind)).await,
            Count::Notices { is_unread } => view.ask(|reader| reader.count_notices(is_unread)).await,
            Count::History(of) => Ok(view.find(HistoryCount(of)).await?.unwrap_or_default()),
        }
    }
}

#[Object(name_type, use_type_description)]
impl<N: Listed> Edge<N> {
    /// Marks this place in the list.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// What stands here.
    async fn node(&self) -> &N {
        &self.node
    }
}

impl<N: Listed> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <N as OutputType>::type_name()).into()
    }
}

impl<N: Listed> Description for Connection<N> {
    fn description() -> &'static str {
        N::PAGE
    }
}

impl<N: Listed> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <N as OutputType>::type_name()).into()
    }
}

impl<N: Listed> Description for Edge<N> {
    fn description() -> &'static str {
        N::EDGE
    }
}
