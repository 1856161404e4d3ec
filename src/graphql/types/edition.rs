//! One edition of a document.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{Context, ID, Object, Result};

use super::{Document, MinorityView, NonParticipant, Recommendation, Section, text};
use crate::{
    domain::{
        access::{Act, Exposure, Thing},
        document::edition,
        review::opening::is_draft,
    },
    graphql::{
        connection::Listed,
        enums::{EditionState, Strength, TextFormat},
        id::GlobalId,
        loaders::{ADocument, CurrencyOf, MinorityViewsOn, NonParticipantsOn, OpinionsOn, TreeOf},
        scalar::{Date, DateTime, Digest, PartialDate, VersionNumber},
        session::View,
        subtree::Subtrees,
    },
    store::EditionTree,
};

/// An edition; its text is loaded when somebody asks.
#[derive(Clone, Debug)]
pub struct Edition(pub edition::Edition);

/// One ordered tree of section texts under a number. Sections that are not for you are absent.
#[Object]
impl Edition {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Edition(self.0.id).encode()
    }

    /// Its number. A draft's is the one it is meant for; what it is published under follows from what changed.
    async fn number(&self) -> VersionNumber {
        VersionNumber(self.0.number)
    }

    /// Where it stands.
    async fn state(&self) -> EditionState {
        (&self.0.state).into()
    }

    /// Whether this is the advice to follow now.
    async fn is_in_force(&self) -> bool {
        match self.0.state {
            edition::EditionState::Published(_) => true,
            edition::EditionState::Draft
            | edition::EditionState::Superseded { .. }
            | edition::EditionState::Withdrawn { .. } => false,
        }
    }

    /// The date on its cover, as precise as it was given; none on a draft.
    async fn issued(&self) -> Option<PartialDate> {
        self.0.state.publication().map(|publication| PartialDate(publication.issued))
    }

    /// When it was published here or brought in.
    async fn published_at(&self) -> Option<DateTime> {
        self.0.state.publication().map(|publication| DateTime(publication.published_at))
    }

    /// When a later edition replaced it.
    async fn superseded_at(&self) -> Option<DateTime> {
        match self.0.state {
            edition::EditionState::Superseded { superseded_at, .. } => Some(DateTime(superseded_at)),
            edition::EditionState::Draft
            | edition::EditionState::Published(_)
            | edition::EditionState::Withdrawn { .. } => None,
        }
    }

    /// When it was withdrawn.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        match self.0.state {
            edition::EditionState::Withdrawn { withdrawn_at, .. } => Some(DateTime(withdrawn_at)),
            edition::EditionState::Draft
            | edition::EditionState::Published(_)
            | edition::EditionState::Superseded { .. } => None,
        }
    }

    /// Why it was withdrawn. Show it above the text.
    async fn withdrawal_explanation(
        &self,
        #[graphql(desc = "The form of the text.", default)] format: TextFormat,
    ) -> Option<String> {
        match &self.0.state {
            edition::EditionState::Withdrawn { explanation, .. } => {
                Some(text::note(explanation.as_str(), format, "withdrawal"))
            }
            edition::EditionState::Draft
            | edition::EditionState::Published(_)
            | edition::EditionState::Superseded { .. } => None,
        }
    }

    /// What changed, for those who follow the document.
    async fn change_note(
        &self,
        #[graphql(desc = "The form of the text.", default)] format: TextFormat,
    ) -> Option<String> {
        self.0.change_note.as_ref().map(|note| text::note(note.as_str(), format, "change-note"))
    }

    /// The digest of the note as it was written. Name it when you write another, to say which one you read.
    async fn change_note_digest(&self) -> Option<Digest> {
        self.0.change_note_digest().map(Digest)
    }

    /// Whether it was issued before this service kept the document.
    async fn is_imported(&self) -> bool {
        self.0.is_imported
    }

    /// False of an urgent interim notice for which not everybody asked has signed yet: say so above the text. True once a
    /// review after it has found that it stands.
    async fn is_fully_signed_off(&self, ctx: &Context<'_>) -> Result<bool> {
        let (Some(_), Some(publication)) = (self.0.interim_until, self.0.state.publication()) else { return Ok(true) };
        // What replaced it was signed instead of it.
        if !matches!(self.0.state, edition::EditionState::Published(_)) {
            return Ok(false);
        }
        let currency = View::of(ctx)?.find(CurrencyOf(self.0.document)).await?;
        Ok(currency.is_some_and(|currency| currency.reaffirmed_at > publication.published_at))
    }

    /// The last day by which it was to be fully signed off; none unless it was published as an urgent interim notice.
    async fn sign_off_due(&self) -> Option<Date> {
        self.0.interim_until.map(Date)
    }

    /// Whether it holds sections that are not for you.
    async fn is_extract(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.tree(ctx).await?.seen().is_extract)
    }

    /// The digest of the whole text, whatever the order of its sections: what patient representatives sign. None if you
    /// see an extract.
    async fn digest(&self, ctx: &Context<'_>) -> Result<Option<Digest>> {
        let tree = self.tree(ctx).await?;
        let seen = tree.seen();
        Ok((!seen.is_extract).then(|| Digest(seen.outline.digest())))
    }

    /// The digest of which sections stand where. Name it when you move one, to say which arrangement you read. None if you
    /// see an extract.
    async fn arrangement(&self, ctx: &Context<'_>) -> Result<Option<Digest>> {
        let tree = self.tree(ctx).await?;
        let seen = tree.seen();
        Ok((!seen.is_extract).then(|| Digest(seen.outline.arrangement())))
    }

    /// The document it is an edition of.
    async fn document(&self, ctx: &Context<'_>) -> Result<Document> {
        Ok(Document(View::of(ctx)?.load(ADocument(self.0.document)).await?))
    }

    /// Its sections in reading order, all levels in one list: at most 2000.
    async fn sections(&self, ctx: &Context<'_>) -> Result<Subtrees<Section>> {
        let sections = View::of(ctx)?.give(Section::all(&self.tree(ctx).await?)).await?;
        Ok(Subtrees::sections_of(self.0.id, sections))
    }

    /// The section with a key.
    async fn section(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The section's name in links.")] key: String,
    ) -> Result<Option<Section>> {
        Ok(Section::with_key(&self.tree(ctx).await?, &key))
    }

    /// Its recommendations in reading order.
    async fn recommendations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those meant this firmly.")] strength: Option<Strength>,
        #[graphql(desc = "Also those that no longer stand.", default = false)] include_stood_down: bool,
    ) -> Result<Subtrees<Recommendation>> {
        let sections = Section::all(&self.tree(ctx).await?);
        let all = sections.iter().flat_map(Recommendation::all_of);
        let wanted = all.filter(|found| found.is_wanted(strength, include_stood_down)).collect();
        View::of(ctx)?.give(wanted).await.map(Subtrees::new)
    }

    /// The bodies whose advisers said something of a section that you may read, by name: who also advised on it. What they
    /// said is `Section.opinions`.
    async fn also_advised(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let view = View::of(ctx)?;
        let opinions = view.find(OpinionsOn(self.0.id)).await?.unwrap_or_default();
        let bodies: BTreeSet<String> = opinions.into_iter().filter_map(|opinion| opinion.on_behalf_of).collect();
        view.give(bodies.into_iter().collect()).await
    }

    /// Who took no part in decisions on it, because of an interest or because they recused themselves, as it was published
    /// with this edition.
    async fn non_participants(&self, ctx: &Context<'_>) -> Result<Vec<NonParticipant>> {
        let view = View::of(ctx)?;
        let found = view.find(NonParticipantsOn(self.0.id)).await?.unwrap_or_default();
        let one = |told| NonParticipant { edition: self.clone(), told };
        view.give(found.into_iter().map(one).collect()).await
    }

    /// What was said by those whose objections a ballot voted down, as it was published with this edition.
    async fn minority_views(&self, ctx: &Context<'_>) -> Result<Vec<MinorityView>> {
        let view = View::of(ctx)?;
        let views = view.find(MinorityViewsOn(self.0.id)).await?.unwrap_or_default();
        view.give(views.into_iter().map(|said| MinorityView { edition: self.clone(), said }).collect()).await
    }

    /// Whether you may withdraw it.
    async fn viewer_can_withdraw(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(!is_draft(&self.0) && self.viewer_can(ctx, Act::Publish).await?)
    }

    /// Whether you may write its change note.
    async fn viewer_can_write_change_note(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(is_draft(&self.0) && self.viewer_can(ctx, Act::WriteChangeNote).await?)
    }
}

impl Edition {
    async fn tree(&self, ctx: &Context<'_>) -> Result<Arc<EditionTree>> {
        View::of(ctx)?.load(TreeOf(self.0.id)).await
    }

    async fn viewer_can(&self, ctx: &Context<'_>, act: Act) -> Result<bool> {
        let view = View::of(ctx)?;
        let document = view.load(ADocument(self.0.document)).await?;
        let exposure = match self.0.state.publication() {
            Some(_) => Exposure::Published(document.audience),
            None => Exposure::Draft(document.audience),
        };
        Ok(view.can(act, &Thing::document(document.group, document.id, exposure)))
    }
}

impl Listed for Edition {
    const PAGE: &'static str = "A page of editions.";
    const EDGE: &'static str = "An edition on a page.";
    const CURSOR: &'static str = "editions";
}
