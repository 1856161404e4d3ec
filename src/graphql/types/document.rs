//! The lasting document.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::{Edition, Event, Grant, Group, Recommendation, Review, Section, text};
use crate::{
    domain::{
        access::{Act, Exposure, Thing},
        document::{
            self,
            edition::{EditionState, in_force_on},
            policy::Rules,
        },
        review::{ReviewState, timetable},
    },
    graphql::{
        connection::{Connection, Listed, Paging, Part},
        enums::{Audience, Obstacle, ReviewStatus, TextFormat},
        error::Code,
        id::GlobalId,
        loaders::{AGroup, AReview, CurrencyOf, EditionsOf, GrantsOf, InReview, ReviewsOf},
        query::links,
        scalar::{Date, DateTime, PartialDate, VersionNumber},
        session::View,
    },
    store::{self, HistoryOf},
};

/// A document.
#[derive(Clone, Debug)]
pub struct Document(pub document::Document);

/// The lasting thing that an expert group keeps. What it says is in its editions.
#[Object]
impl Document {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Document(self.0.id).encode()
    }

    /// Name in links, such as `breast-cancer-services`.
    async fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Title.
    async fn title(&self) -> &str {
        self.0.title.as_str()
    }

    /// The expert group that owns it.
    async fn group(&self, ctx: &Context<'_>) -> Result<Group> {
        Ok(Group(View::of(ctx)?.load(AGroup(self.0.group)).await?))
    }

    /// Who may read it once published.
    async fn audience(&self) -> Audience {
        self.0.audience.into()
    }

    /// Whether its content was made up to show the product. Such content is no advice.
    async fn is_demonstration(&self) -> bool {
        self.0.is_demonstration
    }

    /// When its next full review is due.
    async fn review_due(&self) -> PartialDate {
        PartialDate(self.0.review_due)
    }

    /// How it stands to that promise, at this moment.
    async fn review_status(&self, ctx: &Context<'_>) -> Result<ReviewStatus> {
        let view = View::of(ctx)?;
        let is_in_review = view.find(InReview(self.0.id)).await?.is_some();
        let (due, policy) = (self.0.review_due, &self.0.policy);
        let now = view.now_until(|now| timetable::status_changes_at(due, policy, now));
        Ok(timetable::review_status(due, policy, is_in_review, now).into())
    }

    /// How its reviews run. An open review keeps the rules it was opened with.
    async fn review_policy(&self) -> ReviewPolicy {
        let document::ReviewPolicy { interval_months, lead_months, final_window_days, rules } = self.0.policy;
        ReviewPolicy { interval_months, lead_months, final_window_days, rules: ReviewRules::of(&rules) }
    }

    /// The public word that the edition in force still stands, if the latest finished review found nothing to change.
    async fn currency(&self, ctx: &Context<'_>) -> Result<Option<Currency>> {
        Ok(View::of(ctx)?.find(CurrencyOf(self.0.id)).await?.map(Currency))
    }

    /// One edition: the one in force, unless another is named.
    async fn edition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edition with this number.")] number: Option<VersionNumber>,
        #[graphql(desc = "The edition that was in force on this day.")] on_date: Option<Date>,
    ) -> Result<Option<Edition>> {
        let editions = self.all_editions(ctx).await?;
        let chosen = match (number, on_date) {
            (Some(_), Some(_)) => return Err(Code::BadUserInput.error("give either number or onDate")),
            (Some(VersionNumber(number)), None) => editions.iter().find(|edition| edition.number == number),
            (None, Some(Date(day))) => in_force_on(&editions, day),
            (None, None) => links::in_force(&editions),
        };
        Ok(chosen.cloned().map(Edition))
    }

    /// Its editions, newest first, the draft included for those who may read it.
    async fn editions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Edition>> {
        let paging = Paging::new(first, after, last, before)?;
        let editions = self.all_editions(ctx).await?.iter().rev().cloned().collect();
        Connection::of_list(editions, &paging, |edition| edition.id.0, Edition)
    }

    /// The draft, for those who may read it.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<Edition>> {
        let editions = self.all_editions(ctx).await?;
        Ok(editions.iter().find(|edition| edition.state == EditionState::Draft).cloned().map(Edition))
    }

    /// The open review, for those who may read drafts.
    async fn review(&self, ctx: &Context<'_>) -> Result<Option<Review>> {
        let view = View::of(ctx)?;
        let reviews = view.find(ReviewsOf(self.0.id)).await?.unwrap_or_default();
        let Some(open) = reviews.iter().find(|review| review.state == ReviewState::Open) else { return Ok(None) };
        Ok(view.find(AReview(open.id)).await?.map(Review))
    }

    /// Its reviews, newest first, for those who may read drafts.
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Review>> {
        let paging = Paging::new(first, after, last, before)?;
        let view = View::of(ctx)?;
        let mut reviews = view.find(ReviewsOf(self.0.id)).await?.unwrap_or_default();
        reviews.reverse();
        // All that can be asked about a review is a lot, and is loaded only for those on the page.
        let page = Part::cut(Review::CURSOR, reviews, &paging, |review| review.id.0)?;
        let examined = view.list(page.items().iter().map(|review| AReview(review.id)).collect()).await?;
        Ok(Connection::of_part(page.with(examined), |review| review.facts().review.id.0, Review))
    }

    /// What was done to it, newest first: all that you may know of. Who may read drafts reads who wrote and who signed, except
    /// on sections that are not for them; everybody else reads what was published, reaffirmed and withdrawn.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Event>> {
        let paging = Paging::new(first, after, last, before)?;
        Connection::history(&*View::of(ctx)?, HistoryOf::Document(self.0.id), &paging).await
    }

    /// The section with a key, in the edition in force unless another is named.
    async fn section(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The section's name in links.")] key: String,
        #[graphql(desc = "The number of the edition to look in.")] edition: Option<VersionNumber>,
    ) -> Result<Option<Section>> {
        links::section(&*View::of(ctx)?, self.0.id, &key, edition.map(|number| number.0)).await
    }

    /// The recommendation with a number, in the edition in force unless another is named. One that has left the edition
    /// in force is found in the latest published edition that had it.
    async fn recommendation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its number, such as 12 for R12.")] number: i32,
        #[graphql(desc = "The number of the edition to look in.")] edition: Option<VersionNumber>,
    ) -> Result<Option<Recommendation>> {
        links::recommendation(&*View::of(ctx)?, self.0.id, number, edition.map(|number| number.0)).await
    }

    /// Whether you may read its draft and its reviews.
    async fn viewer_can_read_draft(&self, ctx: &Context<'_>) -> Result<bool> {
        let exposure = Exposure::Draft(self.0.audience);
        Ok(View::of(ctx)?.can(Act::Read, &Thing::document(self.0.group, self.0.id, exposure)))
    }

    /// The roles given on it and not taken back; empty unless you may give and take them back.
    async fn grants(&self, ctx: &Context<'_>) -> Result<Vec<Grant>> {
        let grants = View::of(ctx)?.find(GrantsOf(self.0.id)).await?;
        Ok(grants.unwrap_or_default().into_iter().map(Grant).collect())
    }

    /// Whether you may schedule, open, move and cancel its reviews.
    async fn viewer_can_run_review(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(ctx, Act::RunReview).await?.is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_run_review_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        self.obstacles(ctx, Act::RunReview).await
    }

    /// Whether you may publish, reaffirm and withdraw its editions.
    async fn viewer_can_publish(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(ctx, Act::Publish).await?.is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_publish_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        self.obstacles(ctx, Act::Publish).await
    }

    /// Whether you may give and take back roles on it.
    async fn viewer_can_manage_grants(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(ctx, Act::ManageGrants).await?.is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_manage_grants_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        self.obstacles(ctx, Act::ManageGrants).await
    }
}

