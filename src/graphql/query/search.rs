//! Full-text search.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use crate::{
    domain::{id::EditionId, search::SearchTerms},
    graphql::{
        connection::{PageInfo, Paging, offset_cursor},
        enums::{Discipline, SearchPlace, Stage, Strength},
        error::Code,
        id::decode_document_id,
        loaders::TreeOf,
        session::View,
        types::Section,
    },
    store::{EditionTree, Hit, SearchFilter},
};

/// Hits beyond this rank are not offered: whoever looks that far down looks for something else.
const RANK_MAX: u64 = 500;

/// Names the cursors of hits.
const CURSOR: &str = "hits";

/// The root of searching.
#[derive(Default)]
pub(super) struct Search;

/// Full-text search.
#[Object]
impl Search {
    /// Finds sections by their words, the best first; up to 500 in all. All words must be there; "quoted words" stand
    /// together; a word after a minus must not be there. Common synonyms are found too.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look for, at most 200 characters.")] text: String,
        #[graphql(desc = "Only in this document.")] document: Option<ID>,
        #[graphql(desc = "Only sections about this part of the pathway.")] stage: Option<Stage>,
        #[graphql(desc = "Only sections that name this discipline.")] discipline: Option<Discipline>,
        #[graphql(desc = "Only sections with a recommendation meant this firmly.")] strength: Option<Strength>,
        #[graphql(desc = "Which editions to search.", name = "in", default)] place: SearchPlace,
        #[graphql(desc = "How many, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
    ) -> Result<SearchHitConnection> {
        let terms = SearchTerms::new(&text)
            .map_err(|problem| Code::BadUserInput.error(format!("the text to look for {problem}")))?;
        let paging = Paging::new(first, after, None, None)?;
        let offset = paging.offset(CURSOR)?.min(RANK_MAX);
        let document = match document.map(|id| decode_document_id(&id)) {
            None => None,
            Some(None) => return Ok(SearchHitConnection::empty(offset)),
            Some(document) => document,
        };
        let filter = SearchFilter {
            document,
            stage: stage.map(Into::into),
            discipline: discipline.map(Into::into),
            strength: strength.map(Into::into),
        };
        let sought = Sought { terms, filter, place: place.into() };
        let hits = sought.best(&*View::of(ctx)?, offset + paging.size() + 1).await?;
        Ok(SearchHitConnection::new(hits, offset, paging.size()))
    }
}

/// What somebody looks for, and where.
struct Sought {
    terms: SearchTerms,
    filter: SearchFilter,
    place: crate::store::SearchPlace,
}

impl Sought {
    /// The best hits that the viewer sees, so many of them.
    ///
    /// Whether a section stands under a hidden one shows only in its tree. So that nobody can tell such a hit from none,
    /// by a short page or a gap between cursors, ranks are counted after the hidden ones are gone.
    async fn best(&self, view: &View, wanted: u64) -> Result<Vec<SearchHit>> {
        let mut hits = self.seen(view, wanted.min(RANK_MAX)).await?;
        let is_short = |hits: &Hits| hits.has_more && (hits.seen.len() as u64) < wanted.min(RANK_MAX);
        if is_short(&hits) {
            hits = self.seen(view, RANK_MAX).await?;
        }
        Ok(hits.seen)
    }

    async fn seen(&self, view: &View, size: u64) -> Result<Hits> {
        let found = view.ask(|reader| reader.search(&self.terms, &self.filter, self.place, size, 0)).await?;
        let trees = view.list(editions(&found.items).into_iter().map(TreeOf).collect()).await?;
        let seen = found.items.into_iter().filter_map(|hit| SearchHit::new(&trees, hit)).collect();
        Ok(Hits { seen, has_more: found.has_more })
    }
}

/// Hits that the viewer sees, and whether there are hits of lower rank.
struct Hits {
    seen: Vec<SearchHit>,
    has_more: bool,
}

fn editions(hits: &[Hit]) -> Vec<EditionId> {
    let mut editions: Vec<EditionId> = hits.iter().map(|hit| hit.edition).collect();
    editions.sort_unstable();
    editions.dedup();
    editions
}

/// A page of hits.
#[derive(SimpleObject)]
pub(super) struct SearchHitConnection {
    /// What is on this page, each with its cursor.
    edges: Vec<SearchHitEdge>,
    /// What is on this page.
    nodes: Vec<SearchHit>,
    /// Where this page lies in the list.
    page_info: PageInfo,
}

/// A hit on a page.
#[derive(SimpleObject)]
pub(super) struct SearchHitEdge {
    /// Marks this place in the list.
    cursor: String,
    /// What stands here.
    node: SearchHit,
}

impl SearchHitConnection {
    fn empty(offset: u64) -> Self {
        Self::new(vec![], offset, 0)
    }

    /// The part of the ranked hits that begins at `offset`.
    fn new(hits: Vec<SearchHit>, offset: u64, size: u64) -> Self {
        let has_next_page = hits.len() as u64 > offset + size;
        let places = (offset + 1..).zip(hits.into_iter().skip(usize::try_from(offset).unwrap_or(usize::MAX)));
        let edges: Vec<SearchHitEdge> = places
            .take(usize::try_from(size).unwrap_or(usize::MAX))
            .map(|(rank, node)| SearchHitEdge { cursor: offset_cursor(CURSOR, rank), node })
            .collect();
        let page_info = PageInfo {
            has_previous_page: offset > 0,
            has_next_page,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        let nodes = edges.iter().map(|edge| edge.node.clone()).collect();
        Self { edges, nodes, page_info }
    }
}

/// A section that was found.
#[derive(Clone)]
pub(super) struct SearchHit {
    section: Section,
    snippet: Vec<(String, bool)>,
}

impl SearchHit {
    fn new(trees: &[Arc<EditionTree>], hit: Hit) -> Option<Self> {
        let tree = trees.iter().find(|tree| tree.seen().edition.id == hit.edition)?;
        Some(Self { section: Section::find(tree, hit.section)?, snippet: hit.snippet })
    }
}

/// A section that was found, with a few words around what was found.
#[Object]
impl SearchHit {
    /// The section, in the edition it was found in.
    async fn section(&self) -> &Section {
        &self.section
    }

    /// A few words around what was found, as HTML in which the found words are marked (`<mark>`) and all else is escaped.
    #[graphql(name = "snippetHTML")]
    async fn snippet_html(&self) -> String {
        self.snippet.iter().map(|(text, found)| marked(text, *found)).collect()
    }

    /// The same as plain text.
    async fn snippet_text(&self) -> String {
        self.snippet.iter().map(|(text, _)| text.as_str()).collect()
    }
}

fn marked(text: &str, found: bool) -> String {
    let escaped = escape(text);
    if found { format!("<mark>{escaped}</mark>") } else { escaped }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_brings_no_markup_but_its_marks() {
        assert_eq!(marked("<script>\"a\" & 'b'", false), "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;");
        assert_eq!(marked("</mark><b>", true), "<mark>&lt;/mark&gt;&lt;b&gt;</mark>");
    }
}
