//! A review as the viewer sees it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::{
    Cell, Comment, DisciplineProgress, Document, Edition, Event, Gate, InterestDecision, Person, Position,
    ReviewRequest, ReviewRules, Section, text,
};
use crate::{
    domain::{
        access::{Act, Exposure, Thing},
        id::EditionId,
        review::{
            Outcome, ReviewState,
            cell::Scope,
            gate::proposed_number,
            position::impact,
            stage::{self, stages},
        },
    },
    graphql::{
        board::board,
        connection::{Connection, Listed, Paging, Part},
        enums::{Discipline, Obstacle, ReviewKind, ReviewOutcome, ReviewStage, TextFormat},
        examined::ExaminedReview,
        id::{GlobalId, decode_section_id},
        loaders::{AComment, APerson, AnEdition, CommentsOf, FirstChangeIn, TreeOf},
        scalar::{Date, DateTime, Digest, PartialDate, VersionNumber},
        session::View,
    },
    store::{CommentHead, HistoryOf},
};

/// A review.
#[derive(Clone, Debug)]
pub struct Review(pub Arc<ExaminedReview>);

/// One scheduled examination of a document, in which each discipline signs its sections. For those who may read drafts.
#[Object]
impl Review {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Review(self.review().id).encode()
    }

    /// The document under review.
    async fn document(&self) -> Document {
        Document(self.0.seen().document.clone())
    }

    /// How much of the document it examines.
    async fn kind(&self) -> ReviewKind {
        self.review().kind.into()
    }

    /// The due date it answers to.
    async fn due(&self) -> PartialDate {
        PartialDate(self.review().due)
    }

    /// When it opened.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.review().opened_at)
    }

    /// Who opened it; none if it opened by itself when it fell due.
    async fn opened_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(person) = self.review().opened_by else { return Ok(None) };
        Ok(View::of(ctx)?.find(APerson(person)).await?.map(Person))
    }

    /// What is planned for when.
    async fn timetable(&self) -> Timetable {
        let planned = self.review().timetable;
        Timetable {
            scoping_until: Date(planned.scoping_until),
            drafting_until: Date(planned.drafting_until),
            sign_off_until: Date(planned.sign_off_until),
            publication_on: Date(planned.publication_on),
        }
    }

    /// Its stages in order: when each was planned to end, and when it did. None if you see an extract.
    async fn stages(&self, ctx: &Context<'_>) -> Result<Option<Vec<StageStanding>>> {
        if self.0.seen().is_extract {
            return Ok(None);
        }
        let first_change = View::of(ctx)?.find(FirstChangeIn(self.review().id)).await?;
        let told = |standing: stage::StageStanding| StageStanding {
            stage: standing.stage.into(),
            planned_until: Date(standing.planned_until),
            ended_on: standing.ended_on.map(Date),
            is_late: standing.is_late(self.0.now()),
        };
        Ok(Some(stages(self.0.facts(), first_change, self.0.now()).map(told).into()))
    }

    /// How far each discipline and each of its seats has come. None unless you run the review and see all of it.
    async fn progress(&self, ctx: &Context<'_>) -> Result<Option<Vec<DisciplineProgress>>> {
        let view = View::of(ctx)?;
        let document = &self.0.seen().document;
        let thing = Thing::document(document.group, document.id, Exposure::Draft(document.audience));
        if self.0.seen().is_extract || !view.can(Act::RunReview, &thing) {
            return Ok(None);
        }
        Ok(Some(view.give(DisciplineProgress::all(&self.0)).await?))
    }

    /// What was decided about interests in it, in the order of deciding: what stands, or all.
    async fn interest_decisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What stands no more, too.", default = false)] all: bool,
    ) -> Result<Vec<InterestDecision>> {
        View::of(ctx)?.give(InterestDecision::list(&self.0, all)).await
    }

    /// What it asks of each seat, while it is open. None if you see an extract.
    async fn requests(&self, ctx: &Context<'_>) -> Result<Option<Vec<ReviewRequest>>> {
        if self.0.seen().is_extract || !self.0.facts().is_open() {
            return Ok(None);
        }
        Ok(Some(View::of(ctx)?.give(ReviewRequest::all(&self.0)).await?))
    }

    /// The rules it works by: those of the document when it opened, or when they were last re-opened.
    async fn rules(&self) -> ReviewRules {
        ReviewRules::of(&self.review().rules)
    }

    /// Days between the last cell being met and publication, as they were when the review opened.
    async fn final_window_days(&self) -> u32 {
        self.review().final_window_days
    }

    /// Whether positions can be taken.
    async fn is_open(&self) -> bool {
        self.0.facts().is_open()
    }

    /// When it ended.
    async fn concluded_at(&self) -> Option<DateTime> {
        match self.review().state {
            ReviewState::Open => None,
            ReviewState::Concluded { at, .. } => Some(DateTime(at)),
        }
    }

    /// Who ended it.
    async fn concluded_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ReviewState::Concluded { by: Some(person), .. } = self.review().state else { return Ok(None) };
        Ok(View::of(ctx)?.find(APerson(person)).await?.map(Person))
    }

    /// How it ended.
    async fn outcome(&self) -> Option<ReviewOutcome> {
        self.ended_as().map(Into::into)
    }

    /// What the public was told, if it ended with a reaffirmation.
    async fn statement(
        &self,
        #[graphql(desc = "The form of the text.", default)] format: TextFormat,
    ) -> Option<String> {
        match self.ended_as()? {
            Outcome::Reaffirmed { statement } => Some(text::note(statement.as_str(), format, "statement")),
            Outcome::Published | Outcome::Cancelled { .. } => None,
        }
    }

    /// Why it was cancelled.
    async fn reason(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> Option<String> {
        match self.ended_as()? {
            Outcome::Cancelled { reason } => Some(text::note(reason.as_str(), format, "reason")),
            Outcome::Published | Outcome::Reaffirmed { .. } => None,
        }
    }

    /// The draft under review, or the edition it has become. Gone after a reaffirmation, which needs none.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<Edition>> {
        edition(ctx, self.review().draft).await
    }

    /// The edition in force when the review opened; none if the document was never published.
    async fn base(&self, ctx: &Context<'_>) -> Result<Option<Edition>> {
        edition(ctx, self.review().base).await
    }

    /// The number that the draft would be published under as it stands. None if you see an extract.
    async fn proposed_number(&self) -> Option<VersionNumber> {
        (!self.0.seen().is_extract).then(|| VersionNumber(proposed_number(self.0.facts())))
    }

    /// Its cells in reading order, that of the whole last.
    async fn cells(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this discipline.")] discipline: Option<Discipline>,
        #[graphql(desc = "Only those of this section, whichever edition its id is from.")] section: Option<ID>,
    ) -> Result<Vec<Cell>> {
        let Some(scope) = wanted_scope(section.as_ref()) else { return Ok(vec![]) };
        View::of(ctx)?.give(Cell::list(&self.0, scope, discipline)).await
    }

    /// The same at a glance: sections by disciplines as a picture (SVG) that can stand in any page, with words for those who
    /// do not see it. Of a review that is over, as it stood with the texts and seats of now. Only what you may read is in it.
    async fn board(&self, ctx: &Context<'_>) -> Result<String> {
        let edition = self.review().draft.or(self.review().base);
        let tree = match edition {
            Some(edition) => View::of(ctx)?.find(TreeOf(edition)).await?,
            None => None,
        };
        Ok(board(&self.0, tree.as_deref()))
    }

    /// The digest of the whole draft: what patient representatives sign. None if you see an extract.
    async fn whole_digest(&self) -> Option<Digest> {
        self.0.seen().sees(Scope::Whole).then(|| self.0.facts().current_digest(Scope::Whole).map(Digest)).flatten()
    }

    /// What stands between the draft and its publication. None if you see an extract, or if the review is over.
    async fn gate(&self) -> Option<Gate> {
        let facts = self.0.facts();
        (!self.0.seen().is_extract && facts.is_open()).then(|| Gate::new(&self.0, self.0.gate().clone()))
    }

    /// Every act in its cells, oldest first. Nothing is ever taken from this record.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn positions(
        &self,
        #[graphql(desc = "Only those on this section, whichever edition its id is from.")] section: Option<ID>,
        #[graphql(desc = "Only those of this discipline.")] discipline: Option<Discipline>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Position>> {
        let paging = Paging::new(first, after, last, before)?;
        let wanted = wanted_scope(section.as_ref());
        let positions = Position::all(&self.0)
            .filter(|position| wanted.is_some_and(|scope| position.is_wanted(scope, discipline)))
            .collect();
        Connection::of_list(positions, &paging, |position| position.taken().id.0, |position| position)
    }

    /// What was remarked on its sections, oldest first.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those on this section, whichever edition its id is from.")] section: Option<ID>,
        #[graphql(desc = "Only those that are settled, or only those that stand.")] settled: Option<bool>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Comment>> {
        let paging = Paging::new(first, after, last, before)?;
        let view = View::of(ctx)?;
        let wanted = wanted_scope(section.as_ref());
        let is_wanted = |head: &CommentHead| {
            wanted.is_some_and(|scope| scope.is_none_or(|scope| scope == Scope::Section(head.section)))
                && settled.is_none_or(|settled| settled != head.stands)
        };
        let review = self.review().id;
        let mut heads = view.find(CommentsOf(review)).await?.unwrap_or_default();
        heads.retain(is_wanted);
        let page = Part::cut(Comment::CURSOR, heads, &paging, |head| head.id.0)?;
        let comments = view.list(page.items().iter().map(|head| AComment((review, head.id))).collect()).await?;
        Ok(Connection::of_part(page.with(comments), |comment| comment.id.0, Comment))
    }

    /// The positions that an edit of a section would make stale, so that a writer knows before writing.
    async fn revision_impact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The section, by its id from any edition.")] section: ID,
    ) -> Result<Vec<Position>> {
        let Some(section) = decode_section_id(&section) else { return Ok(vec![]) };
        if !self.0.seen().sees(Scope::Section(section)) {
            return Ok(vec![]);
        }
        let hit = impact(self.0.facts(), section).into_iter();
        let hit = hit.filter_map(|position| Position::find(&self.0, position.id)).collect();
        View::of(ctx)?.give(hit).await
    }

    /// What was done in it, newest first: all that you may know of.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Event>> {
        let paging = Paging::new(first, after, last, before)?;
        let of = HistoryOf::Review(self.review().document, self.review().id);
        Connection::history(&*View::of(ctx)?, of, &paging).await
    }

    /// Whether you may move its dates and cancel it.
    async fn viewer_can_run_review(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(ctx, Act::RunReview)?.is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_run_review_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        self.obstacles(ctx, Act::RunReview)
    }

    /// Whether you may end it with a publication or a reaffirmation, once its gate is ready.
    async fn viewer_can_publish(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(ctx, Act::Publish)?.is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_publish_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        self.obstacles(ctx, Act::Publish)
    }

    /// Whether you may record members' positions on their written instruction.
    async fn viewer_can_record_instruction(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(ctx, Act::RecordInstruction)?.is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_record_instruction_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        self.obstacles(ctx, Act::RecordInstruction)
    }
}

