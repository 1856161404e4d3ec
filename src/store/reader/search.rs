//! Full-text search over what the actor may see: SQLite's FTS5 and PostgreSQL's `tsvector`, one behaviour.
//!
//! The index is per revision, which never changes, and holds those of editions in force and of drafts only. Whether a hit
//! may be shown is decided by the editions that name the revision, in the same statement and by the same condition as every
//! other list.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QuerySelect, QueryTrait,
    prelude::Uuid,
    sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr},
};

use ::entity::revision_text as text;

use super::{Page, Reader, Slice};
use crate::{
    domain::{
        document::{Stage, content::Strength},
        id::{DocumentId, EditionId, SectionId},
        role::Discipline,
        search::SearchTerms,
    },
    store::{StoreError, visible},
};

/// Which editions to look in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Editions in force.
    InForce,
    /// Drafts that the actor may read.
    Drafts,
}

/// Narrows a search.
#[derive(Clone, Debug, Default)]
pub struct SearchFilter {
    /// Only in this document.
    pub document: Option<DocumentId>,
    /// Only sections about this part of the pathway.
    pub stage: Option<Stage>,
    /// Only sections that name this discipline.
    pub discipline: Option<Discipline>,
    /// Only sections with a standing or stood-down recommendation of this strength.
    pub strength: Option<Strength>,
}

/// A section that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// In which edition.
    pub edition: EditionId,
    /// Which section.
    pub section: SectionId,
    /// A few words around what was found, each with whether it is what was found.
    pub snippet: Vec<(String, bool)>,
}

/// Marks around a found word: private-use characters, which no text of ours needs.
const MARK: (char, char) = ('\u{E000}', '\u{E001}');

/// Signs of which PostgreSQL's parser makes paths, hosts, tags and the like, and what stands for each while it looks for
/// words to show. They part words when it indexes, too.
const SIGNS: [(char, char); 10] = [
    ('&', '\u{E010}'),
    ('+', '\u{E011}'),
    ('-', '\u{E012}'),
    ('.', '\u{E013}'),
    ('/', '\u{E014}'),
    (':', '\u{E015}'),
    ('<', '\u{E016}'),
    ('@', '\u{E017}'),
    ('_', '\u{E018}'),
    ('~', '\u{E019}'),
];

/// The most hits that are ranked. Of more than that, those written last are; a common word must not hold a reader up for
/// the sake of an order that nobody would read to its end.
const RANKED_MAX: u64 = 1_000;

#[derive(FromQueryResult)]
struct HitRow {
    edition_id: Uuid,
    section_id: Uuid,
    revision_id: Uuid,
}

#[derive(FromQueryResult)]
struct SnippetRow {
    revision_id: Uuid,
    snippet: String,
}

impl Reader {
    /// The best hits first, `size` of them after skipping `offset`.
    pub async fn search(
        &self,
        terms: &SearchTerms,
        filter: &SearchFilter,
        place: Place,
        size: u64,
        offset: u64,
    ) -> Result<Slice<Hit>, StoreError> {
        let db = self.db().await?;
        let backend = db.get_database_backend();
        let Some(engine) = Engine::of(backend, terms) else { return Ok(Slice { items: vec![], has_more: false }) };
        let candidate = Alias::new("candidate");
        let mut best = Query::select();
        best.columns(["edition_id", "section_id", "revision_id"].map(|name| (candidate.clone(), Alias::new(name))))
            .from_subquery(self.candidates(&engine, filter, place), candidate.clone())
            .order_by((candidate.clone(), Alias::new("rank")), Order::Asc)
            .order_by((candidate.clone(), Alias::new("edition_id")), Order::Asc)
            .order_by((candidate, Alias::new("ordinal")), Order::Asc)
            .limit(size + 1)
            .offset(offset);
        let rows = HitRow::find_by_statement(backend.build(&best)).all(db).await?;
        let found = Slice::cut(rows, &Page::first(size));
        // Only what is shown is looked through for words to show: that is the dear part.
        let mut shown = Query::select();
        shown
            .column((text::Entity, text::Column::RevisionId))
            .expr_as(engine.snippet(), "snippet")
            .from(text::Entity)
            .cond_where(engine.matches())
            .cond_where(engine.are(found.items.iter().map(|row| row.revision_id)));
        let snippets: HashMap<Uuid, String> = if found.items.is_empty() {
            HashMap::new()
        } else {
            let rows = SnippetRow::find_by_statement(backend.build(&shown)).all(db).await?;
            rows.into_iter().map(|row| (row.revision_id, row.snippet)).collect()
        };
        Ok(found.map(|row| Hit {
            edition: EditionId(row.edition_id),
            section: SectionId(row.section_id),
            snippet: pieces(snippets.get(&row.revision_id).map_or("", String::as_str)),
        }))
    }

