//! A seat.

use async_graphql::{Context, ID, Object, Result};

use super::{Group, Person};
use crate::{
    domain::role,
    graphql::{
        enums::{Discipline, Office},
        id::GlobalId,
        loaders::{AGroup, APerson, ASeat},
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

    /// The group it is a place in.
    async fn group(&self, ctx: &Context<'_>) -> Result<Group> {
        Ok(Group(View::of(ctx)?.load(AGroup(self.0.group)).await?))
    }
}
