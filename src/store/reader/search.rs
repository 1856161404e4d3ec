//! Full-text search over what the actor may see: SQLite's FTS5 and PostgreSQL's `tsvector`, one behaviour.
//!
//! The index is per revision, which never changes; whether a hit may be shown is decided by the editions that name the
//! revision, in the same statement and by the same condition as every other list.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QuerySelect, QueryTrait,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait, Order, Query, SimpleExpr},
};

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

#[derive(FromQueryResult)]
struct HitRow {
    edition_id: Uuid,
    section_id: Uuid,
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
        let engine = Engine::of(db.get_database_backend(), terms);
        let Some(engine) = engine else { return Ok(Slice { items: vec![], has_more: false }) };
        use ::entity::{document, edition, placement, revision, revision_text as text};
        let mut select = Query::select();
        select
            .column((placement::Entity, placement::Column::EditionId))
            .column((placement::Entity, placement::Column::SectionId))
            .expr_as(engine.snippet(), "snippet")
            .from(text::Entity)
            .join(
                JoinType::InnerJoin,
                placement::Entity,
                Expr::col((placement::Entity, placement::Column::RevisionId))
                    .equals((text::Entity, text::Column::RevisionId)),
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
            .order_by_expr(engine.rank(), Order::Asc)
            .order_by((placement::Entity, placement::Column::EditionId), Order::Asc)
            .order_by((placement::Entity, placement::Column::Ordinal), Order::Asc)
            .limit(size + 1)
            .offset(offset);
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
            let revisions = revision::Entity::find()
                .select_only()
                .column(revision::Column::Id)
                .filter(revision::Column::Content.like(holds))
                .into_query();
            select.and_where(placement::Column::RevisionId.in_subquery(revisions));
        }
        let rows = HitRow::find_by_statement(db.get_database_backend().build(&select)).all(db).await?;
        let page = Page::first(size);
        Ok(Slice::cut(rows.into_iter().map(hit).collect(), &page))
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

fn hit(row: HitRow) -> Hit {
    Hit { edition: EditionId(row.edition_id), section: SectionId(row.section_id), snippet: pieces(&row.snippet) }
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