impl Review {
    fn review(&self) -> &crate::domain::review::Review {
        &self.0.facts().review
    }

    fn ended_as(&self) -> Option<&Outcome> {
        match &self.review().state {
            ReviewState::Open => None,
            ReviewState::Concluded { outcome, .. } => Some(outcome),
        }
    }

    fn obstacles(&self, ctx: &Context<'_>, act: Act) -> Result<Vec<Obstacle>> {
        let document = &self.0.seen().document;
        let thing = Thing::document(document.group, document.id, Exposure::Draft(document.audience));
        let by_rule = View::of(ctx)?.obstacles(act, &thing);
        Ok(self.0.facts().obstacle().into_iter().chain(by_rule).map(Into::into).collect())
    }
}

impl Listed for Review {
    const PAGE: &'static str = "A page of reviews.";
    const EDGE: &'static str = "A review on a page.";
    const CURSOR: &'static str = "reviews";
}

/// What is planned for when in a review. Days are in Europe/London and last to their end.
#[derive(SimpleObject, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timetable {
    /// It is settled until this day what the review is about.
    pub scoping_until: Date,
    /// Texts are written until this day.
    pub drafting_until: Date,
    /// Disciplines sign until this day.
    pub sign_off_until: Date,
    /// The day of publication, after the final window.
    pub publication_on: Date,
}