impl Document {
    async fn all_editions(&self, ctx: &Context<'_>) -> Result<Arc<Vec<document::edition::Edition>>> {
        Ok(View::of(ctx)?.find(EditionsOf(self.0.id)).await?.unwrap_or_default())
    }

    async fn obstacles(&self, ctx: &Context<'_>, act: Act) -> Result<Vec<Obstacle>> {
        let exposure = match links::in_force(&self.all_editions(ctx).await?) {
            Some(_) => Exposure::Published(self.0.audience),
            None => Exposure::Draft(self.0.audience),
        };
        let thing = Thing::document(self.0.group, self.0.id, exposure);
        Ok(View::of(ctx)?.obstacles(act, &thing).into_iter().map(Into::into).collect())
    }
}

impl Listed for Document {
    const PAGE: &'static str = "A page of documents.";
    const EDGE: &'static str = "A document on a page.";
    const CURSOR: &'static str = "documents";
}

/// How the reviews of a document run.
#[derive(SimpleObject, Clone, PartialEq, Eq, Debug)]
pub struct ReviewPolicy {
    /// Months between two full reviews.
    pub interval_months: u32,
    /// Months before the due date at which a review opens by itself.
    pub lead_months: u32,
    /// Days between the last cell being met and publication.
    pub final_window_days: u32,
    /// What else is frozen into a review when it opens.
    #[graphql(flatten)]
    pub rules: ReviewRules,
}

/// What is frozen into a review when it opens, besides its final window.
#[derive(SimpleObject, Clone, PartialEq, Eq, Debug)]
pub struct ReviewRules {
    /// Days at the beginning of drafting in which it is settled what the review is about; never more than half of them.
    pub scoping_days: u32,
    /// Days that disciplines have to sign. None is half of the time before the final window.
    pub sign_off_days: Option<u32>,
    /// Days that somebody who is asked has to accept.
    pub accept_days: u32,
    /// The fewest sign-offs that a cell of a section needs, whatever the section asks for.
    pub quorum: u32,
    /// When people are reminded: ISO 8601 durations before the day, the longest first, and perhaps one with a plus that
    /// says how far apart the reminders after it are.
    pub ladder: Vec<String>,
    /// Whether only those take positions who have declared their interests, be it that they have none. A declaration that has
    /// lapsed keeps its holder from it in any case.
    pub asks_declarations: bool,
}

impl ReviewRules {
    pub(super) fn of(rules: &Rules) -> Self {
        Self {
            scoping_days: rules.scoping_days,
            sign_off_days: rules.sign_off_days,
            accept_days: rules.accept_days,
            quorum: rules.quorum.into(),
            ladder: rules.ladder.to_string().split_ascii_whitespace().map(str::to_owned).collect(),
            asks_declarations: rules.asks_declarations,
        }
    }
}

/// A statement of currency.
#[derive(Clone, Debug)]
pub struct Currency(pub store::Currency);

/// The public word that a document still stands, though no new edition was made.
#[Object]
impl Currency {
    /// What the public is told.
    async fn statement(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> String {
        text::note(self.0.statement.as_str(), format, "currency")
    }

    /// When the review ended that found nothing to change.
    async fn reaffirmed_at(&self) -> DateTime {
        DateTime(self.0.reaffirmed_at)
    }
}
