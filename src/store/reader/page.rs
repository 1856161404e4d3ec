//! Pages of lists.

use uuid::Uuid;

/// Which part of a list: at most `size` things after or before a cursor.
///
/// A cursor is the sort key of a thing together with its id, so that paging neither repeats nor skips when other
/// things come and go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// The most things wanted.
    pub size: u64,
    /// Only things after this one.
    pub after: Option<(String, Uuid)>,
    /// Only things before this one.
    pub before: Option<(String, Uuid)>,
    /// Whether the last things are wanted instead of the first.
    pub from_end: bool,
}

impl Page {
    /// The first `size` things.
    pub fn first(size: u64) -> Self {
        Self { size, after: None, before: None, from_end: false }
    }
}

/// A part of a list, in the order of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slice<T> {
    /// The things.
    pub items: Vec<T>,
    /// Whether there are more in the direction that was paged in.
    pub has_more: bool,
}

impl<T> Slice<T> {
    /// Cuts what was fetched for `page` (one more than its size, and backwards if it is taken from the end).
    pub(super) fn cut(mut fetched: Vec<T>, page: &Page) -> Self {
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let has_more = fetched.len() > size;
        fetched.truncate(size);
        if page.from_end {
            fetched.reverse();
        }
        Self { items: fetched, has_more }
    }

    /// Changes the things.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Slice<U> {
        Slice { items: self.items.into_iter().map(change).collect(), has_more: self.has_more }
    }
}