/// Where one stage of a review stands. Days are in Europe/London and last to their end.
#[derive(SimpleObject, Clone, Copy, PartialEq, Eq, Debug)]
pub struct StageStanding {
    /// Which stage.
    pub stage: ReviewStage,
    /// Its last day as planned.
    pub planned_until: Date,
    /// The day it ended, worked out from what was done; none while it goes on or has not begun.
    pub ended_on: Option<Date>,
    /// Whether it ended late, or should have ended by now.
    pub is_late: bool,
}

/// The section that a scope names, in the text that the review examines; none for the whole, and for a section that
/// has left the draft or is not for the viewer.
pub(super) async fn section(ctx: &Context<'_>, review: &ExaminedReview, scope: Scope) -> Result<Option<Section>> {
    let crate::domain::review::Review { draft, base, .. } = &review.facts().review;
    let (Some(section), Some(edition)) = (scope.section(), draft.or(*base)) else { return Ok(None) };
    let tree = View::of(ctx)?.find(TreeOf(edition)).await?;
    Ok(tree.and_then(|tree| Section::find(&tree, section)))
}

/// What a filter by section asks for: everything without one, nothing for an id that names no section.
fn wanted_scope(section: Option<&ID>) -> Option<Option<Scope>> {
    match section {
        None => Some(None),
        Some(id) => decode_section_id(id).map(|section| Some(Scope::Section(section))),
    }
}

async fn edition(ctx: &Context<'_>, id: Option<EditionId>) -> Result<Option<Edition>> {
    let Some(id) = id else { return Ok(None) };
    Ok(View::of(ctx)?.find(AnEdition(id)).await?.map(Edition))
}
