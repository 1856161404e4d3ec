//! A seat.

use async_graphql::{Context, ID, Object, Result};

use super::{Absence, Group, Person};
use crate::{
    domain::{absence, role, time::london_day},
    graphql::{
        enums::{Discipline, Office},
        id::GlobalId,
        loaders::{AGroup, APerson, ASeat, AbsencesOf},
        scalar::DateTime,
        session::View,
    },
};

/// A seat.
#[derive(Clone, Debug)]
pub struct Seat(pub role::Seat);

/// A place in a group, held by one person for one term.
#[Object]
impl Seat {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        GlobalId::Seat(self.0.id).encode()
    }

    /// What it is for.
    async fn office(&self) -> Office {
        self.0.post.office().into()
    }

    /// The discipline it votes for, if it votes.
    async fn discipline(&self) -> Option<Discipline> {
        self.0.post.discipline().map(Into::into)
    }

    /// Whether it leads its discipline in the group.
    async fn is_lead(&self) -> bool {
        self.0.is_lead
    }

    /// The most cells handed to it in one review that are not met; any number if none is given.
    async fn load_limit(&self) -> Option<u32> {
        self.0.load_limit
    }

    /// When its holder last said that what the register of interests says of them is true and complete.
    async fn declared_at(&self) -> Option<DateTime> {
        self.0.declared_at.map(DateTime)
    }

    /// Who holds it. Shown to partners, the groups and the holder.
    async fn holder(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(View::of(ctx)?.find(APerson(self.0.holder)).await?.map(Person))
    }

    /// First instant of the term.
    async fn from(&self) -> DateTime {
        DateTime(self.0.term.from())
    }

    /// First instant after the term, if an end is known.
    async fn until(&self) -> Option<DateTime> {
        self.0.term.until().map(DateTime)
    }

    /// Whether it is held now.
    async fn is_in_term(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.term.covers(View::of(ctx)?.now()))
    }

    /// The seat whose place it took, if it was given to a successor. Shown to partners, the groups and its holder.
    async fn succeeds(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        let Some(before) = self.0.succeeds else { return Ok(None) };
        Ok(View::of(ctx)?.find(ASeat(before)).await?.map(Seat))
    }

    /// When its holder is away, in the order of declaring. For those who sit in the group; empty for others.
    async fn absences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that are over, too.", default = false)] all: bool,
    ) -> Result<Vec<Absence>> {
        let view = View::of(ctx)?;
        let absences = view.find(AbsencesOf(self.0.group)).await?.unwrap_or_default();
        let is_over =
            |absence: &absence::Absence| absence.ended_at.is_some() || absence.until <= london_day(view.now());
        let wanted = absences.into_iter().filter(|absence| absence.seat == self.0.id && (all || !is_over(absence)));
        view.give(wanted.map(Absence).collect()).await
    }

    /// The group it is a place in.
    async fn group(&self, ctx: &Context<'_>) -> Result<Group> {
        Ok(Group(View::of(ctx)?.load(AGroup(self.0.group)).await?))
    }
}
