//! A section as it stands in one edition.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::{Cell, Edition, Opinion, Person, Recommendation, text::of_revision};
use crate::{
    domain::{
        access::{self, Act, Exposure, Thing},
        document::{
            content::{Content, Reference as Cited},
            outline::Placement,
            revision::Revision,
        },
        review::{ReviewState, cell::Scope, opening::is_draft},
    },
    graphql::{
        enums::{Audience, ChangeClass, Discipline, Obstacle, Stage, TextFormat},
        id::GlobalId,
        loaders::{APerson, AReview, OpinionsOn, ReviewsOf},
        scalar::{DateTime, Digest, Url},
        session::View,
        subtree::Subtrees,
    },
    store::{EditionTree, Part},
};

/// A section in an edition.
#[derive(Clone, Debug)]
pub struct Section {
    tree: Arc<EditionTree>,
    at: usize,
}

/// A section as it stands in one edition: its place, its rules and its text. The section itself lasts; its key names it
/// in every edition.
#[Object]
impl Section {
    /// Opaque id, of this section in this edition. Where a mutation asks for a section, the id from any edition will do.
    pub async fn id(&self) -> ID {
        GlobalId::Section(self.tree.seen().edition.id, self.placement().section).encode()
    }

    /// Its lasting name in links, such as `breast-imaging`.
    async fn key(&self) -> &str {
        self.placement().key.as_str()
    }

    /// Its number as printed, such as `4.1`. It follows the place, so it may differ between editions and readers.
    async fn number(&self) -> &str {
        self.tree.number(self.at)
    }

    /// How deep it stands; 1 is top, 6 the deepest.
    async fn level(&self) -> usize {
        self.tree.level(self.at)
    }

    /// The section it stands under.
    async fn parent(&self) -> Option<Self> {
        Self::find(&self.tree, self.placement().parent?)
    }

    /// The sections right under it, in reading order.
    async fn children(&self, ctx: &Context<'_>) -> Result<Subtrees<Self>> {
        let children = self.tree.seen().outline.children(Some(self.placement().section));
        let children = children.filter_map(|child| Self::find(&self.tree, child.section)).collect();
        View::of(ctx)?.give(children).await.map(Subtrees::new)
    }

    /// Who may read it once published: as narrow as the narrowest of itself, what it stands under, and the document.
    async fn audience(&self) -> Audience {
        self.open_to().into()
    }

    /// The part of the patient's pathway it is about.
    async fn stage(&self) -> Option<Stage> {
        self.placement().stage.map(Into::into)
    }

    /// Which disciplines must sign it, and how often. If none, the patient representatives' signature on the whole
    /// covers it.
    async fn requirements(&self) -> Subtrees<Requirement> {
        let requirements = self.placement().requirements.iter();
        let named = |(discipline, approvals): (crate::domain::role::Discipline, u8)| Requirement {
            discipline: discipline.into(),
            approvals: approvals.into(),
        };
        Subtrees::new(requirements.map(named).collect())
    }

    /// The digest of its text. Name it when you sign or revise, to say which text you read.
    async fn digest(&self) -> Digest {
        Digest(self.placement().digest)
    }

    /// Heading.
    async fn heading(&self) -> &str {
        self.content().heading.as_str()
    }

    /// Text.
    async fn body(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> String {
        self.text(Part::Body, self.content().body.as_str(), format, || self.placement().key.to_string())
    }

    /// The same in plain language, if somebody wrote it.
    async fn summary(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> Option<String> {
        let summary = self.content().summary.as_ref()?;
        let prefix = || format!("{}--summary", self.placement().key);
        Some(self.text(Part::Summary, summary.as_str(), format, prefix))
    }

    /// Its recommendations in reading order, stood down ones included: at most 200.
    async fn recommendations(&self, ctx: &Context<'_>) -> Result<Subtrees<Recommendation>> {
        View::of(ctx)?.give(Recommendation::all_of(self).collect()).await.map(Subtrees::new)
    }

    /// What it rests on: at most 200.
    async fn references(&self) -> Subtrees<Reference> {
        Subtrees::new(self.content().references.iter().map(Reference::from).collect())
    }

    /// The class that the author of this text gave to the change.
    async fn change_class(&self) -> ChangeClass {
        self.revision().head.class.into()
    }

    /// Whether a second person confirmed that the change was editorial.
    async fn is_editorial_confirmed(&self) -> bool {
        self.revision().head.confirmed.is_some()
    }

    /// Whether the change is said to be editorial and nobody has confirmed that yet. Until then it counts as clinical.
    async fn awaits_editorial_confirmation(&self) -> bool {
        self.revision().head.awaits_confirmation()
    }

    /// Who wrote this text; unknown for imported texts, and shown to partners and the groups only.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(author) = self.revision().head.author else { return Ok(None) };
        Ok(View::of(ctx)?.find(APerson(author)).await?.map(Person))
    }

    /// When this text was written or brought in.
    async fn revised_at(&self) -> DateTime {
        DateTime(self.revision().head.created_at)
    }

    /// The edition it stands in.
    async fn edition(&self) -> Edition {
        Edition(self.tree.seen().edition.clone())
    }

    /// Its cells in the open review of this draft, for those who may read drafts; empty outside one.
    async fn cells(&self, ctx: &Context<'_>) -> Result<Subtrees<Cell>> {
        let view = View::of(ctx)?;
        let edition = &self.tree.seen().edition;
        let reviews = view.find(ReviewsOf(edition.document)).await?.unwrap_or_default();
        let of_draft = |review: &&crate::domain::review::Review| {
            review.state == ReviewState::Open && review.draft == Some(edition.id)
        };
        let Some(open) = reviews.iter().find(of_draft) else { return Ok(Subtrees::new(vec![])) };
        let Some(review) = view.find(AReview(open.id)).await? else { return Ok(Subtrees::new(vec![])) };
        let cells = Cell::list(&review, Some(Scope::Section(self.placement().section)), None);
        view.give(cells).await.map(Subtrees::new)
    }

    /// Whether you may write it. Sections are written in drafts only.
    async fn viewer_can_revise(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(ctx, Act::Revise)?.is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_revise_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        self.obstacles(ctx, Act::Revise)
    }

    /// What advisers say of it: the latest word of each of their seats in the review of this edition.
    async fn opinions(&self, ctx: &Context<'_>) -> Result<Vec<Opinion>> {
        let view = View::of(ctx)?;
        let beside = self.placement().digest;
        let mut opinions = view.find(OpinionsOn(self.tree.seen().edition.id)).await?.unwrap_or_default();
        opinions.retain(|opinion| opinion.section == self.placement().section);
        view.give(opinions.into_iter().map(|opinion| Opinion { opinion, beside }).collect()).await
    }

    /// Whether you may comment on it. Sections are commented on in drafts under review.
    async fn viewer_can_comment(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(ctx, Act::Comment)?.is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_comment_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        self.obstacles(ctx, Act::Comment)
    }

    /// Whether you may confirm that its latest change, which awaits that, is editorial.
    async fn viewer_can_confirm_editorial(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.obstacles(ctx, Act::ConfirmEditorial)?.is_empty())
    }