    /// What matches and may be seen, in editions in force or in drafts, each with its rank; not more than are ranked.
    fn candidates(&self, engine: &Engine, filter: &SearchFilter, place: Place) -> SelectStatement {
        use ::entity::{document, edition, placement, revision, shelf_placement as shelf};
        let mut select = Query::select();
        select
            .column((placement::Entity, placement::Column::EditionId))
            .column((placement::Entity, placement::Column::SectionId))
            .column((placement::Entity, placement::Column::RevisionId))
            .column((placement::Entity, placement::Column::Ordinal))
            .expr_as(engine.rank(), "rank")
            .from(text::Entity);
        engine.join_shelf(&mut select);
        select
            .join(
                JoinType::InnerJoin,
                placement::Entity,
                Condition::all()
                    .add(
                        Expr::col((placement::Entity, placement::Column::EditionId))
                            .equals((shelf::Entity, shelf::Column::EditionId)),
                    )
                    .add(
                        Expr::col((placement::Entity, placement::Column::SectionId))
                            .equals((shelf::Entity, shelf::Column::SectionId)),
                    ),
            )
            .join(
                JoinType::InnerJoin,
                edition::Entity,
                Expr::col((edition::Entity, edition::Column::Id))
                    .equals((placement::Entity, placement::Column::EditionId)),
            )
            .join(
                JoinType::InnerJoin,
                document::Entity,
                Expr::col((document::Entity, document::Column::Id))
                    .equals((edition::Entity, edition::Column::DocumentId)),
            )
            .cond_where(engine.matches())
            .cond_where(visible::documents(&self.sight))
            .cond_where(visible::sections(&self.sight))
            .cond_where(match place {
                Place::InForce => Condition::all().add(edition::Column::State.eq("PUBLISHED")),
                Place::Drafts => {
                    Condition::all().add(edition::Column::State.eq("DRAFT")).add(visible::drafts(&self.sight))
                }
            })
            .limit(RANKED_MAX);
        engine.latest_first(&mut select);
        if let Some(document) = filter.document {
            select.and_where(document::Column::Id.eq(document.0));
        }
        if let Some(stage) = filter.stage {
            select.and_where(placement::Column::Stage.eq(stage.word()));
        }
        if let Some(discipline) = filter.discipline {
            select.and_where(names(discipline));
        }
        if let Some(strength) = filter.strength {
            // The content is canonical JSON, where a quotation mark of a text is escaped: this finds keys, not words.
            let holds = format!("%\"strength\":\"{}\"%", strength.word());
            let holding = revision::Entity::find()
                .select_only()
                .column(revision::Column::Id)
                .filter(
                    Expr::col((revision::Entity, revision::Column::Id))
                        .equals((placement::Entity, placement::Column::RevisionId)),
                )
                .filter(revision::Column::Content.like(holds))
                .into_query();
            select.and_where(Expr::exists(holding));
        }
        select
    }
}

/// That the section names the discipline in that edition.
fn names(discipline: Discipline) -> SimpleExpr {
    use ::entity::{placement, requirement};
    let named = requirement::Entity::find()
        .select_only()
        .column(requirement::Column::SectionId)
        .filter(requirement::Column::Discipline.eq(discipline.word()))
        .filter(
            Expr::col((requirement::Entity, requirement::Column::EditionId))
                .equals((placement::Entity, placement::Column::EditionId)),
        )
        .filter(
            Expr::col((requirement::Entity, requirement::Column::SectionId))
                .equals((placement::Entity, placement::Column::SectionId)),
        )
        .into_query();
    Expr::exists(named)
}

/// Cuts a marked snippet into plain and found pieces.
fn pieces(marked: &str) -> Vec<(String, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut found = false;
    for piece in marked.split_inclusive([MARK.0, MARK.1]) {
        let text: String = piece.chars().filter(|c| ![MARK.0, MARK.1].contains(c)).map(shown).collect();
        if !text.is_empty() {
            pieces.push((text, found));
        }
        found = piece.ends_with(MARK.0);
    }
    pieces
}

