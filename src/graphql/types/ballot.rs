//! A ballot on an objection.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use super::{Edition, Person, Position, Seat, Section};
use crate::{
    domain::{
        id::PositionId,
        review::ballot::{self, Elector},
    },
    graphql::{
        enums::{BallotState, Discipline},
        examined::ExaminedReview,
        loaders::{APerson, ASeat, TreeOf},
        scalar::{DateTime, Digest},
        session::View,
    },
};

/// The ballot on an objection that the viewer sees.
pub struct Ballot {
    review: Arc<ExaminedReview>,
    objection: PositionId,
}

impl Ballot {
    /// The ballot on a position, if there is or was one.
    pub(super) fn on(review: &Arc<ExaminedReview>, objection: PositionId) -> Option<Self> {
        review.facts().ballot(objection)?;
        Some(Self { review: Arc::clone(review), objection })
    }

    fn ballot(&self) -> &ballot::Ballot {
        #[expect(clippy::expect_used, reason = "made only of a ballot that is there, see `on`")]
        self.review.facts().ballot(self.objection).expect("a ballot")
    }
}

/// The recorded way to end a deadlock: the group votes on whether an objection is voted down. It passes with two thirds of
/// the seats that have a vote, and at most two against.
#[Object]
impl Ballot {
    /// The objection.
    async fn objection(&self) -> Option<Position> {
        Position::find(&self.review, self.objection)
    }

    /// Where it stands.
    async fn state(&self) -> BallotState {
        self.ballot().state().into()
    }

    /// Why it was opened, in the chair's words.
    async fn reason(&self) -> &str {
        self.ballot().reason.as_str()
    }

    /// Who opened it.
    async fn opened_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(View::of(ctx)?.find(APerson(self.ballot().opened_by)).await?.map(Person))
    }

    /// When.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.ballot().opened_at)
    }

    /// When it was closed.
    async fn closed_at(&self) -> Option<DateTime> {
        self.ballot().closed_at.map(DateTime)
    }

    /// How many seats have a vote: those that voted in the group and had not recused themselves when it opened.
    async fn electors(&self) -> usize {
        self.ballot().electors.len()
    }

    /// How many voted for voting the objection down.
    async fn in_favour(&self) -> usize {
        self.ballot().count(true)
    }

    /// How many voted against that.
    async fn against(&self) -> usize {
        self.ballot().count(false)
    }

    /// Each seat that has a vote, and what it voted.
    async fn votes(&self, ctx: &Context<'_>) -> Result<Vec<BallotVote>> {
        View::of(ctx)?.give(self.ballot().electors.iter().copied().map(BallotVote).collect()).await
    }
}

/// A seat with a vote.
pub struct BallotVote(Elector);

/// A seat that has a vote in a ballot.
#[Object]
impl BallotVote {
    /// The seat. Shown to partners, the groups and its holder.
    async fn seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        Ok(View::of(ctx)?.find(ASeat(self.0.seat)).await?.map(Seat))
    }

    /// Whether it is for voting the objection down. None if it has not voted.
    async fn is_in_favour(&self) -> Option<bool> {
        self.0.vote.map(|vote| vote.is_in_favour)
    }

    /// When it voted.
    async fn cast_at(&self) -> Option<DateTime> {
        self.0.vote.map(|vote| DateTime(vote.cast_at))
    }
}

/// A minority view, in the edition that it was published with.
pub struct MinorityView {
    pub(super) edition: Edition,
    pub(super) said: ballot::MinorityView,
}

/// What was said by somebody whose objection a ballot voted down. It is published with the edition, to whoever reads the
/// section.
#[Object]
impl MinorityView {
    /// The section that was objected to; none for the document as a whole.
    async fn section(&self, ctx: &Context<'_>) -> Result<Option<Section>> {
        let Some(section) = self.said.section else { return Ok(None) };
        let tree = View::of(ctx)?.find(TreeOf(self.edition.0.id)).await?;
        Ok(tree.and_then(|tree| Section::find(&tree, section)))
    }

    /// The discipline that it was made for.
    async fn discipline(&self) -> Discipline {
        self.said.discipline.into()
    }

    /// The objection, in its holder's words.
    async fn reason(&self) -> &str {
        self.said.reason.as_str()
    }

    /// The digest of the text that it was made on.
    async fn digest(&self) -> Digest {
        Digest(self.said.digest)
    }

    /// How many voted it down.
    async fn in_favour(&self) -> usize {
        self.said.counts[0]
    }

    /// How many voted against that.
    async fn against(&self) -> usize {
        self.said.counts[1]
    }

    /// How many had a vote.
    async fn electors(&self) -> usize {
        self.said.counts[2]
    }
}
