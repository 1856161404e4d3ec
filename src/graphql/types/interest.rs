//! The register of interests, and what is decided about its entries.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::{Edition, Person, Seat, Section, review::section, text};
use crate::{
    domain::review::{cell::Scope, participation::ActionTaken},
    graphql::{
        connection::Listed,
        enums::{Discipline, InterestAction, InterestCategory, Office, TextFormat},
        examined::ExaminedReview,
        id::GlobalId,
        loaders::{APerson, ASeat, InterestsOf, TreeOf},
        scalar::{DateTime, PartialDate},
        session::View,
    },
    store,
};

/// An entry of the register.
#[derive(Clone, Debug)]
pub struct Interest(pub store::RegisterEntry);

/// An interest that the holder of a seat declared. The register is public, but for entries that are withheld for a stated
/// reason: those are shown to the group only.
#[Object]
impl Interest {
    /// Opaque id. `endInterest`, `weighInterest` and `withholdInterest` take it.
    async fn id(&self) -> ID {
        GlobalId::Interest(self.0.interest.id).encode()
    }

    /// Who declared it, by name.
    async fn holder_name(&self) -> &str {
        &self.0.holder_name
    }

    /// What their seat is for.
    async fn office(&self) -> Office {
        self.0.seat.post.office().into()
    }

    /// The discipline that their seat votes for, if it votes.
    async fn discipline(&self) -> Option<Discipline> {
        self.0.seat.post.discipline().map(Into::into)
    }

    /// The seat. Shown to partners, the groups and its holder.
    async fn seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        Ok(View::of(ctx)?.find(ASeat(self.0.seat.id)).await?.map(Seat))
    }

    /// What kind of interest it is.
    async fn category(&self) -> InterestCategory {
        self.0.interest.category.into()
    }

    /// Whether it is their own, and not that of somebody close to them.
    async fn is_direct(&self) -> bool {
        self.0.interest.category.is_direct()
    }

    /// What it is, in their words.
    async fn description(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> String {
        let prefix = format!("interest-{}", self.0.interest.id);
        text::note(self.0.interest.description.as_str(), format, &prefix)
    }

    /// What it bears on. Empty if on nothing in particular.
    async fn topics(&self) -> Vec<&str> {
        self.0.interest.topics.iter().map(|topic| topic.as_str()).collect()
    }

    /// Since when, as precise as it is known.
    async fn since(&self) -> PartialDate {
        PartialDate(self.0.interest.since)
    }

    /// Until when, once that is known.
    async fn until(&self) -> Option<PartialDate> {
        self.0.interest.until.map(PartialDate)
    }

    /// When it was declared.
    async fn declared_at(&self) -> DateTime {
        DateTime(self.0.interest.declared_at)
    }

    /// Why the public does not see it. None if it does.
    async fn withheld_reason(&self) -> Option<&str> {
        self.0.interest.withheld.as_ref().map(|reason| reason.as_str())
    }
}

impl Listed for Interest {
    const PAGE: &'static str = "A page of a register of interests.";
    const EDGE: &'static str = "An interest on a page.";
    const CURSOR: &'static str = "interests";
}

/// A decision about an interest in a review that the viewer sees.
pub struct InterestDecision {
    review: Arc<ExaminedReview>,
    decided: ActionTaken,
    is_standing: bool,
}

impl InterestDecision {
    /// The decisions that the viewer sees, in the order of deciding: those that stand, or all.
    pub(super) fn list(review: &Arc<ExaminedReview>, all: bool) -> Vec<Self> {
        let actions = &review.facts().actions;
        let sees = |decided: &&ActionTaken| review.seen().sees(decided.section.map_or(Scope::Whole, Scope::Section));
        let one = |decided: &ActionTaken| {
            let is_standing = actions.standing().any(|standing| standing.id == decided.id);
            Self { review: Arc::clone(review), decided: decided.clone(), is_standing }
        };
        actions.iter().filter(sees).map(one).filter(|decision| all || decision.is_standing).collect()
    }
}

/// What was decided in a review about somebody's interest: on one section, or on everything. For those who read the draft.
#[Object]
impl InterestDecision {
    /// The interest. None if it is withheld from you.
    async fn interest(&self, ctx: &Context<'_>) -> Result<Option<Interest>> {
        let group = self.review.facts().review.group;
        let register = View::of(ctx)?.find(InterestsOf(group)).await?.unwrap_or_default();
        Ok(register.into_iter().find(|entry| entry.interest.id == self.decided.interest).map(Interest))
    }

    /// What kind of interest it is.
    async fn category(&self) -> InterestCategory {
        self.decided.category.into()
    }

    /// The seat that it was declared for; it holds for every seat of its holder. Shown to partners, the groups and its holder.
    async fn seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        Ok(View::of(ctx)?.find(ASeat(self.decided.seat)).await?.map(Seat))
    }

    /// The section, as it stands in the draft; none is every section, and the document as a whole.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        section(ctx, &self.review, self.decided.section.map_or(Scope::Whole, Scope::Section)).await
    }

    /// What is done.
    async fn action(&self) -> InterestAction {
        self.decided.action.into()
    }

    /// Why.
    async fn reason(&self) -> &str {
        self.decided.reason.as_str()
    }

    /// Whether it stands: it is the latest on that interest and section.
    async fn is_standing(&self) -> bool {
        self.is_standing
    }

    /// Who decided it.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(View::of(ctx)?.find(APerson(self.decided.decided_by)).await?.map(Person))
    }

    /// When.
    async fn decided_at(&self) -> DateTime {
        DateTime(self.decided.decided_at)
    }
}

/// Somebody who took no part, in the edition that says so.
pub struct NonParticipant {
    pub(super) edition: Edition,
    pub(super) told: store::ToldNonParticipant,
}

/// Somebody who took no part in decisions on a text, because of an interest or because they recused themselves. It is
/// published with the edition.
#[Object]
impl NonParticipant {
    /// Their name. None if the interest is withheld.
    async fn name(&self) -> Option<&str> {
        self.told.name.as_deref()
    }

    /// What their seat is for.
    async fn office(&self) -> Office {
        self.told.seat.post.office().into()
    }

    /// The discipline that their seat votes for, if it votes.
    async fn discipline(&self) -> Option<Discipline> {
        self.told.seat.post.discipline().map(Into::into)
    }

    /// The section; none is every section, and the document as a whole.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        let Some(section) = self.told.who.section else { return Ok(None) };
        let tree = View::of(ctx)?.find(TreeOf(self.edition.0.id)).await?;
        Ok(tree.and_then(|tree| Section::find(&tree, section)))
    }

    /// What kind of interest kept them from it. None if they recused themselves.
    async fn category(&self) -> Option<InterestCategory> {
        self.told.who.category.map(Into::into)
    }

    /// What was done about it. None if they recused themselves.
    async fn action(&self) -> Option<InterestAction> {
        self.told.who.action.map(Into::into)
    }
}