/// What a character of a snippet is for the reader.
fn shown(c: char) -> char {
    let sign = SIGNS.iter().find(|(_, stand_in)| *stand_in == c).map(|(sign, _)| *sign);
    if c == '\n' { ' ' } else { sign.unwrap_or(c) }
}

/// What differs between the two engines.
enum Engine {
    Fts5(String),
    TsVector(String),
}

impl Engine {
    fn of(backend: DbBackend, terms: &SearchTerms) -> Option<Self> {
        match backend {
            DbBackend::Postgres => terms.tsquery().map(Self::TsVector),
            _ => terms.fts5().map(Self::Fts5),
        }
    }

    fn matches(&self) -> Condition {
        Condition::all().add(match self {
            Self::Fts5(terms) => Expr::cust_with_values("revision_text MATCH ?", [terms.clone()]),
            Self::TsVector(terms) => {
                Expr::cust_with_values(format!("revision_text.terms @@ {TSQUERY}"), [terms.clone()])
            }
        })
    }

    /// Goes from the words to where they stand on the shelf. On SQLite a table of words is found by row numbers only.
    fn join_shelf(&self, select: &mut SelectStatement) {
        use ::entity::{revision_row as row, shelf_placement as shelf};
        let on_shelf = (shelf::Entity, shelf::Column::RevisionId);
        match self {
            Self::Fts5(_) => {
                let at = Expr::col((row::Entity, row::Column::RowId)).eq(Expr::cust("revision_text.rowid"));
                select.join(JoinType::InnerJoin, row::Entity, at).join(
                    JoinType::InnerJoin,
                    shelf::Entity,
                    Expr::col(on_shelf).equals((row::Entity, row::Column::RevisionId)),
                );
            }
            Self::TsVector(_) => {
                let on = Expr::col(on_shelf).equals((text::Entity, text::Column::RevisionId));
                select.join(JoinType::InnerJoin, shelf::Entity, on);
            }
        }
    }

    /// What was written last comes first, where that order costs nothing.
    fn latest_first(&self, select: &mut SelectStatement) {
        match self {
            Self::Fts5(_) => {
                select.order_by_expr(Expr::cust("revision_text.rowid"), Order::Desc);
            }
            Self::TsVector(_) => {}
        }
    }

    /// That the words are of one of these revisions.
    fn are(&self, revisions: impl Iterator<Item = Uuid>) -> Condition {
        use ::entity::revision_row as row;
        Condition::all().add(match self {
            Self::Fts5(_) => {
                let rows = row::Entity::find()
                    .select_only()
                    .column(row::Column::RowId)
                    .filter(row::Column::RevisionId.is_in(revisions))
                    .into_query();
                Expr::cust("revision_text.rowid").in_subquery(rows)
            }
            Self::TsVector(_) => text::Column::RevisionId.is_in(revisions),
        })
    }

    /// Smaller is better. Headings weigh most, then recommendations, then the body.
    fn rank(&self) -> SimpleExpr {
        match self {
            Self::Fts5(_) => Expr::cust("bm25(revision_text, 10.0, 1.0, 4.0)"),
            Self::TsVector(terms) => {
                Expr::cust_with_values(format!("-ts_rank_cd(revision_text.terms, {TSQUERY})"), [terms.clone()])
            }
        }
    }

    fn snippet(&self) -> SimpleExpr {
        let (open, close) = MARK;
        match self {
            Self::Fts5(_) => Expr::cust(format!("snippet(revision_text, -1, '{open}', '{close}', '…', 24)")),
            Self::TsVector(terms) => {
                let (signs, stand_ins): (String, String) = SIGNS.into_iter().unzip();
                let text = "concat_ws(E'\\n', revision_text.heading, revision_text.statements, revision_text.body)";
                let look = format!("StartSel={open}, StopSel={close}, MaxWords=24, MinWords=8");
                let headline = format!(
                    "ts_headline('every_word', translate({text}, '{signs}', '{stand_ins}'), {TSQUERY}, '{look}')"
                );
                Expr::cust_with_values(headline, [terms.clone()])
            }
        }
    }
}

/// The terms as PostgreSQL asks for them. SQLite takes the accents off by itself.
const TSQUERY: &str = "to_tsquery('every_word', without_accents($1))";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_cut_at_its_marks() {
        let marked = format!("the {}sentinel{} node\nand more", MARK.0, MARK.1);
        let expected = [("the ", false), ("sentinel", true), (" node and more", false)];
        assert_eq!(pieces(&marked), expected.map(|(text, found)| (text.to_owned(), found)));
    }
}