    /// What keeps you from that; empty if you may.
    async fn viewer_cannot_confirm_editorial_reasons(&self, ctx: &Context<'_>) -> Result<Vec<Obstacle>> {
        self.obstacles(ctx, Act::ConfirmEditorial)
    }
}

impl Section {
    /// Every section of an edition that is seen, in reading order.
    pub fn all(tree: &Arc<EditionTree>) -> Vec<Self> {
        (0..tree.len()).map(|at| Self { tree: Arc::clone(tree), at }).collect()
    }

    /// A section of an edition, if it is seen.
    pub fn find(tree: &Arc<EditionTree>, section: crate::domain::id::SectionId) -> Option<Self> {
        Some(Self { tree: Arc::clone(tree), at: tree.position(section)? })
    }

    /// The section with a key, if it is seen.
    pub fn with_key(tree: &Arc<EditionTree>, key: &str) -> Option<Self> {
        Self::find(tree, tree.seen().outline.find_key(key)?.section)
    }

    /// The edition it stands in, laid out.
    pub(super) fn tree(&self) -> &EditionTree {
        &self.tree
    }

    pub(super) fn placement(&self) -> &Placement {
        self.tree.placement(self.at)
    }

    pub(super) fn content(&self) -> &Content {
        &self.revision().content
    }

    /// A text of this section in a form. On a page it stands below the section's heading, which stands below the title;
    /// ids in its HTML begin with `prefix`.
    pub(super) fn text(
        &self,
        part: Part,
        markdown: &str,
        format: TextFormat,
        prefix: impl FnOnce() -> String,
    ) -> String {
        let level = u8::try_from(self.tree.level(self.at) + 1).unwrap_or(6).min(6);
        of_revision(self.tree.forms(self.at), part, markdown, format, || (prefix(), level))
    }

    fn revision(&self) -> &Revision {
        self.tree.revision(self.at)
    }

    /// What keeps the viewer from an act on it: where it stands, then what it says of itself, then the rulebook.
    fn obstacles(&self, ctx: &Context<'_>, act: Act) -> Result<Vec<Obstacle>> {
        let place = (!self.is_in_draft()).then_some(access::Obstacle::NotInDraft);
        let nothing = act == Act::ConfirmEditorial && !self.revision().head.awaits_confirmation();
        let state = place.into_iter().chain(nothing.then_some(access::Obstacle::NothingToConfirm));
        let by_rule = View::of(ctx)?.obstacles(act, &self.thing());
        Ok(state.chain(by_rule).map(Into::into).collect())
    }

    fn is_in_draft(&self) -> bool {
        is_draft(&self.tree.seen().edition)
    }

    fn open_to(&self) -> crate::domain::document::Audience {
        let seen = self.tree.seen();
        seen.outline.audience(self.placement().section, seen.document.audience)
    }

    /// The section as the rulebook sees it, in a draft.
    fn thing(&self) -> Thing {
        let document = &self.tree.seen().document;
        Thing {
            section: Some(self.placement().section),
            disciplines: self.placement().requirements.disciplines().collect(),
            author: self.revision().head.author,
            ..Thing::document(document.group, document.id, Exposure::Draft(self.open_to()))
        }
    }
}

/// What a section needs from one discipline.
#[derive(SimpleObject, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Requirement {
    /// The discipline.
    pub discipline: Discipline,
    /// How many of its seats must approve.
    pub approvals: u32,
}

/// Something a section rests on.
#[derive(SimpleObject, Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// How it is cited.
    pub text: String,
    /// Where it is found, if on the web.
    pub url: Option<Url>,
}

impl From<&Cited> for Reference {
    fn from(cited: &Cited) -> Self {
        Self { text: cited.text.to_string(), url: cited.url.as_ref().map(|url| Url(url.to_string())) }
    }
}
